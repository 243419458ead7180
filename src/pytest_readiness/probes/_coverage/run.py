"""
The coverage of a run: measured by ourselves where nobody else does, and always read from a copy.

Nobody's ``.coverage`` file is written, moved or combined: what others measured is copied into a
folder of our own, and reported on by a ``coverage.Coverage`` of our own with the same settings.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import warnings
import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_readiness.errors import CannotMeasure

if TYPE_CHECKING:
    from coverage import Coverage, CoverageData

#: What one ``Coverage`` hands to another so that both measure and report the same.
_RUN = (
    "branch",
    "concurrency",
    "context",
    "core",
    "cover_pylib",
    "dynamic_context",
    "include",
    "omit",
    "relative_files",
    "source",
)
_RUN_NEWER = ("source_dirs", "source_pkgs", "timid", "plugins")
_REPORT = ("contexts", "exclude_lines", "ignore_errors", "include", "include_namespace_packages", "omit")
_REPORT_PARTIAL = ("partial_branches", "partial_branches_always")
SETTINGS = (
    *(f"run:{name}" for name in _RUN + _RUN_NEWER),
    *(f"report:{name}" for name in _REPORT + _REPORT_PARTIAL),
    "paths",
)
# What coverage would warn of is either told by the gate or no news; a warning may be an error to the project.
_SILENCED = (
    *("already-imported", "couldnt-parse", "include-ignored", "module-not-imported", "module-not-measured"),
    *("module-not-python", "no-contracer", "no-ctracer", "no-data-collected", "no-sysmon", "trace-changed"),
)
# Set by coverage.py for child processes where the configuration says ``patch = subprocess``.
_CHILDREN = "COVERAGE_PROCESS_CONFIG"

_CONFIGS = (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")


def config_file(root: Path, env: Mapping[str, str]) -> str | None:
    """Return the file that holds the coverage configuration of the project in *root*, None if none does."""
    if named := env.get("COVERAGE_RCFILE"):
        return str(root / named)
    for name in _CONFIGS:
        with contextlib.suppress(OSError):
            text = (root / name).read_text(encoding="utf-8", errors="replace")
            if name.startswith(".coveragerc") or "[coverage:" in text or "[tool.coverage" in text:
                return str(root / name)
    return None


def refusals() -> tuple[type[Exception], ...]:
    """Return what coverage.py raises on purpose, in older versions too, and what files and ``-W`` may raise."""
    from coverage.exceptions import ConfigError, CoverageException

    return CoverageException, ConfigError, OSError, Warning


@contextlib.contextmanager
def opened(data: CoverageData) -> Iterator[CoverageData]:
    """Close the connections of *data* after the block; an older coverage.py leaves them to the garbage collector."""
    try:
        yield data
    finally:
        getattr(data, "close", lambda: None)()


def settings(cov: Coverage) -> dict[str, Any]:
    """Return the settings of *cov* that decide what is measured and how it is counted, as plain data."""
    found: dict[str, Any] = {}
    for name in SETTINGS:
        with contextlib.suppress(*refusals()):  # an older coverage.py knows fewer options
            found[name] = cov.get_option(name)
    return found


def make(data_file: Path | None, config: str | None = None, wanted: Mapping[str, Any] | None = None) -> Coverage:
    """
    Return a silent ``Coverage`` on *data_file* with the options of the file *config*, then those *wanted*.

    Without *data_file*, on the one that the options name.
    """
    import coverage

    with _quiet():
        try:
            cov = (
                coverage.Coverage(config_file=config or False)
                if data_file is None
                else coverage.Coverage(data_file=str(data_file), config_file=config or False)
            )
        except refusals() as error:
            raise CannotMeasure(f"the coverage configuration cannot be read: {error}") from None
        for name, value in (wanted or {}).items():
            with contextlib.suppress(*refusals()):
                cov.set_option(name, value)
        silenced = cov.get_option("run:disable_warnings")
        cov.set_option("run:disable_warnings", [*(silenced if isinstance(silenced, list) else ()), *_SILENCED])
    return cov


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep coverage.py's warnings to ourselves; filters are global, so only where no gate runs beside us."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Recording:
    """
    Coverage measured by ourselves, with the project's own configuration, into a folder of our own.

    ``wanted`` are the settings of the controller's recording, for xdist's workers. Starts at once;
    raises ``CannotMeasure`` where coverage.py will not.
    """

    def __init__(self, root: Path, wanted: Mapping[str, Any] | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="readiness-coverage-"))
        self._discard = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._children = os.environ.get(_CHILDREN)
        with contextlib.chdir(root), _quiet():
            config = config_file(root, os.environ)
            self._cov = make(self._folder / "coverage", config, wanted)
            self._cov.set_option("run:parallel", True)
            self.settings = settings(self._cov)
            try:
                self._cov.start()
            except Exception as error:  # noqa: BLE001 - coverage.py loads plugins, which may raise anything
                raise CannotMeasure(f"coverage could not be measured: {error}") from None
        self._running = True

    def stop(self) -> None:
        """Stop measuring and write what was measured to the folder; a second call does nothing."""
        if not self._running:
            return
        self._running = False
        with _quiet():
            self._cov.stop()
            with opened(self._cov.get_data()) as data:
                data.write()
        if self._children is None:
            os.environ.pop(_CHILDREN, None)
        else:
            os.environ[_CHILDREN] = self._children

    def files(self) -> list[Path]:
        """Return the data files written so far, those of child processes too."""
        return sorted(self._folder.glob("coverage.*"))

    def dumps(self) -> bytes:
        """Stop, and return all that was recorded in coverage.py's own serial form."""
        self.stop()
        return dumps(copied(self.files(), self.settings))

    def discard(self) -> None:
        """Stop, and forget everything."""
        self.stop()
        self._discard()


