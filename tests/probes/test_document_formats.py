"""Formats: what is sound is read as its own readers read it; what is not is refused with its place."""

from __future__ import annotations

import pytest
import yaml

from pytest_readiness.probes._document import formats, loader
from pytest_readiness.probes._document.loader import RefusedError


@pytest.fixture(params=[True, False], ids=["parser in C", "parser in Python"], autouse=True)
def with_either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", request.param)


class TestYaml:
    def test_holds_several_documents_and_empty_ones_do_not_count(self) -> None:
        assert formats.read("a: 1\n---\n---\n- b\n", "yaml") == [{"a": 1}, ["b"]]

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1", 1),
            ("-1", -1),
            ("+0", 0),
            ("0x1F", 31),
            ("0644", 420),
            ("0o17", 15),
            ("00", 0),
            ("08901", "08901"),
            ("1.5", 1.5),
            (".5", 0.5),
            ("1e3", 1000.0),
            ("1.2.3", "1.2.3"),
            ("12:30", "12:30"),
            ("2026-01-01", "2026-01-01"),
            (".nan", ".nan"),
            ("true", True),
            ("yes", "yes"),
            ("on", "on"),
            ("~", None),
            ("null", None),
            ("'1'", "1"),
            ("!!str 1", "1"),
            ("!!int '1'", 1),
            ("!!timestamp 2026-01-01", "2026-01-01"),
            ("!Sub ${X}", "${X}"),
            ("!reference [.a, script]", [".a", "script"]),
            ("!!map {a: 1}", {"a": 1}),
        ],
    )
    def test_values_are_those_of_yaml_1_2(self, text: str, value: object) -> None:
        (found,) = loader.load_all(f"- {text}")
        assert found == [value]
        assert isinstance(found, list)
        assert type(found[0]) is type(value)

    def test_keys_are_texts(self) -> None:
        assert loader.load_all("on: 1\n8080: 2\n~: 3\n'<<': 4\n") == [{"on": 1, "8080": 2, "~": 3, "<<": 4}]

    def test_aliases_and_merges_are_followed(self) -> None:
        text = (
            "base: &b {x: 1, y: 2}\nz: &z\n  <<: *b\n  y: 3\nmany: {<<: [{q: 1}, *z]}\nname: &n k\n*n : 5\nagain: *b\n"
        )
        assert loader.load_all(text) == [
            {
                "base": {"x": 1, "y": 2},
                "z": {"y": 3, "x": 1},
                "many": {"q": 1, "y": 3, "x": 1},
                "name": "k",
                "k": 5,
                "again": {"x": 1, "y": 2},
            }
        ]

    def test_an_anchor_means_its_own_document_only(self) -> None:
        with pytest.raises(RefusedError, match="line 3, column 1: no anchor &a"):
            loader.load_all("&a x\n---\n*a\n")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a: [1", "line "),
            ("a: 1\na: 2\n", "line 2, column 1: the key 'a' is there twice"),
            ("a: &x [*x]", r"\*x stands inside &x itself"),
            ("{[a]: 1}", "a mapping or list is a key"),
            ("- &x [1]\n- {*x : 1}", "an alias of something that is no text is a key"),
            ("<<: 1", "'<<' takes an alias of a mapping"),
            ("!!python/object:os.system {}", "the tag !!python/object:os.system is not read"),
            ("!!binary aGk=", "the tag !!binary is not read"),
            ("a: \x01", "special characters|control characters|not allowed"),
        ],
    )
    def test_what_is_not_sound_is_refused(self, text: str, said: str) -> None:
        with pytest.raises(RefusedError, match=said):
            loader.load_all(text)

    def test_a_template_gets_a_hint(self) -> None:
        with pytest.raises(RefusedError, match="looks like a template"):
            formats.read("a: {{ .Values.x }}\n{{ end }}", "yaml")

    def test_depth_is_limited_aliases_counted(self) -> None:
        with pytest.raises(RefusedError, match="nested more than 100 levels deep"):
            loader.load_all("[" * 101 + "]" * 101)
        half = "[" * 60 + "]" * 60
        with pytest.raises(RefusedError, match="levels deep, aliases counted"):
            loader.load_all(f"- &a {half}\n- &b [{'[' * 30}*a{']' * 30}]\n- [[[[[[[[[*b]]]]]]]]]\n")

    def test_a_bomb_of_aliases_is_refused_before_it_grows(self) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
        with pytest.raises(RefusedError, match="the aliases stand for more than 500,000 values"):
            loader.load_all("\n".join(lines))


