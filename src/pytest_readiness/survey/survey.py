"""The survey: look, measure, settle, write down."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness import spec
from pytest_readiness.registry import Registry
from pytest_readiness.survey import looks, text
from pytest_readiness.survey.measure import Candidate, candidate, measure
from pytest_readiness.survey.model import Found, LeftOut, Remark, Settled
from pytest_readiness.survey.repository import Repository
from pytest_readiness.survey.settle import settle
from pytest_readiness.survey.suite import run_suite


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """
    What came of a survey: ``text`` is the spec of the gates in ``settled``, empty if there are none.

    ``absent`` is what was looked for and is not there; ``troubles`` say what could not be read.
    """

    text: str
    settled: tuple[Settled, ...]
    left_out: tuple[LeftOut, ...]
    absent: tuple[str, ...]
    remarks: tuple[str, ...]
    troubles: tuple[str, ...]
    files: int


def survey(
    folder: Path, *, known: Registry, env: Mapping[str, str], run: bool = False, without: str | None = None
) -> Survey:
    """
    Look at the repository in *folder*, and measure what it has: with *run*, also what takes running it.

    *without* is a file there that does not count, as the spec itself that is to be written. Raises ``SpecError`` if
    the spec that comes of it is not sound, which is a mistake of ours.
    """
    folder = folder.absolute()  # commands of gates are run in it, wherever they look from
    repository = Repository.at(folder, without)
    seen = _Seen(repository)
    candidates = tuple(_candidates(_distinct(seen.found), known, repository))
    session = run_suite(folder, env, repository.troubles) if run and _has_tests(candidates) else None
    results = measure(candidates, root=folder, known=known, env=env, run=run, session=session)
    outcomes = [settle(each, results.get(each.found.id)) for each in candidates]
    settled = _with_needs(tuple(one for one in outcomes if isinstance(one, Settled)))
    written = text.spec(_name(repository), settled) if settled else ""
    if written:
        _check(written, known, env)
    return Survey(
        text=written,
        settled=settled,
        left_out=tuple(one for one in outcomes if isinstance(one, LeftOut)),
        absent=tuple(seen.absent),
        remarks=tuple(seen.remarks),
        troubles=tuple(dict.fromkeys(repository.troubles)),
        files=len(repository.files),
    )


class _Seen:
    """What all looks together see."""

    def __init__(self, repository: Repository) -> None:
        self.found: list[Found] = []
        self.remarks: list[str] = []
        self.absent: list[str] = []
        for name in looks.names():
            look = looks.get(name)
            seen = list(_looked(look, repository)) if repository.files else []
            self.found += [one for one in seen if isinstance(one, Found)]
            self.remarks += [one.text for one in seen if isinstance(one, Remark)]
            if not seen:
                self.absent.append(look.WHAT)


def _looked(look: looks.Look, repository: Repository) -> Iterator[Found | Remark]:
    """Yield what a look sees."""
    try:
        yield from look.look(repository)
    except RecursionError:
        repository.troubles.append(f"something is nested too deeply to look for a {look.WHAT}")


def _distinct(found: Iterable[Found]) -> Iterator[Found]:
    """Yield *found*, each with an id of its own."""
    taken: set[str] = set()
    for one in found:
        free = (f"{one.id}{end}" for end in ("", *(f"-{number}" for number in range(2, 10_000))))
        name = next(name for name in free if name not in taken)
        taken.add(name)
        yield dataclasses.replace(one, id=name)


def _candidates(found: Iterable[Found], known: Registry, repository: Repository) -> Iterator[Candidate]:
    for one in found:
        try:
            yield candidate(one, known)
        except ValueError as error:
            repository.troubles.append(f"no gate {one.id}: {error}")


def _has_tests(candidates: Iterable[Candidate]) -> bool:
    return any(each.found.probe == "tests" for each in candidates)


def _with_needs(settled: tuple[Settled, ...]) -> tuple[Settled, ...]:
    """Return *settled* without gates that need one which is not written."""
    names = {one.found.id for one in settled}
    return tuple(one for one in settled if names.issuperset(one.found.needs))


def _name(repository: Repository) -> str:
    project = repository.pyproject.get("project")
    named = project.get("name") if isinstance(project, dict) else None
    return named if isinstance(named, str) and named.strip() else repository.root.resolve().name


def _check(written: str, known: Registry, env: Mapping[str, str]) -> None:
    """Raise ``SpecError`` if *written* is not a sound spec."""
    with tempfile.TemporaryDirectory(prefix="readiness-") as folder:
        path = Path(folder, "readiness.yaml")
        path.write_text(written, encoding="utf-8")
        spec.load(path, registry=known, env=env)
