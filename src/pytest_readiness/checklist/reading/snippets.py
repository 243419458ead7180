"""Code fences as items: commands, queries and variables, each with what is expected of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_readiness.checklist.model import Code, Kind, Role, Status
from pytest_readiness.checklist.reading import fences, labels, marks, moods, sentences, stated
from pytest_readiness.checklist.reading.code import Found, Sort
from pytest_readiness.checklist.reading.draft import Draft
from pytest_readiness.checklist.reading.moods import Mood
from pytest_readiness.checklist.reading.shapes import Shape, Shaped
from pytest_readiness.checklist.reading.state import State, make, meant

_ROLLBACK = re.compile(r"\broll(?:ing)?[ -]?back|回滚|ロールバック|откат|zurückrollen", re.IGNORECASE)
_KINDS = {Sort.VARIABLE: Kind.VARIABLE}


@dataclass(frozen=True, slots=True)
class Fence:
    """A code fence: the line that opens it, its language, its lines."""

    line: int
    language: str
    body: Sequence[Shaped]


def take_fence(state: State, at: int, piece: Shaped) -> int:
    """Read a fence from its opening line to its end."""
    pieces = state.pieces
    end = at + 1
    while end < len(pieces) and pieces[end].shape is Shape.CODE:
        end += 1
    body = pieces[at + 1 : end]
    closed = end < len(pieces) and pieces[end].shape is Shape.END
    why = "code" if piece.whole else "in a code fence that is never closed"
    for each in pieces[at : end + 1 if closed else end]:
        state.note(each.number, Role.CONTEXT, why)
    if piece.whole:
        _body(state, piece, body)
    return end + 1 if closed else end


def _body(state: State, piece: Shaped, body: Sequence[Shaped]) -> None:
    language = piece.marker.split()[0].strip("{.}").lower() if piece.marker else ""
    lines = [each.line for each in body]
    nest = state.nest(piece.indent) if piece.indent else None
    parent = nest.draft if nest else None
    lead = state.lead
    mood = nest.lead.mood if nest and nest.lead and nest.lead.mood else (lead.mood if lead else None) or state.mood
    text = "\n".join(lines)
    if parent is not None and parent.kind is Kind.BOX and parent.code is None:
        parent.code = Code(language, text)
    if mood is Mood.ASIDE:
        return
    if not language and _reports(lines) and not _prompted(lines):
        _printed(state, body)
        return
    if fences.is_output(language, lines):
        _output(state, piece, body, language)
        return
    found = fences.found(language, lines)
    lead_text = nest.lead.text if nest and nest.lead else ""
    for each in found:
        _take(state, Fence(piece.number, language, body), each, parent, lead_text)


def _take(state: State, fence: Fence, each: Found, parent: Draft | None, lead: str) -> None:
    first, last = fence.body[each.start], fence.body[each.end]
    start = first.number
    if each.end > each.start and each.sort is Sort.SNIPPET:
        start = fence.line
    draft = Draft(
        line=start,
        end=last.number,
        kind=_KINDS.get(each.sort, Kind.CODE),
        text=each.command.split("\n")[0].strip(),
        raw=first.line,
        code=Code(fence.language, each.command, tuple(each.expected)),
        lead=each.note or lead,
    )
    if each.sort is Sort.LISTING and _sketched(state):
        draft.status, draft.because = Status.OPEN, "a sketch"
    elif each.sort is Sort.LISTING and state.mood is not Mood.WANT:
        draft.status, draft.because = Status.DONE, "listed"
    if any(_ROLLBACK.search(section.title) for section in state.sections):
        draft.status, draft.because = Status.OPEN, "to be done to go back"
    state.add(draft, "code", parent=parent)
    state.last_code = draft


_SKETCH = re.compile(r"\b(?:examples?|proposed|planned|recommended|suggested|required|target)\b", re.IGNORECASE)


def _sketched(state: State) -> bool:
    """Whether a tree of files shows what there could be, and not what there is."""
    title = state.lead.text if state.lead else state.section.title if state.section else ""
    return bool(_SKETCH.search(title))


def _output(state: State, piece: Shaped, body: Sequence[Shaped], language: str) -> None:
    """What comes out: of the code above, or of a lead of its own; a printed report with ticks claims by itself."""
    shown = tuple(each.line.rstrip() for each in body if each.line.strip())
    lead = state.lead
    told = lead is not None and labels.expected(lead.text)
    code = state.last_code
    if code is not None and code.code is not None and (told or language == "json"):
        code.code = Code(code.code.language, code.code.command, (*code.code.expected, *shown))
        return
    if lead is not None and told and language == "json" and lead.draft is None:
        draft = Draft(
            line=lead.line,
            end=body[-1].number if body else piece.number,
            kind=Kind.CODE,
            text=lead.text,
            raw=state.pieces[lead.line - 1].line,
            code=Code(language, "", shown),
            lead=lead.text,
        )
        state.add(draft, "expected output")
        state.last_code = draft
        return


_VALUE = re.compile(r"^\s*[-*•]?\s*([^\W\d_][^:`{}\[\]<>=]{0,40}):\s+([^\s\"'\u201c].*)$")


def _reports(lines: Sequence[str]) -> bool:
    """Whether a fence shows a printed report: signs, or names with values some of which state something."""
    if any(marks.signs(line) for line in lines):
        return True
    told = [line for line in lines if line.strip()]
    values = [found[2] for line in told if (found := _VALUE.match(line))]
    stating = [value for value in values if marks.said(value) or stated.shares(value, alone=True)]
    return len(values) > 1 and len(values) > 0.6 * len(told) and bool(stating)


def _prompted(lines: Sequence[str]) -> bool:
    """Whether a fence without a language holds commands, or a tree of files."""
    found = fences.found("", lines)
    return any(each.sort is not Sort.LISTING or each.command.endswith("/") for each in found)


def _printed(state: State, body: Sequence[Shaped]) -> None:
    """The lines of a printed report that claim something, and what hangs below them in a tree."""
    above: Draft | None = None
    for each in body:
        if not each.line.strip():
            above = None
        elif marks.signs(each.line) or _VALUE.match(each.line):
            sentence = sentences.read(each.line, each.start)
            if not sentence.boxed:
                above = state.add(_claim(state, each, sentence), "printed output")
        elif above is not None and each.line.lstrip()[:1] in {"\u251c", "\u2514", "\u2502"}:
            below = Draft(
                line=each.number,
                end=each.number,
                kind=Kind.MARK,
                text=each.line.strip("\u251c\u2514\u2502\u2500 "),
                raw=each.line,
                status=above.status,
                because=above.because,
            )
            state.add(below, "printed output", parent=above)


def _claim(state: State, piece: Shaped, sentence: sentences.Sentence) -> Draft:
    draft = make(piece, Kind.MARK if sentence.signed or sentence.worded else Kind.FIELD, sentence)
    if draft.kind is Kind.FIELD:
        value = sentences.label(piece.content)[1]
        said = None if value[:1].isdigit() else marks.said(value)
        if said is None and moods.needs(value):
            draft.status, draft.because = Status.OPEN, value
        else:
            draft.status, draft.because = (said.status, value) if said else meant(value, state.mood, state.given)
    return draft
