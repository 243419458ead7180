"""``${name}`` in texts: found, and filled in once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from pytest_readiness.errors import OptionError
from pytest_readiness.options._types import Captured, FromVariable

#: ``$$``, a whole reference (what stands between the braces), or a brace that is never closed.
TOKEN = re.compile(r"\$(?:(\$)|\{([^{}]*)\}|(\{))")
#: A variable; or a service or gate and what it has, which may be of a family (``login.header:location``).
_NAME = re.compile(
    r"(?:[A-Za-z_][A-Za-z0-9_-]*|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+(?::[A-Za-z0-9][A-Za-z0-9_.-]*)?)(?::-.*)?",
    re.DOTALL,
)

_WHOLE = re.compile(r"\$\{([^{}]*)\}")


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


def named(value: object) -> set[str]:
    """Return the names of all references in the texts of *value*, which may be nested."""
    if isinstance(value, str):
        return {inside.partition(":-")[0] for inside in references(value)} if "$" in value else set()
    if isinstance(value, Mapping):
        return set().union(*map(named, value.values()))
    return set().union(*map(named, value)) if isinstance(value, list | tuple) else set()


def _advice(text: str, match: re.Match[str]) -> str:
    if match[3] and "}" in text[match.end() :]:
        return "a default cannot hold another ${...} or a brace: give it a name under 'vars'"
    what = "'${' is never closed" if match[3] else f"${{{match[2]}}} is not the name of a variable"
    return f"{what}: write ${{NAME}} or ${{NAME:-default}}, and $${{ for the characters themselves"


def substitute(text: str, values: Mapping[str, object]) -> str:
    """
    Return *text* with the *values* of its references put in; ``OptionError`` where one has none.

    A text that is one reference becomes what the value is: a number or a list stays one.
    """

    def look_up(name: str) -> str:
        if values.get(name) is None:
            raise OptionError(f"${{{name}}} has no value")
        if isinstance(values[name], list | tuple) and not whole:
            raise OptionError(f"${{{name}}} is a list: it cannot be put into a text")
        return Captured.of(values[name])

    whole = _WHOLE.fullmatch(text)
    filled = fill(text, look_up)
    value = values.get(whole[1]) if whole else None
    return filled if value is None or isinstance(value, str) else Captured.of(value)
