"""JUnit XML, which nearly every test runner writes: read safely, and as it stands."""

from __future__ import annotations

import math
import xml.parsers.expat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pytest_readiness.errors import CannotMeasure

#: A file is read up to this many bytes.
LIMIT = 256 * 1024 * 1024

#: The elements that say how a test ended; without one of them it passed.
MARKS = frozenset({"failure", "error", "skipped"})


@dataclass(frozen=True, slots=True)
class Suite:
    """One ``testsuite``: its attributes, and the number of the suite it is in, None for an outermost one."""

    attributes: Mapping[str, str]
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """
    One ``testcase``: its attributes, the number of its suite, and what is inside of it.

    ``marks`` are the failures, errors and skips with their attributes; ``properties`` are names.
    """

    attributes: Mapping[str, str]
    suite: int | None
    marks: tuple[tuple[str, Mapping[str, str]], ...] = ()
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Junit:
    """A whole file: the attributes of ``testsuites``, if it has that, all suites and all cases, in their order."""

    attributes: Mapping[str, str]
    suites: tuple[Suite, ...]
    cases: tuple[Case, ...]


def read(path: Path) -> Junit:
    """
    Return what the file at *path* says.

    Raises ``CannotMeasure`` for a file that is missing, too large, not JUnit XML or has a
    document type: entities are how such a file would attack its reader.
    """
    try:
        size = path.stat().st_size
        if size > LIMIT:
            raise CannotMeasure(f"{path} has {size} bytes, more than the limit of {LIMIT}")
        reader = _Reader(path.name)
        with path.open("rb") as file:
            reader.read(file)
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be read: {error.strerror}") from None
    except xml.parsers.expat.ExpatError as error:
        raise CannotMeasure(f"{path} is not XML: {error}") from None
    if not reader.suites:
        raise CannotMeasure(f"{path} is not a JUnit XML file: it has no testsuite")
    return Junit(reader.root or {}, tuple(reader.suites), tuple(reader.cases))


def seconds(attributes: Mapping[str, str]) -> float | None:
    """Return the ``time`` of a suite or case, None where it says none that is a number."""
    try:
        found = float(attributes["time"].replace(",", ""))
    except (KeyError, ValueError):
        return None
    return found if math.isfinite(found) else None


@dataclass
class _Reader:
    """Collects suites and cases while expat reads."""

    name: str
    suites: list[Suite] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    root: dict[str, str] | None = None
    _open: list[int] = field(default_factory=list)
    _case: dict[str, str] | None = None
    _marks: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _properties: set[str] = field(default_factory=set)

    def read(self, file: BinaryIO) -> None:
        parser = xml.parsers.expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.ParseFile(file)

    def _doctype(self, *_declaration: object) -> None:
        raise CannotMeasure(f"{self.name} has a document type: it was refused unread")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "testsuites":
            self.root = attributes
        elif tag == "testsuite":
            self.suites.append(Suite(attributes, self._open[-1] if self._open else None))
            self._open.append(len(self.suites) - 1)
        elif tag == "testcase":
            self._case, self._marks, self._properties = attributes, [], set()
        elif self._case is not None and tag in MARKS:
            self._marks.append((tag, attributes))
        elif self._case is not None and tag == "property":
            self._properties.add(attributes.get("name", ""))

    def _end(self, tag: str) -> None:
        if tag == "testsuite":
            self._open.pop()
        elif tag == "testcase" and self._case is not None:
            suite = self._open[-1] if self._open else None
            self.cases.append(Case(self._case, suite, tuple(self._marks), frozenset(self._properties)))
            self._case = None
