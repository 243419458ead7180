"""The gates of a spec, run without pytest: options, screen and report that several commands share."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from pytest_readiness import assess, session
from pytest_readiness.engine import Setup
from pytest_readiness.errors import UsageError
from pytest_readiness.model import Report
from pytest_readiness.plan import Plan
from pytest_readiness.registry import Registry
from pytest_readiness.reports import terminal


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options; they mean what those of pytest mean that begin with ``--readiness-``."""
    parser.add_argument("--jobs", metavar="N", type=int, help="how many gates run at the same time")
    parser.add_argument("--no-exec", action="store_true", help="refuse gates and services that run commands")
    parser.add_argument("--allow-side-effects", action="store_true", help="let gates with side_effects change things")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="the test run: what pytest --junitxml wrote")


def volume(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how much is shown."""
    parser.add_argument("-q", "--quiet", action="count", default=0, help="show only what is not met")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="show everything measured")


def check(args: argparse.Namespace) -> None:
    """Raise ``UsageError`` for a value that cannot be had."""
    if args.jobs is not None and args.jobs < 1:
        raise UsageError(f"--jobs {args.jobs}: at least 1 gate must run at a time")


def run(args: argparse.Namespace, plan: Plan, registry: Registry, screen: terminal.Screen) -> Report:
    """Run the gates of *plan*, saying on *screen* how far they are; a run that is interrupted says so in its report."""
    jobs = {} if args.jobs is None else {"jobs": args.jobs}
    setup = Setup(
        registry=registry,
        env=os.environ,
        now=datetime.now(UTC),
        session=None if args.junit is None else session.from_junit(args.junit),
        exec_allowed=not args.no_exec,
        side_effects_allowed=args.allow_side_effects,
        **jobs,
    )
    if screen.verbosity >= 0:
        screen.line(terminal.header(plan, Path.cwd()))
    progress = terminal.Progress(screen, len(plan.gates))
    assessment = assess.Assessment(plan, setup, progress)
    interrupted = None
    try:
        with progress:
            assessment.run()
    except KeyboardInterrupt:
        interrupted = "interrupted by Ctrl-C while the gates ran"
    return assessment.report(interrupted=interrupted)
