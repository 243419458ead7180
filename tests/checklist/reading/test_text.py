from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_readiness.checklist.reading.text import decode, encode

SOUND = "# Café – naïve ✅\r\n- [x] Größe prüfen\n\n- [ ] Проверить\r日本語 🚀\n"


def test_lines_are_without_their_endings() -> None:
    text = decode(b"a\r\nb\nc\rd", "x.md")
    assert text.lines == ("a", "b", "c", "d")
    assert text.endings == ("\r\n", "\n", "\r", "")


def test_an_empty_file_has_no_lines() -> None:
    assert decode(b"", "x.md").lines == ()


@pytest.mark.parametrize(
    ("data", "encoding", "bom"),
    [
        (SOUND.encode(), "utf-8", False),
        (codecs.BOM_UTF8 + SOUND.encode(), "utf-8", True),
        (codecs.BOM_UTF16_LE + SOUND.encode("utf-16-le"), "utf-16-le", True),
        (codecs.BOM_UTF16_BE + SOUND.encode("utf-16-be"), "utf-16-be", True),
        ("- [x] plain words\n".encode("utf-16-le"), "utf-16-le", False),
        ("- [x] plain words\n".encode("utf-16-be"), "utf-16-be", False),
        (codecs.BOM_UTF32_LE + SOUND.encode("utf-32-le"), "utf-32-le", True),
    ],
)
def test_the_encoding_is_told_and_kept(data: bytes, encoding: str, bom: bool) -> None:
    text = decode(data, "x.md")
    assert (text.encoding, text.bom, text.damage) == (encoding, bom, ())
    assert text.lines[0].startswith(("# Café", "- [x]"))
    assert encode(text) == data


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
@example("caf\u00e9\r\n\r\n\n")
def test_a_sound_file_comes_back_byte_for_byte(written: str) -> None:
    data = written.encode()
    text = decode(data, "x.md")
    if not text.damage:
        assert encode(text) == data


@given(st.binary(max_size=400))
def test_no_bytes_are_too_broken(data: bytes) -> None:
    text = decode(data, "x.md")
    assert len(text.lines) == len(text.endings)
    assert isinstance(encode(text), bytes)
    assert decode(encode(text), "x.md").lines is not None


def test_half_a_character_of_utf_16_is_told() -> None:
    text = decode(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"c", "x.md")
    assert text.lines[0].startswith("ab")
    assert "invalid utf-16-le" in text.damage[0]
