"""What a gate wants of source files, looked for in their facts."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Each, Scalar, Value
from pytest_readiness.probe import option
from pytest_readiness.probes._symbol.facts import Call, Facts, matches
from pytest_readiness.probes._symbol.traits import Traits
from pytest_readiness.probes._symbol.values import Unclear, value

_SOURCE = re.compile(r"([A-Za-z_*][\w.*]*)(?:\((\w+)\))?")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Definitions to look for: by name, by what they are like, and what they must be like then."""

    name: str = option("Dotted, from the module on; * stands for any part.", "*", example="Manifest.invalidate")
    where: Traits | None = option("Only those that are like this.", None)
    must: Traits | None = option("What each of them must be like.", None)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise OptionError("may not be empty", "name")
        if self.name == "*" and self.where is None:
            raise OptionError("say a name, or under 'where' what it is like")
        for name in ("where", "must"):
            if getattr(self, name) == Traits():
                raise OptionError("says nothing, so it would hold for everything", name)

    def __str__(self) -> str:
        if self.where is None:
            return self.name
        traits = {name.rstrip("_"): getattr(self.where, name) for name in self.where.__dataclass_fields__}
        told = [f"{name} {_plain(given)}" for name, given in traits.items() if given not in {None, ()}]
        return f"{self.name} ({', '.join(told)})"


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Calls to look for, each of which must have some keywords."""

    function: str = option("Full or its last parts; * stands for any.", example="requests.get")
    keywords: tuple[str, ...] | Mapping[str, object] = option(
        "Keywords that each call must have, or keywords and their values.", (), example=["timeout"]
    )

    def __post_init__(self) -> None:
        if not self.function.strip():
            raise OptionError("may not be empty", "function")

    def lacks(self, call: Call, facts: Facts) -> str | None:
        """Return what *call* is not as it should be, None if it is."""
        given = {keyword.arg: keyword.value for keyword in call.node.keywords}
        for name in self.keywords:
            if name not in given:
                return f"has no {name}=" + (", unless it is among its **" if None in given else "")
            if isinstance(self.keywords, Mapping):
                wanted = self.keywords[name]
                try:
                    found = value(given[name], facts)
                except Unclear as error:
                    return f"cannot be looked into: {name}: {error}"
                if (type(found), found) != (type(wanted), wanted):
                    return f"has another value for {name}="
        return None


@dataclass(slots=True)
class Found:
    """What was found of all that was wanted; each line begins with its place."""

    matches: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    found: int = 0


def definitions(wanted: Wanted, files: Sequence[Facts], found: Found, *, every: bool) -> None:
    """Look for *wanted* in all *files* together, or in every one of them."""
    for scope in [[one] for one in files] if every else [files]:
        before = len(found.matches)
        near: list[str] = []
        for facts in scope:
            near += _look(wanted, facts, found)
        if len(found.matches) > before:
            found.found += 1
        else:
            found.missing.append(_absent(wanted, scope, near, every=every))


def _look(wanted: Wanted, facts: Facts, found: Found) -> list[str]:
    """Look into one file; return what has the name but is not like it."""
    near: list[str] = []
    for one in facts.definitions:
        if not fnmatchcase(one.name, wanted.name):
            continue
        place = f"{facts.at(one.line)}: {one.name}"
        other = wanted.where.lacks(one, facts) if wanted.where else None
        if other is not None:
            near.append(f"{place} {other}")
            continue
        found.matches.append(place)
        wrong = wanted.must.lacks(one, facts) if wanted.must else None
        if wrong is not None:
            found.violations.append(f"{place} {wrong}")
    return near


def _absent(wanted: Wanted, scope: Sequence[Facts], near: Sequence[str], *, every: bool) -> str:
    said = f"{scope[0].path}: {wanted}" if every else str(wanted)
    if near and "*" not in wanted.name:
        return f"{said}; {near[0]}"
    names = dict.fromkeys(one.name for facts in scope for one in facts.definitions)
    close = difflib.get_close_matches(wanted.name, list(names)[:2000], 1)
    return f"{said} (did you mean {close[0]}?)" if close else said


def calls(wanted: Calls, files: Sequence[Facts], found: Found) -> None:
    """Look for the calls in all *files*."""
    before = len(found.matches)
    for facts in files:
        for call in facts.calls:
            if matches(wanted.function, call.name):
                place = f"{facts.at(call.node.lineno)}: {call.name}()"
                found.matches.append(place)
                wrong = wanted.lacks(call, facts)
                if wrong is not None:
                    found.violations.append(f"{place} {wrong}")
    if len(found.matches) > before:
        found.found += 1
    else:
        found.missing.append(f"a call of {wanted.function}()")


def imports(module: str, files: Sequence[Facts], found: Found, *, every: bool) -> None:
    """Look for an import of *module*, or of something in it."""
    for scope in [[one] for one in files] if every else [files]:
        there = any(
            fnmatchcase(name, f"{module}{end}") for facts in scope for name in facts.imports for end in ("", ".*")
        )
        if there:
            found.found += 1
        else:
            found.missing.append(f"{scope[0].path}: an import of {module}" if every else f"an import of {module}")


# --- values -----------------------------------------------------------------------------------


def source_of(text: str) -> tuple[str, str | None]:
    """Return a constant's name, or a function and its argument. Raises ``ValueError`` where *text* is neither."""
    match = _SOURCE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is neither NAME nor FUNCTION(ARGUMENT)")
    return match[1], match[2]


def measured(text: str, files: Sequence[Facts]) -> Value:
    """
    Return the value of a constant, or of an argument in all calls; an ``Each`` where there are different ones.

    Raises ``ValueError`` with the place where it cannot be told, or nothing is found.
    """
    found: dict[tuple[type, Value], None] = {}
    for facts, line, node in _places(text, files):
        try:
            one = value(node, facts)
        except Unclear as error:
            raise ValueError(f"{facts.at(line)}: {error}") from None
        found[type(one), one] = None
    values = [one for _, one in found]
    if not values:
        raise ValueError(f"{text} is not there")
    if len(values) == 1:
        return values[0]
    scalars: list[Scalar] = [one for one in values if not isinstance(one, tuple)]
    if len(scalars) != len(values):
        raise ValueError("there are different lists")
    return Each(scalars)


def _places(text: str, files: Sequence[Facts]) -> Iterator[tuple[Facts, int, Any]]:
    name, argument = source_of(text)
    for facts in files:
        if argument is None:
            for one in facts.definitions:
                declared_only = isinstance(one.node, ast.AnnAssign)
                if one.kind == "constant" and fnmatchcase(one.name, name) and not declared_only:
                    yield facts, one.line, one.node
        else:
            for call in facts.calls:
                if matches(name, call.name):
                    yield facts, call.node.lineno, _argument(call, argument, facts)


def _argument(call: Call, name: str, facts: Facts) -> Any:
    if name.isdigit():
        given = call.node.args[: int(name) + 1]
        if len(given) == int(name) + 1:
            return given[-1]
    for keyword in call.node.keywords:
        if keyword.arg == name:
            return keyword.value
    raise ValueError(f"{facts.at(call.node.lineno)}: {call.name}() has no argument {name}")


def _plain(given: object) -> str:
    if isinstance(given, tuple):
        return " or ".join(map(str, given))
    return str(given).lower() if isinstance(given, bool) else str(given)
