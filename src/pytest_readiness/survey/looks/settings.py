"""Variables that the code cannot do without: fields of settings classes, and ``os.environ["NAME"]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Severity
from pytest_readiness.probes import _dotenv
from pytest_readiness.survey.looks import envfiles
from pytest_readiness.survey.looks._words import listed
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository
from pytest_readiness.survey.variables import Variables, variables

WHAT = "variable that the code needs"

#: The profile in which variables have to be set.
PROFILE = "production"


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield gates on the variables: where the project runs, and in its example file."""
    found = variables(repository)
    if not (found.settings or _is_run(repository)):
        return  # a library asks for variables that others may set
    example = next(iter(repository.matching(envfiles.EXAMPLES)), None)
    named = {} if example is None else _named(repository, example)
    needed = sorted({*found.required, *(found.read & named.keys())})
    if needed:
        yield Found(
            id="variables",
            section=Section.CONFIGURATION,
            title="Every variable that the code needs is set",
            why=_why(found, needed),
            probe="env",
            options={"variables": needed},
            musts={"missing": 0},
            severity=Severity.CRITICAL,
            profile=PROFILE,
        )
    told = [name for name in sorted(found.required) if named.get(name) != ""]
    if example is not None and told:
        yield Found(
            id="variables-in-example",
            section=Section.CONFIGURATION,
            title=f"{example} names every variable that the code needs",
            why=_why(found, told),
            probe="env",
            options={"file": example, "variables": told},
            musts={"missing": 0},
            severity=Severity.HIGH,
        )
    elif example is None and found.required:
        yield Remark(f"no .env.example names the variables that the code needs: {listed(sorted(found.required))}")


def _is_run(repository: Repository) -> bool:
    """Tell whether this is something that is started somewhere, not only imported."""
    return bool(
        repository.matching(
            envfiles.EXAMPLES,
            r"(?:.*/)?(?:dockerfile|procfile|manage\.py|fly\.toml)",
            r"(?:.*/)?(?:docker-)?compose\.ya?ml",
        )
    )


def _named(repository: Repository, example: str) -> Mapping[str, str]:
    """Return the variables of the file *example*."""
    try:
        return _dotenv.read(repository.root / example, example).values
    except CannotMeasure:  # its own gate tells what is wrong with it
        return {}


def _why(found: Variables, names: list[str]) -> str:
    files = sorted({found.places[name] for name in names if name in found.places})
    return f"{listed(files)} read{'s' * (len(files) == 1)} {'it' if len(names) == 1 else 'them'}"
