"""Where the reader is: sections, lists, leads, and what it has found so far."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pytest_readiness.checklist.model import Code, Kind, Role, Status
from pytest_readiness.checklist.reading import details, marks, moods
from pytest_readiness.checklist.reading.draft import Draft, Lead, Section
from pytest_readiness.checklist.reading.moods import Mood, clicks, imperative, needs, past
from pytest_readiness.checklist.reading.sentences import Sentence
from pytest_readiness.checklist.reading.shapes import Shaped

__all__ = ["Nested", "State", "clicks"]


@dataclass(slots=True)
class Nested:
    """A bullet that others may be nested in: its draft, or the lead that it is."""

    indent: int
    draft: Draft | None
    lead: Lead | None = None


@dataclass(slots=True)
class State:
    """All that is known half way through a document."""

    pieces: Sequence[Shaped]
    year: int | None = None
    title: str = ""
    sections: list[Section] = field(default_factory=list)
    stack: list[Nested] = field(default_factory=list)
    lead: Lead | None = None
    drafts: list[Draft] = field(default_factory=list)
    roles: dict[int, tuple[Role, str, Draft | None]] = field(default_factory=dict)
    owners: list[Section | None] = field(default_factory=list)
    last_code: Draft | None = None
    chains: dict[int, list[Section]] = field(default_factory=dict)
    shares: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    headed: dict[int, Section] = field(default_factory=dict)

    def note(self, number: int, role: Role, why: str, draft: Draft | None = None) -> None:
        """Say what one line is."""
        self.roles[number] = (role, why, draft)

    def also(self, first: int, last: int, why: str, draft: Draft) -> None:
        """Say that lines belong to an item that began above, and let it end there."""
        for number in range(first, last + 1):
            self.note(number, Role.ITEM, why, draft)
        draft.end = max(draft.end, last)

    def enter(self, section: Section) -> None:
        """Go into a section; its chain is itself and those above it, from within."""
        self.sections.append(section)
        self.chains[id(section)] = list(reversed(self.sections))
        if section.draft is not None:
            self.headed[id(section.draft)] = section

    @property
    def section(self) -> Section | None:
        """The innermost section."""
        return self.sections[-1] if self.sections else None

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above, outermost first."""
        return tuple(each.title for each in self.sections if each.title)

    @property
    def mood(self) -> Mood | None:
        """The nearest firm mood, of the lead or of the sections from within; in trouble, what is wanted is not open."""
        mood = self._mood()
        if mood is Mood.WANT and self.lead is not None and self._solved(self.lead):
            return Mood.ASIDE
        return Mood.TROUBLE if mood is Mood.WANT and self.troubled else mood

    def _mood(self) -> Mood | None:
        weak: Mood | None = None
        for each in self._around():
            mood, firm = each.mood, each.firm
            if isinstance(each, Section) and each.status is Status.DONE and not (firm and mood is not Mood.CLAIM):
                mood, firm = Mood.CLAIM, True
            if isinstance(each, Section) and each.status is Status.OPEN and not firm and mood is not Mood.EXPECT:
                mood = Mood.WANT
            if mood is not None and firm:
                return mood
            weak = weak or mood
        return weak

    def _solved(self, lead: Lead) -> bool:
        """Whether a lead tells of the problem that something done has solved: "Problem:" among fixes."""
        if not _TROUBLED.match(lead.text):
            return False
        moods = [each.mood for each in reversed(self.sections) if each.mood is not None and each.firm]
        return bool(moods) and moods[0] is Mood.CLAIM

    @property
    def todo(self) -> bool:
        """Whether a tick here promises and does not report."""
        return self.mood is Mood.WANT and any(each.todo for each in self._around())

    @property
    def given(self) -> Status:
        """The status that the nearest lead or heading is, and so gives to what is below it: "Deferred"."""
        return next((each.given for each in self._around() if each.given is not Status.UNSAID), Status.UNSAID)

    def _around(self) -> Iterator[Section | Lead]:
        if self.lead is not None:
            yield self.lead
        yield from reversed(self.sections)

    @property
    def troubled(self) -> bool:
        """Whether any section above is about what to do in case of trouble."""
        return any(each.mood is Mood.TROUBLE for each in self.sections)

    def nest(self, indent: int) -> Nested | None:
        """What a line of this indent is nested in."""
        while self.stack and self.stack[-1].indent >= indent:
            self.stack.pop()
        return self.stack[-1] if self.stack else None

    def add(self, draft: Draft, why: str, *, parent: Draft | None = None) -> Draft:
        """Take an item up, with what its surroundings give to it."""
        section = self.section
        draft.section = draft.section or self.path
        draft.parent = parent
        if parent is not None:
            draft.depth = parent.depth + 1 if parent.kind is not Kind.HEADING else 0
        if not draft.lead and self.lead is not None:
            draft.lead = self.lead.text
        self.drafts.append(draft)
        self.owners.append(section)
        for number in range(draft.line, draft.end + 1):
            self.note(number, Role.ITEM, why if number == draft.line else "goes on", draft)
        return draft


