"""One class for each kind of annotation: how a YAML value becomes an option, and the schema that says so."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import difflib
import math
import re
import types
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pytest_readiness.errors import OptionError
from pytest_readiness.options._types import FromVariable, Key, Path, Quantity, Query, Secret

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

_LONGEST = 10 * 365 * 86400
_PLAIN: frozenset[type] = frozenset({bool, int, float, str, list, dict, type(None)})
_SHAPES: dict[type, type] = {}


def shape(value: object) -> type:
    """Return which of YAML's own types *value* is of; its class where it is none of them."""
    cls = type(value)
    known = _SHAPES.get(cls)
    if known is None:
        known = _SHAPES[cls] = next((base for base in cls.__mro__ if base in _PLAIN), cls)
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
    those it makes the best of; ``secret`` is true if a ``Secret`` may be inside.
    """

    words: str
    native: frozenset[type] = frozenset({str})
    also: frozenset[type] = frozenset()
    secret: bool = False

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


class _Truth(Kind):
    words = "true or false"
    native = frozenset({bool})

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if isinstance(value, FromVariable) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        return value if isinstance(value, bool) else self.refuse(value, path, problems)

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "boolean"}, VARIABLE]}


class _Whole(Kind):
    words = "a whole number"
    native = frozenset({int})

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return int(value)
        if isinstance(value, FromVariable) and re.fullmatch(r"[-+]?[0-9]{1,300}", value):
            return int(value)
        return self.refuse(value, path, problems)

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "integer"}, VARIABLE]}


class _Number(Kind):
    words = "a number"
    native = frozenset({float})
    also = frozenset({int})

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if isinstance(value, FromVariable) and re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", value):
            number = float(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
        else:
            return self.refuse(value, path, problems)
        return number if math.isfinite(number) else self.refuse(value, path, problems)

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "number"}, VARIABLE]}


class _Text(Kind):
    words = "text"
    also = frozenset({int})

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if isinstance(value, str):
            return str(value)
        if type(value) is int:  # `--port, 8000` is plain enough; `1.10` and `yes` are not
            return str(value)
        advice = ": put it in quotes" if isinstance(value, bool | int | float) else ""
        return self.refuse(value, path, problems, advice)

    def schema(self) -> Schema:
        return {"type": ["string", "integer"]}


class _Secret(_Text):
    secret = True

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if isinstance(value, str):
            return Secret(value)
        problems.append((path, "expected text: put it in quotes, or better, take it from a variable: ${NAME}"))
        return FAILED

    def schema(self) -> Schema:
        return {"type": "string"}


class _Choice(Kind):
    def __init__(self, choices: tuple[Any, ...]) -> None:
        self.choices = choices
        self.native = frozenset(type(choice) for choice in choices)
        self.words = "one of " + ", ".join(str(choice) for choice in choices)

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        for choice in self.choices:
            if value == choice and shape(value) is type(choice):
                return choice
        texts = [choice for choice in self.choices if isinstance(choice, str)]
        close = isinstance(value, str) and not isinstance(value, FromVariable)
        match = difflib.get_close_matches(str(value).lower(), texts, 1) if close else []
        return self.refuse(value, path, problems, f", did you mean {match[0]!r}?" if match else "")

    def schema(self) -> Schema:
        return {"anyOf": [{"enum": list(self.choices)}, VARIABLE]}


class _Date(Kind):
    words = "a date such as 2026-12-31"

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return self.refuse(value, path, problems)
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            problems.append((path, f"there is no such day as {found(value).removeprefix('the text ')}"))
            return FAILED

    def schema(self) -> Schema:
        return {"type": "string", "anyOf": [{"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}, VARIABLE]}


class _Regex(Kind):
    words = "a regular expression"
    also = frozenset({int})

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if not isinstance(value, str) and type(value) is not int:
            return self.refuse(value, path, problems)
        try:
            return re.compile(str(value))
        except (re.error, RecursionError, OverflowError, Warning) as error:
            problems.append((path, f"not a regular expression: {error}"))
            return FAILED

    def schema(self) -> Schema:
        return {"type": ["string", "integer"]}


class _Query(Kind):
    words = "a JMESPath expression"

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if not isinstance(value, str):
            return self.refuse(value, path, problems)
        import jmespath

        try:
            jmespath.compile(str(value))
        except (jmespath.exceptions.JMESPathError, RecursionError) as error:
            problems.append((path, f"not a JMESPath expression: {' '.join(str(error).split())[:200]}"))
            return FAILED
        return Query(str(value))

    def schema(self) -> Schema:
        return {"type": "string"}


class _Measured(Kind):
    """A number with a unit: a duration or a size."""

    def __init__(self, unit: str, number: type) -> None:
        self.unit = unit
        self.number = number
        self.words = "a duration such as 5s, 200 ms or 2 min" if unit == "s" else "a size such as 512 kB or 10 MiB"
        self.example = "5s" if unit == "s" else "10 MiB"

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        try:
            exact = self.read(value)
        except ValueError as error:
            return self.refuse(value, path, problems, str(error))
        return self.number(exact)

    def read(self, value: object) -> Fraction:
        """Return *value* in the unit that is kept; ``ValueError`` with the advice, if there is one."""
        from pytest_readiness import units

        number, unit = None, ""
        if isinstance(value, str):
            with contextlib.suppress(ValueError):
                number, unit = units.parse_quantity(str(value))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            number = Fraction(value)
        if number is None:
            raise ValueError("")
        if not unit and number != 0:
            raise ValueError(": give it a unit")
        try:
            exact = units.convert(number, unit or self.unit, self.unit)
        except ValueError:
            raise ValueError("") from None
        if exact < 0:
            raise ValueError(": it cannot be negative")
        if self.unit == "s" and exact > _LONGEST:
            raise ValueError(": that is too long")
        return exact

    def schema(self) -> Schema:
        pattern = r"^\s*\+?[0-9]+(\.[0-9]+)?\s*[A-Za-z]+\s*$"
        return {"anyOf": [{"type": "string", "pattern": pattern}, {"const": 0}, VARIABLE], "examples": [self.example]}


class _Anything(Kind):
    words = "any value"
    native = _PLAIN

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        del path, problems
        return plain(value)

    def schema(self) -> Schema:
        return {}


class _Empty(Kind):
    words = "nothing"
    native = frozenset({type(None)})

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        return None if value is None else self.refuse(value, path, problems)

    def schema(self) -> Schema:
        return {"type": "null"}


class _List(Kind):
    """A tuple; a single value that its items could be stands for a list of one."""

    def __init__(self, item: Kind) -> None:
        self.item = item
        self.secret = item.secret
        self.native = item.native | {list}
        self.also = item.also
        self.words = f"a list, each item {item.words}"

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
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
        self.members = members
        self.secret = any(member.secret for member in members)
        self.native = frozenset().union(*(member.native for member in members))
        self.also = frozenset().union(*(member.also for member in members)) - self.native
        self.words = " or ".join(member.words for member in members if not isinstance(member, _Empty))

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


def plain(value: object) -> Any:
    """Return *value* with all its parts as Python's own types."""
    kind = shape(value)
    if kind is dict:
        return {str(key): plain(item) for key, item in value.items()}  # type: ignore[attr-defined]
    if kind is list:
        return [plain(item) for item in value]  # type: ignore[attr-defined]
    return value if type(value) is kind or value is None else kind(value)


_SIMPLE: Mapping[object, type[Kind]] = {
    bool: _Truth,
    int: _Whole,
    float: _Number,
    str: _Text,
    Secret: _Secret,
    Query: _Query,
    dt.date: _Date,
    object: _Anything,
    Any: _Anything,
    None: _Empty,
    type(None): _Empty,
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
        return _Measured(quantity.unit, args[0]) if quantity else kind_of(args[0])
    if origin is Literal:
        return _Choice(args)
    if origin in {Union, types.UnionType}:
        return _Union(tuple(kind_of(arg) for arg in args))
    if origin is tuple and args[1:] == (Ellipsis,):
        return _List(kind_of(args[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping) and args[0] is str:
        return _Mapping(kind_of(args[1]))
    if annotation is re.Pattern or origin is re.Pattern:
        return _Regex()
    raise TypeError(f"{annotation!r} is not a type that options can have")
