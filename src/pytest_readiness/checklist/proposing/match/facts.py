"""
What an item says exactly: its paths, addresses, variables, names, and its numbers with units and comparisons.

Features tell that something is there; facts take it out of the text, for those who fill in options. Each kind
of fact is looked for only when it is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pytest_readiness.checklist.proposing.match import features

Op = Literal["", ">=", ">", "<=", "<", "~"]

_WORDS_BEFORE: dict[str, Op] = {
    "under": "<", "below": "<", "less than": "<", "fewer than": "<", "within": "<=", "at most": "<=", "up to": "<=",
    "max": "<=", "maximum": "<=", "no more than": "<=", "not exceed": "<=", "over": ">", "above": ">",
    "more than": ">", "greater than": ">", "exceeds": ">", "at least": ">=", "minimum": ">=", "min": ">=",
    "no less than": ">=", "about": "~", "around": "~", "approximately": "~", "approx.": "~",
}  # fmt: skip
_SIGNS: dict[str, Op] = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "~": "~", "≈": "~", "±": "~"}
_UNITS = {
    "%": "%", "percent": "%", "ms": "ms", "millisecond": "ms", "milliseconds": "ms", "s": "s", "sec": "s", "secs": "s",
    "second": "s", "seconds": "s", "min": "min", "mins": "min", "minute": "min", "minutes": "min", "h": "h", "hr": "h",
    "hrs": "h", "hour": "h", "hours": "h", "d": "d", "day": "d", "days": "d", "week": "week", "weeks": "week",
    "month": "month", "months": "month", "kb": "kB", "mb": "MB", "gb": "GB", "tb": "TB", "kib": "KiB", "mib": "MiB",
    "gib": "GiB", "bytes": "B", "rps": "/s", "qps": "/s", "tps": "/s", "req/s": "/s", "req/sec": "/s",
    "requests/s": "/s", "requests/sec": "/s", "requests/second": "/s", "requests per second": "/s", "rpm": "/min",
    "req/min": "/min", "requests/min": "/min", "requests/minute": "/min", "requests per minute": "/min",
    "lines": "lines", "loc": "lines", "line": "lines", "x": "x", "times": "x", "k": "k",
}  # fmt: skip
_LONGER = {"week": (7, "d"), "month": (30, "d"), "k": (1000, "")}
#: A number, from its first digit on: what stands before it is looked at where there is one.
_NUMBER = re.compile(
    r"(?<![\w.#/-])(?P<low>\d[\d,]*(?:\.\d+)?)(?:\s?(?:-|\u2013|to)\s?(?P<high>\d[\d,]*(?:\.\d+)?))?"
    r"(?P<plus>\+)?\s*(?P<unit>" + "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True)) + r")?(?P<plus2>\+)?"
    r"(?![\w/]*[A-Za-z_]\w*\.\w)(?!\w)",
    re.IGNORECASE,
)
_COMPARING = tuple(sorted(_WORDS_BEFORE, key=len, reverse=True))
#: How far before a number a word may begin that compares it.
_REACH = 18
#: How much of what follows a number is kept, to tell what it counts.
_AFTER = 44
#: What is before numbers that only name something, and what those are that are dates or versions.
_NAMING = tuple(
    f"{word}{plural}"
    for word in ("line", "step", "phase", "week", "day", "month", "quarter", "sprint", "section", "version")
    for plural in ("", "s")
)
_DATE = re.compile(r"\d{4}-\d{2}(?!\d)|\d+\.\d+\.\d")
_DIGIT = re.compile(r"\d")
_RATIO = re.compile(r"(?<![\d/.-])(\d[\d,]*)\s?/\s?(\d[\d,]*)(?![\d/.-])")
_METHOD = r"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)"
_ENDPOINT = re.compile(
    rf"(?:\b(?P<method>{_METHOD})\b[:\s]\s*)?[`'\"(]?(?P<path>(?<![\w./~*:{{}}-])/(?!/)[\w{{}}<>:$.*\[\]-]+(?:/[\w{{}}<>:$.*\[\]-]*)*(?:\?[\w=&%.,{{}}$-]*)?)"
)
_URL = re.compile(r"[a-z][a-z0-9+]*://[^\s`'\"<>|]+")
_ENV = re.compile(
    r"\$?\{?\b(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?P<star>_?\*)?\}?(?:\s?=\s?(?P<value>[^\s`,;)#]+))?"
)
_CALL = re.compile(r"\b([A-Za-z_][\w.]*)\(([^()]*)\)")
_QUOTED = re.compile(r"`([^`]+)`")
_MODULE = re.compile(r"\b[a-z_]\w+(?:\.[a-z_]\w+)+\b")
_NAME = re.compile(r"\b[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+\b")
_REQUIREMENT = re.compile(r"\b([A-Za-z][A-Za-z0-9_.-]*(?:\[[\w,]+\])?)\s*(==|>=|~=|<=|>|<)\s*(\d[\w.]*)")
_STATUS = re.compile(r"(?<![\d.,$#/-])(?:HTTP )?([1-5]\d\d)(?![\d.,]*\d|[\w%+]|\s?(?:ms|lines|MB|RPS|users|req))")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
#: Statuses of HTTP that documents name.
KNOWN_STATUS = frozenset(
    {200, 201, 202, 204, *range(301, 305), 307, 308, *range(400, 406), 409, 410, 413, 415, 422, 429, *range(500, 505)}
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a text has it: ``op`` is how it is compared, empty if the text does not say."""

    low: float
    unit: str
    op: Op
    high: float | None = None
    after: str = ""

    def condition(self, op: Op = ">=", unit: str | None = None) -> str | int:
        """Return it as a condition; *op* is what is meant where the text does not say, *unit* what is there instead."""
        symbol = self.unit if unit is None else unit
        times, symbol = _LONGER.get(symbol, (1, symbol))
        end = f" {symbol}" if symbol and symbol not in {"lines", "x"} else ""
        low = _plain(self.low * times)
        if self.high is not None:
            return f"{low}..{_plain(self.high * times)}{end}"
        sign = self.op or op
        if sign == "~":
            return f"{low}{end} ± 10%"
        if sign:
            return f"{sign} {low}{end}"
        return f"{low}{end}" if end else int(self.low * times)


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


