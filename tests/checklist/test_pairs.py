"""What was written into a checklist does not change which gates judge which items."""

from __future__ import annotations

from pytest_readiness.checklist.notes import BEGIN, END
from pytest_readiness.checklist.pairs import paired
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


def test_other_words_are_another_item() -> None:
    source = "# Orders\n\n**Overall completion**: 0% (0/1 tasks)\n\n- [x] Refunds arrive\n"
    assert found(source, gate("overall", "Overall happiness: 93% (67/72 tasks)", 40)) == {}
