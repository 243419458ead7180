"""Stated percentages, counted by the boxes and measured by weight."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from pytest_readiness.checklist.judging.claims import Recount, decimals
from pytest_readiness.checklist.model import Document, Item, Kind, Stated, Status
from pytest_readiness.model import Outcome
from tests.checklist.evidence import WAIVER, held, measuring
from tests.checklist.samples import document, item

DONE, OPEN = Status.DONE, Status.OPEN
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def stated(text: str, **more: object) -> Stated:
    """A share as it is read from *text*."""
    part, slash, whole = text.partition("/")
    if slash:
        more |= {"part": int(part), "whole": int(whole), "percent": 100 * int(part) / int(whole)}
    given = {"line": 1, "start": 0, "end": len(text), "text": text, "percent": 0.0, **more}
    if not slash and "percent" not in more:
        given["percent"] = float(text.strip("~% ").replace(",", "."))
    return Stated(**given)  # type: ignore[arg-type]


def boxes(*statuses: Status, section: tuple[str, ...] = (), start: int = 3) -> list[Item]:
    return [
        item(start + index, f"Item {start + index}", status=status, section=section)
        for index, status in enumerate(statuses)
    ]


def recounted(found: Document, *outcomes: Outcome, **more: object) -> Recount:
    """The recount of the one share that is stated, with a gate of each outcome for the items from the first on."""
    told = {f"g{index}": outcome for index, outcome in enumerate(outcomes)}
    (recount,) = held(found, told, {name: int(name[1:]) for name in told}, **more).recounts  # type: ignore[arg-type]
    return recount


def shares(recount: Recount) -> tuple[float | None, float | None]:
    """The percentages by boxes and by weight."""
    by_boxes, by_weight = recount.by_boxes, recount.by_weight
    return None if by_boxes is None else float(by_boxes), None if by_weight is None else float(by_weight)


def test_the_overall_share_is_of_all_boxes_and_of_all_their_gates() -> None:
    found = document(*boxes(DONE, DONE, DONE, OPEN), stated=[stated("75%")])
    recount = recounted(found, PASSED, FAILED)
    assert (recount.ticked, recount.boxes, shares(recount)) == (3, 4, (75.0, 50.0))
    assert (int(recount.passed), int(recount.applicable)) == (1, 2)
    assert (recount.miscounted, recount.refuted, recount.off) == (False, True, True)


def test_a_section_counts_what_is_below_it() -> None:
    items = [*boxes(DONE, OPEN, section=("Tests", "Unit")), *boxes(OPEN, section=("Docs",), start=9)]
    recount = recounted(document(*items, stated=[stated("50%", section=("Tests",))]), PASSED, FAILED, PASSED)
    assert (shares(recount), recount.off) == ((50.0, 50.0), False)


def test_a_heading_that_is_an_item_counts_what_is_nested_in_it() -> None:
    whole = item(2, "Tests", kind=Kind.HEADING, status=OPEN)
    parts = [item(3 + index, f"Part {index}", parent=0, status=DONE) for index in range(2)]
    found = document(whole, *parts, item(9, "Other"), stated=[stated("100%", item=0)])
    audit = held(found, {"a": PASSED, "b": FAILED}, {"a": 1, "b": 2})
    assert [shares(each) for each in audit.recounts] == [(100.0, 50.0)]


def test_a_share_that_a_single_item_states_is_a_measurement_and_not_recounted() -> None:
    found = document(item(3, "Coverage is 85%", status=DONE), stated=[stated("85%", item=0)])
    assert held(found, {"a": PASSED}, {"a": 0}).recounts == ()


def test_a_goal_is_no_claim() -> None:
    assert held(document(*boxes(DONE), stated=[stated("95%", goal=True)]), {}, {}).recounts == ()


def test_weights_weigh() -> None:
    found = document(*boxes(DONE, DONE), stated=[stated("100%")])
    recount = recounted(found, PASSED, FAILED, gates={"g0": measuring("g0", weight=3)})
    assert recount.by_weight == 75


def test_what_does_not_apply_weighs_nothing() -> None:
    found = document(*boxes(DONE, DONE), stated=[stated("100%")])
    assert not recounted(found, PASSED, Outcome.NOT_APPLICABLE).refuted


@pytest.mark.no_false_green
def test_what_is_waived_or_not_selected_never_counts_as_passed() -> None:
    found = document(*boxes(DONE, DONE, DONE), stated=[stated("100%")])
    audit = held(
        found, {"a": PASSED, "b": FAILED}, {"a": 0, "b": 1, "c": 2}, gates={"b": measuring("b", waiver=WAIVER)}
    )
    assert audit.recounts[0].by_weight == Fraction(100, 3)


def test_rows_and_marks_are_counted_where_there_are_no_boxes() -> None:
    rows = [
        item(3, "One", kind=Kind.ROW, status=DONE),
        item(4, "Two", kind=Kind.MARK, status=Status.DEFERRED),
        item(5, "Three", kind=Kind.BULLET, status=DONE),
        item(6, "Four", kind=Kind.ROW, status=Status.FALSE_POSITIVE),
        item(7, "Five", kind=Kind.ROW, status=Status.NOT_APPLICABLE),
    ]
    recount = recounted(document(*rows, stated=[stated("2/3")]))
    assert (recount.ticked, recount.boxes, recount.off) == (2, 3, False)


def test_a_ratio_is_counted_exactly() -> None:
    found = document(*boxes(DONE, DONE, OPEN), stated=[stated("67/72")])
    assert recounted(found).miscounted
    assert not recounted(document(*boxes(DONE, DONE, OPEN), stated=[stated("2/3")])).miscounted


@pytest.mark.parametrize(
    ("text", "off"),
    [("67%", False), ("66.7%", False), ("66,7 %", False), ("66%", True), ("66.6%", True), ("~67%", False)],
)
def test_rounding_is_allowed_to_the_digits_that_are_shown(text: str, off: bool) -> None:
    assert recounted(document(*boxes(DONE, DONE, OPEN), stated=[stated(text)])).miscounted is off


@pytest.mark.no_false_green
def test_nothing_rounds_to_all_or_to_nothing() -> None:
    nearly = document(*boxes(*[DONE] * 999, OPEN), stated=[stated("100%")], lines=1100)
    hardly = document(*boxes(*[OPEN] * 999, DONE), stated=[stated("0%")], lines=1100)
    assert recounted(nearly).miscounted
    assert recounted(hardly).miscounted


@pytest.mark.parametrize(
    "mark",
    [stated("8/10"), stated("95/100"), replace(stated("65%"), text="6.5 / 10")],
    ids=lambda mark: mark.text,
)
def test_a_mark_out_of_ten_is_no_count(mark: Stated) -> None:
    assert held(document(*boxes(DONE, OPEN), stated=[mark]), {}, {}).recounts == ()


@pytest.mark.no_false_green
def test_one_gate_that_passes_does_not_prove_a_whole_list() -> None:
    recount = recounted(document(*boxes(DONE, DONE, DONE, DONE), stated=[stated("100%")]), PASSED)
    assert shares(recount) == (100.0, 100.0)
    assert recount.proven_share == Fraction(25)
    assert (recount.without, recount.off) == (3, True)


def test_a_percentage_beside_a_ratio_is_of_the_boxes() -> None:
    found = document(*boxes(DONE, DONE, OPEN), stated=[stated("67%")])
    line = "Progress: 67% (2/3)"
    told = replace(found, text=replace(found.text, lines=(line, *found.text.lines[1:])))
    recount = recounted(told, PASSED, PASSED, PASSED)
    assert (recount.stated.part, recount.stated.whole, recount.proven, recount.counted) == (2, 3, 3, 3)


def test_nothing_to_count_and_nothing_measured_refutes_nothing() -> None:
    found = document(item(3, "Step", kind=Kind.STEP, status=Status.UNSAID), stated=[stated("40%")])
    recount = recounted(found)
    assert (recount.by_boxes, recount.by_weight, recount.off) == (None, None, False)


@pytest.mark.parametrize(("text", "count"), [("93%", 0), ("93.25 %", 2), ("93,5% COMPLETE", 1), ("67/72", 0)])
def test_decimals(text: str, count: int) -> None:
    assert decimals(text) == count
