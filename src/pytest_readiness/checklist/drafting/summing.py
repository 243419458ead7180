"""Items that sum up others by how bad they are: "All critical (P0) defects resolved"."""

from __future__ import annotations

import re

from pytest_readiness.model import Severity

_ALL_OR_NONE = re.compile(r"\b(?:all|every|each|any|no|none|zero|0)\b", re.IGNORECASE)
_SEVERITIES = {
    Severity.CRITICAL: re.compile(r"\b(?:critical|blockers?|blocking|show-?stoppers?|p0)\b", re.IGNORECASE),
    Severity.HIGH: re.compile(r"\b(?:high|p1)\b", re.IGNORECASE),
    Severity.MEDIUM: re.compile(r"\b(?:medium|p2)\b", re.IGNORECASE),
    Severity.LOW: re.compile(r"\b(?:low|p3)\b", re.IGNORECASE),
}


def severities(text: str) -> tuple[Severity, ...]:
    """Return which severities *text* speaks of all of, or none of; empty if it sums up nothing in this way."""
    if not _ALL_OR_NONE.search(text):
        return ()
    return tuple(severity for severity, pattern in _SEVERITIES.items() if pattern.search(text))
