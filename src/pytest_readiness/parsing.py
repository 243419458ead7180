"""Parsing Python in several threads at once, which Python 3.11 gets wrong now and then."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: Each try fails only if another thread starts or ends a tree of its own in the middle of it.
_TRIES = 20
_MISCOUNTED = "recursion depth mismatch"


def insist(parse: Callable[[], T]) -> T:
    """
    Return what *parse* returns, calling it again where Python lost count.

    Up to 3.11 all threads count the depth of their trees together (https://github.com/python/cpython/issues/106905),
    so that ``ast.parse`` raises ``SystemError`` for code that is all right.
    """
    for _ in range(_TRIES - 1):
        try:
            return parse()
        except SystemError as error:
            if _MISCOUNTED not in str(error):
                raise
    return parse()
