"""The plugin object: the facts of one run, as pytest's hooks bring them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Collection, Generator, Iterator
from typing import Any

import pytest

from pytest_readiness._session.coverage import RunCoverage
from pytest_readiness._session.outcomes import ATTRIBUTE, RunningTest, about
from pytest_readiness._session.selections import filters, selections
from pytest_readiness.session import Session, TestOutcome, Warned, kinds_of

_OUTPUT = "readiness"
#: What a warning says is kept up to this many characters.
_LONGEST = 300
_collector = pytest.StashKey["SessionCollector"]()


def install(config: pytest.Config) -> SessionCollector:
    """Register the collector with pytest, once; the same call serves controller and workers."""
    collector = config.stash.get(_collector, None)
    if collector is None:
        collector = config.stash[_collector] = SessionCollector(config)
        config.pluginmanager.register(collector, "readiness-session")
    return collector


class SessionCollector:
    """Collects the facts of one run; ``session()`` returns them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tests: dict[tuple[str, str], RunningTest] = {}
        self._broken: dict[str, None] = {}
        self._started = time.monotonic()
        self._collected: dict[str, int] = {}
        self._deselected: dict[str, int] = {}
        self._warned: list[Warned] = []
        self._session: pytest.Session | None = None
        self._coverage = RunCoverage(config)

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
            warnings=len(self._warned),
            warned=tuple(self._warned),
            filters=filters(self._config),
            duration=time.monotonic() - self._started,
            narrowed=narrowed,
            configured=configured,
            broken=(*self._broken, *self._cut_short(len(tests))),
            coverage=self._coverage.reader(),
            # Switched off (-p no:warnings), none are seen, which is not to say that there were none.
            unknown=frozenset() if self._config.pluginmanager.hasplugin("warnings") else frozenset({"warnings"}),
        )

    def _cut_short(self, ended: int) -> Iterator[str]:
        """Yield why not all tests came to their end, if so."""
        if self._session is not None:
            for stop in (self._session.shouldfail, self._session.shouldstop):
                if stop:
                    yield f"stopped early: {stop}"
        if not self._collected:
            only = self._config.getoption("readiness_only", False)
            yield "--readiness-only runs no tests" if only else "the tests were not collected"
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
            skipped = RunningTest(TestOutcome.SKIPPED, about={"keywords": [report.nodeid], "module": True}, ended=True)
            self._tests["", report.nodeid] = skipped

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.when == "setup":
            setattr(report, ATTRIBUTE, about(item))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        worker = report.node.gateway.id if self._each and hasattr(report, "node") else ""
        self._tests.setdefault((worker, report.nodeid), RunningTest()).add(report)

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        place = nodeid or f"{warning_message.filename}:{warning_message.lineno}"
        said = " ".join(str(warning_message.message).split())
        self._warned.append(Warned(kinds_of(warning_message.category), said[:_LONGEST], place))

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
