"""Each claim beside what was measured: five words, and nothing confirmed that was not seen to be done."""

from __future__ import annotations

import pytest

from pytest_readiness.checklist.judging.audit import Word, names
from pytest_readiness.checklist.judging.standing import Measured
from pytest_readiness.checklist.model import Kind, Status
from pytest_readiness.model import Gate, Outcome
from tests.checklist.evidence import DEFERRAL, EXPIRED, WAIVER, held, measuring, only
from tests.checklist.samples import document, item

DONE = Status.DONE
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def word(claim: Status, outcome: Outcome | None, gate: Gate | None = None) -> Word | None:
    """What one item comes to that claims *claim*, and whose gate came to *outcome*."""
    found = document(item(3, "Coverage is high", status=claim))
    outcomes = {} if outcome is None else {"a": outcome}
    return only(held(found, outcomes, {"a": 0}, gates={"a": gate} if gate else {})).word


class TestWords:
    def test_confirmed_is_claimed_done_and_passed(self) -> None:
        assert word(DONE, PASSED) is Word.CONFIRMED

    def test_contradicted_is_claimed_done_and_failed(self) -> None:
        assert word(DONE, FAILED) is Word.CONTRADICTED

    def test_understated_is_claimed_open_and_passed(self) -> None:
        assert word(Status.OPEN, PASSED) is Word.UNDERSTATED

    @pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.BLOCKED, Outcome.NOT_RUN, Outcome.NOT_APPLICABLE])
    def test_unproven_is_claimed_done_and_not_found_out(self, outcome: Outcome) -> None:
        assert word(DONE, outcome) is Word.UNPROVEN

    @pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not PASSED])
    def test_open_is_claimed_open_and_not_measured_to_be_done(self, outcome: Outcome) -> None:
        assert word(Status.OPEN, outcome) is Word.OPEN

    def test_what_was_put_off_is_claimed_open(self) -> None:
        assert word(Status.DEFERRED, FAILED) is Word.OPEN
        assert word(Status.DEFERRED, PASSED) is Word.UNDERSTATED

    def test_a_false_positive_claims_that_all_is_well(self) -> None:
        assert word(Status.FALSE_POSITIVE, PASSED) is Word.CONFIRMED
        assert word(Status.FALSE_POSITIVE, FAILED) is Word.CONTRADICTED

    @pytest.mark.parametrize(
        ("outcome", "expected"),
        [
            (Outcome.NOT_APPLICABLE, Word.CONFIRMED),
            (Outcome.FAILED, Word.CONTRADICTED),
            (Outcome.PASSED, Word.UNDERSTATED),
            (Outcome.ERROR, Word.UNPROVEN),
        ],
    )
    def test_what_is_said_not_to_apply_is_held_against_that(self, outcome: Outcome, expected: Word) -> None:
        assert word(Status.NOT_APPLICABLE, outcome) is expected

    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_who_claims_nothing_cannot_be_wrong(self, outcome: Outcome) -> None:
        assert word(Status.UNSAID, outcome) is None


@pytest.mark.no_false_green
class TestNothingIsConfirmedUnseen:
    def test_an_item_without_a_gate_is_unproven(self) -> None:
        finding = only(held(document(item(3, "All is well", status=DONE)), {}, {}))
        assert (finding.word, finding.why, finding.gates) == (Word.UNPROVEN, "no gate measures it", ())

    def test_a_gate_that_was_not_selected_leaves_its_claim_unproven(self) -> None:
        found = document(item(3, "One", status=DONE), item(4, "Two", status=DONE))
        audit = held(found, {"a": PASSED}, {"a": 0, "b": 1})
        assert [finding.word for finding in audit.findings] == [Word.CONFIRMED, Word.UNPROVEN]
        assert audit.findings[1].why == "not run: it was not selected"

    def test_a_waived_failure_is_unproven(self) -> None:
        assert word(DONE, FAILED, measuring("a", waiver=WAIVER)) is Word.UNPROVEN

    def test_a_stale_waiver_does_not_confirm(self) -> None:
        assert word(DONE, PASSED, measuring("a", waiver=WAIVER)) is Word.UNPROVEN

    def test_nor_does_a_stale_waiver_that_has_expired(self) -> None:
        assert word(DONE, PASSED, measuring("a", waiver=EXPIRED)) is Word.UNPROVEN

    def test_an_expired_waiver_hides_no_failure(self) -> None:
        assert word(DONE, FAILED, measuring("a", waiver=EXPIRED)) is Word.CONTRADICTED

    @pytest.mark.parametrize("outcome", [PASSED, FAILED])
    def test_what_is_deferred_is_unproven_whatever_it_came_to(self, outcome: Outcome) -> None:
        assert word(DONE, outcome, measuring("a", deferral=DEFERRAL)) is Word.UNPROVEN

    @pytest.mark.parametrize("outcome", [PASSED, FAILED])
    def test_what_somebody_attested_is_not_measured(self, outcome: Outcome) -> None:
        assert word(DONE, outcome, measuring("a", probe="manual")) is Word.UNPROVEN

    @pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not PASSED])
    def test_of_several_gates_all_that_apply_must_pass(self, outcome: Outcome) -> None:
        found = document(item(3, "Tested and covered", status=DONE))
        finding = only(held(found, {"a": PASSED, "b": outcome}, {"a": 0, "b": 0}))
        assert (finding.word is Word.CONFIRMED) == (outcome is Outcome.NOT_APPLICABLE)


