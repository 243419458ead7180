"""What was written into a checklist does not change which gates judge which items."""

from __future__ import annotations

import pytest

from pytest_readiness.checklist.pairs import paired
from pytest_readiness.checklist.rewriting.notes import BEGIN, END
from pytest_readiness.model import Gate

from .evidence import measuring
from .written import NAME, opened


def gate(name: str, title: str, line: int) -> Gate:
    return measuring(name, title=title, source=f"{NAME}:{line}")


def found(source: str, *gates: Gate) -> dict[int, list[str]]:
    """The ids of the gates of each item, by its line."""
    checklist = opened(source.encode())
    pairing = paired(checklist, gates)
    return {checklist.document.items[index].line: [each.id for each in told] for index, told in pairing.gates.items()}


TWICE = "# Orders\n\n## Cards\n- [x] Tests pass\n\n## Cash\n\n- [x] Tests pass\n"
GATES = gate("cards", "Tests pass", 4), gate("cash", "Tests pass", 8)


def test_a_summary_that_moved_the_lines_swaps_nothing() -> None:
    """Four lines further down, the first item stands where the second one was."""
    assert found(TWICE, *GATES) == {4: ["cards"], 8: ["cash"]}
    moved = TWICE.replace("# Orders\n", f"# Orders\n{BEGIN}\n**READY**\n\n{END}\n")
    assert found(moved, *GATES) == {8: ["cards"], 12: ["cash"]}
    assert found(moved, *reversed(GATES)) == {8: ["cards"], 12: ["cash"]}


def test_gates_that_were_imported_with_the_summary_there_are_found_too() -> None:
    moved = TWICE.replace("# Orders\n", f"# Orders\n{BEGIN}\n**READY**\n\n{END}\n")
    later = gate("cards", "Tests pass", 8), gate("cash", "Tests pass", 12)
    assert found(moved, *later) == {8: ["cards"], 12: ["cash"]}


def test_a_share_that_was_put_right_keeps_its_gate() -> None:
    source = "# Orders\n\n**Overall completion**: 93% (67/72 tasks)\n\n- [x] Refunds arrive\n"
    overall = gate("overall", "Overall completion: 93% (67/72 tasks)", 3)
    assert found(source, overall) == {3: ["overall"]}
    assert found(source.replace("93% (67/72", "0% (0/1"), overall) == {3: ["overall"]}


def test_a_status_that_was_put_right_keeps_its_gate() -> None:
    made = gate("status", "Status: Production-Ready", 1)
    assert found("**Status:** 🟢 Production-Ready\n", made) == {1: ["status"]}
    assert found("**Status:** 🔴 Not production-ready\n", made) == {1: ["status"]}


def test_other_words_are_another_item() -> None:
    source = "# Orders\n\n**Overall completion**: 0% (0/1 tasks)\n\n- [x] Refunds arrive\n"
    assert found(source, gate("overall", "Overall happiness: 93% (67/72 tasks)", 40)) == {}


class TestNumbers:
    @pytest.mark.no_false_green
    def test_a_gate_that_was_made_for_another_number_proves_nothing(self) -> None:
        made = gate("unit-coverage", "Unit test coverage is above 80 %", 1)
        assert found("- [x] Unit test coverage is above 80 %\n", made) == {1: ["unit-coverage"]}
        assert found("- [x] Unit test coverage is above 90 %\n", made) == {}

    def test_other_words_with_the_same_number_are_still_the_item(self) -> None:
        made = gate("unit-coverage", "Unit test coverage is above 80 %", 1)
        assert found("- [x] The unit test coverage is above 80 %\n", made) == {1: ["unit-coverage"]}

    def test_a_gate_that_was_renamed_is_known_by_its_id(self) -> None:
        made = gate("unit-test-coverage-is-above-80", "The code is covered", 1)
        assert found("- [x] Unit test coverage is above 80 %\n", made) == {1: ["unit-test-coverage-is-above-80"]}

    def test_a_further_gate_of_the_same_item_may_have_numbers_of_its_own(self) -> None:
        gates = gate("a", "Unit test coverage is above 80 %", 1), gate("b", "At least 3 tests", 1)
        assert found("- [x] Unit test coverage is above 80 %\n", *gates) == {1: ["a", "b"]}