_TROUBLED = re.compile(
    r"^(?:the )?(?:problems?|issues?|bugs?|was|error|errors|problema|probleme|problème|проблема|问题|問題)$",
    re.IGNORECASE,
)


def leading(title: str, line: int, draft: Draft | None = None) -> Lead:
    """A line that introduces what follows."""
    return replace(_leading(title), line=line, draft=draft)


@lru_cache(maxsize=2048)
def _leading(title: str) -> Lead:
    said = marks.said(title.rstrip("s"), exact=True) or marks.said(title, exact=True)
    given = said.status if said is not None and said.end >= len(title) - 1 else Status.UNSAID
    return Lead(
        title,
        0,
        moods.mood(title),
        None,
        details.phase(title),
        moods.firm(title),
        moods.todo(title),
        given,
    )


def make(
    piece: Shaped,
    kind: Kind,
    sentence: Sentence,
    *,
    end: int = 0,
    cells: Mapping[str, str] | None = None,
    code: Code | None = None,
) -> Draft:
    """An item from its line and what the line says."""
    return Draft(
        line=piece.number,
        end=end or piece.number,
        kind=kind,
        text=sentence.text,
        raw=piece.line,
        status=sentence.status,
        because=sentence.because,
        marks=[found.at(piece.number) for found in sentence.spans],
        label=sentence.label,
        cells=cells or {},
        code=code,
    )


def tell(state: State, draft: Draft, text: str, *, ranked: str | None = None) -> None:
    """Add what a text says of owner, date, reason and condition, and ``ranked``, if that is another, of severity."""
    level, word = details.of_item(text if ranked is None else ranked)
    if word and not draft.priority:
        draft.severity, draft.priority = level, word
    draft.owner = draft.owner or details.owner(text)
    draft.due = draft.due or details.due(text, year=state.year)
    draft.condition = draft.condition or details.condition(text)
    draft.optional = draft.optional or details.optional(text)
    stopped = draft.status in {Status.DEFERRED, Status.NOT_APPLICABLE, Status.FALSE_POSITIVE}
    if not draft.reason and (stopped or (draft.status is Status.OPEN and "lock" in text)):  # "blocked by ..."
        draft.reason = details.reason(text)


#: A status under its own name, behind what it is about: "Owner: ops - status: approved".
_NAMED = re.compile(r"\bstatus\W{0,4}:\W{0,4}(?=\w)", re.IGNORECASE)


def _named(text: str) -> Status | None:
    """Return the status that stands under its name at the end of *text*; None if there is none."""
    found = list(_NAMED.finditer(text)) if "tatus" in text.lower() else []
    said = marks.said(text[found[-1].end() :], exact=True) if found else None
    return said.status if said else None


def meant(text: str, mood: Mood | None, given: Status = Status.UNSAID, *, step: bool = False) -> tuple[Status, str]:
    """What a plain sentence claims: what it names as its status, else what its surroundings and words say."""
    named = _named(text)
    return (named, text[-60:]) if named is not None else _meant(text, mood, given, step=step)


def _meant(text: str, mood: Mood | None, given: Status, *, step: bool) -> tuple[Status, str]:
    if given not in {Status.UNSAID, Status.DONE, Status.OPEN}:
        return given, "the heading or lead above"
    if given is Status.DONE and not needs(text) and not (step and imperative(text)):
        return given, "the heading or lead above"
    if given is Status.OPEN and not past(text):
        return given, "the heading or lead above"
    if mood is Mood.WANT:
        return (Status.DONE, text[:60]) if past(text) and not needs(text) else (Status.OPEN, "among what is wanted")
    if mood in {Mood.EXPECT, Mood.TROUBLE}:
        return Status.UNSAID, ""
    if mood is Mood.CLAIM and moods.lacks(text):
        return Status.OPEN, text[:60]
    if mood is Mood.CLAIM and not (step and imperative(text)):
        return Status.DONE, "among what is claimed"
    if moods.without(text) or (needs(text) and not past(text)):
        return Status.OPEN, text[:60]
    if imperative(text, step=step):
        return Status.OPEN, text[:60]
    return Status.DONE, text[:60]
