from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_readiness.checklist.model import Document, Role
from pytest_readiness.checklist.reading.read import read
from pytest_readiness.checklist.reading.text import decode
from tests.checklist.readings import document

PIECES = st.sampled_from(
    [
        "- [x] ",
        "- [ ] ",
        "* [~] ",
        "1. ",
        "- ",
        "  - ",
        "    - [X] ",
        "# ",
        "### ",
        "| ",
        " | ",
        "|---|---|",
        "```",
        "```bash",
        "~~~",
        "✅",
        "❌ ",
        "⚠️",
        ":white_check_mark:",
        "**",
        "**Status:** ",
        "**Owner**: Ann",
        "TODO: ",
        " → **DONE**",
        "(deferred: later)",
        "\n",
        "\n\n",
        "\r\n",
        "text",
        "`code`",
        "93% (67/72 tasks)",
        "P1",
        "[x] Yes [ ] No",
        "<li>",
        '<input type="checkbox" checked>',
        "<!--",
        "-->",
        "---",
        "===",
        "> ",
        "$ curl x",
        "A=1",
        "Expected: 4",
        "____",
        "due 2026-01-15",
        "\t",
        "| Task | Status |\n|---|---|\n",
        "已完成",
        "~~gone~~",
        "\\[ \\]",
        "[",
        "]",
        "(",
        ")",
        "*",
        "_",
        "<details>",
        "</details>",
        "Phase 1: ",
        "Legend: [x] done | [ ] open",
    ]
)
DOCUMENTS = st.lists(PIECES, max_size=40).map("".join)


def check(read_: Document) -> None:
    lines = read_.text.lines
    assert [line.number for line in read_.lines] == list(range(1, len(lines) + 1))
    for line in read_.lines:
        assert line.why
        assert (line.item is not None) == (line.role is Role.ITEM)
        assert (line.role is Role.BLANK) <= (not lines[line.number - 1].strip(" \t>\u00a0"))
    for index, item in enumerate(read_.items):
        assert 1 <= item.line <= item.end <= len(lines)
        assert item.raw == lines[item.line - 1]
        assert read_.lines[item.line - 1].item is not None
        assert item.parent is None or (0 <= item.parent < len(read_.items) and item.parent != index)
        for mark in item.marks:
            assert lines[mark.line - 1][mark.start : mark.end] == mark.text
    for share in read_.stated:
        assert lines[share.line - 1][share.start : share.end] == share.text
        assert 0 <= share.percent <= 100


@given(DOCUMENTS)
@settings(max_examples=300, deadline=None)
def test_every_line_is_accounted_for_once_and_every_span_is_exact(written: str) -> None:
    check(read(decode(written.encode(), "list.md")))


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_make_it_stumble(data: bytes) -> None:
    check(read(decode(data, "list.md")))


@given(st.text(max_size=200))
@settings(deadline=None)
def test_no_text_makes_it_stumble(written: str) -> None:
    check(read(decode(written.encode("utf-8", "replace"), "list.md")))


def test_what_is_no_item_says_why() -> None:
    found = document(
        """
        ---
        status: draft
        ---
        # Launch

        Some words.

        <!-- a remark -->
        | Term | Meaning |
        |---|---|
        | SLO | objective |
        ---
        ## References
        - [Site](https://example.org)
        """
    )
    assert [(line.role, line.why) for line in found.lines] == [
        (Role.CONTEXT, "front matter"),
        (Role.CONTEXT, "front matter"),
        (Role.CONTEXT, "front matter"),
        (Role.CONTEXT, "heading"),
        (Role.BLANK, "blank"),
        (Role.PROSE, "prose"),
        (Role.BLANK, "blank"),
        (Role.CONTEXT, "comment"),
        (Role.CONTEXT, "head of a table"),
        (Role.CONTEXT, "border of a table"),
        (Role.CONTEXT, "row of a table that states nothing"),
        (Role.CONTEXT, "rule"),
        (Role.CONTEXT, "heading"),
        (Role.CONTEXT, "aside"),
    ]
    assert found.title == "Launch"


@pytest.mark.parametrize("start", ["", "- ", "- [ ] ", "| ", "# ", "**a**: ", "```bash\n", "|a|status|\n|---|---|\n|"])
@pytest.mark.parametrize(
    "piece", ["✅", "a:", "<!--", "# ", ":x:", "**", "`", "[ ] ", "1/", " - a", "(", "|", "\t", "a -> "]
)
def test_a_long_line_does_not_hang(start: str, piece: str) -> None:
    written = start + piece * (1_000_000 // len(piece))
    text = decode(written.encode(), "list.md")
    began = time.process_time()
    check(read(text))
    assert time.process_time() - began < 10


def test_ten_thousand_lines_are_read_in_seconds() -> None:
    part = """
## Part - ✅ **DONE**
- [x] **Backups** are taken every night → **COMPLETED**
  - [ ] Restore is rehearsed (Owner: Ann, due 2026-05-01)
- ✅ Metrics are collected
Some words that say nothing about a status, as most lines do.

| Task | Status | Owner |
|---|---|---|
| Keys | ✅ Complete | Bob |
```bash
curl http://localhost/health  # Expected: ok
```
"""
    text = decode((part * (10_000 // part.count("\n") + 1)).encode(), "list.md")
    assert len(text.lines) >= 10_000
    best = min(_seconds(text) for _ in range(3))
    assert best < 5


def _seconds(text: object) -> float:
    began = time.process_time()
    read(text)  # type: ignore[arg-type]
    return time.process_time() - began


def test_a_remark_of_several_lines_hides_its_boxes() -> None:
    assert document("<!--\n- [ ] a\n-->\n- [x] b").items[0].text == "b"


@pytest.mark.parametrize("text", ["---\nSome words\n---\n- [x] a", "---\n\n# Title\n- [x] a", "---\n- [x] a"])
def test_a_rule_at_the_beginning_is_no_front_matter(text: str) -> None:
    assert [each.text for each in document(text).items] == ["a"]


def test_a_file_of_nothing_but_its_front_matter_has_no_items() -> None:
    assert document("+++\na = 1\n+++\n").items == ()
