"""Files that a probe reads: named or looked for by pattern, with their age, their bytes up to a limit."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Each, Evidence, Scalar, Value
from pytest_readiness.probe import Context, Touch
from pytest_readiness.probes import _glob

#: What is expected of a stored report where a gate says nothing: one of last year says nothing of today.
RECENT: Mapping[str, Value] = {"age": "<= 30 d"}

_LISTED = 20
_CLOCK_SKEW = 60.0


@dataclass(frozen=True, slots=True)
class Input:
    """
    One file: where it is, its name as a reader knows it, and what its time stamp says.

    ``size`` is in bytes, ``changed`` in seconds since the epoch.
    """

    path: Path
    name: str
    size: int
    changed: float
    stamp: int

    @property
    def key(self) -> tuple[str, int, int]:
        """What a fact about the file's contents is kept under."""
        return str(self.path.resolve()), self.stamp, self.size


@dataclass(frozen=True, slots=True)
class Asked:
    """
    Which files an instance of a probe is about: its ``path``, ``paths`` and ``glob``.

    ``several`` is false for a probe that has no ``paths``.
    """

    path: str | None
    paths: tuple[str, ...]
    glob: str | None
    several: bool = True

    def check(self) -> None:
        """Raise ``OptionError`` unless exactly one of the three says something."""
        said = {"path": self.path is not None, "paths": bool(self.paths), "glob": self.glob is not None}
        given = [name for name, is_said in said.items() if is_said]
        if len(given) != 1:
            known = "path, paths and glob" if self.several else "path and glob"
            raise OptionError(f"give exactly one of {known}, not {' and '.join(given) or 'none'}")
        if any(not text.strip() or "\0" in text for text in self.texts()):
            raise OptionError("a path may not be empty", given[0])

    def texts(self) -> tuple[str, ...]:
        """Return the names, or the pattern."""
        return (self.glob,) if self.glob is not None else self.names()

    def names(self) -> tuple[str, ...]:
        """Return the names, each once."""
        return tuple(dict.fromkeys(self.paths)) or ((self.path,) if self.path is not None else ())

    def touches(self) -> Iterator[Touch]:
        """Yield the names, or the pattern."""
        return (Touch("file", text) for text in self.texts())

    def find(self, context: Context) -> tuple[list[Input], list[str]]:
        """Return the files found, and the names of those that are not there; raises ``CannotMeasure`` for a folder."""
        if self.glob is not None:
            return [
                _looked_at(path, context) for path in sorted(_glob.find(context.root, self.glob, context.deadline))
            ], []
        found: list[Input] = []
        missing: list[str] = []
        for name in self.names():
            path = _path(name, context)
            if _glob.is_file(path):
                found.append(_looked_at(path, context))
            elif path.exists():
                raise CannotMeasure(f"{name} is not a file{': say glob' if path.is_dir() else ''}")
            else:
                missing.append(name)
        return found, missing

    def nothing(self) -> list[Evidence]:
        """Return evidence for the case that nothing was found at all."""
        return [listed("no file is there for", self.texts())]

    def all(self, context: Context) -> list[Input]:
        """Return the files found; raises ``CannotMeasure`` if one that is named is not there."""
        found, missing = self.find(context)
        if missing:
            hint = " (did you mean glob?)" if any(character in missing[0] for character in "*?{") else ""
            raise CannotMeasure(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not there{hint}")
        return found


def one(name: str, context: Context) -> Input:
    """Return the file *name*; raises ``CannotMeasure`` if it is not there."""
    (found,) = Asked(name, (), None).all(context)
    return found


def _path(name: str, context: Context) -> Path:
    return context.path(os.path.expanduser(name))  # noqa: PTH111 - Path.expanduser raises for an unknown user


def _looked_at(path: Path, context: Context) -> Input:
    try:
        stat = path.stat()
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be looked at: {error.strerror}") from None
    return Input(path, shown(path, context.root), stat.st_size, stat.st_mtime, stat.st_mtime_ns)


def shown(path: Path, root: Path) -> str:
    """Return *path* as a reader knows it: below *root* where it is."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def data(found: Input, limit: int) -> bytes:
    """Return the bytes of a file; raises ``CannotMeasure`` if there are more than *limit*."""
    try:
        with found.path.open("rb") as file:
            read = file.read(limit + 1)
    except OSError as error:
        raise CannotMeasure(f"{found.name} cannot be read: {error.strerror}") from None
    if len(read) > limit:
        raise CannotMeasure(f"{found.name} is larger than {limit // 1024 // 1024} MiB, the most that is read")
    return read


def text(read: bytes) -> str:
    """Return *read* as text with plain newlines; what is not UTF-8 or UTF-16 becomes U+FFFD."""
    utf16 = read.startswith((b"\xff\xfe", b"\xfe\xff"))
    return read.decode("utf-16" if utf16 else "utf-8-sig", errors="replace").replace("\r\n", "\n")


def age(context: Context, moment: float) -> float:
    """Return the seconds since *moment*; ``ValueError`` if that is in the future."""
    since = max(time.time(), context.now.timestamp()) - moment
    if since < -_CLOCK_SKEW:
        raise ValueError("it is of the future, says its time stamp")
    return max(0.0, since)


def each(values: Iterable[Scalar]) -> Value:
    """Return the one value that all are, or an ``Each`` of the different ones."""
    different = list(dict.fromkeys(values))
    return different[0] if len(different) == 1 else Each(different)


def listed(title: str, lines: Sequence[str]) -> Evidence:
    """Return the first *lines*, and how many more there are."""
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return Evidence(title, "\n".join([*lines[:_LISTED], *more]))


def present(parts: Mapping[str, Sequence[str]]) -> list[Evidence]:
    """Return evidence of all *parts*, title to lines, that have lines."""
    return [listed(title, lines) for title, lines in parts.items() if lines]
