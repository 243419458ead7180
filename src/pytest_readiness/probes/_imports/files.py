"""Files read in as few steps as possible, and what Python has left beside them: proof that it could parse them."""

from __future__ import annotations

import os
import sys

#: What stands before the code in a ``.pyc`` (PEP 552): magic number, flags, then time and size, or a hash.
_HEADER = 16
#: The first byte of a code object, alone or with the mark that it may be referred to.
_CODE = b"c\xe3"
_BY_TIME = b"\0\0\0\0"
_BY_CHECKED_HASH = b"\3\0\0\0"
_WORD = 0xFFFFFFFF
_SECOND = 1_000_000_000
#: What the ``.pyc`` files end with that a CPython of this version writes, unless it optimises.
_OWN = f".cpython-{sys.version_info.major}{sys.version_info.minor}.pyc"


def read(path: str) -> tuple[bytes, os.stat_result]:
    """Return all bytes of a file, and what is known of it."""
    file = os.open(path, _FLAGS)
    try:
        status = os.fstat(file)
        data = os.read(file, status.st_size + 1)
        if len(data) != status.st_size:
            data = _all(file, data)
    finally:
        os.close(file)
    return data, status


_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def _all(file: int, data: bytes) -> bytes:
    """Read on where a file grows, or is none of the usual ones."""
    parts = [data]
    while parts[-1]:
        parts.append(os.read(file, 1 << 20))
    return b"".join(parts)


class Compiled:
    """
    The ``.pyc`` files of one folder after the other.

    An up-to-date one, of any CPython, shows that its source is Python: it is only written after the source was
    compiled. Up to date means what it means to Python (time and size, or a hash that Python checks too), but
    a ``.pyc`` written within the second in which the source was changed shows nothing.
    """

    def __init__(self) -> None:
        self._folder = ""
        self._start = ""
        self._names: dict[str, list[str]] | None = None

    def proves(self, path: str, data: bytes, status: os.stat_result) -> bool:
        """Whether the file at *path* with bytes *data* is proved to be Python; an empty one needs no proof."""
        if not data:
            return True
        folder, _, name = path.rpartition(os.sep)
        if folder != self._folder:
            self._folder = folder
            self._start = f"{folder}{os.sep}__pycache__{os.sep}"
            self._names = None
        stem = name[:-3]
        if self._names is None:
            if _proves(f"{self._start}{stem}{_OWN}", data, status):
                return True
            self._names = _compiled(self._start)
        return any(_proves(f"{self._start}{each}", data, status) for each in self._names.get(stem, ()))


def _compiled(folder: str) -> dict[str, list[str]]:
    """Return the names of the ``.pyc`` files in a folder by the name of the module, this Python's own first."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - a Path per file costs
    except OSError:
        return {}
    found: dict[str, list[str]] = {}
    for name in names:
        stem, _, tag = name.partition(".")
        if tag.startswith("cpython-") and tag.endswith(".pyc"):
            if tag == _OWN[1:]:
                found.setdefault(stem, []).insert(0, name)
            else:
                found.setdefault(stem, []).append(name)
    return found


def _proves(path: str, data: bytes, status: os.stat_result) -> bool:
    try:
        file = os.open(path, _FLAGS)
    except OSError:
        return False
    try:
        header = os.read(file, _HEADER + 1)
        if len(header) <= _HEADER or header[2:4] != b"\r\n" or header[_HEADER] not in _CODE:
            return False
        kind = header[4:8]
        if kind == _BY_TIME:
            changed = status.st_mtime_ns // _SECOND
            stamp = (changed & _WORD) | (len(data) & _WORD) << 32
            return header[8:16] == stamp.to_bytes(8, "little") and os.fstat(file).st_mtime_ns // _SECOND > changed
        return kind == _BY_CHECKED_HASH and header[8:16] == _hash(header, data)
    except OSError:
        return False
    finally:
        os.close(file)


def _hash(header: bytes, data: bytes) -> bytes | None:
    """Return the hash of *data* that this Python writes into its own ``.pyc`` files, None for those of another."""
    from importlib.util import MAGIC_NUMBER, source_hash

    return source_hash(data) if header[:4] == MAGIC_NUMBER else None
