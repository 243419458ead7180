"""Texts to documents, by format: what is not sound in its format is refused, with its place."""

from __future__ import annotations

import configparser
import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import NoReturn

from pytest_readiness.probes._document import loader
from pytest_readiness.probes._document.loader import RefusedError

#: The format that the end of a file's name tells.
SUFFIXES: Mapping[str, str] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".jsonc": "jsonc",
    ".toml": "toml",
    ".ini": "ini",
    ".cfg": "ini",
    ".conf": "ini",
}

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*+")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:\\.|[^"\\])*+")|,(?=\s*[}\]])', re.DOTALL)
_NOT_A_LINE = re.compile(r"[^\n]")


def read(text: str, form: str) -> list[object]:
    """
    Return the documents in *text*; only YAML may hold more than one, and empty ones are left out.

    Raises ``RefusedError`` with the place and what is wrong there.
    """
    try:
        return [document for document in _READERS[form](text) if document is not None]
    except RecursionError:
        raise RefusedError("nested too deeply") from None


def decoded(data: bytes) -> str:
    """Return *data* as text: UTF-8, or UTF-16 with a byte order mark. Raises ``RefusedError``."""
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        encoding = "UTF-16" if utf16 else "UTF-8"
        raise RefusedError(f"line {line}: the byte 0x{data[error.start]:02x} is not {encoding}") from None


def _yaml(text: str) -> list[object]:
    try:
        return loader.load_all(text)
    except RefusedError as error:
        if "{{" in text:
            raise RefusedError(f"{error} (it looks like a template: judge what it is rendered to)") from None
        raise


def _json(text: str) -> list[object]:
    if not text.strip():
        return []
    try:
        return [json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)]
    except json.JSONDecodeError as error:
        raise RefusedError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except ValueError as error:  # a number of thousands of digits, and what is raised below
        raise RefusedError(str(error)) from None


def _jsonc(text: str) -> list[object]:
    """JSON with comments and a comma after the last item; both are blanked, so that places stay right."""
    plain = _COMMENT.sub(lambda match: match[1] or _NOT_A_LINE.sub(" ", match[0]), text)
    return _json(_LAST_COMMA.sub(lambda match: match[1] or " ", plain))


def _toml(text: str) -> list[object]:
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise RefusedError(str(error)) from None
    return [_without_dates(data)] if data else []


def _ini(text: str) -> list[object]:
    parser = configparser.RawConfigParser(interpolation=None, allow_no_value=True, default_section="\0")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
    except configparser.MissingSectionHeaderError as error:
        raise RefusedError(f"line {error.lineno}: there is no [section] before it") from None
    except (configparser.DuplicateSectionError, configparser.DuplicateOptionError) as error:
        what = getattr(error, "option", None) or f"[{error.section}]"
        raise RefusedError(f"line {error.lineno}: {what} is there twice") from None
    except configparser.ParsingError as error:
        raise RefusedError(f"line {error.errors[0][0]}: neither [section] nor key = value") from None
    data = {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}
    return [data] if data else []


_READERS: Mapping[str, Callable[[str], list[object]]] = {
    "yaml": _yaml,
    "json": _json,
    "jsonc": _jsonc,
    "toml": _toml,
    "ini": _ini,
}


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is there twice in one object")
    return made


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _without_dates(value: object) -> object:
    """Return *value* with dates and times as the texts they were written as, nearly."""
    if isinstance(value, dict):
        return {key: _without_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_dates(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value
