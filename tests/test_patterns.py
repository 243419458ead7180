from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest

from pytest_readiness import patterns


def test_a_pattern_is_found_anywhere() -> None:
    assert patterns.search(re.compile("b+"), "abbbc")
    assert not patterns.search(re.compile("^b"), "abbbc")


@pytest.mark.parametrize("text", ["(a", "*", "a{2,1}", "(?P<x"])
def test_what_is_no_pattern_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        patterns.compiled(text)


def test_a_pattern_has_a_limit() -> None:
    with pytest.raises(ValueError, match="too long"):
        patterns.compiled("a" * (patterns.LONGEST_PATTERN + 1))


def test_a_text_has_a_limit() -> None:
    with pytest.raises(ValueError, match="too long"):
        patterns.search(re.compile("a"), "a" * (patterns.LONGEST_TEXT + 1))


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a|a)*$",
        r"(?x) ( a + ) + $",
        r"([a-z]+)*\d",
        r"(a*){30}$",
        r"a?" * 40 + "b",
        r".*.*.*.*=x",
        "(a|a)" * 40 + "b",
    ],
)
def test_a_search_that_would_take_for_ever_ends_in_time(pattern: str) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="took longer"):
        patterns.search(patterns.compiled(pattern), "a" * 5000 + "!", seconds=0.3)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"(\w+\.)+org", "see www.example.org", True),
        (r"(\w+\.)+org", "nowhere", False),
        (r"(a)\1", "xaax", True),
        (r"(?i)(AB)+", "xabab", True),
        ("(\ud800)+", "\ud800", True),
        ("(é)+", "é", True),
    ],
)
def test_a_search_in_a_child_process_gives_the_same_answer(pattern: str, text: str, *, found: bool) -> None:
    assert not patterns._quick(re.compile(pattern), len(text))
    assert patterns.search(re.compile(pattern), text) is found


@pytest.mark.parametrize("pattern", [r"\d+ passed", r"[(*+)]{2}", r"^v\d", r"a\)*", "plain (text)", r"[]*+(]+x"])
def test_a_harmless_search_needs_no_child_process(pattern: str) -> None:
    assert patterns._quick(re.compile(pattern), 60)


def test_a_long_text_is_searched_for_plain_words_without_a_child_process() -> None:
    assert patterns._quick(re.compile("Traceback|ERROR"), patterns.LONGEST_TEXT)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("b+", [[(1, "bb"), (4, "b")], []]),
        ("a(b+)", [[(0, "bb"), (3, "b")], []]),
        ("(?:a)(b)?+", [[(0, "b"), (3, "b")], []]),
        ("(x)|a", [[(0, None), (3, None)], []]),
    ],
)
def test_all_places_are_found_with_the_first_group(pattern: str, found: list[list[tuple[int, str | None]]]) -> None:
    assert patterns.find_all(re.compile(pattern), ["abbab", "c"], 5) == found


def test_a_child_process_finds_the_same_places() -> None:
    texts = ["abbab", "xx ab"]
    assert patterns.find_all(re.compile("(?:ab)+b"), texts, 5) == [[(0, "abb")], []]


def test_finding_all_that_would_take_for_ever_ends_in_time() -> None:
    with pytest.raises(TimeoutError):
        patterns.find_all(re.compile("(a+)+$"), ["a" * 100 + "!"], 0.3)


def test_a_child_process_that_fails_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(ValueError, match="failed"):
        patterns.search(re.compile("(a+)+"), "a")


def test_a_child_process_that_breaks_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_CHILD", "raise SystemExit(1)")
    with pytest.raises(ValueError, match="failed") as refused:
        patterns.search(re.compile("(a+)+"), "a")
    assert not isinstance(refused.value.__cause__, subprocess.CalledProcessError)
