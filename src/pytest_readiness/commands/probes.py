"""List the probes, or explain one: its options, what it measures, what it expects, and an example."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO, cast

import yaml

from pytest_readiness import options as options_
from pytest_readiness.commands import _project
from pytest_readiness.commands._output import Output
from pytest_readiness.condition import parse
from pytest_readiness.errors import UsageError
from pytest_readiness.model import Better
from pytest_readiness.options import Form, Kind, kind_of
from pytest_readiness.probe import Measure, Probe
from pytest_readiness.registry import Registry
from pytest_readiness.reports import terminal

_TYPES = {bool: "true or false", int: "whole number", float: "number", str: "text", object: "any value"}
_DIRECTIONS = {Better.HIGHER: ", more is better", Better.LOWER: ", less is better", Better.NEITHER: ""}


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="explain this probe")
    parser.add_argument("--markdown", action="store_true", help="the table of the built-in probes, for documents")


def run(args: argparse.Namespace, output: Output) -> int:
    """Write the list, the table or the explanation."""
    if args.markdown:
        output.write(reference())
        return 0
    registry = _project.registry(Path())
    screen = terminal.screen(cast("TextIO", output))
    if args.name is None:
        _list(registry, screen)
        return 0
    probe = registry.get(args.name)
    if probe is None:
        near = registry.near(args.name)
        meant = f"did you mean {near}?" if near else f"there is {', '.join(registry.names())}"
        raise UsageError(f"there is no probe {args.name!r}: {meant}")
    _explain(args.name, probe, screen)
    return 0


def reference() -> str:
    """Return the built-in probes as a Markdown table: name, question, measurements, default expectations."""
    registry = Registry()
    lines = ["| probe | asks | measures | expects, unless told otherwise |", "|---|---|---|---|"]
    for name in registry.names():
        probe = registry.get(name)
        assert probe is not None
        measured = ", ".join(f"`{key}`{' ' * bool(it.unit)}{it.unit}" for key, it in probe.measures.items())
        expected = ", ".join(f"`{line}`" for line in _expected(probe)) or _by_itself(probe)
        lines.append(f"| `{name}` | {question(probe)} | {measured} | {expected} |")
    return "\n".join(lines) + "\n"


def _by_itself(probe: type[Probe]) -> str:
    """Say what a probe expects whose class expects nothing."""
    if probe.expected is Probe.expected:
        return "nothing: `expect` is required"
    return "what its options ask for; `expect` is required where they ask for nothing"


#: What a variable in an example may stand for.
_VALUES = ("https://example.org", "postgresql://app@db/shop", "redis://cache:6379/0", "backups")
#: Values to put to a condition, the likeliest first.
_TRIES: dict[type, tuple[bool | int | float | str, ...]] = {
    bool: (True, False),
    int: (3, 0, 1, 200, 503, 10**9),
    float: (12.5, 93.75, 0.0, 1.0, 100.0, 250.0, 1e6),
    str: ("broken", "ok"),
}


def question(probe: type[Probe]) -> str:
    """Return the first sentence of the probe's docstring."""
    return " ".join(inspect.cleandoc(probe.__doc__ or "").partition("\n\n")[0].replace("|", "\\|").split())


def example(name: str, probe: type[Probe]) -> str:
    """Return a gate in YAML that uses *probe*, made of the examples of its options."""
    return _dumped(_exemplar(name, probe)[0])


def _dumped(gate: Mapping[str, object]) -> str:
    return str(yaml.safe_dump([gate], sort_keys=False, default_flow_style=None, allow_unicode=True, width=100))


def _exemplar(name: str, probe: type[Probe]) -> tuple[dict[str, Any], Probe | None]:
    told, made = _accepted(probe)
    gate: dict[str, Any] = {"id": f"my-{name.replace('_', '-')}", "probe": name}
    if told:
        gate["with"] = told
    if not (probe.expect if made is None else made.expected()):
        best = next(
            (key for key, it in probe.measures.items() if it.better is Better.HIGHER), next(iter(probe.measures))
        )
        gate["expect"] = {best: ">= 80 %" if probe.measures[best].unit == "%" else ">= 1"}
    return gate, made


def _accepted(probe: type[Probe]) -> tuple[dict[str, object], Probe | None]:
    """Return the required options with as few others as it takes until *probe* accepts them, and what that makes."""
    form = _form(probe)
    examples = {key: doc["example"] for key, doc in form.docs.items() if doc.get("example") is not None}
    required = {key: value for key, value in examples.items() if key in form.required}
    others = [key for key in examples if key not in form.required]
    for number in range(0 if required else min(1, len(others)), min(3, len(others)) + 1):
        for keys in itertools.combinations(others, number):
            told = {**required, **{key: examples[key] for key in keys}}
            for given in _filled(told):
                if (made := options_.convert(probe, given, [])) is not None:
                    return told, made
    return required, None


