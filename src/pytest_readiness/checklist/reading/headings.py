"""Headings: sections, and items where they state a status, a share or a priority of their own."""

from __future__ import annotations

import re

from pytest_readiness.checklist.model import Kind, Role, Status
from pytest_readiness.checklist.reading import details, marks, prose, sentences, stated
from pytest_readiness.checklist.reading.draft import Draft, Section
from pytest_readiness.checklist.reading.marks import Found
from pytest_readiness.checklist.reading.moods import Mood
from pytest_readiness.checklist.reading.shapes import Shape, Shaped
from pytest_readiness.checklist.reading.state import State, leading, tell

_PHASE = re.compile(
    r"^\W{0,8}(?:phase|milestone|fase|phase|этап|第\d+阶段)\s?\d{1,3}\s*(?:\([^()]{1,40}\)\s*)?[:.\u2013\u2014-]|"
    r"^\W{0,4}priority\s#?\d\b",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"^(?:issue|problem|bug|risk|blocker|error|q)\s*(?:#?\d+)?\s*[:\u2013\u2014-]\s*\S", re.IGNORECASE
)
_PATH = re.compile(
    r"^`?(?:[\w.@-]+/)+(?:[\w@-]*\.\w{1,8})?`?(?=\s|$)|^`[\w./@-]+\.\w{1,8}`(?=\s|$)|^[\w-]+\.(?:py|ts|js|go|rs|"
    r"java|md|sql|ya?ml|json|toml)(?=\s|$)"
)
#: What a heading names, with the file that it is in: "Door keeper (`app/doors.py`)".
_BESIDE = re.compile(r"\(`(?:[\w.@-]+/)*[\w-]+\.\w{1,8}`\)$")
#: A numbered piece of work with how soon it is wanted: "2. Locks (HIGH PRIORITY)".
_NUMBERED = re.compile(r"^\d{1,2}\.\s.*\((?:CRITICAL|HIGH|MEDIUM|LOW) PRIORITY\b[^()]*\)$", re.IGNORECASE)
_RANKED = re.compile(r"\s[-\u2013\u2014]\s\W*\**(?:CRITICAL|HIGH|MEDIUM|LOW)\b")
_FIXED = re.compile(r"\b(?:fixed|resolved|completed|implemented|done)\s*\(|^remaining\b.*\(\d+\)", re.IGNORECASE)
_BEGIN = frozenset(
    "\u2610\u25a1\u2b1c\U0001f532\u25fb\u274e\u2717\u2718\u2716\U0001f6ab\u26a0\u274c\u23f8\u23f3\u231b\U0001f6a7\U0001f7e2\U0001f7e1\U0001f534\U0001f7e0\u26d4\U0001f6d1"
)


def take_heading(state: State, at: int, piece: Shaped) -> int:
    """Open a section; make its heading an item if it says something of its own."""
    text = (
        re.sub(r"</h\d>.*$", "", piece.content, flags=re.IGNORECASE) if piece.marker.startswith("<") else piece.content
    )
    title = prose.heading(text)
    while state.sections and state.sections[-1].level >= piece.level:
        state.sections.pop()
    state.stack.clear()
    state.lead = None
    state.last_code = None
    first = not state.title and piece.level == 1 and not any(s.level == 1 for s in state.sections)
    sentence = sentences.read(piece.line, piece.start)
    plain = prose.heading(_unmarked(piece, sentence.spans))
    named = leading(plain or title, piece.number)
    level, word = details.of_heading(prose.bare(text))
    mentioned = word.endswith("-")
    word = word.rstrip("-")
    mood = named.mood
    if mood is Mood.TROUBLE and state.mood is Mood.WANT and _GUIDE.search(title):
        mood = None
    section = Section(
        level=piece.level,
        title=plain or title,
        line=piece.number,
        mood=mood,
        firm=named.firm,
        todo=named.todo,
        given=named.given,
        severity=level,
        priority=word,
        mentioned=mentioned,
        phase=details.phase(title),
        owner=details.owner(text),
        due=details.due(text, year=state.year),
    )
    draft = _draft(state, piece, sentence, title, section)
    if draft is not None:
        draft.section = state.path
        tell(state, draft, text)
        draft.phase = section.phase
        if word and not mentioned:
            draft.severity, draft.priority = level, word
        state.add(draft, "heading", parent=_above(state))
        section.draft, section.status = draft, draft.status
    else:
        state.note(piece.number, Role.CONTEXT, "heading")
    if first:
        state.title = title
        section.title = ""
        section.mood, section.given = None, Status.UNSAID
    state.enter(section)
    return at + 1


def _unmarked(piece: Shaped, spans: tuple[Found, ...]) -> str:
    text = piece.line
    for span in sorted(spans, key=lambda each: each.start, reverse=True):
        if not span.text[:1].isalnum():
            text = text[: span.start] + " " + text[span.end :]
    return text[piece.start :]


def _above(state: State) -> Draft | None:
    return next((each.draft for each in reversed(state.sections) if each.draft is not None), None)


def _draft(state: State, piece: Shaped, sentence: sentences.Sentence, title: str, section: Section) -> Draft | None:
    status, because, kept = _status(state, piece, sentence, title, section)
    if status is None:
        return None
    return Draft(
        line=piece.number,
        end=piece.number,
        kind=Kind.HEADING,
        text=prose.heading(sentence.text) or title,
        raw=piece.line,
        status=status,
        because=because,
        marks=[found.at(piece.number) for found in kept],
        label=sentence.label,
    )


