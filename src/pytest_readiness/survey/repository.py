"""A repository as looks see it: names of files, and what is in them, read once, at most so much, and never run."""

from __future__ import annotations

import ast
import json
import re
import tomllib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pytest_readiness.probes._document import loader
from pytest_readiness.survey.layout import Layout
from pytest_readiness.survey.listing import Listing, listing

#: A file is read up to this many bytes.
LIMIT = 1024 * 1024

#: Folders with what is only tried out or shown.
_ASIDE = frozenset(
    {
        *("tests", "test", "testing", "examples", "example", "samples", "demo", "demos", "fixtures", "testdata"),
        *("benchmarks", "benchmark", ".devcontainer"),
    }
)
#: What a JSON file may hold that is not too deep for Python's reader.
_TOO_MUCH = (ValueError, RecursionError, MemoryError)


class Repository:
    """
    One folder, looked at and not touched.

    Each file is read once. What cannot be read is in ``troubles``, one line each, and counts as empty.
    """

    def __init__(self, listed: Listing) -> None:
        self.root = listed.root
        self.files = listed.files
        self.top = listed.top
        self.troubles = list(listed.troubles)
        self._known = frozenset(listed.files)
        self._texts: dict[str, str] = {}
        self._data: dict[str, Any] = {}

    @classmethod
    def at(cls, folder: Path, without: str | None = None) -> Repository:
        """Return the repository in *folder*, without the file *without*."""
        listed = listing(folder)
        return cls(replace(listed, files=tuple(name for name in listed.files if name != without)))

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def matching(self, *regexes: str) -> list[str]:
        """
        Return the names of files that one of *regexes* matches as a whole, in lower case.

        What stands in a folder of tests or examples is not what the project delivers, and left out.
        """
        known = [re.compile(regex) for regex in regexes]
        return [name for name in self._own if any(regex.fullmatch(name.lower()) for regex in known)]

    @cached_property
    def _own(self) -> list[str]:
        return [name for name in self.files if not _ASIDE & set(name.lower().split("/")[:-1])]

    def first(self, *names: str) -> str | None:
        """Return the first of *names* that is there."""
        return next((name for name in names if name in self), None)

    @cached_property
    def layout(self) -> Layout:
        """Where the project's own code is, and where its tests are."""
        return Layout.of(self.files)

    def size(self, names: Iterable[str]) -> int:
        """Return how many bytes the files *names* have together, as far as it can be known."""
        return sum(map(self._size, names))

    def _size(self, name: str) -> int:
        try:
            return (self.root / name).stat().st_size
        except OSError:
            return 0

    # --- what files hold ------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """Return the text of a file; nothing where there is none that could be read."""
        if name not in self._texts:
            self._texts[name] = self._read(name)
        return self._texts[name]

    def toml(self, name: str) -> dict[str, Any]:
        """Return what a TOML file holds."""
        return self._parsed(name, tomllib.loads, tomllib.TOMLDecodeError, RecursionError) or {}

    def json(self, name: str) -> Any:
        """Return what a JSON file holds, None where that cannot be known."""
        return self._parsed(name, json.loads, *_TOO_MUCH)

    def yaml(self, name: str) -> list[Any]:
        """Return the documents of a YAML file."""
        return self._parsed(name, loader.load_all, loader.RefusedError) or []

    def tree(self, name: str) -> ast.Module:
        """Return the syntax tree of a Python file; an empty one where it is none, which the syntax gate tells."""
        return self._parsed(name, _tree, SyntaxError, *_TOO_MUCH, telling=False) or ast.Module([], [])

    def _read(self, name: str) -> str:
        path = self.root / name
        if name not in self:
            return ""
        try:
            with path.open("rb") as file:
                data = file.read(LIMIT + 1)
        except OSError as error:
            self.troubles.append(f"{name} cannot be read: {error.strerror}")
            return ""
        if len(data) > LIMIT:
            self.troubles.append(f"{name} is larger than {LIMIT // 1024 // 1024} MiB, and was not looked into")
            return ""
        if b"\0" in data:
            self.troubles.append(f"{name} is not a text file")
            return ""
        return data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")

    def _parsed(self, name: str, parse: Any, *errors: type[Exception], telling: bool = True) -> Any:
        if name not in self._data:
            try:
                self._data[name] = parse(self.text(name)) if self.text(name).strip() else None
            except errors as error:
                self._data[name] = None
                if telling:
                    self.troubles.append(f"{name} cannot be read: {' '.join(str(error).split())[:160]}")
        return self._data[name]

    # --- configuration --------------------------------------------------------------------------

    @cached_property
    def pyproject(self) -> dict[str, Any]:
        """What pyproject.toml holds."""
        return self.toml("pyproject.toml")

    def tool(self, *names: str) -> dict[str, Any] | None:
        """Return the table ``[tool.NAME]`` (or one below it) of pyproject.toml, None if there is none."""
        found: Any = self.pyproject.get("tool")
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    def configured(self, table: tuple[str, ...], files: tuple[str, ...], section: str) -> str | None:
        """
        Return where a tool is configured, in words, None if nowhere.

        *table* is its table under ``[tool]`` of pyproject.toml, *files* are its own, *section* is a regex for its
        heading in setup.cfg and tox.ini.
        """
        if self.tool(*table) is not None:
            return f"pyproject.toml has [tool.{'.'.join(table)}]"
        if own := self.first(*files):
            return f"there is {own}"
        heading = re.compile(rf"(?m)^\[{section}\]")
        for name in ("setup.cfg", "tox.ini"):
            if found := heading.search(self.text(name)):
                return f"{name} has {found[0]}"
        return None

    # --- code -----------------------------------------------------------------------------------

    def sources(self, *words: str) -> Iterator[tuple[str, ast.Module]]:
        """Yield the project's own Python files in which one of *words* is, with their trees."""
        for name in self.layout.sources:
            text = self.text(name)
            if any(word in text for word in words):
                yield name, self.tree(name)


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of "\d" in somebody's string
        return ast.parse(text)
