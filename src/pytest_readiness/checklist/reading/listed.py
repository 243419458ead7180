"""Bullets and numbered lines: boxes, marks, steps, plain claims, and what is nested in them."""

from __future__ import annotations

import re

from pytest_readiness.checklist.model import Kind, Role, Status
from pytest_readiness.checklist.reading import details, labels, marks, moods, plain, sentences
from pytest_readiness.checklist.reading import vocabulary as words
from pytest_readiness.checklist.reading.draft import Draft
from pytest_readiness.checklist.reading.moods import Mood
from pytest_readiness.checklist.reading.prose import bare
from pytest_readiness.checklist.reading.sentences import Sentence
from pytest_readiness.checklist.reading.shapes import Shape, Shaped
from pytest_readiness.checklist.reading.state import Nested, State, clicks, leading, make, tell
from pytest_readiness.checklist.reading.vocabulary import AIMS

_LINK_ONLY = re.compile(
    r"^(?:(?:[^\[\]]{0,40}:\s*)?\[[^\[\]]{0,200}\]\(\s*(?:https?:|mailto:|"
    r"#)[^()]{0,400}(?:\([^()]{0,100}\)[^()]{0,100})?\)|<?https?://\S+)\W*$"
)
_BLANKS = re.compile(r"_{3,}|\.{6,}|\u2026{2,}")
_LEGENDS = words.known("legends")
_FILE = re.compile(r"`(?:[\w.@-]+/)*[\w@-]+\.\w{1,8}`|\]\((?!https?:|#|mailto:)[^()]+\.\w{1,8}\)")
#: "RED files = not staged" explains a sign.
_MEANS = re.compile(r"^[\w ]{1,30}\s=\s\D")
#: "If all checks pass:" makes the ticks below conditions.
_IF = re.compile(r"(?:only )?(?:if|when|once|wenn|sobald|si|se|если|如果)\b", re.IGNORECASE)
_RANKED = re.compile(r"\bpriority order\b|\b(?:order of|by) priority\b", re.IGNORECASE)
_HINT = re.compile(r"^(?:or|and|see|note|e\.g\.|i\.e\.|example|for example|etc)\b", re.IGNORECASE)
_ALTERNATIVES = re.compile(
    r"^\W*(?:ready|go|pass|yes|approved)\W{0,3}\s*/\s*\W{0,3}(?:not|no|fail|rejected)", re.IGNORECASE
)


def take_listed(state: State, at: int, piece: Shaped) -> int:
    """Read one bullet with the lines that go on about it."""
    last = _continued(state, at)
    nest = state.nest(piece.indent)
    sentence = sentences.read(piece.line, piece.start)
    box = next((span for span in sentence.spans if sentence.boxed), None)
    own = piece.line[box.end :] if box is not None and box.start <= piece.start + 2 else piece.content
    text = own.strip() + "".join(" " + state.pieces[index].content.strip() for index in range(at + 1, last + 1))
    draft = _draft(state, piece, sentence, nest, last)
    if isinstance(draft, str):
        for index in range(at, last + 1):
            state.note(state.pieces[index].number, Role.CONTEXT, draft)
        lead = None
        if piece.content.rstrip(" *_").endswith((":", "\uff1a")) or details.only_severity(bare(piece.content)):
            lead = leading(bare(piece.content).rstrip(":\uff1a "), piece.number)
        above = nest.draft if nest else None
        state.stack.append(Nested(piece.indent, above, lead))
        return last + 1
    draft.end = state.pieces[last].number
    if last > at:
        draft.text = (
            draft.text + " " + bare(" ".join(state.pieces[i].content.strip() for i in range(at + 1, last + 1)))
        ).strip()
    draft.opens = text.rstrip(" *_").endswith((":", "\uff1a"))
    if nest is not None and nest.lead is not None and not draft.lead:
        draft.lead = nest.lead.text
        if details.only_severity(nest.lead.text):
            draft.severity, draft.priority = details.severity(nest.lead.text)
    tell(state, draft, text)
    if piece.shape is Shape.NUMBER and not draft.priority and _ranks(state):
        draft.priority = "#" + piece.marker.rstrip(".)")
    state.add(draft, "bullet", parent=nest.draft if nest else None)
    state.stack.append(Nested(piece.indent, draft))
    return last + 1


def _ranks(state: State) -> bool:
    """Whether the numbers of a list are ranks: it is "in order of priority"."""
    titles = [state.lead.text if state.lead else "", state.section.title if state.section else ""]
    return any(_RANKED.search(title) for title in titles)


