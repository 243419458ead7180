"""Make a spec from a checklist in Markdown, or bring one up to date that was made so."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_readiness import spec
from pytest_readiness.checklist.drafting import tree, write
from pytest_readiness.checklist.drafting.merge import Merged, merge
from pytest_readiness.checklist.drafting.sound import sound
from pytest_readiness.checklist.model import Document, Proposal, Role
from pytest_readiness.checklist.proposing.propose import propose
from pytest_readiness.commands import _checklist, _project
from pytest_readiness.commands._files import put
from pytest_readiness.commands._output import Output
from pytest_readiness.errors import SpecError, UsageError
from pytest_readiness.memory import no_collections
from pytest_readiness.model import Gate
from pytest_readiness.todo import TODO


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("checklist", metavar="CHECKLIST.md", type=Path, help="the checklist")
    parser.add_argument(
        "--out", metavar="PATH", type=Path, default=Path(_project.SPEC),
        help=f"the spec ({_project.SPEC}); one that is there is added to; - for standard output",
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
        merged = _merged(args.out, document, proposals, source)
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


def _merged(out: Path, document: Document, proposals: Sequence[Proposal], source: str) -> Merged:
    try:
        old = out.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{out} cannot be read: {error}") from None
    merged = merge(old, _gates(out), document, proposals, source=source, file=spec.label(out))
    _check(out, merged.text)
    return merged


def _check(out: Path, text: str) -> None:
    """Raise ``UsageError`` if *text*, the spec at *out* with something merged in, could no longer be read."""
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=".readiness-", suffix=".yaml") as file:
        file.write(text.encode())
        file.flush()
        try:
            _gates(Path(file.name))
        except SpecError as error:
            first = error.problems[0]
            raise UsageError(
                f"{out} was left as it is, since it could not be read with the checklist merged in: "
                f"line {first.position.line}: {first.path}: {first.message}"
            ) from None


def _gates(path: Path) -> tuple[Gate, ...]:
    """Return the gates of the spec at *path*, whatever the environment is."""
    return spec.load(path, registry=_project.registry(path.parent), env=_Anything(os.environ)).gates


class _Anything(dict[str, str]):
    """An environment in which every variable is set: to what is still to be filled in, if to nothing else."""

    def __missing__(self, name: str) -> str:
        return TODO

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: str | None = None) -> str:  # type: ignore[override]
        del default
        return self[name]


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
