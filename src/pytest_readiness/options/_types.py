"""The types that options may have beyond Python's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

#: The way to a value inside the options: keys and indexes.
Path = tuple[str | int, ...]


class Key(str):
    """The last step of a way that means a key of a mapping, not the value under it."""

    __slots__ = ()


class FromVariable(str):
    """
    A text that a variable was put into.

    Messages never show it, and a number, truth or quantity may be read out of it.
    """

    __slots__ = ()


class Captured(FromVariable):
    """
    What another gate measured, as a text; ``value`` is what it really is.

    An option of any value gets the value, and a list becomes a list.
    """

    __slots__ = ("value",)
    value: object

    @classmethod
    def of(cls, value: object) -> Captured:
        """Return *value*, a scalar or a flat list, as it is put into options."""
        made = cls(json.dumps(value) if isinstance(value, bool | list | tuple) else str(value))
        made.value = value
        return made


class Unusual(int):
    """
    A whole number that was not written as ``str()`` would write it (``0x1F``, ``+5``).

    It cannot stand for a text, because nobody could say which one.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """Marks a number that is written with a unit and kept in *unit*."""

    unit: str


#: Seconds, written as ``5s``, ``200 ms``, ``2 min``.
Duration = Annotated[float, Quantity("s")]
#: Bytes, written as ``10 MiB``, ``512 kB``.
Size = Annotated[int, Quantity("B")]


class Secret(str):
    """A text whose value must reach no sink: its ``repr`` does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('***')"


@dataclass(frozen=True, slots=True)
class Query:
    """A JMESPath expression, found sound when the spec was read."""

    text: str

    def search(self, data: object) -> Any:
        """Return what the expression finds in *data* (parsed JSON), None where it finds nothing."""
        import jmespath

        return jmespath.search(self.text, data)
