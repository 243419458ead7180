"""Kinds of options that are one value: a truth, a number, a text and what is written as one."""

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from pytest_readiness.options._kind import FAILED, PLAIN, VARIABLE, Kind, Problems, Schema, found, plain, shape
from pytest_readiness.options._types import FromVariable, Path, Query, Secret

_LONGEST = 10 * 365 * 86400


class Truth(Kind):
    words = "true or false"
    native = frozenset({bool})

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if isinstance(value, FromVariable) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        return value if isinstance(value, bool) else self.refuse(value, path, problems)

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "boolean"}, VARIABLE]}


class Whole(Kind):
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


class Number(Kind):
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


class Text(Kind):
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


class SecretText(Text):
    secret = True

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if isinstance(value, str):
            return Secret(value)
        problems.append((path, "expected text: put it in quotes, or better, take it from a variable: ${NAME}"))
        return FAILED

    def schema(self) -> Schema:
        return {"type": "string"}


class Choice(Kind):
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


class Date(Kind):
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


class Regex(Kind):
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


class Expression(Kind):
    words = "a JMESPath expression"

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        if not isinstance(value, str):
            return self.refuse(value, path, problems)
        import jmespath

        try:
            parsed = jmespath.compile(str(value)).parsed
        except (jmespath.exceptions.JMESPathError, RecursionError) as error:
            problems.append((path, f"not a JMESPath expression: {' '.join(str(error).split())[:200]}"))
            return FAILED
        if _negates_too_little(parsed):
            problems.append((path, "JMESPath reads !a.b as (!a).b, which never finds anything: write !(a.b)"))
            return FAILED
        return Query(str(value))

    def schema(self) -> Schema:
        return {"type": "string"}


def _negates_too_little(parsed: Mapping[str, Any]) -> bool:
    """Whether something is taken out of a negation, as in ``!a.b``, which is not what anybody means."""
    waiting = [parsed]
    while waiting:
        node = waiting.pop()
        children = [child for child in node["children"] if isinstance(child, Mapping)]
        if node["type"] in {"subexpression", "flatten"} and children[0]["type"] == "not_expression":
            return True
        waiting += children
    return False


class Measured(Kind):
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


class Anything(Kind):
    words = "any value"
    native = PLAIN

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        del path, problems
        return plain(value)

    def schema(self) -> Schema:
        return {}


class Empty(Kind):
    words = "nothing"
    native = frozenset({type(None)})

    def convert(self, value: object, path: Path, problems: Problems) -> Any:
        return None if value is None else self.refuse(value, path, problems)

    def schema(self) -> Schema:
        return {"type": "null"}
