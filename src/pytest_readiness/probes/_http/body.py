"""Bodies: unpacked within limits, read as JSON, quoted in one line."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from typing import NoReturn

from pytest_readiness.model import Value
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.wire import MOST_BODY

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_TAG = re.compile(r"<[^<>]*>")
_LINE = 200


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_no_number)


def unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return *body* without its content encoding. Raises ``NoAnswer`` where it is broken, strange or a bomb."""
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding == "identity" or not body:
        return body
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise NoAnswer(f"the body is packed with {encoding[:40]!r}, which cannot be read here")
    try:
        return _inflated(body, _GZIP_OR_ZLIB)
    except zlib.error:
        pass
    try:
        return _inflated(body, -zlib.MAX_WBITS)  # what some servers call deflate
    except zlib.error:
        raise NoAnswer(f"the body is not the {encoding} it claims to be") from None


def _inflated(body: bytes, bits: int) -> bytes:
    engine = zlib.decompressobj(bits)
    data = engine.decompress(body, MOST_BODY + 1)
    if len(data) > MOST_BODY:
        raise NoAnswer(f"the body unpacks to more than {MOST_BODY // 1024 // 1024} MiB, the most that is read")
    if not engine.eof:
        raise NoAnswer("the packed body is cut short")
    return data


def parsed(body: bytes, headers: Mapping[str, str]) -> object:
    """Return *body* as JSON. Raises ``NoAnswer`` where it is none."""
    data = unpacked(body, headers)
    try:
        return _JSON.decode(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # also UnicodeDecodeError
        shown = line(data, 60)
        raise NoAnswer(f"the body is not JSON: {shown!r}" if shown else "the body is empty, not JSON") from None


def found(data: object) -> Value:
    """Return what a query found as a measurement. Raises ``ValueError`` with what it is instead of one."""
    if data is None:
        raise ValueError("the query finds nothing in the body")
    if isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, list) and all(item is None or isinstance(item, bool | int | float | str) for item in data):
        return tuple(data)
    kind = "an object" if isinstance(data, dict) else "a list of objects or lists"
    raise ValueError(f"the query finds {kind}; let it end at single values")


def line(data: bytes, limit: int = _LINE) -> str:
    """Return the first line of *data* that says anything besides tags, printable and cut at *limit* characters."""
    lines = [printable(text).strip() for text in data[: 4 * 1024].decode("utf-8", "replace").splitlines()]
    told = next((text for text in lines if _TAG.sub("", text).strip()), next(filter(None, lines), ""))
    return told if len(told) <= limit else f"{told[: limit - 3]}..."


def printable(text: str) -> str:
    """Return *text* without what could move a terminal's cursor or turn its lines around."""
    return _UNPRINTABLE.sub(" ", text)
