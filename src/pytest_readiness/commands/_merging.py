"""A spec that is there already, with a checklist merged into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pytest_readiness import spec
from pytest_readiness.checklist.drafting.merge import Merged, merge
from pytest_readiness.checklist.model import Document, Proposal
from pytest_readiness.commands import _project
from pytest_readiness.errors import SpecError, UsageError
from pytest_readiness.model import Gate
from pytest_readiness.todo import TODO


def merged(out: Path, document: Document, proposals: Sequence[Proposal], source: str) -> Merged:
    """Return the spec at *out* with *document* merged in; raises ``UsageError`` if that cannot be done soundly."""
    try:
        old = out.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{out} cannot be read: {error}") from None
    made = merge(old, _gates(out), document, proposals, source=source, file=spec.label(out))
    _check(out, made.text)
    return made


def _check(out: Path, text: str) -> None:
    """Raise ``UsageError`` if *text*, the spec at *out* with something merged in, could no longer be read."""
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=".readiness-", suffix=".yaml") as file:
        file.write(text.encode())
        file.flush()
        try:
            _gates(Path(file.name))
        except SpecError as error:
            first = error.problems[0]
            raise UsageError(
                f"{out} was left as it is, since it could not be read with the checklist merged in: "
                f"line {first.position.line}: {first.path}: {first.message}"
            ) from None


def _gates(path: Path) -> tuple[Gate, ...]:
    """Return the gates of the spec at *path*, whatever the environment is."""
    return spec.load(path, registry=_project.registry(path.parent), env=_Anything(os.environ)).gates


class _Anything(dict[str, str]):
    """An environment in which every variable is set: to what is still to be filled in, if to nothing else."""

    def __missing__(self, name: str) -> str:
        return TODO

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: str | None = None) -> str:  # type: ignore[override]
        del default
        return self[name]
