from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.checklist.reading.text import decode, encode

TEXT = "# 🚀 Launch – “first”\n- ✅ Café → ready\n- ⚠️ Größe: 5 µs\n- 📊 über 80 %\n"


def damaged(text: str, encoding: str) -> bytes:
    """UTF-8 that something read in ``encoding``, undefined bytes as browsers read them."""
    wrong = "".join(_one(byte, encoding) for byte in text.encode())
    return wrong.encode()


def _one(byte: int, encoding: str) -> str:
    try:
        return bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize("encoding", ["cp1252", "cp1254", "mac_roman", "latin-1", "cp1250", "cp437"])
def test_utf_8_that_was_read_in_another_encoding_is_repaired(encoding: str) -> None:
    text = decode(damaged(TEXT, encoding), "x.md")
    assert "\n".join(text.lines) + "\n" == TEXT
    assert "repaired in 4 lines" in text.damage[0]


def test_russian_that_was_read_as_cp1251_is_repaired() -> None:
    written = "# Готовность\n- [x] Резервные копии проверены\n"
    assert "\n".join(decode(damaged(written, "cp1251"), "x.md").lines) + "\n" == written


def test_what_went_wrong_twice_is_repaired_twice() -> None:
    once = damaged(TEXT, "cp1252").decode()
    assert "\n".join(decode(damaged(once, "cp1252"), "x.md").lines) + "\n" == TEXT


def test_a_byte_order_mark_over_double_encoding_is_taken_off() -> None:
    text = decode(b"\xef\xbb\xbf" + damaged(TEXT, "cp1252"), "x.md")
    assert text.bom
    assert text.lines[0] == "# 🚀 Launch – “first”"


def lost(text: str, encoding: str) -> bytes:
    return bytes(byte for byte in text.encode() if _defined(byte, encoding)).decode(encoding).encode()


def _defined(byte: int, encoding: str) -> bool:
    try:
        bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def test_a_lost_byte_is_restored_where_one_emoji_is_likely() -> None:
    text = decode(lost("- ✅ a\n- ✅ b\n- ❌ none found\n- ⚠️ minor\n", "cp1252"), "x.md")
    assert text.lines[2:] == ("- ❌ none found", "- ⚠️ minor")
    assert any("line 3: ❌ lost a byte and was restored" in each for each in text.damage)


def test_a_lost_byte_that_could_be_several_emoji_is_left_and_told() -> None:
    text = decode(lost("- ✅ a\n- ✅ b\n- 🔍 audit\n", "cp1252"), "x.md")
    assert text.lines[2] != "- 🔍 audit"
    assert any("line 3" in each and "cannot be known" in each for each in text.damage)


@pytest.mark.parametrize(
    "sound",
    [
        "Names such as José come out as `JosÃ©` when the encoding is wrong.\n",
        "The old export wrote Ã© where é was meant.\n",
        "- [ ] Fix the Ã© that customers see\n",
        '- [ ] The string "âœ…" is no longer in the log\n',
        "São Paulo, não, AÇÃO, Âncora\n",
        "Größe, Übergröße, „Äpfel“, «été», l’œuvre — déjà vu…\n",
        "„Größe“ – ‚Äöl‘\n",
        "Проверка: Сёмга, Рёв, «Ёлка»\n",
        "配置检查：通过。テスト済み。한국어\n",
        "Ελληνικά, עברית, العربية, हिन्दी, ไทย\n",
        "mot—été, …à la carte, »é«\n",
        "₿ ✅ → ≥ 99 % ½ ©® ™ €5\n",
        "",
    ],
)
def test_sound_text_survives(sound: str) -> None:
    text = decode(sound.encode(), "x.md")
    assert text.damage == ()
    assert encode(text) == sound.encode()


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs"), codec="utf-8"), max_size=80))
def test_sound_letters_survive_beside_an_emoji(written: str) -> None:
    text = decode(f"✅ é 日本語のテスト漢字仮名交じり文章の長い例文です {written}".encode(), "x.md")
    assert text.lines[0].startswith("✅ é 日本語")


def test_a_file_in_another_encoding_is_read_in_it_and_written_in_it() -> None:
    data = "- [x] Größe geprüft, déjà vu\n".encode("cp1252")
    text = decode(data, "x.md")
    assert text.lines == ("- [x] Größe geprüft, déjà vu",)
    assert text.damage == ("not UTF-8: read as cp1252",)
    assert encode(text) == data


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("cp1251", "- [x] Резервные копии проверены, мониторинг работает"),
        ("gb18030", "- [x] 数据库备份已经完成，监控告警正常"),
    ],
)
def test_other_scripts_are_told_by_how_their_bytes_stand_together(encoding: str, written: str) -> None:
    assert decode(written.encode(encoding), "x.md").lines == (written,)


def test_a_few_invalid_bytes_do_not_spoil_the_rest() -> None:
    text = decode("- ✅ gut\n".encode() * 40 + b"- caf\xe9\n", "x.md")
    assert text.lines[-1] == "- café"
    assert text.lines[0] == "- ✅ gut"
    assert text.damage == ("line 41: bytes that are not UTF-8 were read as cp1252",)


def test_nul_characters_are_left_out_and_counted() -> None:
    text = decode(b"- [x] a\0b\n" + b"words " * 20, "x.md")
    assert text.lines[0] == "- [x] ab"
    assert text.damage == ("1 NUL characters were left out",)
