"""One line's own words: its marks, the status they come to, its label, and its text without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_readiness.checklist.model import Status
from pytest_readiness.checklist.reading import marks
from pytest_readiness.checklist.reading import vocabulary as words
from pytest_readiness.checklist.reading.marks import Found, Said
from pytest_readiness.checklist.reading.prose import bare, pictorial, unsigned

_ARROW = re.compile(r"(?:\u2192|->|=>|\u279c|\u21d2|\u27a1\ufe0f?)\s*")
_TAIL = re.compile(r"\s(?:[-\u2013\u2014]|\|)\s+")
_BRACKET = re.compile(r"[(\[\uff08\u3010]([^()\[\]\uff08\uff09]{2,200})[)\]\uff09\u3011]\W*$")
_OPENING = re.compile(r"^\W{0,3}[\[(]?\**([^\W\d_][\w /-]{1,24}?)\**[\])]?\**\s*(?::\**|\]|\))\s*(?=\S)")
_PARTS = re.compile(r"\s[-\u2013\u2014]\s|[,;]\s")
_HOLLOW = re.compile(r"\(\s*\)|\[\s*\]")
_WORD_AFTER = re.compile(r"\s*[,;]?\s*\w")
_FRACTION = re.compile(r"\s*(?:complete|done|ready|finished)", re.IGNORECASE)
_DASHES = re.compile(r"[-\u2013\u2014|]\s")
_DASHED = re.compile(r"\s[-\u2013\u2014]\s")
_CLOSE = re.compile(r"[)\]\uff09]")
_STRUCK = re.compile(r"^~~(.{1,2000}?)~~")
_LABEL = re.compile(
    r"^\W{0,4}?(?:\*\*|__)(?P<bold>(?:[^*_]|(?<=\w)_(?=\w)){1,80}?)(?:\*\*|__(?!_))?\s{0,4}(?P<sep>[:\uff1a]|"
    r"\s[-\u2013\u2014]\s)\s{0,9}(?:\*\*)?"
)
_PLAIN = re.compile(r"^(?P<bold>[^\W\d_][^:`*|<>\[\](){}]{0,48}?)(?P<sep>[:\uff1a])(?=\s|$)\s*")
_OVERRULES = frozenset({Status.DEFERRED, Status.FALSE_POSITIVE, Status.NOT_APPLICABLE})
_NONE = re.compile(
    r"^\W*(?:(?:none|no|zero|keine?|aucun\w*|ningun\w*|nenhum\w*|nessun\w*|нет|无|なし)\b\s*(\w*)"
    r"|not\s+(found|detected|present))",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"error|issue|vulnerab|cycle|circular|warning|blocker|conflict|bug|leak|crash|failure|defect|duplicat|violation|"
    r"regression|problem|deprecat|dead code|orphan|fehler|erreur|errore|erro|ошибк|错误",
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
    if box is None:
        box = _later(line, start, stop)
        if box is not None:
            begin = box.start
    first = box is None or not line[start:begin].strip(" *_")
    after = start if not first else begin if box is None else box.end
    signs = marks.signs(line, after, stop)
    word = spoken_in(_without(line, after, stop, signs))
    if word is not None and box is not None and after + word.start < box.end and box.start < after + word.end:
        word = None
    found: list[Found] = [] if box is None else [box]
    found.extend(signs)
    spoken: Found | None = None
    if word is not None:
        spoken = Found(after + word.start, after + word.end, line[after + word.start : after + word.end], word.status)
        if not any(sign.start < spoken.end and spoken.start < sign.end for sign in signs):
            found.append(spoken)
    cleaned = _text(line, after if box is not None and first else start, stop, signs, (box, spoken))
    status, because = decide(box, signs, spoken, line[after:stop], cleaned)
    if box is not None and not first and len(several := marks.boxes(line, start, stop)) > 1:
        cleaned = unsigned(bare(line[start : several[0].start])).strip(" :\u2013\u2014-") or cleaned
    struck = "~~" in line and bool(_STRUCK.match(line[after:stop].strip().lstrip("*")))
    if struck and status in {Status.UNSAID, Status.OPEN}:
        status, because = Status.NOT_APPLICABLE, "struck through"
    rest = line[start if box is None else after : stop].strip()
    name, _ = label(rest)
    return Sentence(
        cleaned, name, status, because, tuple(sorted(found, key=lambda f: f.start)), box is not None, bool(signs),
        spoken is not None, struck,
    )  # fmt: skip


_YES = re.compile(r"\s*(yes|ja|oui|s[ií]|sim|да|是|はい|pass|ready|go|approved|done)\b", re.IGNORECASE)
_NO = re.compile(r"\s*(no|nein|non|n[ãa]o|нет|否|いいえ|fail|not ready|no-go|rejected|not done)\b", re.IGNORECASE)


def _without(line: str, start: int, stop: int, signs: Sequence[Found]) -> str:
    """A part of a line with blanks for its signs, so that words are found beside them."""
    text = line[start:stop]
    for sign in signs:
        at = sign.start - start
        text = text[:at] + " " * (sign.end - sign.start) + text[at + sign.end - sign.start :]
    return text


def _later(line: str, start: int, stop: int) -> Found | None:
    """A box that does not begin its line: at its end, after a name, or the chosen one of "[x] Yes [ ] No"."""
    found = marks.boxes(line, start, stop)
    if not found:
        return None
    if len(found) == 1:
        only = found[0]
        ends = not line[only.end : stop].strip(" .*_|")
        named = line[start : only.start].rstrip(" *_").endswith((":", "-", "\u2013", "\u2014", "|"))
        return only if ends or named else None
    ticked = [each for each in found if each.status is Status.DONE]
    yes = [each for each in found if _YES.match(line, each.end)]
    no = [each for each in found if _NO.match(line, each.end)]
    if not yes or not no:
        return None
    for each in ticked:
        if each in yes and not any(other in no for other in ticked):
            return each
    return Found(yes[0].start, yes[0].end, yes[0].text, Status.OPEN)


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
    chosen = _chosen(signs, rest)
    if chosen is not None:
        return chosen
    if word is not None and word.status in _OVERRULES:
        return word.status, word.text
    if first.status is Status.DONE:
        if word is not None and word.status is Status.OPEN and not word.text[:1].isdigit():
            return Status.OPEN, word.text
        worse = next((sign for sign in signs if sign.status is not Status.DONE), None)
        return (worse.status, worse.text) if worse is not None else (first.status, first.text)
    if first.text.rstrip(marks.SELECTOR) in "\u274c\u2717\u2718\u2716\U0001f6ab":
        after = _NONE.match(rest[rest.find(first.text) + len(first.text) :])
        if after and (after[2] or after[1].lower() in {"detected", "found", "gefunden"} or _BAD.search(text)):
            return Status.DONE, after[0].strip()
    if word is not None and word.status is Status.DONE and first.text.rstrip(marks.SELECTOR) != "\u26a0":
        return word.status, word.text
    return first.status, first.text


_UNTICKED = frozenset("\u2610\u25a1\u2b1c\U0001f532\u25fb")
_TICKED = frozenset("\u2611\u2612\u2705\u2714")


def _chosen(signs: Sequence[Found], rest: str) -> tuple[Status, str] | None:
    """What drawn boxes say: one that is empty is open; of "☑ Yes ☐ No" the ticked one counts."""
    drawn = [sign.text.rstrip(marks.SELECTOR) for sign in signs]
    if drawn[0] in _UNTICKED and not set(drawn) & _TICKED:
        return Status.OPEN, signs[0].text
    if len(drawn) > 1 and set(drawn) & _UNTICKED and set(drawn) <= _UNTICKED | _TICKED:
        at = rest.find(next(sign for sign in drawn if sign in _TICKED))
        return (Status.DONE if _YES.match(rest[at + 1 :].lstrip(marks.SELECTOR)) else Status.OPEN), rest[at:].strip()
    return None


def spoken_in(text: str) -> Said | None:
    """The status that a text states in words, where such words stand: after an arrow, at its end, before a colon."""
    if len(text) > 2000:
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
            if phrase not in words.WEAK and not (phrase[:1].isdigit() and "%" not in phrase):
                if phrase[:1].isdigit() and not _FRACTION.match(text, found.end):
                    continue
                return found
    return None


def _blank(text: str, upto: int) -> str:
    return " " * upto + text[upto:]


def _bracketed(text: str) -> Said | None:
    if text.rstrip(" .*_\ufe0f")[-1:] not in {")", "]", "\uff09", "\u3011"} and not any(map(pictorial, text[-3:])):
        return None
    found = _BRACKET.search(text)
    if found is None:
        return None
    said = marks.said(_blank(text, found.start(1))[: found.end(1)], exact=True) or _doubted(text, found)
    if said is None or text[said.start : said.end].lower() in words.WEAK or text[said.start : said.start + 1].isdigit():
        return None
    return said


def _doubted(text: str, bracket: re.Match[str]) -> Said | None:
    """The doubt that a bracket ends with: "(for friends - in progress)"."""
    parts = list(_PARTS.finditer(bracket[1]))
    if not parts:
        return None
    last = parts[-1]
    said = marks.said(_blank(text, bracket.start(1) + last.end())[: bracket.end(1)], exact=True)
    return said if said is not None and said.status is Status.OPEN and said.end >= bracket.end(1) - 1 else None


def _opening(text: str) -> Said | None:
    head = text[:40]
    if ":" not in head and "]" not in head and ")" not in head:
        return None
    found = _OPENING.match(text)
    if found is None:
        return None
    phrase = found[1].strip().lower()
    said = marks.said(found[1], exact=True)
    if said is None or said.end < len(found[1].rstrip()) or phrase in words.WEAK - {"missing", "needed"}:
        return None
    return Said(said.status, found.start(1) + said.start, found.start(1) + said.end)


def _trailing(text: str) -> Said | None:
    if not _DASHES.search(text):
        return _bold_end(text)
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
    if phrase.lower() in words.WEAK and not (phrase.isupper() and not rest):
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
        if pattern is _COLON_END and text.count(":") + text.count("\uff1a") == 1:
            found = pattern.search(text)
        if found is None or found.start() == 0:
            continue
        said = marks.said(_blank(text, found.start(1))[: found.end(1)], exact=True)
        if said is None:
            continue
        phrase = text[said.start : said.end]
        after = text[said.end : found.end(1)].strip(" *_.!")
        plain = phrase.lower() not in words.WEAK and (not after or after.startswith("("))
        if (phrase.isupper() or plain) and not phrase[:1].isdigit():
            return said
    return None


def label(text: str) -> tuple[str, str]:
    """The name that a text begins with, and what follows it."""
    head = text[:8]
    found = _LABEL.match(text) if "**" in head or "__" in head else None
    if found is None and (":" in text or "\uff1a" in text):
        found = _PLAIN.match(text)
        if found is not None and (len(found["bold"].split()) > 6 or _DASHED.search(found["bold"])):
            found = None
    if found is None:
        return "", text
    return unsigned(bare(found["bold"])).strip(" :"), text[found.end() :].strip(" *")


def _text(line: str, start: int, stop: int, signs: Sequence[Found], bound: tuple[Found | None, Found | None]) -> str:
    """The words of a line without its marks and what bound them."""
    box, word = bound
    text = line[start:stop]
    cuts = [(found.start - start, found.end - start) for found in signs]
    if box is not None and box.start >= start:
        cuts.append((box.start - start, box.end - start))
    if word is not None and not _needed(text, word, start):
        cuts.append(_around(text, word.start - start, word.end - start))
    for a, b in sorted(cuts, reverse=True):
        text = text[:a] + " " + text[b:]
    text = unsigned(bare(text))
    if cuts and ("(" in text or "[" in text):
        text = _HOLLOW.sub("", text).strip()
    return _trimmed(text) or unsigned(bare(line[start:stop]))


def _trimmed(text: str) -> str:
    """Take arrows and dashes away that now bind nothing."""
    text = text.strip(" \t*:\u2192\u2013\u2014")
    while text.endswith(("->", "=>", " -")):
        text = text[:-2].rstrip(" \t*:\u2192\u2013\u2014")
    return text


def _needed(text: str, word: Found, start: int) -> bool:
    """Whether more follows the words than a mark of punctuation, so that taking them out would break the text."""
    return bool(_WORD_AFTER.match(text, word.end - start))


def _around(text: str, a: int, b: int) -> tuple[int, int]:
    """The words with what binds them to the text: a bracket that they open goes as a whole."""
    opened = text[:a].rstrip(" *_")
    if opened.endswith(("(", "[", "\uff08")) and (close := _CLOSE.search(text, b)):
        return len(opened) - 1, close.end()
    while b < len(text) and text[b] in "*_:!.)] \ufe0f":
        b += 1
    while a and text[a - 1] in "*_([ ":
        a -= 1
    return a, b
