"""Lines outside of lists: fields, ticks without a bullet, leads, verdicts, prose."""

from __future__ import annotations

import re
from dataclasses import replace

from pytest_readiness.checklist.model import Kind, Role, Status
from pytest_readiness.checklist.reading import details, labels, marks, moods, sentences
from pytest_readiness.checklist.reading import vocabulary as words
from pytest_readiness.checklist.reading.draft import Draft
from pytest_readiness.checklist.reading.fields import BOLD, ISSUE, expects, take, take_field
from pytest_readiness.checklist.reading.listed import _beside
from pytest_readiness.checklist.reading.marks import Found
from pytest_readiness.checklist.reading.prose import bare, unsigned
from pytest_readiness.checklist.reading.sentences import Sentence
from pytest_readiness.checklist.reading.shapes import Shape, Shaped
from pytest_readiness.checklist.reading.state import State, leading, make, tell

_VERDICT = re.compile(
    r"\b(?:production[- ]ready|ready for (?:production|deployment|release|launch|go-live)|recommended for|"
    r"approved for|not ready|"
    r"cleared for|all critical issues have been|go-live approved)\b|готов к (?:использованию|продакшену|"
    r"production)|produktionsreif|prêt pour la production|"
    r"listo para producción|pronto para produção|pronto per la produzione|可以上线|本番.{0,4}可能",
    re.IGNORECASE,
)
#: A sentence that says so of the whole, wherever it stands.
_WHOLE = re.compile(
    r"^(?!.*\b(?:before|once|when|until|unless|if|after|so that|whether)\b).*?"
    r"\b(?:system|application|app|project|service|server|platform|product|api|code|software)\b.{0,40}?\b(?:is|are)\b"
    r"(?: now| fully| not| not yet)* (?:production[- ]ready|feature[- ]complete|(?:not )?ready for (?:production|"
    r"deployment|release|launch|go-live))",
    re.IGNORECASE,
)
#: A verdict that waits for something: "Once all locks are fitted, the house is ready".
_IF = re.compile(
    r"^\W*(?:once|when|after|if|as soon as|before|sobald|wenn|nach|dès que|quando|cuando|когда|после)\b", re.IGNORECASE
)
_DENIED = re.compile(r"\bnot(?: yet| fully| quite)*\W{1,3}(?:ready|production|feature)", re.IGNORECASE)
_VERDICTS = re.compile(
    r"conclu|verdict|sign-?off|decision|fazit|итог|结论|まとめ|結論|ready|summary of readiness|recommendation",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"\b(?:created|updated|reviewed|verified|generated|last modified)\b", re.IGNORECASE)
_MARKS_IN_LEGEND = 2
_SHORT = 60
_ANSWERS = frozenset(
    {"yes", "no", "n/a", "ja", "nein", "oui", "non", "sí", "si", "sim", "não", "да", "нет", "是", "否"}
)
#: A line in bold of more words than this is no title, but says something.
_TITLE = 6
_READY = re.compile(r"\b(?:is ready|ist bereit|est prêt|está listo|está pront|è pront)|готов\w*\b", re.IGNORECASE)
_WHEN = re.compile(r"(?:when|if|once|wenn|sobald|si|se|если|когда)\b", re.IGNORECASE)
_UNTIL = re.compile(
    r"\b(?:only (?:when|if|once)|until|unless|erst wenn|solange|tant que|hasta que|finché)\b", re.IGNORECASE
)


def take_paragraph(state: State, at: int, piece: Shaped) -> int:
    """Read one line of a paragraph; what is nested in a bullet goes to that bullet."""
    nest = state.nest(piece.indent) if piece.indent else None
    if not piece.indent:
        state.stack.clear()
    sentence = sentences.read(piece.line, piece.start)
    if _legend(state, piece, sentence):
        return at + 1
    if sentence.boxed:
        take(state, piece, make(piece, Kind.BOX, sentence), nest.draft if nest else None, "box")
        return at + 1
    if nest is not None and nest.draft is not None and _inside(state, piece, sentence, nest.draft):
        return at + 1
    if _result(state, piece, sentence):
        return at + 1
    if sentence.signed and _edge(piece, sentence) and not _heads(piece, sentence):
        draft = make(piece, Kind.MARK if not sentence.label else Kind.FIELD, sentence)
        if labels.expected(sentence.label or sentence.text) or _WHEN.match(bare(sentences.label(piece.content)[1])):
            draft.status, draft.because = Status.UNSAID, ""
        take(state, piece, draft, None, "mark")
        _lead_too(state, piece, sentence)
        return at + 1
    if take_field(state, at, piece, sentence) or _lead(state, at, piece, sentence):
        return at + 1
    return _prose(state, at, piece, sentence)


