"""
The annotations of a probe's options are parser, schema and documentation at once.

Supported: bool, int, float, str, Literal, date, ``re.Pattern[str]``, ``Duration`` (seconds),
``Size`` (bytes), ``Query`` (JMESPath), ``Secret``, ``object`` (any JSON value), ``tuple[T, ...]`` (a single
value stands for a list of one), ``Mapping[str, T]``, nested frozen dataclasses, ``T | None`` and unions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

T = TypeVar("T")

#: The way to a value inside the options: keys and indexes.
Path = tuple[str | int, ...]


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


def convert(cls: type[T], data: Mapping[str, object], problems: list[tuple[Path, str]]) -> T | None:
    """
    Make an instance of the frozen dataclass *cls* from *data*, plain YAML values.

    All mistakes (unknown keys with the near name, missing ones, wrong types, ``OptionError`` of
    ``__post_init__``) are appended to *problems* with the way to the value; None if there is any.
    """
    raise NotImplementedError


def schema(cls: type[object]) -> dict[str, object]:
    """Return the JSON Schema (2020-12) of what ``convert`` accepts for *cls*."""
    raise NotImplementedError
