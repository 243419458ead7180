"""One line's own words: its marks, the status they come to, its label, and its text without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_readiness.checklist._read import marks
from pytest_readiness.checklist._read.marks import Found, Said
from pytest_readiness.checklist._read.prose import bare, pictorial, unsigned
from pytest_readiness.checklist.model import Status

_ARROW = re.compile(r"(?:\u2192|->|=>|\u279c|\u21d2|\u27a1\ufe0f?)\s*")
_TAIL = re.compile(r"\s(?:[-\u2013\u2014]|\|)\s+")
_BRACKET = re.compile(r"[(\[\uff08\u3010]([^()\[\]\uff08\uff09]{2,200})[)\]\uff09\u3011]\W*$")
_OPENING = re.compile(r"^\W{0,3}[\[(]?\**([^\W\d_][\w /-]{1,24}?)\**[\])]?\**\s*(?::\**|\]|\))\s*(?=\S)")
_STRUCK = re.compile(r"^~~(.{1,2000}?)~~")
_LABEL = re.compile(
    r"^\W{0,4}?(?:\*\*|__)(?P<bold>[^*_]{1,80}?)(?:\*\*|__)?\s*(?P<sep>[:\uff1a]|\s[-\u2013\u2014]\s)\s*(?:\*\*|__)?"
)
_PLAIN = re.compile(r"^(?P<bold>[^\W\d_][^:`*|<>\[\]{}]{0,48}?)(?P<sep>[:\uff1a])(?=\s|$)\s*")
#: Words that say too little outside of a cell or a field of its own.
_WEAK = frozenset(
    """
    new no yes go good next error critical required need needs needed missing open ready live up present exists ok
    available active closed check checked started planned remaining green red yellow stable secure excellent pass fail
    future later partial supported documented tested clean success reviewed enabled configured met go-live
    non não no ja да нет 是 否 sí sì sim oui
    """.split()
)
_OVERRULES = frozenset({Status.DEFERRED, Status.FALSE_POSITIVE, Status.NOT_APPLICABLE})
_NONE = re.compile(
    r"^\W*(?:none|no|not|zero|keine?|aucun\w*|ningun\w*|nenhum\w*|nessun\w*|нет|не)\b\s*(\w*)", re.IGNORECASE
)
_BAD = re.compile(
    r"error|issue|vulnerab|cycle|circular|warning|blocker|conflict|bug|leak|crash|failure|defect|duplicat|violation|"
    r"secret|regression|problem|deprecat|dead code|orphan|fehler|erreur|errore|erro|ошибк|错误",
    re.IGNORECASE,
)
_NOT_YET = frozenset("\u274c\u2717\u2718\u2716\u23f3\u231b\U0001f6a7\U0001f504\U0001f534")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a line says: ``spans`` are its marks, ``because`` the text that the status rests on."""

    text: str
    label: str
    status: Status
    because: str
    spans: tuple[Found, ...]
    boxed: bool
    signed: bool
    worded: bool
    struck: bool = False


def read(line: str, start: int, end: int | None = None) -> Sentence:
    """Take a line apart from ``start`` to ``end``."""
    stop = len(line) if end is None else end
    begin = start
    while line.startswith(("**", "__"), begin) and begin + 2 < stop:
        begin += 2
    box = marks.box(line, begin) or (marks.inputs(line, begin) if "<input" in line.lower() else None)
    if box is not None and box.end > stop:
        box = None
    after = begin if box is None else box.end
    signs = marks.signs(line, after, stop)
    word = words(line[after:stop])
    found: list[Found] = [] if box is None else [box]
    found.extend(signs)
    spoken: Found | None = None
    if word is not None:
        spoken = Found(after + word.start, after + word.end, line[after + word.start : after + word.end], word.status)
        if not any(sign.start < spoken.end and spoken.start < sign.end for sign in signs):
            found.append(spoken)
    cleaned = _text(line, after if box is not None and box.start == begin else start, stop, signs, box, spoken)
    status, because = decide(box, signs, spoken, line[after:stop], cleaned)
    struck = bool(_STRUCK.match(line[after:stop].strip().lstrip("*")))
    if struck and status in {Status.UNSAID, Status.OPEN} and box is None:
        status, because = Status.NOT_APPLICABLE, "struck through"
    name, _ = label(line[start if box is None else after : stop].strip())
    return Sentence(
        cleaned, name, status, because, tuple(sorted(found, key=lambda f: f.start)), box is not None, bool(signs),
        spoken is not None, struck,
    )  # fmt: skip


