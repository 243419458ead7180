"""
The values that a checklist becomes. All are frozen and can be printed.

Lines count from 1, columns from 0 as slices of ``Text.lines`` do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pytest_readiness.model import Severity


class Status(StrEnum):
    """What a checklist says of one item."""

    DONE = "done"
    OPEN = "open"
    DEFERRED = "deferred"
    FALSE_POSITIVE = "false-positive"
    NOT_APPLICABLE = "not-applicable"
    UNSAID = "unsaid"


class Kind(StrEnum):
    """How an item is written."""

    BOX = "box"  # [x], [ ], [-], an <input type=checkbox>, a box in a cell of a table
    MARK = "mark"  # a bullet or line with a mark (an emoji, a word) for its status
    ROW = "row"  # a row of a table that has a status
    HEADING = "heading"  # a heading that states a status, a score or a priority of its own
    STEP = "step"  # an item of a numbered list that says what is to be done
    BULLET = "bullet"  # a plain bullet that claims, wants or reports something
    FIELD = "field"  # **Name**: value, outside of lists
    CODE = "code"  # a command, query, request or listing in a code fence
    VARIABLE = "variable"  # NAME=value in a code fence
    SENTENCE = "sentence"  # a sentence of prose that gives a verdict


class Role(StrEnum):
    """What one line of a document is, so that none is dropped silently."""

    ITEM = "item"
    CONTEXT = "context"
    PROSE = "prose"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Text:
    """
    A document's text after repair, and what is needed to write it back as it was.

    ``lines`` are without their endings, ``endings`` are theirs (the last may be empty). ``encoding``
    is that of the file, ``bom`` whether it began with a byte order mark. ``damage`` says in one line
    each what was repaired; it is empty for a sound file.
    """

    name: str
    lines: tuple[str, ...]
    endings: tuple[str, ...]
    encoding: str = "utf-8"
    bom: bool = False
    damage: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """
    Where a status stands in its line: ``text`` is ``lines[line - 1][start:end]``.

    For a box it is all of ``[x]``, for an ``<input>`` the whole tag, for an emoji or a word that itself.
    """

    line: int
    start: int
    end: int
    text: str
    status: Status


@dataclass(frozen=True, slots=True)
class Code:
    """
    What is in a code fence and belongs to one item.

    ``language`` is in lower case and empty if unsaid; ``command`` is what is run, asked or listed, its
    continued lines included; ``expected`` is the output, rows, JSON or status that the document shows
    for it, line by line without comment signs.
    """

    language: str
    command: str
    expected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    Something that a checklist claims, wants or shows, and that could be a gate.

    ``text`` is the sentence without box, marks and status words; ``raw`` the line as it stands. ``section`` are the
    headings above it, outermost first, cleaned the same way; ``parent`` is the index in
    ``Document.items`` of the item that it is nested in or, for an item in a section whose heading is
    an item, of that heading's. ``lead`` is the bold lead-in or the line that introduces its list or
    fence ("Capabilities", "Expected output"), ``label`` the bold name that it begins with itself.
    ``because`` is the text that ``status`` rests on. ``cells`` are those of a row by their columns'
    heads, in order. ``condition`` is the text of "if applicable", "if using X".
    ``priority`` is the document's own word for ``severity``.
    """

    line: int
    end: int
    kind: Kind
    text: str
    raw: str
    status: Status = Status.UNSAID
    because: str = ""
    marks: tuple[Mark, ...] = ()
    section: tuple[str, ...] = ()
    parent: int | None = None
    depth: int = 0
    lead: str = ""
    label: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    code: Code | None = None
    severity: Severity | None = None
    priority: str = ""
    phase: str = ""
    owner: str = ""
    due: date | None = None
    reason: str = ""
    condition: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What one line is, and why in a few words (``"code"``, ``"table head"``, ``"total of a table"``)."""

    number: int
    role: Role
    why: str
    item: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """
    A share that the document states: "93%", "67/72", "85% COMPLETE".

    ``start`` and ``end`` are where it stands in its line. ``percent`` is its value; ``part`` and ``whole``
    are the two numbers of "67/72". ``section`` are the headings it speaks of, empty for the whole
    document; ``item`` the index of the item it speaks of, if it is that item's own.
    ``goal`` is true for a target ("TARGET: 95%+"), which is no claim.
    """

    line: int
    start: int
    end: int
    text: str
    percent: float
    part: int | None = None
    whole: int | None = None
    section: tuple[str, ...] = ()
    item: int | None = None
    goal: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A checklist that has been read: ``lines`` has one entry for each line of the text."""

    text: Text
    lines: tuple[Line, ...]
    items: tuple[Item, ...]
    stated: tuple[Stated, ...] = ()
    title: str = ""


class Confidence(StrEnum):
    """How sure a proposal is: ``LOW`` is never enough for a probe."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """
    A gate that could judge an item.

    ``probe`` is a probe's name, ``group`` for an item that stands for what is nested in it, or ``manual``.
    ``options`` are what goes under ``with`` and ``expect`` what goes under ``expect``, as plain YAML values; a
    value that only the reader can fill in is the text ``TODO`` or begins with ``TODO: `` and says what is
    wanted. ``score`` is the matcher's figure from 0 to 1, ``words`` the words of the item and its
    surroundings that it rests on, ``second`` the next best probe, if it is defensible too.
    ``variables`` are names that ``options`` refer to as ``${name}`` with the text to define them by.
    """

    item: int
    probe: str
    options: Mapping[str, object] = field(default_factory=dict)
    expect: Mapping[str, object] = field(default_factory=dict)
    confidence: Confidence = Confidence.LOW
    score: float = 0.0
    words: tuple[str, ...] = ()
    second: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    side_effects: bool = False
