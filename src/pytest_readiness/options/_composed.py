"""Kinds of options that are made of others, and how an annotation becomes a kind."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import types
from collections.abc import Hashable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pytest_readiness.errors import OptionError
from pytest_readiness.options import _simple
from pytest_readiness.options._kind import FAILED, MANY_PROBLEMS, Kind, Problems, Schema, near, shape
from pytest_readiness.options._types import Captured, FromVariable, Key, Path, Quantity, Query, Secret


class _List(Kind):
    """A tuple; a single value that its items could be stands for a list of one."""

    def __init__(self, item: Kind) -> None:
        self.item = item
        self.parts = (item,)
        self.secret = item.secret
        self.native = item.native | {list}
        self.also = item.also
        self.words = f"a list, each item {item.words}"

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if isinstance(value, Captured) and isinstance(value.value, tuple):
            value = [Captured.of(item) for item in value.value]
        if not isinstance(value, list):
            if shape(value) not in self.native | self.also:
                return self.refuse(value, path, problems)
            made = self.item.convert(value, path, problems)
            return FAILED if made is FAILED else (made,)
        before = len(problems)
        convert = self.item.convert
        items = tuple([convert(item, (*path, index), problems) for index, item in enumerate(value)])
        return items if len(problems) == before else FAILED

    def schema(self) -> Schema:
        item = self.item.schema()
        return {"anyOf": [{"type": "array", "items": item}, item]} if item else {}


class _Mapping(Kind):
    native = frozenset({dict})

    def __init__(self, value: Kind) -> None:
        self.value = value
        self.parts = (value,)
        self.secret = value.secret
        self.words = f"a mapping from names to {value.words}"

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if not isinstance(value, Mapping):
            return self.refuse(value, path, problems)
        before = len(problems)
        convert = self.value.convert
        made = {str(key): convert(item, (*path, key), problems) for key, item in value.items()}
        return made if len(problems) == before else FAILED

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.value.schema()}


class _Union(Kind):
    """The first member the value's YAML type is meant for, else the first that makes the best of it."""

    def __init__(self, members: tuple[Kind, ...]) -> None:
        self.members = self.parts = members
        self.secret = any(member.secret for member in members)
        self.native = frozenset().union(*(member.native for member in members))
        self.also = frozenset().union(*(member.also for member in members)) - self.native
        self.words = " or ".join(member.words for member in members if not isinstance(member, _simple.Empty))

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        kind = shape(value)
        fitting = [member for member in self.members if kind in member.native]
        fitting += [member for member in self.members if kind in member.also]
        if isinstance(value, FromVariable):  # a variable may hold a number as well
            fitting += [member for member in self.members if member not in fitting]
        tries: list[Problems] = []
        for member in fitting:
            own: Problems = []
            made = member.convert(value, path, own)
            if made is not FAILED:
                return made
            tries.append(own)
        if len(tries) != 1:
            return self.refuse(value, path, problems)
        problems.extend(tries[0])
        return FAILED

    def schema(self) -> Schema:
        return {"anyOf": [member.schema() for member in self.members]}


class Form(Kind):
    """
    A mapping whose keys are known beforehand.

    *later* are keys that a coming version will know.
    """

    native = frozenset({dict})
    words = "a mapping"

    def __init__(
        self,
        fields: Mapping[str, Kind] | None = None,
        docs: Mapping[str, Mapping[str, Any]] | None = None,
        required: tuple[str, ...] = (),
        later: tuple[str, ...] = (),
    ) -> None:
        self.fields = dict(fields or {})
        self.docs = dict(docs or {})
        self.required = required
        self.later = later

    @classmethod
    def of(
        cls, keys: Mapping[str, tuple[Any, str]], required: tuple[str, ...] = (), later: tuple[str, ...] = ()
    ) -> Form:
        """Make a form of *keys*: each with its annotation (or kind) and one sentence of documentation."""
        kinds = {name: what if isinstance(what, Kind) else kind_of(what) for name, (what, _) in keys.items()}
        return cls(kinds, {name: {"doc": doc} for name, (_, doc) in keys.items()}, required, later)

    def read(self, value: Mapping[str, object], path: Path, problems: Problems) -> dict[str, Any]:
        """Return the values that could be converted, in the order of *value*, and report the others."""
        made: dict[str, Any] = {}
        fields = self.fields
        for key, item in value.items():
            kind = fields.get(key)
            if kind is None:
                hint = near(key, tuple(fields)) if len(problems) < MANY_PROBLEMS else ""
                problems.append(((*path, Key(key)), self._unknown(key, hint)))
            elif item is None and type(None) not in kind.native:
                problems.append(((*path, key), f"is empty: expected {kind.words}, or leave the key out"))
            else:
                result = kind.convert(item, (*path, key), problems)
                if result is not FAILED:
                    made[key] = result
        for name in self.required:
            if name not in value:
                doc = self.docs[name].get("doc")
                problems.append((path, f"{name!r} is missing" + (f": {doc}" if doc else "")))
        return made

    def _unknown(self, key: str, hint: str) -> str:
        return f"{str(key)!r} is not available yet" if key in self.later else f"unknown key {str(key)!r}{hint}"

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if not isinstance(value, dict | Mapping):
            return self.refuse(value, path, problems)
        before = len(problems)
        made = self.read(value, path, problems)
        return made if len(problems) == before else FAILED

    def schema(self) -> Schema:
        properties = {}
        for name, kind in self.fields.items():
            described = dict(kind.schema())
            if self.docs[name].get("doc"):
                described["description"] = self.docs[name]["doc"]
            if self.docs[name].get("example") is not None:
                described["examples"] = [self.docs[name]["example"]]
            properties[name] = described
        made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        if self.required:
            made["required"] = list(self.required)
        return made


