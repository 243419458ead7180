"""A spec as text, made of a checklist's groups and gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_readiness.checklist.drafting.emit import entry, scalar
from pytest_readiness.checklist.drafting.tree import Branch, Draft
from pytest_readiness.checklist.model import Document

_STEP = "    "


def spec(document: Document, root: Branch, *, source: str) -> str:
    """Return the whole spec for *document*, whose groups and gates are *root*'s."""
    return "\n".join(_spec(document, root, source)) + "\n"


def _spec(document: Document, root: Branch, source: str) -> Iterator[str]:
    yield "# yaml-language-server: $schema=readiness.schema.json"
    yield f"# Made from {source}. What cannot be known from it says TODO; importing again adds what is new."
    yield "version: 1"
    yield from entry("name", document.title.replace("$", "") or source, "")
    if (target := _target(document)) is not None:
        yield f'target: "{target:g}%"'
    if variables := all_variables(root):
        yield ""
        yield "vars:"
        yield from (f"  {scalar(name)}: {scalar(text)}" for name, text in variables.items())
    yield ""
    yield "gates:"
    yield from lines(root, "  ")


def _target(document: Document) -> float | None:
    """Return the share, in percent, that the document wants of the whole."""
    goals = [stated.percent for stated in document.stated if stated.goal and not stated.section]
    return goals[0] if goals and 0 < goals[0] <= 100 else None  # noqa: PLR2004 - percent


def all_variables(root: Branch) -> Mapping[str, str]:
    """Return the variables that the gates below *root* refer to, with their definitions."""
    found: dict[str, str] = {}
    for _, draft in root.drafts():
        found |= draft.variables
    return found


def lines(branch: Branch, indent: str) -> Iterator[str]:
    """Yield the list of what is in *branch*, each line with *indent* in front."""
    for child in branch.children:
        yield from draft_lines(child, indent) if isinstance(child, Draft) else branch_lines(child, branch, indent)


def branch_lines(branch: Branch, above: Branch, indent: str) -> Iterator[str]:
    """Yield *branch* as one item of the list of the group *above*, which hands its severity down."""
    yield f"{indent}- group: {scalar(branch.title)}"
    if branch.severity is not None and branch.severity is not above.severity:
        yield f"{indent}  severity: {branch.severity}"
    yield f"{indent}  gates:"
    yield from lines(branch, indent + _STEP)


def draft_lines(draft: Draft, indent: str) -> Iterator[str]:
    """Yield *draft* as one item of a list, its comments first."""
    for comment in draft.comments:
        yield f"{indent}# {_one_line(comment)}"
    lead = f"{indent}- "
    for name, value in draft.keys.items():
        first, *rest = entry(name, value, indent + "  ")
        yield lead + first
        yield from rest
        lead = indent + "  "


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
