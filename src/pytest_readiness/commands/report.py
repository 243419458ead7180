"""Give a checklist in Markdown back with its boxes true, and the evidence beside them."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

from pytest_readiness.checklist.model import Text
from pytest_readiness.checklist.opening import Opened, claiming
from pytest_readiness.checklist.reading.text import encode
from pytest_readiness.checklist.rewriting import notes
from pytest_readiness.checklist.rewriting.rewrite import is_true
from pytest_readiness.checklist.settle import held, settled
from pytest_readiness.commands import _checklist, _evidence
from pytest_readiness.commands._files import put
from pytest_readiness.commands._output import Output
from pytest_readiness.errors import UsageError
from pytest_readiness.reports import terminal

_INTERRUPTED = 2


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options; there is no ``--select``, since what was left out would be taken for unproven."""
    parser.add_argument("--markdown", metavar="CHECKLIST.md", type=Path, required=True, help="the checklist")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--out", metavar="PATH", type=Path, help="where to write it (default: standard output)")
    where.add_argument("--in-place", action="store_true", help="write it over the checklist itself")
    where.add_argument(
        "--check",
        action="store_true",
        help="write nothing; end with 1 and a diff if a box, a share or the summary is not true",
    )
    _evidence.options(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="do not say how far the gates are")


def run(args: argparse.Namespace, output: Output) -> int:
    """Measure, and write the document; what is told besides goes to standard error."""
    args.select = None
    _evidence.check(args)
    checklist = claiming(args.markdown)
    notes.summary_lines(checklist.text)
    _spare(args)
    screen = terminal.screen(sys.stderr, verbosity=-1 if args.quiet else 0)
    found = _evidence.gather(args, screen)
    if args.stored is None and found.report.exit_code == _INTERRUPTED:
        screen.line("interrupted: nothing was written")
        return _INTERRUPTED
    document = checklist.document
    gates = found.plan.spec.gates
    made = settled(checklist, gates, found.report)
    for line in _checklist.damage(document):
        screen.line(f"! {line}")
    if not args.check:
        return _write(args, checklist, made, output)
    if is_true(checklist.text, held(checklist, gates, found.report)):
        return 0
    output.write("".join(_diff(args.markdown, checklist.text, made)))
    return 1


def _diff(path: Path, old: Text, new: Text) -> Iterator[str]:
    """Yield the lines of a unified diff."""
    before, after = ([f"{line}\n" for line in text.lines] for text in (old, new))
    yield from difflib.unified_diff(before, after, f"{path}", f"{path} (measured)")


def _spare(args: argparse.Namespace) -> None:
    """Raise ``UsageError`` if the document would be written over the spec or the report."""
    for path in (args.spec, *([args.stored] if args.stored else ())):
        if args.out is not None and path.resolve() == args.out.resolve():
            raise UsageError(f"--out {args.out} would be written over {path}")


def _write(args: argparse.Namespace, checklist: Opened, made: Text, output: Output) -> int:
    if args.out is None and not args.in_place:
        output.write("".join(line + ending for line, ending in zip(made.lines, made.endings, strict=True)))
        return 0
    path = args.markdown if args.in_place else args.out
    data = encode(made)
    if args.in_place and data == checklist.data:
        return 0
    put(path, data)
    return 0
