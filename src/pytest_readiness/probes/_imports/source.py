"""Python source as bytes: decoded as Python would, and checked by the parser or the compiler itself."""

from __future__ import annotations

import _thread
import ast
import codecs
import re
import sys
import warnings
from functools import cache, partial
from typing import NamedTuple

from pytest_readiness.parsing import insist

_COOKIE = re.compile(rb"\A(?:[ \t\f]*(?:\#[^\n]*)?\n)?[ \t\f]*\#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_BOM = b"\xef\xbb\xbf"
_TEXTS = re.compile(
    rb'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    rb"|\#[^\n]*",
    re.DOTALL,
)
_UTF8 = frozenset({b"utf-8", b"utf8", b"utf_8", b"utf-8-sig"})

_NO_FEATURE = "no_feature_of_any_python"
_STOP = f"from __future__ import {_NO_FEATURE}\n"
_STOPPED = f"future feature {_NO_FEATURE} is not defined"

#: Warnings about a user's source are no concern of a run, and no reason for its filters to raise.
_quiet = _thread.allocate_lock()


class Broken(NamedTuple):
    """A file that is no Python: ``line`` and ``column`` count from 1."""

    path: str
    line: int
    column: int
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.why}"


def normal(raw: bytes, path: str, *, proved: bool = False) -> bytes | Broken:
    r"""
    Return the source as UTF-8 without a byte order mark and with ``\n`` for line ends.

    Of a file that is *proved* to be Python only the encoding is looked at, where it is declared.
    """
    if raw.isascii() or (proved and b"coding" not in raw[:256]):
        if b"coding" in raw[:256] and (cookie := _COOKIE.match(raw)) and not _known(cookie[1]):
            return _unknown(path, cookie)
        raw = raw.removeprefix(_BOM)
    else:
        decoded = _decoded(raw, path)
        if isinstance(decoded, Broken):
            return decoded
        raw = decoded
    if not proved and b"\0" in raw:
        before = raw[: raw.index(b"\0")]
        return Broken(path, before.count(b"\n") + 1, len(before) - before.rfind(b"\n"), "source has a null byte")
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw


def _decoded(raw: bytes, path: str) -> bytes | Broken:
    raw = raw.removeprefix(_BOM)
    cookie = _COOKIE.match(raw)
    encoding = cookie[1].decode("ascii") if cookie else "utf-8"
    if cookie and not _known(cookie[1]):
        return _unknown(path, cookie)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        why = f"byte 0x{raw[error.start]:02x} is not {encoding}" + ("" if cookie else ", and no encoding is declared")
        return Broken(path, before.count(b"\n") + 1, len(before) - before.rfind(b"\n"), why)
    return raw if cookie is None or cookie[1].lower() in _UTF8 else text.encode()


def _known(encoding: bytes) -> bool:
    try:
        codecs.lookup(encoding.decode("ascii"))
    except LookupError:
        return False
    return True


def _unknown(path: str, cookie: re.Match[bytes]) -> Broken:
    why = f"unknown encoding {cookie[1].decode('ascii', 'replace')!r}"
    return Broken(path, cookie.string.count(b"\n", 0, cookie.start(1)) + 1, 1, why)


def without_texts(data: bytes) -> bytes:
    """Return *data* without its strings and comments; what is left keeps neither lines nor columns."""
    return _TEXTS.sub(b"", data)


def check(raw: bytes, path: str) -> Broken | None:
    """Let the compiler read *raw* without running it; return what is wrong, None if nothing is."""
    data = normal(raw, path)
    if isinstance(data, Broken):
        return data
    try:
        with _quiet, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(_utf8(data), path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return Broken(path, error.lineno or 1, error.offset or 1, error.msg)
    except (RecursionError, MemoryError):
        return Broken(path, 1, 1, "nested too deeply for the compiler")
    except (ValueError, OverflowError) as error:
        return Broken(path, 1, 1, str(error))
    return None


def parses(data: bytes) -> bool:
    """
    Whether Python can parse normalised source: twice as fast as making a tree of it.

    Python looks for unknown features right after parsing, before anything else.
    """
    try:
        with _quiet, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(_STOP + _utf8(data), "", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.msg == _STOPPED
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


def unparsable(data: bytes, path: str) -> Broken | None:
    """
    Return what is wrong with normalised source that cannot be parsed, None if nothing is.

    Syntax that only newer versions of Python know is no mistake.
    """
    if parses(data) or parses(older := older_syntax(data)):
        return None
    version = f"Python {sys.version_info.major}.{sys.version_info.minor} cannot parse it"
    for text in (data, older):
        try:
            with _quiet, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                insist(partial(ast.parse, _utf8(text)))
                return None
        except SyntaxError as error:
            broken = Broken(path, error.lineno or 1, error.offset or 1, f"{version}: {error.msg}")
        except (RecursionError, MemoryError):
            broken = Broken(path, 1, 1, f"{version}: nested too deeply")
        except (ValueError, OverflowError) as error:
            broken = Broken(path, 1, 1, f"{version}: {error}")
    return broken


def parse(data: bytes) -> ast.Module | None:
    """Return the tree of normalised source, None where neither it nor its older spelling can be parsed."""
    for text in (data, older_syntax(data)):
        try:
            with _quiet, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree: ast.Module = insist(partial(ast.parse, _utf8(text)))
                return tree
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _utf8(data: bytes) -> str:
    return data.removeprefix(_BOM).decode()


@cache
def _string_or_newer() -> re.Pattern[bytes]:
    """Return what finds texts, comments and newer syntax; seldom needed, and long."""
    return re.compile(
        rb"(?P<template>\b[tT][rR]?|\b[rR][tT])(?=[\"'])"
        rb'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
        rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
        rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
        rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
        rb"|\#[^\n]*"
        rb"|(?P<lazy>^[ \t]*)lazy[ \t]+(?=import\b|from\b)"
        rb"|(?P<except>^[ \t]*except\*?[ \t]+)(?P<types>[\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)(?=[ \t]*:)"
        rb"|(?P<generic>\b(?:def|class)[ \t]+[\w\x80-\xff]+)\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
        rb"|(?P<alias>^[ \t]*)type[ \t]+(?P<name>\w+)[ \t]*(?:\[(?:[^\[\]]|\[[^\[\]]*\])*\])?[ \t]*(?==[^=])",
        re.DOTALL | re.MULTILINE,
    )


def older_syntax(data: bytes) -> bytes:
    """
    Spell newer syntax in the older way, line for line, so that an older Python can parse it.

    Knows type parameters and ``type`` (3.12), template strings and ``except A, B:`` (3.14), lazy imports (3.15).
    """
    return _string_or_newer().sub(_older, data)


def _older(match: re.Match[bytes]) -> bytes:
    if match["template"] is not None:
        return match["template"].translate(None, b"tT")
    if match["lazy"] is not None:
        return match["lazy"]
    if match["except"] is not None:
        return match["except"] + b"(" + match["types"] + b")"
    if match["generic"] is not None:
        return match["generic"]
    if match["alias"] is not None:
        return match["alias"] + match["name"]
    return match[0]
