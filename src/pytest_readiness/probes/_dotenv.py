"""
The ``.env`` format, read strictly: what one reader takes for a value and another one does not is a problem.

No text here, in messages least of all, shows a value, nor what stands where a name should be.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes import _glob

#: A larger file is not a .env; in bytes.
LIMIT = 1024 * 1024

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EXPORT = re.compile(r"\s*(?:export[ \t]+)?")
# Not "abc==", which is how base64 ends: it may well stand inside a quoted value.
_NEXT_ASSIGNMENT = re.compile(r"\s*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*[ \t]*=(?!=*\s*$)")
_STRANGE = re.compile("[\udc80-\udcff\0\r\ufffd\u00a0\u200b\ufeff]")
_CLOSING = {'"': re.compile(r'(?:[^"\\]|\\.)*+(")', re.DOTALL), "'": re.compile(r"[^']*+(')")}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'", "$": "$"}
_WRONG = {
    "\0": "a NUL byte",
    "\r": "a carriage return that does not end the line",
    "\ufffd": "U+FFFD, which stands where an earlier program could not read the file",
    "\u00a0": "a no-break space",
    "\u200b": "a zero width space",
    "\ufeff": "a byte order mark in the middle of the file",
}
_CURLY = "\u2018\u2019\u201c\u201d\u201e\u00ab"


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    Something wrong at a line and column, both from 1; a column counts characters.

    ``fatal`` if it makes values doubtful: readers disagree about them, or nobody can tell.
    """

    line: int
    column: int
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True)
class Dotenv:
    """
    What a ``.env`` file holds: names with their values, in order, and all that is wrong with it.

    ``encoding_ok`` if it is UTF-8 throughout, ``bom`` if it begins with a byte order mark.
    """

    entries: Sequence[tuple[str, str]] = ()
    troubles: Sequence[Trouble] = ()
    encoding_ok: bool = True
    bom: bool = False

    @cached_property
    def values(self) -> Mapping[str, str]:
        """The value of each name; of one that is there twice, the last."""
        return dict(self.entries)

    @cached_property
    def duplicates(self) -> tuple[str, ...]:
        """The names that are there more than once."""
        return tuple(name for name, times in Counter(name for name, _ in self.entries).items() if times > 1)


def read(path: Path, shown: str) -> Dotenv:
    """Read the file at *path*; ``CannotMeasure`` names it as *shown* where it cannot be read at all."""
    if not _glob.is_file(path):
        raise CannotMeasure(f"{shown} is not a file" if path.exists() else f"{shown} is not there")
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise CannotMeasure(f"{shown} cannot be read: {error.strerror}") from None
    if len(data) > LIMIT:
        raise CannotMeasure(f"{shown} is larger than {LIMIT // 1024} KiB: that is no .env file")
    return parse(data)


def parse(data: bytes) -> Dotenv:
    """Read a ``.env`` file that consists of *data*."""
    utf16 = _utf16(data)
    bom = data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    text = data.decode(utf16, "replace") if utf16 else data.decode("utf-8", "surrogateescape")
    reader = _Reader(text.removeprefix("\ufeff").split("\n"))
    if utf16:
        reader.trouble(0, 0, "the file is UTF-16: save it as UTF-8")
    elif bom:
        message = "a byte order mark, which becomes part of the first name: save the file as UTF-8 without it"
        reader.trouble(0, 0, message, fatal=False)
    reader.run()
    troubles = sorted(reader.troubles, key=lambda trouble: (trouble.line, trouble.column))
    return Dotenv(reader.entries, troubles, encoding_ok=not utf16 and not re.search("[\udc80-\udcff]", text), bom=bom)


