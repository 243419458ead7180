"""Make a spec from a checklist in Markdown, or bring one up to date that was made so."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_readiness.checklist.drafting import tree, write
from pytest_readiness.checklist.drafting.sound import sound
from pytest_readiness.checklist.model import Document, Proposal, Role
from pytest_readiness.checklist.proposing.propose import propose
from pytest_readiness.commands import _checklist
from pytest_readiness.commands._files import SPEC, put
from pytest_readiness.commands._output import Output
from pytest_readiness.memory import no_collections

if TYPE_CHECKING:
    from pytest_readiness.checklist.drafting.merge import Merged


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("checklist", metavar="CHECKLIST.md", type=Path, help="the checklist")
    parser.add_argument(
        "--out", metavar="PATH", type=Path, default=Path(SPEC),
        help=f"the spec ({SPEC}); one that is there is added to; - for standard output",
    )  # fmt: skip
    parser.add_argument("--explain", action="store_true", help="tell of every line what became of it; write nothing")


def run(args: argparse.Namespace, output: Output) -> int:
    """Read the checklist, and write the spec."""
    with no_collections():
        return _run(args, output)


def _run(args: argparse.Namespace, output: Output) -> int:
    document = _checklist.load(args.checklist)
    proposals = sound(document, propose(document))
    if args.explain:
        output.write("".join(f"{line}\n" for line in _explained(document, proposals)))
        return 0
    if str(args.out) == "-":
        output.write(_fresh(document, proposals, args.checklist.name)[1])
        return 0
    source = Path(os.path.relpath(args.checklist, args.out.parent)).as_posix()
    if args.out.exists() and args.out.stat().st_size:
        from pytest_readiness.commands import _merging  # needs the loader, which a new spec does not

        merged = _merging.merged(args.out, document, proposals, source)
        put(args.out, merged.text.encode())
        told = _told_of_merge(args.out, merged)
    else:
        root, text = _fresh(document, proposals, source)
        put(args.out, text.encode())
        told = _told(args.out, document, root)
    output.write("".join(f"{line}\n" for line in (*_checklist.damage(document), *told)))
    return 0


def _fresh(document: Document, proposals: Sequence[Proposal], source: str) -> tuple[tree.Branch, str]:
    """Return all groups and gates, and the spec of them."""
    root = tree.grow(document, proposals, source=source)
    tree.share(root)
    return root, write.spec(document, root, source=source)


# --- what is told -------------------------------------------------------------------------------


def _told(out: Path, document: Document, root: tree.Branch) -> Iterator[str]:
    drafts = [draft for _, draft in root.drafts()]
    manual = sum(draft.keys["probe"] == "manual" for draft in drafts)
    todo = sum(draft.keys["probe"] != "manual" and tree.unfilled(draft) for draft in drafts)
    yield f"{out}: {len(drafts)} gates, from {len(document.items)} items in {len(document.lines)} lines"
    yield f"  {len(drafts) - manual - todo} complete, {todo} with a TODO to fill in, {manual} for a person to answer"
    yield f"next: readiness check --spec {out}; readiness import --explain {document.text.name} says why"


def _told_of_merge(out: Path, merged: Merged) -> Iterator[str]:
    for word, names in (("added", merged.added), ("changed", merged.changed), ("vanished", merged.vanished)):
        if names:
            yield f"{word}: {', '.join(names)}"
    yield (
        f"{out}: {len(merged.added)} gates added, {len(merged.changed)} with another claim, "
        f"{len(merged.vanished)} that the checklist no longer has"
    )


def _explained(document: Document, proposals: Sequence[Proposal]) -> Iterator[str]:
    """Yield a line for each line of the document: what it is and, for an item, what is proposed and why."""
    for line, raw in zip(document.lines, document.text.lines, strict=True):
        shown = " ".join(raw.split())[:80]
        if line.role is not Role.ITEM or line.item is None:
            yield f"{line.number:>5}  {line.role:<7}  {line.why:<24}  {shown}".rstrip()
            continue
        item, proposal = document.items[line.item], proposals[line.item]
        if line.number != item.line:
            yield f"{line.number:>5}  {line.role:<7}  {'of line ' + str(item.line):<24}  {shown}".rstrip()
            continue
        said = f"{item.status} {proposal.probe} ({proposal.confidence})"
        yield f"{line.number:>5}  {line.role:<7}  {said:<24}  {shown}".rstrip()
        rests = ", ".join(proposal.words) or "no words that a probe answers to"
        other = f"; or {proposal.second}" if proposal.second else ""
        yield f"{'':>5}  {'':<7}  {'':<24}  <- {rests}{other}"
    counted = Counter(line.role for line in document.lines)
    parts = ", ".join(f"{counted[role]} {role}" for role in Role)
    yield f"{len(document.lines)} lines: {parts}; {len(document.items)} items"
