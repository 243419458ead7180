"""Plain data that remembers where each key and value stands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

#: A place as one number: file, line (24 bits) and column (24); no file is that large. Sorts as a reader reads.
Place = int

#: How many problems of one file are looked for.
MOST_PROBLEMS = 1000

#: How many bits a line or a column takes in a place, and how many the place of a value takes beside its key's.
LINE_BITS, PLACE_BITS = 24, 64
_MASK = (1 << LINE_BITS) - 1
#: Lines and columns count from 1.
_FIRST = (1 << LINE_BITS) + 1


class Map(dict[str, object]):
    """A mapping; ``at`` holds the places of key and value, packed in one number, in the order of the keys."""

    __slots__ = ("_index", "at")

    def __init__(self) -> None:
        self.at: list[int] = []
        self._index: dict[str, int] = {}

    def _at(self, key: str) -> int | None:
        """Return the index of *key* among the keys; looked up for problems only, so it is worked out late."""
        if len(self._index) < len(self):
            start = len(self._index)
            self._index.update((known, start + i) for i, known in enumerate(islice(self, start, None)))
        return self._index.get(key)

    def place(self, key: str, *, of_key: bool = False) -> Place | None:
        """Return where *key*, or the value under it, stands; None if it is not there."""
        index = self._at(key)
        if index is None:
            return None
        return self.at[index] >> PLACE_BITS if of_key else self.at[index] & ((1 << PLACE_BITS) - 1)

    def put(self, key: str, value: object, at: int) -> None:
        """Set *key* to *value*, with its packed places."""
        index = self._at(key) if key in self else None
        if index is None:
            self.at.append(at)
        else:
            self.at[index] = at
        self[key] = value

    def entries(self) -> Iterator[tuple[str, object, int]]:
        """Yield each key with its value and packed places."""
        return zip(self.keys(), self.values(), self.at, strict=True)

    def copy(self) -> Map:
        """Return a mapping of its own with the same values; the places are shared."""
        made = Map()
        made.update(self)
        made.at = self.at  # the keys are the same, and stay so
        return made


class Seq(list[object]):
    """A list; ``at`` holds the place of each item."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at: list[Place] = []


class Refused(str):
    """A value that has been reported already: whatever else is wrong with it is not worth a line."""

    __slots__ = ()


def place_of(file: int, line: int, column: int) -> Place:
    """Return the place at *line* and *column*, counted from 0."""
    return (file << 2 * LINE_BITS) + (line << LINE_BITS) + column + _FIRST


def unpack(place: Place) -> tuple[int, int, int]:
    """Return file, line and column (counted from 1) of *place*."""
    return place >> 2 * LINE_BITS, place >> LINE_BITS & _MASK, place & _MASK
