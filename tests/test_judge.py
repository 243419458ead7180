from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.errors import Position
from pytest_readiness.judge import Judgement, Weighed, judge, weigh
from pytest_readiness.model import (
    Deferral,
    Disposition,
    Each,
    Expectation,
    Gate,
    Group,
    Held,
    Judged,
    Measurement,
    Outcome,
    Result,
    Severity,
    Spec,
    Value,
    Verdict,
    Waiver,
)
from pytest_readiness.plan import Plan, make_plan
from pytest_readiness.probe import Context, Measure, Measurements, Probe

TODAY = date(2026, 11, 22)
BAD = [Outcome.FAILED, Outcome.ERROR, Outcome.BLOCKED, Outcome.NOT_RUN]
ENFORCED = frozenset({Severity.CRITICAL, Severity.HIGH})


@dataclass(frozen=True, kw_only=True)
class Files(Probe):
    """A probe with one measurement of each type."""

    measures: ClassVar = {
        "count": Measure(int, "files that match"),
        "line": Measure(float, "lines covered", "%"),
        "state": Measure(str, "a word"),
        "up": Measure(bool, "a truth"),
        "body": Measure(object, "anything"),
    }

    def measure(self, context: Context) -> Measurements:
        raise NotImplementedError


def gate(name: str = "files", expect: Mapping[str, Value] | None = None, **more: Any) -> Gate:
    wanted = {"count": ">= 1"} if expect is None else expect
    given: dict[str, Any] = {
        "id": name,
        "title": name,
        "probe": "file",
        "options": Files(),
        "expectations": tuple(Expectation(key, value) for key, value in wanted.items()),
        "position": Position("readiness.yaml", 1),
    }
    return Gate(**given | more)


def spec(*gates: Gate, **more: Any) -> Spec:
    given: dict[str, Any] = {
        "path": Path("readiness.yaml"),
        "root": Path(),
        "name": "orders",
        "gates": gates,
        "groups": (),
        "services": {},
        "enforce": ENFORCED,
    }
    return Spec(**given | more)


def result(of: Gate, outcome: Outcome = Outcome.PASSED, reason: str = "because") -> Result:
    held = outcome is Outcome.PASSED or None
    expectations = tuple(Held(wanted.measurement, str(wanted.condition), held) for wanted in of.expectations)
    return Result(gate=of, outcome=outcome, reason=reason, expectations=expectations)


def judged(of: Gate, outcome: Outcome = Outcome.PASSED, **more: Any) -> Judged:
    """Return what is made of one gate that came to *outcome*, beside one that passes."""
    beside = gate("beside")
    return verdict([(of, outcome), (beside, Outcome.PASSED)], **more).judged[0]


def verdict(outcomes: list[tuple[Gate, Outcome]], *, today: date = TODAY, **more: Any) -> Judgement:
    plan = make_plan(spec(*(of for of, _ in outcomes), **more))
    return judge(plan, [result(of, outcome) for of, outcome in outcomes], today=today)


def measured(**values: Value) -> dict[str, Measurement]:
    units = {"line": "%"}
    return {name: Measurement(value, units.get(name, "")) for name, value in values.items()}


# --- one gate: what its measurements come to ----------------------------------------------------


def test_a_gate_passes_when_it_looked_at_something_and_every_expectation_held() -> None:
    weighed = weigh(gate(expect={"count": ">= 1", "line": ">= 80%"}), measured(count=3, line=83.27), 3, "count")
    assert weighed == Weighed(
        Outcome.PASSED,
        "count is 3, expected >= 1; line is 83.27 %, expected >= 80 %",
        (
            Held("count", ">= 1", True, "count is 3, expected >= 1"),
            Held("line", ">= 80%", True, "line is 83.27 %, expected >= 80 %"),
        ),
    )


def test_a_gate_fails_when_an_expectation_does_not_hold_and_names_all_of_them() -> None:
    expect: dict[str, Value] = {"count": ">= 4", "line": ">= 80%", "state": "ok"}
    weighed = weigh(gate(expect=expect), measured(count=3, line=71.4, state="ok"), 3, "count")
    assert weighed.outcome is Outcome.FAILED
    assert weighed.reason == "count is 3, expected >= 4; line is 71.40 %, expected >= 80 %"
    assert [held.held for held in weighed.expectations] == [False, False, True]


def test_a_gate_that_expects_nothing_is_an_error() -> None:
    weighed = weigh(gate(expect={}), measured(count=3), 3, "count")
    assert weighed.outcome is Outcome.ERROR
    assert weighed.reason == "nothing is expected, so nothing can hold: add 'expect'"


@pytest.mark.parametrize("looked_at", [0, -1])
def test_looking_at_nothing_is_an_error_even_if_everything_holds(looked_at: int) -> None:
    weighed = weigh(gate(expect={"line": ">= 80%"}), measured(count=0, line=100), looked_at, "count")
    assert weighed.outcome is Outcome.ERROR
    assert weighed.reason == "nothing was looked at (if that is what is wanted, say 'count: 0' under 'expect')"
    assert [held.held for held in weighed.expectations] == [None]


def test_a_cause_that_several_measurements_share_is_told_once() -> None:
    why = {"line": "no data", "branch": "no data", "missed": "another"}
    weighed = weigh(gate(expect={"line": ">= 80%", "branch": ">= 70%", "missed": 0}), {}, 1, None, why)
    assert weighed.reason == "line, branch were not measured: no data; missed was not measured: another"


def test_why_nothing_was_looked_at_is_told() -> None:
    weighed = weigh(gate(expect={"count": ">= 0"}), measured(count=0), 0, "count", {"count": "there is no a.txt"})
    assert weighed.outcome is Outcome.ERROR
    assert weighed.reason.startswith("nothing was looked at: there is no a.txt (")