def _continued(state: State, at: int) -> int:
    """The last line that goes on about a bullet, with no blank line between."""
    pieces = state.pieces
    last = at
    while last + 1 < len(pieces):
        following = pieces[last + 1]
        if following.shape is not Shape.TEXT or (following.indent <= pieces[at].indent and not _lazy(following)):
            break
        if marks.box(following.line, following.start) or sentences.label(following.content)[0]:
            break
        if following.content.startswith("**") or marks.signs(following.line, following.start, following.start + 3):
            break
        last += 1
    return last


def _lazy(piece: Shaped) -> bool:
    return piece.content[:1].islower()


def _draft(state: State, piece: Shaped, sentence: Sentence, nest: Nested | None, last: int) -> Draft | str:
    """The item that a bullet is, or why it is none."""
    if _legend(state, sentence):
        return "legend"
    if sentence.boxed:
        return _marked(state, piece, Kind.BOX, sentence)
    parent = nest.draft if nest else None
    if sentence.signed or sentence.struck:
        return _marked(state, piece, Kind.MARK, sentence)
    beside = _beside(state, piece, sentence, parent)
    if beside:
        return beside
    if sentence.worded and not _inner(parent):
        return _marked(state, piece, Kind.MARK, sentence)
    if not sentence.text.strip():
        return "empty bullet"
    return _plain(state, piece, sentence, nest, last)


def _inner(parent: Draft | None) -> bool:
    return parent is not None and parent.kind is Kind.BOX


def _legend(state: State, sentence: Sentence) -> bool:
    """Whether a bullet explains a mark: it has one, and stands below a legend's heading or lead."""
    titles = [state.lead.text if state.lead else "", state.section.title if state.section else ""]
    if sentence.signed and _MEANS.match(sentence.text):
        return True
    return bool(sentence.spans) and any(title.lower() in _LEGENDS for title in titles)


def _marked(state: State, piece: Shaped, kind: Kind, sentence: Sentence) -> Draft:
    draft = make(piece, kind, sentence)
    if kind is Kind.MARK and not sentence.signed and state.given not in {Status.UNSAID, Status.DONE, Status.OPEN}:
        draft.status, draft.because = state.given, "the heading or lead above"
    elif kind is Kind.MARK and sentence.status is Status.DONE:
        if state.lead is not None and state.lead.mood is Mood.EXPECT and labels.expected(state.lead.text):
            draft.status, draft.because = Status.UNSAID, ""
        elif state.lead is not None and _IF.match(state.lead.text):
            draft.status, draft.because = Status.OPEN, state.lead.text
        elif _promised(state, piece, sentence):
            draft.status, draft.because = Status.OPEN, "a tick on what is to be done"
    return draft


def _promised(state: State, piece: Shaped, sentence: Sentence) -> bool:
    """Whether a tick stands on what is still to be done: among next steps, or on a numbered order."""
    if piece.shape is Shape.NUMBER and state.mood is not Mood.CLAIM and moods.imperative(sentence.text):
        return True
    return not sentence.worded and state.todo and not moods.past(sentence.text)


def _beside(state: State, piece: Shaped, sentence: Sentence, parent: Draft | None) -> str:
    """A bullet that only adds to the item it is nested in, or to its section: owner, due date, reason."""
    name = sentence.label
    if not name:
        return ""
    sort = details.label(name)
    _, value = sentences.label(piece.content)
    if sort and parent is not None:
        _apply(state, parent, sort, value)
        return f"{sort} of the item above"
    if sort in {"owner", "due", "severity"} and state.section is not None and state.section.draft is not None:
        _apply(state, state.section.draft, sort, value)
        return f"{sort} of the section"
    if parent is not None and name.lower() == "status" and not sentence.signed:
        said = marks.said(value)
        if said and parent.status is Status.UNSAID:
            parent.status, parent.because = said.status, value
        return "status of the item above"
    return ""


def _apply(state: State, draft: Draft, sort: str, value: str) -> None:
    if sort == "severity":
        draft.severity, draft.priority = details.severity(value)
    elif sort == "due":
        draft.due = details.day(value, year=state.year) or draft.due
    elif sort == "owner":
        draft.owner = bare(value).strip()
    elif sort == "reason":
        draft.reason = bare(value)
    elif sort == "phase":
        draft.phase = bare(value)
    elif sort == "condition":
        draft.condition = bare(value)


