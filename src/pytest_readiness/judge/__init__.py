"""
What measurements mean for a gate, and what results mean for a release. Pure: no clock, no files.

Nothing starts as passed: a gate passes when every expectation was seen to hold, and a run is
READY when every gate was seen to be all right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_readiness.judge._gate import NOTHING, Weighed, outcome_of, weigh
from pytest_readiness.judge._groups import GROUP_MEASURES, score_groups, typed
from pytest_readiness.judge._policy import NOTICE, announced, judged, permitted
from pytest_readiness.judge._score import Scored, score_of
from pytest_readiness.model import Disposition, Gate, GroupScore, Judged, Outcome, Result, Verdict
from pytest_readiness.units import exact, show

if TYPE_CHECKING:
    from pytest_readiness.plan import Plan

__all__ = ["GROUP_MEASURES", "NOTHING", "NOTICE", "Judgement", "Weighed", "judge", "permitted", "typed", "weigh"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    What all results together come to.

    ``score`` is in percent, None where nothing applies. ``breaks`` is whether the run fails: of a
    PARTIAL run it speaks of the selected gates only. ``problems`` are one-line sentences: what breaks
    besides gates, and every waiver and deferral by the name of its gate.
    """

    judged: tuple[Judged, ...]
    score: float | None
    groups: tuple[GroupScore, ...]
    verdict: Verdict
    breaks: bool
    problems: tuple[str, ...]


def judge(plan: Plan, results: Iterable[Result], *, today: date) -> Judgement:
    """Return the verdict on *plan*, as of *today* (in UTC); a gate without a result counts as not run."""
    by_gate, problems = _one_each(plan.gates, results)
    breaks = bool(problems)
    told = tuple(judged(by_gate[gate.id], gate, plan.spec.enforce, today) for gate in plan.gates)
    breaks |= any(one.disposition is Disposition.BREAKS for one in told)
    problems += [f"{gate.id}: {line}" for gate in plan.gates for line in announced(gate, today)]
    scoring = {gate.id: Scored.of(one, gate, today) for one, gate in zip(told, plan.gates, strict=True)}
    score = score_of(scoring.values())
    shortfalls = list(_shortfalls(plan, told, score))
    groups, unmet = score_groups(plan, scoring, today)
    problems += [*shortfalls, *(one.why for one in unmet)]
    breaks |= bool(shortfalls) or any(one.breaks for one in unmet)
    verdict = Verdict.PARTIAL if plan.partial else Verdict.NOT_READY if breaks else Verdict.READY
    return Judgement(told, None if score is None else float(score), groups, verdict, breaks, tuple(problems))


def _one_each(gates: Sequence[Gate], results: Iterable[Result]) -> tuple[dict[str, Result], list[str]]:
    """Return exactly one result for each gate, whatever came, and what was wrong with what came."""
    found: dict[str, Result] = {}
    problems: list[str] = []
    twice: set[str] = set()
    for result in results:
        name = result.gate.id
        twice |= {name} if name in found else set()
        found[name] = result
    for gate in gates:
        result = found.get(gate.id) or Result(gate=gate, outcome=Outcome.NOT_RUN, reason="it was never run")
        doubt = "two results came for it" if gate.id in twice else _doubt(gate, result)
        # Policy is read from the planned gate, so that nothing between plan and result can soften it.
        found[gate.id] = replace(result, outcome=Outcome.ERROR, reason=doubt) if doubt else result
    planned = {gate.id for gate in gates}
    problems += [f"{name}: a result came for a gate that is not in the plan" for name in found if name not in planned]
    return found, problems


def _doubt(gate: Gate, result: Result) -> str | None:
    """Return why *result* cannot be what it says it is, None if it can."""
    if result.outcome is Outcome.NOT_APPLICABLE and not (gate.inapplicable and result.reason.strip()):
        return "it is said not to apply, without a reason in the spec"
    if result.outcome is not Outcome.PASSED:
        return None
    wanted = {expectation.measurement for expectation in gate.expectations}
    seen = {held.measurement for held in result.expectations}
    if not wanted or wanted - seen or outcome_of(result.expectations) is not Outcome.PASSED:
        return "it is said to have passed, but not every expectation was seen to hold"
    return None


def _shortfalls(plan: Plan, judged: Sequence[Judged], score: Fraction | None) -> Iterator[str]:
    """Yield why the run as a whole is not ready, besides its gates."""
    if not judged:
        yield "there are no gates, and no gates is not ready"
    elif all(one.result.outcome is Outcome.NOT_APPLICABLE for one in judged):
        yield "no gate applies, so nothing was judged"
    target = plan.spec.target
    if target is None or plan.partial or not judged:
        return
    if score is None:
        yield f"there is no score to reach the target of {show(target, '%')}"
    elif score < exact(target):
        yield f"the score is {show(score, '%', beside=target)}, the target is {show(target, '%')}"
