"""
Plain scalars, by the core schema of YAML 1.2.

What YAML 1.1 would have read differently is refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pytest_readiness.options import Unusual

_WORDS: Mapping[str, object] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_GUESSED = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_NUMBERS = frozenset("0123456789+-.")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_UNUSUAL = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DOUBTS = (
    (re.compile(r"[-+]?0[0-9_]+"), "may be read as an octal number"),
    (re.compile(r"[-+]?0b[01_]+"), "may be read as a binary number"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "may be read as a number of base 60"),
    (re.compile(r"[-+]?(?:0x)?[0-9.][0-9a-fA-F_.]*_[0-9a-fA-F_.]*"), "may be read as a number with the '_' left out"),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"), "is a number that nothing can be compared with"),
)
_LONGEST_NUMBER = 300


class DoubtError(Exception):
    """A plain scalar that YAML readers disagree about; the message is the advice."""


def scalar(text: str) -> object:
    """Return what the plain scalar *text* means; raises ``DoubtError`` if readers would disagree."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMBERS:
        return _number(text)
    if len(text) <= 3 and text.lower() in _GUESSED:  # noqa: PLR2004 - the longest of them
        meant = _GUESSED[text.lower()]
        raise DoubtError(f"{text!r} may be read as {meant}: write {meant}, or put it in quotes if the word is meant")
    return text


def _number(text: str) -> object:
    if len(text) > _LONGEST_NUMBER and _FLOAT.fullmatch(text):
        raise DoubtError("this number is too long: put it in quotes if the text is meant")
    if _WHOLE.fullmatch(text):
        return int(text) if text != "-0" else Unusual(0)
    for pattern, doubt in _DOUBTS:
        if pattern.fullmatch(text):
            raise DoubtError(f"{text!r} {doubt}: put it in quotes if the text is meant")
    if _UNUSUAL.fullmatch(text):
        return Unusual(int(text, 0))
    if _FLOAT.fullmatch(text):
        number = float(text)
        if number in {float("inf"), float("-inf")}:
            raise DoubtError(f"{text!r} is too large a number")
        return number
    return text
