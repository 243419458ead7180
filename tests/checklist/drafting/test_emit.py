from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.checklist.drafting.emit import entry, flow, scalar

TEXTS = [
    "plain words",
    "no",
    "12:30",
    "0x1f",
    "1_000",
    "a: b",
    "# not a comment",
    "- dash",
    "it's",
    'say "x"',
    'it\'s "both" \\ of them',
    "TODO: which folder",
    "[x] box",
    "{a}",
    "a, b",
    "> 3 ms",
    "8800 ± 10%",
    "emoji ✅",
    "next\x85line",
    "tab\there",
    "",
    " ",
    "trailing ",
    "~",
    "null",
    "&anchor",
    "*alias",
    "!tag",
    "%x",
    "@x",
    "`x`",
    "\u2028",
    "\U0001f600\x07",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(f"a: {scalar(text)}") == {"a": text}
    assert yaml.safe_load(f"a: {flow([text])}") == {"a": [text]}
    assert yaml.safe_load("\n".join(entry("a", text, ""))) == {"a": text}


@pytest.mark.parametrize("value", [None, True, False, 0, -3, 2.5, 1e-05])
def test_so_is_what_is_no_text(value: object) -> None:
    assert yaml.safe_load(f"a: {scalar(value)}") == {"a": value}


texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(texts, below, max_size=4),
)


@given(values)
def test_so_is_anything_in_anything(value: object) -> None:
    assert yaml.safe_load("\n".join(entry("a", value, ""))) == {"a": value}
    assert yaml.safe_load("- " + "\n".join(entry("a", value, "  "))) == [{"a": value}]


def test_what_people_read_has_no_quotes_that_it_does_not_need() -> None:
    assert list(entry("with", {"paths": ["src/app", "tests"], "title": "No cycles (yet)"}, "")) == [
        "with: {paths: [src/app, tests], title: No cycles (yet)}"
    ]


def test_statements_stay_readable() -> None:
    assert list(entry("query", "SELECT 1\n  FROM t", "  ")) == ["query: |-", "    SELECT 1", "      FROM t"]


def test_half_a_character_does_not_spoil_the_file() -> None:
    assert yaml.safe_load(f"a: {scalar('x' + chr(0xD83D))}") == {"a": "x\ufffd"}
