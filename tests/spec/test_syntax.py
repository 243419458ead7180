from __future__ import annotations

import pytest
import yaml

from pytest_readiness.spec import _places, _yaml


@pytest.fixture(params=[True, False], ids=["C", "Python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param and not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without its parser in C")
    monkeypatch.setattr(yaml, "__with_libyaml__", request.param)


def told(text: str) -> list[str]:
    found: list[str] = []

    def report(place: int, message: str) -> None:
        _, line, column = _places.unpack(place)
        found.append(f"{line}:{column}: {message}")

    _yaml.read(text, 0, report)
    return found


QUOTE = "put the value in quotes"
FLOW = f"{QUOTE} if it holds one of , : [ ] {{ }} or a quote"
KEY = "a mapping or list cannot be a key: a text that begins with '{' or '[' must be put in quotes"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n\tb: 1\n", "2:1: a tab cannot indent: use spaces"),
        ("a: @x\n", f"1:4: a value cannot begin with '@': {QUOTE}"),
        ("a: `x`\n", f"1:4: a value cannot begin with '`': {QUOTE}"),
        ("a: %x\n", f"1:4: a value cannot begin with '%': {QUOTE}"),
        ("a: {x: >= 80%}\n", f"1:8: a value cannot begin with '>': {QUOTE}"),
        ("a: ?\n", f"1:4: a value cannot begin with '?': {QUOTE}"),
        ("a: >= 80%\n", "1:4: a value that begins with '>' must be put in quotes"),
        ("a: | x\n", "1:4: a value that begins with '|' must be put in quotes"),
        ("a: *.py\n", "1:4: a value that begins with '*' must be put in quotes"),
        ("a: &\n", "1:4: a value that begins with '&' must be put in quotes"),
        ("a: != 3\n", "1:4: a value that begins with '!' must be put in quotes: \"!= 3\""),
        ("a: !!set {x}\n", "1:4: the tag !!set is not used here: leave it out"),
        (
            "a: !!map {x: y}\nb: *no\n",
            "2:4: there is no anchor &no above: a text that begins with '*' must be put in quotes",
        ),
        ("a: b: c\n", "1:5: ': ' inside a text without quotes: put the whole value in quotes"),
        (
            "a: 1\n  b: 2\n",
            "2:4: a key cannot stand here: check the indentation, or whether the line above should end in ':'",
        ),
        ("a:\n  b: 1\n c: 2\n", "3:2: the indentation does not fit the mapping or list, which begins in line 1"),
        (
            "a: 1\n- b\n",
            "2:1: an item of a list does not fit the indentation of what stands above, which begins in line 1",
        ),
        ("a: [1, 2\nb: 3\n", "1:4: this '[' is never closed with ']', or a ',' is missing"),
        ("a: {b: 1\nc: 2\n", "1:4: this '{' is never closed with '}', or a ',' is missing"),
        ('a: "x\nb: 2\n', "1:4: this quote is never closed"),
        (
            "a: 'it's'\n",
            "1:8: text after the closing quote: write '' for a quote inside '...', or put the whole in \"...\"",
        ),
        ("a: 1\nb:2\nc: 3\n", "2:1: expected 'key: value' here: a space must follow the ':'"),
        ("a: {{ x }}\n", f"1:5: {KEY}"),
        ("[a]: b\n", f"1:1: {KEY}"),
        ("a: &x 1\n*x : 2\n", '2:1: an alias cannot be a key: put "*x" in quotes'),
        ("a: {b: ${X}}\n", '1:9: a text with ${...} inside [ ] or { } must be put in quotes: "${NAME}"'),
        ("a: [${X}, 1]\n", '1:6: a text with ${...} inside [ ] or { } must be put in quotes: "${NAME}"'),
        ("a: {b: c: d}\n", f"1:9: expected ',' or '}}': {FLOW}"),
        ("a: [a,,b]\n", f"1:7: a value is missing here, or it begins with a sign of YAML's own: {QUOTE}"),
        (": x\n", "1:1: a key is missing before ':'"),
        ("? \n: x\n", "1:2: a key is missing before ':'"),
        ("a: 1\n---\nb: 1\n", "2:1: a second document begins here: one file holds one"),
        ("a: 1\n...\nb\n", "3:1: nothing can follow the end of the document"),
        ("ä: 1\nü: \x00\n", "2:4: the character U+0000 cannot be in YAML"),
        ("a: &a [*a]\n", "1:8: *a stands inside &a itself"),
        ("<<: x\n", "1:5: '<<' takes an alias of a mapping, or a list of them"),
        ("a: " + "[" * 70, "1:67: nested more than 64 levels deep"),
    ],
)
def test_what_is_not_yaml_is_one_line_that_says_what_was_meant(text: str, message: str) -> None:
    assert told(text) == [message]


def test_an_unknown_escape_is_told_where_it_is() -> None:
    (message,) = told('a: "\\d"\n')
    assert message.endswith("there is no such escape inside \"...\": use '...' for texts with backslashes")


def test_something_new_is_told_in_the_parsers_own_words() -> None:
    (message,) = told("%YAML 3.0\n---\na: 1\n") or ["1:1: not YAML: "]
    assert ": not YAML: " in message
