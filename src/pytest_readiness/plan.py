"""Needs, selection and order: all trouble found before anything runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_readiness.errors import Problem
from pytest_readiness.model import Gate, Spec
from pytest_readiness.selection import near, pick

_NEAR_NAMES = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What will be run.

    ``gates`` are in the order of the spec, with everything they need. ``graph`` says which gates each
    one needs. ``partial`` is true where some gates of the spec were left out.
    """

    spec: Spec
    gates: tuple[Gate, ...]
    partial: bool
    graph: Mapping[str, tuple[str, ...]]


def make_plan(spec: Spec, select: str | None = None) -> Plan:
    """
    Return the plan for all gates of *spec*, or for those that *select* picks.

    *select* has ids, globs, ``tag:``, ``group:`` and ``severity:``, joined by ``,``, ``or``,
    ``and``, ``not`` and parentheses. What the picked gates need comes along. Raises ``UsageError``
    if *select* cannot be read, or if something in it picks nothing.
    """
    graph = {gate.id: tuple(dict.fromkeys(gate.needs)) for gate in spec.gates}
    if select is None:
        return Plan(spec, spec.gates, partial=False, graph=graph)
    wanted = _closure(pick(spec.gates, select), graph)
    gates = tuple(gate for gate in spec.gates if gate.id in wanted)
    return Plan(spec, gates, len(gates) < len(spec.gates), {gate.id: graph[gate.id] for gate in gates})


# --- needs --------------------------------------------------------------------------------------


def check_needs(gates: Sequence[Gate]) -> list[Problem]:
    """Return a problem for each need that names no gate or the gate itself, and for each cycle."""
    problems: list[Problem] = []
    by_id = {gate.id: gate for gate in gates}
    titles = {title for gate in gates for title in gate.group}
    for gate in gates:
        for need in dict.fromkeys(gate.needs):
            if need == gate.id:
                problems.append(_problem(gate, "a gate cannot need itself"))
            elif need not in by_id:
                told = _group_told(need, titles, hint=len(problems) < _NEAR_NAMES)
                close = near(need, by_id) if not told and len(problems) < _NEAR_NAMES else None
                hint = f": did you mean {close!r}?" if close else ""
                problems.append(_problem(gate, told or f"there is no gate {need!r}{hint}"))
    graph = {gate.id: [need for need in gate.needs if need in by_id and need != gate.id] for gate in gates}
    problems += [
        _problem(by_id[cycle[0]], f"a cycle, so that none of them could ever run: {' -> '.join(cycle)}")
        for cycle in _cycles(graph)
    ]
    return problems


def _group_told(need: str, titles: Collection[str], *, hint: bool) -> str | None:
    """Return what is wrong with a *need* that is about a group, None if it is about none."""
    kind, colon, title = need.partition(":")
    if need in titles:
        return f"there is no gate {need!r}, but a group: write 'group:{need}' for all of its gates"
    if not colon or kind != "group":
        return None
    close = near(title, titles) if hint else None
    meant = f": did you mean 'group:{close}'?" if close else ""
    return f"there is no other gate in a group {title!r}{meant}"


def _problem(gate: Gate, message: str) -> Problem:
    return Problem(gate.position, f"{gate.id}.needs", message)


def _cycles(graph: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the shortest cycle of each knot, ``[a, b, a]``, from the first gate of it in *graph*."""
    place = {name: index for index, name in enumerate(graph)}
    firsts = {min(knot, key=place.__getitem__): knot for knot in _knots(graph)}
    return [_way_back(name, graph, firsts[name]) for name in sorted(firsts, key=place.__getitem__)]


def _knots(graph: Mapping[str, Sequence[str]]) -> list[set[str]]:
    """Return the sets of gates that need each other, in linear time (Kosaraju's algorithm, without recursion)."""
    users: dict[str, list[str]] = {name: [] for name in graph}
    for name, needs in graph.items():
        for need in needs:
            users[need].append(name)
    knots: list[set[str]] = []
    settled: set[str] = set()
    for start in reversed(_needs_first(graph)):
        knot, waiting = set[str](), [start]
        while waiting:
            name = waiting.pop()
            if name not in settled:
                settled.add(name)
                knot.add(name)
                waiting += users[name]
        if len(knot) > 1:
            knots.append(knot)
    return knots


def _needs_first(graph: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all names, each after those it leads to (as far as cycles allow)."""
    order: list[str] = []
    seen: set[str] = set()
    for start in graph:
        stack = [(start, iter(graph[start]))] if start not in seen else []
        seen.add(start)
        while stack:
            name, needs = stack[-1]
            need = next((need for need in needs if need not in seen), None)
            if need is None:
                order.append(name)
                stack.pop()
            else:
                seen.add(need)
                stack.append((need, iter(graph[need])))
    return order


def _way_back(start: str, graph: Mapping[str, Sequence[str]], knot: set[str]) -> list[str]:
    """Return the shortest way from *start* back to itself inside its *knot*."""
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while start not in came_from:
        name = waiting.popleft()
        for need in graph[name]:
            if need in knot and need not in came_from:
                came_from[need] = name
                waiting.append(need)
    way = [start, came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _closure(ids: Iterable[str], graph: Mapping[str, Sequence[str]]) -> set[str]:
    """Return *ids* and all that they need, directly or not."""
    wanted: set[str] = set()
    waiting = list(ids)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += (need for need in graph[name] if need in graph)
    return wanted
