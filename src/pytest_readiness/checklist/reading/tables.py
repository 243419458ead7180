"""Tables: which columns hold a status, which rows are items, and which only count or explain."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from pytest_readiness.checklist.model import Status
from pytest_readiness.checklist.reading import marks
from pytest_readiness.checklist.reading import vocabulary as words
from pytest_readiness.checklist.reading.marks import Found
from pytest_readiness.checklist.reading.prose import bare, unsigned

STATUS = words.known("column status")
#: A column of this name makes its table's rows items, whatever the others are.
SUBJECTS = words.known("column subjects")
TASKS = words.known("column tasks")
#: A column of this name makes its table one of what to do in case of trouble.
REMEDIES = words.known("column remedies")
TROUBLES = words.known("column troubles")
#: A column of this name makes its table an explanation or a choice.
EXPLAINS = words.known("column explains")
#: A table with such a column weighs or explains, whatever signs it has.
CHOICES = words.known("column choices")
#: A column of this name tells what something is like.
PROPERTIES = words.known("column properties")
PROGRESS = words.known("column progress")
PASSED = words.known("column passed")
FAILED = words.known("column failed")
PRIORITIES = words.known("column priorities")
_COUNTS = words.known("column counts")
_SKIP = words.known("column skip")
_TOTAL = re.compile(
    r"^\W{0,4}(?:(?:grand |sub-?|overall )?totals?|sum(?:me)?|overall|average|mean|gesamt|insgesamt|totale?|"
    r"общий|итого|всего|"
    r"合计|总计|合計|計)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^[~\u2248<>\u2265\u2264+-]?\s?\d[\d.,/%\s]*(?:%|/\s?\d+)?$")
_BLANKS = re.compile(r"^[\s_.\u2026-]*$")


class Sort(Enum):
    """What a table is for."""

    STATUS = auto()  # a column holds a status, or cells hold boxes
    FORM = auto()  # columns wait to be filled in
    MATRIX = auto()  # signs under levels, which say for whom a row counts
    SUBJECT = auto()  # issues, metrics, files: each row stands for something
    RESULTS = auto()  # numbers of what passed and what failed
    COUNTS = auto()  # a summary of numbers
    OTHER = auto()  # an explanation, a choice, a list of contacts


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and where its text stands in its line."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table's heads, what it is for, and the columns of its status, from 0."""

    heads: tuple[str, ...]
    sort: Sort
    status: tuple[int, ...] = ()
    subject: int = 0
    #: Whether running codes or priorities show its rows as work: open until something else is said.
    due: bool = False


def cells(line: str, columns: int = 0) -> list[Cell]:
    """
    Split a row at its pipes, those in code and escaped ones left alone.

    In a row of more cells than its table has *columns*, pipes that touch a word (``|x|``) do not split, if that helps.
    """
    spans = marks.code_spans(line) if "`" in line else []
    bounds = [at for at in _pipes(line) if not any(a <= at < b for a, b in spans)]
    found = _split(line, bounds)
    if not columns or len(found) <= columns:
        return found
    apart = _split(line, [at for at in bounds if not line[at - 1 : at + 2].strip(" \t").strip("|")])
    return apart if len(apart) == columns else found


def _split(line: str, bounds: list[int]) -> list[Cell]:
    stripped = line.lstrip(" \t>")
    begin = len(line) - len(stripped)
    edges = bounds if bounds and bounds[0] == begin else [begin - 1, *bounds]
    if not edges or line[edges[-1] + 1 :].strip():
        edges = [*edges, len(line)]
    return [_cell(line, a + 1, b) for a, b in itertools.pairwise(edges)]


def _pipes(line: str) -> list[int]:
    found: list[int] = []
    at = line.find("|")
    while at >= 0:
        if at == 0 or line[at - 1] != "\\":
            found.append(at)
        at = line.find("|", at + 1)
    return found


def _cell(line: str, start: int, end: int) -> Cell:
    while start < end and line[start] in " \t\u00a0":
        start += 1
    while end > start and line[end - 1] in " \t\u00a0":
        end -= 1
    return Cell(start, end, line[start:end])


def head(text: str) -> str:
    """A column's name, in small letters and without signs."""
    return unsigned(bare(text)).strip(" *:").lower() or bare(text).strip().rstrip(marks.SELECTOR)


def stated(cell: str) -> tuple[Status, int, int] | None:
    """The status that a cell of a status column states, and where it stands in the cell."""
    if marks.choice(cell):
        return None
    found = marks.box(cell, 0) or marks.inputs(cell)
    if found:
        return found.status, found.start, found.end
    signs = marks.signs(cell)
    spoken = marks.said(_worded(cell, signs))
    if signs:
        if spoken and cell[spoken.start : spoken.end].strip("-~\u2248 ")[:1].isdigit():
            spoken = None
        if spoken and spoken.status not in {Status.DONE, Status.OPEN}:
            return spoken.status, signs[0].start, signs[0].end
        if spoken and spoken.status is Status.OPEN and signs[0].status is Status.DONE:
            return Status.OPEN, signs[0].start, signs[0].end
        return signs[0].status, signs[0].start, signs[0].end
    if spoken:
        return spoken.status, spoken.start, spoken.end
    return None


def _worded(cell: str, signs: Sequence[Found]) -> str:
    for sign in signs:
        cell = cell[: sign.start] + " " * (sign.end - sign.start) + cell[sign.end :]
    return cell


