"""
Ready-made subjects: what to measure in Kubernetes manifests, workflows and so on, written down as data.

Each is a file under ``subjects/``. ``steps`` are JMESPath queries worked out in order, each over an
object that holds ``documents`` and the steps before it. ``measurements`` either ``count`` the items of
a list or take a ``value``; ``of`` names the list that must not be empty for that, since nothing is true
of no containers. ``names`` are lists of texts that a gate may ask for by name. ``about`` is the list
without which there is no such subject at all.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Better, Value
from pytest_readiness.probe import Family, Measure
from pytest_readiness.probes._document import loader

_TYPES: Mapping[str, type] = {"int": int, "float": float, "str": str, "bool": bool}
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Rule:
    """How one measurement is had: ``query`` is counted, or is the value; ``show`` names what was counted."""

    measure: Measure
    query: str
    counted: bool
    of: str | None
    show: str | None


@dataclass(frozen=True, slots=True)
class Names:
    """Texts that a gate may ask for; ``part`` if a text need only hold the name."""

    query: str
    part: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """One ready-made subject."""

    name: str
    about: str
    steps: Mapping[str, str]
    names: Mapping[str, Names]
    rules: Mapping[str, Rule]


@dataclass(slots=True)
class Seen:
    """What a subject found: measurements, why others are unknown, what was counted; ``data`` is what queries ask."""

    data: dict[str, Any]
    values: dict[str, Value] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    shown: dict[str, list[str]] = field(default_factory=dict)


@cache
def available() -> tuple[str, ...]:
    """Return the names of all subjects."""
    folder = resources.files("pytest_readiness.probes._document") / "subjects"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


@cache
def load(name: str) -> Subject:
    """Return the subject called *name*, one of ``available``."""
    file = resources.files("pytest_readiness.probes._document") / "subjects" / f"{name}.yaml"
    (data,) = loader.load_all(file.read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return Subject(
        name,
        data["about"],
        data["steps"],
        {key: Names(item["query"], item.get("match") == "part") for key, item in data["names"].items()},
        {key: _rule(item) for key, item in data["measurements"].items()},
    )


def family(name: str) -> Family:
    """Return what the subject called *name* measures, and of what kinds it knows names."""
    known = load(name)
    kinds = [f"`{kind}`{' (part of one will do)' * names.part}" for kind, names in known.names.items()]
    when = f"`subject: {name}`, which knows `names` of {', '.join(kinds)}"
    return Family({key: rule.measure for key, rule in known.rules.items()}, when)


def _rule(item: Mapping[str, Any]) -> Rule:
    counted = "count" in item
    measure = Measure(
        int if counted else _TYPES[item["type"]],
        item["meaning"],
        unit=item.get("unit", ""),
        better=Better(item.get("better", "neither")),
    )
    return Rule(measure, item["count" if counted else "value"], counted, item.get("of"), item.get("show"))


def look(subject: Subject, documents: Sequence[object]) -> Seen:
    """
    Measure *subject* in all *documents* together.

    Raises ``CannotMeasure`` where the subject is not there, or the documents are not of its kind.
    """
    data: dict[str, Any] = {"documents": list(documents)}
    for name, query in subject.steps.items():
        data[name] = _ask(subject, query, data) or []
    if not data[subject.about]:
        raise CannotMeasure(f"there are no {_words(subject.about)} in what was read: is it {subject.name}?")
    seen = Seen(data)
    for name, rule in subject.rules.items():
        _measure(subject, name, rule, seen)
    return seen


def missing(subject: Subject, seen: Seen, wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """Return which of the *wanted* names, by list, were not *seen*."""
    absent: list[str] = []
    for key, names in wanted.items():
        there = [text for text in _ask(subject, subject.names[key].query, seen.data) or [] if isinstance(text, str)]
        absent += (_absent(name, there) for name in names if not _among(name, there, subject.names[key]))
    return absent


def _measure(subject: Subject, name: str, rule: Rule, seen: Seen) -> None:
    if rule.of is not None and not seen.data[rule.of]:
        seen.unknown[name] = f"there are no {_words(rule.of)} that it could be said of"
        return
    found = _ask(subject, rule.query, seen.data)
    if not rule.counted:
        if found is None:
            seen.unknown[name] = "the documents do not say"
        else:
            seen.values[name] = found
        return
    items = found or []
    seen.values[name] = len(items)
    if rule.show is not None and items:
        told = (_ask(subject, rule.show, item) for item in items)
        seen.shown[name] = [str(text) if text is not None else "(no name)" for text in told]


def _ask(subject: Subject, query: str, data: object) -> Any:
    from jmespath.exceptions import JMESPathError

    from pytest_readiness.probes._document.functions import search

    try:
        return search(query, data)
    except (JMESPathError, RecursionError) as error:
        said = " ".join(str(error).split())[:200]
        raise CannotMeasure(f"what was read is not as {subject.name} is: {said}") from None


def _among(name: str, there: Sequence[str], names: Names) -> bool:
    if names.part:
        return any(name in text for text in there)
    return name in there or any(fnmatchcase(text, name) for text in there)


def _absent(name: str, there: Sequence[str]) -> str:
    """Return *name* with what it may have been meant to be."""
    near = difflib.get_close_matches(name, there[:1000], 1)
    return f"{name} (did you mean {near[0]}?)" if near else name


def _words(name: str) -> str:
    return name.replace("_", " ")


def listed(lines: Sequence[str]) -> str:
    """Return the first of *lines*, and how many more there are."""
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return "\n".join([*lines[:_SHOWN], *more])