def test_looking_at_nothing_is_an_error_for_a_probe_that_counts_nothing() -> None:
    weighed = weigh(gate(expect={"line": 0}), measured(line=0), 0, None)
    assert weighed.outcome is Outcome.ERROR
    assert weighed.reason == "nothing was looked at"


@pytest.mark.parametrize("condition", [0, "= 0", "0..3", "<= 0", "in 0, 1"])
def test_expecting_zero_in_so_many_words_lets_a_gate_look_at_nothing(condition: Value) -> None:
    assert weigh(gate(expect={"count": condition}), measured(count=0), 0, "count").outcome is Outcome.PASSED


@pytest.mark.parametrize("condition", [">= 0", "< 5", "!= 1", "<= 4", "ms"])
def test_zero_that_is_only_permitted_does_not_let_a_gate_look_at_nothing(condition: Value) -> None:
    assert weigh(gate(expect={"count": condition}), measured(count=0), 0, "count").outcome is Outcome.ERROR


def test_expecting_zero_of_another_measurement_does_not_let_a_gate_look_at_nothing() -> None:
    assert weigh(gate(expect={"line": 0}), measured(line=0, count=0), 0, "count").outcome is Outcome.ERROR


def test_a_default_that_says_zero_does_not_let_a_gate_look_at_nothing() -> None:
    default = gate(expectations=(Expectation("count", 0, default=True),))
    assert weigh(default, measured(count=0), 0, "count").outcome is Outcome.ERROR


def test_expecting_zero_still_needs_a_measured_zero() -> None:
    assert weigh(gate(expect={"count": 0}), {}, 0, "count").outcome is Outcome.ERROR
    assert weigh(gate(expect={"count": 0}), measured(count=1), 0, "count").outcome is Outcome.FAILED


def test_a_missing_measurement_is_an_error_never_zero() -> None:
    weighed = weigh(gate(expect={"count": 0}), measured(line=80), 3, "count")
    assert weighed.outcome is Outcome.ERROR
    assert weighed.reason == "count was not measured"


def test_a_missing_measurement_says_why_where_the_probe_knows() -> None:
    weighed = weigh(gate(expect={"body": "ok"}), {}, 1, None, {"body": "the query found nothing"})
    assert weighed.reason == "body was not measured: the query found nothing"


@pytest.mark.parametrize(
    ("name", "condition", "value", "reason"),
    [
        ("count", 0, False, "count: false is true or false, but a number is expected"),
        ("count", 3, "3", 'count: "3" is a text, but a number is expected'),
        ("count", ">= 1", None, "count: null is null, but a number is expected"),
        ("count", ">= 1", 3.0, "count: 3 was measured where a whole number was declared"),
        ("line", ">= 80%", float("nan"), "line: nan is not a finite number"),
        ("state", "= 4", 4, "state: 4 is a number, but a text is expected"),
        ("up", True, 1, "up: 1 is a number, but true or false is expected"),
        ("up", True, "true", 'up: "true" is a text, but true or false is expected'),
        ("body", 4, "4", 'body: "4" is a text, but a number is expected'),
        ("line", ">= 80", 90, "has no unit, and the measurement is in %"),
        ("line", ">= 80 ms", 90, "does not fit: the measurement is in %"),
        ("count", ">= many", 90, "is not a number with a unit"),
    ],
)
def test_a_wrong_type_or_unit_is_an_error_never_a_pass(name: str, condition: Value, value: Value, reason: str) -> None:
    weighed = weigh(gate(expect={name: condition}), measured(**{name: value}), 3, None)
    assert weighed.outcome is Outcome.ERROR
    assert reason in weighed.reason


def test_a_measurement_in_another_unit_than_declared_is_an_error() -> None:
    weighed = weigh(gate(expect={"line": ">= 0"}), {"line": Measurement(90, "ms")}, 3, None)
    assert weighed.reason == "line: measured in ms where % was declared"
    weighed = weigh(gate(expect={"line": ">= 0"}), {"line": Measurement(90)}, 3, None)
    assert weighed.reason == "line: measured in no unit where % was declared"


def test_an_error_beats_a_failure_and_both_are_named() -> None:
    weighed = weigh(gate(expect={"count": ">= 4", "state": "ok"}), measured(count=3), 3, None)
    assert weighed.outcome is Outcome.ERROR
    assert weighed.reason == "state was not measured; count is 3, expected >= 4"


def test_values_are_compared_unrounded_and_shown_truly() -> None:
    weighed = weigh(gate(expect={"line": ">= 75%"}), measured(line=74.996), 3, None)
    assert weighed.outcome is Outcome.FAILED
    assert weighed.reason == "line is 74.996 %, expected >= 75 %"


@pytest.mark.no_false_green
@pytest.mark.parametrize(
    ("bounds", "outcome"),
    [((85.0, 95.0), Outcome.PASSED), ((75.0, 95.0), Outcome.ERROR), ((90.0, 90.0), Outcome.PASSED)],
)
def test_an_uncertain_number_too_near_to_the_limit_cannot_be_told(
    bounds: tuple[float, float], outcome: Outcome
) -> None:
    weighed = weigh(gate(expect={"line": ">= 80%"}), measured(line=90.0), 1, "count", bounds={"line": bounds})
    assert weighed.outcome is outcome


def test_what_cannot_be_told_says_within_which_bounds() -> None:
    weighed = weigh(gate(expect={"line": "<= 80%"}), measured(line=90.0), 1, "count", bounds={"line": (75.5, 95.0)})
    assert weighed.reason == (
        "cannot tell: line is 90 %, give or take: from 75.50 % to 95 %, which is on both sides of <= 80 %"
    )


