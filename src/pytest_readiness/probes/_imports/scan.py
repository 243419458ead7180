"""What an import looks like, in its usual place and in others."""

from __future__ import annotations

import re
from collections.abc import Container

#: The usual lines, as (from-module, from-names, import-modules), then three kinds of other lines that start so.
#: The possessive ``*+`` makes it twice as fast.
LINE = re.compile(
    rb"\n[ \t\f]*+(?:"
    rb"from[ \t]+([.\w\x80-\xff]+)[ \t]+import\b[ \t]*(\([^)#]*+(?:\#[^\n]*+[^)#]*+)*+\)|[^\n(\\\#;]+(?=[\n\#;]|\Z))"
    rb"|import[ \t]+([^\n\\\#;(]+)(?=[\n\#;]|\Z)"
    rb"|(from\b[^\n]*)|(import\b[^\n]*)|(lazy[ \t]+(?:from|import)\b[^\n]*))"
)
_WORD = re.compile(rb"import(?=[ \t\\(]|_module\b|__[ \t]*\()")
_INLINE = re.compile(rb"[;:][ \t]*(?:lazy[ \t]+)?(?:from\b[\w. \t\x80-\xff\\]*)?\Z")
#: A module named by a literal, in a call; or the way to hide such a call.
_CALL = re.compile(
    rb"import(?:_module|__)[ \t]*\([^\"'\n)]*\n?[ \t]*([rRuUfF]?)[\"']([^\"'\n]*)|\bimport_module[ \t]+as\b|__import__[ \t]*$",
    re.MULTILINE,
)

_OWN = (b"{__name__}", b"{__package__}", b"{__spec__")

def calls(data: bytes, tops: Container[bytes]) -> bool:
    """Whether a call such as ``import_module("...")`` might import a module below one of *tops*."""
    if b"import_module" not in data and b"__import__" not in data:
        return False
    return any(
        call[2] is None or call[2].startswith(_OWN if call[1] in {b"f", b"F"} else b".") or call[2].partition(b".")[0] in tops
        for call in _CALL.finditer(data)
    )


def unusual(line: bytes) -> bool:
    """Whether a line that starts like an import may be one all the same."""
    return line.startswith(b"lazy") or line.rstrip().endswith(b"\\") or b"import" in line[1:]


def inline(data: bytes) -> bool:
    """Whether an import stands behind ``;`` or ``:``."""
    for word in _WORD.finditer(data):
        start = word.start()
        head = data[data.rfind(b"\n", 0, start) + 1 : start]
        if (b";" in head or b":" in head) and _INLINE.search(head):
            return True
    return False
