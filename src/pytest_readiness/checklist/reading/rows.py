"""Rows of tables that are items, with their cells, marks and details."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_readiness.checklist.model import Code, Kind, Mark, Role, Status
from pytest_readiness.checklist.reading import details, marks, stated, tables
from pytest_readiness.checklist.reading import vocabulary as words
from pytest_readiness.checklist.reading.draft import Draft
from pytest_readiness.checklist.reading.moods import Mood
from pytest_readiness.checklist.reading.prose import bare, unsigned
from pytest_readiness.checklist.reading.shapes import Shape, Shaped
from pytest_readiness.checklist.reading.state import State, meant, tell
from pytest_readiness.checklist.reading.tables import Cell, Sort, Table

_OWNERS = words.known("column owners")
_DUES = words.known("column dues")
_SEVERITIES = words.known("column severities")
_REASONS = words.known("column reasons")
_NOTES = words.known("column notes")
_WORST = (Status.OPEN, Status.DEFERRED, Status.FALSE_POSITIVE, Status.UNSAID, Status.DONE, Status.NOT_APPLICABLE)
_NOW = frozenset({"current", "actual", "now", "measured", "aktuell", "actuel", "actual value", "huidig", "текущее"})
#: Metrics of which more is better, whether their targets say so or not.
_HIGHER = re.compile(r"\b(?:coverage|uptime|availability|success|accuracy|precision|recall)\b", re.IGNORECASE)
_TARGETS = frozenset({"target", "goal", "threshold", "required", "ziel", "objectif", "objetivo", "doel", "цель"})
_DONE_SCORES = frozenset({"score", "rating", "grade"})


def take_table(state: State, at: int, _: Shaped) -> int:
    """Read a whole table, from its head to its last row."""
    pieces = state.pieces
    end = at
    while (
        end < len(pieces)
        and pieces[end].shape in {Shape.HEAD, Shape.BORDER, Shape.ROW}
        and (end == at or pieces[end].shape is not Shape.HEAD)
    ):
        end += 1
    group = pieces[at:end]
    heads: list[str] = []
    rows: list[tuple[Shaped, list[Cell]]] = []
    for each in group:
        if each.shape is Shape.HEAD:
            heads = [cell.text for cell in tables.cells(each.line)]
            state.note(each.number, Role.CONTEXT, "head of a table")
        elif each.shape is Shape.BORDER:
            state.note(each.number, Role.CONTEXT, "border of a table")
        else:
            rows.append((each, tables.cells(each.line, len(heads))))
    if not heads and rows:
        heads = ["" for _ in rows[0][1]]
    mood = state.mood
    table = tables.look(
        heads, [[cell.text for cell in cells] for _, cells in rows], wanted=mood in {Mood.WANT, Mood.TROUBLE}
    )
    for row, cells in rows:
        _row(state, row, cells, table, mood)
        state.shares[row.number] = [
            (cell.start, cell.end)
            for column, cell in enumerate(cells)
            if column < len(table.heads) and table.heads[column] in tables.PROGRESS
        ]
    state.lead = None
    return end


def _row(state: State, row: Shaped, cells: Sequence[Cell], table: Table, mood: Mood | None) -> None:
    """One row: an item, or why it is none."""
    named = _named(table, cells)
    status, because, found = _status(row, cells, table)
    first = cells[min(table.subject, len(cells) - 1)].text if cells else ""
    lead_cell = next((cell.text for cell in cells if cell.text), "")
    if not any(cell.text for cell in cells):
        state.note(row.number, Role.CONTEXT, "empty row")
        return
    if (tables.total(lead_cell) or tables.total(first)) and not (
        found and status is not Status.UNSAID and not _numeric(because)
    ):
        state.note(row.number, Role.CONTEXT, "total of a table")
        return
    boxed = any(mark.text.startswith(("[", "\\[", "<")) for mark in found)
    if table.heads and table.heads[0] in _VARIABLES and _LOUD.match(first) and table.sort is not Sort.STATUS:
        _variable(state, row, named, first)
        return
    explained = table.sort is Sort.SUBJECT and not set(table.heads) & tables.TASKS
    if (explained or table.sort in {Sort.COUNTS, Sort.OTHER}) and _VARIABLE.match(first):
        _variable(state, row, named, first)
        return
    if table.sort is Sort.OTHER and _COMMAND.match(named.get("command", "")) and mood is not Mood.ASIDE:
        _command(state, row, named, first)
        return
    if table.sort in {Sort.COUNTS, Sort.OTHER} or (mood is Mood.ASIDE and not boxed):
        state.note(
            row.number,
            Role.CONTEXT,
            "row of a summary" if table.sort is Sort.COUNTS else "row of a table that states nothing",
        )
        return
    if table.sort is Sort.RESULTS:
        status, because = _result(named)
    if table.sort is Sort.SUBJECT:
        status, because = _subject(table, named, mood, unsigned(bare(first)))
    text = unsigned(bare(_without_box(first)))
    draft = Draft(
        line=row.number,
        end=row.number,
        kind=Kind.BOX if boxed else Kind.ROW,
        text=text,
        raw=row.line,
        status=status,
        because=because,
        marks=found,
        cells=named,
    )
    _details(state, draft, named)
    state.add(draft, "row")


_VARIABLE = re.compile(r"^[`*]{0,3}([A-Z][A-Z0-9]*_[A-Z0-9_]+)[`*]{0,3}$")
_LOUD = re.compile(r"^[`*]{0,3}([A-Z][A-Z0-9_]+)[`*]{0,3}$")
_VARIABLES = frozenset(
    {"variable", "variables", "environment variable", "env var", "env variable", "variable name", "env"}
)


def _variable(state: State, row: Shaped, named: dict[str, str], first: str) -> None:
    """A row that names a variable of the environment and tells of its value."""
    found = _LOUD.match(first)
    assert found is not None
    draft = Draft(
        line=row.number,
        end=row.number,
        kind=Kind.VARIABLE,
        text=found[1],
        raw=row.line,
        cells=named,
    )
    state.add(draft, "a variable")


_COMMAND = re.compile(r"^`[^`]{2,400}`$")


def _command(state: State, row: Shaped, named: dict[str, str], first: str) -> None:
    """A row that tells which command to run for something."""
    draft = Draft(
        line=row.number,
        end=row.number,
        kind=Kind.CODE,
        text=unsigned(bare(first)),
        raw=row.line,
        cells=named,
        code=Code("", named["command"].strip("`")),
    )
    state.add(draft, "a command")


def _numeric(text: str) -> bool:
    return not any(map(str.isalpha, text)) and any(map(str.isdigit, text))


def _without_box(text: str) -> str:
    box = marks.box(text, 0) or marks.inputs(text)
    text = text[: box.start] + text[box.end :] if box else text
    for sign in reversed(marks.signs(text)):
        text = text[: sign.start] + text[sign.end :]
    return text


def _named(table: Table, cells: Sequence[Cell]) -> dict[str, str]:
    named: dict[str, str] = {}
    for column, cell in enumerate(cells):
        name = table.heads[column] if column < len(table.heads) else ""
        key = name or f"column {column + 1}"
        if key in named:
            key = f"{key} {column + 1}"
        named[key] = cell.text
    return named


def _status(row: Shaped, cells: Sequence[Cell], table: Table) -> tuple[Status, str, list[Mark]]:
    """What the cells of a row's status columns come to, and the marks in them; a number is no mark."""
    if table.sort is Sort.MATRIX:
        return Status.UNSAID, "", []
    told: list[tuple[Status, str, Mark]] = []
    empty = False
    for column in table.status:
        cell = cells[column] if column < len(cells) else None
        here = None if cell is None else tables.stated(cell.text)
        if cell is None or here is None:
            empty = empty or cell is None or not cell.text.strip("_ .\u2026-") or marks.choice(cell.text)
            continue
        status, start, end = here
        mark = Mark(row.number, cell.start + start, cell.start + end, cell.text[start:end], status)
        told.append((status, cell.text, mark))
    boxes = [each for each in told if each[2].text.startswith(("[", "\\[", "<"))]
    if any(words.SIGNS.get(each[2].text.rstrip(marks.SELECTOR)) for each in told):
        # "✅ Good | 90 %": the sign is the verdict, the share beside it only tells how far it goes.
        told = [each for each in told if not each[2].text[:1].isdigit()]
    if not told:
        return (Status.OPEN, "an empty status", []) if empty or table.sort is Sort.FORM else (Status.UNSAID, "", [])
    if boxes:
        worst = min(boxes, key=lambda each: _WORST.index(each[0]))
        return worst[0], worst[2].text, [each[2] for each in boxes]
    worst = min(told, key=lambda each: _WORST.index(each[0]))
    found = [each[2] for each in told if not each[2].text[:1].isdigit()]
    if empty and len(table.status) > 1 and worst[0] is Status.DONE:
        return Status.OPEN, "an empty status", found
    return worst[0], worst[1], found


