"""
The annotations of a probe's options are parser, schema and documentation at once.

Supported: bool, int, float, str, Literal, date, ``re.Pattern[str]``, ``Duration`` (seconds),
``Size`` (bytes), ``Query`` (JMESPath), ``Secret``, ``object`` (any JSON value), ``tuple[T, ...]`` (a single
value stands for a list of one), ``Mapping[str, T]``, nested frozen dataclasses, ``T | None`` and unions.

A class is looked at once; after that, converting costs a few microseconds an option.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar, cast

from pytest_readiness.errors import OptionError
from pytest_readiness.options._composed import Form, kind_of
from pytest_readiness.options._kind import FAILED, MANY_PROBLEMS, Kind, found, near, plain
from pytest_readiness.options._text import fill, named, references, substitute
from pytest_readiness.options._types import (
    Captured,
    Duration,
    FromVariable,
    Key,
    Path,
    Quantity,
    Query,
    Secret,
    Size,
    Unusual,
)

__all__ = [
    "FAILED",
    "MANY_PROBLEMS",
    "Captured",
    "Duration",
    "Form",
    "FromVariable",
    "Key",
    "Kind",
    "Path",
    "Quantity",
    "Query",
    "Secret",
    "Size",
    "Unusual",
    "bind",
    "convert",
    "fill",
    "found",
    "kind_of",
    "named",
    "near",
    "plain",
    "references",
    "say",
    "schema",
    "secrets",
    "substitute",
]

T = TypeVar("T")


def convert(cls: type[T], data: Mapping[str, object], problems: list[tuple[Path, str]]) -> T | None:
    """
    Make an instance of the frozen dataclass *cls* from *data*, plain YAML values.

    All mistakes (unknown keys with the near name, missing ones, wrong types, ``OptionError`` of
    ``__post_init__``) are appended to *problems* with the way to the value; None if there is any.
    A way that ends in a ``Key`` means the key itself, not its value.
    """
    made = kind_of(cast("Hashable", cls)).convert(data, (), problems)
    return None if made is FAILED else cast("T", made)


def bind(cls: type[T], raw: Mapping[str, object], values: Mapping[str, object]) -> T:
    """
    Make an instance of *cls* from *raw*, with the *values* of its ``${name}`` put in.

    A value may be a scalar or a flat tuple. ``$$`` stands for one ``$``; what was put in is not looked at
    again. Raises ``OptionError`` where a name has no value, or where the result cannot be used.
    """
    problems: list[tuple[Path, str]] = []
    made = convert(cls, cast("Mapping[str, object]", _filled(raw, values)), problems)
    if made is None:
        raise OptionError("; ".join(f"{say(path)}: {message}" for path, message in problems))
    return made


def schema(cls: type[Any]) -> dict[str, object]:
    """Return the JSON Schema (2020-12) of what ``convert`` accepts for *cls*."""
    return kind_of(cast("Hashable", cls)).schema()


def secrets(value: object) -> set[str]:
    """Return the texts of all options of *value* (an instance made by ``convert``) that are typed ``Secret``."""
    found: set[str] = set()
    if kind_of(cast("Hashable", type(value))).secret:
        _gather(value, found)
    return found


def say(path: Path) -> str:
    """Return *path* as a reader writes it: ``headers.X-Id``, ``urls[2]``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "options"


def _filled(value: object, values: Mapping[str, object]) -> object:
    if isinstance(value, str):
        return substitute(value, values) if "$" in value else value
    if isinstance(value, Mapping):
        return {key: _filled(item, values) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, values) for item in value]
    return value


def _gather(value: object, found: set[str]) -> None:
    if isinstance(value, Secret):
        found.add(str(value))
    elif isinstance(value, Mapping):
        for item in value.values():
            _gather(item, found)
    elif isinstance(value, tuple | list):
        for item in value:
            _gather(item, found)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            _gather(getattr(value, name), found)