def look(heads: Sequence[str], rows: Sequence[Sequence[str]], *, wanted: bool = False) -> Table:
    """Tell what a table is for, from its heads and all its rows."""
    names = tuple(head(each) for each in heads)
    boxed = [column for column in range(len(names)) if _share(rows, column, _boxed) > 0]
    named = [
        column for column, name in enumerate(names) if name in STATUS or name.endswith((" status", "状态", "状態", "?"))
    ]
    subject = _subject(names, rows)
    if boxed:
        return Table(names, Sort.STATUS, tuple(boxed), subject)
    if set(names) & CHOICES and not named:
        return Table(names, Sort.OTHER, (), subject)
    spoken = [column for column in named if _share(rows, column, stated) >= 0.5]
    firm = [column for column in spoken if names[column] not in SUBJECTS]
    if spoken:
        return Table(names, Sort.STATUS, tuple(firm or spoken), subject)
    told = [column for column in range(1, len(names)) if names[column] not in PROPERTIES]
    marked = [column for column in told if _share(rows, column, _signed) >= 0.6]
    signed = [column for column in told if _share(rows, column, _signed) > 0]
    if len(signed) > 1 and _levels(names, rows, signed):
        return Table(names, Sort.MATRIX, tuple(signed), subject)
    if marked or len(signed) > 1 or (signed and set(names) & SUBJECTS):
        return Table(names, Sort.STATUS, tuple(signed if len(signed) > 1 else marked or signed), subject)
    empty = [c for c in range(1, len(names)) if rows and all(_BLANKS.match(_at(row, c)) for row in rows)]
    if empty and (any(names[c] in STATUS for c in empty) or len(empty) > 1 or len(empty) == len(names) - 1):
        return Table(names, Sort.FORM, tuple(c for c in empty if names[c] in STATUS) or tuple(empty), subject)
    if named and any(stated(_at(row, c)) for row in rows for c in named):
        return Table(names, Sort.STATUS, tuple(named), subject)
    sort, due = _plain(names, rows, wanted=wanted), _coded(rows) or _ranked(names, rows)
    if due and sort is Sort.OTHER and not set(names) & EXPLAINS:
        sort = Sort.SUBJECT
    return Table(names, sort, (), subject, due)


_CODE = re.compile(r"^\W{0,4}(?!(?:[lqvt]|sev|tier|level)\W?\d)[A-Za-z]{1,4}\d{0,2}[-.]?\d{1,3}\W{0,4}$", re.IGNORECASE)
_SENTENCE = 3


def _coded(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows begin with running codes, A1, A2, and go on with sentences: a list that is to be worked through."""
    codes = [_at(row, 0) for row in rows]
    if len(rows) < 2 or len(set(codes)) < len(codes) or not all(map(_CODE.match, codes)):
        return False
    if any(bare(code).lower() in words.SEVERITIES for code in codes):
        return False
    return sum(len(_at(row, 1).split()) for row in rows) >= _SENTENCE * len(rows)


def _ranked(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column gives each row a priority, as only what is still to be done has one."""
    return any(name in PRIORITIES and _share(rows, c, _severity) >= 0.9 for c, name in enumerate(names))


def _severity(cell: str) -> bool:
    return unsigned(bare(cell)).lower() in words.SEVERITIES


_LEVEL = re.compile(
    r"^(?:(?:l|level|tier|stage|class|stufe|niveau|nivel)?\s?[0-9a-e]|bronze|silver|gold|platinum|basic|"
    r"standard|advanced|"
    r"must|should|could)$"
)


def _levels(names: Sequence[str], rows: Sequence[Sequence[str]], signed: Sequence[int]) -> bool:
    """Whether signs in several columns say for whom a row counts: ticks here and blanks there, or heads like "L1"."""
    if all(_LEVEL.match(names[column]) for column in signed):
        return True
    cells = [_at(row, column) for row in rows for column in signed]
    refused = any(sign.status is not Status.DONE for cell in cells for sign in marks.signs(cell))
    return not refused and any(not cell.strip(" -\u2013\u2014") for cell in cells)


def _plain(names: Sequence[str], rows: Sequence[Sequence[str]], *, wanted: bool) -> Sort:
    known = set(names)
    if wanted and known & TROUBLES:
        return Sort.SUBJECT
    if known & PASSED and known & FAILED:
        return Sort.RESULTS
    numeric = [c for c in range(1, len(names)) if _share(rows, c, _NUMBER.match) > 0.8]
    if len(numeric) > 1 and known & _COUNTS and not known & {"target", "actual", "goal", "threshold"}:
        return Sort.COUNTS
    if known & EXPLAINS:
        return Sort.OTHER
    if known & SUBJECTS or wanted:
        return Sort.SUBJECT
    return Sort.OTHER


def _boxed(cell: str) -> bool:
    return marks.box(cell, 0) is not None or marks.inputs(cell) is not None


def _signed(cell: str) -> bool:
    signs = marks.signs(cell)
    return bool(signs) and (signs[0].start < 4 or len(cell) < 24)


def _share(rows: Sequence[Sequence[str]], column: int, test: object) -> float:
    assert callable(test)
    texts = [_at(row, column) for row in rows]
    filled = [text for text in texts if text]
    return sum(1 for text in filled if test(text)) / len(filled) if filled else 0.0


def _at(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _subject(names: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """The column that names what a row is about: the first that is no number, id or box."""
    for column, name in enumerate(names):
        if name in _SKIP or (name in STATUS and name not in SUBJECTS):
            continue
        texts = [_at(row, column) for row in rows]
        if any(any(map(str.isalpha, _box_gone(text))) for text in texts):
            return column
    return 0


def _box_gone(text: str) -> str:
    found = marks.box(text, 0)
    return text[found.end :].strip() if found else text


def total(first: str) -> bool:
    """Whether a row sums up the others."""
    return bool(_TOTAL.match(bare(first)))