def _result(named: dict[str, str]) -> tuple[Status, str]:
    """Whether all that was counted in a row went well."""
    failed = next((bare(value) for name, value in named.items() if name in tables.FAILED), "")
    if not failed.isdigit():
        return Status.UNSAID, ""
    return (Status.OPEN if int(failed) else Status.DONE), f"{failed} failed"


def _subject(table: Table, named: dict[str, str], mood: Mood | None, text: str) -> tuple[Status, str]:
    heads = set(table.heads)
    if mood is Mood.TROUBLE or heads & tables.REMEDIES:
        return Status.UNSAID, ""
    if heads & tables.TROUBLES:
        return Status.OPEN, "among issues"
    if _unmet(named, text):
        return Status.OPEN, "short of its target"
    if heads & _DONE_SCORES or (
        mood is not Mood.WANT and any(stated.shares(cell, alone=True) for cell in named.values())
    ):
        return Status.DONE, "a score"
    if heads & {"target", "goal", "threshold", "expected", "objective"} and not heads & {
        "actual",
        "current",
        "measured",
    }:
        return Status.UNSAID, ""
    if (table.due or heads & tables.TASKS) and mood is not Mood.CLAIM:
        return Status.OPEN, "to be looked at"
    return meant(text, mood)


_AMOUNT = re.compile(
    r"^[~\u2248]?\s?([<>\u2264\u2265]=?)?\s?(\d{1,9}(?:\.\d{1,4})?)\s?(%|[a-z]{1,3}\b)?(\+)?", re.IGNORECASE
)


