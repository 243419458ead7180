"""Checklists, which are better imported than replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_readiness.survey.model import Found, Remark
from pytest_readiness.survey.repository import Repository

WHAT = "checklist in Markdown"

_NAMES = (
    r"(?:docs?/|\.github/)?[^/]*(?:checklist|readiness|deploy|release|launch|go-?live|production)[^/]*\.(?:md|markdown)"
)
_BOX = re.compile(r"(?m)^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]")
_FEW = 3


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a remark on each document that looks like a checklist."""
    for name in repository.matching(_NAMES):
        boxes = len(_BOX.findall(repository.text(name)))
        if boxes >= _FEW:
            yield Remark(f"{name} looks like a checklist of {boxes} items: readiness import {name}")
