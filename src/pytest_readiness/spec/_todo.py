"""A gate with something still to be filled in: it can be read and listed; run, it is an error."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_readiness import todo
from pytest_readiness.options import Path, say
from pytest_readiness.spec._probes import Broken
from pytest_readiness.spec._problems import Node

#: The keys under which something may be left to be filled in.
KEYS = ("with", "expect", "deferred", "waiver")

_SHOWN = 10


def to_do(node: Node) -> dict[Path, str]:
    """Return what is still to be filled in in the gate *node*: the way to each ``TODO``, and what it says is wanted."""
    data = node.data
    return {path: wanted for key in KEYS if key in data for path, wanted in todo.find(data[key], (key,))}


def unfilled(found: dict[Path, str]) -> Broken:
    """Return what stands for the probe of a gate with something to fill in."""
    said = [f"{say(path)} ({wanted})" if wanted else say(path) for path, wanted in found.items()]
    return Broken(why=f"still to be filled in: {_listed(said)}")


def _listed(said: Sequence[str]) -> str:
    more = [f"{len(said) - _SHOWN} more"] if len(said) > _SHOWN else []
    return ", ".join((*said[:_SHOWN], *more))
