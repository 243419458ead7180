"""Proposals that a spec can hold: options and conditions are read as the loader reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pytest_readiness import options, todo
from pytest_readiness.checklist.model import Document, Item, Proposal
from pytest_readiness.condition import parse
from pytest_readiness.errors import ConditionError
from pytest_readiness.probe import Probe
from pytest_readiness.registry import Registry

_PUT_IN = re.compile(r"\$\$|\$\{([^}]*)\}")


def sound(document: Document, proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Return *proposals*; one that could not be read is left to a person, and says why."""
    check = _Check()
    return tuple(_left(document, proposal, check.wrong(proposal)) for proposal in proposals)


def _left(document: Document, proposal: Proposal, wrong: str | None) -> Proposal:
    if wrong is None:
        return proposal
    words = (*proposal.words, f"{proposal.probe} was not to be had: {wrong}")
    return for_a_person(document.items[proposal.item], proposal, words)


def for_a_person(item: Item, proposal: Proposal, words: tuple[str, ...]) -> Proposal:
    """Return a question to a person in place of *proposal*."""
    asked = {"role": literal(item.owner) or todo.TODO, "question": literal(item.text) or literal(item.raw)}
    return Proposal(item=proposal.item, probe="manual", options=asked, confidence=proposal.confidence, words=words)


def literal(text: str) -> str:
    """Return *text* on one line, so that no variable is put into it."""
    plain = " ".join(text.split())
    return plain.replace("$", "$$") if "${" in plain or "$$" in plain else plain


class _Check:
    """Looks at each probe, and at each way to use it, once."""

    def __init__(self) -> None:
        self._registry = Registry()
        self._known: dict[tuple[str, str], str | None] = {}

    def wrong(self, proposal: Proposal) -> str | None:
        """Return the first thing that is wrong with *proposal*; None if nothing is."""
        if proposal.probe == "group":
            return None
        said = proposal.probe, repr((proposal.options, proposal.expect, proposal.variables))
        if said not in self._known:
            self._known[said] = next(self._problems(proposal), None)
        return self._known[said]

    def _problems(self, proposal: Proposal) -> Iterator[str]:
        probe = self._registry.get(proposal.probe)
        if probe is None:
            yield "there is no such probe"
            return
        filled = _filled(proposal.options, proposal.variables)
        found: list[tuple[options.Path, str]] = []
        made = options.convert(probe, filled, found) if isinstance(filled, Mapping) else None
        open_ = {path for path, _ in todo.find(filled)}
        yield from (f"{options.say(path)}: {message}" for path, message in found if not todo.concerns(path, open_))
        expect = proposal.expect
        open_ = {path for path, _ in todo.find(expect)}
        yield from (wrong for name, wrong in _conditions(probe, made, expect) if not todo.concerns((name,), open_))


def _conditions(probe: type[Probe], made: Probe | None, expect: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for name, condition in expect.items():
        measure = probe.measures.get(name) if made is None else made.declare(name)
        if measure is None:
            if made is not None:
                yield name, f"it does not measure {name}"
            continue
        try:
            parse(tuple(condition) if isinstance(condition, list) else condition, measure.type, measure.unit)  # type: ignore[arg-type]
        except ConditionError as error:
            yield name, f"{name}: {error}"


def _filled(value: object, variables: Mapping[str, str]) -> object:
    """Return *value* with the defaults of its variables put in; what has none is still to be filled in."""
    if isinstance(value, str):
        return _PUT_IN.sub(lambda match: _default(match, variables), value) if "$" in value else value
    if isinstance(value, Mapping):
        return {name: _filled(below, variables) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(below, variables) for below in value]
    return value


def _default(match: re.Match[str], variables: Mapping[str, str]) -> str:
    if match[1] is None:
        return "$"
    name, given, default = match[1].partition(":-")
    if given:
        return default
    definition = variables.get(name, "")
    return definition.partition(":-")[2].removesuffix("}") if definition.startswith("${") else definition or todo.TODO
