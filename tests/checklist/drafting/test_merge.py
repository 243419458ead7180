"""Importing again: what people made stays, what the checklist says anew comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness import spec
from pytest_readiness.checklist.drafting import tree, write
from pytest_readiness.checklist.drafting.merge import Merged, merge
from pytest_readiness.checklist.model import Document, Kind, Status
from pytest_readiness.errors import UsageError
from pytest_readiness.model import Spec
from pytest_readiness.registry import Registry
from tests.checklist.samples import NAME, document, item, proposal, proposals

EDITED = """\
# Ours, with comments.
version: 1
name: shop
gates:
  - group: Code
    gates:
      # We know better than the importer.
      - id: no-cycles
        title: No cycles
        probe: file   # because
        with: {path: proof.txt}
        claimed: open
        source: "CHECKLIST.md:3"

  - group: Runtime
    gates:
      - {id: answers, title: It answers, probe: http, with: {url: "http://x"}, claimed: done, source: "CHECKLIST.md:9"}
# The end.
"""


def loaded(folder: Path, text: str) -> Spec:
    path = folder / "readiness.yaml"
    path.write_bytes(text.encode())
    return spec.load(path, registry=Registry(), env={})


def again(folder: Path, text: str, found: Document, probe: str = "import_cycles") -> Merged:
    gates = loaded(folder, text).gates
    merged = merge(text, gates, found, proposals(found, probe), source=NAME, file=spec.label(folder / "readiness.yaml"))
    loaded(folder, merged.text)
    return merged


CYCLES = item(3, "No cycles", section=("Code",))
ANSWERS = item(9, "It answers", section=("Runtime",), status=Status.DONE)


def test_a_checklist_that_says_nothing_new_changes_nothing(tmp_path: Path) -> None:
    assert again(tmp_path, EDITED, document(CYCLES, ANSWERS)) == Merged(EDITED)


def test_what_was_written_is_read_back_and_merged_without_a_change(tmp_path: Path) -> None:
    found = document(
        item(1, "Code", kind=Kind.HEADING),
        item(2, "No cycles", section=("Code",), parent=0, status=Status.DONE),
        item(3, "It: is #1, and ${so} on", section=("Code",), parent=0, status=Status.DEFERRED, reason="later"),
        item(4, "Deep", section=("Code",), parent=2),
    )
    text = write.spec(found, tree.grow(found, proposals(found), source=NAME), source=NAME)
    assert again(tmp_path, text, found) == Merged(text)


def test_a_new_item_comes_to_its_group_and_all_else_stays(tmp_path: Path) -> None:
    found = document(CYCLES, item(4, "No secrets", section=("Code",)), ANSWERS)
    merged = again(tmp_path, EDITED, found)
    assert merged.added == ("no-secrets",)
    assert [(gate.id, gate.group, gate.probe) for gate in loaded(tmp_path, merged.text).gates] == [
        ("no-cycles", ("Code",), "file"),
        ("no-secrets", ("Code",), "import_cycles"),
        ("answers", ("Runtime",), "http"),
    ]
    added = merged.text.splitlines()
    assert [line for line in EDITED.splitlines() if line not in added] == []


def test_a_new_group_is_made_below_the_one_that_it_belongs_to(tmp_path: Path) -> None:
    found = document(CYCLES, item(5, "Fast", section=("Code", "Speed")), ANSWERS, item(12, "Told", section=("Docs",)))
    merged = again(tmp_path, EDITED, found)
    groups = {gate.id: gate.group for gate in loaded(tmp_path, merged.text).gates}
    assert groups == {"no-cycles": ("Code",), "fast": ("Code", "Speed"), "answers": ("Runtime",), "told": ("Docs",)}


def test_deep_and_shallow_news_at_the_same_place_do_not_mix(tmp_path: Path) -> None:
    text = (
        "version: 1\ngates:\n- group: A\n  gates:\n  - group: B\n    gates:\n    - {title: One, probe: import_cycles}"
    )
    found = document(
        item(1, "One", section=("A", "B")),
        item(2, "Two", section=("A", "B")),
        item(3, "Three", section=("A",)),
        item(4, "Four"),
    )
    merged = again(tmp_path, text, found)
    groups = {gate.id: gate.group for gate in loaded(tmp_path, merged.text).gates}
    assert groups == {"one": ("A", "B"), "two": ("A", "B"), "three": ("A",), "four": ()}


def test_another_claim_and_another_line_are_told_in_place(tmp_path: Path) -> None:
    found = document(
        item(7, "No cycles", section=("Code",), status=Status.DONE), item(19, "It answers", section=("Runtime",))
    )
    merged = again(tmp_path, EDITED, found)
    assert merged.changed == ("no-cycles", "answers")
    told = {gate.id: (gate.claimed, gate.source) for gate in loaded(tmp_path, merged.text).gates}
    assert told == {"no-cycles": ("done", f"{NAME}:7"), "answers": ("open", f"{NAME}:19")}
    assert "probe: file   # because" in merged.text


def test_what_claims_nothing_any_more_says_nothing(tmp_path: Path) -> None:
    found = document(
        item(3, "No cycles", section=("Code",), status=Status.UNSAID),
        item(9, "It answers", section=("Runtime",), status=Status.UNSAID),
    )
    merged = again(tmp_path, EDITED, found)
    assert [gate.claimed for gate in loaded(tmp_path, merged.text).gates] == [None, None]
    assert [gate.source for gate in loaded(tmp_path, merged.text).gates] == [f"{NAME}:3", f"{NAME}:9"]


def test_a_claim_is_added_where_there_was_none(tmp_path: Path) -> None:
    text = EDITED.replace("        claimed: open\n", "").replace("claimed: done, ", "")
    merged = again(tmp_path, text, document(CYCLES, ANSWERS))
    assert [gate.claimed for gate in loaded(tmp_path, merged.text).gates] == ["open", "done"]


def test_an_item_that_has_gone_is_marked_and_kept_once(tmp_path: Path) -> None:
    merged = again(tmp_path, EDITED, document(ANSWERS))
    assert merged.vanished == ("no-cycles",)
    assert "      # vanished: CHECKLIST.md:3 no longer says this\n      - id: no-cycles" in merged.text
    assert again(tmp_path, merged.text, document(ANSWERS)).text == merged.text


def test_the_mark_goes_when_the_item_is_back(tmp_path: Path) -> None:
    merged = again(tmp_path, EDITED, document(ANSWERS))
    assert again(tmp_path, merged.text, document(CYCLES, ANSWERS)).text == EDITED


def test_variables_that_new_gates_need_are_defined_once(tmp_path: Path) -> None:
    found = document(CYCLES, ANSWERS, item(12, "Healthy"))
    made = (
        *proposals(found)[:2],
        proposal(2, "http", options={"url": "${base}/x"}, variables={"base": "${BASE:-http://127.0.0.1}"}),
    )
    for text in (EDITED, EDITED.replace("gates:\n  - group: Code", "vars:\n  other: x\ngates:\n  - group: Code", 1)):
        gates = loaded(tmp_path, text).gates
        merged = merge(text, gates, found, made, source=NAME, file=spec.label(tmp_path / "readiness.yaml"))
        assert merged.text.count("${BASE:-http://127.0.0.1}") == 1
        assert loaded(tmp_path, merged.text).gates[-1].options.url == "http://127.0.0.1/x"  # type: ignore[attr-defined]


def test_the_ids_of_new_gates_are_new(tmp_path: Path) -> None:
    text = EDITED.replace("title: No cycles", "title: Something of our own").replace(':3"', ':99"', 1)
    text = text.replace("id: no-cycles", "id: no-secrets")
    found = document(
        item(4, "There are no keys", section=("Code",)), item(5, "No secrets!", section=("Else",)), ANSWERS
    )
    merged = again(tmp_path, text, found)
    assert len({gate.id for gate in loaded(tmp_path, merged.text).gates}) == len(loaded(tmp_path, merged.text).gates)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_stay(tmp_path: Path, ending: str) -> None:
    text = EDITED.replace("\n", ending)
    merged = again(tmp_path, text, document(CYCLES, ANSWERS, item(12, "More", section=("Code",))))
    assert merged.text.count("\n") == merged.text.count(ending)


def test_a_text_without_a_last_newline_takes_more(tmp_path: Path) -> None:
    merged = again(tmp_path, EDITED.rstrip("\n"), document(CYCLES, ANSWERS, item(12, "A"), item(13, "B")))
    assert merged.added == ("a", "b")


def test_an_empty_list_of_gates_is_filled(tmp_path: Path) -> None:
    merged = again(tmp_path, "version: 1\ngates: []\n", document(item(1, "One"), item(2, "Two", section=("B",))))
    assert merged.added == ("one", "two")


def test_a_list_in_brackets_is_not_taken_apart(tmp_path: Path) -> None:
    text = "version: 1\ngates: [{title: One, probe: import_cycles}]\n"
    with pytest.raises(UsageError, match="line 2 of the spec has gates in"):
        again(tmp_path, text, document(item(1, "One"), item(2, "Two")))


def test_a_group_in_brackets_gets_a_second_part(tmp_path: Path) -> None:
    text = "version: 1\ngates:\n- group: A\n  gates: [{title: One, probe: import_cycles}]\n"
    merged = again(tmp_path, text, document(item(1, "One", section=("A",)), item(2, "Two", section=("A",))))
    assert {gate.id: gate.group for gate in loaded(tmp_path, merged.text).gates} == {"one": ("A",), "two": ("A",)}


def test_gates_of_an_included_file_are_known_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(
        'version: 1\ngates:\n- {title: No cycles, probe: file, with: {path: x}, source: "CHECKLIST.md:1"}\n'
    )
    text = "version: 1\ninclude: [more.yaml]\ngates:\n- {title: Two, probe: import_cycles}\n"
    merged = again(tmp_path, text, document(CYCLES, item(4, "Two"), item(5, "Three")))
    assert (merged.added, merged.changed, merged.vanished) == (("three",), ("two",), ())


def test_a_multiline_value_at_the_end_is_not_cut(tmp_path: Path) -> None:
    text = (
        "version: 1\ngates:\n- title: One\n  probe: command\n  with:\n    run:\n    - python\n    - -c\n    - |\n"
        "      print(1)\n      print(2)\n\n# end\n"
    )
    merged = again(tmp_path, text, document(item(1, "One"), item(2, "Two")))
    first, second = loaded(tmp_path, merged.text).gates
    assert first.options.run[-1] == "print(1)\nprint(2)\n"  # type: ignore[attr-defined]
    assert second.id == "two"
