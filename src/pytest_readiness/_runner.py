"""
The run of the gates inside pytest: what was asked for, and the plugin that judges them after the tests.

Loaded only under ``--readiness``. Everything that a user sees is computed from one ``Report``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_readiness import _session, assess, reports
from pytest_readiness._asked import Asked, discard_reports, load, spec_path, wants_coverage
from pytest_readiness._items import GateItem, SpecFile
from pytest_readiness.engine import Setup
from pytest_readiness.errors import ReportError, UsageError
from pytest_readiness.model import Disposition, Judged, Report
from pytest_readiness.plan import Plan
from pytest_readiness.registry import Registry
from pytest_readiness.reports import terminal
from pytest_readiness.session import Session

if TYPE_CHECKING:
    from pytest_readiness._audits import Audits, Held

#: What pytest's exit codes say, where the gates have nothing to do with them.
_CAUSES = {
    2: "the run was interrupted",
    3: "pytest had an internal error",
    4: "pytest could not use its arguments",
    5: "no tests were collected",
}


def prepare(early_config: pytest.Config) -> None:
    """Do what must come before the project's code: remove earlier reports, measure coverage if a gate asks for it."""
    option = early_config.known_args_namespace
    if option.help or option.version or option.readiness_explain or option.collectonly:
        return
    if not _will_be_worker():
        discard_reports(early_config, option)
    if option.readiness_only:
        return
    if _session.ordered() or (not _will_be_worker() and wants_coverage(spec_path(early_config, option))):
        _session.start_coverage(early_config)


def explain(config: pytest.Config) -> None:
    """Write what a run would reach for; nothing is touched and nothing is run."""
    try:
        plan, _ = load(config, Asked.of(config))
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    screen = terminal.screen(sys.stdout)
    screen.line(terminal.header(plan, config.invocation_params.dir), bold=True)
    terminal.explain(plan, screen)


