r"""
PyYAML's parser in Python, for where it was built without the one in C; reads what that one reads.

The two do not agree by themselves: inside ``[ ]`` and ``{ }`` the one in Python takes a ``?`` in the middle
of a text for the sign of a key, and reads ``{a:}``; it knows no tab between words, and any ``\ud800``.
A spec must not be another one for the machine that it is read on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from yaml.error import Mark
from yaml.scanner import ScannerError

if TYPE_CHECKING:

    class _Parser:
        """What is used of PyYAML's parser, which has no annotations."""

        allow_simple_key: bool
        column: int
        flow_level: int
        indent: int
        index: int
        line: int

        def __init__(self, text: str) -> None: ...
        def get_event(self) -> Any: ...
        def get_mark(self) -> Mark: ...
        def peek(self, index: int = 0) -> str: ...
        def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Mark) -> list[str]: ...  # noqa: FBT001 - PyYAML's
        def scan_plain(self) -> Any: ...
        def scan_to_next_token(self) -> None: ...

else:
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class _Parser(Reader, Scanner, Parser):
        """PyYAML's own, put together as its loaders are."""

        def __init__(self, text: str) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)


class PythonParser(_Parser):
    """
    The parser in Python; gives the same events.

    While it scans what the two read differently, the next characters look to it as the one in C takes them.
    """

    def scan_plain(self) -> Any:
        """Return the token of a text without quotes: a ``?`` in the middle is part of it."""
        start = self.get_mark()
        line, indent = self.line, self.indent + 1

        def peek(index: int = 0) -> str:
            char = _Parser.peek(self, index)
            if char == "\t":  # between words, or before them: not in place of the indentation
                return char if self.line != line and self.column < indent and not index else " "
            if not self.flow_level:
                return char
            if char == ":" and _Parser.peek(self, index + 1) in ",?[]{}":
                raise ScannerError("while scanning a plain scalar", start, "found unexpected ':'", self._mark(index))
            return "x" if char == "?" else char

        with self._peeking(peek):
            return super().scan_plain()

    def scan_to_next_token(self) -> None:
        """Pass over what separates tokens: tabs, too, where they do not indent."""

        def peek(index: int = 0) -> str:
            char = _Parser.peek(self, index)
            return " " if char == "\t" and (self.flow_level or not self.allow_simple_key) else char

        with self._peeking(peek):
            super().scan_to_next_token()

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Mark) -> list[str]:  # noqa: FBT001 - PyYAML's
        """Return the parts of a text in quotes, none of which may be half a character."""
        parts = super().scan_flow_scalar_non_spaces(double, start_mark)
        if any("\ud800" <= char <= "\udfff" for part in parts for char in part):
            raise ScannerError(
                "while scanning a quoted scalar", start_mark, "found no Unicode character", self._mark(0)
            )
        return parts

    @contextmanager
    def _peeking(self, peek: Any) -> Iterator[None]:
        self.peek = peek  # type: ignore[method-assign]
        try:
            yield
        finally:
            del self.peek

    def _mark(self, index: int) -> Mark:
        here = self.get_mark()
        return Mark(here.name, here.index + index, here.line, here.column + index, here.buffer, here.pointer)
