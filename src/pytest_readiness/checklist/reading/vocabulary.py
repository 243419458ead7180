"""
What people write for a status, a severity, an aside: data, in several languages, kept in ``words.txt``.

A phrase speaks if a text begins with it, at the border of a word; the longest one counts.
"""

from __future__ import annotations

import re
from pathlib import Path

from pytest_readiness.checklist.model import Status
from pytest_readiness.model import Severity


def _lists() -> dict[str, tuple[str, ...]]:
    """All lists of the file by their names."""
    text = Path(__file__).with_name("words.txt").read_text(encoding="utf-8")
    text = re.sub(r"^;.*$", "", text, flags=re.MULTILINE)
    parts = re.split(r"^\[([a-z -]+)\]$", text, flags=re.MULTILINE)[1:]
    return {
        name: tuple(filter(None, map(str.strip, body.replace("\n", " ").split("|"))))
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }


LISTS = _lists()


def listed(name: str) -> tuple[str, ...]:
    """A list of ``words.txt``, in its order."""
    return LISTS[name]


def known(name: str) -> frozenset[str]:
    """A list of ``words.txt`` as a set."""
    return frozenset(LISTS[name])


def _by_status(prefix: str) -> dict[str, Status]:
    return {entry: status for status in Status for entry in LISTS.get(f"{prefix} {status}", ())}


#: What stands between the brackets of a box.
BOXES = {"": Status.OPEN, **_by_status("box")}
#: Emoji and signs that state a status wherever they begin or end something. Variation selectors are left out.
SIGNS = _by_status("sign")
SHORTCODES = _by_status("shortcode")
PHRASES = _by_status("phrase")
#: Phrases that say too little outside of a cell or a field of their own.
WEAK = known("weak")
#: Signs that make a bullet an aim: something wished for.
AIMS = known("aims")
SEVERITIES = {entry: severity for severity in Severity for entry in LISTS[f"severity {severity}"]}
