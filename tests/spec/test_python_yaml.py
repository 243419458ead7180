"""A spec is the same whether PyYAML's parser in C reads it or the one in Python."""

from __future__ import annotations

import pytest
import yaml

from pytest_readiness.spec import _places, _yaml

SAME = {
    "a question mark in a mapping": ("a: {question: Is it right?}\n", {"a": {"question": "Is it right?"}}),
    "in a list": ("a: [x?, y ? z, a?b]\n", {"a": ["x?", "y ? z", "a?b"]}),
    "at the end of a key": ("a: {ready?: x}\n", {"a": {"ready?": "x"}}),
    "in a query": ("a: {url: http://shop/x?y=1}\n", {"a": {"url": "http://shop/x?y=1"}}),
    "over two lines": ("a: {q: is\n  it? }\n", {"a": {"q": "is it?"}}),
    "in a block": ("a: is it?\nb: a ? b\n", {"a": "is it?", "b": "a ? b"}),
    "the sign of a key": ("a: {? b: c}\n", {"a": {"b": "c"}}),
    "colons": ("a: [http://x/, a:b]\n", {"a": ["http://x/", "a:b"]}),
    "a key without a value": ("a: {b: , c}\n", {"a": {"b": None, "c": None}}),
    "a tab after a key": ("a:\tb\n", {"a": "b"}),
    "a tab between words": ("a: b\tc\n", {"a": "b\tc"}),
    "tabs inside brackets": ("a: [\n\tb,\n\tc\n]\n", {"a": ["b", "c"]}),
    "a tab before a comment": ("a: b\t# c\n", {"a": "b"}),
    "lines that go on": ("a: b\n  c\n\n  d\n", {"a": "b c\nd"}),
    "quotes": ("a: 'it''s'\nb: \"x\\u00e9\\x41\"\n", {"a": "it's", "b": "x\u00e9A"}),
    "blocks of text": ("a: |\n  x\n   y\nb: >-\n  x\n  y\n", {"a": "x\n y\n", "b": "x y"}),
    "line ends": ("a: b\r\nc: d\re: f\n", {"a": "b", "c": "d", "e": "f"}),
    "beyond ASCII": ("\ufeffa: \U0001f600\n", {"a": "\U0001f600"}),
    "anchors": ("a: &x-y {b: c}\nd: *x-y\ne: {<<: *x-y}\n", {"a": {"b": "c"}, "d": {"b": "c"}, "e": {"b": "c"}}),
}
REFUSED = {
    "a: {b:}\n": "1:6: a space must follow the ':' of a key; if it is part of a text, put the value in quotes",
    "a: [b:, c]\n": "1:6: a space must follow the ':' of a key; if it is part of a text, put the value in quotes",
    "a: {b: ?}\n": "1:8: a value is missing here, or it begins with a sign of YAML's own: put the value in quotes",
    "a: b\n\tc\n": "2:1: a tab cannot indent: use spaces",
    "a:\n\t- b\n": "2:1: a tab cannot indent: use spaces",
    'a: "b\n---\nc"\n': "1:4: this quote is never closed",
    'a: "b \\x4"\n': "1:4: an escape in this text stands for no character: write the character itself",
    'a: "b \\ud800"\n': "1:4: an escape in this text stands for no character: write the character itself",
    "a: - b\n": "1:4: a list begins in a line of its own; if it is a text, put the value in quotes",
    "a: [b, c\nd: e\n": "1:4: this '[' is never closed with ']', or a ',' is missing",
    "a: b: c\n": "1:5: ': ' inside a text without quotes: put the whole value in quotes",
}


def read(text: str, *, in_c: bool, monkeypatch: pytest.MonkeyPatch) -> tuple[object, list[str]]:
    if in_c and not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without its parser in C")
    found: list[str] = []

    def report(place: int, message: str) -> None:
        _, line, column = _places.unpack(place)
        found.append(f"{line}:{column}: {message}")

    with monkeypatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", in_c)
        return _yaml.read(text, 0, report), found


@pytest.mark.parametrize("in_c", [True, False], ids=["C", "Python"])
@pytest.mark.parametrize(("text", "data"), SAME.values(), ids=SAME)
def test_both_read_the_same(text: str, data: object, *, in_c: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(text, in_c=in_c, monkeypatch=monkeypatch) == (data, [])


@pytest.mark.parametrize("text", REFUSED)
def test_both_refuse_the_same_in_the_same_words(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, in_python = read(text, in_c=False, monkeypatch=monkeypatch)
    assert in_python == [REFUSED[text]]
    assert read(text, in_c=True, monkeypatch=monkeypatch)[1] == in_python
