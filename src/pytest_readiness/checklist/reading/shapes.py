"""What each line of a document looks like: heading, bullet, row, code, prose; the first look, line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto


class Shape(Enum):
    """What one line is in Markdown."""

    BLANK = auto()
    FRONT = auto()
    COMMENT = auto()
    HEADING = auto()
    UNDERLINE = auto()
    RULE = auto()
    FENCE = auto()
    CODE = auto()
    END = auto()
    HEAD = auto()
    BORDER = auto()
    ROW = auto()
    BULLET = auto()
    NUMBER = auto()
    TEXT = auto()
    TAG = auto()


@dataclass(frozen=True, slots=True)
class Shaped:
    """
    A line, up to ``LIMIT``, and its shape.

    ``indent`` are the columns before its first sign, ``start`` is the index at which its content starts, after
    bullet, number or ``#``. ``marker`` is what was passed over: ``-``, ``3.``, ``##``, or a fence's language.
    ``level`` is a heading's.
    """

    number: int
    shape: Shape
    line: str
    indent: int = 0
    start: int = 0
    marker: str = ""
    level: int = 0
    whole: bool = True

    @property
    def content(self) -> str:
        """The line from ``start`` on."""
        return self.line[self.start :]


_LEAD = re.compile(r"[ \t\u00a0\u3000]*(?:>[ \t]?[ \t\u00a0]*)*")
_BULLET = re.compile(
    r"(?:[-*+\u2022\u25cf\u25aa\u2023\u25e6\u30fb\u00b7]|\u2013(?= ))"
    r"(?=[ \t\u00a0\u3000]|$|\[[ xX]?\](?!\())[ \t\u00a0\u3000]*"
)
_NUMBER = re.compile(r"(\d{1,4}(?:\.\d{1,3}){0,3}[.)]|[a-zA-Z][.)]|\(\d{1,3}\)|\d{1,4}\ufe0f?\u20e3)[ \t\u00a0]+")
_KEYCAP = re.compile(r"\d{1,2}\ufe0f?\u20e3[ \t]*")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_TIGHT = re.compile(r"(#{1,6})(?=[^\s#!])")
_FENCE = re.compile(r"(`{3,}|~{3,})([^`]*)$")
_HTML_HEADING = re.compile(r"<h([1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^<>]{0,200}>[ \t]*(?:<p>[ \t]*)?", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_SUMMARY = re.compile(r"<summary\b[^<>]{0,200}>", re.IGNORECASE)
_RULE = frozenset("-*_ \t")
_BORDER = frozenset("|:-+ \t")
_SHORT = 80
#: So much of a line is looked at: nobody writes longer ones, and no pattern may run away on one.
LIMIT = 4000


def shapes(lines: Sequence[str]) -> list[Shaped]:
    """Look at every line once, in order."""
    return _Looking(lines).all()


class _Looking:
    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.out: list[Shaped] = []
        self.fence = ""
        self.opened = 0
        self.comment = False

    def all(self) -> list[Shaped]:
        index = self._front()
        for number in range(index + 1, len(self.lines) + 1):
            self.out.append(self._one(number, self.lines[number - 1][:LIMIT]))
        if self.fence:
            self._never_closed()
        return self.out

    def _front(self) -> int:
        """Pass over YAML or TOML front matter."""
        lines = self.lines
        if not lines or lines[0].rstrip() not in {"---", "+++"}:
            return 0
        mark = lines[0].rstrip()
        for index in range(1, min(len(lines), 200)):
            if lines[index].rstrip() == mark or (mark == "---" and lines[index].rstrip() == "..."):
                if any(":" in line or "=" in line for line in lines[1:index]):
                    self.out = [Shaped(at + 1, Shape.FRONT, lines[at]) for at in range(index + 1)]
                    return index + 1
                return 0
            if lines[index].startswith("#") and mark == "---" and index > 1 and not lines[index - 1].strip():
                return 0
        return 0

    def _never_closed(self) -> None:
        """A fence that nothing closes: all below it is code that no item may come from."""
        for index in range(self.opened - 1, len(self.out)):
            old = self.out[index]
            if old.shape in {Shape.FENCE, Shape.CODE}:
                self.out[index] = Shaped(
                    old.number, old.shape, old.line, old.indent, old.start, old.marker, whole=False
                )

    def _one(self, number: int, line: str) -> Shaped:
        lead = _LEAD.match(line)
        start = lead.end() if lead else 0
        if self.fence:
            return self._within(number, line, start)
        if start == len(line):
            return Shaped(number, Shape.BLANK, line)
        indent = _columns(line[:start])
        first = line[start]
        if self.comment:
            self.comment = "-->" not in line
            return Shaped(number, Shape.COMMENT, line, indent, start)
        if first in "`~":
            opened = _FENCE.match(line, start)
            if opened:
                self.fence, self.opened = opened[1], number
                return Shaped(number, Shape.FENCE, line, indent, start, opened[2].strip())
        return self._open(number, line, indent, start, first)

    def _within(self, number: int, line: str, start: int) -> Shaped:
        text = line[start:].rstrip()
        if text.startswith(self.fence) and not text.strip(self.fence[0]):
            self.fence = ""
            return Shaped(number, Shape.END, line, start=start)
        return Shaped(number, Shape.CODE, line, start=start)

    def _open(self, number: int, line: str, indent: int, start: int, first: str) -> Shaped:
        """Tell a line outside of code by its first sign."""
        if first == "#":
            found = _HEADING.match(line, start) or _TIGHT.match(line, start)
            if found:
                return Shaped(number, Shape.HEADING, line, indent, found.end(), found[1], len(found[1]))
        if first in "-*_" and self._rule(line, start):
            return self._ruled(number, line, indent, start)
        if first == "=" and not line[start:].strip("= \t") and self._under():
            return self._underlined(number, line, 1)
        if first in "|-:+" and self._border(line):
            self._headed()
            return Shaped(number, Shape.BORDER, line, indent, start)
        if "|" in line and self.out and self.out[-1].shape in {Shape.BORDER, Shape.ROW}:
            return Shaped(number, Shape.ROW, line, indent, start)
        return self._listed(number, line, indent, start)

    def _listed(self, number: int, line: str, indent: int, start: int) -> Shaped:
        """Tell a bullet or a number from text."""
        first = line[start]
        found = _BULLET.match(line, start)
        if found:
            return Shaped(number, Shape.BULLET, line, indent, found.end(), first)
        if first.isdigit() or first == "(" or (first.isalpha() and line[start + 1 : start + 2] in {".", ")"}):
            found = _NUMBER.match(line, start) or _KEYCAP.match(line, start)
            if found:
                return Shaped(number, Shape.NUMBER, line, indent, found.end(), found[0].strip())
        if first == "<":
            return self._tagged(number, line, indent, start)
        return Shaped(number, Shape.TEXT, line, indent, start)

    def _tagged(self, number: int, line: str, indent: int, start: int) -> Shaped:
        if line.startswith("<!--", start):
            self.comment = "-->" not in line[start:]
            return Shaped(number, Shape.COMMENT, line, indent, start)
        found = _ITEM.search(line, start)
        if found:
            return Shaped(number, Shape.BULLET, line, indent, found.end(), "<li>")
        found = _HTML_HEADING.match(line, start)
        if found:
            return Shaped(number, Shape.HEADING, line, indent, found.end(), found[0], int(found[1]))
        found = _SUMMARY.search(line, start)
        if found:
            return Shaped(number, Shape.TEXT, line, indent, found.end(), "<summary>")
        if "<input" in line.lower() or _TAG.sub("", line[start:]).strip():
            return Shaped(number, Shape.TEXT, line, indent, start)
        return Shaped(number, Shape.TAG, line, indent, start)

    @staticmethod
    def _rule(line: str, start: int) -> bool:
        rest = line[start:].strip()
        return len(rest) > 2 and not rest.strip(rest[0] + " \t")

    @staticmethod
    def _border(line: str) -> bool:
        return "-" in line and ("|" in line or "+" in line) and not set(line.strip().lstrip("> ")) - _BORDER

    def _ruled(self, number: int, line: str, indent: int, start: int) -> Shaped:
        text = self.out[-1] if self.out else None
        dashes = line[start:].strip()
        above = self.out[-2].shape if len(self.out) > 1 else Shape.BLANK
        if (
            text is not None
            and set(dashes) == {"-"}
            and self._under()
            and above in {Shape.BLANK, Shape.HEADING, Shape.FRONT, Shape.RULE}
            and len(text.line) < _SHORT
            and not text.content.startswith(("**", "*", "_"))
            and text.content.rstrip()[-1:] not in {".", ":", ";", "!", ")"}
        ):
            return self._underlined(number, line, 2)
        return Shaped(number, Shape.RULE, line, indent, start)

    def _under(self) -> bool:
        above = self.out[-1] if self.out else None
        return above is not None and (above.shape is Shape.TEXT or "\u20e3" in above.marker)

    def _underlined(self, number: int, line: str, level: int) -> Shaped:
        old = self.out[-1]
        self.out[-1] = Shaped(old.number, Shape.HEADING, old.line, old.indent, old.start, "", level)
        return Shaped(number, Shape.UNDERLINE, line)

    def _headed(self) -> None:
        """The line above a table's border is its head."""
        if self.out and self.out[-1].shape in {Shape.TEXT, Shape.BULLET} and "|" in self.out[-1].line:
            old = self.out[-1]
            self.out[-1] = Shaped(old.number, Shape.HEAD, old.line, old.indent, old.start)


def _columns(space: str) -> int:
    if space.isspace() and "\t" not in space:
        return len(space)
    columns = 0
    for sign in space:
        columns = columns // 4 * 4 + 4 if sign == "\t" else columns + 1
    return columns