class TestJson:
    def test_is_read_strictly(self) -> None:
        assert formats.read(' {"a": [1, 2.5, null]} ', "json") == [{"a": [1, 2.5, None]}]
        assert formats.read(" ", "json") == []

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{'a': 1}", "line 1, column 2"),
            ('{"a": 1, "a": 2}', "the key 'a' is there twice"),
            ("[NaN]", "NaN is not JSON"),
            ("[" * 100_000, "nested too deeply"),
            ("1" * 5000, "digits"),
            ("{} // comment", "Extra data"),
        ],
    )
    def test_what_is_not_sound_is_refused(self, text: str, said: str) -> None:
        with pytest.raises(RefusedError, match=said):
            formats.read(text, "json")

    def test_comments_are_read_only_where_they_are_said_to_be(self) -> None:
        text = '{ // one\n "a": "x // y", /* two\n */ "b": ["," , 1,],\n}'
        assert formats.read(text, "jsonc") == [{"a": "x // y", "b": [",", 1]}]
        with pytest.raises(RefusedError, match="line 3, column 2"):
            formats.read("{ /* a\n */\n x }", "jsonc")


class TestToml:
    def test_is_read_with_dates_as_texts(self) -> None:
        text = "d = 2026-01-02\nt = 10:00:00\nl = [2026-01-02T03:04:05Z]\n[p]\nn = 1\n"
        expected = {"d": "2026-01-02", "t": "10:00:00", "l": ["2026-01-02T03:04:05+00:00"], "p": {"n": 1}}
        assert formats.read(text, "toml") == [expected]
        assert formats.read("# nothing", "toml") == []

    def test_what_is_not_sound_is_refused(self) -> None:
        with pytest.raises(RefusedError, match="Invalid value"):
            formats.read("a =", "toml")


class TestIni:
    def test_is_read_as_texts_by_section_without_interpolation(self) -> None:
        text = "[a]\nKey = 1\nraw = %(x)s\nalone\n[b]\n"
        assert formats.read(text, "ini") == [{"a": {"Key": "1", "raw": "%(x)s", "alone": ""}, "b": {}}]
        assert formats.read("; nothing", "ini") == []

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a = 1", r"line 1: there is no \[section\]"),
            ("[a]\n[a]\n", r"line 2: \[a\] is there twice"),
            ("[a]\nx=1\nx=2\n", "line 3: x is there twice"),
            ("[a]\n= 1\n", "line 2: neither"),
        ],
    )
    def test_what_is_not_sound_is_refused(self, text: str, said: str) -> None:
        with pytest.raises(RefusedError, match=said):
            formats.read(text, "ini")


class TestBytes:
    def test_are_utf8_or_say_otherwise(self) -> None:
        assert formats.decoded(b"\xef\xbb\xbf\xc3\xa9") == "é"
        assert formats.decoded("é".encode("utf-16")) == "é"

    @pytest.mark.parametrize(
        ("data", "said"), [(b"a\n\xe9", "line 2: the byte 0xe9 is not UTF-8"), (b"\xff\xfea", "is not UTF-16")]
    )
    def test_that_are_neither_are_refused_with_their_place(self, data: bytes, said: str) -> None:
        with pytest.raises(RefusedError, match=said):
            formats.decoded(data)
