"""What is nested in each item, and the gates that judge it: a group is judged by its children."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_readiness.checklist.judging.standing import Measured, Standing, together
from pytest_readiness.checklist.model import Document, Status

if TYPE_CHECKING:
    from pytest_readiness.checklist.pairing import Pairing


@dataclass(frozen=True, slots=True)
class Branch:
    """
    An item with all that is nested in it.

    ``gates`` are those of the item and of everything below it, each once. ``bare`` is how many items below it
    have neither a gate nor children: nothing can be known of them, so nothing of the whole is confirmed.
    ``below`` are the indices of the items nested in it, at any depth.
    """

    gates: tuple[Standing, ...] = ()
    bare: int = 0
    below: tuple[int, ...] = ()
    group: bool = False

    @property
    def measured(self) -> Measured:
        """Return what is known of the item: it is done only if all in it that applies is."""
        found = together(self.gates)
        return Measured.UNKNOWN if self.bare and found is not Measured.NOT_DONE else found


def branches(document: Document, pairing: Pairing, known: Mapping[str, Standing]) -> tuple[Branch, ...]:
    """Return a branch for each item of *document*, in its order."""
    children = _children(document)
    grown: dict[int, Branch] = {}
    for index in reversed(range(len(document.items))):  # children come after their parents
        own = tuple(known[gate.id] for gate in pairing.gates.get(index, ()))
        nested = [(child, grown[child]) for child in children.get(index, ())]
        grown[index] = Branch(
            gates=_each_once([*own, *(part for _, branch in nested for part in branch.gates)]),
            bare=sum(_bare(document, child, branch, told=bool(own)) for child, branch in nested),
            below=tuple(below for child, branch in nested for below in (child, *branch.below)),
            group=bool(nested),
        )
    return tuple(grown[index] for index in range(len(document.items)))


def _children(document: Document) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for index, item in enumerate(document.items):
        if item.parent is not None and item.parent < index:
            found.setdefault(item.parent, []).append(index)
    return found


def _bare(document: Document, child: int, branch: Branch, *, told: bool) -> int:
    """
    Return how many items nothing is known of: *child* itself, or those below it.

    A bullet that claims nothing, below an item that has a gate of its own (*told*), only explains it.
    """
    if branch.group:
        return branch.bare
    explains = told and document.items[child].status is Status.UNSAID
    return 0 if branch.gates or explains else 1


def _each_once(parts: list[Standing]) -> tuple[Standing, ...]:
    return tuple({part.gate.id: part for part in parts}.values())
