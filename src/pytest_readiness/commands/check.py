"""Judge the gates without pytest: recorded coverage data and JUnit XML stand in for the test run."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, cast

from pytest_readiness import assess, reports, session
from pytest_readiness.commands import _project
from pytest_readiness.commands._output import Output
from pytest_readiness.engine import Setup
from pytest_readiness.errors import ReportError, UsageError
from pytest_readiness.model import Disposition, Report
from pytest_readiness.reports import terminal


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options; they mean what those of pytest mean that begin with ``--readiness-``."""
    _project.options(parser)
    parser.add_argument(
        "--report", metavar="FORMAT:PATH", action="append", default=[], help="write a report, as json:readiness.json"
    )
    parser.add_argument("--jobs", metavar="N", type=int, help="how many gates run at the same time")
    parser.add_argument("--no-exec", action="store_true", help="refuse gates and services that run commands")
    parser.add_argument("--allow-side-effects", action="store_true", help="let gates with side_effects change things")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="the test run: what pytest --junitxml wrote")
    parser.add_argument("-q", "--quiet", action="count", default=0, help="show only what is not met")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="show everything measured")


def run(args: argparse.Namespace, output: Output) -> int:
    """Run the gates, tell of them, write the reports; return the report's exit code."""
    if args.jobs is not None and args.jobs < 1:
        raise UsageError(f"--jobs {args.jobs}: at least 1 gate must run at a time")
    targets = [reports.parse(text, base=Path.cwd()) for text in args.report]
    reports.check(targets, args.spec)
    for target in targets:
        reports.discard(target)
    plan, registry = _project.load(args)
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
    screen = terminal.screen(cast("TextIO", output), verbosity=args.verbose - args.quiet)
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
    report = _written(assessment.report(interrupted=interrupted), targets)
    _tell(report, screen)
    return report.exit_code


def _written(report: Report, targets: Sequence[reports.Target]) -> Report:
    """
    Write *report* to all *targets* and return it.

    What cannot be written fails the run, and all that can be written say so.
    """
    unwritten: dict[reports.Target, str] = {}
    for target in targets:
        try:
            reports.write(report, target)
        except ReportError as error:
            unwritten[target] = str(error)
    if not unwritten:
        return report
    failed = replace(report, exit_code=report.exit_code or 1, problems=(*report.problems, *unwritten.values()))
    return _written(failed, [target for target in targets if target not in unwritten])


def _tell(report: Report, screen: terminal.Screen) -> None:
    """Write the evidence for every red gate, then the table and the verdict."""
    for judged in report.gates:
        if judged.disposition is Disposition.BREAKS:
            screen.rule(judged.result.gate.id, "_")
            screen.wrapped(terminal.failure(judged), indent=0)
            for evidence in judged.result.evidence:
                screen.rule(evidence.title, "-")
                screen.put(evidence.text)
                screen.line()
    terminal.summary(report, screen)
    terminal.verdict_line(report, screen)