_LEGENDS = words.known("legends")


def _legend(state: State, piece: Shaped, sentence: Sentence) -> bool:
    """``[x] done | [~] deferred | ⏳ in progress`` explains marks and claims nothing."""
    spans = [*marks.boxes(piece.line, piece.start, len(piece.line)), *marks.signs(piece.line, piece.start)]
    named = sentence.label.lower() in _LEGENDS
    if not named and (len(spans) < _MARKS_IN_LEGEND or not _explains(piece.line, spans)):
        return False
    if not spans:
        return False
    state.note(piece.number, Role.CONTEXT, "legend")
    return True


def _explains(line: str, spans: list[Found]) -> bool:
    """Whether each mark of a line is followed by nothing but the name of a status."""
    spans = sorted(spans, key=lambda span: span.start)
    ends = [*(span.start for span in spans[1:]), len(line)]
    told = [line[span.end : end].strip(" \t|,;\u00b7/=:-\u2013\u2014()") for span, end in zip(spans, ends, strict=True)]
    if all(text.lower() in _ANSWERS for text in told):
        return False
    known = [text for text in told if text and len(text.split()) < 4 and marks.said(text, exact=True)]
    return len(known) > len(told) / 2 and all(len(text.split()) < 5 for text in told) and len(set(told)) > 1


def _inside(state: State, piece: Shaped, sentence: Sentence, parent: Draft) -> bool:
    """A paragraph of a bullet: a detail of it, or more about it."""
    why = _beside(state, piece, sentence, parent)
    if sentence.signed and not why:
        return False
    tell(state, parent, piece.content)
    state.also(piece.number, piece.number, why or "about the item above", parent)
    return True


def _edge(piece: Shaped, sentence: Sentence) -> bool:
    """Whether a sign begins or ends a line, or stands after a name; in the middle of prose it says little."""
    begin, end = len(piece.line), 0
    for span in sentence.spans:
        if not span.text[:1].isalnum():
            begin, end = min(begin, span.start), max(end, span.end)
    rest = piece.line[end:]
    before = piece.line[piece.start : begin].rstrip(" _>")
    if not before.strip("* ") or not any(map(str.isalpha, rest)) or sentence.label:
        return True
    if before.endswith("*") and before.count("**") % 2:
        return False
    return before.endswith(("`", "*", ":", "-", "\u2013", "\u2014", "\u2192", "(")) or len(piece.line) < _SHORT


def _heads(piece: Shaped, sentence: Sentence) -> bool:
    """``**✅ Completed:**`` is no claim of its own: it gives its status to the list below."""
    text = sentence.text.rstrip(":\uff1a ")
    return bool(piece.content.rstrip(" *_").endswith((":", "\uff1a")) and marks.said(text, exact=True))


def _lead_too(state: State, piece: Shaped, sentence: Sentence) -> None:
    if piece.content.rstrip(" *_").endswith((":", "\uff1a")):
        state.lead = leading(sentence.label or sentence.text, piece.number)
        if sentence.signed and BOLD.match(piece.content.strip()) and state.lead.given is Status.UNSAID:
            state.lead = replace(state.lead, given=sentence.status)


def _result(state: State, piece: Shaped, sentence: Sentence) -> bool:
    """``**Result**: ✅ 56/56 passing`` below code tells how that code went."""
    code = state.last_code
    if code is None or not labels.result(sentence.label) or sentence.status is Status.UNSAID:
        return False
    code.status, code.because = sentence.status, sentence.because
    code.marks.extend(span.at(piece.number) for span in sentence.spans)
    state.note(piece.number, Role.ITEM, "result of the code above", code)
    _lead_too(state, piece, sentence)
    return True


