"""Text without its signs: emphasis, links, emoji, numbers of headings."""

from __future__ import annotations

import re

_EMPHASIS = re.compile(r"\*{1,3}|~~|(?<!\w)__?(?=\S)|(?<=\S)__?(?!\w)")
_NUMBERING = re.compile(r"^(?:\(?\d{1,3}(?:\.\d{1,3}){0,3}[.):]|\[\d{1,3}\]|[IVX]{1,5}\.|[A-Z][.)])\s+")
_KEYCAP = re.compile(r"^\d{1,2}\ufe0f?\u20e3\s*")
_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_COMMENT = re.compile(r"<!--(?:(?!-->).){0,2000}-->")
_ATTRIBUTES = re.compile(r"\s*\{#[\w.:-]{1,80}\}\s*$")
_SPACES = re.compile(r"\s+")
_CODE = re.compile(r"(`[^`]{0,400}`)")


def pictorial(sign: str) -> bool:
    """Whether a sign is an emoji or a dingbat, which says nothing in words."""
    code = ord(sign)
    return (
        0x1F000 <= code <= 0x1FAFF
        or 0x2600 <= code <= 0x27BF
        or 0x2B00 <= code <= 0x2BFF
        or 0x23E9 <= code <= 0x23FA
        or code in {0x231A, 0x231B, 0x25FB, 0x25FC, 0x25FD, 0x25FE, 0x2139, 0xFE0F, 0x200D, 0x20E3}
    )


def bare(text: str) -> str:
    """Take emphasis, HTML and the blanks around away; leave code and links as they are."""
    if "<" in text:
        text = _TAGS.sub("", _COMMENT.sub("", text))
    if "*" in text or "~~" in text or "_" in text:
        if "`" in text:
            parts = _CODE.split(text)
            text = "".join(part if at % 2 else _EMPHASIS.sub("", part) for at, part in enumerate(parts))
        else:
            text = _EMPHASIS.sub("", text)
    return _SPACES.sub(" ", text).strip()


def unsigned(text: str) -> str:
    """Take emoji away from both ends, and what bound them to the text."""
    if text.isascii():
        return text.strip()
    start, end = 0, len(text)
    while start < end and (pictorial(text[start]) or text[start].isspace()):
        start += 1
    while end > start and (pictorial(text[end - 1]) or text[end - 1].isspace()):
        end -= 1
    return text[start:end]


def heading(text: str) -> str:
    """A heading's words: without ``#``, emphasis, emoji, numbering and closing signs."""
    text = bare(_ATTRIBUTES.sub("", text.rstrip().rstrip("#")))
    text = _KEYCAP.sub("", text)
    if not text.isascii():
        text = _SPACES.sub(" ", "".join(sign for sign in text if not pictorial(sign))).strip()
    text = _NUMBERING.sub("", text)
    return unsigned(text).strip(" \t:\u2013\u2014-").strip()