def test_one_bad_value_among_several_fails_the_gate() -> None:
    weighed = weigh(gate(expect={"count": 200}), measured(count=Each((200, 503))), 2, None)
    assert weighed.outcome is Outcome.FAILED
    assert weighed.reason == "count is 503, expected 200"


@pytest.mark.parametrize("options", [None, object(), {"declare": 1}])
def test_what_nobody_declared_may_be_of_any_type_but_is_never_converted(options: object) -> None:
    free = gate(expect={"x": ">= 80 %", "y": "ok", "z": 4}, options=options)
    values = {"x": Measurement(80.0, "%"), "y": Measurement("ok"), "z": Measurement("4")}
    assert [held.held for held in weigh(free, values, 1, None).expectations] == [True, True, None]
    assert weigh(gate(expect={"n": 0}, options=options), {"n": Measurement(0)}, 0, "n").outcome is Outcome.PASSED


def test_an_expectation_is_told_in_the_words_of_the_spec() -> None:
    weighed = weigh(gate(expect={"count": 3, "body": (1, "a"), "up": True}), {}, 3, None)
    assert [held.condition for held in weighed.expectations] == ["3", "[1, a]", "true"]


@given(st.dictionaries(st.sampled_from(sorted(Files.measures)), st.sampled_from([0, 1, 80.0, "ok", True, None])))
def test_a_gate_never_passes_with_an_expectation_that_was_not_seen_to_hold(values: dict[str, Value]) -> None:
    expect: dict[str, Value] = {"count": ">= 1", "line": ">= 80 %", "state": "ok", "up": True}
    weighed = weigh(gate(expect=expect), measured(**values), 1, None)
    passed = values.get("count") == 1 and values.get("count") is not True
    passed = passed and values.get("line") == 80.0 and values.get("state") == "ok" and values.get("up") is True
    assert (weighed.outcome is Outcome.PASSED) == passed
    assert (weighed.outcome is Outcome.PASSED) == all(held.held is True for held in weighed.expectations)


# --- one gate: what policy makes of its outcome -------------------------------------------------


def waived(**more: Any) -> Gate:
    return gate(waiver=waiver(TODAY + timedelta(days=90)), **more)


def waiver(expires: date) -> Waiver:
    return Waiver(reason="ships in 2.1", owner="payments", approved_by="cto", expires=expires)


def deferred(days: int = 90, *, approved_by: str | None = None, **more: Any) -> Gate:
    until = TODAY + timedelta(days=days)
    return gate(deferral=Deferral(reason="after the move", until=until, approved_by=approved_by), **more)


def dated(days: int = 90, **more: Any) -> Gate:
    return gate(enforce_from=TODAY + timedelta(days=days), **more)


SEVERITIES = [(Severity.CRITICAL, True), (Severity.HIGH, True), (Severity.MEDIUM, False), (Severity.LOW, False)]


@pytest.mark.parametrize(("severity", "enforced"), SEVERITIES)
def test_a_gate_that_passed_is_ok(severity: Severity, *, enforced: bool) -> None:
    assert judged(gate(severity=severity)).disposition is Disposition.OK


@pytest.mark.parametrize("outcome", BAD)
@pytest.mark.parametrize(("severity", "enforced"), SEVERITIES)
def test_a_gate_that_did_not_pass_breaks_where_its_severity_is_enforced(
    outcome: Outcome, severity: Severity, *, enforced: bool
) -> None:
    one = judged(gate(severity=severity), outcome)
    assert one.disposition is (Disposition.BREAKS if enforced else Disposition.TOLERATED)
    assert one.note == (None if enforced else f"{severity} is not enforced")


@pytest.mark.parametrize(("severity", "enforced"), SEVERITIES)
def test_a_gate_that_does_not_apply_is_ok_and_out_of_the_score(severity: Severity, *, enforced: bool) -> None:
    absent = gate(severity=severity, inapplicable="no LDAP here", weight=100)
    judgement = verdict([(absent, Outcome.NOT_APPLICABLE), (gate("beside"), Outcome.PASSED)])
    assert judgement.judged[0].disposition is Disposition.OK
    assert judgement.score == 100
    assert judgement.verdict is Verdict.READY


@pytest.mark.parametrize("excused", [waived(), deferred(), dated()])
@pytest.mark.parametrize("outcome", BAD)
def test_a_gate_that_did_not_pass_is_tolerated_while_a_permission_is_in_force(outcome: Outcome, excused: Gate) -> None:
    assert judged(excused, outcome).disposition is Disposition.TOLERATED


@pytest.mark.parametrize("severity", list(Severity))
def test_a_waiver_on_a_gate_that_passes_is_stale_and_breaks(severity: Severity) -> None:
    one = judged(waived(severity=severity))
    assert one.disposition is Disposition.BREAKS
    assert one.note == "the waiver is stale, the gate passes: remove the waiver"


def test_an_expired_waiver_on_a_gate_that_passes_is_stale_too() -> None:
    assert judged(gate(waiver=waiver(TODAY - timedelta(days=1)))).disposition is Disposition.BREAKS


@pytest.mark.parametrize("excused", [deferred(), dated()])
def test_a_deferral_or_a_date_on_a_gate_that_passes_is_only_noted(excused: Gate) -> None:
    one = judged(excused)
    assert one.disposition is Disposition.OK
    assert one.note


