"""What an import looks like, in its usual place and in others."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache

#: The usual lines, as (from-module, from-names, import-modules), then three kinds of other lines that start so.
#: The possessive ``*+`` makes it twice as fast.
LINE = re.compile(
    rb"\n[ \t\f]*+(?:"
    rb"from[ \t]+([.\w\x80-\xff]+)[ \t]+import\b[ \t]*"
    rb"(\([^)#]*+(?:\#[^\n]*+[^)#]*+)*+\)|[^\n(\\\#;]+(?:\\\n[^\n(\\\#;]*+)*+(?=[\n\#;]|\Z))"
    rb"|import[ \t]+([^\n\\\#;(]+)(?=[\n\#;]|\Z)"
    rb"|(from\b[^\n]*)|(import\b[^\n]*)|(lazy[ \t]+(?:from|import)\b[^\n]*))"
)
#: What may stand behind the word in a statement.
AFTER = frozenset({b" ", b"\t", b"\f", b"\\", b"(", b"*"})
_INLINE = re.compile(rb"[;:][ \t]*(?:lazy[ \t]+)?(?:from\b[\w. \t\x80-\xff\\]*)?\Z")
#: A module named by a literal, in a call; or the way to hide such a call. Tried where the first of two words stands;
#: ``import_module`` is just any function where the other is missing.
_WORDS = ((b"import_module", b"importlib"), (b"__import__", b"__import__"))
_ALIAS = re.compile(rb"=[ \t]*__import__\b(?![ \t]*\()")


@cache
def _call() -> re.Pattern[bytes]:
    """Return what a call looks like that may be an import; few files have one of the words."""
    return re.compile(
        rb"(?:import_module|__import__)(?:[ \t]*\([ \t\n]*(?:name[ \t]*=[ \t]*)?(?:"
        rb"[rRuU]?[\"']([\w.\x80-\xff]+)[\"'][ \t\n]*([,)][ \t\n]*(?:package[ \t]*=[ \t]*)?[\"'_]?)"
        rb"|[fF][\"']\{__|__(?:name|package|spec)__)"
        rb"|(?<=import_module)[ \t]+as\b)",
    )


def calls(data: bytes, tops: Container[bytes] | None) -> bool:
    """Whether a call such as ``import_module("...")`` may import a module below one of *tops* (None: any module)."""
    for word, needed in _WORDS:
        at = data.find(word) if needed in data else -1
        while at >= 0:
            call = _call().match(data, at)
            if call and (tops is None or _is_ours(call, tops)):
                return True
            at = data.find(word, at + len(word))
    return b"__import__" in data and _ALIAS.search(data) is not None


def _is_ours(call: re.Match[bytes], tops: Container[bytes]) -> bool:
    name = call[1]
    if name is None:
        return True
    if call[0].startswith(b"__import__") and call[2].startswith(b","):
        return True  # It may be relative.
    if name.startswith(b"."):
        return call[2][-1:] in {b'"', b"'", b"_"}
    return name.partition(b".")[0] in tops


def unusual(line: bytes) -> bool:
    """Whether a line that starts like an import may be one all the same."""
    return line.startswith(b"lazy") or line.rstrip().endswith(b"\\") or b"import" in line[1:]


def behind(head: bytes) -> bool:
    """Whether what is on a line before the word ``import`` shows that it may be a statement behind ``;`` or ``:``."""
    return (b";" in head or b":" in head) and head.lstrip()[:1] != b"#" and _INLINE.search(head) is not None
