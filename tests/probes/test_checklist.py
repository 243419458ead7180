"""Checklists: what is a box, what is a claim, and whether the two agree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness import options
from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result
from pytest_readiness.probe import Touch
from pytest_readiness.probes import checklist as checklist_module
from pytest_readiness.probes._checklist import boxes, prose
from pytest_readiness.probes.checklist import Checklist
from pytest_readiness.testing import run_probe


def judged(folder: Path, text: str, *, expect: Any = None, **more: Any) -> Result:
    (folder / "list.md").write_text(text, encoding="utf-8")
    return run_probe(Checklist(path="list.md", **more), root=folder, expect=expect)


def value(result: Result, name: str) -> object:
    return result.measurements[name].value


def marks(text: str) -> str:
    """Return one letter a box: x for a checked one, o for an open one."""
    return "".join("x" if box.checked else "o" for box in boxes(prose(text)))


HALF = "- [x] one\n- [ ] two\n"


class TestBoxes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("- [x] a\n* [X] b\n+ [ ] c\n1. [x] d\n2) [ ] e", "xxoxo"),
            ("- [x] a\n  - [ ] b\n      - [x] c\n          - [ ] d", "xoxo"),
            ("> - [x] quoted", "x"),
            ("- [-] dropped\n- [~] begun\n- [] empty\n- [ x ] wide", "ooox"),
            ("- ☑ a\n- ☐ b", "xo"),
            ("- [x](link) a\n- [x]: b\n- [1] footnote\n- [a] b\n- [x]tight", ""),
            ("[x] no list", ""),
            ("| a | done |\n|---|---|\n| b | [x] |\n| c | [ ] |\n| [x](u) | [ ] todo |", "xoo"),
            ("| a \\| [x] |", ""),
            ("```\n- [x] a\n```\n- [ ] b", "o"),
            ("~~~~ md\n- [x] a\n~~~\n- [x] b\n~~~~\n- [ ] c", "o"),
            ("- item\n\n  ```\n  - [x] a\n  ```\n  - [ ] b", "o"),
            ("- ```\n  - [x] a\n  ```\n- [ ] b", "o"),
            ("``` not a `fence`\n- [ ] a", "o"),
            ("```\n- [x] never closed", ""),
            ("text\n\n    - [x] code\n", ""),
            ("- list\n\n    - [x] nested\n\ntext\n\n    - [x] code", "x"),
            ("<!-- - [x] a\n- [x] b -->\n- [ ] c", "o"),
            ("- [x] a <!-- never closed", "x"),
            ("- [x]\t\n\t- [ ] tab", "xo"),
        ],
    )
    def test_are_what_readers_see_as_boxes(self, text: str, expected: str) -> None:
        assert marks(text) == expected

    def test_know_their_line_below_comments_and_code(self, tmp_path: Path) -> None:
        result = judged(tmp_path, "<!--\n\n-->\n```\n```\n- [ ] a\n- [x] b\n", claim=False, expect={"open": 0})
        assert result.outcome is Outcome.FAILED
        assert {item.title: item.text for item in result.evidence}["open"] == "list.md:6"

    def test_are_counted(self, tmp_path: Path) -> None:
        result = judged(tmp_path, HALF, claim=False, expect={"percent": ">= 50 %"})
        assert result.outcome is Outcome.PASSED
        assert [value(result, name) for name in ("boxes", "checked", "open", "percent")] == [2, 1, 1, 50.0]

    def test_that_are_nowhere_are_nothing_to_look_at(self, tmp_path: Path) -> None:
        result = judged(tmp_path, "Overall: 100 % complete\n")
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason


class TestClaims:
    @pytest.mark.parametrize(
        ("line", "percent"),
        [
            ("**Overall Completion**: **93% (67/72 tasks)**", 93.0),
            ("# Release 2 - 50 % done", 50.0),
            ("Ready: 12,5 %", 12.5),
            ("67/72 complete", 100 * 67 / 72),
            ("Progress: 3 of 4", 75.0),
            ("The remaining 7 %; 93 % are ready", 93.0),
        ],
    )
    def test_are_found_beside_a_word_for_being_done(self, tmp_path: Path, line: str, percent: float) -> None:
        assert value(judged(tmp_path, f"{line}\n\n{HALF}"), "claimed") == percent

    @pytest.mark.parametrize(
        "line",
        [
            "Coverage 93 %",
            "## Phase 1: 100 % complete",
            "- tests 100 % complete",
            "| docs | 100 % complete |",
            "```\n100 % complete\n```",
            "Remaining: 7 % until done",
            "Target: 95 % complete",
            "Complete on 3/0",
            "done 9/8",
            "complete since 1/2/2025",
        ],
    )
    def test_are_not_found_elsewhere(self, tmp_path: Path, line: str) -> None:
        result = judged(tmp_path, f"{line}\n\n{HALF}")
        assert result.outcome is Outcome.ERROR
        assert result.reason == "difference was not measured: list.md claims no percentage"

    def test_that_agree_with_the_boxes_pass(self, tmp_path: Path) -> None:
        text = "Overall: 67 % (2/3)\n\n- [x] a\n- [x] b\n- [ ] c\n\nStatus: 66.7 % ready."
        result = judged(tmp_path, text)
        assert result.outcome is Outcome.PASSED

    def test_that_flatter_fail(self, tmp_path: Path) -> None:
        result = judged(tmp_path, f"Overall: 93 % complete\n\n{HALF}")
        assert result.outcome is Outcome.FAILED
        assert result.reason == "difference is 43 %, expected <= 0.5 %"
        text = {item.title: item.text for item in result.evidence}["count"]
        assert text == "1 of 2 boxes are checked\n93 % are claimed in line 1"

    def test_that_differ_are_an_error_that_names_the_lines(self, tmp_path: Path) -> None:
        result = judged(tmp_path, f"Overall: 50 % complete\n{HALF}\n\nWe are 93 % ready.\n")
        assert result.outcome is Outcome.ERROR
        assert "claims different things: 50 % (line 1), 93 % (line 6): say which by claim" in result.reason

    def test_need_not_be_there_if_a_gate_says_so(self) -> None:
        assert Checklist(path="a", claim=False).expected() == {}
        assert Checklist(path="a").expected() == {"difference": "<= 0.5 %"}

    @pytest.mark.parametrize(("regex", "percent"), [(r"Stand: (\d+) v\. (\d+)", 50.0), (r"\((\d+,\d) Prozent", 50.0)])
    def test_may_be_found_by_a_regex(self, tmp_path: Path, regex: str, percent: float) -> None:
        result = judged(tmp_path, f"Stand: 3 v. 6 (50,0 Prozent), 93 % ready\n\n{HALF}", claim=re.compile(regex))
        assert result.outcome is Outcome.PASSED
        assert value(result, "claimed") == percent

    @pytest.mark.parametrize("regex", [r"Stand: (\w+)", r"Stand: .* of (\d+)/(\d+)", r"Stand(:)?()"])
    def test_of_a_regex_that_finds_no_number_are_an_error(self, tmp_path: Path, regex: str) -> None:
        result = judged(tmp_path, f"Stand: many of 1/0\n\n{HALF}", claim=re.compile(regex))
        assert result.outcome is Outcome.ERROR
        assert "claim matches line 1, but its groups are not a percentage" in result.reason

    def test_of_a_regex_that_finds_nothing_are_an_error(self, tmp_path: Path) -> None:
        assert judged(tmp_path, HALF, claim=re.compile("(nowhere)")).outcome is Outcome.ERROR

    def test_of_a_regex_that_runs_away_end_at_the_deadline(self, tmp_path: Path) -> None:
        (tmp_path / "list.md").write_text("a" * 60 + "!\n" + HALF)
        result = run_probe(Checklist(path="list.md", claim=re.compile(r"((a+)+)$")), root=tmp_path, timeout=1)
        assert result.outcome is Outcome.ERROR


class TestSections:
    TEXT = "# All: 10 % done\n## Testing: 50 % complete\n- [x] a\n### Deep\n- [ ] b\n## UI - 80 %\n- [ ] c\n"

    def test_are_judged_by_their_own_heading_and_boxes(self, tmp_path: Path) -> None:
        result = judged(tmp_path, self.TEXT, section=re.compile("^Testing"))
        assert result.outcome is Outcome.PASSED
        assert value(result, "boxes") == 2

    def test_a_regex_that_finds_nothing_is_named(self, tmp_path: Path) -> None:
        reason = judged(tmp_path, "**90%** done\n\n- [x] a\n", claim=re.compile("^([0-9]+)% done")).reason
        assert "claim, ^([0-9]+)% done, is found in no line (it is looked for in the Markdown as it is" in reason

    def test_with_no_claim_in_the_heading_claim_nothing(self, tmp_path: Path) -> None:
        assert "claims no percentage" in judged(tmp_path, self.TEXT, section=re.compile("^UI")).reason

    def test_that_are_not_there_are_an_error(self, tmp_path: Path) -> None:
        result = judged(tmp_path, self.TEXT, section=re.compile("Docs"))
        assert result.reason == "list.md has no heading in which Docs is found"


def test_a_file_that_is_missing_or_too_large_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_probe(Checklist(path="none.md"), root=tmp_path).reason == "none.md is not there"
    monkeypatch.setattr(checklist_module, "LIMIT", 3)
    assert "is larger than" in judged(tmp_path, HALF).reason


def test_a_secret_in_the_list_is_not_shown(tmp_path: Path) -> None:
    result = judged(tmp_path, "Overall: 9 % ready\n- [ ] token abc123secret\n")
    assert "abc123secret" not in repr(result)


def test_options_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OptionError, match="a path may not be empty"):
        Checklist(path=" ")
    with pytest.raises(OptionError, match="has no group"):
        Checklist(path="a", claim=re.compile("a"))


@pytest.mark.parametrize(("said", "claim"), [(False, False), ("([0-9]+) done", re.compile("([0-9]+) done"))])
def test_a_claim_is_a_truth_or_a_regex(said: object, claim: object) -> None:
    problems: list[Any] = []
    made = options.convert(Checklist, {"path": "a", "claim": said}, problems)
    assert problems == []
    assert made is not None
    assert made.claim == claim


def test_the_file_is_what_is_touched() -> None:
    assert list(Checklist(path="a").touches()) == [Touch("file", "a")]
