"""Undoes what happened to a document on its way: wrong decoding, lost bytes, invalid bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pytest_readiness.checklist.reading._repair_codecs import CODECS, Codec, plausible

#: A text may have been through the mill more than once.
_ROUNDS = 3
_QUOTED = re.compile(
    r"`[^`\n]{0,200}`|\"[^\"\n]{0,12}\"|'[^'\n]{0,12}'|\u201c[^\u201d\n]{0,12}\u201d|\u00ab[^\u00bb\n]{0,12}\u00bb"
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_SURE = 3
#: Two characters, or two pairs of them: less is no evidence.
_PAIR = 2
_ENOUGH = 0.8
_NOTED = 5
#: So many lines, and so much of each, tell what happened to all of a document.
_SAMPLE = 4000


def decoded(data: bytes, encoding: str, damage: list[str]) -> tuple[str, str]:
    """
    Decode what is not valid in its encoding: text, and the encoding to write it in.

    A file in another single encoding is taken for what it is; in a file that is mostly UTF-8, only the
    invalid bytes are read as cp1252, line by line.
    """
    if encoding != "utf-8":
        damage.append(f"invalid {encoding}: what could not be read is shown as \ufffd")
        return data.decode(encoding, "replace"), "utf-8"
    if not _multibyte(data):
        other = _other(data)
        text = data.decode(other, "replace")
        if text.encode(other, "replace") == data:
            damage.append(f"not UTF-8: read as {other}")
            return text, other
    lines = data.split(b"\n")
    out = [_line(line, number, damage) for number, line in enumerate(lines, 1)]
    return "\n".join(out), "utf-8"


def _line(line: bytes, number: int, damage: list[str]) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = line.decode("utf-8", "surrogateescape")
    fixed = re.sub(r"[\udc80-\udcff]+", _escaped, text)
    damage.append(f"line {number}: bytes that are not UTF-8 were read as cp1252")
    return fixed


def _escaped(found: re.Match[str]) -> str:
    return bytes(ord(sign) - 0xDC00 for sign in found[0]).decode("cp1252", "replace")


def _multibyte(data: bytes) -> bool:
    """Whether there is any sound sequence of UTF-8 beyond ASCII."""
    text = data.decode("utf-8", "ignore")
    return not text.isascii() and len(text.encode()) > len(data) * 0.98


def _other(data: bytes) -> str:
    """The most likely encoding of a file that is no UTF-8 at all, by how its high bytes stand together."""
    runs = _HIGH.findall(data[:200_000])
    high = sum(map(len, runs))
    if high < 3 * len(runs):
        return "cp1252"
    for encoding, wanted in (("cp1251", _cyrillic), ("gb18030", _han), ("shift_jis", _han)):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        signs = [sign for sign in text if not sign.isascii()]
        if sum(map(wanted, signs)) > _ENOUGH * len(signs):
            return encoding
    return "cp1252"


def _cyrillic(sign: str) -> bool:
    return "\u0430" <= sign <= "\u044f" or sign in "\u0451\u2014\u2013\u00ab\u00bb" or "\u0410" <= sign <= "\u042f"


def _han(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fa5" or "\u3000" <= sign <= "\u30ff" or "\uff01" <= sign <= "\uff5e"


def repaired(lines: list[str], damage: list[str]) -> list[str]:
    """Undo UTF-8 that was read in another encoding; sound text comes back as it is."""
    if any("\0" in line for line in lines):
        damage.append(f"{sum(line.count(chr(0)) for line in lines)} NUL characters were left out")
        lines = [line.replace("\0", "") for line in lines]
    for _ in range(_ROUNDS):
        if all(map(str.isascii, lines)):
            break
        codec = _codec(lines)
        if codec is None:
            break
        lines = _undone(lines, codec, damage)
    return lines


def _codec(lines: Sequence[str]) -> Codec | None:
    """The encoding that most of what is not ASCII was wrongly read in, if that is what happened."""
    marked = [line[:_SAMPLE] for line in lines if not line.isascii()][:_SAMPLE]
    best: tuple[int, Codec] | None = None
    for codec in CODECS:
        covered = _covered(marked, codec)
        if covered and (best is None or covered > best[0]):
            best = (covered, codec)
    return best[1] if best else None


def _covered(lines: Sequence[str], codec: Codec) -> int:
    """How many characters are wrongly read UTF-8; 0 if there is too little to be sure of."""
    if not any(map(codec.sequences.search, lines)):
        return 0
    covered = total = strong = weak = 0
    for line in lines:
        total += len(line) - len(line.encode("ascii", "ignore"))
        covered += sum(len(match[0]) for match in codec.broken.finditer(line))
        found = list(codec.sequences.finditer(line))
        quoted = [match.span() for match in _QUOTED.finditer(line)] if found else []
        for match in found:
            covered += len(match[0])
            if any(a <= match.start() < b for a, b in quoted) or not plausible(codec.decoded(match[0])):
                continue
            if len(match[0]) > _PAIR:
                strong += 1
            elif codec.pairs and _in_word(line, match.start(), match.end()):
                weak += 1
    if not strong and weak < _PAIR:
        return 0
    if covered >= _ENOUGH * total or (strong >= _SURE and codec.certain):
        return covered
    return 0


def _in_word(line: str, start: int, end: int) -> bool:
    return line[start - 1 : start].isalpha() or line[end : end + 1].isalpha()


def _undone(lines: Sequence[str], codec: Codec, damage: list[str]) -> list[str]:
    lost: list[str] = []
    restored: list[str] = []
    out = [
        line if line.isascii() else _restored(line, number, codec, restored, lost)
        for number, line in enumerate(lines, 1)
    ]
    count = sum(1 for old, new in zip(lines, out, strict=True) if old != new)
    damage.append(f"UTF-8 that was read as {codec.name}: repaired in {count} lines")
    damage.extend(restored)
    damage.extend(lost[:_NOTED])
    if len(lost) > _NOTED:
        damage.append(f"and {len(lost) - _NOTED} more that lost a byte")
    return out


def _restored(line: str, number: int, codec: Codec, restored: list[str], lost: list[str]) -> str:
    line = codec.sequences.sub(_decoding(codec), line)

    def one(match: re.Match[str]) -> str:
        found = codec.completed(match[0])
        if found is None:
            lost.append(f"line {number}: {match[0]!r} lost a byte and cannot be known")
            return match[0]
        restored.append(f"line {number}: {found} lost a byte and was restored")
        return found

    return codec.broken.sub(one, line)


def _decoding(codec: Codec) -> Callable[[re.Match[str]], str]:
    return lambda match: codec.decoded(match[0])
