"""``${name}`` in texts: found, and filled in once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from pytest_readiness.errors import OptionError
from pytest_readiness.options._types import FromVariable

#: ``$$``, a whole reference (what stands between the braces), or a brace that is never closed.
TOKEN = re.compile(r"\$(?:(\$)|\{([^{}]*)\}|(\{))")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*(?::-.*)?", re.DOTALL)


def references(text: str) -> Iterator[str]:
    """Yield what stands between the braces of each ``${...}`` in *text*, in order."""
    for match in TOKEN.finditer(text):
        if match[2] is not None:
            yield match[2]


def fill(text: str, look_up: Callable[[str], str], dollar: str = "$") -> str:
    """
    Return *text* with each ``${inside}`` replaced by ``look_up(inside)`` and each ``$$`` by *dollar*.

    What was put in is not looked at again. Raises ``OptionError`` for a reference that is not one.
    """
    used = False

    def replace(match: re.Match[str]) -> str:
        nonlocal used
        if match[1]:
            return dollar
        if match[3] or not _NAME.fullmatch(match[2]):
            raise OptionError(_advice(text, match))
        used = True
        return look_up(match[2])

    filled = TOKEN.sub(replace, text)
    return FromVariable(filled) if used or isinstance(text, FromVariable) else filled


def _advice(text: str, match: re.Match[str]) -> str:
    if match[3] and "}" in text[match.end() :]:
        return "a default cannot hold another ${...} or a brace: give it a name under 'vars'"
    what = "'${' is never closed" if match[3] else f"${{{match[2]}}} is not the name of a variable"
    return f"{what}: write ${{NAME}} or ${{NAME:-default}}, and $${{ for the characters themselves"


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Return *text* with the *values* of its references put in; ``OptionError`` where one has none."""

    def look_up(name: str) -> str:
        if name not in values:
            raise OptionError(f"${{{name}}} has no value")
        return values[name]

    return fill(text, look_up)