@pytest.mark.parametrize("excused", [waived(), deferred(), dated()])
def test_a_permission_for_a_gate_that_does_not_apply_is_ok(excused: Gate) -> None:
    one = judged(replace(excused, inapplicable="no LDAP here"), Outcome.NOT_APPLICABLE)
    assert one.disposition is Disposition.OK


@pytest.mark.parametrize("outcome", BAD)
def test_a_blocking_gate_breaks_whatever_its_severity_and_the_score(outcome: Outcome) -> None:
    judgement = verdict([(gate(severity=Severity.LOW, blocking=True, weight=0), outcome), (gate("b"), Outcome.PASSED)])
    assert judgement.judged[0].disposition is Disposition.BREAKS
    assert judgement.judged[0].note == "blocking, whatever its severity"
    assert judgement.score == 100
    assert judgement.verdict is Verdict.NOT_READY


def test_the_severities_to_enforce_are_those_of_the_spec() -> None:
    assert judged(gate(), Outcome.FAILED, enforce=frozenset()).disposition is Disposition.TOLERATED
    low = judged(gate(severity=Severity.LOW), Outcome.FAILED, enforce=frozenset(Severity))
    assert low.disposition is Disposition.BREAKS


# --- dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "disposition"), [(1, "tolerated"), (0, "tolerated"), (-1, "breaks")])
def test_a_waiver_has_force_to_the_end_of_its_day(days: int, disposition: str) -> None:
    one = judged(gate(waiver=waiver(TODAY + timedelta(days=days))), Outcome.FAILED)
    assert one.disposition == disposition


@pytest.mark.parametrize(("days", "disposition"), [(1, "tolerated"), (0, "tolerated"), (-1, "breaks")])
def test_a_deferral_has_force_to_the_end_of_its_day(days: int, disposition: str) -> None:
    assert judged(deferred(days), Outcome.FAILED).disposition == disposition


@pytest.mark.parametrize(("days", "disposition"), [(1, "tolerated"), (0, "breaks"), (-1, "breaks")])
def test_a_gate_is_enforced_from_its_day_on(days: int, disposition: str) -> None:
    assert judged(dated(days), Outcome.FAILED).disposition == disposition


def test_an_expired_waiver_is_said_to_be_expired() -> None:
    one = judged(gate(waiver=waiver(date(2026, 11, 21))), Outcome.FAILED)
    assert one.note == "the waiver expired on 2026-11-21"


def test_an_ended_deferral_is_said_to_have_ended() -> None:
    assert judged(deferred(-1), Outcome.FAILED).note == "the deferral ended on 2026-11-21"


@pytest.mark.parametrize("important", [{"severity": Severity.CRITICAL}, {"blocking": True, "severity": Severity.LOW}])
def test_a_critical_or_blocking_gate_is_not_deferred_without_an_approval(important: dict[str, Any]) -> None:
    alone = judged(deferred(**important), Outcome.FAILED)
    assert alone.disposition is Disposition.BREAKS
    assert alone.note
    assert "cannot be deferred without approved_by" in alone.note
    approved = judged(deferred(approved_by="cto", **important), Outcome.FAILED)
    assert approved.disposition is Disposition.TOLERATED
    assert approved.note == "deferred until 2027-02-20, approved by cto: after the move"


@pytest.mark.parametrize(
    ("days", "line"),
    [
        (0, "files: the waiver expires today, on 2026-11-22"),
        (1, "files: the waiver expires tomorrow, on 2026-11-23"),
        (14, "files: the waiver expires in 14 days, on 2026-12-06"),
    ],
)
def test_the_end_of_a_waiver_is_announced_fourteen_days_ahead(days: int, line: str) -> None:
    judgement = verdict([(gate(waiver=waiver(TODAY + timedelta(days=days))), Outcome.FAILED)])
    assert line in judgement.problems


def test_the_end_of_a_waiver_is_not_announced_fifteen_days_ahead() -> None:
    judgement = verdict([(gate(waiver=waiver(TODAY + timedelta(days=15))), Outcome.FAILED)])
    assert not [line for line in judgement.problems if "expires" in line]


def test_the_end_of_a_deferral_is_announced() -> None:
    judgement = verdict([(deferred(3), Outcome.FAILED)])
    assert "files: the deferral ends in 3 days, on 2026-11-25" in judgement.problems


@pytest.mark.parametrize(
    ("excused", "outcome", "line"),
    [
        (waived(), Outcome.FAILED, "waived until 2027-02-20, owner payments, approved by cto: ships in 2.1"),
        (waived(), Outcome.PASSED, "waived until 2027-02-20, owner payments, approved by cto: ships in 2.1"),
        (deferred(), Outcome.FAILED, "deferred until 2027-02-20: after the move"),
        (deferred(), Outcome.PASSED, "deferred until 2027-02-20: after the move"),
        (dated(), Outcome.FAILED, "enforced from 2027-02-20"),
        (gate(waiver=waiver(date(2026, 1, 1))), Outcome.FAILED, "the waiver expired on 2026-01-01"),
        (deferred(-1), Outcome.PASSED, "the deferral ended on 2026-11-21"),
    ],
)
def test_every_waiver_and_deferral_is_listed_by_name(excused: Gate, outcome: Outcome, line: str) -> None:
    assert f"files: {line}" in verdict([(excused, outcome)]).problems


def test_listing_a_permission_breaks_nothing() -> None:
    judgement = verdict([(waived(), Outcome.FAILED), (gate("beside"), Outcome.PASSED)])
    assert judgement.verdict is Verdict.READY
    assert not judgement.breaks


# --- one result for every gate ------------------------------------------------------------------


