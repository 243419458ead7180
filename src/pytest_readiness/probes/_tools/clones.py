"""
Code that is there twice: equal runs of tokens, found in time linear in the number of tokens.

Windows of ``min_tokens`` tokens are hashed as they roll (Rabin and Karp, "Efficient randomized
pattern-matching algorithms", 1987); where two are equal, they are compared and followed token by token to where the
texts part. Names and literals count as they are; comments, blank space and line ends do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_MODULUS = (1 << 61) - 1
_BASE = 0x1B873593CC9E2D51 % _MODULUS
#: How many places of the same window are compared to find the longest clone.
_PLACES = 8
#: How often the deadline is looked at, in windows.
_OFTEN = 20_000

_WORDS = r"[^\W\d]\w*|\d[\w.]*|[^\s\w]"
_LINE_TEXTS = r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
# What is not closed reaches to the end, so that no text is searched through again and again.
_LONG_TEXTS = r""""{3}(?:\\.|[^\\])*?(?:"{3}|\Z)|'{3}(?:\\.|[^\\])*?(?:'{3}|\Z)"""
_PYTHON = re.compile(rf"""(?s:\#[^\n]*|({_LONG_TEXTS}|{_LINE_TEXTS}|{_WORDS}))""")
_BRACES = re.compile(rf"(?s://[^\n]*|/\*.*?(?:\*/|\Z)|({_LINE_TEXTS}|`(?:\\.|[^`\\])*(?:`|\Z)|{_WORDS}))")
_MARKUP = re.compile(rf"(?s:<!--.*?(?:-->|\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)|({_LINE_TEXTS}|{_WORDS}))")

#: Suffix to the pattern whose one group is a token, and which passes over comments.
LEXERS = {
    **dict.fromkeys((".py", ".pyi"), _PYTHON),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), _BRACES),
    **dict.fromkeys((".java", ".kt", ".scala", ".go", ".rs", ".cs", ".c", ".h", ".cpp", ".hpp", ".swift"), _BRACES),
    **dict.fromkeys((".vue", ".svelte"), _MARKUP),
}


@dataclass(frozen=True, slots=True)
class Text:
    """The tokens of one file, and the line that each begins on."""

    name: str
    tokens: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clone:
    """
    Equal code at two places; lines count from 1, and the last is included.

    ``size`` is how many lines it has at the larger of the two.
    """

    first: str
    first_lines: tuple[int, int]
    second: str
    second_lines: tuple[int, int]

    @property
    def size(self) -> int:
        """How many lines it has."""
        return max(end - start + 1 for start, end in (self.first_lines, self.second_lines))

    def __str__(self) -> str:
        first, second = ("-".join(map(str, lines)) for lines in (self.first_lines, self.second_lines))
        return f"{self.size} lines: {self.first}:{first} and {self.second}:{second}"


@dataclass(slots=True)
class Clones:
    """What was found: the clones, and by file the lines that hold code and those of them in a clone."""

    clones: list[Clone] = field(default_factory=list)
    code: list[set[int]] = field(default_factory=list)
    doubled: list[set[int]] = field(default_factory=list)


def lex(text: str, name: str, suffix: str) -> Text:
    """Return the tokens of a file."""
    tokens: list[str] = []
    lines: list[int] = []
    line = 1
    seen = 0
    for match in LEXERS[suffix].finditer(text):
        if match[1] is not None:
            line += text.count("\n", seen, match.start())
            seen = match.start()
            tokens.append(match[1])
            lines.append(line)
    return Text(name, tuple(tokens), tuple(lines))


def find(
    texts: Sequence[Text], min_tokens: int, min_lines: int, tick: Callable[[], None], *, apart: int | None = None
) -> Clones:
    """
    Return the clones among *texts* of at least *min_tokens* tokens on *min_lines* lines.

    With *apart*, only those between the first *apart* texts and the others. *tick* is called now and then, and
    may raise.
    """
    return _Search(texts, min_tokens, min_lines, len(texts) if apart is None else apart, apart is not None).run(tick)


