"""Documents and gates made by hand, for tests of what comes after reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pytest_readiness.checklist.model import Document, Item, Kind, Line, Proposal, Role, Stated, Status, Text
from pytest_readiness.errors import Position
from pytest_readiness.model import Gate

NAME = "CHECKLIST.md"


def item(line: int, text: str, **more: object) -> Item:
    made = Item(line=line, end=line, kind=Kind.BOX, text=text, raw=f"- [ ] {text}", status=Status.OPEN)
    return replace(made, **more)  # type: ignore[arg-type]


def document(*items: Item, title: str = "", stated: Iterable[Stated] = (), lines: int = 200) -> Document:
    return Document(
        text=Text(NAME, ("",) * lines, ("\n",) * lines),
        lines=tuple(Line(number, Role.BLANK, "") for number in range(1, lines + 1)),
        items=items,
        stated=tuple(stated),
        title=title,
    )


def gate(name: str, title: str, source: str | None = None, group: tuple[str, ...] = (), **more: object) -> Gate:
    made = Gate(
        id=name,
        title=title,
        probe="manual",
        options=None,
        expectations=(),
        group=group,
        source=source,
        position=Position("readiness.yaml", 1),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def proposal(index: int, probe: str = "import_cycles", **more: object) -> Proposal:
    return replace(Proposal(item=index, probe=probe), **more)  # type: ignore[arg-type]


def proposals(found: Document, probe: str = "import_cycles") -> tuple[Proposal, ...]:
    return tuple(proposal(index, probe) for index in range(len(found.items)))