def test_a_gate_without_a_result_was_not_run_and_breaks() -> None:
    plan = make_plan(spec(gate("a"), gate("b")))
    judgement = judge(plan, [result(gate("a"))], today=TODAY)
    assert [one.result.outcome for one in judgement.judged] == [Outcome.PASSED, Outcome.NOT_RUN]
    assert judgement.judged[1].disposition is Disposition.BREAKS
    assert judgement.judged[1].result.reason == "it was never run"
    assert judgement.verdict is Verdict.NOT_READY


def test_two_results_for_a_gate_are_an_error() -> None:
    one = gate("a")
    for results in ([result(one), result(one)], [result(one, Outcome.FAILED), result(one)]):
        judgement = judge(make_plan(spec(one)), results, today=TODAY)
        assert [one.result.outcome for one in judgement.judged] == [Outcome.ERROR]
        assert judgement.breaks


def test_a_result_for_no_gate_of_the_plan_breaks_the_run() -> None:
    judgement = judge(make_plan(spec(gate("a"))), [result(gate("a")), result(gate("b"))], today=TODAY)
    assert judgement.problems == ("b: a result came for a gate that is not in the plan",)
    assert judgement.breaks
    assert len(judgement.judged) == 1


def test_results_come_out_in_the_order_of_the_plan() -> None:
    gates = [gate("a"), gate("b"), gate("c")]
    judgement = judge(make_plan(spec(*gates)), [result(one) for one in reversed(gates)], today=TODAY)
    assert [one.result.gate.id for one in judgement.judged] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "expectations",
    [
        (),
        (Held("count", ">= 1", None),),
        (Held("count", ">= 1", False),),
        (Held("line", ">= 1", True),),
        (Held("count", ">= 1", True), Held("line", "0", None)),
    ],
)
def test_a_pass_without_every_expectation_seen_to_hold_is_an_error(expectations: tuple[Held, ...]) -> None:
    one = gate()
    claimed = Result(gate=one, outcome=Outcome.PASSED, reason="trust me", expectations=expectations)
    judgement = judge(make_plan(spec(one)), [claimed], today=TODAY)
    assert judgement.judged[0].result.outcome is Outcome.ERROR
    assert judgement.breaks


def test_a_pass_of_a_gate_that_expects_nothing_is_an_error() -> None:
    one = gate(expect={})
    claimed = replace(result(one), expectations=(Held("count", ">= 1", True),))
    assert judge(make_plan(spec(one)), [claimed], today=TODAY).judged[0].result.outcome is Outcome.ERROR


@pytest.mark.parametrize(("inapplicable", "reason"), [(None, "says who?"), ("no LDAP", " "), ("", "why not")])
def test_a_gate_that_does_not_apply_without_a_reason_is_an_error(inapplicable: str | None, reason: str) -> None:
    one = gate(inapplicable=inapplicable)
    judgement = judge(make_plan(spec(one)), [result(one, Outcome.NOT_APPLICABLE, reason)], today=TODAY)
    assert judgement.judged[0].result.outcome is Outcome.ERROR
    assert judgement.breaks


def test_policy_is_read_from_the_plan_and_not_from_what_comes_back() -> None:
    soft = gate(severity=Severity.LOW, waiver=waiver(date(2099, 1, 1)))
    judgement = judge(make_plan(spec(gate())), [result(soft, Outcome.FAILED)], today=TODAY)
    assert judgement.breaks


# --- score, target and verdict ------------------------------------------------------------------


def test_no_gates_are_not_ready() -> None:
    judgement = judge(make_plan(spec()), [], today=TODAY)
    assert judgement.verdict is Verdict.NOT_READY
    assert judgement.breaks
    assert judgement.score is None
    assert judgement.problems == ("there are no gates, and no gates is not ready",)


def test_gates_of_which_none_applies_are_not_ready() -> None:
    judgement = verdict([(gate(inapplicable="no LDAP"), Outcome.NOT_APPLICABLE)])
    assert judgement.verdict is Verdict.NOT_READY
    assert judgement.problems == ("no gate applies, so nothing was judged",)


def test_everything_passed_is_ready() -> None:
    judgement = verdict([(gate("a"), Outcome.PASSED), (gate("b"), Outcome.PASSED)], target=100.0)
    assert judgement.verdict is Verdict.READY
    assert not judgement.breaks
    assert judgement.score == 100
    assert judgement.problems == ()


def test_the_score_is_the_weight_passed_of_the_weight_that_applies() -> None:
    outcomes = [
        (gate("a", weight=3), Outcome.PASSED),
        (gate("b", weight=0.5), Outcome.FAILED),
        (gate("c", weight=0.5), Outcome.NOT_RUN),
        (gate("d", weight=7, inapplicable="no LDAP"), Outcome.NOT_APPLICABLE),
    ]
    assert verdict(outcomes).score == 75


@pytest.mark.parametrize("excused", [waived(), deferred()])
@pytest.mark.parametrize("outcome", [*BAD, Outcome.PASSED])
def test_a_waived_or_deferred_gate_never_counts_as_passed(outcome: Outcome, excused: Gate) -> None:
    assert verdict([(excused, outcome), (gate("beside"), Outcome.PASSED)]).score == 50


def test_a_gate_that_is_enforced_later_and_passes_counts() -> None:
    assert verdict([(dated(), Outcome.PASSED)]).score == 100


@pytest.mark.parametrize("target", [50.0, 49.9, 0.0])
def test_a_score_that_reaches_the_target_is_ready(target: float) -> None:
    low = gate("low", severity=Severity.LOW)
    assert verdict([(gate(), Outcome.PASSED), (low, Outcome.FAILED)], target=target).verdict is Verdict.READY


