"""The files of a spec: read within bounds, and the files they include."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.spec._places import Map, Place, Seq, place_of
from pytest_readiness.spec._problems import Problems
from pytest_readiness.spec._yaml import read

#: How large all files of a spec may be together, in bytes, and how many there may be.
LARGEST, MOST_FILES = 10 * 1024 * 1024, 200


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a spec: ``number`` is its number in places."""

    number: int
    label: str
    path: Path
    data: Map

    @property
    def start(self) -> Place:
        """Where the file begins."""
        return place_of(self.number, 0, 0)


class Files:
    """Reads a spec and what it includes; ``sources`` are in the order in which their gates come."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.sources: list[Source] = []
        self.sums: list[str] = []
        self.size = 0
        #: The numbers of the files that were read, and of those each one includes, however far down.
        self.numbers: dict[Path, int] = {}
        self.reach: dict[int, set[int]] = {}

    def load(self, path: Path, label: str, *, chain: tuple[Path, ...] = ()) -> Source | None:
        """
        Read the file at *path*, after everything it includes; None if nothing can be done with it.

        *label* is its name in problems, *chain* are the files that led here.
        """
        number = len(self.problems.files)
        self.problems.files.append(label)
        self.reach[number] = set()
        if "\0" in str(path):
            self.problems.add(place_of(number, 0, 0), "", "this cannot be the name of a file")
            return None
        real = Path(os.path.realpath(path))
        self.numbers[real] = number
        text = self._text(path, place_of(number, 0, 0))
        if text is None:
            return None
        data = read(text, number, lambda place, message: self.problems.add(place, "", message))
        source = self._source(data, number, label, path)
        if source is not None:
            self._includes(source, (*chain, real))
            self.sources.append(source)
        return source

    @property
    def sha256(self) -> str:
        """The SHA-256 of the one file; of several, that of the list of theirs, in the order of reading."""
        return self.sums[0] if len(self.sums) == 1 else hashlib.sha256("".join(self.sums).encode()).hexdigest()

    def _source(self, data: object, number: int, label: str, path: Path) -> Source | None:
        if isinstance(data, Map):
            return Source(number, label, path, data)
        start = place_of(number, 0, 0)
        if not self.problems:
            empty = "the file is empty" if data is None else "this is no mapping"
            self.problems.add(start, "", f"{empty}: a spec begins with 'version: 1' and has 'gates:'")
        return None

    def _text(self, path: Path, start: Place) -> str | None:
        try:
            known = path.stat()
            if not stat.S_ISREG(known.st_mode):
                self.problems.add(start, "", "this is not a file")
                return None
            raw = _bytes(path, known.st_size, LARGEST - self.size + 1)
        except OSError as error:
            self.problems.add(start, "", f"cannot be read: {error.strerror or error}")
            return None
        self.size += len(raw)
        if self.size > LARGEST:
            self.problems.add(start, "", f"larger than {LARGEST // 1024 // 1024} MiB, all included files counted")
            return None
        self.sums.append(hashlib.sha256(raw).hexdigest())
        return self._decoded(raw, start)

    def _decoded(self, raw: bytes, start: Place) -> str | None:
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # utf-8-sig counts from behind the mark
            at = error.start + (3 if raw.startswith(b"\xef\xbb\xbf") else 0)
            line = raw.count(b"\n", 0, at)
            column = len(raw[raw.rfind(b"\n", 0, at) + 1 : at].decode("utf-8").removeprefix("\ufeff"))
            message = f"byte {at + 1} of the file (0x{raw[at]:02X}) is not UTF-8: save the file as UTF-8"
            self.problems.add(start + place_of(0, line, column) - place_of(0, 0, 0), "", message)
            return None

    def _includes(self, source: Source, chain: tuple[Path, ...]) -> None:
        wanted = source.data.get("include")
        if wanted is None:
            return
        place = source.data.place("include") or source.start
        items = list(zip(wanted, wanted.at, strict=True)) if isinstance(wanted, Seq) else [(wanted, place)]
        for index, (item, where) in enumerate(items):
            path = f"include[{index}]"
            if not isinstance(item, str) or not item or "\0" in item:
                self.problems.add(where, path, "expected the path of a file, relative to this one")
            elif "${" in item:
                self.problems.add(where, path, "variables cannot be used here")
            elif Path(item).is_absolute():
                self.problems.add(where, path, "expected a path relative to this file, found an absolute one")
            else:
                self._include(source, str(item), where, path, chain)

    def _include(self, source: Source, item: str, where: Place, path: str, chain: tuple[Path, ...]) -> None:
        target = source.path.parent / item
        real = Path(os.path.realpath(target))
        if real in chain:
            names = [os.path.relpath(step, chain[0].parent) for step in (*chain[chain.index(real) :], real)]
            self.problems.add(where, path, f"files include each other in a circle: {' -> '.join(names)}")
        elif real in self.numbers:  # included by two files: its gates are there once
            self._reaches(source.number, self.numbers[real])
        elif not os.path.isfile(target):  # noqa: PTH113 - Path.is_file raises where a name is too long
            self.problems.add(where, path, f"there is no file {item!r} beside {source.label!r}")
        elif len(self.numbers) >= MOST_FILES:
            self.problems.add(where, path, f"more than {MOST_FILES} files are included")
        else:
            number = len(self.problems.files)
            self.load(target, os.path.normpath(Path(source.label).parent / item), chain=chain)
            self._reaches(source.number, number)

    def _reaches(self, number: int, other: int) -> None:
        self.reach[number] |= {other} | self.reach[other]


def _bytes(path: Path, size: int, most: int) -> bytes:
    """Return the first *most* bytes of a file that seems to have *size*, without room for more than there are."""
    with path.open("rb") as file:
        raw = file.read(min(size + 1, most))
        return raw + file.read(most - len(raw)) if size < len(raw) < most else raw
