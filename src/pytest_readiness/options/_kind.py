"""What every kind of option has in common, and the words of its messages."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from typing import Any

from pytest_readiness.options._types import Captured, FromVariable, Path

Problems = list[tuple[Path, str]]
Schema = dict[str, object]

#: What ``convert`` returns where it has reported a problem.
FAILED: Any = object()

#: How a variable looks to an editor: any option may be given by one.
VARIABLE: Schema = {"type": "string", "pattern": r"\$\{"}

#: More names than this are not listed in a message.
MANY = 16
#: With more problems than this, near names are not looked for: it takes time.
MANY_PROBLEMS = 100

#: YAML's own types.
PLAIN: frozenset[type] = frozenset({bool, int, float, str, list, dict, type(None)})
_SHAPES: dict[type, type] = {}


def shape(value: object) -> type:
    """Return which of YAML's own types *value* is of; its class where it is none of them."""
    cls = type(value)
    known = _SHAPES.get(cls)
    if known is None:
        known = _SHAPES[cls] = next((base for base in cls.__mro__ if base in PLAIN), cls)
    return known


def found(value: object) -> str:
    """Say what *value* is, for "expected ..., found ..."; a text out of a variable is not shown."""
    if isinstance(value, FromVariable):
        return "a text from a variable"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value if len(value) <= 60 else value[:57] + '...'!r}"  # noqa: PLR2004 - half a line
    return "a list" if isinstance(value, list) else "a mapping"


def near(name: str, known: list[str] | tuple[str, ...]) -> str:
    """Return ``, did you mean 'x'?``, or all *known* names where none is near and they are few."""
    close = difflib.get_close_matches(name, known, 1) or difflib.get_close_matches(
        name.lower().replace("-", "_"), known, 1
    )
    if close:
        return f", did you mean {close[0]!r}?"
    return f"; there is {', '.join(known)}" if 0 < len(known) <= MANY else ""


class Kind(ABC):
    """
    A kind of option.

    ``words`` says what is expected; ``native`` are the YAML types that are meant for it, ``also``
    those it makes the best of; ``secret`` is true if a ``Secret`` may be inside. ``parts`` are the kinds
    that it is made of, ``unit`` is the one its numbers are kept in.
    """

    words: str
    native: frozenset[type] = frozenset({str})
    also: frozenset[type] = frozenset()
    secret: bool = False
    parts: tuple[Kind, ...] = ()
    unit: str = ""

    @abstractmethod
    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        """Return the option's value; ``FAILED``, after adding to *problems*, where there is none."""

    @abstractmethod
    def schema(self) -> Schema:
        """Return the JSON Schema of what ``convert`` accepts."""

    def refuse(self, value: object, path: Path, problems: Problems, advice: str = "") -> Any:
        """Report that *value* is not what is expected."""
        problems.append((path, f"expected {self.words}, found {found(value)}{advice}"))
        return FAILED


def plain(value: object) -> Any:
    """Return *value* with all its parts as Python's own types."""
    if isinstance(value, Captured):
        return list(value.value) if isinstance(value.value, tuple) else value.value
    kind = shape(value)
    if kind is dict:
        return {str(key): plain(item) for key, item in value.items()}  # type: ignore[attr-defined]
    if kind is list:
        return [plain(item) for item in value]  # type: ignore[attr-defined]
    return value if type(value) is kind or value is None else kind(value)