def test_a_score_below_the_target_is_not_ready_though_no_gate_breaks() -> None:
    low = gate("low", severity=Severity.LOW, weight=2)
    judgement = verdict([(gate(), Outcome.PASSED), (low, Outcome.FAILED)], target=95.0)
    assert judgement.verdict is Verdict.NOT_READY
    assert judgement.problems == ("the score is 33.33 %, the target is 95 %",)


def test_the_score_is_compared_unrounded_and_shown_truly() -> None:
    gates = [gate(f"g{number}", severity=Severity.LOW) for number in range(30_000)]
    outcomes = [(one, Outcome.FAILED if number == 0 else Outcome.PASSED) for number, one in enumerate(gates)]
    judgement = verdict(outcomes, target=100.0)
    assert judgement.problems == ("the score is 99.997 %, the target is 100 %",)


def test_thirds_add_up() -> None:
    outcomes = [(gate(f"g{number}", weight=0.1), Outcome.PASSED) for number in range(3)]
    low = gate("low", severity=Severity.LOW, weight=0.1)
    assert verdict([*outcomes, (low, Outcome.FAILED)], target=75.0).verdict is Verdict.READY


def test_gates_that_weigh_nothing_reach_no_target() -> None:
    judgement = verdict([(gate(weight=0), Outcome.PASSED)], target=1.0)
    assert judgement.verdict is Verdict.NOT_READY
    assert judgement.problems == ("there is no score to reach the target of 1 %",)


@given(st.lists(st.tuples(st.sampled_from(list(Outcome)), st.sampled_from(list(Severity)), st.integers(1, 5))))
def test_ready_means_that_every_enforced_gate_was_seen_to_be_all_right(
    rows: list[tuple[Outcome, Severity, int]],
) -> None:
    outcomes = [
        (
            gate(
                f"g{number}",
                severity=severity,
                weight=weight,
                inapplicable="no" if outcome is Outcome.NOT_APPLICABLE else None,
            ),
            outcome,
        )
        for number, (outcome, severity, weight) in enumerate(rows)
    ]
    judgement = verdict(outcomes)
    fine = {Outcome.PASSED, Outcome.NOT_APPLICABLE}
    enforced = all(outcome in fine for outcome, severity, _ in rows if severity in ENFORCED)
    applies = [(outcome, weight) for outcome, _, weight in rows if outcome is not Outcome.NOT_APPLICABLE]
    assert (judgement.verdict is Verdict.READY) == (enforced and bool(applies))
    assert judgement.breaks == (judgement.verdict is not Verdict.READY)
    assert len(judgement.judged) == len(rows)
    if applies:
        passed = sum(weight for outcome, weight in applies if outcome is Outcome.PASSED)
        assert judgement.score == float(Fraction(100 * passed, sum(weight for _, weight in applies)))


# --- groups -------------------------------------------------------------------------------------


def group(*path: str, **expect: Value) -> Group:
    expectations = tuple(Expectation(name, condition) for name, condition in expect.items())
    return Group(path=path, expectations=expectations, position=Position("readiness.yaml", 1))


def test_a_group_has_the_score_of_all_gates_below_it() -> None:
    judgement = verdict(
        [
            (gate("a", group=("Testing",)), Outcome.PASSED),
            (gate("b", group=("Testing", "Unit")), Outcome.FAILED),
            (gate("c", group=("Runtime",)), Outcome.PASSED),
        ],
        groups=(group("Testing"), group("Testing", "Unit"), group("Runtime")),
    )
    assert [(one.path, one.score, one.outcome) for one in judgement.groups] == [
        (("Testing",), 50.0, Outcome.FAILED),
        (("Testing", "Unit"), 0.0, Outcome.FAILED),
        (("Runtime",), 100.0, Outcome.PASSED),
    ]
    assert judgement.groups[0].reason == "1 of 2 gates break the run"


def test_a_group_whose_failures_are_tolerated_does_not_break() -> None:
    low = gate(group=("Docs",), severity=Severity.LOW)
    judgement = verdict([(low, Outcome.FAILED), (gate("b"), Outcome.PASSED)], groups=(group("Docs"),))
    assert judgement.groups[0].outcome is Outcome.PASSED
    assert judgement.groups[0].score == 0
    assert judgement.verdict is Verdict.READY


def test_a_group_s_own_expectation_breaks_the_run_where_it_does_not_hold() -> None:
    low = gate(group=("Docs",), severity=Severity.LOW)
    groups = (group("Docs", score=">= 75%"),)
    judgement = verdict([(low, Outcome.FAILED), (gate("b"), Outcome.PASSED)], groups=groups)
    assert judgement.groups[0].outcome is Outcome.FAILED
    assert judgement.groups[0].reason == "score is 0 %, expected >= 75 %"
    assert judgement.problems == ("group Docs: score is 0 %, expected >= 75 %",)
    assert judgement.verdict is Verdict.NOT_READY


def test_a_group_s_expectation_that_holds_is_ready() -> None:
    groups = (group("Docs", score=">= 75%"),)
    assert verdict([(gate(group=("Docs",)), Outcome.PASSED)], groups=groups).verdict is Verdict.READY


def test_a_group_s_score_is_compared_unrounded() -> None:
    gates = [gate(str(number), group=("Docs",), severity=Severity.LOW) for number in range(3)]
    outcomes = [(gates[0], Outcome.FAILED), (gates[1], Outcome.PASSED), (gates[2], Outcome.PASSED)]
    assert verdict(outcomes, groups=(group("Docs", score=">= 66.67%"),)).breaks
    assert not verdict(outcomes, groups=(group("Docs", score=">= 66.66%"),)).breaks


