"""How a stated share is written when it is true: as it was written, with as many digits as that takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from pytest_readiness.checklist.claims import Recount, decimals, rounds_to

_PERCENT = re.compile(r"\d+(?:[.,]\d+)?(?=\s*%)")
_RATIO = re.compile(r"(\d+)(\s*(?:/|\bof\b|\bout of\b|\bvon\b|\bsur\b|\bde\b)\s*)(\d+)", re.IGNORECASE)
_MOST_DIGITS = 6


def truths(recounts: Iterable[Recount], goals: Iterable[Fraction]) -> dict[tuple[int, int, int], str]:
    """
    Return what each stated share must read, by its line, start and end, where something was measured.

    *goals* are percentages that a number must not seem to reach by rounding. A percentage beside
    a ratio of the same is what that ratio comes to; else it is of the weight of the gates.
    """
    known = [recount for recount in recounts if recount.by_weight is not None]
    ratios = {_subject(recount) for recount in known if recount.stated.whole is not None and recount.counted}
    beside = (Fraction(0), Fraction(100), *goals)
    told = {}
    for recount in known:
        stated = recount.stated
        text = stated.text
        if recount.counted:
            text = _RATIO.sub(lambda found, it=recount: f"{it.proven}{found[2]}{it.counted}", text, count=1)  # type: ignore[misc]
        share = Fraction(100 * recount.proven, recount.counted) if _subject(recount) in ratios else recount.by_weight
        assert share is not None
        if stated.whole is not None or not rounds_to(share, stated):
            text = _PERCENT.sub(_shown(share, stated.text, beside), text, count=1)
        told[stated.line, stated.start, stated.end] = text
    return told


def _subject(recount: Recount) -> tuple[int, tuple[str, ...], int | None]:
    return recount.stated.line, recount.stated.section, recount.stated.item


def _shown(share: Fraction, like: str, beside: Iterable[Fraction]) -> str:
    """Return *share* with the digits of *like*, or more, until it is on the right side of all numbers *beside*."""
    least = decimals(like)
    for digits in range(least, _MOST_DIGITS + 1):
        rounded = round(share, digits)
        if all((rounded < other) == (share < other) and (rounded > other) == (share > other) for other in beside):
            break
    text = f"{float(rounded):.{digits}f}"
    return text.replace(".", ",") if re.search(r"\d,\d", like) else text