def dumps(cov: Coverage) -> bytes:
    """Return what *cov* has recorded so far, in coverage.py's own serial form; it goes on recording."""
    with _quiet():
        data = cov.get_data()
        return data.dumps()


def snapshot(cov: Coverage, known: Iterable[Path] = ()) -> list[bytes | Path]:
    """
    Return what a ``Coverage`` that others started has recorded so far, and its child processes too.

    *known* are the data files that lay beside its own before the run.
    """
    return [dumps(cov), *(path for path in beside(cov) if path not in set(known))]


def beside(cov: Coverage) -> list[Path]:
    """Return the data files of parallel processes that lie beside the one of *cov*."""
    with _quiet():
        data = cov.get_data()
    base, own = Path(data.base_filename()), Path(data.data_filename())
    return sorted(path for path in base.parent.glob(f"{base.name}.*") if path != own and path.is_file())


def copied(recorded: Iterable[bytes | Path], wanted: Mapping[str, Any], config: str | None = None) -> Coverage:
    """
    Return a new ``Coverage`` with copies of all that was *recorded*, combined.

    Data is given as files, which stay as they are, or in serial form. The copy lives in a folder
    that goes away with it. Raises ``CannotMeasure`` where there is no data, or none that can be read.
    """
    from coverage import CoverageData

    folder = Path(tempfile.mkdtemp(prefix="readiness-coverage-"))
    cov = make(folder / "coverage", config, wanted)
    weakref.finalize(cov, shutil.rmtree, folder, ignore_errors=True)
    parts: list[str] = []
    try:
        for number, part in enumerate(recorded):
            target = folder / f"part{number}"
            with opened(CoverageData(basename=str(target))) as data:
                if isinstance(part, Path):
                    shutil.copyfile(part, target)
                    data.read()  # combine() passes over what it cannot read
                else:
                    data.loads(part)
            parts.append(str(target))
        with _quiet():
            cov.combine(parts, strict=True)
            cov.set_option("paths", {})  # done by now, once and for all
    except refusals() as error:
        raise CannotMeasure(f"the coverage data cannot be read: {error}") from None
    with opened(cov.get_data()) as combined:
        if not combined.measured_files():
            raise CannotMeasure("the coverage data is empty: nothing was measured")
    return cov
