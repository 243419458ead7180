"""``Text`` -> ``Document``: the items of a checklist, and what each of its lines is."""

from __future__ import annotations

import re
from dataclasses import replace

from pytest_readiness.checklist.model import Document, Line, Role, Stated, Text
from pytest_readiness.checklist.reading import stated
from pytest_readiness.checklist.reading.draft import Section
from pytest_readiness.checklist.reading.settle import settle
from pytest_readiness.checklist.reading.shapes import Shape, Shaped, shapes
from pytest_readiness.checklist.reading.state import State
from pytest_readiness.checklist.reading.walk import walk

_YEAR = re.compile(r"\b(20[2-4]\d)\b")
_DIGIT = re.compile(r"\d")
_SILENT = frozenset(
    {Shape.BLANK, Shape.FRONT, Shape.COMMENT, Shape.CODE, Shape.FENCE, Shape.END, Shape.BORDER, Shape.RULE}
)


def read(text: Text) -> Document:
    """
    Read a checklist; never raises.

    Every line of the text has one entry in ``Document.lines``, and every item its line.
    """
    pieces = shapes(text.lines)
    state = State(pieces, year=_year(text))
    walk(state)
    settle(state)
    order = sorted(range(len(state.drafts)), key=lambda at: (state.drafts[at].line, at))
    index = {id(state.drafts[at]): place for place, at in enumerate(order)}
    items = tuple(state.drafts[at].item(index, text.lines[state.drafts[at].line - 1]) for at in order)
    lines = tuple(_line(state, piece, index) for piece in pieces)
    return Document(text, lines, items, tuple(_stated(state, lines)), state.title)


def _year(text: Text) -> int | None:
    """The year that a document without a year in its dates is most likely of: the latest that it names."""
    years = [int(found) for line in text.lines[:2000] for found in _YEAR.findall(line[:500])]
    return max(years) if years else None


def _line(state: State, piece: Shaped, index: dict[int, int]) -> Line:
    role, why, draft = state.roles.get(piece.number, (Role.PROSE, "prose", None))
    return Line(piece.number, role, why, None if draft is None else index.get(id(draft)))


def _stated(state: State, lines: tuple[Line, ...]) -> list[Stated]:
    found: list[Stated] = []
    sections = _sections(state)
    for piece, line, section in zip(state.pieces, lines, sections, strict=True):
        if piece.shape in _SILENT or not _DIGIT.search(piece.line):
            continue
        item = line.item if piece.shape is not Shape.HEADING else None
        found.extend(
            Stated(
                line=piece.number,
                start=share.start,
                end=share.end,
                text=share.text,
                percent=share.percent,
                part=share.part,
                whole=share.whole,
                section=section,
                item=item,
                goal=share.goal,
            )
            for share in _shares(state, piece)
        )
    return found


def _shares(state: State, piece: Shaped) -> list[stated.Share]:
    """The shares of a line; a column for progress holds nothing else."""
    found = stated.shares(piece.line, heading=piece.shape is Shape.HEADING)
    for start, end in state.shares.get(piece.number, ()):
        for share in stated.shares(piece.line[start:end], alone=True):
            at = start + share.start
            if all(at >= other.end or other.start >= start + share.end for other in found):
                found.append(replace(share, start=at, end=start + share.end))
    return sorted(found, key=lambda share: share.start)


def _sections(state: State) -> list[tuple[str, ...]]:
    """The headings that each line stands below; a heading's own line is below itself."""
    starts: dict[int, list[Section]] = {chain[0].line: chain for chain in state.chains.values() if chain}
    out: list[tuple[str, ...]] = []
    path: tuple[str, ...] = ()
    for piece in state.pieces:
        chain = starts.get(piece.number)
        if chain is not None:
            path = tuple(each.title for each in reversed(chain) if each.title)
        out.append(path)
    return out
