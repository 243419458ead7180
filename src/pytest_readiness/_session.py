"""
The pytest plugin that collects what a run knows, on the controller and on xdist's workers.

Loaded only under ``--readiness``. On a worker it sends along what the controller cannot see: the
marks of each test travel on its reports, counts and coverage in ``workeroutput``.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_readiness import session as facts
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._coverage import run as coverage_run
from pytest_readiness.session import Session, TestCase, TestOutcome

if TYPE_CHECKING:
    from coverage import Coverage

#: Tells xdist's workers, which inherit the environment, to measure coverage and with which settings.
_ENVIRONMENT = "PYTEST_READINESS_COVERAGE"
_OUTPUT = "readiness"

_recording = pytest.StashKey[coverage_run.Recording]()
_refused = pytest.StashKey[str]()
_measured = pytest.StashKey[bool]()
_collector = pytest.StashKey["SessionCollector"]()


def install(config: pytest.Config) -> SessionCollector:
    """Register the collector with pytest, once; the same call serves controller and workers."""
    collector = config.stash.get(_collector, None)
    if collector is None:
        collector = config.stash[_collector] = SessionCollector(config)
        config.pluginmanager.register(collector, "readiness-session")
    return collector


# --- coverage of the run ------------------------------------------------------------------------


def ordered() -> bool:
    """Tell whether this is a worker of xdist whose controller wants coverage measured; known before configuration."""
    return _order() is not None


def _order() -> Mapping[str, Any] | None:
    """Return the settings that the controller, our parent process, left for us."""
    order = json.loads(os.environ.get(_ENVIRONMENT, "{}"))
    return order.get("settings") if order.get("controller") == os.getppid() else None


def start_coverage(early_config: pytest.Config) -> None:
    """
    See to it that coverage is measured: by pytest-cov or ``coverage run`` if they do, else by ourselves.

    To be called from ``pytest_load_initial_conftests``, before any code of the project is
    imported: where a gate needs coverage, and on workers where it was ``ordered()``.
    """
    early_config.stash[_measured] = True
    known = early_config.known_args_namespace
    if getattr(known, "no_cov", False):
        early_config.stash[_refused] = "coverage was switched off by --no-cov"
    elif not getattr(known, "cov_source", None):
        _start(early_config)


def _start(config: pytest.Config) -> None:
    import coverage

    order = _order()
    current = coverage.Coverage.current()
    if current is None:
        if sys.gettrace() is not None:
            config.stash[_refused] = "coverage could not be measured: another tracer (a debugger?) is active"
            return
        try:
            recording = config.stash[_recording] = coverage_run.Recording(config.rootpath, order)
        except CannotMeasure as error:
            config.stash[_refused] = str(error)
            return
        config.add_cleanup(recording.discard)
    if order is None:
        chosen = coverage_run.settings(current) if current is not None else config.stash[_recording].settings
        os.environ[_ENVIRONMENT] = json.dumps({"controller": os.getpid(), "settings": chosen})
        config.add_cleanup(_forget_order)


def _forget_order() -> None:
    os.environ.pop(_ENVIRONMENT, None)


@dataclass
class _Coverage:
    """Who measured, and how to get at it; ``workers`` are the recordings that workers sent."""

    config: pytest.Config
    workers: list[bytes] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    known: list[Path] = field(default_factory=list)

    def look_around(self) -> None:
        """Remember which data files lie there before the run."""
        if (current := self._foreign()) is not None:
            self.known = coverage_run.beside(current)

    def reader(self) -> Callable[[], Any] | None:
        """
        Stop measuring and copy what was measured; return what gives the copy, or says why there is none.

        Copied at once: what gates do may well run tests and write coverage data themselves.
        """
        if not self.config.stash.get(_measured, False):
            return None
        try:
            parts, wanted = self._measured()
            config = coverage_run.config_file(self.config.rootpath, os.environ) if wanted.get("run:plugins") else None
            cov = coverage_run.copied(parts, wanted, config)
        except CannotMeasure as error:
            return _refuse(str(error))
        return lambda: cov

    def _measured(self) -> tuple[list[bytes | Path], Mapping[str, Any]]:
        """Return all that was measured, and with which settings."""
        config = self.config
        if _refused in config.stash:
            raise CannotMeasure(config.stash[_refused])
        if (plugin := config.pluginmanager.getplugin("_cov")) is not None:
            return _of_pytest_cov(plugin)
        if self.lost:
            raise CannotMeasure(f"no coverage came back from {', '.join(self.lost)}")
        if (recording := config.stash.get(_recording, None)) is not None:
            recording.stop()
            return [*recording.files(), *self.workers], recording.settings
        if (current := self._foreign()) is not None:
            return [*coverage_run.snapshot(current, self.known), *self.workers], coverage_run.settings(current)
        raise CannotMeasure("no coverage was measured in this run")

    def sent(self) -> bytes | None:
        """Return, on a worker, what it has measured; None if that is not ours to tell."""
        if (recording := self.config.stash.get(_recording, None)) is not None:
            return recording.dumps()
        current = self._foreign()
        return None if current is None else coverage_run.dumps(current)

    def _foreign(self) -> Coverage | None:
        """Return the ``Coverage`` that somebody else started, if it is for us to read."""
        config = self.config
        if not config.stash.get(_measured, False) or _recording in config.stash or _refused in config.stash:
            return None
        if config.pluginmanager.hasplugin("_cov"):
            return None
        import coverage

        return coverage.Coverage.current()


def _refuse(reason: str) -> Callable[[], Any]:
    def read() -> Any:
        raise CannotMeasure(reason)

    return read


def _of_pytest_cov(plugin: Any) -> tuple[list[bytes | Path], Mapping[str, Any]]:
    controller = plugin.cov_controller
    if controller is None:
        raise CannotMeasure("pytest-cov measured nothing in this run")
    if controller.failed_workers:
        lost = ", ".join(node.gateway.id for node in controller.failed_workers)
        raise CannotMeasure(f"no coverage came back from {lost}")
    if controller.started:
        raise CannotMeasure("pytest-cov had not finished measuring")
    return [Path(controller.cov.get_data().data_filename())], coverage_run.settings(controller.cov)


# --- outcomes of the tests ----------------------------------------------------------------------


@dataclass
class _Test:
    """One test while its reports come in; ``ended`` once nothing more is to come."""

    outcome: TestOutcome | None = None
    duration: float = 0.0
    about: Mapping[str, Any] = field(default_factory=dict)
    reruns: int = 0
    subtests: int = 0
    ended: bool = False

    def add(self, report: pytest.TestReport) -> None:
        self.duration += report.duration
        self.about = getattr(report, _OUTPUT, self.about)
        if str(report.outcome) == "rerun":  # of pytest-rerunfailures
            self.reruns += 1
            self.outcome, self.ended = None, False
            return
        if hasattr(report, "context"):  # a subtest, of pytest 9 or pytest-subtests
            self.subtests += 1
            if not report.failed:
                return
        outcome = _outcome(report)
        if outcome is not None:
            self.outcome = outcome if self.outcome is None else facts.worst(self.outcome, outcome)
        # xdist reports the test that a worker died of with "???" in place of a phase.
        self.ended = self.ended or report.when not in {"setup", "call"}

    def case(self, nodeid: str) -> TestCase | None:
        """Return the finished test; None if it never ran to its end, or never ran at all."""
        if self.outcome is None or not self.ended:
            return None
        names = {name: frozenset(self.about.get(name, ())) for name in ("markers", "keywords", "gates")}
        return TestCase(nodeid, self.outcome, self.duration, **names, reruns=self.reruns, subtests=self.subtests)


def _outcome(report: pytest.TestReport) -> TestOutcome | None:
    """Return what one phase says of its test; None: nothing."""
    expected = hasattr(report, "wasxfail")
    if report.skipped:
        return TestOutcome.XFAILED if expected else TestOutcome.SKIPPED
    if report.failed:
        return TestOutcome.ERROR if report.when in {"setup", "teardown"} else TestOutcome.FAILED
    if report.when != "call":
        return None
    return TestOutcome.XPASSED if expected else TestOutcome.PASSED


def _about(item: pytest.Item) -> dict[str, list[str]]:
    """Return what gates may select *item* by, as plain lists that xdist can carry."""
    nodes = [node for node in item.listchain() if not isinstance(node, pytest.Session)]
    # The folders that pytest was started with are no keywords, says -k.
    names = {
        node.name
        for node in nodes
        if not (isinstance(node, pytest.Directory) and isinstance(node.parent, pytest.Session))
    }
    markers = {mark.name for mark in item.iter_markers()}
    names |= markers | item.listextrakeywords() | set(getattr(getattr(item, "function", None), "__dict__", ()))
    gates = {str(gate) for mark in item.iter_markers("readiness") for gate in mark.args}
    return {"markers": sorted(markers), "keywords": sorted(map(str, names)), "gates": sorted(gates)}


class SessionCollector:
    """Collects the facts of one run; ``session()`` returns them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tests: dict[tuple[str, str], _Test] = {}
        self._broken: dict[str, None] = {}
        self._started = time.monotonic()
        self._collected: dict[str, int] = {}
        self._deselected: dict[str, int] = {}
        self._warnings = 0
        self._session: pytest.Session | None = None
        self._coverage = _Coverage(config)

    def session(self) -> Session:
        """
        Return the facts of the run so far; to be called when the test loop has ended.

        From then on nothing measures coverage any more, unless somebody else started that.
        """
        cases = {key: test.case(key[1]) for key, test in self._tests.items()}
        tests = tuple(case for case in cases.values() if case is not None)
        narrowed, configured = selections(self._config)
        return Session(
            tests=tests,
            deselected=max(self._deselected.values(), default=0),
            warnings=self._warnings,
            duration=time.monotonic() - self._started,
            narrowed=narrowed,
            configured=configured,
            broken=(*self._broken, *self._cut_short(len(tests))),
            coverage=self._coverage.reader(),
        )

    def _cut_short(self, ended: int) -> Iterator[str]:
        """Yield why not all tests came to their end, if so."""
        if self._session is not None:
            for stop in (self._session.shouldfail, self._session.shouldstop):
                if stop:
                    yield f"stopped early: {stop}"
        if not self._collected:
            yield "the tests were not collected"
            return
        counts = self._collected.values()
        expected = sum(counts) if self._each else max(counts)
        if modules := sum(test.about.get("module", False) for test in self._tests.values()):
            ended -= modules
        if ended < expected:
            yield f"{expected - ended} of {expected} tests did not run to the end"

    @property
    def _each(self) -> bool:
        """Whether every worker runs every test (``--dist each``)."""
        return self._distributed and self._config.getoption("dist", "no") == "each"

    @property
    def _distributed(self) -> bool:
        return self._config.pluginmanager.hasplugin("dsession")

    # Hooks; on workers those about single tests only pass on what the controller cannot see.

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session
        self._started = time.monotonic()
        if not hasattr(self._config, "workerinput"):
            self._coverage.look_around()

    def pytest_deselected(self, items: Collection[pytest.Item]) -> None:
        self._deselected[""] = self._deselected.get("", 0) + len(items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if not self._distributed:
            self._collected[""] = len(session.items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._broken[f"collection error in {report.nodeid or 'the session'}"] = None
        elif report.skipped:  # a whole module
            skipped = _Test(TestOutcome.SKIPPED, about={"keywords": [report.nodeid], "module": True}, ended=True)
            self._tests["", report.nodeid] = skipped

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.when == "setup":
            setattr(report, _OUTPUT, _about(item))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        worker = report.node.gateway.id if self._each and hasattr(report, "node") else ""
        self._tests.setdefault((worker, report.nodeid), _Test()).add(report)

    def pytest_warning_recorded(self) -> None:
        self._warnings += 1

    def pytest_keyboard_interrupt(self) -> None:
        self._broken["interrupted"] = None

    def pytest_sessionfinish(self) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = {
                "collected": self._collected.get("", 0),
                "deselected": self._deselected.get("", 0),
                "coverage": self._coverage.sent(),
            }

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        name = node.gateway.id
        sent = getattr(node, "workeroutput", {}).get(_OUTPUT)
        if error or sent is None:
            self._broken[f"worker {name} crashed"] = None
            self._coverage.lost.append(name)
            return
        self._collected[name], self._deselected[name] = sent["collected"], sent["deselected"]
        if sent["coverage"] is not None:
            self._coverage.workers.append(sent["coverage"])
        else:
            self._coverage.lost.append(name)


# --- selections ---------------------------------------------------------------------------------

# Options of other plugins that run a part of the tests, by the name of their value.
_OTHERS = {"splits": "--splits", "num_shards": "--num-shards", "testmon": "--testmon", "picked": "--picked"}
# Settings that decide which tests there are; given with -o they narrow like an option.
_SETTINGS = ("addopts", "norecursedirs", "python_classes", "python_files", "python_functions", "testpaths")


def selections(config: pytest.Config) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the selection made on the command line, and the one made by the project's configuration."""
    overridden = [text for text in config.getoption("override_ini") or () if text.partition("=")[0] in _SETTINGS]
    own = [] if overridden else list(facts.options(config.getini("addopts")))
    asked = list(facts.options([*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *config.invocation_params.args]))
    narrowed: list[str] = [f"-o {shlex.quote(text)}" for text in overridden]
    configured: list[str] = []
    for option, value in _in_force(config):
        ours = (option, value) in own and (option, value) not in asked
        (configured if ours else narrowed).append(facts.item(option, value))
    paths = [] if overridden else [value for option, value in own if not option]
    narrowed += _paths(config, paths)
    return tuple(sorted(set(narrowed))), tuple(sorted(set(configured)))


def _in_force(config: pytest.Config) -> Iterator[tuple[str, str]]:
    """Yield the selecting options in force, wherever they were given."""
    get = config.getoption
    for option, name in (("-k", "keyword"), ("-m", "markexpr")):
        if value := get(name, ""):
            yield option, value
    for option in ("--deselect", "--ignore", "--ignore-glob"):
        yield from ((option, value) for value in get(option.strip("-").replace("-", "_"), None) or ())
    for option, name in (("--lf", "lf"), ("--sw", "stepwise"), *((flag, name) for name, flag in _OTHERS.items())):
        if get(name, None):
            yield option, ""


def _paths(config: pytest.Config, own: Collection[str]) -> Iterator[str]:
    """Yield the paths and node ids that pytest was given, unless they hold all configured test paths."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        return
    base, root = config.invocation_params.dir, config.rootpath
    given = [(_resolved(base, arg), arg) for arg in config.args if arg not in own]
    if own and not given:
        return
    plain = {path for path, _ in given}
    # A path given beside a folder that holds it can keep pytest 8 from looking at the rest of that folder.
    nested = any("::" in arg for _, arg in given) or any(plain.intersection(path.parents) for path in plain)
    whole = [path for pattern in config.getini("testpaths") for path in root.glob(pattern)] or [root]
    if not nested and all(any(path.is_relative_to(start) for start in plain) for path in whole):
        return
    for path, arg in given:
        shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        yield facts.item("", shown + "".join(arg.partition("::")[1:]))


def _resolved(base: Path, arg: str) -> Path:
    return Path(os.path.normpath(base / arg.partition("::")[0]))