def test_a_group_expectation_that_cannot_be_read_breaks_the_run() -> None:
    judgement = verdict([(gate(group=("Docs",)), Outcome.PASSED)], groups=(group("Docs", score=">= 0.75"),))
    assert judgement.breaks
    assert "0.75 has no unit" in judgement.problems[0]


def test_a_group_of_which_nothing_applies_does_not_apply() -> None:
    absent = gate(group=("LDAP",), inapplicable="no LDAP")
    groups = (group("LDAP", score=">= 75%"),)
    judgement = verdict([(absent, Outcome.NOT_APPLICABLE), (gate("b"), Outcome.PASSED)], groups=groups)
    assert judgement.groups[0].outcome is Outcome.NOT_APPLICABLE
    assert judgement.groups[0].score is None
    assert judgement.verdict is Verdict.READY


def test_a_group_that_expects_a_score_of_no_gates_breaks_the_run() -> None:
    judgement = verdict([(gate("b"), Outcome.PASSED)], groups=(group("Empty", score=">= 0%"),))
    assert judgement.problems == ("group Empty: it has no gates, so nothing can be expected of it",)
    assert judgement.breaks


def test_a_group_that_expects_a_score_of_gates_that_weigh_nothing_breaks_the_run() -> None:
    groups = (group("Light", score=">= 0%"),)
    judgement = verdict([(gate(group=("Light",), weight=0), Outcome.PASSED)], groups=groups)
    assert judgement.problems == ("group Light: its gates weigh nothing, so it has no score",)
    assert judgement.breaks


ABSENT = gate("absent", group=("Docs",), inapplicable="no LDAP")
WAIVED = gate("waived", group=("Docs",), waiver=Waiver("slow", "dba", "cto", TODAY))
PUT_OFF = gate("put-off", group=("Docs",), deferral=Deferral("later", TODAY))
#: One gate of each kind, all in one group.
MIXED = [
    (gate("good", group=("Docs",)), Outcome.PASSED),
    *((gate(str(outcome), group=("Docs",), severity=Severity.LOW), outcome) for outcome in BAD),
    (WAIVED, Outcome.FAILED),
    (PUT_OFF, Outcome.FAILED),
    (ABSENT, Outcome.NOT_APPLICABLE),
]
EACH = {"gates": 8, **dict.fromkeys(("passed", "failed", "error", "blocked", "not_run"), 1)}
EACH |= dict.fromkeys(("waived", "deferred", "not_applicable"), 1)


def test_a_group_counts_its_gates_each_under_one_word() -> None:
    judgement = verdict(MIXED, groups=(group("Docs", **EACH),))
    assert judgement.groups[0].outcome is Outcome.PASSED
    assert {held.measurement for held in judgement.groups[0].expectations if held.held} == set(EACH)
    assert judgement.verdict is Verdict.READY


@pytest.mark.parametrize("name", EACH)
def test_a_count_that_a_group_does_not_come_to_breaks_the_run(name: str) -> None:
    judgement = verdict(MIXED, groups=(group("Docs", **EACH | {name: "> 8"}),))
    assert judgement.groups[0].outcome is Outcome.FAILED
    assert judgement.problems[-1] == f"group Docs: {name} is {EACH[name]}, expected > 8"
    assert judgement.verdict is Verdict.NOT_READY


def test_all_unmet_expectations_of_a_group_are_told() -> None:
    judgement = verdict(MIXED, groups=(group("Docs", score=">= 75%", passed=">= 67", gates=8),))
    told = "score is 14.29 %, expected >= 75 %; passed is 1, expected >= 67"
    assert judgement.groups[0].reason == told
    assert [one.held for one in judgement.groups[0].expectations] == [False, False, True]


@pytest.mark.parametrize("permitted", [WAIVED, PUT_OFF], ids=lambda one: one.id)
def test_what_is_waived_or_deferred_is_not_counted_as_passed_nor_as_failed(permitted: Gate) -> None:
    for outcome in (Outcome.PASSED, Outcome.FAILED):
        groups = (group("Docs", passed=0, failed=0, gates=1),)
        judgement = verdict([(permitted, outcome), (gate("b"), Outcome.PASSED)], groups=groups)
        assert all(one.held for one in judgement.groups[0].expectations)


@pytest.mark.parametrize("permitted", [WAIVED, PUT_OFF], ids=lambda one: one.id)
def test_what_is_no_longer_in_force_is_counted_as_what_it_came_to(permitted: Gate) -> None:
    outcomes = [(permitted, Outcome.FAILED), (gate("b"), Outcome.PASSED)]
    groups = (group("Docs", failed=1, waived=0, deferred=0),)
    judgement = verdict(outcomes, groups=groups, today=TODAY + timedelta(days=1))
    assert all(one.held for one in judgement.groups[0].expectations)


@pytest.mark.parametrize("name", ["gates", "passed", "failed", "not_applicable"])
def test_an_empty_group_meets_no_expectation_not_even_of_zero(name: str) -> None:
    judgement = verdict([(gate("b"), Outcome.PASSED)], groups=(group("Empty", **{name: 0}),))
    assert judgement.problems == ("group Empty: it has no gates, so nothing can be expected of it",)
    assert judgement.groups[0].expectations[0].held is None
    assert judgement.breaks


def test_of_a_group_that_does_not_apply_only_that_is_judged() -> None:
    outcomes = [(ABSENT, Outcome.NOT_APPLICABLE), (gate("b"), Outcome.PASSED)]
    assert verdict(outcomes, groups=(group("Docs", passed=">= 67", gates=1),)).verdict is Verdict.READY
    judgement = verdict(outcomes, groups=(group("Docs", passed=">= 67", not_applicable=0),))
    assert judgement.groups[0].reason == "not_applicable is 1, expected 0"
    assert judgement.breaks