def install(config: pytest.Config) -> None:
    """Take part in the run: on a worker by telling of its tests, on the controller by judging the gates."""
    if _is_worker(config):
        _session.install(config)
        return
    if config.option.help:
        return
    try:
        asked = Asked.of(config)
        plan, registry = load(config, asked)
        audits = _audits(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    if config.option.readiness_only and hasattr(config.option, "dist"):
        # There are no tests to distribute, and workers would look for some.
        config.option.dist, config.option.tx = "no", []
    config.pluginmanager.register(Runner(config, asked, plan, registry, audits), "readiness-runner")


def _audits(config: pytest.Config) -> Audits | None:
    """Return what is to be audited; the reading of checklists is loaded only for that."""
    if not (config.option.readiness_audit or config.option.readiness_audit_fail_on):
        return None
    from pytest_readiness._audits import Audits

    return Audits.of(config)


def _is_worker(config: pytest.Config) -> bool:
    """Tell whether this process is one of xdist's workers."""
    return hasattr(config, "workerinput")


def _will_be_worker() -> bool:
    """
    Guess the same before pytest is configured.

    Whatever a test of a distributed run starts inherits the worker's environment, and must judge its gates
    all the same; but only workers are started by execnet, with ``python -c``.
    """
    started_by_code = not hasattr(sys.modules["__main__"], "__file__")
    return "PYTEST_XDIST_WORKER" in os.environ and "execnet.gateway_base" in sys.modules and started_by_code


class Runner:
    """The plugin that judges the gates once, after the test loop, and tells of them."""

    def __init__(
        self, config: pytest.Config, asked: Asked, plan: Plan, registry: Registry, audits: Audits | None = None
    ) -> None:
        self._config = config
        self._asked = asked
        self._plan = plan
        self._registry = registry
        self._audits = audits
        self._held: tuple[Held, ...] = ()
        self._collector = _session.install(config)
        self._assessment: assess.Assessment | None = None
        self._report: Report | None = None
        self._stopped: str | None = "the run ended before the gates were reached"
        self._gates: dict[str, Judged] = {}
        self._failed: dict[str, None] = {}
        self._noted: dict[str, None] = {}
        self._known: dict[tuple[str | None, int], Report] = {}

    # Hooks.

    def pytest_report_header(self) -> str:
        return terminal.header(self._plan, self._config.invocation_params.dir)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> bool | None:
        return True if self._config.option.readiness_only else None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._noted[f"{report.nodeid or 'the tests'} could not be collected"] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        judged = self._gates.get(report.nodeid)
        if report.failed and judged is None:
            self._failed[report.nodeid] = None
        elif report.failed and judged and judged.disposition is not Disposition.BREAKS:
            # Somebody's fixture or hook, say, or a warning that is an error.
            self._noted[f"pytest reports a failure of gate {judged.result.gate.id}, which itself does not break"] = None

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(item, GateItem) and call.when == "call":
            item.dress(report)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """After pytest-cov's own wrapper, so that its data is complete, and with the exit code still open."""
        gates = len(self._plan.gates)
        # Shown beside each line, percentages are of tests and gates together; in a row of dots the tests end at 100 %.
        counted = self._config.getoption("verbose", 0) > 0 and not self._distributed and self._count(session, gates)
        try:
            result = yield
        except BaseException as error:
            self._stopped = f"the run stopped before the gates: {_words_of(error)}"
            raise
        option = self._config.option
        if option.collectonly:
            self._list_gates()
        elif option.setuponly or option.setupplan:
            self._stopped = "nothing is run under --setup-only and --setup-plan"
        else:
            self._stopped = "the run was interrupted while the gates ran"
            counted or self._count(session, gates)
            # As pytest itself does in the end: tests may have gone elsewhere, and removed the folder they were in.
            os.chdir(session.startpath)
            self._judge()
            self._audit()
            self._hand_over(session)
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Before all others, which show the report, and after them: some change the exit status."""
        if self._config.option.collectonly:
            if self._config.option.readiness_only:
                session.exitstatus = pytest.ExitCode.OK
            return (yield)
        self._forget_gates()
        self._conclude(session)
        try:
            result = yield
        except BaseException:
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
            self._conclude(session)
            raise
        self._conclude(session)
        return result

    def pytest_terminal_summary(self) -> None:
        screen = self._screen()
        if screen and self._report:
            terminal.summary(self._report, screen)
        if screen and self._report and self._audits:
            self._audits.show(self._held, screen)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Write the verdict as the last line, after all that pytest has to say of the run's end."""
        screen = self._screen()
        if self._report is None:
            return
        if screen:
            self._end_line()
            terminal.verdict_line(self._report, screen)
        else:
            sys.stderr.writelines(f"{message}\n" for message in self._noted)

    # What they do.

    @property
    def _distributed(self) -> bool:
        return self._config.pluginmanager.hasplugin("dsession")

    def _count(self, session: pytest.Session, gates: int) -> bool:
        """Count the gates as collected, for the percentages; a run without tests keeps its own exit code."""
        if session.testscollected or self._config.option.readiness_only:
            session.testscollected += gates
        return True

    def _list_gates(self) -> None:
        screen = self._screen()
        if screen is None:
            return
        name, ids = self._plan.spec.path.name, [gate.id for gate in self._plan.gates]
        if screen.verbosity < -1:
            screen.line(f"{name}: {len(ids)}")
            return
        quiet = screen.verbosity < 0
        if not quiet:
            screen.line(f"<SpecFile {name}>")
        for id_ in ids:
            screen.line(f"{name}::{id_}" if quiet else f"  <Gate {id_}>")

    def _judge(self) -> None:
        """Run all gates, saying how far they are."""
        screen = self._screen()
        progress = terminal.Progress(screen, len(self._plan.gates)) if screen else None
        self._assessment = assess.Assessment(self._plan, self._setup(self._collector.session()), progress)
        if screen:
            self._end_line()
        if screen and screen.verbosity >= 0:
            self._reporter.section("readiness gates", sep="-")
        with progress or nullcontext():
            self._assessment.run()
        self._stopped = None

    def _audit(self) -> None:
        """Hold the checklists against what was found; what fails of them fails the run."""
        if self._audits:
            self._held = self._audits.hold(self._judged(), self._plan.spec.gates)
            self._noted |= dict.fromkeys(problem for held in self._held for problem in held.problems())

    def _setup(self, session: Session | None) -> Setup:
        option = self._config.option
        setup = Setup(
            registry=self._registry,
            env=os.environ,
            now=datetime.now(UTC),
            session=session,
            exec_allowed=not option.readiness_no_exec,
            side_effects_allowed=option.readiness_allow_side_effects,
            cache=self._cache(),
        )
        return setup if option.readiness_jobs is None else replace(setup, jobs=option.readiness_jobs)

    def _cache(self) -> Path | None:
        """Return a folder in pytest's own cache; None without ``-p cacheprovider``, or where none is wanted."""
        kept: pytest.Cache | None = getattr(self._config, "cache", None)
        return kept.mkdir("readiness") if kept and self._asked.cached else None

    def _hand_over(self, session: pytest.Session) -> None:
        """Give each gate to pytest as an item."""
        spec = SpecFile.from_parent(session, path=self._plan.spec.path)
        encoding = _encoding()
        items = [
            GateItem.from_parent(spec, name=judged.result.gate.id, judged=judged, encoding=encoding)
            for judged in self._judged().gates
        ]
        self._gates = {item.nodeid: item.judged for item in items}
        for item, following in pairwise([*items, None]):
            assert item is not None
            self._config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _forget_gates(self) -> None:
        """Keep gates out of ``--lf``: they are not collected, and would never be found again."""
        cached = getattr(self._config.pluginmanager.get_plugin("lfplugin"), "lastfailed", {})
        for known in [known for known in cached if str(known) in self._gates]:
            del cached[known]

    def _conclude(self, session: pytest.Session) -> None:
        """Settle report and exit code, which always agree, and write the files if anything is new."""
        code = int(session.exitstatus)
        if code == pytest.ExitCode.NO_TESTS_COLLECTED and self._config.option.readiness_only:
            code = 0
        while (report := self._settled(code)) != self._report:
            self._report = report
            self._write(report)
        if session.exitstatus != report.exit_code:
            session.exitstatus = report.exit_code

    def _settled(self, code: int) -> Report:
        """Return the report for a run that pytest itself ends with *code*, with a word on where that comes from."""
        report = self._judged()
        causes = list(self._noted)
        if code and not report.exit_code and not causes:
            causes.append(_CAUSES.get(code, f"pytest ended with exit code {code}, see above"))
        code = code or int(bool(report.exit_code or causes))
        return replace(report, exit_code=code, problems=(*causes, *report.problems))

    def _judged(self) -> Report:
        """Return what is known by now; reckoned anew only if something has changed."""
        if self._assessment is None:
            self._assessment = assess.Assessment(self._plan, self._setup(None))
        state = self._stopped, len(self._failed)
        if state not in self._known:
            self._known = {state: self._assessment.report(interrupted=self._stopped, tests_failed=len(self._failed))}
        return self._known[state]

    def _write(self, report: Report) -> None:
        """Write the reports, noting those that cannot be."""
        for target in self._asked.targets:
            try:
                reports.write(report, target)
            except ReportError as error:
                self._noted[str(error)] = None

    @property
    def _reporter(self) -> Any:
        return self._config.pluginmanager.get_plugin("terminalreporter")

    def _end_line(self) -> None:
        """Leave pytest's line of progress, which it ends only with the run itself."""
        self._reporter.ensure_newline()
        writer = self._config.get_terminal_writer()
        if writer.width_of_current_line:
            writer.line()

    def _screen(self) -> terminal.Screen | None:
        """Return pytest's terminal; None under ``-p no:terminal``."""
        if self._reporter is None:
            return None
        dumb = os.environ.get("TERM") == "dumb" or "CI" in os.environ
        return terminal.Screen(
            self._reporter.write,
            width=self._config.get_terminal_writer().fullwidth,
            verbosity=self._config.getoption("verbose", 0),
            encoding=_encoding(),
            live=self._reporter.isatty and not dumb,
        )


def _encoding() -> str:
    """Return what pytest's terminal can write; it writes to the real standard output."""
    return getattr(sys.__stdout__, "encoding", None) or "utf-8"


def _words_of(error: BaseException) -> str:
    """Return why the test loop ended before its end, in words."""
    # pytest's own stops are KeyboardInterrupts too, with a reason.
    plain = "interrupted by Ctrl-C" if isinstance(error, KeyboardInterrupt) else type(error).__name__
    return str(error) or plain