def decide(box: Found | None, signs: Sequence[Found], word: Found | None, rest: str, text: str) -> tuple[Status, str]:
    """The status that box, signs and words come to; where they differ, the one that claims less."""
    if box is not None:
        return _boxed(box, signs, word)
    if signs:
        return _signed(signs, word, rest, text)
    if word is not None:
        return word.status, word.text
    return Status.UNSAID, ""


def _boxed(box: Found, signs: Sequence[Found], word: Found | None) -> tuple[Status, str]:
    if word is not None and word.status in _OVERRULES:
        return word.status, word.text
    inner = box.text.strip("\\[] ")
    if inner in {"~", "-", "/"} and word is not None:
        return word.status, word.text
    deferred = next((sign for sign in signs if sign.status in _OVERRULES), None)
    if deferred is not None and box.status is not Status.DONE:
        return deferred.status, deferred.text
    if box.status is Status.DONE:
        if word is not None and word.status is Status.OPEN and not word.text[:1].isdigit():
            return Status.OPEN, word.text
        doubt = next((sign for sign in signs if sign.text.rstrip(marks.SELECTOR) in _NOT_YET), None)
        if doubt is not None and (word is None or word.status is not Status.DONE):
            return Status.OPEN, doubt.text
    return box.status, box.text


def _signed(signs: Sequence[Found], word: Found | None, rest: str, text: str) -> tuple[Status, str]:
    first = signs[0]
    if word is not None and word.status in _OVERRULES:
        return word.status, word.text
    if first.status is Status.DONE:
        if word is not None and word.status is Status.OPEN and not word.text[:1].isdigit():
            return Status.OPEN, word.text
        worse = next((sign for sign in signs if sign.status is not Status.DONE), None)
        return (worse.status, worse.text) if worse is not None else (first.status, first.text)
    if first.text.rstrip(marks.SELECTOR) in "\u274c\u2717\u2718\u2716\U0001f6ab":
        after = _NONE.match(rest[rest.find(first.text) + len(first.text) :])
        if after and (after[1].lower() in {"detected", "found", "gefunden"} or _BAD.search(text)):
            return Status.DONE, after[0].strip()
    if word is not None and word.status is Status.DONE and first.text.rstrip(marks.SELECTOR) not in "\u26a0":
        return word.status, word.text
    return first.status, first.text


def words(text: str) -> Said | None:
    """The status that a text states in words, where such words stand: after an arrow, at its end, before a colon."""
    if len(text) > 2000:  # noqa: PLR2004 - nobody writes so long a line by hand
        text = text[:2000]
    return _arrowed(text) or _bracketed(text) or _opening(text) or _trailing(text)


def _arrowed(text: str) -> Said | None:
    if not (
        "\u2192" in text or "->" in text or "=>" in text or "\u279c" in text or "\u21d2" in text or "\u27a1" in text
    ):
        return None
    for arrow in _ARROW.finditer(text):
        found = marks.said(_blank(text, arrow.end()), exact=True)
        if found is not None:
            phrase = text[found.start : found.end].lower()
            if phrase not in _WEAK and not (phrase[:1].isdigit() and "%" not in phrase):
                if phrase[:1].isdigit() and not re.match(
                    r"\s*(?:complete|done|ready|finished)", text[found.end :], re.I
                ):
                    continue
                return found
    return None


def _blank(text: str, upto: int) -> str:
    return " " * upto + text[upto:]


def _bracketed(text: str) -> Said | None:
    if not text.rstrip(" .*_\ufe0f")[-1:] in {")", "]", "\uff09", "\u3011"} and not any(map(pictorial, text[-3:])):
        return None
    found = _BRACKET.search(text)
    if found is None:
        return None
    said = marks.said(_blank(text, found.start(1))[: found.end(1)], exact=True)
    if said is None or text[said.start : said.end].lower() in _WEAK or text[said.start : said.start + 1].isdigit():
        return None
    return said


