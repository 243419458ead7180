"""How a stated share is written when it is true: as it was written, with as many digits as that takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from pytest_readiness.checklist.judging.claims import RATIO, Recount, decimals, rounds_to
from pytest_readiness.checklist.model import Stated

_PERCENT = re.compile(r"\d+(?:[.,]\d+)?(?=\s*%)")
_MOST_DIGITS = 6


def truths(
    recounts: Iterable[Recount], goals: Iterable[Fraction], lines: Sequence[str]
) -> dict[tuple[int, int, int], str]:
    """
    Return what each stated share must read, by its line, start and end, where something was measured.

    *goals* are percentages that a number must not seem to reach by rounding.
    """
    beside = (Fraction(0), Fraction(100), *goals)
    told = {}
    for recount in recounts:
        stated, share = recount.stated, recount.proven_share
        if share is None:
            continue
        text = stated.text if rounds_to(share, stated) else _percent(stated.text, share, beside)
        told[stated.line, stated.start, stated.end] = _ratio(text, recount)
        if apart := _ratio_apart(lines[stated.line - 1], stated):
            told[stated.line, *apart.span()] = _ratio(apart[0], recount)
    return told


def _percent(text: str, share: Fraction, beside: Iterable[Fraction]) -> str:
    return _PERCENT.sub(_shown(share, text, beside), text, count=1)


def _ratio(text: str, recount: Recount) -> str:
    if not recount.counted:
        return text
    return RATIO.sub(lambda found: f"{recount.proven}{found[2]}{recount.counted}", text, count=1)


def _ratio_apart(line: str, stated: Stated) -> re.Match[str] | None:
    """Return the ratio that a percentage was read with, if it stands beside it: ``93% (67/72 tasks)``."""
    if stated.whole is None or RATIO.search(stated.text):
        return None
    found = (each for each in RATIO.finditer(line) if each.start() >= stated.end or each.end() <= stated.start)
    return next((each for each in found if (int(each[1]), int(each[3])) == (stated.part, stated.whole)), None)


def _shown(share: Fraction, like: str, beside: Iterable[Fraction]) -> str:
    """Return *share* with the digits of *like*, or more, until it is on the right side of all numbers *beside*."""
    least = decimals(like)
    for digits in range(least, _MOST_DIGITS + 1):
        rounded = round(share, digits)
        if all((rounded < other) == (share < other) and (rounded > other) == (share > other) for other in beside):
            break
    text = f"{float(rounded):.{digits}f}"
    return text.replace(".", ",") if re.search(r"\d,\d", like) else text
