"""Where a status stands in a line: boxes, emoji, words. Every mark is an exact span."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pytest_readiness.checklist.model import Mark, Status
from pytest_readiness.checklist.reading import vocabulary as words

SELECTOR = "\ufe0f"
_BOX = re.compile(
    r"(\\?\[)([ \t\u00a0\u3000]{0,4}(?:[^\[\]\\`\w \t\u00a0\u3000][\ufe0f\u20e3]?|"
    r"[xXvV\u0445\u0425dDoO])?[ \t\u00a0\u3000]{0,4})(\\?\])"
    r"(?![(\[:])"
)
_INPUT = re.compile(r"<input\b[^<>]{0,300}>", re.IGNORECASE)
_CHECKBOX = re.compile(r"type\s{0,9}=\s{0,9}[\"']?checkbox", re.IGNORECASE)
_CHECKED = re.compile(r"\bchecked\b", re.IGNORECASE)
_SIGN = re.compile(
    "(?:" + "|".join(map(re.escape, sorted(words.SIGNS, key=len, reverse=True))) + ")\ufe0f?"
    r"|:(?:" + "|".join(map(re.escape, sorted(words.SHORTCODES, key=len, reverse=True))) + "):"
)  # fmt: skip
_TICKS = re.compile(r"(`+)")
_PERCENT = re.compile(r"[~\u2248]?(\d{1,3}(?:[.,]\d{1,3})?)\s?%")
_RATIO = re.compile(r"(\d{1,6})\s?/\s?(\d{1,6})(?![\d/])")
_WORD = re.compile(r"[^\s\uff1a\uff08\uff09\u3002\uff0c\u3001]+")
_EDGE = " \t*_~`\"'\u201c\u201d\u2192>.,;:!?()[]{}|\u2013\u2014-\u3002\uff0c\uff1a\uff08\uff09\ufe0f"
_LONGEST = 5
#: First words of all phrases: whatever begins with another states nothing.
_FIRSTS = frozenset(phrase.split()[0].strip(_EDGE) for phrase in words.PHRASES)


@dataclass(frozen=True, slots=True)
class Found:
    """A mark in a line that is not yet bound to an item."""

    start: int
    end: int
    text: str
    status: Status

    def at(self, line: int) -> Mark:
        """The mark, in its line."""
        return Mark(line, self.start, self.end, self.text, self.status)


def box(line: str, start: int) -> Found | None:
    """A box that begins at ``start``: ``[x]``, ``[ ]``, ``[~]``; never a link."""
    first = line[start : start + 1]
    if first not in {"[", "\\"}:
        return inputs(line, start) if first == "<" else None
    found = _BOX.match(line, start)
    if found is None:
        return None
    after = line[found.end() : found.end() + 1]
    inner = found[2].strip(" \t\u00a0\u3000")
    if after and ((after.isalnum() and not found[2]) or after == "]") and not inner:
        return None
    status = words.BOXES.get(inner)
    if status is None:
        status = words.SIGNS.get(inner.rstrip(SELECTOR), Status.OPEN)
    return Found(found.start(), found.end(), found[0], status)


def boxes(line: str, start: int, end: int) -> list[Found]:
    """All boxes of a line that stand by themselves, wherever they are, but not in code."""
    if line.find("[", start, end) < 0:
        return []
    spans = code_spans(line) if "`" in line else []
    found: list[Found] = []
    for match in _BOX.finditer(line, start, end):
        before, after = line[match.start() - 1 : match.start()], line[match.end() : match.end() + 1]
        loose = (not before or before in " \t\u00a0|>(*_:") and (not after or after in " \t\u00a0|<)*_,;")
        if loose and not any(a <= match.start() < b for a, b in spans) and (one := box(line, match.start())):
            found.append(one)
    return found


def choice(text: str) -> bool:
    """Whether a text offers statuses to choose from ("READY / NOT READY", "Yes/No"), and so states none."""
    parts = re.split(r"\s*(?:/|\||\bor\b)\s*", text.strip(_EDGE), maxsplit=4)
    if not 1 < len(parts) < 5:
        return False
    if "n/a" in text.lower() and len(parts) == 2:
        return False
    told = [said(part, exact=True) for part in parts]
    return all(told) and len({each.status for each in told if each}) > 1


def inputs(line: str, start: int = 0) -> Found | None:
    """The first ``<input type=checkbox>`` of a line."""
    if "<" not in line:
        return None
    for found in _INPUT.finditer(line, start):
        if _CHECKBOX.search(found[0]):
            ticked = bool(_CHECKED.search(found[0]))
            return Found(found.start(), found.end(), found[0], Status.DONE if ticked else Status.OPEN)
    return None


def signs(line: str, start: int = 0, end: int | None = None) -> list[Found]:
    """All status emoji and shortcodes from ``start`` on that are not in code."""
    stop = len(line) if end is None else end
    if line.isascii() and line.count(":", start, stop) < 2:
        return []
    found = list(_signs(line, start, stop))
    if found and "`" in line:
        spans = code_spans(line)
        found = [each for each in found if not any(a <= each.start < b for a, b in spans)]
    return found


def _signs(line: str, start: int, stop: int) -> Iterator[Found]:
    for found in _SIGN.finditer(line, start, stop):
        text = found[0]
        sign = text.rstrip(SELECTOR)
        status = words.SHORTCODES[sign.strip(":")] if sign.startswith(":") else words.SIGNS[sign]
        yield Found(found.start(), found.end(), text, status)


def code_spans(line: str) -> list[tuple[int, int]]:
    """Where there is inline code, in backticks."""
    spans: list[tuple[int, int]] = []
    ticks = list(_TICKS.finditer(line))
    closers: dict[str, list[int]] = {}
    for index, tick in enumerate(ticks):
        closers.setdefault(tick[1], []).append(index)
    at = 0
    while at < len(ticks):
        same = closers[ticks[at][1]]
        while same and same[0] <= at:
            same.pop(0)
        if not same:
            at += 1
            continue
        close = same.pop(0)
        spans.append((ticks[at].start(), ticks[close].end()))
        at = close + 1
    return spans


@dataclass(frozen=True, slots=True)
class Said:
    """A status in words: ``end`` is where they end in the text that was asked about."""

    status: Status
    start: int
    end: int


def said(text: str, *, exact: bool = False) -> Said | None:
    """
    The status that a text begins with ("Deferred: no load yet", "85% complete", "5/7").

    ``exact`` asks that nothing follows but punctuation, a reason in brackets or after a colon or dash.
    """
    start = len(text) - len(text.lstrip(_EDGE))
    share = _share(text, start)
    if share is not None:
        return share
    first = _WORD.match(text, start)
    if first is None or first[0].strip(_EDGE).lower() not in _FIRSTS:
        return None
    tokens = []
    for token in _WORD.finditer(text, start):
        tokens.append(token)
        if len(tokens) == _LONGEST or token[0][-1] in ".,;:!)":
            break
    for count in range(len(tokens), 0, -1):
        phrase = " ".join(token[0] for token in tokens[:count]).strip(_EDGE).lower()
        status = words.PHRASES.get(phrase)
        if status is not None:
            end = tokens[count - 1].end()
            last = tokens[count - 1][0]
            end -= len(last) - len(last.rstrip(_EDGE))
            if exact and not _ends(text, end):
                return None
            return Said(status, start, end)
    return None


_BY = re.compile(r"(?:by|in|via|with|on|at|using|through|since|as of)\b")


def _ends(text: str, end: int) -> bool:
    rest = text[end:].lstrip(" \t*_~`\ufe0f")
    return not rest or bool(_BY.match(rest)) or rest[0] in ".,;:!()[]|\u2013\u2014-\u2192\uff08\uff1a\u3002"


def _share(text: str, start: int) -> Said | None:
    if not text[start : start + 1].isdigit() and text[start : start + 1] not in {"~", "\u2248"}:
        return None
    percent = _PERCENT.match(text, start)
    if percent:
        full = float(percent[1].replace(",", ".")) >= 100
        return Said(Status.DONE if full else Status.OPEN, start, percent.end())
    ratio = _RATIO.match(text, start)
    if ratio and int(ratio[2]):
        return Said(Status.DONE if int(ratio[1]) >= int(ratio[2]) else Status.OPEN, start, ratio.end())
    return None
