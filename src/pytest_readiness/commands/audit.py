"""Hold the claims of a checklist in Markdown against the evidence; the exit code speaks of the claims only."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TextIO, cast

from pytest_readiness import reports
from pytest_readiness.checklist.judging import fail_on
from pytest_readiness.checklist.opening import claiming
from pytest_readiness.checklist.settle import held
from pytest_readiness.commands import _evidence, _gates
from pytest_readiness.commands._output import Output
from pytest_readiness.errors import UsageError
from pytest_readiness.reports import _audit_json, terminal
from pytest_readiness.reports import audit as shown

_INTERRUPTED = 2


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("checklist", metavar="CHECKLIST.md", type=Path, nargs="+", help="the checklist, or several")
    parser.add_argument(
        "--fail-on",
        metavar="WORDS",
        default=",".join(sorted(fail_on.DEFAULT)),
        help=f"what fails, of {', '.join(fail_on.WORDS)} (contradicted)",
    )
    parser.add_argument(
        "--json", metavar="PATH", type=Path, help="write the audit as JSON, see readiness schema --audit"
    )
    parser.add_argument("--select", metavar="EXPR", help="only some gates; claims of the others stay unproven")
    _evidence.options(parser)
    _gates.volume(parser)


def run(args: argparse.Namespace, output: Output) -> int:
    """Audit the checklists, and return 1 if one of them claims what *fail_on* names."""
    _spare(args)
    words = fail_on.parse(args.fail_on)
    _evidence.check(args)
    checklists = [claiming(path) for path in args.checklist]
    screen = terminal.screen(cast("TextIO", output), verbosity=args.verbose - args.quiet)
    found = _evidence.gather(args, screen)
    audits = [held(checklist, found.plan.spec.gates, found.report) for checklist in checklists]
    told = [(one, fail_on.failures(one, words)) for one in audits]
    stopped = args.stored is None and found.report.exit_code == _INTERRUPTED
    code = _INTERRUPTED if stopped else int(any(failures for _, failures in told))
    order = [word for word in fail_on.WORDS if word in words]
    unwritten = None if args.json is None else _write(args.json, _audit_json.render(told, found.report, order, code))
    for one, _ in told:
        shown.summary(one, screen)
    for one, failures in told:
        if stopped and not failures:
            screen.line(f"interrupted: the claims of {one.document.text.name} are not judged", bold=True, red=True)
        else:
            shown.verdict_line(one, failures, order, screen)
    shown.scope(found.report, screen)
    if args.stored is not None:
        screen.wrapped(f"The evidence is the report {args.stored}, which is only as good as its file.", indent=0)
    if unwritten:
        screen.line(unwritten, bold=True, red=True)
    return code or int(bool(unwritten))


def _spare(args: argparse.Namespace) -> None:
    """Remove the audit of an earlier run; raise ``UsageError`` if it would be written over something else."""
    if args.json is None:
        return
    for path in (*args.checklist, args.spec, *([args.stored] if args.stored else ())):
        if path.resolve() == args.json.resolve():
            raise UsageError(f"--json {args.json} would be written over {path}")
    if args.json.is_file():
        args.json.unlink()


def _write(path: Path, text: str) -> str | None:
    """Write *text*, whole or not at all; return why that could not be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        reports.put(path.resolve(), text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        return f"FAILED: --json {path} could not be written: {error.strerror or error}"
    return None
