"""Whether one JSON value has another in it: everything that is shown is there, and there may be more."""

from __future__ import annotations

import json
from collections.abc import Iterator

#: Stands for "and so on": any value; any number of items of a list; the rest of a text.
MORE = "..."

_ALSO_MORE = "…"
_LONGEST = 60
_PLAIN_KEY = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"


def mismatches(found: object, wanted: object, path: str = "$") -> Iterator[str]:
    """
    Yield a line for each part of *wanted* that *found* does not have, with the path to it.

    A mapping may have more keys than are wanted. A list has just the wanted items, unless ``...``
    is one of them: then those beside it have to be there in their order. ``...`` as a value is
    any value, and at the end of a text any rest of it. Both are JSON as Python's ``json`` reads it.
    """
    if isinstance(wanted, dict):
        yield from _mapping(found, wanted, path)
    elif isinstance(wanted, list | tuple):
        yield from _items(found, list(wanted), path)
    elif not _equal(found, wanted):
        yield f"{path}: is {shown(found)}, expected {shown(wanted)}"


def _mapping(found: object, wanted: dict[str, object], path: str) -> Iterator[str]:
    if not isinstance(found, dict):
        yield f"{path}: is {shown(found)}, expected an object"
    elif not wanted and found:
        yield f"{path}: is {shown(found)}, expected an empty object (write {{...}} for any)"
    else:
        for key, value in wanted.items():
            if _is_more(key):
                continue
            if key in found:
                yield from mismatches(found[key], value, _below(path, key))
            else:
                yield f"{_below(path, key)}: is missing"


def _items(found: object, wanted: list[object], path: str) -> Iterator[str]:
    if not isinstance(found, list):
        yield f"{path}: is {shown(found)}, expected a list"
    elif any(map(_is_more, wanted)):
        yield from _some(found, [item for item in wanted if not _is_more(item)], path)
    elif len(found) != len(wanted):
        more = " (write ... where more may follow)" if len(found) > len(wanted) else ""
        yield f"{path}: has {len(found)} items, expected {len(wanted)}{more}"
    else:
        for number, (item, value) in enumerate(zip(found, wanted, strict=True)):
            yield from mismatches(item, value, f"{path}[{number}]")


def _some(found: list[object], wanted: list[object], path: str) -> Iterator[str]:
    """Yield a line for each wanted item that is not among those that follow the one before."""
    left = iter(found)
    for number, value in enumerate(wanted):
        if not any(next(mismatches(item, value), None) is None for item in left):
            yield f"{path}: none of its {len(found)} items is {shown(value)}" + (" in this order" if number else "")
            return


def _equal(found: object, wanted: object) -> bool:
    if isinstance(wanted, str):
        if _is_more(wanted):
            return True
        if isinstance(found, str) and wanted.endswith((MORE, _ALSO_MORE)):
            return found.startswith(wanted.removesuffix(MORE).removesuffix(_ALSO_MORE))
        return isinstance(found, str) and found == wanted
    if isinstance(wanted, bool) or isinstance(found, bool) or wanted is None:
        return found is wanted
    return isinstance(found, int | float) and found == wanted


def _is_more(value: object) -> bool:
    return isinstance(value, str) and value in {MORE, _ALSO_MORE}


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if key and not key.strip(_PLAIN_KEY) else f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def shown(value: object) -> str:
    """Return *value* as JSON in one line, cut."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
