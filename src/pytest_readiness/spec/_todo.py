"""``TODO`` in a gate: what is still to be filled in. Such a gate can be read and listed; run, it is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_readiness.options import Path, say
from pytest_readiness.spec._places import Map, Seq
from pytest_readiness.spec._probes import Broken
from pytest_readiness.spec._problems import Node

#: The keys under which something may be left to be filled in.
KEYS = ("with", "expect", "deferred", "waiver")

#: ``TODO``, ``TODO: which folder``, and what a variable that is one becomes in an address: ``TODO/health``.
_TODO = re.compile(r"TODO(?:$|/.*|: *(.*))", re.DOTALL)
_SHOWN = 10


def to_do(node: Node) -> dict[Path, str]:
    """Return what is still to be filled in in the gate *node*: the way to each ``TODO``, and what it says is wanted."""
    return {path: wanted for key in KEYS if key in node.data for path, wanted in _found(node.data[key], (key,))}


def _found(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if value.startswith("TODO") and (match := _TODO.fullmatch(value)):
            yield path, (match[1] or "").strip()
    elif isinstance(value, Map):
        for key, below in value.items():
            yield from _found(below, (*path, key))
    elif isinstance(value, Seq):
        for index, below in enumerate(value):
            yield from _found(below, (*path, index))


def concerns(problem: Path, todo: dict[Path, str]) -> bool:
    """Tell whether a problem at *problem* may be about nothing but what is still to be filled in there."""
    return any(path[: len(problem)] == problem or problem[: len(path)] == path for path in todo)


def unfilled(todo: dict[Path, str]) -> Broken:
    """Return what stands for the probe of a gate with something to fill in."""
    said = [f"{say(path)} ({wanted})" if wanted else say(path) for path, wanted in todo.items()]
    return Broken(why=f"still to be filled in: {_listed(said)}")


def _listed(said: Sequence[str]) -> str:
    more = [f"{len(said) - _SHOWN} more"] if len(said) > _SHOWN else []
    return ", ".join((*said[:_SHOWN], *more))
