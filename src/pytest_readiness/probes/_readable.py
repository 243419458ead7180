"""What a text can be read as: a URL, a number, a truth, JSON, a path; why it cannot, without showing it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

Type = Literal["url", "int", "float", "bool", "json", "path"]

#: A number as people write it.
FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")

_INT = re.compile(r"[+-]?[0-9]+")
_BOOLS = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off"})
_HOSTED = frozenset({"http", "https", "ws", "wss", "ftp"})


def _url(value: str, _root: Path) -> str | None:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return "is not a URL: the host or the port cannot be read"
    if not parts.scheme or "://" not in value or re.search(r"\s", value):
        return "is not a URL such as https://host/path"
    if not parts.hostname and (parts.scheme in _HOSTED or not parts.path.strip("/")):
        return "is a URL without a host"
    return "is a URL with port 0" if port == 0 else None


def _int(value: str, _root: Path) -> str | None:
    return None if _INT.fullmatch(value) else "is not a whole number"


def _float(value: str, _root: Path) -> str | None:
    return None if FLOAT.fullmatch(value) and math.isfinite(float(value)) else "is not a number"


def _bool(value: str, _root: Path) -> str | None:
    return None if value.lower() in _BOOLS else f"is not a truth: one of {', '.join(sorted(_BOOLS))}"


def _json(value: str, _root: Path) -> str | None:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return "is not JSON"
    return None


def _path(value: str, root: Path) -> str | None:
    try:
        (root / value).expanduser().stat()
    except (OSError, ValueError, RuntimeError):
        return "is a path to nothing that can be looked at"
    return None


#: Says for each type what is wrong with a text; None if nothing is. The folder is what paths are relative to.
CHECKS: Mapping[Type, Callable[[str, Path], str | None]] = {
    "url": _url,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "json": _json,
    "path": _path,
}
