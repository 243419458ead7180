"""
What is written in an item, besides words: a path, a variable, a number with its unit, a comparison with zero.

Features are named in angle brackets and stand beside the words in rules: ``<py>`` is the path of a Python file,
``<percent>`` a share. They are told from one piece of text at a time, between blanks, and each piece is looked
at once; what they say exactly is left to ``facts``, which is asked for the items that need it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pytest_readiness.checklist.proposing.match.compounds import PAIRS, joined, together
from pytest_readiness.checklist.proposing.match.data import load, words
from pytest_readiness.checklist.proposing.match.paths import BRANDS, features_of
from pytest_readiness.checklist.proposing.match.words import parts, stem

#: Well-known packages, so that a bare list of names can be told for what it is.
LIBRARIES = words("libraries")
_URL = re.compile(r"([a-z][a-z0-9]*)(?:\+[a-z0-9]+)?://\S")
_ENDPOINT = re.compile(
    r"(?:(?:GET|POST|PUT|PATCH|DELETE|HEAD):?)?/(?!/)[\w{}<>:$.*\[\]-]+(?:/[\w{}<>:$.*\[\]-]*)*(?:\?\S*)?"
)
_ENV = re.compile(r"\$?\{?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:_?\*)?\}?(?:=\S*)?")
_CALL = re.compile(r"[A-Za-z_][\w.]*\([^()]*\)?")
_MODULE = re.compile(r"[a-z_]\w+(?:\.[a-z_]\w+)+")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_REQUIREMENT = re.compile(r"[A-Za-z][\w.-]*(?:\[[\w,]+\])?(?:==|>=|~=|<=)\d[\w.*]*|(?:==|>=|~=|\^)\d[\w.*]*")
_RATIO = re.compile(r"\d[\d,]*/\d[\d,]*")
_NUMBER = re.compile(r"[<>≤≥=~≈±+$]*\d[\d,]*(?:\.\d+)?(?:[-\u2013]\d[\d,]*(?:\.\d+)?)?[+]?([a-zA-Zµ%/]*)[+]?")
_VERSION = re.compile(r"v?\d+(?:\.\d+){1,3}\+?|v\d+")
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_COMMIT = re.compile(r"(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,40}")
_NAME = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+")
_UNITS = {unit: f"<{kind}>" for kind, units in load("vocabulary.yaml")["units"].items() for unit in units.split()} | {
    "": "<count>",
    "+": "<count>",
}
#: Units that stand as a word of their own after a number, by their stems.
_UNIT_STEMS = {
    stem(word): f"<{kind}>" for kind, units in load("vocabulary.yaml")["unit_words"].items() for word in units.split()
}
_QUOTES = "\"'`\u201c\u201d\u2018\u2019|!:,;*_"
_LEFT, _RIGHT = f"{_QUOTES}([", f"{_QUOTES}?.)]"


_DOCUMENT = stem("document")
#: What is written before the path of a file that an item is about: "File: ``shop/cart.py``".
_LABELS = words("labels")
_NOTHING: frozenset[str] = frozenset()


@lru_cache(maxsize=65536)
def piece(text: str) -> tuple[frozenset[str], str]:
    """Return the stems and features of a text without blanks; and itself if a plain word, ( if that began it."""
    found: set[str] = set()
    if text.startswith("`") and len(text) > 2:  # noqa: PLR2004 - two signs and something between
        found.add("<quoted>")
    bare = text.lstrip(_LEFT).rstrip(_RIGHT)
    if not bare:
        return frozenset(found), ""
    features = _features(bare, quoted="<quoted>" in found)
    found |= features
    if features.isdisjoint(_NAMES):
        spelt = joined(word.lower() for word in parts(bare))
        found |= {stem(word) for word in spelt if bare == "0" or not word.isdigit()}
    word = bare.lower() if bare.isalpha() else "(" if text.startswith("(") or bare in _SURE_STATUSES else ""
    return frozenset(found), word


_MONTHS = words("months")
#: Statuses of HTTP, and those of them that are hardly ever a count: the others need a word before them.
_STATUSES = words("statuses")
_SURE_STATUSES = words("sure_statuses")
_ANSWERS = words("answers")
_CODE = frozenset({"<httpcode>"})
#: What names something: the words in a name say nothing of what is asked.
_NAMES = frozenset({"<path>", "<url>", "<address>", "<endpoint>", "<env>", "<glob>", "<module>", "<identifier>"})


def _features(bare: str, *, quoted: bool) -> set[str]:
    """Return the features of a piece, without what stands around it."""
    address = _URL.match(bare)
    if address:
        scheme = address[1]
        return {"<url>"} if scheme.startswith("http") else {"<address>", stem(scheme)}
    found = _listed(bare) or features_of(bare, quoted=quoted)
    if found or bare.lower() in BRANDS:
        return found
    for pattern, names in _SIMPLE:
        if pattern.fullmatch(bare):
            return set(names)
    number = _NUMBER.fullmatch(bare)
    return _number(number[1].lower(), bare) if number else set()


def _listed(bare: str) -> set[str]:
    """Return the features of a piece that is one of those that are listed, or a date, or two numbers."""
    lower = bare.lower().rstrip(":")
    if lower in LIBRARIES:
        return {"<library>"}
    if bare in _STATUSES:
        return {"<number>", "<count>", "<httpcode>"}
    if _RATIO.fullmatch(bare):
        return {"<ratio>"}
    return {"<date>"} if lower in _MONTHS or _DATE.fullmatch(bare) else set()


def _number(unit: str, bare: str) -> set[str]:
    feature = _UNITS.get(unit)
    if feature is None:
        return set()
    found = {"<number>", feature}
    if bare[0] in "<>≤≥" or bare.endswith("+"):
        found.add("<bound>")
    return found


_SIMPLE = (
    (_ENDPOINT, ("<endpoint>",)),
    (_ENV, ("<env>",)),
    (_CALL, ("<call>",)),
    (_REQUIREMENT, ("<requirement>",)),
    (_VERSION, ("<version>", "<number>")),
    (_MODULE, ("<module>",)),
    (_IDENTIFIER, ("<identifier>",)),
    (_NAME, ("<name>",)),
    (_COMMIT, ("<commit>",)),
)

#: A query in PromQL, in backticks: its words are names of metrics.
_PROMQL = re.compile(
    r"`(?:[^`]*\b(?:rate|irate|increase|histogram_quantile|avg_over_time|sum by|sum|count|absent|max_over_time)"
    r"\s?\([^`]*|"
    r"[a-z]+_[a-z_:]+(?:\{[^`]*\})?\s?(?:==|>=|<=|>|<)\s?[\d.]+\s?)`"
)
#: A setting as a configuration has it, in backticks.
_SETTING = re.compile(r"`[a-z][\w.-]*\s?[=:]\s?[^`\s/=][^`]*`")


def look(text: str) -> set[str]:
    """Return the stems and the features of *text*."""
    found: set[str] = set()
    text = _without_code(text, found)
    before, last, counted, first, label = "", _NOTHING, False, True, False
    for part in text.split():
        seen, word = piece(part)
        name = together(before, word) if before in PAIRS else ""
        if name:
            found -= last
            seen, word = (frozenset((name,)) if " " not in name else seen), name
        elif first:
            found |= _beginning(seen)
            first = not seen
        if label and "<path>" in seen:
            found.add("<labelled>")
        label = word in _LABELS and ":" in part
        if "<httpcode>" in seen and word != "(" and before not in _ANSWERS:
            seen -= _CODE
        found |= seen
        if counted:
            found.update(_UNIT_STEMS[unit] for unit in seen if unit in _UNIT_STEMS)
        counted = "<count>" in seen
        before, last = word, seen
    return found


def _without_code(text: str, found: set[str]) -> str:
    """Return *text* with its links opened and without the names in its queries; note both in *found*."""
    if "](" in text:
        text = text.replace("](", " ")
        found.add("<link>")
    if "`" in text:
        if _SETTING.search(text):
            found.add("<setting>")
        text, count = _PROMQL.subn(" ", text)
        if count:
            found.add("<promql>")
    return text


#: What a feature is called where the text begins with it.
_FIRST = (
    ("<path>", "<first>"),
    ("<env>", "<firstenv>"),
    ("<call>", "<firstcall>"),
    ("<identifier>", "<firstname>"),
    ("<commit>", "<firstcommit>"),
    (_DOCUMENT, "<begins>"),
)


def _beginning(seen: frozenset[str]) -> set[str]:
    """Return what the first piece of a text says by being first."""
    return {name for sign, name in _FIRST if sign in seen}