def _unmet(named: dict[str, str], text: str) -> bool:
    """Whether a row's own numbers tell that a target of a known direction (``>= 80``, ``< 200 ms``) is not met."""
    is_now = next((bare(value) for name, value in named.items() if name in _NOW), "")
    target = next((bare(value) for name, value in named.items() if name in _TARGETS), "")
    now, wanted = _AMOUNT.match(is_now), _AMOUNT.match(target)
    if now is None or wanted is None or now[1] or (now[3] or "").lower() != (wanted[3] or "").lower():
        return False
    have, want = float(now[2]), float(wanted[2])
    if (wanted[1] or "")[:1] in {">", "\u2265"} or wanted[4] or (not wanted[1] and _HIGHER.search(text)):
        return have < want
    return bool(wanted[1]) and have > want


def _details(state: State, draft: Draft, named: dict[str, str]) -> None:
    for name, value in named.items():
        if not value:
            continue
        if name in _OWNERS:
            draft.owner = bare(value)
        elif name in _DUES:
            draft.due = details.day(value, year=state.year)
        elif name in _SEVERITIES:
            level, word = details.severity(value)
            if word:
                draft.severity, draft.priority = level, word
        elif name in _REASONS or (name in _NOTES and draft.status in {Status.DEFERRED, Status.NOT_APPLICABLE}):
            draft.reason = bare(value)
        elif name in {"phase", "stage", "sprint", "milestone", "fase"}:
            draft.phase = bare(value)
    values = [value for value in named.values() if value]
    ranked = next((value for value in [*values[:1], draft.text] if details.of_item(value)[1]), "")
    tell(state, draft, " ".join(values), ranked=ranked)
