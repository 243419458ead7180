"""All that is wrong with a spec, gathered while reading goes on, and told in the order of the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pytest_readiness.errors import Position, Problem, SpecError
from pytest_readiness.options import Key, Path, near, say
from pytest_readiness.redact import Redactor
from pytest_readiness.spec._places import MOST_PROBLEMS, Map, Place, Refused, Seq, unpack
from pytest_readiness.spec._variables import CONTAINERS, PUT_IN, LookUp, Variables

#: How long a message or a path may be, in characters.
_LONGEST = 500


class Problems:
    """The problems of all files; ``files`` are their names by number."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self._found: dict[tuple[Place, str, str], None] = {}
        self._others: list[Problem] = []
        self._last: Place = 0
        self._nears = 0

    def add(self, place: Place, path: str, message: str) -> None:
        """Add one problem; the same one at the same place counts once."""
        self._found[place, _clipped(path), _clipped(" ".join(message.split()))] = None
        self._last = max(self._last, place)

    @property
    def many(self) -> bool:
        """Whether there are so many that no more are wanted."""
        return len(self._found) >= MOST_PROBLEMS

    def near(self, name: str, known: Sequence[str]) -> str:
        """Return the hint at a near name, as long as there are few problems: looking for one takes time."""
        self._nears += 1
        return near(name, tuple(known)) if self._nears < MOST_PROBLEMS else ""

    def take(self, problems: Iterable[Problem]) -> None:
        """Add problems that know their position."""
        self._others.extend(problems)

    def position(self, place: Place) -> Position:
        """Return *place* as users see it."""
        file, line, column = unpack(place)
        return Position(self.files[file], line, column)

    def __bool__(self) -> bool:
        return bool(self._found or self._others)

    def error(self, redactor: Redactor) -> SpecError:
        """Return them as one error, in the order of the files, without any secret."""
        told = [(self.position(place), path, message) for place, path, message in self._found]
        if self.many:
            told.append(
                (self.position(self._last), "", f"there are {MOST_PROBLEMS} problems: the rest was not looked at")
            )
        told += [(problem.position, problem.path, problem.message) for problem in self._others]
        order = {name: number for number, name in enumerate(self.files)}
        told.sort(key=lambda item: (order.get(item[0].file, -1), item[0].line, item[0].column))
        return SpecError(tuple(Problem(where, path, redactor.text(message)) for where, path, message in told))


class Node:
    """A mapping of the spec: where it stands, and what it is called in problems."""

    __slots__ = ("data", "place", "problems", "title")

    def __init__(self, data: Map, place: Place, title: str, problems: Problems) -> None:
        self.data = data
        self.place = place
        self.title = title
        self.problems = problems

    def report(self, path: Path, message: str) -> None:
        """Report *message* about what stands at *path* below this mapping."""
        if self.problems.many:
            return
        place, value = locate(self.data, self.place, path)
        if not isinstance(value, Refused):
            self._add(place, path, message)

    def _add(self, place: Place, path: Path, message: str) -> None:
        steps = (*((self.title,) if self.title else ()), *path)
        self.problems.add(place, say(steps) if steps else "", message)

    def report_sure(self, found: Iterable[tuple[Path, str]]) -> None:
        """Report what is known to be the first problem of its place."""
        for path, message in found:
            self._add(locate(self.data, self.place, path)[0], path, message)

    def fill(
        self,
        variables: Variables,
        look_up: LookUp | None = None,
        dollar: str = "$",
        *,
        names: frozenset[str] = frozenset(),
        skip: str = "",
    ) -> list[tuple[Path, str]]:
        """
        Put the variables in everywhere but under *skip* and the *names*, where they are refused.

        Returns, unreported, those that are not defined.
        """
        undefined: list[tuple[Path, str]] = []
        for key, value in self.data.items():
            if value.__class__ not in CONTAINERS and (not isinstance(value, str) or not PUT_IN.search(value)):
                continue
            if key in names:
                self._refuse(key, value)
            elif key != skip:
                undefined += self.fill_below(key, variables, look_up, dollar)
        return undefined

    def fill_below(
        self, key: str, variables: Variables, look_up: LookUp | None = None, dollar: str = "$"
    ) -> list[tuple[Path, str]]:
        """Put the variables in under *key*; returns, unreported, those that are not defined."""
        undefined: list[tuple[Path, str]] = []

        def report(path: Path, message: str, missing: bool) -> None:  # noqa: FBT001 - the shape of a reporter
            if missing:
                undefined.append(((key, *path), message))
            else:
                self.report((key, *path), message)

        value = self.data[key]
        filled = variables.fill(value, report, look_up, dollar)
        if filled is not value:
            self.data = self.data.copy()
            self.data[key] = filled
        return undefined

    def _refuse(self, key: str, value: object) -> None:
        for path, text in texts(value):
            if "${" in text:
                self.report((key, *path), "variables cannot be used here: it must be plain to see what is meant")

    def report_all(self, found: Iterable[tuple[Path, str]], below: Path = ()) -> None:
        """Report what ``convert`` found at *below*."""
        for path, message in found:
            self.report((*below, *path), message)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def texts(value: object) -> Iterator[tuple[Path, str]]:
    """Yield each text in *value* (a text, or a list of them) with the way to it."""
    if isinstance(value, str):
        yield (), value
    elif isinstance(value, Seq):
        yield from (((index,), item) for index, item in enumerate(value) if isinstance(item, str))


def locate(node: object, place: Place, path: Path) -> tuple[Place, object]:
    """
    Return the place of what *path* leads to, and its value.

    Where the way ends early (a key that is missing), it is the last place on it.
    """
    for step in path:
        if isinstance(node, Map):
            found = node.place(str(step), of_key=isinstance(step, Key))
            if found is None:
                return place, None
            place = found
            if isinstance(step, Key):
                return place, (Refused() if not step else None)
            node = node[str(step)]
        elif isinstance(node, Seq) and isinstance(step, int) and step < len(node):
            place, node = node.at[step], node[step]
        else:  # a single value that stands for a list of one
            return place, node
    return place, node
