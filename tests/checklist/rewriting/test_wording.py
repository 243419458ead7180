"""Each box, sign and word says what is true in its own way."""

from __future__ import annotations

import pytest

from pytest_readiness.checklist.model import Kind, Mark, Status
from pytest_readiness.checklist.rewriting.wording import Truth, with_words, written
from tests.checklist.samples import item

DONE, OPEN, DEFERRED = Status.DONE, Status.OPEN, Status.DEFERRED
FAILED, UNPROVEN, EXCUSED = Truth.FAILED, Truth.UNPROVEN, Truth.EXCUSED


def says(text: str, status: Status, truth: Truth) -> str:
    return written(Mark(1, 0, len(text), text, status), truth)


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("[x]", "[ ]"),
        ("[X]", "[ ]"),
        (r"\[x\]", r"\[ \]"),
        ("[ x ]", "[   ]"),
        ("[✅]", "[ ]"),
        ("[✔️]", "[ ]"),
        ('<input type="checkbox" checked>', '<input type="checkbox">'),
        ('<input type="checkbox" checked="checked" disabled/>', '<input type="checkbox" disabled/>'),
        ("✅", "❌"),
        ("☑️", "☐"),
        ("✓", "✗"),
        ("🟢", "🔴"),
        (":white_check_mark:", ":x:"),
        (":heavy_check_mark:", ":x:"),
        ("COMPLETED", "NOT COMPLETED"),
        ("Production ready", "Not production ready"),
        ("passed", "not passed"),
        ("FOLLOWED", "NOT DONE"),
        ("erledigt", "offen"),
        ("готово", "не готово"),
        ("已完成", "未完成"),
    ],
)
def test_what_failed_is_not_done(text: str, failed: str) -> None:
    assert says(text, DONE, FAILED) == failed


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("[ ]", "[x]"),
        ("[]", "[x]"),
        ("[-]", "[x]"),
        ('<input type="checkbox">', '<input type="checkbox" checked>'),
        ("<input type=checkbox />", "<input type=checkbox checked />"),
        ("⏳", "✅"),
        ("☐", "☑"),
        ("🟡", "🟢"),
        ("TODO", "DONE"),
        ("Not complete", "Complete"),
        ("In progress", "Done"),
        ("à faire", "fait"),
    ],
)
def test_what_passed_is_done(text: str, done: str) -> None:
    assert says(text, OPEN, Truth.DONE) == done


@pytest.mark.parametrize(
    ("text", "unproven", "excused"),
    [
        ("[x]", "[ ]", "[ ]"),
        ("✅", "⚠️", "⏸️"),
        ("🟢", "🟡", "🟡"),
        ("DONE", "UNVERIFIED", "DEFERRED"),
        ("Ok", "Unverified", "Deferred"),
    ],
)
@pytest.mark.no_false_green
def test_what_is_unproven_or_waived_is_never_ticked(text: str, unproven: str, excused: str) -> None:
    assert says(text, DONE, UNPROVEN) == unproven
    assert says(text, DONE, EXCUSED) == excused


@pytest.mark.parametrize("text", ["[ ]", "⏳", "⏸️", "Pending", "WIP"])
@pytest.mark.parametrize("truth", [FAILED, UNPROVEN, EXCUSED])
def test_what_says_so_already_stays(text: str, truth: Truth) -> None:
    assert says(text, OPEN, truth) == text


def test_what_is_said_not_to_apply_stays_unless_it_failed() -> None:
    assert says("[-]", Status.NOT_APPLICABLE, UNPROVEN) == "[-]"
    assert says("[-]", Status.NOT_APPLICABLE, FAILED) == "[ ]"


@pytest.mark.parametrize("text", ["85%", "100 %", "6/6"])
def test_a_share_is_not_a_word(text: str) -> None:
    assert says(text, DONE, FAILED) == text


@pytest.mark.parametrize(
    "text",
    [
        "[x]",
        "[ ]",
        "✅",
        "❌",
        "⚠️",
        "⏸️",
        "☑",
        "🟢",
        "🔴",
        "DONE",
        "Not done",
        "Unverified",
        "Deferred",
        "fait",
        "à faire",
    ],
)
@pytest.mark.parametrize("truth", list(Truth))
def test_what_was_written_once_is_written_so_again(text: str, truth: Truth) -> None:
    once = says(text, DONE, truth)
    status = DONE if truth is Truth.DONE else OPEN
    assert says(once, status, truth) == once


class TestWordsBesideSigns:
    def beside(self, line: str, text: str = "Refunds") -> list[str]:
        start = line.index("✅")
        marked = item(1, text, marks=(Mark(1, start, start + 1, "✅", DONE),))
        return [mark.text for mark in with_words(marked, [line])]

    @pytest.mark.parametrize(
        ("line", "word"),
        [
            ("| Refunds | ✅ Complete | 3 |", "Complete"),
            ("## Refunds ✅ **COMPLETED**", "COMPLETED"),
            ("- Refunds ✅ In progress", "In progress"),
            ("- Refunds ✅ erledigt", "erledigt"),
        ],
    )
    def test_are_written_too(self, line: str, word: str) -> None:
        assert self.beside(line) == ["✅", word]

    @pytest.mark.parametrize(
        "line", ["## ✅ COMPLETED REQUIREMENTS", "- ✅ Refunds", "| ✅ | 100% Complete |", "✅ 6/6"]
    )
    def test_are_not_words_of_the_item(self, line: str) -> None:
        assert self.beside(line) == ["✅"]

    def test_are_not_what_the_item_is_known_by(self) -> None:
        assert self.beside("**Status:** ✅ Ready", "Status: Ready") == ["✅"]

    def test_a_word_that_is_all_there_is_stays(self) -> None:
        marked = item(1, "TODO", marks=(Mark(1, 3, 7, "TODO", OPEN),))
        assert list(with_words(marked, ["## TODO"])) == []

    def test_a_word_that_a_heading_begins_with_stays(self) -> None:
        line = "## 🎉 READY: yes"
        marked = item(1, "Yes", kind=Kind.HEADING, marks=(Mark(1, 5, 10, "READY", DONE), Mark(1, 12, 15, "yes", DONE)))
        assert [mark.text for mark in with_words(marked, [line])] == []
        other = item(1, "All", kind=Kind.HEADING, marks=(Mark(1, 11, 15, "DONE", DONE),))
        assert [mark.text for mark in with_words(other, ["## All of: DONE"])] == ["DONE"]
