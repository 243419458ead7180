"""Whether Python files can be compiled."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Better, Evidence
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._imports import source

#: Folders that hold no source of the project's own.
_FOREIGN = frozenset({"node_modules", "build", "dist", "site-packages", "__pycache__"})


@dataclass(frozen=True, kw_only=True)
class Syntax(Probe):
    """
    Does every Python file compile?

    Files are compiled by the Python that runs this, and not run.

    Fails when a file has a syntax error, a byte that does not decode, or a null byte. Syntax that
    only a newer Python knows is an error, too.

    To fix: the evidence names the file, the line and the column of each error.
    """

    measures = {
        "files": Measure(int, "Python files compiled", better=Better.HIGHER),
        "errors": Measure(int, "files that do not compile", better=Better.LOWER),
    }
    expect = {"errors": 0}
    counter = "files"

    paths: tuple[str, ...] = option(
        "Files, folders or globs; all files below the spec's folder, but for virtual environments, build output "
        "and hidden folders, if left out.",
        (),
        example=["src", "scripts/*.py"],
    )

    def touches(self) -> Iterable[Touch]:
        """Yield what is read."""
        for path in self.paths or (".",):
            yield Touch("file", path)

    def measure(self, context: Context) -> Measurements:
        """Compile every file."""
        files = sorted(set(self._files(context)))
        broken: list[source.Broken] = []
        for file in files:
            if context.deadline.passed:
                raise CannotMeasure(f"the time was over before all of {len(files)} files were compiled")
            shown = os.path.relpath(file, context.root) if file.is_relative_to(context.root) else str(file)
            try:
                raw = file.read_bytes()
            except OSError as error:
                raise CannotMeasure(f"{shown} cannot be read: {error.strerror}") from None
            found = source.check(raw, shown)
            if found is not None:
                broken.append(found)
        evidence = [Evidence(_title(), "\n".join(map(str, broken)))] if broken else []
        return Measurements({"files": len(files), "errors": len(broken)}, looked_at=len(files), evidence=evidence)

    def _files(self, context: Context) -> Iterator[Path]:
        if not self.paths:
            yield from _below(context.root)
        for path in self.paths:
            found = list(_meant(context.root, path))
            if not found:
                raise CannotMeasure(f"there is no Python file at {path}")
            yield from found


def _title() -> str:
    return f"errors, as Python {sys.version_info.major}.{sys.version_info.minor} sees them"


def _meant(root: Path, path: str) -> Iterator[Path]:
    """Yield the files that *path*, a file, folder or glob, stands for."""
    exactly = root / path
    if exactly.is_file():
        yield exactly
    elif exactly.is_dir():
        yield from _below(exactly)
    elif not Path(path).is_absolute():
        for found in root.glob(path):
            if found.is_dir():
                yield from _below(found)
            elif found.suffix == ".py":
                yield found


def _below(folder: Path) -> Iterator[Path]:
    """Yield all Python files below *folder* that are a project's own."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _FOREIGN and not name.startswith(".") and not Path(here, name, "pyvenv.cfg").exists()
        )
        yield from (Path(here, name) for name in files if name.endswith(".py"))
