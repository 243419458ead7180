"""The .env format, byte by byte, and the probe that looks at it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.probe import Context, Touch
from pytest_readiness.probes import _dotenv
from pytest_readiness.probes.dotenv import DotenvFile
from pytest_readiness.testing import run_probe

from .conftest import MakeContext


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    return make_context()


def troubles(data: bytes) -> list[str]:
    return [str(trouble) for trouble in _dotenv.parse(data).troubles]


class TestValues:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("A=1", "1"),
            ("A=", ""),
            ("export A=1", "1"),
            ("  A=1  ", "1"),
            ("A=a#b", "a#b"),
            ("A=a # b", "a"),
            ("A= # b", ""),
            ("A=#b", "#b"),
            ("A='a # b' # c", "a # b"),
            (r"A='a\n'", r"a\n"),
            (r'A="a\n\"\$\q"', 'a\n"$\\q'),
            ('A="a\nb"', "a\nb"),
            ("A='a\n\nb'", "a\n\nb"),
            ("A=1\r\n", "1"),
            ("# A=0\n\nA=1", "1"),
            ("A=postgres://u:p@h/d?x=y", "postgres://u:p@h/d?x=y"),
            ("A=hello world", "hello world"),
            (
                'A="-----BEGIN KEY-----\nMIIabc==\n-----END KEY-----"',
                "-----BEGIN KEY-----\nMIIabc==\n-----END KEY-----",
            ),
        ],
    )
    def test_what_all_readers_agree_on_is_read_without_complaint(self, text: str, value: str) -> None:
        found = _dotenv.parse(text.encode())
        assert found.values == {"A": value}
        assert found.troubles == []
        assert found.encoding_ok
        assert not found.bom

    def test_of_a_name_that_is_there_twice_the_last_counts(self) -> None:
        found = _dotenv.parse(b"A=1\nB=2\nA=3\n")
        assert found.values == {"A": "3", "B": "2"}
        assert found.duplicates == ("A",)
        assert [str(trouble) for trouble in found.troubles] == ["3:1: A is there already"]
        assert not found.troubles[0].fatal


class TestEncoding:
    def test_a_byte_that_is_not_utf8_is_named_with_its_place_and_likely_meaning(self) -> None:
        assert troubles(b"# settings\n\nDATABASE_URL=\x96x\n") == [
            "3:14: byte 0x96 is not UTF-8: this is Windows-1252 for an en dash"
        ]

    def test_columns_count_characters(self) -> None:
        assert troubles("A=äöü".encode() + b"\xe9") == [
            "1:6: byte 0xe9 is not UTF-8: this is Windows-1252 for a latin small letter e with acute"
        ]

    def test_a_byte_that_means_nothing_in_windows_either_is_just_named(self) -> None:
        assert troubles(b"A=\x81") == ["1:3: byte 0x81 is not UTF-8"]

    def test_the_rest_of_the_file_is_read_all_the_same(self) -> None:
        found = _dotenv.parse(b"A=\x96\nB=2\n")
        assert found.values["B"] == "2"
        assert not found.encoding_ok

    def test_a_byte_order_mark_is_a_problem_but_not_a_doubt(self) -> None:
        found = _dotenv.parse(b"\xef\xbb\xbfA=1\n")
        assert found.values == {"A": "1"}
        assert found.bom
        assert found.encoding_ok
        assert [trouble.fatal for trouble in found.troubles] == [False]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_utf16_is_recognised_and_read(self, encoding: str) -> None:
        found = _dotenv.parse("NAME=value\n".encode(encoding))
        assert found.values == {"NAME": "value"}
        assert [str(trouble) for trouble in found.troubles] == ["1:1: the file is UTF-16: save it as UTF-8"]
        assert not found.encoding_ok

    @pytest.mark.parametrize(
        ("character", "name"),
        [
            ("\0", "a NUL byte"),
            ("\r", "a carriage return that does not end the line"),
            ("\ufffd", "U+FFFD"),
            ("\u00a0", "a no-break space"),
            ("\u200b", "a zero width space"),
            ("\ufeff", "a byte order mark in the middle"),
        ],
    )
    def test_characters_that_nobody_types_on_purpose_are_named(self, character: str, name: str) -> None:
        (found,) = troubles(f"NAME=some{character}thing".encode())
        assert found.startswith(f"1:10: {name}")


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "trouble"),
        [
            ("JUST_A_NAME", "1:1: there is no = in this line"),
            ("A=1\n  MORE", "2:3: there is no = in this line"),
            ("1A=x", "1:1: what stands before = is not a name"),
            ("my-name=x", "1:1: what stands before = is not a name"),
            ("=x", "1:1: what stands before = is not a name"),
            ("A =x", "1:2: white space beside ="),
            ("A= x", "1:2: white space beside ="),
            ('A="x', '1:3: the " that opens here is never closed'),
            ("A='x\nB=2", "1:3: the ' that opens here is never closed"),
            ('A="x" y', "1:6: there is more after the closing quote"),
            ('A="x\ny"z', "2:3: there is more after the closing quote"),
            ('A=x"', '1:4: a " without its partner'),
            ("A=it's", "1:5: a ' without its partner"),
            ("A=\u201cx\u201d", "1:3: a curly quote is not a quote"),
        ],
    )
    def test_each_is_reported_where_it_is(self, text: str, trouble: str) -> None:
        (found,) = troubles(text.encode())
        assert found.startswith(trouble)

    def test_a_quote_that_is_never_closed_swallows_nothing(self) -> None:
        found = _dotenv.parse(b'A="x\nB=2\nC="3"\n')
        assert found.values == {"A": "", "B": "2", "C": "3"}

    def test_they_come_in_the_order_of_the_file(self) -> None:
        assert [line.partition(":")[0] for line in troubles(b"A\nB\x96=\nC='\n\x00D\n")] == [
            "1",
            "2",
            "2",
            "3",
            "4",
            "4",
        ]

    def test_no_message_shows_a_value_nor_what_might_be_one(self) -> None:
        secrets = (
            b"A=hunter22'\nhunter22\nhunter22/hunter22=\nB='hunter22' hunter22\nC= hunter22\nD=\"hunter22\nhunter-22=x"
        )
        assert len(troubles(secrets)) == 7
        assert "hunter" not in repr(_dotenv.parse(secrets).troubles)


class TestProbe:
    def test_a_sound_file_has_no_problems(self, context: Context) -> None:
        (context.root / ".env").write_text("A=1\nB=2\n")
        measured = DotenvFile().measure(context)
        assert measured.values == {"keys": 2, "problems": 0, "duplicates": 0, "encoding_ok": True, "bom": False}
        assert measured.looked_at == 2
        assert measured.evidence == []

    def test_problems_are_listed_with_file_line_and_column(self, context: Context) -> None:
        (context.root / "prod.env").write_bytes(b"A=1\nB=\x96hunter22\nA=2\n")
        measured = DotenvFile(path="prod.env").measure(context)
        assert measured.values == {"keys": 2, "problems": 2, "duplicates": 1, "encoding_ok": False, "bom": False}
        assert measured.evidence[0].text.splitlines() == [
            "prod.env:2:3: byte 0x96 is not UTF-8: this is Windows-1252 for an en dash",
            "prod.env:3:1: A is there already",
        ]

    def test_a_long_list_is_cut_and_says_so(self, context: Context) -> None:
        (context.root / ".env").write_text("A=1\n" + "NONSENSE\n" * 60)
        measured = DotenvFile().measure(context)
        assert measured.values["problems"] == 60
        assert measured.evidence[0].text.endswith("\nand 10 more")

    @pytest.mark.parametrize("text", ["", "# nothing\n"])
    def test_a_file_without_variables_is_nothing_to_look_at(self, context: Context, text: str) -> None:
        (context.root / ".env").write_text(text)
        assert DotenvFile().measure(context).looked_at == 0

    def test_a_file_that_is_not_there_cannot_be_measured(self, context: Context) -> None:
        with pytest.raises(CannotMeasure, match=r"^\.env is not there$"):
            DotenvFile().measure(context)

    def test_a_folder_is_not_a_file(self, context: Context) -> None:
        (context.root / ".env").mkdir()
        with pytest.raises(CannotMeasure, match=r"\.env is not a file"):
            DotenvFile().measure(context)

    def test_a_huge_file_is_not_read(self, context: Context) -> None:
        (context.root / ".env").write_bytes(b"A=" + b"x" * _dotenv.LIMIT)
        with pytest.raises(CannotMeasure, match="larger than 1024 KiB"):
            DotenvFile().measure(context)

    def test_a_file_that_cannot_be_opened_cannot_be_measured(
        self, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        (context.root / ".env").write_text("A=1")
        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(CannotMeasure, match=r"\.env cannot be read: Permission denied"):
            DotenvFile().measure(context)

    @pytest.mark.parametrize("path", ["", "a\0"])
    def test_an_empty_path_is_refused(self, path: str) -> None:
        with pytest.raises(OptionError, match="may not be empty"):
            DotenvFile(path=path)

    def test_the_file_is_what_it_touches(self) -> None:
        assert list(DotenvFile().touches()) == [Touch("file", ".env")]


class TestAsAGate:
    def test_it_passes_and_fails_by_the_problems(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("A=1\n")
        assert run_probe(DotenvFile(), root=tmp_path).outcome is Outcome.PASSED
        (tmp_path / ".env").write_bytes(b"A=1\nB=\x96\n")
        result = run_probe(DotenvFile(), root=tmp_path)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "problems is 1, expected 0"

    @pytest.mark.parametrize("text", [None, "", "# nothing\n"])
    def test_no_file_and_no_variable_are_errors(self, tmp_path: Path, text: str | None) -> None:
        if text is not None:
            (tmp_path / ".env").write_text(text)
        assert run_probe(DotenvFile(), root=tmp_path).outcome is Outcome.ERROR


class TestAnyFile:
    @given(st.binary(max_size=200))
    def test_no_bytes_are_too_strange_to_be_looked_at(self, data: bytes) -> None:
        found = _dotenv.parse(data)
        assert all(trouble.line >= 1 and trouble.column >= 1 for trouble in found.troubles)

    @given(st.dictionaries(st.from_regex("[A-Z_][A-Z0-9_]*", fullmatch=True), st.text(st.characters(codec="utf-8"))))
    def test_what_is_quoted_well_comes_back_as_it_was(self, values: dict[str, str]) -> None:
        escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
        quoted = {name: "".join(escapes.get(char, char) for char in value) for name, value in values.items()}
        text = "".join(f'{name}="{value}"\n' for name, value in quoted.items())
        assume(text.count("\0") * 3 < len(text.encode()))
        assert _dotenv.parse(text.encode()).values == values

    @pytest.mark.parametrize(
        "line",
        [
            b'A="x\n',
            b"1A='x\n",
            b"A=\x96\n",
            b"'\n",
            b'A="\\"x\n',
            b" " * 99_999,
            b"A" + b" " * 99_999,
            b"A=" + b"'" * 99_999,
        ],
    )
    def test_its_length_and_nothing_else_says_how_long_it_takes(self, line: bytes) -> None:
        started = time.process_time()
        _dotenv.parse(line * (100_000 // len(line)) + b"A")
        assert time.process_time() - started < 5


def test_names_must_be_there_with_a_value_or_without(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text("PORT=\nNAME=shop\n")
    good = DotenvFile(path=".env.example", names=("PORT", "NAME"))
    assert run_probe(good, root=tmp_path).outcome is Outcome.PASSED
    result = run_probe(DotenvFile(path=".env.example", names=("PORT", "HOST")), root=tmp_path)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "missing is 1, expected 0")
    assert result.evidence[0].text == "HOST"
    assert run_probe(DotenvFile(path="none", names=("PORT",)), root=tmp_path).outcome is Outcome.ERROR


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(OptionError, match="may not be empty"):
        DotenvFile(names=("",))
