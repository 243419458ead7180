"""Words that several looks use."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAMED = 3


def slug(*texts: str) -> str:
    """Return an id made of *texts*."""
    words = re.findall(r"[a-z0-9]+", " ".join(texts).lower())
    return "-".join(dict.fromkeys(words))[:60].rstrip("-") or "gate"


def listed(names: Sequence[str]) -> str:
    """Return the first of *names*, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
