"""``foreach``: one gate for a list of things, by placeholders such as ``{item}``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar
from urllib.parse import quote

from pytest_readiness.errors import OptionError

#: What one turn has for each placeholder.
Values = Mapping[str, str | int]
#: What ``foreach`` may be: a list for ``{item}``, or a list for each of several names.
Lists = tuple[str | int, ...] | Mapping[str, tuple[str | int, ...]]

T = TypeVar("T")

_MOST = 10_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACES = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def turns(foreach: Lists) -> list[Values]:
    """Return the values of each turn: every combination, where there are several lists. Raises ``OptionError``."""
    lists = foreach if isinstance(foreach, Mapping) else {"item": foreach}
    count = 1
    for name, items in lists.items():
        if not _NAME.fullmatch(name):
            raise OptionError(f"{name!r} is not a name that can stand in braces, such as {{item}}", "foreach")
        if len(set(map(str, items))) < len(items):
            raise OptionError(f"something is there twice under {name}", "foreach")
        count *= len(items)
    if not lists or not count:
        raise OptionError("the list is empty: there is nothing to ask", "foreach")
    if count > _MOST:
        raise OptionError(f"{count} turns are more than {_MOST}", "foreach")
    return [dict(zip(lists, way, strict=True)) for way in itertools.product(*lists.values())]


def check_used(values: Values, *templates: object) -> None:
    """Raise ``OptionError`` where a placeholder stands in none of *templates*."""
    used = {name for template in templates for name in _placeholders(template)}
    for name in values:
        if name not in used:
            raise OptionError(f"{{{name}}} stands nowhere in the request: every turn would ask the same", "foreach")


def filled(template: T, values: Values, *, whole: bool = True) -> T:
    """
    Return *template* with its placeholders replaced, in the texts of lists and mappings too.

    With *whole*, a text that is one placeholder becomes the value itself, be it a number.
    """
    return _filled(template, values, str, whole=whole) if values else template  # type: ignore[return-value]


def filled_url(url: str, values: Values) -> str:
    """Return *url* with its placeholders replaced, percent-encoded."""
    return str(_filled(url, values, lambda value: quote(str(value), safe=""), whole=False)) if values else url


def told(values: Values) -> str:
    """Return *values* as a label has them."""
    return ", ".join(map(str, values.values()))


def _filled(template: object, values: Values, write: Callable[[object], str], *, whole: bool) -> object:
    if isinstance(template, str):
        if whole and template[:1] == "{" and template[1:-1] in values and template[-1:] == "}":
            return values[template[1:-1]]
        return _BRACES.sub(lambda at: write(values[at[1]]) if at[1] in values else at[0], template)
    if isinstance(template, Mapping):
        return {
            _filled(key, values, write, whole=False): _filled(value, values, write, whole=whole)
            for key, value in template.items()
        }
    if isinstance(template, list | tuple):
        return [_filled(item, values, write, whole=whole) for item in template]
    return template


def _placeholders(template: object) -> Iterator[str]:
    if isinstance(template, str):
        yield from _BRACES.findall(template)
    elif isinstance(template, Mapping):
        for key, value in template.items():
            yield from _placeholders(key)
            yield from _placeholders(value)
    elif isinstance(template, list | tuple):
        for item in template:
            yield from _placeholders(item)