def _status(
    state: State, piece: Shaped, sentence: sentences.Sentence, title: str, section: Section
) -> tuple[Status | None, str, tuple[Found, ...]]:
    """The status of a heading that is an item; ``None`` for one that only opens a section."""
    box = marks.box(piece.line, piece.start)
    if box is not None:
        return sentence.status, sentence.because, sentence.spans
    share = next(iter(stated.shares(piece.line, heading=True)), None)
    signs = [span for span in sentence.spans if not span.text[:1].isalnum() and not span.text.startswith("[")]
    if share is not None and not (signs and signs[0].status is not Status.DONE):
        full = share.percent >= 100
        done = not share.goal and (full or bool(signs) or _score(share))
        return (Status.DONE if done else Status.OPEN), piece.line[share.start : share.end], sentence.spans
    strong = _strong(signs, title)
    if strong is not None:
        return _signed(strong, sentence)
    if sentence.worded and not sentence.boxed and sentence.because.lower() not in {"ongoing", "new", "next"}:
        return sentence.status, sentence.because, sentence.spans
    if section.priority and _RANKED.search(piece.content):
        return Status.OPEN, section.priority, ()
    return _named(state, piece, title, section)


def _score(share: stated.Share) -> bool:
    """Whether a share is a grade ("6.5 / 10") and no count of what is done ("4/6")."""
    return (share.part is None and share.whole is None and "%" not in share.text) or share.whole in {10, 100}


def _signed(sign: Found, sentence: sentences.Sentence) -> tuple[Status, str, tuple[Found, ...]]:
    if sentence.worded or sentence.status is not sign.status:
        return sentence.status, sentence.because, sentence.spans
    return sign.status, sign.text, sentence.spans


def _strong(signs: list[Found], title: str) -> Found | None:
    """The sign that makes a heading an item: a tick, a warning, a pause; any other only if the title is a status."""
    if details.only_severity(title) or _NOTICE.match(title):
        return None
    for sign in signs:
        bare = sign.text.rstrip(marks.SELECTOR)
        if sign.status is Status.DONE or bare.startswith(":"):
            return sign
        if bare in _BEGIN or sign.status is Status.DEFERRED:
            return sign
        if marks.said(title, exact=True):
            return sign
    return None


def _named(state: State, piece: Shaped, title: str, section: Section) -> tuple[Status | None, str, tuple[Found, ...]]:
    """A heading that is an item by its name: a phase, an issue, a file, something fixed."""
    if state.troubled and section.mood is Mood.TROUBLE:
        return None, "", ()
    if state.troubled or _TROUBLE.match(title):
        return (Status.UNSAID if state.troubled else Status.OPEN), "", ()
    staged = _PHASE.match(prose.bare(piece.content)) or (_CODED.match(title) and _numbered(state, piece))
    if staged and state.mood is not Mood.CLAIM:
        return Status.OPEN, "a phase", ()
    if _PATH.match(title):
        return Status.DONE, title, ()
    if _BESIDE.search(title) and state.mood is not Mood.WANT:
        return Status.DONE, "a file", ()
    fixed = _FIXED.search(title)
    if fixed:
        return (Status.OPEN if title.lower().startswith("remaining") else Status.DONE), fixed[0], ()
    if _severe(state, piece):
        return Status.OPEN, "its severity below", ()
    if section.priority and _NUMBERED.match(prose.bare(piece.content)):
        return Status.OPEN, section.priority, ()
    if section.priority and state.mood is Mood.WANT and re.search(r"\((?:CRITICAL|HIGH|MEDIUM|LOW)\)|^\W*\d+ ", title):
        return Status.OPEN, section.priority, ()
    return None, "", ()


#: Titles whose warning sign calls for attention and states nothing.
_NOTICE = re.compile(
    r"^(?:(?:important|critical|security|please) notes?|important|notes?|attention|caution|wichtige hinweise|wichtig|"
    r"hinweise?|attenzione|importante|atención|atenção|важно|внимание|注意|重要)(?: \w+)?$",
    re.IGNORECASE,
)
#: A document about trouble, which among what is wanted is a thing to write.
_GUIDE = re.compile(r"\b(?:guide|docs|documentation|runbook|manual)$", re.IGNORECASE)
_CODED = re.compile(r"^P[0-5]\b", re.IGNORECASE)


def _numbered(state: State, piece: Shaped) -> bool:
    """Whether a numbered list is the first thing below a heading."""
    index = piece.number
    while index < len(state.pieces) and state.pieces[index].shape is Shape.BLANK:
        index += 1
    return index < len(state.pieces) and state.pieces[index].shape is Shape.NUMBER


def _severe(state: State, piece: Shaped) -> bool:
    """Whether the fields right below state a severity of this very heading."""
    pieces = state.pieces
    index = piece.number
    while index < len(pieces) and pieces[index].shape is Shape.BLANK:
        index += 1
    while index < len(pieces) and pieces[index].shape is Shape.TEXT:
        name, value = sentences.label(pieces[index].content)
        if details.label(name) == "severity" and details.severity(value)[1]:
            return Mood.WANT in {each.mood for each in state.sections}
        if not name:
            return False
        index += 1
    return False
