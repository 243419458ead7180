"""
Reports: one module a format, found by its name, each written from the one ``Report`` and deciding nothing.

A file format is a module with ``render(report) -> str``. ``terminal`` draws on a screen instead.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import os
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from pytest_readiness.errors import ReportError, UsageError

if TYPE_CHECKING:
    from pytest_readiness.model import Report


class Format(Protocol):
    """What a module of this package offers to be a file format."""

    def render(self, report: Report) -> str:
        """Return the whole file as text."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """Where a report goes, and in which format."""

    format: str
    path: Path

    def __str__(self) -> str:
        return f"{self.format}:{self.path}"


@cache
def formats() -> tuple[str, ...]:
    """Return the names of the file formats, sorted."""
    names = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(sorted(name for name in names if hasattr(_module(name), "render")))


def parse(text: str, *, base: Path) -> Target:
    """
    Read ``FORMAT:PATH``; a relative path starts from *base*.

    Raises ``UsageError`` for a format that does not exist, naming the near one, and for a missing path.
    """
    name, colon, path = text.partition(":")
    if not colon or not path.strip():
        message = f"{text!r} is not FORMAT:PATH; write for example json:readiness.json"
        raise UsageError(message)
    if name not in formats():
        near = difflib.get_close_matches(name.lower(), formats(), 1)
        meant = f"did you mean {near[0]}:{path}?" if near else f"there is {', '.join(formats())}"
        message = f"there is no report format {name!r}: {meant}"
        raise UsageError(message)
    target = Target(name, base / path)
    if target.path.is_dir():
        message = f"{text!r}: {path} is a folder; name the file to write"
        raise UsageError(message)
    return target


def write(report: Report, target: Target | str) -> None:
    """
    Write *report* to *target*, whole or not at all.

    A report that fails leaves none of an earlier run behind, which could be taken for this one's.
    Raises ``ReportError`` with the reason.
    """
    target = parse(target, base=Path.cwd()) if isinstance(target, str) else target
    try:
        # A lone surrogate (an undecodable file name, say) has no UTF-8; escaped, it stays readable.
        data = _module(target.format).render(report).encode("utf-8", "backslashreplace")
        target.path.parent.mkdir(parents=True, exist_ok=True)
        put(target.path.resolve(), data)
    except Exception as error:
        with contextlib.suppress(OSError):
            discard(target)
        what = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
        message = f"report {target} could not be written: {what}"
        raise ReportError(message) from error


def check(targets: Iterable[Target], spec: Path) -> None:
    """Raise ``UsageError`` for a report that would be written over *spec* or over another one."""
    taken = {spec.resolve(): "the spec"}
    for target in targets:
        path = target.path.resolve()
        if path in taken:
            message = f"report {target} would be written over {taken[path]}"
            raise UsageError(message)
        taken[path] = f"report {target}"


def discard(target: Target) -> None:
    """Remove the report of an earlier run, so that it cannot be taken for this one's."""
    if target.path.is_file():
        target.path.unlink()


def put(path: Path, data: bytes) -> None:
    """Replace the file in one step; a pipe or a device is written straight to."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _module(name: str) -> Format:
    return cast("Format", importlib.import_module(f"{__name__}.{name}"))
