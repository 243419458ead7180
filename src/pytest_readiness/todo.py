"""``TODO``: what is still to be filled in, in a spec or in a part of one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

TODO = "TODO"

Path = tuple[str | int, ...]

#: ``TODO``, ``TODO: which folder``, and what a variable that is one becomes in an address: ``TODO/health``.
_TODO = re.compile(r"TODO(?:$|/.*|: *(.*))", re.DOTALL)


def find(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the way to each text in *value* that is to be filled in, and what it says is wanted."""
    if isinstance(value, str):
        if value.startswith(TODO) and (match := _TODO.fullmatch(value)):
            yield path, (match[1] or "").strip()
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from find(below, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, below in enumerate(value):
            yield from find(below, (*path, index))


def concerns(problem: Path, todo: Collection[Path]) -> bool:
    """Tell whether a problem at *problem* may be about nothing but what is still to be filled in at one of *todo*."""
    return any(path[: len(problem)] == problem or problem[: len(path)] == path for path in todo)
