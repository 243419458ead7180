"""What can only be told at the end: headings by what stands below them, severities from above."""

from __future__ import annotations

import re

from pytest_readiness.checklist.model import Kind, Status
from pytest_readiness.checklist.reading.draft import Draft, Section
from pytest_readiness.checklist.reading.moods import Mood
from pytest_readiness.checklist.reading.state import State

_LISTED = frozenset({Kind.ROW, Kind.BOX, Kind.MARK})
_CHECKING = re.compile(
    r"\b(?:testing|tests|verification|validation|checklist|checks|criteria|steps|setup)$", re.IGNORECASE
)
_OPEN = frozenset({Status.OPEN, Status.DEFERRED, Status.UNSAID})
_ID = re.compile(r"^\W{0,6}([A-Z]{1,4}\d{0,2}-\d{1,4})\b")
_NAMED = re.compile(r"[(\[]([A-Z]{1,4}\d{0,2}-\d{1,4})[)\]]")


def settle(state: State) -> None:
    """Bring headings and items in line with one another."""
    below = _below(state)
    for draft, section in zip(state.drafts, state.owners, strict=True):
        if draft.parent is None and section is not None:
            draft.parent = _heading(state, section, draft)
        _inherit(draft, section, state)
    for draft in state.drafts:
        if draft.kind is Kind.HEADING:
            _judge(draft, below.get(id(draft), []), _section(state, draft))
    for draft in state.drafts:
        _follow(draft)
    _named(state)


def _below(state: State) -> dict[int, list[Draft]]:
    """All items below each heading that is an item, at any depth of sections."""
    found: dict[int, list[Draft]] = {}
    for draft, section in zip(state.drafts, state.owners, strict=True):
        for above in _chain(state, section):
            if above.draft is not None and above.draft is not draft:
                found.setdefault(id(above.draft), []).append(draft)
    return found


def _chain(state: State, section: Section | None) -> list[Section]:
    return state.chains.get(id(section), []) if section is not None else []


def _section(state: State, draft: Draft) -> Section | None:
    return state.headed.get(id(draft))


def _heading(state: State, section: Section, draft: Draft) -> Draft | None:
    return next(
        (each.draft for each in _chain(state, section) if each.draft is not None and each.draft is not draft), None
    )


def _judge(draft: Draft, below: list[Draft], section: Section | None) -> None:
    """A tick on a heading is not trusted over boxes that are all open, or over what is still wanted."""
    if draft.status is not Status.DONE or not draft.marks:
        return
    if section is not None and section.mood is Mood.TROUBLE:
        draft.status, draft.because = Status.UNSAID, ""
        return
    boxes = [each for each in below if each.kind is Kind.BOX]
    if boxes and all(each.status in _OPEN for each in boxes):
        draft.status, draft.because = Status.OPEN, f"0 of {len(boxes)} boxes below are ticked"
    elif (
        section is not None
        and _CHECKING.search(section.title)
        and not any(each.status is Status.DONE for each in below)
    ):
        draft.status, draft.because = Status.OPEN, "nothing below is done"
    elif section is not None and section.mood is Mood.WANT and "%" not in draft.raw and not _spelled(draft):
        draft.status, draft.because = Status.OPEN, "a tick on what is wanted"


def _spelled(draft: Draft) -> bool:
    """Whether a heading's status stands by itself: told in words ("Phase 1 (complete)"), or that of a checklist."""
    return all(mark.text[:1].isalpha() for mark in draft.marks) or draft.text.lower().endswith("checklist")


def _follow(draft: Draft) -> None:
    """What is open below a deferred heading or item is deferred with it."""
    above = draft.parent
    if above is not None and above.status is Status.DEFERRED and draft.status is Status.OPEN:
        draft.status, draft.because = Status.DEFERRED, above.because
        draft.reason = draft.reason or above.reason


def _inherit(draft: Draft, section: Section | None, state: State) -> None:
    """Severity, phase, owner and due date come from the item above, else from the headings."""
    above = draft.parent
    chain = [each for each in _chain(state, section) if each.title]
    if not draft.priority:
        if draft.kind in {Kind.FIELD, Kind.SENTENCE}:
            pass
        elif above is not None and above.priority:
            draft.severity, draft.priority = above.severity, above.priority
        else:
            source = next(
                (each for each in chain if each.priority and (not each.mentioned or draft.kind in _LISTED)), None
            )
            if source is not None:
                draft.severity, draft.priority = source.severity, source.priority
    if not draft.phase:
        draft.phase = next((each.phase for each in chain if each.phase), "")
    if not draft.owner:
        draft.owner = (
            above.owner if above is not None and above.owner else next((each.owner for each in chain if each.owner), "")
        )
    if draft.due is None:
        draft.due = (
            above.due if above is not None and above.due else next((each.due for each in chain if each.due), None)
        )


def _named(state: State) -> None:
    """An item that names another's id goes the way of that one, if that was deferred."""
    deferred: dict[str, Draft] = {}
    for draft in state.drafts:
        found = _ID.match(draft.text)
        if found and draft.status is Status.DEFERRED:
            deferred[found[1]] = draft
    if not deferred:
        return
    for draft in state.drafts:
        if draft.status is Status.OPEN and draft.kind in {Kind.STEP, Kind.BULLET, Kind.BOX}:
            found = _NAMED.search(draft.raw)
            if found and found[1] in deferred:
                source = deferred[found[1]]
                draft.status, draft.because, draft.reason = Status.DEFERRED, f"{found[1]} is deferred", source.reason
