"""Cobertura's ``coverage.xml``, which nearly every coverage tool writes: read safely, line by line."""

from __future__ import annotations

import re
import xml.parsers.expat
from dataclasses import dataclass, field
from pathlib import Path

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._coverage.reported import File, Report

#: A file is read up to this many bytes.
LIMIT = 256 * 1024 * 1024

_TAKEN = re.compile(r"\((\d{1,9})/(\d{1,9})\)")
_NUMBER = re.compile(r"\d{1,15}")
_MILLISECONDS = 1e11


def read(path: Path) -> Report:
    """
    Return what the file at *path* says.

    Raises ``CannotMeasure`` for a file that is too large, that is no such report, or that declares
    entities: they are how such a file would attack its reader.
    """
    try:
        size = path.stat().st_size
        if size > LIMIT:
            raise CannotMeasure(f"{path.name} has {size} bytes, more than the limit of {LIMIT}")
        reader = _Reader(path.name)
        reader.read(path)
    except OSError as error:
        raise CannotMeasure(f"{path.name} cannot be read: {error.strerror}") from None
    except xml.parsers.expat.ExpatError as error:
        raise CannotMeasure(f"{path.name} is not XML: {error}") from None
    if not reader.files:
        raise CannotMeasure(f"{path.name} tells of no file: nothing was measured")
    branches = any(file.branches for file in reader.files.values())
    return Report(reader.files, tuple(filter(None, reader.sources)), branches, reader.moment)


@dataclass
class _Reader:
    """
    Collects files and lines while expat reads.

    The lines counted are those directly under a class: those under its methods are the same once more.
    """

    name: str
    files: dict[str, File] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    moment: float | None = None
    _way: list[str] = field(default_factory=list)
    _file: File | None = None

    def read(self, path: Path) -> None:
        parser = xml.parsers.expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        with path.open("rb") as file:
            parser.ParseFile(file)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_internal_subset: bool) -> None:  # noqa: FBT001 - as expat calls it
        # Naming the DTD is common and does nothing, for expat never fetches it; entities are declared inside.
        if has_internal_subset:
            raise CannotMeasure(f"{self.name} declares a document type of its own: it was refused unread")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._way and tag != "coverage":
            raise CannotMeasure(f"{self.name} is not a Cobertura report: it begins with {tag!r}, not 'coverage'")
        if not self._way:
            self.moment = _moment(attributes.get("timestamp", ""))
        self._way.append(tag)
        if tag == "source":
            self.sources.append("")
        elif tag == "class":
            if not attributes.get("filename"):
                raise CannotMeasure(f"{self.name} has a class without a filename")
            self._file = self.files.setdefault(attributes["filename"], File())
        elif tag == "line" and self._way[-3:-1] == ["class", "lines"] and self._file is not None:
            self._line(attributes, self._file)

    def _end(self, _tag: str) -> None:
        self._way.pop()

    def _text(self, text: str) -> None:
        if self._way[-1:] == ["source"]:
            self.sources[-1] += text.strip()

    def _line(self, attributes: dict[str, str], file: File) -> None:
        """Add one line; several classes of one file may share it."""
        number, hits = attributes.get("number", ""), attributes.get("hits", "")
        if not _NUMBER.fullmatch(number) or not _NUMBER.fullmatch(hits):
            raise CannotMeasure(
                f"{self.name} has a line with number {number!r} and hits {hits!r}, which are no numbers"
            )
        line = int(number)
        file.statements[line] = file.statements.get(line, False) or int(hits) > 0
        if attributes.get("branch", "").lower() == "true":
            counted = _TAKEN.search(attributes.get("condition-coverage", ""))
            if counted is None or int(counted[1]) > int(counted[2]):
                raise CannotMeasure(f"{self.name} does not tell how many branches of line {line} were taken")
            file.branches[line] = max(file.branches.get(line, (0, 0)), (int(counted[1]), int(counted[2])))


def _moment(timestamp: str) -> float | None:
    """Return when the report was made; tools write seconds or milliseconds."""
    if not _NUMBER.fullmatch(timestamp) or not int(timestamp):
        return None
    return int(timestamp) / 1000 if int(timestamp) > _MILLISECONDS else float(timestamp)
