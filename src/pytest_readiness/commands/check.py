"""Judge the gates without pytest: recorded coverage data and JUnit XML stand in for the test run."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO, cast

from pytest_readiness import reports
from pytest_readiness.commands import _gates, _project
from pytest_readiness.commands._output import Output
from pytest_readiness.errors import ReportError
from pytest_readiness.model import Disposition, Report
from pytest_readiness.reports import terminal


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options; they mean what those of pytest mean that begin with ``--readiness-``."""
    _project.options(parser)
    parser.add_argument(
        "--report", metavar="FORMAT:PATH", action="append", default=[], help="write a report, as json:readiness.json"
    )
    _gates.options(parser)
    _gates.volume(parser)


def run(args: argparse.Namespace, output: Output) -> int:
    """Run the gates, tell of them, write the reports; return the report's exit code."""
    _gates.check(args)
    targets = [reports.parse(text, base=Path.cwd()) for text in args.report]
    reports.check(targets, args.spec)
    for target in targets:
        reports.discard(target)
    plan, registry = _project.load(args)
    screen = terminal.screen(cast("TextIO", output), verbosity=args.verbose - args.quiet)
    report = _written(_gates.run(args, plan, registry, screen), targets)
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