def _plain(state: State, piece: Shaped, sentence: Sentence, nest: Nested | None, last: int) -> Draft | str:
    """A bullet without a mark: an item if it claims, wants or reports something."""
    mood = nest.lead.mood if nest and nest.lead and nest.lead.mood else state.mood
    if nest is not None and nest.draft is not None and nest.draft.opens:
        mood = moods.mood(nest.draft.text) or mood
    why = _not_plain(state, piece, sentence, nest, mood)
    if why:
        return why
    if details.only_severity(bare(piece.content)) and _leads(state, last, piece, None):
        return "introduces what follows"
    if state.troubled and moods.mood(sentence.text) is Mood.TROUBLE:
        return "introduces what follows"
    if piece.content.rstrip(" *_").endswith((":", "\uff1a")) and _leads(state, last, piece, mood):
        return "introduces what follows"
    draft = make(piece, Kind.STEP if piece.shape is Shape.NUMBER else Kind.BULLET, sentence)
    if _BLANKS.search(piece.content) or marks.choice(sentences.label(piece.content)[1]):
        draft.status, draft.because = Status.OPEN, "a blank to be filled in"
    elif piece.content[:1] in AIMS:
        draft.status, draft.because = Status.OPEN, piece.content[0]
    elif labels.dated(sentence.label, first=True):
        draft.status = Status.UNSAID
    else:
        draft.status, draft.because = plain.claimed(state, piece, sentence, nest, mood)
    return draft


def _not_plain(state: State, piece: Shaped, sentence: Sentence, nest: Nested | None, mood: Mood | None) -> str:
    content, name = piece.content, sentence.label
    if mood is Mood.ASIDE and not _FILE.search(content):
        return "aside"
    if labels.aside(name) and not (state.troubled and labels.solution(name)):
        return f"{name.lower()}: no item"
    if _LINK_ONLY.match(bare(content)):
        return "a link"
    if _ALTERNATIVES.match(content):
        return "alternatives to choose from"
    if nest is not None and nest.draft is not None:
        return _nested(state, content, sentence.text, nest.draft, mood)
    if clicks(sentence.text) and mood is not Mood.CLAIM:
        return "where to click"
    section = state.section
    if (
        section is not None
        and section.draft is not None
        and "/" in section.title
        and section.draft.because == section.title
    ):
        return "" if any(map(str.isdigit, content)) or "`" in content else "about the file above"
    return ""


def _nested(state: State, content: str, text: str, parent: Draft, mood: Mood | None) -> str:
    """Why a plain bullet below an item is only a part of it; empty if it stands for itself."""
    if clicks(text) or _HINT.match(text):
        return "how the item above is done"
    if parent.opens and parent.kind is not Kind.STEP:
        return ""
    if parent.kind is Kind.MARK and parent.status in {Status.DONE, Status.OPEN}:
        return ""
    if parent.kind in {Kind.BOX, Kind.MARK}:
        return "" if "\u2192" in content and any(map(str.isdigit, content)) else "about the item above"
    if parent.kind is Kind.STEP:
        return "" if _of_step(state, text, parent, mood) else "how the item above is done"
    return "" if any(map(str.isdigit, content)) or "`" in content or moods.imperative(text) else "about the item above"


def _of_step(state: State, text: str, parent: Draft, mood: Mood | None) -> bool:
    """Whether what is nested in a step is to be looked at for itself, and is not the way to do the step."""
    if state.troubled or moods.verifies(text) or (parent.opens and moods.mood(parent.text) is Mood.WANT):
        return True
    how = parent.opens and moods.imperative(parent.text, step=True) and moods.imperative(text)
    return mood is Mood.CLAIM or (mood is Mood.WANT and not how)


def _leads(state: State, last: int, piece: Shaped, mood: Mood | None) -> bool:
    """Whether something deeper follows: code, a table, or a list that says by itself what is meant."""
    index = last + 1
    while index < len(state.pieces) and state.pieces[index].shape is Shape.BLANK:
        index += 1
    if index >= len(state.pieces):
        return False
    following = state.pieces[index]
    if mood is Mood.CLAIM and moods.past(bare(piece.content)):
        return False
    if mood is Mood.WANT and following.shape in {Shape.BULLET, Shape.NUMBER}:
        return False
    if piece.shape is Shape.NUMBER and mood is not Mood.TROUBLE:
        return False
    return following.indent > piece.indent and following.shape in {
        Shape.BULLET, Shape.NUMBER, Shape.FENCE, Shape.HEAD, Shape.TEXT,
    }  # fmt: skip
