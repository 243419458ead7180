"""The checklist that a command is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pytest_readiness.checklist.model import Document
from pytest_readiness.checklist.read import read
from pytest_readiness.checklist.text import decode
from pytest_readiness.errors import UsageError

#: A checklist is read up to this many bytes.
LIMIT = 10 * 1024 * 1024


def load(path: Path) -> Document:
    """Return the checklist at *path*; raises ``UsageError`` if it cannot be read or has no item."""
    try:
        if path.stat().st_size > LIMIT:
            raise UsageError(f"{path} is larger than {LIMIT // 1024 // 1024} MiB, which no checklist is")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None
    document = read(decode(data, path.name))
    if not document.items:
        raise UsageError(f"{path} has no item: no box, no status, nothing that could be a gate")
    return document


def damage(document: Document) -> Iterator[str]:
    """Yield a line for each thing about the text that had to be repaired."""
    yield from (f"{document.text.name}: {line}" for line in document.text.damage)
