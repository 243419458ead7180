"""What there is to say of a probe's options and measurements, line by line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import yaml

from pytest_readiness import units
from pytest_readiness.model import Better
from pytest_readiness.options import Form, Kind, kind_of
from pytest_readiness.probe import Measure, Probe

_TYPES = {bool: "true or false", int: "whole number", float: "number", str: "text", object: "any value"}
_DIRECTIONS = {Better.HIGHER: ", more is better", Better.LOWER: ", less is better", Better.NEITHER: ""}
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One line: the ``name`` that a spec has, in ``words`` what may stand there, and what it is for.

    ``default`` is empty where there is none, ``example`` where none is needed. ``inside`` are the keys of a mapping,
    or the measurements that belong together; such a heading has no words.
    """

    name: str
    words: str = ""
    doc: str = ""
    default: str = ""
    required: bool = False
    example: str = ""
    inside: tuple[Entry, ...] = ()


def form_of(probe: type[Probe]) -> Form:
    """Return the form of the probe's options."""
    form = kind_of(probe)
    assert isinstance(form, Form)
    return form


def options(probe: type[Probe]) -> tuple[Entry, ...]:
    """Return the options of *probe*; a form that several of them take is told of once."""
    form = form_of(probe)
    told = {inner: key for key, kind in reversed(form.fields.items()) for inner in _forms(kind)}
    return tuple(_option(key, form, told) for key in form.fields)


def measurements(probe: type[Probe], named: Mapping[str, Measure]) -> tuple[Entry, ...]:
    """Return the measurements of *probe*, its families of them, and those that gates have *named* under an option."""
    own = [_measurement(name, measure) for name, measure in probe.measures.items()]
    for family in probe.families():
        entries = tuple(_measurement(name, measure) for name, measure in family.measures.items())
        if family.when and len(entries) == 1:
            entries = (dataclasses.replace(entries[0], words=f"{entries[0].words}, with {family.when}"),)
        own += [Entry(f"with {family.when}", inside=entries)] if family.when and len(entries) > 1 else entries
    for key, measure in named.items():
        words = f"{_TYPES.get(measure.type, measure.type.__name__)}, with `{key}`"
        own.append(Entry("NAME", words, f"what is found for that name of `{key}`, which asserts nothing by itself"))
    return tuple(own)


def flow(value: object) -> str:
    """Return *value* as YAML in one line."""
    if isinstance(value, str):  # no quotes that only a whole document would need
        return value
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False
    ).removesuffix("\n")
    return text.removesuffix("\n...")


def _option(key: str, form: Form, told: dict[Form, str], path: str = "") -> Entry:
    kind, doc = form.fields[key], form.docs[key]
    path = f"{path}.{key}".removeprefix(".")
    words, inside = kind.words, []
    for inner in _forms(kind):
        known = told.setdefault(inner, path)
        words = words.replace(inner.words, "a mapping" if known == path else f"a mapping (see `{known}`)")
        if known == path:
            inside += [_option(name, inner, told, path) for name in inner.fields]
    example = flow(doc["example"]) if doc.get("example") is not None else ""
    return Entry(
        key,
        words,
        str(doc.get("doc") or ""),
        default=_default(key, form, kind),
        required=key in form.required,
        example=example if len(example) <= _LONGEST else "",
        inside=tuple(inside),
    )


def _forms(kind: Kind) -> Iterator[Form]:
    """Yield the forms that a value of *kind* may have, or the items of one."""
    if isinstance(kind, Form):
        yield kind
        return
    for inner in kind.parts:
        yield from _forms(inner)


def _default(key: str, form: Form, kind: Kind) -> str:
    cls: Any = getattr(form, "cls", None)
    fields = [field for field in dataclasses.fields(cls) if field.name.rstrip("_") == key] if cls else []
    if not fields or key in form.required:
        return ""
    factory = fields[0].default_factory
    default = fields[0].default if factory is dataclasses.MISSING else factory()
    if default in (None, (), {}, ""):
        return ""
    unit = kind.unit or next((inner.unit for inner in kind.parts if inner.unit), "")
    if unit and isinstance(default, int | float):
        return units.write(Fraction(str(default)), unit)
    return flow(list(default) if isinstance(default, tuple) else default)


def _measurement(name: str, measure: Measure) -> Entry:
    unit = f" in {measure.unit}" if measure.unit else ""
    kind = _TYPES.get(measure.type, measure.type.__name__)
    return Entry(name, f"{kind}{unit}{_DIRECTIONS[measure.better]}", measure.meaning)


def condition(value: object) -> str:
    """Return a condition as a spec has it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
