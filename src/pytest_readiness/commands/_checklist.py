"""The checklist that a command is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pytest_readiness.checklist.model import Document
from pytest_readiness.checklist.opening import opened


def load(path: Path) -> Document:
    """Return the checklist at *path*; raises ``UsageError`` if it cannot be read or has no item."""
    return opened(path).document


def damage(document: Document) -> Iterator[str]:
    """Yield a line for each thing about the text that had to be repaired."""
    yield from (f"{document.text.name}: {line}" for line in document.text.damage)
