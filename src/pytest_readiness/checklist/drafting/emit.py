"""YAML for people: plain values written so that every reader of YAML takes them for what they are."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

#: How long a line may get before a mapping or list is written over several.
WIDTH = 110

#: Texts that need no quotes, in a block and between brackets.
_PLAIN = re.compile(r"[A-Za-z(/][\w /().%+,-]*(?<! )", re.ASCII)
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z/][\w./+-]*(?: [\w./+()%-]+)*", re.ASCII)
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def scalar(value: object, *, flow: bool = False) -> str:
    """Return *value* (a text, number, truth or None) as YAML, for inside of brackets if *flow*."""
    if isinstance(value, str):
        return _text_in_flow(value) if flow else _text_in_block(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) else f"{value:.12f}".rstrip("0")
    if isinstance(value, int):
        return str(value)
    return quoted(str(value))


@functools.lru_cache(maxsize=4096)
def _text_in_flow(text: str) -> str:
    return text if _PLAIN_IN_FLOW.fullmatch(text) and text.lower() not in _WORDS else quoted(text)


@functools.lru_cache(maxsize=4096)
def _text_in_block(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else quoted(text)


def quoted(text: str) -> str:
    """Return *text* between quotes."""
    if not text.isprintable():
        return '"' + "".join(_escaped(char) for char in text) + '"'
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    number = ord(char)
    if 0xD800 <= number <= 0xDFFF:  # half of a pair: no reader of YAML takes it  # noqa: PLR2004
        return "\ufffd"
    if number <= 0xFF:  # noqa: PLR2004
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004


def flow(value: object) -> str:
    """Return *value* on one line."""
    if isinstance(value, str):
        return _text_in_flow(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(name), flow=True)}: {flow(below)}" for name, below in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, flow=True)


def entry(name: str, value: object, indent: str) -> Iterator[str]:
    """Yield the lines of ``name: value``, the first without *indent*, the others below it."""
    head = _text_in_block(name)
    if isinstance(value, str):
        if "\n" in value:
            yield from _text(head, value, indent)
        else:
            yield f"{head}: {_text_in_block(value)}"
    elif not isinstance(value, Mapping | Sequence):
        yield f"{head}: {scalar(value)}"
    elif len(line := f"{indent}{head}: {flow(value)}") <= WIDTH and not _has_lines(value):
        yield line.removeprefix(indent)
    elif isinstance(value, Mapping):
        yield f"{head}:"
        for below, inner in value.items():
            first, *rest = entry(str(below), inner, indent + "  ")
            yield f"{indent}  {first}"
            yield from rest
    else:
        yield f"{head}:"
        for inner in value:
            yield from _listed(inner, indent + "  ")


def _listed(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        lead = f"{indent}- "
        for name, below in value.items():
            first, *rest = entry(str(name), below, indent + "  ")
            yield lead + first
            yield from rest
            lead = indent + "  "
    else:
        yield f"{indent}- {flow(value)}"


def _text(head: str, value: str, indent: str) -> Iterator[str]:
    lines = value.split("\n")
    readable = all(line.isprintable() and line == line.rstrip() for line in lines)
    if readable and lines[0] and not lines[0].startswith(" ") and lines[-1]:
        yield f"{head}: |-"
        yield from (f"{indent}  {line}" if line else "" for line in lines)
    else:
        yield f"{head}: {scalar(value)}"


def _has_lines(value: object) -> bool:
    if isinstance(value, str):
        return "\n" in value
    if isinstance(value, Mapping):
        return any(map(_has_lines, value.values()))
    return isinstance(value, Sequence) and any(map(_has_lines, value))
