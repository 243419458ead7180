"""Look at a project that has no checklist, and write a spec for it: what passes today, and what to fix first."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pytest_readiness import assess
from pytest_readiness.commands._files import SPEC, put
from pytest_readiness.commands._output import Output
from pytest_readiness.errors import UsageError
from pytest_readiness.survey import State, Survey, survey


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, nargs="?", default=Path(), help="the project (this folder)"
    )
    parser.add_argument("--out", metavar="PATH", type=Path, help=f"the spec (FOLDER/{SPEC}); - for standard output")
    parser.add_argument(
        "--run",
        action="store_true",
        help="run what is found: tests, tools, imports and applications; never done without",
    )
    parser.add_argument("--force", action="store_true", help="replace a spec that is there")


def run(args: argparse.Namespace, output: Output) -> int:
    """Look, measure, write."""
    folder: Path = args.folder
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    to_screen = str(args.out) == "-"
    out: Path = folder / SPEC if to_screen or args.out is None else args.out
    if not to_screen:
        _check_place(out, folder, force=args.force)
    found = survey(folder, known=assess.registry(), env=os.environ, run=args.run, without=out.name)
    if not found.text:
        raise UsageError(f"{folder}: {_nothing(found)}, so nothing was written")
    if to_screen:
        output.write(found.text)
        return 0
    put(out, found.text.encode())
    output.write("".join(f"{line}\n" for line in _told(out, found)))
    return 0


def _check_place(out: Path, folder: Path, *, force: bool) -> None:
    """Refuse a place at which the spec's paths would mean something else, and one where there is a spec."""
    if out.parent.resolve() != folder.resolve():
        raise UsageError(f"{out} is not in {folder}: the paths in a spec start at the folder it is in")
    if out.exists() and not force:
        raise UsageError(f"{out} is there already: readiness import CHECKLIST.md adds to it, --force replaces it")


def _nothing(found: Survey) -> str:
    if found.troubles:
        return found.troubles[0]
    if not found.files:
        return "there is no file here"
    return f"{found.files} files, and nothing among them that a gate could be made of"


# --- what is told -------------------------------------------------------------------------------


def _told(out: Path, found: Survey) -> Iterator[str]:
    states = Counter(one.state for one in found.settled)
    yield f"{out}: {len(found.settled)} gates, from {found.files} files"
    yield (
        f"  {states[State.HOLDS]} hold today, {states[State.FIX_FIRST]} to fix first, "
        f"{states[State.NOT_MEASURED]} not measured yet"
    )
    yield from _part(
        "fix first", (f"{one.found.id}: {one.reason}" for one in found.settled if one.state is State.FIX_FIRST)
    )
    yield from _part(
        "not measured",
        (f"{one.found.id}: {one.reason}" for one in found.settled if one.state is State.NOT_MEASURED and one.reason),
    )
    yield from _part("no gate for", (f"{one.found.id}: {one.reason}" for one in found.left_out if one.reason))
    yield from _part("see also", found.remarks)
    yield from _part("could not be read", found.troubles)
    if found.absent:
        yield f"looked for and not found: {', '.join(found.absent)}"
    yield f"next: readiness check --spec {out}"


def _part(title: str, lines: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    known = list(lines)
    if known:
        yield f"{title}:"
        yield from (f"  {line}" for line in known)