class Facts:
    """The facts of one text."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def quoted(self) -> list[str]:
        """What stands between backticks."""
        if "`" not in self.text:
            return []
        return [text.strip() for text in _QUOTED.findall(self.text)]

    @cached_property
    def paths(self) -> list[str]:
        """Paths of files and folders, links to files included."""
        text, found = self.text, []
        if "](" in text:
            found = [link.split("#")[0] for link in _LINK.findall(text) if "://" not in link]
            text = _LINK.sub(" ", text)
        found += [bare for part in text.split() if (bare := _bare(part)) and "<path>" in features.piece(bare)[0]]
        return list(dict.fromkeys(path for path in found if path))

    @cached_property
    def files(self) -> list[str]:
        """Those of the paths that are not folders."""
        return [path for path in self.paths if not path.endswith("/")]

    def ending(self, *ends: str) -> list[str]:
        """Return the paths with one of the *ends*."""
        return [path for path in self.paths if path.lower().endswith(ends)]

    @cached_property
    def urls(self) -> list[str]:
        """Addresses, with their schemes."""
        if "://" not in self.text:
            return []
        return [url.rstrip(".,;:)`'\"") for url in _URL.findall(self.text)]

    @cached_property
    def endpoints(self) -> list[tuple[str, str]]:
        """Methods, empty where unsaid, and paths of web endpoints."""
        if "/" not in self.text:
            return []
        text = _URL.sub(" ", self.text) if "://" in self.text else self.text
        found = [(match["method"] or "", match["path"].rstrip(".,;:)`'\"")) for match in _ENDPOINT.finditer(text)]
        return [(method, path) for method, path in found if len(path) > 1 and "<path>" not in features.piece(path)[0]]

    @cached_property
    def variables(self) -> dict[str, str]:
        """Environment variables with the values that the text gives them, empty where it gives none."""
        if "_" not in self.text:
            return {}
        return {match["name"] + (match["star"] or ""): match["value"] or "" for match in _ENV.finditer(self.text)}

    @cached_property
    def calls(self) -> list[str]:
        """Names of functions and methods that are written as calls."""
        if "(" not in self.text:
            return []
        return [name for name, _ in _CALL.findall(self.text)]

    @cached_property
    def modules(self) -> list[str]:
        """Dotted names in lower case that are no files."""
        names = _MODULE.findall(_URL.sub(" ", self.text))
        return [name for name in dict.fromkeys(names) if "<module>" in features.piece(name)[0]]

    @cached_property
    def names(self) -> list[str]:
        """Names in CamelCase."""
        return list(dict.fromkeys(_NAME.findall(self.text)))

    @cached_property
    def requirements(self) -> list[str]:
        """Packages with the versions that they must have."""
        return ["".join(found) for found in _REQUIREMENT.findall(self.text)]

    @cached_property
    def ratio(self) -> tuple[int, int] | None:
        """Two numbers as in 56/56."""
        if "/" not in self.text:
            return None
        match = _RATIO.search(self.text)
        return (int(match[1].replace(",", "")), int(match[2].replace(",", ""))) if match else None

    @cached_property
    def status(self) -> list[int]:
        """Statuses of HTTP."""
        if not _DIGIT.search(self.text):
            return []
        return [int(code) for code in _STATUS.findall(self.text) if int(code) in KNOWN_STATUS]

    @cached_property
    def quantities(self) -> list[Quantity]:
        """All numbers, but those in dates, versions and names."""
        text = self.text
        if not _DIGIT.search(text):
            return []
        found = (_quantity(match, text) for match in _NUMBER.finditer(text) if not _DATE.match(text, match.start()))
        return [one for one in found if one is not None]

    def first(self, *units: str) -> Quantity | None:
        """Return the first number in one of *units*."""
        return next((quantity for quantity in self.quantities if quantity.unit in units), None)

    def counted(self, *nouns: str) -> Quantity | None:
        """Return the first number without a unit that is followed by one of the *nouns*."""
        return next(
            (one for one in self.quantities if not one.unit and any(one.after.startswith(noun) for noun in nouns)), None
        )


def _bare(part: str) -> str:
    return part.strip("\"'`,;()<>|!?").rstrip(".:*_]").lstrip("[")


def _quantity(match: re.Match[str], text: str) -> Quantity | None:
    """Return the number that was found in *text* with all that is said of it, None if it only names something."""
    before = text[max(0, match.start() - _REACH) : match.start()].rstrip().lower()
    if before.endswith(_NAMING):
        return None
    sign = next((before[-length:] for length in (2, 1) if before[-length:] in _SIGNS), "")
    before = before.removesuffix(sign).rstrip()
    word = next((word for word in _COMPARING if before.endswith(word)), "") if before.endswith(_COMPARING) else ""
    op: Op = _SIGNS.get(sign) or _WORDS_BEFORE.get(word, "")
    if match["plus"] or match["plus2"]:
        op = op or ">="
    high = match["high"]
    return Quantity(
        low=float(match["low"].replace(",", "")),
        unit=_UNITS.get((match["unit"] or "").lower(), ""),
        op=op,
        high=None if high is None else float(high.replace(",", "")),
        after=text[match.end() : match.end() + _AFTER].strip(" *_`").lower(),
    )
