"""Bytes of a document -> ``Text``, repaired where they are damaged; and back to the same bytes."""

from __future__ import annotations

import codecs
import re

from pytest_readiness.checklist.model import Text
from pytest_readiness.checklist.reading import _repair

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ENDING = re.compile(r"\r\n|\r|\n")
#: So much of a file tells whether it is UTF-16 without a byte order mark.
_SAMPLE = 4096


def decode(data: bytes, name: str) -> Text:
    """
    Read a document of any encoding; never raises.

    What could be repaired or not is said in ``Text.damage``. A sound document is taken as it is:
    ``encode`` gives back its very bytes.
    """
    damage: list[str] = []
    encoding, bom, body = _taken_off(data)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        text, encoding = _repair.decoded(body, encoding, damage)
    lines, endings = _split(text)
    lines = _repair.repaired(lines, damage)
    return Text(name, tuple(lines), tuple(endings), encoding, bom, tuple(damage))


def encode(text: Text) -> bytes:
    """Give the bytes of a text in the encoding, and with the line endings, that it was read with."""
    joined = "".join(line + ending for line, ending in zip(text.lines, text.endings, strict=True))
    if text.encoding != "utf-8":
        try:
            return _mark(text) + joined.encode(text.encoding)
        except UnicodeEncodeError:
            pass
    return _mark(text) + joined.encode("utf-8", "surrogatepass")


def _mark(text: Text) -> bytes:
    return next((mark for mark, name in _BOMS if name == text.encoding), b"") if text.bom else b""


def _taken_off(data: bytes) -> tuple[str, bool, bytes]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding, True, data[len(mark) :]
    return _unmarked(data), False, data


def _unmarked(data: bytes) -> str:
    """Tell UTF-16 by the zeros that its Latin letters have in every second byte."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    if half and len(data) % 2 == 0:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if odd > 0.4 * half and even < 0.05 * half:
            return "utf-16-le"
        if even > 0.4 * half and odd < 0.05 * half:
            return "utf-16-be"
    return "utf-8"


def _split(text: str) -> tuple[list[str], list[str]]:
    lines: list[str] = []
    endings: list[str] = []
    position = 0
    for ending in _ENDING.finditer(text):
        lines.append(text[position : ending.start()])
        endings.append(ending[0])
        position = ending.end()
    if position < len(text):
        lines.append(text[position:])
        endings.append("")
    return lines, endings
