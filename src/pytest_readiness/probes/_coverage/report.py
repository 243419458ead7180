"""
coverage.py's numbers, file by file, each file analysed at most once for all gates.

The numbers are read from coverage.py's own text report, whose counts are exact: the only public
way that costs no more than one ``coverage report``. What it does not print, how many branches were
missed, follows from the percentage, printed with twelve digits.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import platform
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.parsing import insist
from pytest_readiness.probes._coverage.run import opened, settings

if TYPE_CHECKING:
    from coverage import Coverage

_ROW = re.compile(r"(?P<name>.*?) +(\d+) +(\d+)(?: +(\d+) +(\d+))? +(\d+(?:\.\d+)?)%(?: {3}(.*))?")
_PRECISION = 12
_CHUNK = 100
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Numbers:
    """
    What coverage.py counted, in one file or in many: all are counts.

    ``missing`` tells lines and branches as coverage.py prints them.
    """

    statements: int = 0
    missed: int = 0
    branches: int = 0
    missed_branches: int = 0
    missing: str = ""

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(
            self.statements + other.statements,
            self.missed + other.missed,
            self.branches + other.branches,
            self.missed_branches + other.missed_branches,
        )

    @property
    def line(self) -> float | None:
        """Statements that ran, in percent; None where there are none."""
        return _percent(self.statements - self.missed, self.statements)

    @property
    def branch(self) -> float | None:
        """Branches that were taken, in percent; None where there are none."""
        return _percent(self.branches - self.missed_branches, self.branches)

    @property
    def total(self) -> float | None:
        """What coverage.py shows as "Cover": statements and branches together, in percent."""
        done = self.statements - self.missed + self.branches - self.missed_branches
        return _percent(done, self.statements + self.branches)


def _percent(part: int, whole: int) -> float | None:
    return 100.0 * part / whole if whole else None


class Recorded:
    """
    The recorded coverage that gates are judged on.

    ``measured`` are the paths of all files in the data, absolute. ``cache`` is the folder for
    what need not be computed again, or None.
    """

    #: Why there is no branch, where there is none.
    no_branch = "branch coverage was not recorded: set branch = true under [run], or run with --cov-branch"

    def __init__(self, cov: Coverage, root: Path, cache: Path | None = None) -> None:
        self._cov = cov
        self._lock = threading.Lock()
        self._known: dict[str, Numbers | None] = {}
        self._cache = _Cache(cache / "coverage.json", cov) if cache is not None else None
        with opened(cov.get_data()) as data:
            self.branches = data.has_arcs()
            names = data.measured_files()
        if any(not Path(name).is_absolute() for name in names) and not root.samefile(Path.cwd()):
            raise CannotMeasure(f"the coverage data has relative paths (relative_files): run from {root}")
        self.measured = frozenset(os.path.realpath(name) for name in names)

    @contextlib.contextmanager
    def raw(self, deadline: Deadline) -> Iterator[Coverage]:
        """Lend coverage.py's own object, while no other gate analyses it."""
        with self._alone(deadline):
            yield self._cov

    def option(self, name: str) -> Sequence[str]:
        """Return an option of coverage.py's configuration that is a list; empty where it is not set."""
        value = self._cov.get_option(name)
        return value if isinstance(value, list) else ()

    def numbers(self, paths: Collection[str], deadline: Deadline) -> Mapping[str, Numbers]:
        """
        Return the numbers of the files at *paths*, measured or not, without those the configuration omits.

        Raises ``CannotMeasure`` for a file whose source is gone or cannot be parsed.
        """
        with self._alone(deadline):
            self._analyse(sorted(set(paths) - set(self._known)), deadline)
            return {path: found for path in sorted(paths) if (found := self._known[path]) is not None}

    @contextlib.contextmanager
    def _alone(self, deadline: Deadline) -> Iterator[None]:
        if not self._lock.acquire(timeout=deadline.remaining()):
            raise CannotMeasure("the deadline came while coverage was being analysed for another gate")
        data = self._cov.get_data()
        try:
            with (
                opened(data),
                getattr(data, "keep_db_open", contextlib.nullcontext)(),
            ):  # not in older coverage.py: only slower
                yield
        finally:
            self._lock.release()

    def lines(self, path: str, deadline: Deadline) -> tuple[set[int], set[int]]:
        """Return the lines of all statements in the file at *path*, and of those that did not run."""
        from coverage.exceptions import CoverageException

        with self._alone(deadline):
            try:
                _, statements, _, missing, _ = insist(lambda: self._cov.analysis2(path))
            except CoverageException as error:
                raise CannotMeasure(str(error)) from None
        return set(statements), set(missing)

    def _analyse(self, paths: list[str], deadline: Deadline) -> None:
        keys = self._cache.keys(paths, self.measured) if self._cache is not None else {}
        if self._cache is not None:
            self._known.update(self._cache.get(keys))
        left = [path for path in paths if path not in self._known]
        for start in range(0, len(left), _CHUNK):
            if deadline.passed:
                raise CannotMeasure(f"the deadline came after {start} of {len(left)} files were analysed")
            self._known.update(self._report(left[start : start + _CHUNK]))
        if self._cache is not None and left:
            self._cache.put({path: (keys[path], self._known[path]) for path in left if path in keys})

    def _report(self, paths: list[str]) -> dict[str, Numbers | None]:
        """Return the numbers of *paths*; None for a file that the project's configuration leaves out."""
        from coverage.exceptions import CoverageException, NoDataError

        every: dict[str, Any] = {
            "ignore_errors": True,
            "skip_covered": False,
            "skip_empty": False,
            "show_missing": True,
        }

        def text() -> str:
            file = io.StringIO()
            self._cov.report(paths, file=file, precision=_PRECISION, output_format="text", sort="name", **every)
            return file.getvalue()

        try:
            rows = dict(_rows(insist(text)))
        except NoDataError:
            rows = {}  # all of them are left out, or none could be analysed
        except CoverageException as error:
            raise CannotMeasure(f"coverage.py cannot report: {error}") from None
        start = _start(rows, paths)
        found = {os.path.realpath(start + name): numbers for name, numbers in rows.items()}
        for path in paths:
            if path not in found:
                self._left_out(path)
        return {path: found.get(path) for path in paths}

    def _left_out(self, path: str) -> None:
        """See why *path* is not in the report; raises ``CannotMeasure`` if it could not be analysed."""
        from coverage.exceptions import CoverageException

        try:
            insist(lambda: self._cov.analysis2(path))
        except CoverageException as error:
            raise CannotMeasure(f"coverage.py cannot analyse {path}: {error}") from None