def _lead(state: State, at: int, piece: Shaped, sentence: Sentence) -> bool:
    """A line that is all bold, or ends in a colon, introduces what follows."""
    content = piece.content.strip()
    bold = BOLD.match(content)
    colon = content.rstrip(" *_").endswith((":", "\uff1a"))
    summary = piece.marker == "<summary>"
    if not (bold or colon or summary):
        return False
    title = unsigned(bare(content)).rstrip(":\uff1a ")
    found = _issue(state, piece, sentence, title) if bold else None
    if bold and not found and not colon and (sentence.worded or _VERDICT.search(title)):
        draft = make(piece, Kind.FIELD, sentence)
        if not sentence.worded:
            denied = re.search(r"\bnot ready\b", title, re.IGNORECASE)
            draft.status, draft.because = (Status.OPEN if denied else Status.DONE), title
        take(state, piece, draft, None, "a status in bold")
        found = draft
    if found is None and bold and len(title.split()) > _TITLE and "?" not in title:
        found = make(piece, Kind.SENTENCE, sentence)
        if moods.needs(title) or _UNTIL.search(title):
            found.status = Status.OPEN
        else:
            found.status = Status.DONE if _VERDICT.search(title) or _READY.search(title) else Status.UNSAID
        take(state, piece, found, None, "a sentence in bold")
    if found is None:
        state.note(piece.number, Role.CONTEXT, "introduces what follows")
    del at
    state.lead = leading(title, piece.number, found)
    if sentence.signed and state.lead.given is Status.UNSAID:
        state.lead = replace(state.lead, given=sentence.status)
    return True


def _issue(state: State, piece: Shaped, sentence: Sentence, title: str) -> Draft | None:
    if not ISSUE.match(title):
        return None
    draft = make(piece, Kind.FIELD, sentence)
    draft.text = title
    draft.status = Status.UNSAID if state.troubled else Status.OPEN
    take(state, piece, draft, None, "an issue")
    return draft


def _prose(state: State, at: int, piece: Shaped, sentence: Sentence) -> int:
    """The rest of a paragraph, up to a line of another kind; a verdict in it is an item."""
    pieces = state.pieces
    last = at
    while last + 1 < len(pieces) and pieces[last + 1].shape is Shape.TEXT and _runs_on(pieces[last + 1]):
        last += 1
    text = " ".join(pieces[index].content.strip() for index in range(at, last + 1))
    if state.last_code is not None and labels.expected(text) and not text.rstrip(" *_").endswith((":", "\uff1a")):
        expects(state.last_code, text)
        for index in range(at, last + 1):
            state.note(pieces[index].number, Role.CONTEXT, "expected of the code above")
        return last + 1
    state.lead = None
    first = piece.content
    if _verdict(state, text) or (_UPDATED.search(first) and len(first) < 160 and details.day(first)):
        draft = make(piece, Kind.SENTENCE, sentence)
        draft.text, draft.end = bare(text), pieces[last].number
        dated = not (_VERDICT.search(text) or _whole(text))
        draft.status = (
            Status.UNSAID if dated else Status.OPEN if _DENIED.search(text) or _IF.match(text) else Status.DONE
        )
        draft.because = "" if dated else text[:80]
        take(state, piece, draft, None, "verdict")
    else:
        for index in range(at, last + 1):
            state.note(pieces[index].number, Role.PROSE, "prose")
    if text.rstrip(" *_").endswith((":", "\uff1a")):
        title = bare(text).rstrip(": ")
        state.lead = leading(title[-160:], pieces[last].number)
    return last + 1


def _runs_on(piece: Shaped) -> bool:
    content = piece.content
    if content.startswith(("**", "__")) or marks.box(piece.line, piece.start):
        return False
    if "<input" in content.lower():
        return False
    return not marks.signs(piece.line, piece.start)


def _whole(text: str) -> bool:
    return ("ready" in text or "complete" in text) and bool(_WHOLE.search(text.replace("*", "")))


def _verdict(state: State, text: str) -> bool:
    section = state.section
    if _whole(text):
        return True
    return bool(
        section is not None
        and _VERDICTS.search(section.title)
        and _VERDICT.search(text.replace("*", ""))
        and not text.rstrip(" *_").endswith(":")
    )