def _utf16(data: bytes) -> str | None:
    """Return the name of the UTF-16 that *data* is in, with a byte order mark or without, None if it is not."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data.count(0) * 3 < len(data) or not data:
        return None
    return "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"


@dataclass
class _Reader:
    """Goes through the lines once; line and column of its own count from 0."""

    lines: Sequence[str]
    entries: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def trouble(self, line: int, column: int, message: str, *, fatal: bool = True) -> None:
        self.troubles.append(Trouble(line + 1, column + 1, message, fatal))

    def run(self) -> None:
        self.lines = [line.removesuffix("\r") for line in self.lines]
        for number, line in enumerate(self.lines):
            for found in _STRANGE.finditer(line):
                self.trouble(number, found.start(), _what_is(found[0]))
        number = 0
        while number < len(self.lines):
            line = self.lines[number].strip()
            number = number + 1 if not line or line.startswith("#") else self.assignment(number)

    def assignment(self, number: int) -> int:
        """Read the assignment that begins in line *number*; return the number of the line after it."""
        line = self.lines[number]
        head, equals, tail = line.partition("=")
        if not equals:
            message = "there is no = in this line: a value of several lines needs quotes"
            self.trouble(number, len(line) - len(line.lstrip()), message)
            return number + 1
        column = _leading(head)
        name = head[column:].rstrip()
        good = _NAME.fullmatch(name) is not None
        if not good:
            self.trouble(number, column, "what stands before = is not a name of letters, digits and _")
        elif name in self.known:
            self.trouble(number, column, f"{name} is there already", fatal=False)
        text = tail.lstrip()
        spaced = head != head.rstrip() or (text != tail and text[:1] not in {"", "#"})
        if spaced:
            message = "white space beside =, which a shell and docker --env-file do not allow"
            self.trouble(number, len(head.rstrip()), message, fatal=False)
        value, after = self.value(number, len(line) - len(text), commented=text != tail)
        if good:
            self.entries.append((name, value))
            self.known.add(name)
        return after

    def value(self, number: int, start: int, *, commented: bool) -> tuple[str, int]:
        """Return the value that begins at *start*, and the number of the line after it."""
        text = self.lines[number][start:]
        if text[:1] in {'"', "'"}:
            return self.quoted(number, start)
        if text[:1] and text[0] in _CURLY:
            self.trouble(number, start, "a curly quote is not a quote: type a straight one")
        plain = "" if commented and text.startswith("#") else re.split(r"\s#", text, maxsplit=1)[0].rstrip()
        for quote in ('"', "'"):
            if plain.count(quote) % 2:
                self.trouble(number, start + plain.index(quote), f"a {quote} without its partner")
        return plain, number + 1

    def quoted(self, number: int, start: int) -> tuple[str, int]:
        """Return the value whose opening quote is at *start*, over as many lines as it takes."""
        quote = self.lines[number][start]
        parts: list[str] = []
        for last in range(number, len(self.lines)):
            text = self.lines[last] if last > number else self.lines[number][start + 1 :]
            if last > number and _NEXT_ASSIGNMENT.match(text):
                break
            closing = _CLOSING[quote].match(text)
            if closing is None:
                parts.append(text)
                continue
            rest = text[closing.end() :]
            if rest.strip() and not rest.lstrip().startswith("#"):
                self.trouble(last, len(self.lines[last]) - len(rest), "there is more after the closing quote")
            value = "\n".join([*parts, text[: closing.start(1)]])
            return _ESCAPE.sub(_unescaped, value) if quote == '"' else value, last + 1
        self.trouble(number, start, f"the {quote} that opens here is never closed")
        return "", number + 1


def _leading(head: str) -> int:
    """Return the length of the blanks and of ``export`` before a name."""
    match = _EXPORT.match(head)
    return match.end() if match else 0


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[1], match[0])


def _what_is(character: str) -> str:
    """Say what is wrong with one character that has no place in the file."""
    if character in _WRONG:
        return _WRONG[character]
    byte = bytes([ord(character) - 0xDC00])
    try:
        name = unicodedata.name(byte.decode("cp1252")).lower()
    except (UnicodeDecodeError, ValueError):
        return f"byte 0x{byte[0]:02x} is not UTF-8"
    article = "an" if name[0] in "aeiou" else "a"
    return f"byte 0x{byte[0]:02x} is not UTF-8: this is Windows-1252 for {article} {name}"