def test_a_count_that_cannot_be_read_breaks_the_run() -> None:
    judgement = verdict([(gate(group=("Docs",)), Outcome.PASSED)], groups=(group("Docs", passed=">= 67%"),))
    assert judgement.groups[0].expectations[0].held is None
    assert judgement.breaks


def gathered(*of: str, **more: Any) -> Group:
    """Return a group that has no gates of its own, and expects two gates to have passed."""
    expectations = (Expectation("passed", 2), Expectation("score", "100 %"))
    place = Position("readiness.yaml", 1)
    return Group(path=("Release",), of=frozenset(of), expectations=expectations, position=place, **more)


def test_gates_that_stand_elsewhere_count_in_a_group_too() -> None:
    low = gate("c", severity=Severity.LOW)
    outcomes = [(gate("a", group=("Docs",)), Outcome.PASSED), (gate("b"), Outcome.PASSED), (low, Outcome.FAILED)]
    good = verdict(outcomes, groups=(group("Docs"), gathered("a", "b")))
    assert (good.verdict, good.groups[1].score, good.groups[1].outcome) == (Verdict.READY, 100.0, Outcome.PASSED)
    bad = verdict(outcomes, groups=(gathered("a", "c"),))
    assert bad.problems == ("group Release: passed is 1, expected 2; score is 50 %, expected 100 %",)
    assert bad.breaks
    assert good.score == bad.score


def test_a_group_of_which_a_gate_elsewhere_was_not_selected_is_not_judged() -> None:
    plan = make_plan(spec(gate("a"), gate("b"), groups=(gathered("a", "b"),)), "a")
    judgement = judge(plan, [result(gate("a"))], today=TODAY)
    assert judgement.groups[0].expectations == ()
    assert not judgement.breaks


def test_before_its_day_a_group_s_expectations_need_not_hold_and_are_told() -> None:
    outcomes = [(gate("a"), Outcome.PASSED)]
    later = gathered("a", enforce_from=TODAY + timedelta(days=1))
    early = verdict(outcomes, groups=(later,))
    assert early.verdict is Verdict.READY
    assert early.groups[0].outcome is Outcome.FAILED
    assert early.problems == ("group Release: passed is 1, expected 2; enforced from 2026-11-23",)
    assert verdict(outcomes, groups=(later,), today=TODAY + timedelta(days=1)).verdict is Verdict.NOT_READY


# --- a run of some gates ------------------------------------------------------------------------


def partial(outcome: Outcome, select: str = "a", **more: Any) -> Judgement:
    one = gate("a", group=("Docs", "Guide"))
    rest = gate("b", group=("Docs",))
    plan: Plan = make_plan(spec(one, rest, gate("c", group=("Runtime",)), **more), select)
    return judge(plan, [result(item, outcome) for item in plan.gates], today=TODAY)


def test_a_run_of_some_gates_is_partial_and_never_ready() -> None:
    judgement = partial(Outcome.PASSED)
    assert judgement.verdict is Verdict.PARTIAL
    assert not judgement.breaks
    assert [one.result.gate.id for one in judgement.judged] == ["a"]


def test_a_run_of_some_gates_breaks_by_those_gates() -> None:
    judgement = partial(Outcome.FAILED)
    assert judgement.verdict is Verdict.PARTIAL
    assert judgement.breaks


def test_a_run_of_some_gates_is_not_held_against_the_target_of_the_whole() -> None:
    low = gate("a", severity=Severity.LOW)
    plan = make_plan(spec(low, gate("b"), target=95.0), "a")
    judgement = judge(plan, [result(low, Outcome.FAILED)], today=TODAY)
    assert judgement.score == 0
    assert not judgement.breaks


def test_groups_that_were_cut_are_not_held_against_their_expectation() -> None:
    groups = (
        group("Docs", score=">= 75%"),
        group("Docs", "Guide", score=">= 75%"),
        group("Runtime", score=">= 75%"),
    )
    judgement = partial(Outcome.PASSED, groups=groups)
    assert [(one.outcome, one.reason) for one in judgement.groups] == [
        (Outcome.PASSED, "only some of its gates were selected"),
        (Outcome.PASSED, ""),
        (Outcome.NOT_RUN, "none of its gates was selected"),
    ]


def test_a_group_that_was_cut_does_not_break_a_run_of_some_of_its_gates() -> None:
    low = gate("a", group=("Docs",), severity=Severity.LOW)
    whole = spec(low, gate("b", group=("Docs",)), groups=(group("Docs", score=">= 50%"),))
    assert not judge(make_plan(whole, "a"), [result(low, Outcome.FAILED)], today=TODAY).breaks


def test_a_group_that_was_selected_whole_is_held_against_its_expectation() -> None:
    low = gate("a", group=("Docs",), severity=Severity.LOW)
    plan = make_plan(spec(low, gate("b"), groups=(group("Docs", score=">= 75%"),)), "a")
    assert judge(plan, [result(low, Outcome.FAILED)], today=TODAY).breaks


# --- cost ---------------------------------------------------------------------------------------


def test_judging_ten_thousand_gates_is_quick() -> None:
    gates = [gate(f"g{number}", group=(f"G{number % 100}", "Sub")) for number in range(10_000)]
    groups = tuple(group(f"G{number}") for number in range(100))
    plan = make_plan(spec(*gates, groups=groups))
    results = [result(one) for one in gates]
    began = time.process_time()
    assert judge(plan, results, today=TODAY).verdict is Verdict.READY
    assert time.process_time() - began < 2
