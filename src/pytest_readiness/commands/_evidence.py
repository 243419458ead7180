"""What a checklist is held against: gates that are run now, or the stored report of a run."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pytest_readiness import units
from pytest_readiness.commands import _gates, _project
from pytest_readiness.commands._files import SPEC
from pytest_readiness.errors import UsageError
from pytest_readiness.model import Report
from pytest_readiness.plan import Plan
from pytest_readiness.reports import _stored, terminal

#: What says how gates are run, and so cannot stand beside a report of gates that were.
_RUNNING = ("select", "jobs", "no_exec", "allow_side_effects", "junit")


@dataclass(frozen=True, slots=True)
class Found:
    """The plan of the whole spec or of some gates, and the report on it."""

    plan: Plan
    report: Report


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the evidence comes from."""
    parser.add_argument("--spec", metavar="PATH", type=Path, default=Path(SPEC), help=f"the spec ({SPEC})")
    parser.add_argument("--profile", metavar="NAME", help="a profile of the spec")
    _gates.options(parser)
    parser.add_argument(
        "--from",
        metavar="REPORT.json",
        type=Path,
        dest="stored",
        help="run nothing, but take this JSON report of the same spec; it is only as good as its file",
    )
    parser.add_argument("--max-age", metavar="TIME", help="how old a report may be, such as 24h (default: any age)")


def check(args: argparse.Namespace) -> None:
    """Raise ``UsageError`` for options that cannot be had, or not together."""
    _gates.check(args)
    if args.stored is None:
        if args.max_age is not None:
            raise UsageError("--max-age is about a report: it needs --from REPORT.json")
        return
    for name in _RUNNING:
        if getattr(args, name, None):
            raise UsageError(f"--{name.replace('_', '-')} says how gates are run, and with --from none is")


def gather(args: argparse.Namespace, screen: terminal.Screen) -> Found:
    """Return the report: of a run of the gates, told of on *screen*, or the stored one."""
    max_age = _seconds(args.max_age)
    if args.stored is not None and args.profile is None:
        args.profile = _stored.profile(args.stored)
    plan, registry = _project.load(args)
    if args.stored is None:
        return Found(plan, _gates.run(args, plan, registry, screen))
    return Found(plan, _stored.read(args.stored, plan, now=datetime.now(UTC), max_age=max_age))


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        number, unit = units.parse_quantity(text)
        seconds = float(units.convert(number, unit, "s"))
    except ValueError as error:
        raise UsageError(f"--max-age {text}: {error}") from None
    if seconds <= 0:
        raise UsageError(f"--max-age {text}: it must be longer than nothing")
    return seconds