def _filled(told: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """Yield *told* with its variables (``${DATABASE_URL}``) replaced by what they might stand for."""
    if "${" not in str(told):
        yield dict(told)
        return
    for value in _VALUES:
        text = re.sub(r"\$\{\w+\}", value, json.dumps(told))
        yield json.loads(text)


def outlook(gate: Mapping[str, Any], made: Probe) -> Iterator[tuple[str, str]]:
    """
    Yield what a report says of the example *gate* when it is green, and when it is red.

    The values are made up, from the first expectation for which that can be done; what is said of them is
    said by the same code as in a report.
    """
    for name, wanted in {**made.expected(), **gate.get("expect", {})}.items():
        measure = made.declare(name)
        if measure is None:
            continue
        condition = parse(wanted, measure.type, measure.unit)
        tries = (*_TRIES.get(measure.type, ()), *(re.findall(r"\w+", str(wanted)) if measure.type is str else ()))
        good = next((value for value in tries if condition.holds(value)), None)
        bad = [value for value in tries if not condition.holds(value)]
        if good is not None and bad:
            yield "green", condition.explain(name, good, measure.unit)
            yield "red", condition.explain(name, min(bad, key=lambda value: _distance(value, good)), measure.unit)
            return


def _distance(one: object, other: object) -> float:
    """Return how far apart two values are, as orders of magnitude; 0 for what is no number."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(math.log((one + 1) / (other + 1)))
    return 0.0


def explanation(name: str, probe: type[Probe], width: int = 100) -> str:
    """Return what ``readiness probes NAME`` prints, in lines of at most *width* characters."""
    parts: list[str] = []

    def write(text: str, **_markup: bool) -> None:
        parts.append(text)

    _explain(name, probe, terminal.Screen(write, width=width, encoding="utf-8"))
    return "".join(parts)


def _list(registry: Registry, screen: terminal.Screen) -> None:
    width = max(map(len, registry.names()))
    for name in registry.names():
        probe = registry.get(name)
        screen.put(f"{name:<{width}}  ", bold=True)
        screen.wrapped(question(probe) if probe else "", indent=width + 2, hanging=True)
    for name, why in registry.broken.items():
        screen.wrapped(f"! the probes of {name} could not be loaded: {why}", indent=0, yellow=True)


def _explain(name: str, probe: type[Probe], screen: terminal.Screen) -> None:
    screen.line(name, bold=True)
    for paragraph in inspect.cleandoc(probe.__doc__ or "").split("\n\n"):
        screen.wrapped(" ".join(paragraph.replace("``", "`").split()), indent=0)
        screen.line()
    parts = {
        "options, under with": list(_options(probe)),
        "measurements, under expect": [(_measured(key, it), it.meaning) for key, it in probe.measures.items()],
        "further measurements": list(probe.families()),
        "expected, unless told otherwise": [(line, "") for line in _expected(probe)],
    }
    for title, rows in parts.items():
        if rows:
            screen.line(title, bold=True)
        for head, text in rows:
            depth = len(head) - len(head.lstrip())
            screen.wrapped(head.lstrip(), indent=2 + depth)
            screen.wrapped(text, indent=6 + depth)
        if rows:
            screen.line()
    screen.line("example", bold=True)
    gate, made = _exemplar(name, probe)
    for line in _dumped(gate).splitlines():
        screen.line(f"  {line}")
    for colour, sentence in outlook(gate, made) if made else ():
        screen.wrapped(f"{colour}: {sentence}", indent=2, **{colour: True})


def _form(probe: type[Probe]) -> Form:
    form = kind_of(probe)
    assert isinstance(form, Form)
    return form


def _options(probe: type[Probe]) -> Iterator[tuple[str, str]]:
    """Yield each option's name, type and default, and what it is for; what is inside of a mapping follows, indented."""
    yield from _keys(_form(probe), "", {})


def _keys(form: Form, indent: str, told: dict[Form, str]) -> Iterator[tuple[str, str]]:
    """Yield the keys of *form*; *told* are the mappings that were told before, by the key that they are under."""
    cls: type[Any] = form.cls  # type: ignore[attr-defined]  # that of a dataclass
    fields: dict[str, dataclasses.Field[Any]] = {field.name.rstrip("_"): field for field in dataclasses.fields(cls)}
    for key, kind in form.fields.items():
        default = "required" if key in form.required else f"default: {_default(fields[key])}"
        yield f"{indent}{key}: {kind.words} ({default})", str(form.docs[key].get("doc") or "")
        for inner in _forms(kind):
            if inner in told:
                yield f"{indent}    {', '.join(inner.fields)}", f"as under {told[inner]}"
            else:
                told[inner] = key
                yield from _keys(inner, f"{indent}    ", told)


def _forms(kind: Kind) -> Iterator[Form]:
    """Yield the mappings with known keys that *kind* is, or is made of."""
    if isinstance(kind, Form) and hasattr(kind, "cls"):
        yield kind
    for part in kind.parts:
        yield from _forms(part)


def _default(field: dataclasses.Field[Any]) -> str:
    factory = field.default_factory
    default = field.default if factory is dataclasses.MISSING else factory()
    if default in (None, (), {}):
        return "none"
    return _yaml(default)


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _measured(name: str, measure: Measure) -> str:
    unit = f" in {measure.unit}" if measure.unit else ""
    return f"{name}: {_TYPES.get(measure.type, measure.type.__name__)}{unit}{_DIRECTIONS[measure.better]}"


def _expected(probe: type[Probe]) -> Iterator[str]:
    for name, condition in probe.expect.items():
        yield f"{name}: {_yaml(condition)}"
