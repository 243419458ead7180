"""Coverage as a report tells it, in place of the data: the same questions, answered as far as the report can."""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.parsing import insist
from pytest_readiness.probes._coverage.report import Numbers

if TYPE_CHECKING:
    from coverage import Coverage


@dataclass(slots=True)
class File:
    """
    What a report says of one file.

    ``statements`` are lines and whether they ran, ``branches`` by line how many were taken of how many.
    """

    statements: dict[int, bool] = field(default_factory=dict)
    branches: dict[int, tuple[int, int]] = field(default_factory=dict)

    def numbers(self) -> Numbers:
        """Return them as counts."""
        missed = sorted(line for line, ran in self.statements.items() if not ran)
        of_all = sum(there for _, there in self.branches.values())
        taken = sum(taken for taken, _ in self.branches.values())
        return Numbers(len(self.statements), len(missed), of_all, of_all - taken, ", ".join(_ranges(missed)))


@dataclass(frozen=True, slots=True)
class Report:
    """
    A whole report: its files by name, and the folders that the names may be relative to.

    ``branches`` is whether it tells of branches, ``moment`` when it was made, in seconds since the epoch.
    """

    files: Mapping[str, File]
    folders: tuple[str, ...]
    branches: bool
    moment: float | None


class Reported:
    """A report, held against the files that are here; ``measured`` are their absolute paths."""

    #: Why there is no branch, where there is none.
    no_branch = "the report tells of no branch"

    def __init__(self, report: Report, name: str, root: Path, config: Coverage) -> None:
        self._name = name
        self._root = os.path.realpath(root)
        self._config = config
        self.branches = report.branches
        self._files = {_place(file, report.folders, self._root): said for file, said in report.files.items()}
        if len(self._files) < len(report.files):
            raise CannotMeasure(f"{name} has one file under two names")
        self.measured = frozenset(self._files)

    def option(self, name: str) -> Sequence[str]:
        """Return an option of coverage.py's configuration that is a list; empty where it is not set."""
        value = self._config.get_option(name)
        return value if isinstance(value, list) else ()

    def numbers(self, paths: Collection[str], deadline: Deadline) -> Mapping[str, Numbers]:
        """
        Return the numbers of the files at *paths*, without those that have no statement.

        Raises ``CannotMeasure`` for a file that is gone, and for one that the report does not tell of.
        """
        found: dict[str, Numbers] = {}
        for path in sorted(paths):
            if deadline.passed:
                raise CannotMeasure(f"the deadline came after {len(found)} of {len(paths)} files were looked at")
            if path in self._files:
                self._insist_on(path)
                found[path] = self._files[path].numbers()
            elif _says_something(path):
                advice = "measure it too (source, under [run]), or exclude it"
                raise CannotMeasure(f"{self._name} does not tell of {self._shown(path)}: {advice}")
        return found

    def lines(self, path: str, _deadline: Deadline) -> tuple[set[int], set[int]]:
        """Return the lines of all statements in the file at *path*, and of those that did not run."""
        said = self._files[path].statements
        return set(said), {line for line, ran in said.items() if not ran}

    def _insist_on(self, path: str) -> None:
        if not Path(path).is_file():
            raise CannotMeasure(f"{self._name} tells of {self._shown(path)}, which is not here: exclude it")

    def _shown(self, path: str) -> str:
        return path.removeprefix(f"{self._root}/")


def _place(name: str, folders: Sequence[str], root: str) -> str:
    """
    Return where the file *name* of a report is: in one of its *folders*, or below *root*.

    The folders may be those of another machine. Then the longest end of the path that is there below *root* is it.
    """
    for folder in (*folders, root):
        path = Path(root, folder, name)
        if path.is_file():
            return os.path.realpath(path)
    for folder in folders:
        parts = Path(folder).parts
        for start in range(1, len(parts)):
            path = Path(root, *parts[start:], name)
            if path.is_file():
                return os.path.realpath(path)
    return str(Path(root, name))


def _says_something(path: str) -> bool:
    """Whether the Python file at *path* has any statement besides a docstring; yes, where that cannot be told."""
    try:
        source = Path(path).read_bytes()
        body = insist(lambda: ast.parse(source)).body
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    first = body[0] if body else None
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return len(body) > documented


def _ranges(lines: Sequence[int]) -> Iterator[str]:
    """Yield *lines*, in order, as coverage.py prints them: ``3``, ``5-7``."""
    start = 0
    for place, line in enumerate(lines):
        if place + 1 == len(lines) or lines[place + 1] != line + 1:
            yield str(line) if place == start else f"{lines[start]}-{line}"
            start = place + 1
