"""The encodings that UTF-8 is wrongly read in: how their characters look, and how to go back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

#: What people put into documents; a byte that was lost is only restored to one of these, and only if no other fits.
KNOWN = frozenset(
    "✅❌⚠⛔✔✖✓✗☑☐⏸⏳⌛⏰⏱⏭⏩➡⬆⬇⬅↔↕\u2139✨⭐❓❗\u2795\u2796❤☁☀⚡⚙⚖⚪⚫⬜⬛◻◼▶◀■□●○★☆→←↑↓⇒⇐↗↘≥≤≠≈±\u00d7\u2013—\u2018\u2019“”•…\u2039\u203a€™"
    "🚀🎉🎯🔥🔄📊📋📈📉📝📌📦📚📖📁📂📄📅📆📍📎📞📧📢📣📷📱💻🖥💾💡💰💬💪🔍🔎🔐🔒🔓🔑🔧🔨🔗🔔🔴🔵🔶🔷🔹🔸🔬🔮🛠🛡🛑🚨🚧🚫🚩🚦🟢🟡🟠🔲🔳"
    "👍👎👉👥👤👀👏👨👩🙏🙌🤖🤝🤔🧪🧠🧹🧩🧰🧭🌍🌐🌟🌱🏗🏁🏆🏢🏠🐛🐍🐳🐘🎨🎓🎊🎁😀😊😅😎🥇🆕🆗🆘🔁🔀🔌🗂🗃🗄🗑🗓🗺🗜🕐🏷🪝🧑📬📥📤📜📐📏📡💥💯"
    "\ufe0f\u200d\u200b\u00a0"
)

_LEADS = {2: range(0xC2, 0xE0), 3: range(0xE0, 0xF0), 4: range(0xF0, 0xF5)}
_CONTINUING = range(0x80, 0xC0)


@dataclass(frozen=True, slots=True)
class Codec:
    """
    One encoding, as damage.

    ``sequences`` finds UTF-8 that was read in it, ``broken`` such a sequence that lost a byte; ``pairs``
    tells whether two characters alone can be trusted, ``certain`` whether a few longer ones are enough
    for a document that has sound characters too.
    """

    name: str
    bytes: dict[str, int]
    undefined: tuple[int, ...]
    sequences: re.Pattern[str]
    broken: re.Pattern[str]
    pairs: bool
    certain: bool

    def decoded(self, text: str) -> str:
        """What a damaged piece was; itself if it was nothing."""
        data = bytes(self.bytes[sign] for sign in text)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return text

    def completed(self, text: str) -> str | None:
        """What a piece was that lost one of the bytes undefined in this encoding, if only one thing is likely."""
        return _completed(bytes(self.bytes[sign] for sign in text), self.undefined)


@lru_cache(maxsize=256)
def _completed(data: bytes, undefined: tuple[int, ...]) -> str | None:
    found: set[str] = set()
    for byte in undefined:
        for place in range(1, len(data) + 1):
            whole = data[:place] + bytes([byte]) + data[place:]
            try:
                text = whole.decode("utf-8")
            except UnicodeDecodeError:
                continue
            if len(text) == 1 and text in KNOWN:
                found.add(text)
    return found.pop() if len(found) == 1 else None


#: Letters, punctuation, arrows, symbols and emoji, as ranges of code points.
_WRITTEN = (
    (0xA0, 0x52F),
    (0x590, 0x6FF),
    (0x900, 0xE7F),
    (0x1E00, 0x27BF),
    (0x2900, 0x2BFF),
    (0x3000, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xFE00, 0xFE0F),
    (0xFF00, 0xFFEF),
    (0x1F000, 0x1FAFF),
)


def plausible(text: str) -> bool:
    """Whether a character is among what people write: letters, punctuation, arrows, emoji."""
    code = ord(text[0])
    return len(text) == 1 and any(first <= code <= last for first, last in _WRITTEN)


def _codec(name: str, encoding: str, *, pairs: bool = True, certain: bool = True) -> Codec:
    table: dict[str, int] = {}
    undefined: list[int] = []
    for byte in range(0x80, 0x100):
        try:
            sign = bytes([byte]).decode(encoding)
        except UnicodeDecodeError:
            undefined.append(byte)
            sign = chr(byte)  # browsers read an undefined byte as the control character of its number
        table[sign] = byte
    signs = {byte: sign for sign, byte in table.items()}
    follow = _class(signs, _CONTINUING)
    whole = "|".join(f"{_class(signs, _LEADS[size])}{follow}{{{size - 1}}}" for size in (4, 3, 2))
    broken = "|".join(f"{_class(signs, _LEADS[size])}{follow}{{{size - 2}}}" for size in (4, 3))
    return Codec(
        name, table, tuple(undefined), re.compile(whole), re.compile(f"(?:{broken})(?!{follow})"), pairs, certain
    )  # fmt: skip


def _class(signs: dict[int, str], numbers: range) -> str:
    return "[" + "".join(re.escape(signs[number]) for number in numbers) + "]"


CODECS = (
    _codec("cp1252", "cp1252"),
    _codec("cp1254", "cp1254"),
    _codec("latin-1", "latin-1"),
    _codec("mac-roman", "mac_roman", pairs=False),
    _codec("cp1250", "cp1250", certain=False),
    _codec("cp1251", "cp1251", certain=False),
    _codec("cp437", "cp437", pairs=False, certain=False),
)
