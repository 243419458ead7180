"""``**Name**: value`` outside of lists: verdicts, dates, details of a section, and what only adds something."""

from __future__ import annotations

import re

from pytest_readiness.checklist.model import Code, Kind, Role, Status
from pytest_readiness.checklist.reading import details, labels, marks, moods, plain, sentences, stated
from pytest_readiness.checklist.reading.draft import Draft, Section
from pytest_readiness.checklist.reading.listed import _BLANKS, _apply
from pytest_readiness.checklist.reading.moods import Mood
from pytest_readiness.checklist.reading.prose import bare, unsigned
from pytest_readiness.checklist.reading.sentences import Sentence
from pytest_readiness.checklist.reading.shapes import Shape, Shaped
from pytest_readiness.checklist.reading.state import State, leading, make, meant, tell

BOLD = re.compile(r"^(?:\*\*|__)(?P<in>[^*_]{1,160})(?:\*\*|__)\s*:?\s*$")
_PATHS = re.compile(r"`[^`]{2,}`|\]\((?!https?:|#|mailto:)[^()]+\)")
_NEXT = re.compile(r"^next|^nächste|^prochaine|^próxim|^следующ|^下一步|^target|^goal|^ziel", re.IGNORECASE)
ISSUE = re.compile(r"^(?:issue|problem|bug|risk|blocker|q)\s*#?\d{0,3}\s*:", re.IGNORECASE)
_NONE = re.compile(r"\b(?:no|not|none|nothing|without|zero|keine?|aucun\w*|sin|sem|без|нет)\b", re.IGNORECASE)
_CONDITIONAL = re.compile(
    r"\b(?:conditional(?:ly)?|subject to|provided that|with (?:conditions|reservations)|unter vorbehalt|"
    r"sous réserve|bajo condición)\b",
    re.IGNORECASE,
)
#: A value that ends by telling what was made of its name: "**Backups**: scripts ready".
_FINISHED = re.compile(
    r"\b(?:ready|prepared|configured|implemented|completed?|verified|enabled|documented|tested|passing|deployed|hardened)"
    r"\W*$",
    re.IGNORECASE,
)
_BLOCKED = re.compile(
    r"^(?:blocked|blockiert|bloqué|bloquead[oa]|geblokkeerd)\b|^(?:ждёт|ожидает)\b|^阻塞", re.IGNORECASE
)
_IS = re.compile(r"^(?:current|currently|now|today|have|aktuell|actuel|actual|huidig|сейчас|当前|現在)$", re.IGNORECASE)
_MUST = re.compile(
    r"^(?:required|needed|needs|must|nötig|benötigt|erforderlich|requis|requerido|necessário|vereist|nodig|требуется|"
    r"нужно|需要|必要)$",
    re.IGNORECASE,
)


def compared(state: State, at: int, name: str) -> bool:
    """Whether a field tells what is, and its neighbour what has to be, or the other way round."""
    other = _MUST if _IS.match(name) else _IS if _MUST.match(name) else None
    near = [state.pieces[i] for i in (at - 1, at + 1) if 0 <= i < len(state.pieces)]
    return other is not None and any(other.match(sentences.label(each.content)[0]) for each in near)


def take(state: State, piece: Shaped, draft: Draft, parent: Draft | None, why: str) -> None:
    """Add *draft* as an item of the line *piece*, with the status that its words tell."""
    tell(state, draft, piece.content)
    state.add(draft, why, parent=parent)


def take_field(state: State, at: int, piece: Shaped, sentence: Sentence) -> bool:
    """Take the line as a field, ``**Name**: value``, if it is one."""
    content = _inner(piece.content)
    name, value = sentences.label(content)
    if (
        not name
        or not (value.strip(" *_`") or _BLANKS.search(value))
        or (ISSUE.match(name + ":") and BOLD.match(content))
    ):
        return False
    if not content.startswith(("*", "_")) and not _known(state, at, piece, name):
        return False
    why = _no_item(state, at, name, value)
    if why:
        state.note(piece.number, Role.CONTEXT, why)
        if value.rstrip(" *_").endswith((":", "\uff1a")):
            state.lead = leading(name, piece.number)
        return True
    draft = make(piece, Kind.FIELD, sentence)
    draft.label = name
    draft.status, draft.because = _valued(state, piece, sentence, name, value)
    if not sentence.signed and compared(state, at, name):
        draft.status, draft.because = Status.OPEN, "what is, beside what has to be"
    take(state, piece, draft, None, "field")
    if value.rstrip(" *_").endswith((":", "\uff1a")):
        state.lead = leading(name, piece.number)
    return True