def _rows(text: str) -> Iterable[tuple[str, Numbers]]:
    """Yield name and numbers of each file in a report of coverage.py."""
    for line in text.splitlines()[2:]:
        if line.startswith("---"):
            return
        match = _ROW.fullmatch(line.rstrip())
        if match is None:
            raise CannotMeasure(f"a line of coverage.py's report was not understood: {line}")
        statements, missed, branches = int(match[2]), int(match[3]), int(match[4] or 0)
        done = float(match[6]) / 100 * (statements + branches) if statements + branches else 0.0
        missed_branches = branches - round(done - (statements - missed))
        yield match["name"], Numbers(statements, missed, branches, missed_branches, match[7] or "")


def _start(rows: Iterable[str], paths: Collection[str]) -> str:
    """Return the folder, ending in a slash, that the names in a report are relative to."""
    relative = [name for name in rows if not name.startswith("/")]
    if not relative:
        return ""
    known = set(paths)
    longest = max(relative, key=len)
    for path in sorted(known):
        start = path[: -len(longest)]
        if path == start + longest and start.endswith("/") and all(start + name in known for name in relative):
            return start
    raise CannotMeasure(f"coverage.py's report names {longest}, which cannot be found again")


# The digest that a file's numbers stand under; None for a file that the configuration leaves out.
_Entry = tuple[str, Numbers | None]


class _Cache:
    """
    Numbers kept from run to run, under a digest of all they follow from, so never too old.

    That is: the source, what was recorded of it, coverage.py's settings and version, and Python's.
    """

    def __init__(self, path: Path, cov: Coverage) -> None:
        import coverage

        self._path = path
        self._cov = cov
        named = sorted((name, value) for name, value in settings(cov).items() if not name.startswith("run:source"))
        known = (_FORMAT, coverage.__version__, platform.python_version(), named)
        self._base = hashlib.sha256(repr(known).encode())
        self._old = self._load()

    def keys(self, paths: Iterable[str], measured: Collection[str]) -> dict[str, str]:
        """Return the digest for each file; none for a file that is gone, or that a plugin reads for coverage.py."""
        data = self._cov.get_data()
        data.set_query_contexts(self._cov.get_option("report:contexts"))  # type: ignore[arg-type]
        arcs, found = data.has_arcs(), {}
        relative = {os.path.realpath(name): name for name in data.measured_files()}
        for path in paths:
            name = relative.get(path, path)
            if path in measured and data.file_tracer(name):
                continue
            try:
                source = Path(path).read_bytes()
            except OSError:
                continue
            recorded = (data.arcs(name) if arcs else data.lines(name)) or []
            digest = self._base.copy()
            digest.update(f"{path}\0{sorted(recorded)}\0".encode())
            digest.update(source)
            found[path] = digest.hexdigest()
        return found

    def get(self, keys: Mapping[str, str]) -> dict[str, Numbers | None]:
        """Return what is known of the files with these digests."""
        return {path: self._old[path][1] for path, key in keys.items() if self._old.get(path, ("",))[0] == key}

    def put(self, found: Mapping[str, _Entry]) -> None:
        """Keep what was found; a cache that cannot be written is none, and no trouble."""
        self._old = {**self._load(), **found}
        known = {path: [key, *(_fields(numbers) if numbers else ())] for path, (key, numbers) in self._old.items()}
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(known), encoding="utf-8")
            part.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()

    def _load(self) -> dict[str, _Entry]:
        try:
            known = json.loads(self._path.read_text(encoding="utf-8"))
            return {path: (key, Numbers(*rest) if rest else None) for path, (key, *rest) in known.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}


def _fields(numbers: Numbers) -> tuple[int, int, int, int, str]:
    return numbers.statements, numbers.missed, numbers.branches, numbers.missed_branches, numbers.missing
