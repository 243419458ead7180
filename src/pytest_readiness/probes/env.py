"""Environment variables: there, and making sense."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pytest_readiness import patterns
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _dotenv
from pytest_readiness.probes._environ import asked_for
from pytest_readiness.probes._readable import CHECKS, FLOAT, Type
from pytest_readiness.redact import logins, looks_secret

_LISTED = 100
#: What a text could have at most, were every character of Unicode as likely.
_MOST_ENTROPY = 20


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What one variable has to be like; all that is said must hold."""

    pattern: re.Pattern[str] | None = option("A regex that the whole value must match.", None)
    equals: bool | float | str | None = option("The value it must have.", None)
    choices: tuple[bool | float | str, ...] = option("The values it may have.", ())
    min_length: int = option("The least number of characters.", 1)
    min_entropy: float = option("The least Shannon entropy of its characters, in bits per character; 3, say.", 0.0)
    not_: tuple[bool | float | str, ...] = option("Values it must not have, in capitals or not.", ())
    type: Type | None = option("What it must be readable as; a path must be there.", None)
    min: float | None = option("The least value of an int or float.", None)
    max: float | None = option("The greatest value of an int or float.", None)
    secret: bool = option("Hide its value everywhere, whatever its name.", default=False)
    optional: bool = option("Whether it may be missing; where it is there, the rest must hold.", default=False)

    def __post_init__(self) -> None:
        if (self.min is not None or self.max is not None) and self.type not in {"int", "float"}:
            raise OptionError("min and max need type: int or type: float")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise OptionError("min is greater than max", "min")
        if self.min_length < 1:
            raise OptionError("is at least 1: an empty variable counts as missing", "min_length")
        if not 0 <= self.min_entropy <= _MOST_ENTROPY:
            raise OptionError(f"is between 0 and {_MOST_ENTROPY} bits per character", "min_entropy")

    def faults(self, value: str, context: Context) -> Iterator[str]:
        """Yield what is wrong with *value*, without showing it nor anything else that may be secret."""
        if self.type is not None:
            problem = CHECKS[self.type](value, context.root)
            if problem:
                yield problem
            elif self.type in {"int", "float"}:
                yield from self._range(float(value))
        if self.pattern is not None and not _matches(self.pattern, value, context):
            yield f"does not match {self.pattern.pattern} as a whole"
        if self.equals is not None and not _same(value, self.equals):
            yield "has another value than it must have"
        if self.choices and not any(_same(value, choice) for choice in self.choices):
            yield f"is none of the {len(self.choices)} choices"
        if any(_same(value, wrong) or value.casefold() == str(wrong).casefold() for wrong in self.not_):
            yield "has a value it must not have"
        if len(value) < self.min_length:
            yield f"is shorter than {self.min_length} characters"
        if entropy(value) < self.min_entropy:
            yield f"has less than {self.min_entropy:g} bits of entropy per character"

    def _range(self, number: float) -> Iterator[str]:
        if self.min is not None and number < self.min:
            yield f"is less than {self.min:g}"
        if self.max is not None and number > self.max:
            yield f"is greater than {self.max:g}"


