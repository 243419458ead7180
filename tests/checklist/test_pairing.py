from __future__ import annotations

import pytest

from pytest_readiness.checklist.pairing import ids, key, pair
from pytest_readiness.model import Gate

from .samples import NAME, document, gate, item


def paired(found: object, *gates: Gate) -> dict[int, list[str]]:
    assert hasattr(found, "items")
    return {index: [each.id for each in group] for index, group in pair(found, gates).gates.items()}  # type: ignore[arg-type]


def test_a_gate_belongs_to_the_item_whose_line_and_words_it_has() -> None:
    found = document(item(3, "No cycles"), item(4, "No secrets"))
    assert paired(found, gate("a", "No secrets", f"{NAME}:4"), gate("b", "No cycles", f"{NAME}:3")) == {
        0: ["b"],
        1: ["a"],
    }


def test_lines_that_have_moved_do_not_matter() -> None:
    found = document(item(13, "No cycles"), item(14, "No secrets"))
    assert paired(found, gate("a", "No cycles", f"{NAME}:3"), gate("b", "No secrets", f"{NAME}:4")) == {
        0: ["a"],
        1: ["b"],
    }


def test_nor_do_markup_and_case() -> None:
    assert paired(document(item(3, "**No** circular `imports`!")), gate("a", "no circular imports", f"{NAME}:9")) == {
        0: ["a"]
    }


def test_a_gate_with_another_title_is_known_by_its_id() -> None:
    found = document(item(30, "No cycles in the code"))
    assert paired(found, gate("no-cycles-in-the-code", "Imports form no circle", f"{NAME}:3")) == {
        0: ["no-cycles-in-the-code"]
    }


def test_an_item_may_be_split_in_two_gates() -> None:
    found = document(item(3, "Tests pass and cover the code"))
    gates = gate("a", "Tests pass and cover the code", f"{NAME}:3"), gate("b", "The code is covered", f"{NAME}:3")
    assert paired(found, *gates) == {0: ["a", "b"]}


def test_an_item_reworded_a_little_keeps_its_gate() -> None:
    found = document(item(5, "Unit test coverage is above 85 %"))
    assert paired(found, gate("a", "Unit test coverage is above 80 %", f"{NAME}:5")) == {0: ["a"]}


def test_other_words_on_the_same_line_are_another_item() -> None:
    found = document(item(5, "Backups are restored every month"))
    pairing = pair(found, [gate("a", "No circular imports", f"{NAME}:5")])
    assert pairing.gates == {}
    assert [each.id for each in pairing.lost] == ["a"]


def test_of_items_with_the_same_words_the_one_under_the_same_headings_is_meant() -> None:
    found = document(item(5, "Tested", section=("API",)), item(50, "Tested", section=("Agents",)))
    gates = gate("a", "Tested", f"{NAME}:90", ("Agents",)), gate("b", "Tested", f"{NAME}:91", ("API",))
    assert paired(found, *gates) == {0: ["b"], 1: ["a"]}


def test_a_gate_of_another_document_is_none_of_ours() -> None:
    pairing = pair(document(item(3, "No cycles")), [gate("a", "No cycles", "OTHER.md:3"), gate("b", "x", "OTHER.md:4")])
    assert (pairing.gates, pairing.lost) == ({}, ())


def test_folders_in_front_of_the_document_do_not_matter() -> None:
    assert paired(document(item(3, "No cycles")), gate("a", "No cycles", f"docs/ops/{NAME}:3")) == {0: ["a"]}


def test_a_gate_that_names_no_source_is_known_by_its_words() -> None:
    assert paired(document(item(3, "No cycles")), gate("a", "No cycles"), gate("b", "Something else")) == {0: ["a"]}


def test_ids_are_made_of_the_words_and_told_apart_by_the_heading() -> None:
    items = [
        item(1, "No `cycles`", section=("Code",)),
        item(2, "Tested", section=("API",)),
        item(3, "Tested", section=("Agents",)),
        item(4, "Tested", section=("Agents",)),
    ]
    assert ids(items) == ("no-cycles", "api-tested", "agents-tested", "agents-tested-2")


def test_an_id_does_not_depend_on_where_the_item_stands() -> None:
    assert ids([item(1, "One"), item(2, "Two")]) == tuple(reversed(ids([item(7, "Two"), item(90, "One")])))


@pytest.mark.parametrize("text", ["备份已测试", "Резервные копии", "42", "✨"])
def test_words_without_ascii_letters_get_an_id_of_their_own(text: str) -> None:
    (name,) = ids([item(1, text)])
    assert name.startswith("item-")
    assert ids([item(1, text), item(2, "other")])[0] == name


def test_long_texts_make_short_ids_and_no_taken_one() -> None:
    (name,) = ids([item(1, "word " * 80)], taken=["word-" * 11 + "word"])
    assert len(name) <= 62
    assert name.endswith("-2")


def test_the_words_are_what_two_spellings_share() -> None:
    assert key("**Änderungen**: `a_b`!") == key("änderungen a_b")