class _Search:
    def __init__(self, texts: Sequence[Text], width: int, min_lines: int, border: int, apart: bool) -> None:  # noqa: FBT001 - private
        numbers: dict[str, int] = {}
        self.texts = texts
        self.width = width
        self.min_lines = min_lines
        self.border = border
        self.apart = apart
        self.tokens = [[numbers.setdefault(token, len(numbers) + 1) for token in text.tokens] for text in texts]
        self.places: dict[int, list[tuple[int, int]]] = {}
        self.found = Clones([], [set(text.lines) for text in texts], [set() for _ in texts])

    def run(self, tick: Callable[[], None]) -> Clones:
        for number in range(len(self.texts)):
            tick()
            self._file(number, tick)
        return self.found

    def _file(self, number: int, tick: Callable[[], None]) -> None:
        """Look for what is in this file and was seen before, in it or another."""
        until = 0  # where the tokens known to be in a clone end
        told = 0  # the same, for the clones that were listed
        for start, value in enumerate(_hashes(self.tokens[number], self.width)):
            if not start % _OFTEN:
                tick()
            if start + self.width > until:
                clone = self._longest(number, start, self.places.get(value, ()))
                if clone is not None:
                    end = start + clone[2]
                    told = self._note(number, start, clone, told)
                    until = max(until, end)
            self._remember(value, number, start)

    def _remember(self, value: int, number: int, start: int) -> None:
        if self.apart and number >= self.border:
            return
        known = self.places.setdefault(value, [])
        # In data that repeats itself, each window overlaps the one before: only the first of them says anything.
        if len(known) < _PLACES and not (known and known[-1][0] == number and start - known[-1][1] < self.width):
            known.append((number, start))

    def _longest(self, number: int, start: int, places: Sequence[tuple[int, int]]) -> tuple[int, int, int] | None:
        """Return the file, place and length of the longest earlier run that is equal to the one at *start*."""
        best: tuple[int, int, int] | None = None
        if self.apart and number < self.border:
            return None
        for other, place in places:
            length = self._length(number, start, other, place)
            if length >= self.width and (best is None or length > best[2]):
                best = (other, place, length)
        return best

    def _length(self, number: int, start: int, other: int, place: int) -> int:
        here, there = self.tokens[number], self.tokens[other]
        most = min(len(here) - start, len(there) - place)
        if other == number:
            most = min(most, start - place)  # a clone does not overlap itself
        length = 0
        while length + 64 <= most and (
            here[start + length : start + length + 64] == there[place + length : place + length + 64]
        ):
            length += 64
        while length < most and here[start + length] == there[place + length]:
            length += 1
        return length

    def _note(self, number: int, start: int, clone: tuple[int, int, int], told: int) -> int:
        """Mark the lines of a clone, and list it unless most of it is in the one listed before."""
        other, place, length = clone
        second = _whole(self.texts[number].lines, start, start + length)
        first = _whole(self.texts[other].lines, place, place + length)
        if min(map(len, (first, second))) < 1 or min(_span(first), _span(second)) < self.min_lines:
            return told
        self.found.doubled[number].update(second)
        self.found.doubled[other].update(first)
        if start + length - told < self.width and start < told:
            return told
        places = (min(first), max(first)), (min(second), max(second))
        self.found.clones.append(Clone(self.texts[other].name, places[0], self.texts[number].name, places[1]))
        return start + length


def _whole(lines: Sequence[int], start: int, end: int) -> set[int]:
    """Return the lines all of whose tokens are among those from *start* to *end*."""
    found = set(lines[start:end])
    if start and lines[start - 1] == lines[start]:
        found.discard(lines[start])
    if end < len(lines) and lines[end] == lines[end - 1]:
        found.discard(lines[end - 1])
    return found


def _span(lines: set[int]) -> int:
    return max(lines) - min(lines) + 1


def _hashes(tokens: Sequence[int], width: int) -> Iterator[int]:
    """Yield the hash of each window of *width* tokens."""
    value = 0
    leaving = pow(_BASE, width, _MODULUS)
    for index, token in enumerate(tokens):
        value = (value * _BASE + token) % _MODULUS
        if index >= width:
            value = (value - leaving * tokens[index - width]) % _MODULUS
        if index >= width - 1:
            yield value
