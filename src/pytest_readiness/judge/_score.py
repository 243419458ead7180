"""The scores of the whole and of its groups: weight passed of weight applicable, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_readiness.condition import parse
from pytest_readiness.errors import ConditionError
from pytest_readiness.judge._policy import excused
from pytest_readiness.model import Disposition, Gate, Group, GroupScore, Judged, Outcome, Value
from pytest_readiness.units import exact

if TYPE_CHECKING:
    from pytest_readiness.plan import Plan


@dataclass(frozen=True, slots=True)
class Scored:
    """What one gate adds to a score."""

    group: tuple[str, ...]
    applies: bool
    counts: bool
    weight: Fraction
    breaks: bool

    @classmethod
    def of(cls, judged: Judged, gate: Gate, today: date) -> Scored:
        """Weigh one gate; what is waived or deferred never counts as passed."""
        outcome = judged.result.outcome
        return cls(
            group=gate.group,
            applies=outcome is not Outcome.NOT_APPLICABLE,
            counts=outcome is Outcome.PASSED and not excused(gate, today),
            weight=exact(gate.weight),
            breaks=judged.disposition is Disposition.BREAKS,
        )


def score_of(scoring: Iterable[Scored]) -> Fraction | None:
    """Return the weight passed of the weight applicable in percent, None if nothing applies."""
    applicable = passed = Fraction(0)
    for one in scoring:
        applicable += one.weight if one.applies else 0
        passed += one.weight if one.applies and one.counts else 0
    return 100 * passed / applicable if applicable else None


def score_groups(plan: Plan, scoring: Sequence[Scored]) -> tuple[tuple[GroupScore, ...], list[str]]:
    """Return all groups with their scores, and a sentence for each whose own expectation does not hold."""
    members: dict[tuple[str, ...], list[Scored]] = {group.path: [] for group in plan.spec.groups}
    for one in scoring:
        for depth in range(1, len(one.group) + 1):
            members.setdefault(one.group[:depth], []).append(one)
    planned = {gate.id for gate in plan.gates}
    left_out = {
        gate.group[:depth]
        for gate in plan.spec.gates
        if gate.id not in planned
        for depth in range(1, len(gate.group) + 1)
    }
    groups: list[GroupScore] = []
    unmet: list[str] = []
    for group in plan.spec.groups:
        score, why = _group(group, members[group.path], cut=group.path in left_out)
        groups.append(score)
        unmet += [f"group {' / '.join(group.path)}: {why}"] if why else []
    return tuple(groups), unmet


def _group(group: Group, members: Sequence[Scored], *, cut: bool) -> tuple[GroupScore, str | None]:
    """Return the score of one group, and why its own expectation does not hold, if it has one that does not."""
    score = score_of(members)
    shown = None if score is None else float(score)
    if cut and not members:
        return GroupScore(group.path, None, Outcome.NOT_RUN, "none of its gates was selected"), None
    unmet = None if group.score is None or cut else _unmet(group.score, members, score)
    if unmet:
        return GroupScore(group.path, shown, Outcome.FAILED, unmet), unmet
    breaking = sum(one.breaks for one in members)
    if breaking:
        return GroupScore(group.path, shown, Outcome.FAILED, f"{breaking} of {len(members)} gates break the run"), None
    if not any(one.applies for one in members):
        return GroupScore(group.path, None, Outcome.NOT_APPLICABLE, "none of its gates applies"), None
    note = "only some of its gates were selected" if cut else ""
    return GroupScore(group.path, shown, Outcome.PASSED, note), None


def _unmet(expected: Value, members: Sequence[Scored], score: Fraction | None) -> str | None:
    """Return why the expectation on a group's score does not hold, None if it does or if nothing in it applies."""
    if not members:
        return "it has no gates, so its score cannot be judged"
    if score is None:
        return None if not any(one.applies for one in members) else "its gates weigh nothing, so it has no score"
    try:
        condition = parse(expected, float, "%")
        return None if condition.holds(score) else condition.explain("score", score)
    except ConditionError as error:
        return str(error)
