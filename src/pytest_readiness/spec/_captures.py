"""``${login.token}``: what one gate measures, used by another that needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import product

from pytest_readiness.errors import ConditionError, OptionError
from pytest_readiness.model import Gate
from pytest_readiness.options import named
from pytest_readiness.probe import Probe
from pytest_readiness.spec._drafts import Draft
from pytest_readiness.spec._probes import Known
from pytest_readiness.spec._scene import Scene

#: What may stand for a measurement until it is made, by its type.
_SURE = {bool: "true", int: "1", float: "1"}
#: What a text, or any value, may turn out to be; options are good if they are with one of these.
_UNSURE = ("1", "http://127.0.0.1:8000/1", "text", "true", "2026-01-01")
_TRIES = 30


class Captures:
    """The gates that have been read so far, and what others may use of what they measure."""

    def __init__(self, groups: Mapping[str, tuple[str, ...]], scene: Scene) -> None:
        self.ids = {name: number for number, name in enumerate(groups)}
        self._groups = groups
        self.scene = scene
        self.gates: dict[str, Gate] = {}
        #: For each gate all that it needs, directly or not: one bit for each, since there may be thousands.
        self._above: dict[str, int] = {}

    def add(self, gate: Gate) -> None:
        """Take note of *gate*, after those it needs."""
        self.gates[gate.id] = gate
        self._above[gate.id] = self._all(gate.needs)

    def meant(self, need: str, gate: str) -> tuple[str, ...]:
        """
        Return the gates that *need*, of *gate*, stands for: those of a ``group:TITLE``, or that fit a glob, or itself.

        What stands for none is returned as it is, to be told of.
        """
        kind, colon, title = need.partition(":")
        if colon and kind == "group":
            found = [name for name, path in self._groups.items() if any(fnmatchcase(each, title) for each in path)]
        elif "*" in need or "?" in need:
            found = [name for name in self.ids if fnmatchcase(name, need)]
        else:
            return (need,)
        return tuple(name for name in found if name != gate) or (need,)

    def choices(self, name: str, what: str, needs: tuple[str, ...]) -> tuple[str, ...]:
        """
        Return what may stand for measurement *what* of gate *name*, in a gate that *needs* others.

        Raises ``OptionError`` where it cannot be used there.
        """
        if not self._all(needs) >> self.ids[name] & 1:
            raise OptionError(f"the gate does not need gate {name!r}: add it to 'needs'")
        gate = self.gates.get(name)
        known = None if gate is None else self.scene.probes.get(gate.probe)
        if gate is None or not isinstance(gate.options, Probe) or not isinstance(known, Known):
            return _UNSURE  # what is wrong with that gate is reported there
        try:
            measure = known.declare(what, gate.options)
        except ConditionError as error:
            raise OptionError(str(error)) from None
        if measure is None:
            hint = self.scene.problems.near(what, known.names(gate.options))
            raise OptionError(f"gate {name!r} does not measure {what!r}{hint}")
        return (_SURE[measure.type],) if measure.type in _SURE else _UNSURE

    def _all(self, needs: Iterable[str]) -> int:
        """Return *needs*, and all that those need, as bits."""
        bits = 0
        for name in needs:
            if name in self.ids:
                bits |= 1 << self.ids[name] | self._above.get(name, 0)
        return bits


def tries(choices: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Yield what may stand for each name in *choices*: the same for all, then every combination if those are few."""
    unsure = [name for name, values in choices.items() if len(values) > 1]
    sure = {name: values[0] for name, values in choices.items()}
    for value in _UNSURE:
        yield {**sure, **dict.fromkeys(unsure, value)}
    if len(_UNSURE) ** len(unsure) <= _TRIES:
        for way in product(_UNSURE, repeat=len(unsure)):
            yield {**sure, **dict(zip(unsure, way, strict=True))}


def in_reading_order(drafts: list[Draft]) -> list[Draft]:
    """Return *drafts* so that each comes after those it captures from, as far as there are no cycles."""
    by_id = {draft.id: draft for draft in drafts if draft.id is not None}
    if not any(_wants(draft, by_id) for draft in drafts):
        return drafts
    order: dict[int, Draft] = {}
    seen: set[int] = set()
    for start in drafts:
        stack = [(start, iter(_before(start, by_id)))] if id(start) not in seen else []
        seen.add(id(start))
        while stack:
            draft, others = stack[-1]
            other = next((by_id[name] for name in others if id(by_id[name]) not in seen), None)
            if other is None:
                order[id(draft)] = draft
                stack.pop()
            else:
                seen.add(id(other))
                stack.append((other, iter(_before(other, by_id))))
    return list(order.values())


def _wants(draft: Draft, by_id: Mapping[str, Draft]) -> list[str]:
    """Return the gates that *draft* refers to under ``with``."""
    prefixes = (name.rpartition(".")[0] for name in sorted(named(draft.node.data.get("with"))))
    return [name for name in prefixes if name in by_id]


def _before(draft: Draft, by_id: Mapping[str, Draft]) -> list[str]:
    """Return the gates to read before *draft*: those it needs, too, since those may need others."""
    own = draft.node.data.get("needs")
    listed = own if isinstance(own, list) else [own]
    needs = (*draft.heading.values.get("needs", ()), *(item for item in listed if isinstance(item, str)))
    return [*_wants(draft, by_id), *(name for name in needs if name in by_id)]
