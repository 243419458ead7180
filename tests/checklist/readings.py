"""Short ways to read a checklist that a test writes down."""

from __future__ import annotations

import textwrap

from pytest_readiness.checklist.model import Document, Item, Status
from pytest_readiness.checklist.reading.read import read
from pytest_readiness.checklist.reading.text import decode


def document(text: str) -> Document:
    return read(decode(textwrap.dedent(text).lstrip("\n").encode(), "list.md"))


def items(text: str) -> tuple[Item, ...]:
    return document(text).items


def item(text: str) -> Item:
    (only,) = items(text)
    return only


def statuses(text: str) -> dict[str, Status]:
    return {each.text: each.status for each in items(text)}