class _Record(Form):
    """A frozen dataclass: its fields are the keys, ``not_`` standing for the key ``not``."""

    def __init__(self, cls: type[Any]) -> None:
        super().__init__()
        self.cls = cls
        self.names: dict[str, str] = {}

    def look(self) -> None:
        """Read the annotations of the class; apart from ``__init__``, so that a class may refer to itself."""
        hints = get_type_hints(self.cls, include_extras=True)
        own = [field for field in dataclasses.fields(self.cls) if field.init]
        for field in own:
            try:
                self.fields[_key(field)] = kind_of(hints[field.name])
            except TypeError as error:
                raise TypeError(f"option {field.name!r} of {self.cls.__qualname__}: {error}") from None
        self.names = {_key(field): field.name for field in own}
        self.docs = {_key(field): field.metadata for field in own}
        self.required = tuple(
            _key(field)
            for field in own
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        self.secret = any(kind.secret for kind in self.fields.values())
        self.words = f"a mapping with {', '.join(self.fields) or 'nothing in it'}"

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        made = super().convert(value, path, problems)
        if made is FAILED:
            return made
        try:
            return self.cls(**{self.names[key]: value for key, value in made.items()})
        except OptionError as error:
            problems.append(((*path, error.option) if error.option else path, error.message))
        except Exception as error:  # noqa: BLE001 - somebody else's __post_init__ must not end the run
            said = f"{type(error).__name__}: {error}"
            problems.append((path, f"{self.cls.__qualname__} cannot take these options: {said}"))
        return FAILED


def _key(field: dataclasses.Field[Any]) -> str:
    """Return the key that *field* is written as: a name that Python keeps for itself has an underscore after it."""
    return field.name.removesuffix("_")


_SIMPLE: Mapping[object, type[Kind]] = {
    bool: _simple.Truth,
    int: _simple.Whole,
    float: _simple.Number,
    str: _simple.Text,
    Secret: _simple.SecretText,
    Query: _simple.Expression,
    dt.date: _simple.Date,
    object: _simple.Anything,
    Any: _simple.Anything,
    None: _simple.Empty,
    type(None): _simple.Empty,
}


@cache
def kind_of(annotation: Hashable) -> Kind:
    """Return the kind that *annotation* stands for; ``TypeError`` if options cannot have it."""
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]()
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return _record(annotation)
    return _composed(annotation)


_RECORDS: dict[type[Any], _Record] = {}


def _record(cls: type[Any]) -> _Record:
    if cls not in _RECORDS:
        _RECORDS[cls] = _Record(cls)
        try:
            _RECORDS[cls].look()
        except BaseException:
            del _RECORDS[cls]
            raise
    return _RECORDS[cls]


def _composed(annotation: Any) -> Kind:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        quantity = next((note for note in args[1:] if isinstance(note, Quantity)), None)
        return _simple.Measured(quantity.unit, args[0]) if quantity else kind_of(args[0])
    if origin is Literal:
        return _simple.Choice(args)
    if origin in {Union, types.UnionType}:
        return _Union(tuple(kind_of(arg) for arg in args))
    if origin is tuple and args[1:] == (Ellipsis,):
        return _List(kind_of(args[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping) and args[0] is str:
        return _Mapping(kind_of(args[1]))
    if annotation is re.Pattern or origin is re.Pattern:
        return _simple.Regex()
    raise TypeError(f"{annotation!r} is not a type that options can have")
