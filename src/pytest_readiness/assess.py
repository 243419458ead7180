"""
The one road: load, plan, run, judge, report. For pytest, the console script and the library alike.

::

    report = assess("readiness.yaml")
    print(report.verdict)
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pytest_readiness import spec
from pytest_readiness.deadline import Deadline
from pytest_readiness.engine import Engine, Listener, Setup
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.judge import Judgement, judge
from pytest_readiness.model import Outcome, Report, Subject, Verdict
from pytest_readiness.plan import Plan, make_plan
from pytest_readiness.probe import Probe
from pytest_readiness.process import run
from pytest_readiness.redact import Redactor
from pytest_readiness.registry import Registry, installed
from pytest_readiness.session import Session

#: pytest's own exit codes, as far as a run of gates can end in them.
READY, NOT_READY, INTERRUPTED = 0, 1, 2

#: Seconds that git may take to say what is judged.
GIT_SECONDS = 5.0


def registry(answers: Iterable[Mapping[str, type[Probe]]] = ()) -> Registry:
    """Return the probes that a spec may name: built-in, of installed packages, and of the hook's *answers*."""
    found, broken = installed()
    return Registry.of([*found, *answers], broken)


def load(
    path: str | Path,
    *,
    registry: Registry | None = None,
    profile: str | None = None,
    select: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Plan:
    """
    Read the spec at *path* and plan its gates, all of them or those that *select* picks.

    *env* is where ``${NAME}`` is looked up at last: this process's environment if it is not given.
    Raises ``SpecError`` with all problems, or ``UsageError`` if *select* cannot be had.
    """
    known = Registry() if registry is None else registry
    variables = dict(os.environ) if env is None else env
    return make_plan(spec.load(Path(path), registry=known, profile=profile, env=variables), select)


class Assessment:
    """One run of a plan, and the report of it."""

    def __init__(self, plan: Plan, setup: Setup, listener: Listener | None = None) -> None:
        self._plan = plan
        self._setup = setup
        self._engine = Engine(plan, setup, listener)
        self._checkout = _Checkout(plan.spec.root)
        self._duration = 0.0

    def run(self) -> None:
        """Run all gates; raises nothing but what stops the whole process, such as ``KeyboardInterrupt``."""
        self._checkout.look()
        begun = time.monotonic()
        try:
            self._engine.run()
        finally:
            self._duration = time.monotonic() - begun

    def report(self, *, interrupted: str | None = None, tests_failed: int = 0) -> Report:
        """
        Return the report of what is known by now; every gate has exactly one result in it, at any time.

        *interrupted* says what stopped the run (of the tests or of the gates) before its end,
        *tests_failed* how many tests failed: gates do not make up for either.
        """
        results = self._engine.results(interrupted)
        judgement = judge(self._plan, results, today=self._setup.now.astimezone(UTC).date())
        verdict = judgement.verdict
        if interrupted is not None and verdict is Verdict.READY:
            verdict = Verdict.NOT_READY
        outcomes = Counter(judged.result.outcome for judged in judgement.judged)
        report = Report(
            name=self._plan.spec.name,
            verdict=verdict,
            exit_code=_exit_code(judgement, interrupted, tests_failed),
            score=judgement.score,
            target=self._plan.spec.target,
            subject=self._subject(),
            started=self._setup.now,
            duration=self._duration,
            counts={outcome: outcomes[outcome] for outcome in Outcome},
            gates=judgement.judged,
            groups=judgement.groups,
            problems=tuple(self._problems(judgement, interrupted, tests_failed)),
        )
        return self._setup.redactor.report(report)

    def _problems(self, judgement: Judgement, interrupted: str | None, tests_failed: int) -> Iterable[str]:
        if interrupted is not None:
            yield f"the run did not come to its end: {interrupted}"
        if tests_failed:
            tests = "1 test" if tests_failed == 1 else f"{tests_failed} tests"
            yield f"{tests} failed, so the run fails whatever the gates say"
        yield from judgement.problems
        yield from self._engine.problems

    def _subject(self) -> Subject:
        judged = self._plan.spec
        commit, dirty = self._checkout.state()
        return Subject(
            spec=_shown(judged.path),
            spec_sha256=judged.sha256,
            profile=judged.profile,
            commit=commit,
            dirty=dirty,
        )


def assess(
    path: str | Path = "readiness.yaml",
    *,
    probes: Mapping[str, type[Probe]] | None = None,
    profile: str | None = None,
    select: str | None = None,
    env: Mapping[str, str] | None = None,
    session: Session | None = None,
    listener: Listener | None = None,
    exec_allowed: bool = True,
    side_effects_allowed: bool = False,
) -> Report:
    """
    Judge a project by the spec at *path* and return the report.

    *probes* are further ones by their name in YAML; *session* is the test run that ``tests`` and
    ``coverage`` gates are judged on. Raises ``UsageError`` where there is nothing that could be run.
    """
    known = registry([probes] if probes else ())
    variables = dict(os.environ) if env is None else env
    plan = load(path, registry=known, profile=profile, select=select, env=variables)
    setup = Setup(
        registry=known,
        env=variables,
        now=datetime.now(UTC),
        session=session,
        exec_allowed=exec_allowed,
        side_effects_allowed=side_effects_allowed,
        redactor=Redactor(),
    )
    assessment = Assessment(plan, setup, listener)
    assessment.run()
    return assessment.report()


def _exit_code(judgement: Judgement, interrupted: str | None, tests_failed: int) -> int:
    if interrupted is not None:
        return INTERRUPTED
    return NOT_READY if judgement.breaks or tests_failed else READY


def _shown(path: Path) -> str:
    """Return *path* as a reader of the report knows it: from the current folder if it is below that."""
    absolute = path.absolute()
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix()


class _Checkout:
    """The git checkout that a folder is in, asked once, in a thread of its own while the gates begin."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._state: tuple[str | None, bool | None] = (None, None)
        self._asking: threading.Thread | None = None

    def look(self) -> None:
        """Begin to ask, if that was not done before."""
        if self._asking is None:
            self._asking = threading.Thread(target=self._ask, name="readiness-git", daemon=True)
            self._asking.start()

    def state(self) -> tuple[str | None, bool | None]:
        """Return the commit and whether anything differs from it; None for what cannot be found out."""
        self.look()
        assert self._asking is not None
        self._asking.join(GIT_SECONDS)
        return self._state

    def _ask(self) -> None:
        # Neither hooks nor a file system monitor of somebody's checkout may run for this.
        command = ("git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            done = run(
                (*command, "status", "--porcelain=v2", "--branch", "-z"),
                cwd=self._root,
                env={**env, "GIT_OPTIONAL_LOCKS": "0"},
                deadline=Deadline.after(GIT_SECONDS),
                limit=65_536,
            )
        except CannotMeasure:
            return
        if done.returncode == 0:
            self._state = _parsed(done.stdout)


def _parsed(status: str) -> tuple[str | None, bool | None]:
    """Return commit and dirtiness from ``git status --porcelain=v2 --branch -z``; see git-status(1)."""
    lines = [line for line in status.split("\0") if line]
    oids = [line.removeprefix("# branch.oid ") for line in lines if line.startswith("# branch.oid ")]
    commit = oids[0] if oids and oids[0] != "(initial)" else None
    return commit, any(not line.startswith("# ") for line in lines)
