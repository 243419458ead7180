"""What is written beside a checklist's own text is found again, and taken off without a trace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.checklist.model import Text
from pytest_readiness.checklist.rewriting.notes import (
    BEGIN,
    END,
    LENGTH,
    bare,
    fenced,
    summary_lines,
    with_note,
    without_note,
)
from pytest_readiness.errors import UsageError

LINES = [
    "- [x] A plain item",
    "- [x] A hard break  ",
    "- [x] Another hard break\\",
    "| a cell | ✅ |",
    "| a cell | ✅|",
    "| a cell | |",
    "a | b",
    "<li><input type='checkbox' checked> HTML</li>",
    "<tr><td>✅</td></tr>",
    "text<br/>",
    "## A heading",
    "## A closed heading ##",
    "",
    "   ",
]


def text(*lines: str) -> Text:
    return Text("CHECKLIST.md", lines, ("\n",) * len(lines))


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("hidden", [True, False])
def test_a_note_is_taken_off_without_a_trace(line: str, hidden: bool) -> None:
    noted = with_note(line, "failed: line is 71.40 %, expected >= 80 %", hidden=hidden)
    assert noted != line
    assert without_note(noted) == line


@given(st.text(st.characters(exclude_characters="\n\r"), max_size=40), st.text(max_size=300), st.booleans())
def test_whatever_the_line_and_the_note_are(line: str, note: str, hidden: bool) -> None:
    line = without_note(line)
    assert without_note(with_note(line, note, hidden=hidden)) == line


@pytest.mark.parametrize(
    ("line", "noted"),
    [
        ("- [x] Item", "- [x] Item <sub>readiness: ok</sub>"),
        ("- [x] Item  ", "- [x] Item <sub>readiness: ok</sub>  "),
        ("| a | b |", "| a | b <sub>readiness: ok</sub> |"),
        ("<li>Item</li>", "<li>Item <sub>readiness: ok</sub></li>"),
    ],
)
def test_a_note_stands_before_what_closes_the_line(line: str, noted: str) -> None:
    assert with_note(line, "ok") == noted


def test_in_a_heading_it_is_a_comment_before_the_closing_signs() -> None:
    assert with_note("## Tests ##", "ok", hidden=True) == "## Tests <!-- readiness: ok --> ##"


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("p95 < 200 ms", "p95 &lt; 200 ms"),
        ("</sub><script>", "&lt;/sub>&lt;script>"),
        ("![x](http://evil.example/p)", r"!\[x\](http://evil.example/p)"),
        ("a | b", r"a \| b"),
        ("**loud** `code`", r"\*\*loud\*\* \`code\`"),
        ("snake_case stays", "snake_case stays"),
        ("two\nlines", "two lines"),
        ("a & b &lt;", "a & b &amp;lt;"),
    ],
)
def test_what_was_measured_is_text_and_nothing_else(note: str, shown: str) -> None:
    assert with_note("", note) == f" <sub>readiness: {shown}</sub>"


def test_a_comment_cannot_be_ended_from_within() -> None:
    assert with_note("#", "a --> b", hidden=True) == "# <!-- readiness: a - -> b -->"


def test_a_long_note_is_cut() -> None:
    noted = with_note("", "x" * 1000)
    assert noted.count("x") == LENGTH - 3
    assert "...</sub>" in noted


def test_other_peoples_small_print_stays() -> None:
    for line in ("Item <sub>see below</sub>", "Item <sub>readiness: one</sub> and more", "readiness: good"):
        assert without_note(line) == line


class TestFences:
    def test_code_is_left_alone(self) -> None:
        lines = ["```md", f"- [x] a{with_note('', 'ok')}", BEGIN, "```", f"- [x] b{with_note('', 'ok')}"]
        assert bare(text(*lines)).lines == (*lines[:4], "- [x] b")

    @pytest.mark.parametrize(
        ("lines", "inside"),
        [
            (["~~~", "a", "```", "~~~", "b"], [True, True, True, True, False]),
            (["- ```sh", "  a", "  ```", "b"], [True, True, True, False]),
            (["``` a `b` ```", "c"], [False, False]),
            (["````", "```", "````", "d"], [True, True, True, False]),
            (["```", "never closed"], [True, True]),
        ],
    )
    def test_they_end_as_markdown_says(self, lines: list[str], inside: list[bool]) -> None:
        assert list(fenced(lines)) == inside


class TestSummary:
    def test_is_blank_where_it_was(self) -> None:
        assert bare(text("# Title", BEGIN, "**READY**", END, "- [x] a")).lines == ("# Title", "", "", "", "- [x] a")

    def test_of_a_text_without_one_is_nowhere(self) -> None:
        assert summary_lines(text("# Title")) == (0, 0)

    @pytest.mark.parametrize("lines", [[BEGIN], [END], [END, BEGIN], [BEGIN, END, BEGIN, END], [BEGIN, BEGIN, END]])
    def test_must_begin_and_end_once(self, lines: list[str]) -> None:
        with pytest.raises(UsageError, match=r"CHECKLIST\.md:2: <!-- readiness:begin --> and"):
            bare(text("", *lines))
