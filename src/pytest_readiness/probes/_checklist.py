"""
Boxes in Markdown, and what a document says of how much is done.

Boxes are those of GitHub's task lists, in lists and in cells of tables; fenced and indented code
and comments hold none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

#: Claims that differ by less than this, in percent, are the same one rounded.
ROUNDING = 0.5

_QUOTE = r"[ \t]*(?:>[ ]?)*"
_FENCE = re.compile(rf"{_QUOTE}[ \t]*(?:(?:[-*+]|[0-9]{{1,9}}[.)])[ \t]+)?(`{{3,}}|~{{3,}})(.*)")
_BOX = r"(?:\[[ \t]*([xX~/!>?-]?)[ \t]*\]|([\u2610\u2611]))"
_ITEM = re.compile(rf"{_QUOTE}([ \t]*)(?:[-*+]|[0-9]{{1,9}}[.)])[ \t]+{_BOX}(?=[ \t]+(\S)|[ \t]*$)")
_LIST = re.compile(rf"{_QUOTE}[ \t]*(?:[-*+]|[0-9]{{1,9}}[.)])[ \t]")
_CELL = re.compile(rf"{_BOX}(?![(\[:])")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_CHECKED = frozenset({"x", "X", "\u2611"})
_CODE_INDENT = 4

_WORD = re.compile(r"\b(?:overall|total|completed?|completion|ready|readiness|done|progress)\b", re.IGNORECASE)
_LEFT = re.compile(
    r"\b(?:remaining|left|missing|target|goal|expected?|required?|below|under|previously|was)\b\W*$", re.IGNORECASE
)
_PERCENT = re.compile(r"(?<![\w.,-])([0-9]{1,3}(?:[.,][0-9]{1,6})?)[ \t]*%")
_PART = re.compile(r"(?<![\w/.])([0-9]{1,6})[ \t]*(?:/|of|out of)[ \t]*([0-9]{1,6})(?![\w/])(?!\.[0-9])")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of prose: its number from 1, its text, and the level of heading it is (0: none)."""

    number: int
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A box: the number of its line, from 1, and whether it is checked."""

    line: int
    checked: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """How much a line says is done, in percent."""

    line: int
    percent: float


def prose(text: str) -> list[Line]:
    """Return the lines of *text* that are neither code nor comment."""
    return list(_prose(_without_comments(text).split("\n")))


def section(lines: Sequence[Line], title: re.Pattern[str]) -> list[Line]:
    """Return the heading that *title* is found in, and what is below it; nothing if there is none."""
    for index, line in enumerate(lines):
        if line.level and title.search(_HEADING.sub(r"\2", line.text)):
            end = (n for n, other in enumerate(lines) if n > index and 0 < other.level <= line.level)
            return list(lines[index : next(end, len(lines))])
    return []


def boxes(lines: Iterable[Line]) -> Iterator[Box]:
    """Yield the boxes; one that is neither checked nor empty (``[-]``, ``[~]``) is open."""
    for line in lines:
        item = _ITEM.match(line.text)
        if item:
            yield Box(line.number, (item[2] or item[3]) in _CHECKED)
        elif "|" in line.text:
            for cell in line.text.replace("\\|", " ").split("|"):
                if found := _CELL.match(cell.strip()):
                    yield Box(line.number, (found[1] or found[2]) in _CHECKED)


def claims(lines: Sequence[Line], *, whole: bool) -> list[Claim]:
    """
    Return what *lines* say of how much is done.

    Of a *whole* document, headings below the first level speak of their section only, and list items and
    rows of tables of one thing; of a section, its heading speaks.
    """
    if not whole:
        return [claim for line in lines[:1] if (claim := _claim(line))]
    speaking = (line for line in lines if line.level <= 1 and not _LIST.match(line.text) and "|" not in line.text)
    return [claim for line in speaking if (claim := _claim(line))]


def claims_by(regex: re.Pattern[str], hits: Iterable[tuple[Line, int]]) -> list[Claim]:
    """Return the claims in *hits*: lines, and where *regex* matches there. ``ValueError`` for one with no number."""
    return [Claim(line.number, _percent_by(regex, line, start)) for line, start in hits]


def different(found: Sequence[Claim]) -> list[Claim]:
    """Return the claims that are more than a rounding apart, each by its first line."""
    kept: list[Claim] = []
    for claim in found:
        if all(abs(claim.percent - other.percent) > ROUNDING for other in kept):
            kept.append(claim)
    return kept


def _percent_by(regex: re.Pattern[str], line: Line, start: int) -> float:
    match = regex.match(line.text, start)
    words = [word.replace(",", ".") for word in match.groups() if word] if match else []
    numbers = [float(word) for word in words if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", word)]
    if len(numbers) != len(words) or not numbers or (len(numbers) > 1 and not numbers[1]):
        raise ValueError(f"claim matches line {line.number}, but its groups are not a percentage, or two numbers")
    return numbers[0] if len(numbers) == 1 else 100.0 * numbers[0] / numbers[1]


def _claim(line: Line) -> Claim | None:
    """Return the first percentage, else the first N/M, of a line that has a word for being done."""
    if not _WORD.search(line.text):
        return None
    for match in _PERCENT.finditer(line.text):
        if not _LEFT.search(line.text[: match.start()]):
            return Claim(line.number, float(match[1].replace(",", ".")))
    for match in _PART.finditer(line.text):
        if int(match[2]) and int(match[1]) <= int(match[2]) and not _LEFT.search(line.text[: match.start()]):
            return Claim(line.number, 100.0 * int(match[1]) / int(match[2]))
    return None


def _without_comments(text: str) -> str:
    """Return *text* with its HTML comments emptied; a line stays a line."""
    parts = text.split("<!--")
    kept = [parts[0]]
    for part in parts[1:]:
        inside, closed, after = part.partition("-->")
        kept.append("\n" * inside.count("\n") + after if closed else "<!--" + part)
    return "".join(kept)


def _prose(lines: Sequence[str]) -> Iterator[Line]:
    fence = ""
    listing = blank = False
    for number, raw in enumerate(lines, 1):
        text = raw.expandtabs(4).rstrip()
        opened = _FENCE.match(text)
        if fence:
            if opened and opened[1].startswith(fence) and not opened[2].strip():
                fence = ""
            continue
        if opened and not (opened[1][0] == "`" and "`" in opened[2]):
            fence = opened[1]
            listing = listing or bool(_LIST.match(text))
            continue
        if not text:
            blank = True
            continue
        indent = len(text) - len(text.lstrip())
        listing = (bool(_LIST.match(text)) and (listing or indent < _CODE_INDENT)) or (
            listing and (indent > 0 or not blank)
        )
        if indent < _CODE_INDENT or listing or not blank:
            heading = _HEADING.match(text)
            yield Line(number, text, len(heading[1]) if heading else 0)
            blank = False
