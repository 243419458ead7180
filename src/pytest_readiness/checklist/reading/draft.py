"""An item while it is being read, when what stands below it is not yet known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pytest_readiness.checklist.model import Code, Item, Kind, Mark, Status
from pytest_readiness.checklist.reading.moods import Mood
from pytest_readiness.model import Severity


@dataclass(slots=True, eq=False, kw_only=True)
class Draft:
    """An item as ``model.Item`` has it, open to what its nested lines and headings add."""

    line: int
    end: int
    kind: Kind
    text: str
    raw: str
    status: Status = Status.UNSAID
    because: str = ""
    marks: list[Mark] = field(default_factory=list)
    section: tuple[str, ...] = ()
    parent: Draft | None = None
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
    opens: bool = False  # its text ends in a colon: what is nested in it is meant

    def item(self, index: Mapping[int, int], raw: str) -> Item:
        """The item as it is handed out; ``index`` gives each draft's place, ``raw`` is its whole line."""
        return Item(
            line=self.line,
            end=self.end,
            kind=self.kind,
            text=self.text,
            raw=raw,
            status=self.status,
            because=self.because,
            marks=tuple(self.marks),
            section=self.section,
            parent=None if self.parent is None else index.get(id(self.parent)),
            depth=self.depth,
            lead=self.lead,
            label=self.label,
            cells=self.cells,
            code=self.code,
            severity=self.severity,
            priority=self.priority,
            phase=self.phase,
            owner=self.owner,
            due=self.due,
            reason=self.reason,
            condition=self.condition,
            optional=self.optional,
        )


@dataclass(slots=True, eq=False, kw_only=True)
class Section:
    """A heading and what it gives to the items below it."""

    level: int
    title: str
    line: int
    mood: Mood | None = None
    firm: bool = False
    todo: bool = False
    given: Status = Status.UNSAID
    draft: Draft | None = None
    severity: Severity | None = None
    priority: str = ""
    mentioned: bool = False  # its severity is that of an id in it, "(P2-1)": only for rows and boxes
    phase: str = ""
    owner: str = ""
    due: date | None = None
    status: Status = Status.UNSAID


@dataclass(frozen=True, slots=True)
class Lead:
    """A line that introduces a list, a table or code: "Capabilities:"."""

    text: str
    line: int
    mood: Mood | None = None
    draft: Draft | None = None
    phase: str = ""
    firm: bool = False
    todo: bool = False
    given: Status = Status.UNSAID
