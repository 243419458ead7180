"""What groups come to: their scores, their counts, and whether they are what they are expected to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_readiness.condition import parse
from pytest_readiness.errors import ConditionError
from pytest_readiness.judge._score import Scored, score_of
from pytest_readiness.model import Expectation, Group, GroupScore, Held, Outcome
from pytest_readiness.units import show

if TYPE_CHECKING:
    from pytest_readiness.plan import Plan

#: What a group may have expectations on, and what each means. All but the first two add up to ``gates``.
GROUP_MEASURES: Mapping[str, str] = {
    "score": "weight passed of weight applicable",
    "gates": "all gates in it",
    "passed": "gates that passed, and are neither waived nor deferred",
    "failed": "gates that failed, and are neither waived nor deferred",
    "error": "gates of which it could not be found out, and that are neither waived nor deferred",
    "blocked": "gates that wait for one that has not passed, and are neither waived nor deferred",
    "not_run": "gates that were kept from being run, and are neither waived nor deferred",
    "waived": "gates with a waiver in force, whatever became of them",
    "deferred": "gates with a deferral in force, whatever became of them",
    "not_applicable": "gates that do not apply",
}
#: What can be said of a group of which no gate applies.
_ALWAYS_SAID = {"gates", "not_applicable"}


def typed(name: str) -> tuple[type, str]:
    """Return type and unit of what a group measures under *name*."""
    return (float, "%") if name == "score" else (int, "")


@dataclass(frozen=True, slots=True)
class Unmet:
    """Why the own expectations of a group do not hold; ``breaks`` is whether that fails the run."""

    why: str
    breaks: bool


def score_groups(plan: Plan, scoring: Mapping[str, Scored], today: date) -> tuple[tuple[GroupScore, ...], list[Unmet]]:
    """Return all groups with their scores, and a sentence for each whose own expectations do not hold."""
    gates: dict[tuple[str, ...], set[str]] = {group.path: set(group.of) for group in plan.spec.groups}
    for gate in plan.spec.gates:
        for depth in range(1, len(gate.group) + 1):
            gates.setdefault(gate.group[:depth], set()).add(gate.id)
    groups: list[GroupScore] = []
    unmet: list[Unmet] = []
    for group in plan.spec.groups:
        members = [scoring[name] for name in gates[group.path] if name in scoring]
        score, why = _group(group, members, cut=len(members) < len(gates[group.path]))
        if why and group.enforce_from is not None and today < group.enforce_from:
            why = f"{why}; enforced from {group.enforce_from}"
            score = replace(score, reason=why)
            unmet.append(Unmet(f"group {' / '.join(group.path)}: {why}", breaks=False))
        elif why:
            unmet.append(Unmet(f"group {' / '.join(group.path)}: {why}", breaks=True))
        groups.append(score)
    return tuple(groups), unmet


def _group(group: Group, members: Sequence[Scored], *, cut: bool) -> tuple[GroupScore, str | None]:
    """Return what one group comes to, and why its own expectations do not hold, if some do not."""
    score = score_of(members)
    shown = None if score is None else float(score)
    if cut and not members:
        return GroupScore(group.path, None, Outcome.NOT_RUN, "none of its gates was selected"), None
    held = () if cut else tuple(_held(group, members, score))
    unmet = "; ".join(dict.fromkeys(one.why for one in held if not one.held))
    if unmet:
        return GroupScore(group.path, shown, Outcome.FAILED, unmet, held), unmet
    breaking = sum(one.breaks for one in members)
    if breaking:
        why = f"{breaking} of {len(members)} gates break the run"
        return GroupScore(group.path, shown, Outcome.FAILED, why, held), None
    if not any(one.applies for one in members):
        return GroupScore(group.path, None, Outcome.NOT_APPLICABLE, "none of its gates applies", held), None
    note = "only some of its gates were selected" if cut else ""
    return GroupScore(group.path, shown, Outcome.PASSED, note, held), None


def _held(group: Group, members: Sequence[Scored], score: Fraction | None) -> list[Held]:
    """Return the expectations of a group after judgement; of a group that does not apply, those that still say much."""
    if not members:
        return [
            _undecided(wanted, "it has no gates, so nothing can be expected of it") for wanted in group.expectations
        ]
    counts = Counter(one.counted for one in members)
    found: dict[str, Fraction | int | None] = {name: counts[name] for name in GROUP_MEASURES}
    found |= {"score": score, "gates": len(members)}
    applies = any(one.applies for one in members)
    judged = [wanted for wanted in group.expectations if applies or wanted.measurement in _ALWAYS_SAID]
    return [_judged(wanted, found[wanted.measurement]) for wanted in judged]


def _judged(wanted: Expectation, found: Fraction | int | None) -> Held:
    if found is None:
        return _undecided(wanted, "its gates weigh nothing, so it has no score")
    try:
        condition = parse(wanted.condition, *typed(wanted.measurement))
        held, why = condition.holds(found), condition.explain(wanted.measurement, found)
    except ConditionError as error:
        return _undecided(wanted, str(error))
    return Held(wanted.measurement, _words(wanted), held, why)


def _undecided(wanted: Expectation, why: str) -> Held:
    return Held(wanted.measurement, _words(wanted), None, why)


def _words(wanted: Expectation) -> str:
    return wanted.condition if isinstance(wanted.condition, str) else show(wanted.condition)