@dataclass(frozen=True, kw_only=True)
class Env(Probe):
    """
    Is every environment variable there, and does it make sense?

    Judged are the variables of the process, or those of a .env file if ``file`` names one. Required
    are those under ``variables`` and those that ``example`` has; an empty one counts as missing. Names
    and reasons are reported, values never. ``code`` looks for what the code asks ``os.environ`` and
    ``os.getenv`` for, by the syntax trees.

    Fails when a variable is missing or not as it should be, and when the code asks for one that is neither
    under ``variables`` nor in the example. With ``file`` and ``example``, variables of
    the file that are neither in the example nor under ``variables`` are counted as undeclared.

    To fix: set the variables listed, or correct what is expected of them.
    """

    measures = {
        "required": Measure(int, "variables that have to be there", better=Better.NEITHER),
        "missing": Measure(int, "required variables that are not there, or empty", better=Better.LOWER),
        "invalid": Measure(int, "variables that are there, but not as they should be", better=Better.LOWER),
        "found": Measure(int, "variables that begin with prefix, and are not empty", better=Better.HIGHER),
        "undeclared": Measure(int, "variables of the file that the example does not have", better=Better.LOWER),
        "unlisted": Measure(int, "variables that the code asks for, and nobody lists", better=Better.LOWER),
    }
    expect = {"missing": 0, "invalid": 0}
    counter = "required"

    variables: tuple[str, ...] | Mapping[str, str | Rule | None] = option(
        "Names; or names, each with a regex that the whole value must match, or with rules.",
        (),
        example={"DATABASE_URL": {"type": "url"}, "LOG_LEVEL": "INFO|WARNING"},
    )
    file: str | None = option("A .env file to judge instead of the process.", None, example=".env")
    example: str | None = option("A .env file whose names are required.", None, example=".env.example")
    prefix: str | None = option("What the names of some variables begin with.", None, example="FEATURE_")
    unlike_example: bool = option("Whether secrets must have other values than in the example.", default=False)
    code: tuple[str, ...] = option(
        "Code that may ask for listed variables only: files, folders, patterns.", (), example="src"
    )

    def __post_init__(self) -> None:
        if self.unlike_example and self.example is None:
            raise OptionError("goes with example", "unlike_example")
        if not all(text.strip() and "\0" not in text for text in self.code):
            raise OptionError("an entry may not be empty", "code")
        if not self.variables and self.example is None and self.prefix is None:
            raise OptionError("say which variables: variables, example, both, or prefix")
        if self.prefix is not None and not self.prefix.strip():
            raise OptionError("may not be empty", "prefix")
        for name in self.rules:
            if not name.strip() or "=" in name or "\0" in name:
                raise OptionError(f"{name!r} is not the name of a variable", "variables")

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rule for each of the variables, in the order of the spec."""
        given = self.variables if isinstance(self.variables, Mapping) else dict.fromkeys(self.variables)
        return {name: _rule(name, said) for name, said in given.items()}

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: all is there and valid, and the code asks for nothing else."""
        found: dict[str, Value] = {} if self.prefix is None else {"found": ">= 1"}
        return {**self.expect, **found, **({"unlisted": 0} if self.code else {})}

    def touches(self) -> Iterable[Touch]:
        """Yield the files, and the variables by name."""
        yield from (Touch("file", path) for path in (self.file, self.example, *self.code) if path is not None)
        if self.file is None:
            yield from (Touch("variable", name) for name in self.rules)
            if self.prefix is not None:
                yield Touch("variable", f"{self.prefix}*")

    def measure(self, context: Context) -> Measurements:
        """Look at each variable that is required."""
        values = context.env if self.file is None else _values(self.file, context)
        example = {} if self.example is None else _values(self.example, context)
        known = dict.fromkeys([*self.rules, *example])
        self._hide(values, context)
        faults = {name: list(self._faults(name, values, context)) for name in known}
        for name in self._unchanged(values, example):
            faults[name].append(f"has the value that {self.example} has")
        required = [name for name in known if name not in self.rules or not self.rules[name].optional]
        missing = [name for name in required if not values.get(name, "").strip()]
        lines = [f"{name}: {', '.join(found)}" for name, found in faults.items() if found]
        measured: dict[str, Value] = {
            "required": len(required),
            "missing": len(missing),
            "invalid": sum(bool(found) for name, found in faults.items() if name not in missing),
        }
        if self.file is not None and self.example is not None:
            undeclared = [name for name in values if name not in known]
            lines += [f"{name}: not in {self.example}" for name in undeclared]
            measured["undeclared"] = len(undeclared)
        looked_at = len(known)
        if self.prefix is not None:
            found = sorted(name for name, value in values.items() if name.startswith(self.prefix) and value.strip())
            measured["found"] = len(found)
            lines += [f"{name}: there" for name in found]
            looked_at += len(values)
        if self.code:
            unlisted, told = self._unlisted(known, context)
            measured["unlisted"] = unlisted
            lines += told
        shown = [*lines[:_LISTED], *([f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else [])]
        evidence = [Evidence("variables", "\n".join(shown))] if lines else []
        return Measurements(measured, looked_at=looked_at, evidence=evidence)

    def _unchanged(self, values: Mapping[str, str], example: Mapping[str, str]) -> list[str]:
        """Return the secrets that still have the value of the example."""
        if not self.unlike_example:
            return []
        same = [name for name, value in example.items() if value.strip() and values.get(name) == value]
        return [name for name in same if looks_secret(name) or (name in self.rules and self.rules[name].secret)]

    def _unlisted(self, known: Iterable[str], context: Context) -> tuple[int, list[str]]:
        """Return how many variables the code asks for without their being listed, and lines about the code."""
        asked = asked_for(self.code, context)
        places = {each.name: each.place for each in reversed(asked) if each.name is not None}
        unlisted = sorted(places.keys() - set(known))
        dark = [each.place for each in asked if each.name is None]
        lines = [f"{name}: asked for at {places[name]}, and not listed" for name in unlisted]
        return len(unlisted), [*lines, *(f"a name that only the running code knows: {place}" for place in dark)]

    def _faults(self, name: str, values: Mapping[str, str], context: Context) -> Iterator[str]:
        if name in self.rules and self.rules[name].optional and not values.get(name, "").strip():
            return
        if name not in values:
            yield "missing"
        elif not values[name].strip():
            yield "empty, which counts as missing"
        elif name in self.rules:
            yield from self.rules[name].faults(values[name], context)

    def _hide(self, values: Mapping[str, str], context: Context) -> None:
        """Have all values hidden that are or look secret, of the variables judged here."""
        for name, value in values.items():
            if looks_secret(name) or (name in self.rules and self.rules[name].secret):
                context.keep_secret(value)
            for login in logins(value):
                context.keep_secret(login)


def entropy(value: str) -> float:
    """
    Return Shannon's entropy of the characters in *value*, in bits per character.

    0 where all are the same, log2 of their number where no two are; it says nothing of words and patterns.
    """
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _rule(name: str, said: str | Rule | None) -> Rule:
    if isinstance(said, str):
        try:
            return Rule(pattern=patterns.compiled(said))
        except ValueError as error:
            raise OptionError(f"{name}: {error}", "variables") from None
    return said or Rule()


def _values(path: str, context: Context) -> Mapping[str, str]:
    """Return what the .env file holds, if there is no doubt about it."""
    found = _dotenv.read(context.path(path), path)
    for trouble in found.troubles:
        if trouble.fatal:
            raise CannotMeasure(f"{path}:{trouble}")
    return found.values


def _matches(pattern: re.Pattern[str], value: str, context: Context) -> bool:
    whole = re.compile(rf"\A(?:{pattern.pattern})\Z", pattern.flags)
    try:
        return patterns.search(whole, value, context.deadline.cap(patterns.SECONDS))
    except (ValueError, TimeoutError):
        raise CannotMeasure(f"the search for {pattern.pattern} did not come to an end") from None


def _same(value: str, said: str | float) -> bool:
    """Tell whether *value* is what the spec *said*: a truth in capitals or not, a number as a number."""
    if isinstance(said, bool):
        return value.strip().lower() == str(said).lower()
    if isinstance(said, int | float):
        return FLOAT.fullmatch(value.strip()) is not None and float(value) == said
    return value == said