class TestGroups:
    def group(self, *outcomes: Outcome | None, **more: object) -> tuple[Word | None, str]:
        """What a ticked parent comes to, whose children's gates came to *outcomes*; None is a child without a gate."""
        children = [item(4 + index, f"Part {index}", parent=0, status=DONE) for index in range(len(outcomes))]
        told = {f"g{index}": outcome for index, outcome in enumerate(outcomes) if outcome}
        places = {name: int(name[1:]) + 1 for name in told}
        found = document(item(3, "The whole", status=DONE, **more), *children)
        finding = held(found, told, places).findings[0]
        return finding.word, finding.why

    def test_is_confirmed_if_all_its_children_passed(self) -> None:
        assert self.group(PASSED, PASSED) == (Word.CONFIRMED, "2 of 2 gates passed")

    def test_children_that_do_not_apply_do_not_count(self) -> None:
        assert self.group(PASSED, Outcome.NOT_APPLICABLE)[0] is Word.CONFIRMED

    def test_is_contradicted_if_any_child_failed(self) -> None:
        assert self.group(PASSED, FAILED, Outcome.ERROR, None) == (
            Word.CONTRADICTED,
            "1 of 3 gates passed; failed: g1; unproven: g2; 1 item has no gate",
        )

    @pytest.mark.no_false_green
    def test_is_unproven_if_a_child_has_no_gate(self) -> None:
        assert self.group(PASSED, None, None) == (
            Word.UNPROVEN,
            "1 of 1 gate passed; 2 items have no gate",
        )

    def test_is_unproven_if_a_child_could_not_be_measured(self) -> None:
        assert self.group(PASSED, Outcome.BLOCKED)[0] is Word.UNPROVEN

    def test_of_nothing_with_a_gate_nothing_is_known(self) -> None:
        assert self.group(None, None) == (Word.UNPROVEN, "none of its items has a gate")

    def test_a_heading_is_judged_like_any_other(self) -> None:
        assert self.group(FAILED, kind=Kind.HEADING)[0] is Word.CONTRADICTED

    def test_what_is_nested_deeper_counts_too(self) -> None:
        found = document(
            item(3, "The whole", status=DONE),
            item(4, "A part", status=DONE, parent=0),
            item(5, "Of it a part", status=DONE, parent=1),
        )
        assert [each.word for each in held(found, {"a": FAILED}, {"a": 2}).findings] == [Word.CONTRADICTED] * 3

    def test_a_bullet_that_explains_a_judged_item_needs_no_gate(self) -> None:
        found = document(
            item(3, "Coverage is high", status=DONE), item(4, "see the report", parent=0, status=Status.UNSAID)
        )
        assert held(found, {"a": PASSED}, {"a": 0}).findings[0].word is Word.CONFIRMED

    @pytest.mark.no_false_green
    def test_but_one_that_claims_something_does(self) -> None:
        found = document(item(3, "Coverage is high", status=DONE), item(4, "and good", parent=0, status=DONE))
        assert held(found, {"a": PASSED}, {"a": 0}).findings[0].word is Word.UNPROVEN

    @pytest.mark.no_false_green
    def test_bullets_that_are_all_there_is_below_a_heading_do_too(self) -> None:
        found = document(
            item(3, "Security", status=DONE, kind=Kind.HEADING),
            item(4, "Keys rotate", parent=0, status=Status.UNSAID),
            item(5, "Input is checked", parent=0, status=Status.UNSAID),
        )
        assert held(found, {"a": PASSED}, {"a": 1}).findings[0].word is Word.UNPROVEN

    def test_open_though_all_its_children_passed_is_understated(self) -> None:
        found = document(item(3, "The whole"), item(4, "A part", parent=0, status=DONE))
        assert held(found, {"a": PASSED}, {"a": 1}).findings[0].word is Word.UNDERSTATED


def test_what_is_not_a_claim_is_not_counted_as_one() -> None:
    found = document(item(3, "One", status=DONE), item(4, "Two", status=Status.UNSAID))
    audit = held(found, {"a": PASSED}, {"a": 0})
    assert audit.counts() == {
        Word.CONFIRMED: 1,
        Word.CONTRADICTED: 0,
        Word.UNDERSTATED: 0,
        Word.UNPROVEN: 0,
        Word.OPEN: 0,
    }
    assert [finding.item for finding in audit.claims] == [0]


def test_gates_whose_item_has_gone_are_kept() -> None:
    lost = measuring("gone", source="CHECKLIST.md:7")
    assert held(document(item(3, "One")), {}, {}, lost=(lost,)).lost == (lost,)


def test_the_reason_is_that_of_the_gate() -> None:
    found = document(item(3, "Coverage is high", status=DONE))
    finding = only(held(found, {"a": FAILED}, {"a": 0}))
    assert finding.measured is Measured.NOT_DONE
    assert finding.why == "line is 71.40 %, expected >= 80 %"


def test_many_names_are_cut() -> None:
    assert names(["a", "b", "c", "d", "e", "f", "g"]) == "a, b, c, d, e and 2 more"
