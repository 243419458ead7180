"""All that the reference says of one probe, before it is written down."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from pytest_readiness.commands._reference import defaults, entries, examples, trials
from pytest_readiness.commands._reference.entries import Entry, condition
from pytest_readiness.probe import Probe


@dataclass(frozen=True, slots=True)
class Page:
    """
    One probe.

    ``expected`` are sentences, ``outlook`` pairs of a colour and what a report says then.
    Code stands between backticks.
    """

    name: str
    paragraphs: tuple[str, ...]
    options: tuple[Entry, ...]
    measurements: tuple[Entry, ...]
    expected: tuple[str, ...]
    example: str
    outlook: tuple[tuple[str, str], ...]


def page(name: str, probe: type[Probe]) -> Page:
    """Return what there is to say of *probe*."""
    doc = inspect.cleandoc(probe.__doc__ or "").split("\n\n")
    example, outlook = examples.told(name, probe)
    return Page(
        name,
        tuple(" ".join(paragraph.replace("``", "`").split()) for paragraph in doc),
        entries.options(probe),
        entries.measurements(probe, trials.named(probe)),
        tuple(_expected(defaults.expected(probe))),
        example,
        outlook,
    )


def question(probe: type[Probe]) -> str:
    """Return the first sentence of the probe's docstring."""
    return " ".join(inspect.cleandoc(probe.__doc__ or "").partition("\n\n")[0].replace("|", "\\|").split())


def in_short(probe: type[Probe]) -> str:
    """Return what *probe* expects unless told otherwise, for one cell of a table."""
    found = defaults.expected(probe)
    always = ", ".join(_pairs(found))
    keys = dict.fromkeys(
        label.strip("`").partition(":")[0] for by in found.by for label in by.options if label[-1] == "`"
    )
    depends = ", ".join(f"`{key}`" for key in keys)
    if not always and not depends:
        return "nothing: `expect` is required"
    if not depends:
        return always
    if not found.enough:
        return f"`expect` is required; more with {depends}"
    if not always:
        return f"only with {depends}"
    return f"{always}; {'more or others' if any(by.removed for by in found.by) else 'more'} with {depends}"


def _expected(found: defaults.Expected) -> list[str]:
    """Return the default expectations, one to a line; that there are none is said too."""
    lines = _pairs(found)
    for by in found.by:
        labels = by.options
        named = " or ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)
        wanted = [f"`{name}: {condition(value)}`" for name, value in by.added.items()]
        wanted += [f"no `{name}`" for name in by.removed]
        lines.append(f"with {named}: {', '.join(wanted)}")
    if not found.always:
        rest = "otherwise nothing" if found.enough else "nothing else" if lines else "nothing"
        lines.append(f"{rest}: `expect` is required")
    return lines


def _pairs(found: defaults.Expected) -> list[str]:
    return [f"`{name}: {condition(value)}`" for name, value in found.always.items()]
