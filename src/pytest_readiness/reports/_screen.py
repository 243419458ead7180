"""Where text for people goes: a width in cells, an encoding, and one sink that makes any text safe to show."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

_COLOURS = {"bold": 1, "red": 31, "green": 32, "yellow": 33, "cyan": 36}
_DUMB = {"", "dumb"}
_HARMLESS = {"\n": "\n", "\t": "    "}
#: Characters that turn the direction of what follows.
_TURNING = frozenset(
    "\u061c\u200e\u200f\u2028\u2029" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
)


@dataclass(frozen=True)
class Screen:
    """
    A place to write to.

    ``write`` takes text, ``flush`` and markup such as ``red=True``; pytest's terminal writer is one.
    ``width`` is in cells, ``verbosity`` is pytest's. ``live`` says that a line can be drawn over.
    """

    write: Callable[..., None]
    width: int = 80
    verbosity: int = 0
    encoding: str = "utf-8"
    live: bool = False

    def put(self, text: str, *, flush: bool = False, **markup: bool) -> None:
        """Write *text* as it can be shown here."""
        self.write(showable(text, self.encoding), flush=flush, **markup)

    def line(self, text: str = "", **markup: bool) -> None:
        """Write *text* and end the line."""
        if text:
            self.put(text, **markup)
        self.write("\n")

    def rule(self, title: str, char: str = "=", **markup: bool) -> None:
        """Write *title* in the middle of a line of *char*."""
        title = self.clip(title, self.width - 7)
        room = max(self.width - 1 - cells(title) - 2, 4)
        left = char * (room // 2)
        self.line(f"{left} {title} {char * (room - len(left))}", **markup)

    def clip(self, text: str, width: int) -> str:
        """Return *text* as it can be shown here, in one line of at most *width* cells."""
        return clip(showable(text, self.encoding), width)

    def wrapped(self, text: str, *, indent: int, hanging: bool = False, **markup: bool) -> None:
        """
        Write *text*, if there is any, in lines that have *indent* cells before them.

        With *hanging*, the first line goes on where the cursor is: at *indent* already.
        """
        lines = wrap(showable(text, self.encoding), max(self.width - 1 - indent, 12)) if text else ()
        for number, line in enumerate(lines):
            self.write("" if hanging and not number else " " * indent)
            self.line(line, **markup)


def screen(stream: TextIO, *, verbosity: int = 0, env: Mapping[str, str] = os.environ) -> Screen:
    """Return *stream* as a screen; colours obey NO_COLOR, FORCE_COLOR and TERM."""
    terminal = stream.isatty()
    capable = terminal and env.get("TERM", "") not in _DUMB
    coloured = not env.get("NO_COLOR") and bool(env.get("FORCE_COLOR") or capable)

    def write(text: str, *, flush: bool = False, **markup: bool) -> None:
        codes = [str(_COLOURS[name]) for name, on in markup.items() if on] if coloured else []
        stream.write(f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes and text else text)
        if flush:
            stream.flush()

    width = shutil.get_terminal_size((80, 24)).columns
    return Screen(write, width=width, verbosity=verbosity, encoding=stream.encoding or "ascii", live=capable)


def showable(text: str, encoding: str) -> str:
    """Return *text* with nothing in it that steers a terminal, and nothing that *encoding* cannot write."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_HARMLESS.get(char) or (_escaped(char) if _steers(char) else char) for char in text)
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def _steers(char: str) -> bool:
    return char in _TURNING or unicodedata.category(char) in {"Cc", "Cs"}


def _escaped(char: str) -> str:
    return char.encode("unicode-escape").decode("ascii")


def cells(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def clip(text: str, width: int) -> str:
    """Return *text* in one line of at most *width* cells, with dots where something is left out."""
    text = " ".join(text.split())
    if cells(text) <= width:
        return text
    while text and cells(text) > max(width - 3, 0):
        text = text[:-1]
    return text.rstrip() + "..."


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield *text* in lines of at most *width* cells, broken between words where that is possible."""
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split():
            if line and cells(line) + 1 + cells(word) <= width:
                line = f"{line} {word}"
                continue
            if line:
                yield line
            *full, line = _pieces(word, width)
            yield from full
        yield line


def _pieces(word: str, width: int) -> list[str]:
    """Return *word* cut into pieces of at most *width* cells; an address stays whole, to be copied."""
    if word.isascii():
        return [word]
    pieces = [""]
    for char in word:
        if pieces[-1] and cells(pieces[-1]) + _cells(char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces
