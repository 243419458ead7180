"""A checklist's file -> what is in it, without what an earlier run has written into it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.checklist.model import Document, Status, Text
from pytest_readiness.checklist.reading.read import read
from pytest_readiness.checklist.reading.text import decode
from pytest_readiness.checklist.rewriting.notes import bare
from pytest_readiness.errors import UsageError

#: A checklist is read up to this many bytes.
LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """
    A checklist and its file.

    ``document`` is read from ``text`` as it was before notes and a summary were written into it.
    """

    path: Path
    data: bytes
    text: Text
    document: Document


def opened(path: Path) -> Opened:
    """Return the checklist at *path*; raises ``UsageError`` if it cannot be read or has no item."""
    try:
        if path.stat().st_size > LIMIT:
            raise UsageError(f"{path} is larger than {LIMIT // 1024 // 1024} MiB, which no checklist is")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise UsageError(f"{path} cannot be read: {reason}") from None
    text = decode(data, path.name)
    document = read(bare(text))
    if not document.items:
        raise UsageError(f"{path} has no item: no box, no status, nothing that could be a gate")
    return Opened(path, data, text, document)


def claiming(path: Path) -> Opened:
    """Return the checklist at *path*; raises ``UsageError`` also if no item of it says that it is done or open."""
    found = opened(path)
    if all(item.status is Status.UNSAID for item in found.document.items):
        raise UsageError(f"{path} claims nothing: none of its items says that it is done or open")
    return found
