"""What the evidence says of one gate."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pytest_readiness.checklist.judging.standing import Measured, Standing, standings, together, weighed
from pytest_readiness.checklist.pairing import Pairing
from pytest_readiness.model import Outcome
from tests.checklist.evidence import REASONS, WAIVER, measuring, run

DONE, NOT_DONE, UNKNOWN, NOT_APPLICABLE = Measured


def of(outcome: Outcome, **more: object) -> Standing:
    gate = measuring("a", **more)
    return standings(run({"a": outcome}, {"a": gate}), Pairing())["a"]


@pytest.mark.parametrize(
    ("outcome", "measured", "why"),
    [
        (Outcome.PASSED, DONE, REASONS[Outcome.PASSED]),
        (Outcome.FAILED, NOT_DONE, REASONS[Outcome.FAILED]),
        (Outcome.ERROR, UNKNOWN, "error: connection refused"),
        (Outcome.BLOCKED, UNKNOWN, "blocked: needs health, which is error"),
        (Outcome.NOT_RUN, UNKNOWN, "not run: the deadline was over"),
        (Outcome.NOT_APPLICABLE, NOT_APPLICABLE, "REGION is none: no cluster there"),
    ],
)
def test_every_outcome_says_one_thing(outcome: Outcome, measured: Measured, why: str) -> None:
    assert (of(outcome).measured, of(outcome).why, of(outcome).excused) == (measured, why, False)


def test_a_waiver_says_so_and_what_it_excuses() -> None:
    told = of(Outcome.FAILED, waiver=WAIVER)
    assert (told.measured, told.excused) == (UNKNOWN, True)
    assert told.why == f"it is waived or deferred; {REASONS[Outcome.FAILED]}"


def test_what_does_not_apply_needs_no_waiver() -> None:
    assert of(Outcome.NOT_APPLICABLE, waiver=WAIVER).measured is NOT_APPLICABLE


def test_a_gate_that_was_not_selected_is_unknown() -> None:
    selected, left_out = measuring("a"), measuring("b")
    told = standings(run({"a": Outcome.PASSED}, {"a": selected}), Pairing({0: (selected, left_out)}))
    assert told["b"].why == "not run: it was not selected"


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], UNKNOWN),
        ([DONE, DONE], DONE),
        ([DONE, NOT_APPLICABLE], DONE),
        ([NOT_APPLICABLE], NOT_APPLICABLE),
        ([DONE, UNKNOWN, NOT_APPLICABLE], UNKNOWN),
        ([DONE, UNKNOWN, NOT_DONE], NOT_DONE),
    ],
)
def test_the_worst_speaks_for_all(parts: list[Measured], whole: Measured) -> None:
    assert together(Standing(measuring("a"), measured, "") for measured in parts) is whole


def test_weights_are_exact() -> None:
    parts = [
        Standing(measuring("a", weight=0.1), DONE, ""),
        Standing(measuring("b", weight=0.2), UNKNOWN, ""),
        Standing(measuring("c", weight=9), NOT_APPLICABLE, ""),
    ]
    assert weighed(parts) == (Fraction(1, 10), Fraction(3, 10))
