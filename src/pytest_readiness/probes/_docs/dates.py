"""Dates that documents state of themselves, in the ways in which people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        r"(?<!\d)(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})(?!\d)",
        rf"\b(?P<month>{_MONTH})\.? {_DAY},? (?P<year>\d{{4}})\b",
        rf"\b{_DAY}\.? (?:of )?(?P<month>{_MONTH})\.?,? (?P<year>\d{{4}})\b",
    )
)
#: Where it is tomorrow already, it is so by at most as much.
_AHEAD = timedelta(hours=14)


def find(text: str) -> date | None:
    """
    Return the first date in *text*: ``2025-10-06``, ``October 6, 2025`` or ``6 October 2025``; None if there is none.

    Digits with slashes or dots mean different days to different readers, and are no date. Raises ``ValueError`` for
    a day that the calendar does not have.
    """
    plain = " ".join(text.split())
    hits = [match for form in _FORMS if (match := form.search(plain))]
    if not hits:
        return None
    first = min(hits, key=lambda match: match.start()).groupdict()
    month = int(first["number"]) if first.get("number") else _MONTHS.index(first["month"][:3].lower()) + 1
    return date(int(first["year"]), month, int(first["day"]))


def age(day: date, now: datetime) -> float:
    """Return the seconds from the beginning of *day*, in UTC, to *now*; ``ValueError`` if that is in the future."""
    since = now - datetime(day.year, day.month, day.day, tzinfo=UTC)
    if since < -_AHEAD:
        raise ValueError(f"{day} is in the future")
    return max(0.0, since.total_seconds())