def _opening(text: str) -> Said | None:
    found = _OPENING.match(text)
    if found is None:
        return None
    phrase = found[1].strip().lower()
    said = marks.said(found[1], exact=True)
    if said is None or said.end < len(found[1].rstrip()) or phrase in _WEAK - {"missing", "needed"}:
        return None
    return Said(said.status, found.start(1) + said.start, found.start(1) + said.end)


def _trailing(text: str) -> Said | None:
    last = None
    for tail in _TAIL.finditer(text):
        last = tail
    if last is None:
        return _bold_end(text)
    said = marks.said(_blank(text, last.end()), exact=True)
    if said is None:
        return None
    phrase = text[said.start : said.end]
    rest = text[said.end :].strip(" *_.!\ufe0f")
    if phrase.lower() in _WEAK and not (phrase.isupper() and not rest):
        return None
    if phrase[:1].isdigit():
        return None
    if (
        rest
        and not rest.startswith(("(", ":", "-", "\u2013", "\u2014", ",", "\u2192"))
        and not any(map(pictorial, rest[:1]))
    ):
        return None
    return said


_BOLD_END = re.compile(r"(?:\*\*|__)([^*_]{2,40})(?:\*\*|__)\W*$")
_COLON_END = re.compile(r"[:\uff1a]\s*(?:\*\*)?\s*([^:\uff1a]{2,40})$")


def _bold_end(text: str) -> Said | None:
    """A status that ends a line in bold, or after its only colon."""
    for pattern in (_BOLD_END, _COLON_END):
        found = pattern.search(text) if pattern is _BOLD_END and "*" in text else None
        if pattern is _COLON_END and text.count(":") == 1:
            found = pattern.search(text)
        if found is None or found.start() == 0:
            continue
        said = marks.said(_blank(text, found.start(1))[: found.end(1)], exact=True)
        if said is None:
            continue
        phrase = text[said.start : said.end]
        if phrase.isupper() or (phrase.lower() not in _WEAK and not text[said.end : found.end(1)].strip(" *_.!")):
            if not phrase[:1].isdigit():
                return said
    return None


def label(text: str) -> tuple[str, str]:
    """The name that a text begins with, and what follows it."""
    found = _LABEL.match(text)
    if found is None and (":" in text or "\uff1a" in text):
        found = _PLAIN.match(text)
        if found is not None and len(found["bold"].split()) > 6:  # noqa: PLR2004 - a name is short
            found = None
    if found is None:
        return "", text
    return unsigned(bare(found["bold"])).strip(" :"), text[found.end() :].strip(" *_")


def _text(line: str, start: int, stop: int, signs: Sequence[Found], box: Found | None, word: Found | None) -> str:
    """The words of a line without its marks and what bound them."""
    text = line[start:stop]
    cuts = [(found.start - start, found.end - start) for found in signs]
    if box is not None and box.start >= start:
        cuts.append((box.start - start, box.end - start))
    if word is not None and not _needed(text, word, start):
        cuts.append(_around(text, word.start - start, word.end - start))
    for a, b in sorted(cuts, reverse=True):
        text = text[:a] + " " + text[b:]
    text = unsigned(bare(text))
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text).strip()
    return re.sub(r"(?:\s*(?:\u2192|->|=>|\s[-\u2013\u2014]))+\s*$", "", text).strip(" \t*:\u2192") or unsigned(
        bare(line[start:stop])
    )


def _needed(text: str, word: Found, start: int) -> bool:
    """Whether more follows the words than a mark of punctuation, so that taking them out would break the text."""
    return bool(re.match(r"\s*\w", text[word.end - start :]))


def _around(text: str, a: int, b: int) -> tuple[int, int]:
    while b < len(text) and text[b] in "*_:!.)] \ufe0f":
        b += 1
    while a and text[a - 1] in "*_([ ":
        a -= 1
    return a, b