def _inner(content: str) -> str:
    """Take italics around a whole line away."""
    text = content.strip()
    if text[:1] in {"*", "_"} and text[:2] not in {"**", "__"} and text[-1:] == text[:1]:
        return text[1:-1]
    return text


def _known(state: State, at: int, piece: Shaped, name: str) -> bool:
    """A name without bold is a field if it is a known one, or lines of the same form stand beside it."""
    if labels.verdict(name) or labels.dated(name, first=not state.sections):
        return True
    if details.label(name) or labels.aside(name):
        return True
    near = [state.pieces[i] for i in (at - 1, at + 1) if 0 <= i < len(state.pieces)]
    return any(each.shape is Shape.TEXT and sentences.label(each.content)[0] for each in near) and bool(piece)


def _no_item(state: State, at: int, name: str, value: str) -> str:
    """Why a field is none of the items; empty if it is one."""
    sort = details.label(name)
    if sort and not labels.verdict(name):
        if state.section is not None:
            _given(state, state.section, sort, value)
            if sort == "reason" and state.section.status is Status.DEFERRED:
                return ""
        return f"{sort} of the section"
    if state.last_code is not None and labels.expected(name):
        expects(state.last_code, value)
        return "expected of the code above"
    if labels.dated(name, first=len(state.sections) < 2 and not _below(state)):
        return "" if re.search(r"\d", value) else "a field"
    if labels.verdict(name) or ISSUE.match(name + ":") or _BLOCKED.match(name) or compared(state, at, name):
        return ""
    if _BLANKS.search(value):
        return "a blank to be filled in"
    if labels.aside(name) or state.mood is Mood.ASIDE:
        return f"{name.lower()}: no item"
    if _NEXT.match(name) or _PATHS.search(value) or re.search(r"\d|https?://", value):
        return ""
    told = _FINISHED.search(value) is not None or marks.said(value, exact=True) is not None
    return "" if told or state.mood in {Mood.CLAIM, Mood.WANT} else "a field"


def expects(draft: Draft, value: str) -> None:
    """Add an expected output that is told below the code."""
    if draft.code is not None:
        code = draft.code
        draft.code = Code(code.language, code.command, (*code.expected, bare(value).strip("`")))


def _given(state: State, section: Section, sort: str, value: str) -> None:
    """A field right below a heading speaks of the whole section."""
    if section.draft is not None:
        _apply(state, section.draft, sort, value)
    if sort == "severity":
        section.severity, section.priority = details.severity(value)
    elif sort == "owner":
        section.owner = bare(value).strip()
    elif sort == "due":
        section.due = details.day(value, year=state.year)
    elif sort == "phase":
        section.phase = bare(value).strip()


def _below(state: State) -> bool:
    return any(each.level > 1 for each in state.sections)


def _valued(state: State, piece: Shaped, sentence: Sentence, name: str, value: str) -> tuple[Status, str]:
    """What a field claims."""
    if sentence.signed:
        return sentence.status, sentence.because
    if labels.dated(name, first=True):
        return Status.UNSAID, ""
    if details.label(name) == "reason":
        return Status.DEFERRED, value
    if _BLANKS.search(value) or marks.choice(value) or _BLOCKED.match(name):
        return Status.OPEN, "a blank to be filled in" if _BLANKS.search(value) else name
    if _NEXT.match(name) or ISSUE.match(name + ":"):
        return (Status.UNSAID, "") if state.troubled else (Status.OPEN, name)
    if moods.mood(name) is Mood.EXPECT:
        return Status.UNSAID, ""
    if told := plain.numbers(name, value):
        return told, value
    if any(not share.goal for share in stated.shares(piece.line)):
        return Status.DONE, value
    return _verdict(value) if labels.verdict(name) else meant(unsigned(bare(value)), state.mood)


def _verdict(value: str) -> tuple[Status, str]:
    """What a verdict comes to: "Code complete, tests pending" is open for all its beginning."""
    said = marks.said(value)
    if _CONDITIONAL.search(value) and (said is None or said.status is Status.DONE):
        return Status.OPEN, value
    if (said is None or said.status is Status.DONE) and moods.needs(value) and not _NONE.search(value):
        return Status.OPEN, value
    return (said.status if said else Status.DONE), value
