"""``${login.token}``: what one gate measures, used by another that needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
_TRIES = 150


class Captures:
    """The gates that have been read so far, and what others may use of what they measure."""

    def __init__(self, ids: Iterable[str], scene: Scene) -> None:
        self.ids = frozenset(ids)
        self.scene = scene
        self.gates: dict[str, Gate] = {}

    def choices(self, name: str, what: str, needs: tuple[str, ...]) -> tuple[str, ...]:
        """
        Return what may stand for measurement *what* of gate *name*, in a gate that *needs* others.

        Raises ``OptionError`` where it cannot be used there.
        """
        if name not in self._needed(needs):
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

    def _needed(self, needs: Iterable[str]) -> set[str]:
        """Return *needs*, and all that those need."""
        found: set[str] = set()
        waiting = list(needs)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.gates[name].needs if name in self.gates else ()
        return found


def tries(choices: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Yield what may stand for each name in *choices*: every combination, as long as there are not too many."""
    unsure = [name for name, values in choices.items() if len(values) > 1]
    sure = {name: values[0] for name, values in choices.items()}
    if len(_UNSURE) ** len(unsure) <= _TRIES:
        ways: Iterable[tuple[str, ...]] = product(_UNSURE, repeat=len(unsure))
    else:
        ways = ((value,) * len(unsure) for value in _UNSURE)
    for way in ways:
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
