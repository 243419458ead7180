"""Walks through a document's lines and hands each to the part that knows its kind."""

from __future__ import annotations

from collections.abc import Callable

from pytest_readiness.checklist.model import Role
from pytest_readiness.checklist.reading.headings import take_heading
from pytest_readiness.checklist.reading.listed import take_listed
from pytest_readiness.checklist.reading.paragraphs import take_paragraph
from pytest_readiness.checklist.reading.rows import take_table
from pytest_readiness.checklist.reading.shapes import Shape, Shaped
from pytest_readiness.checklist.reading.snippets import take_fence
from pytest_readiness.checklist.reading.state import State


def walk(state: State) -> None:
    """Read all of a document: every line gets its role, every item its draft."""
    pieces = state.pieces
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        at = _TAKERS[piece.shape](state, at, piece)


def _blank(state: State, at: int, piece: Shaped) -> int:
    state.note(piece.number, Role.BLANK, "blank")
    return at + 1


def _context(why: str) -> Callable[[State, int, Shaped], int]:
    def take(state: State, at: int, piece: Shaped) -> int:
        state.note(piece.number, Role.CONTEXT, why)
        return at + 1

    return take


def _rule(state: State, at: int, piece: Shaped) -> int:
    state.lead = None
    state.stack.clear()
    state.note(piece.number, Role.CONTEXT, "rule")
    return at + 1


def _tag(state: State, at: int, piece: Shaped) -> int:
    if "</details" in piece.line.lower():
        state.lead = None
        state.stack.clear()
    state.note(piece.number, Role.CONTEXT, "HTML")
    return at + 1


_TAKERS: dict[Shape, Callable[[State, int, Shaped], int]] = {
    Shape.BLANK: _blank,
    Shape.FRONT: _context("front matter"),
    Shape.COMMENT: _context("comment"),
    Shape.HEADING: take_heading,
    Shape.UNDERLINE: _context("underline of a heading"),
    Shape.RULE: _rule,
    Shape.FENCE: take_fence,
    Shape.CODE: _context("code"),
    Shape.END: _context("end of code"),
    Shape.HEAD: take_table,
    Shape.BORDER: take_table,
    Shape.ROW: take_table,
    Shape.BULLET: take_listed,
    Shape.NUMBER: take_listed,
    Shape.TEXT: take_paragraph,
    Shape.TAG: _tag,
}
