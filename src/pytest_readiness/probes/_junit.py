"""The cases of JUnit XML files: how each ended, what it can be chosen by, and whether the file agrees with itself."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pytest_readiness import junit
from pytest_readiness.errors import CannotMeasure

_WIDTH = 200
_NOT_RUN = frozenset({"notrun", "skipped", "disabled", "ignored", "pending", "suppressed", "todo"})
_FAILED = frozenset({"failed", "failure", "fail"})
_BROKEN = frozenset({"error", "errored", "broken", "timedout", "timeout", "interrupted"})


class End(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Ended:
    """
    One case: ``label`` is its name for readers, ``suite`` tells its suite from others.

    ``names`` and ``suites`` are what it can be chosen by; ``seconds`` is None where it says no time.
    """

    label: str
    suite: tuple[str, int | None]
    names: tuple[str, ...]
    suites: tuple[str, ...]
    end: End
    seconds: float | None
    message: str = ""

    def __str__(self) -> str:
        return f"{self.end.value}: {self.label}{': ' if self.message else ''}{self.message}"


def cases(found: junit.Junit, file: str) -> list[Ended]:
    """Return the cases of *found*, which *file* holds; raises ``CannotMeasure`` if it counts more than it has."""
    _check(found, file)
    lines = [_line(found, number) for number in range(len(found.suites))]
    return [_ended(case, found, [] if case.suite is None else lines[case.suite], file) for case in found.cases]


def stamp(found: junit.Junit) -> float | None:
    """Return when the oldest suite ran, in seconds since the epoch; times without a zone are local. None if unsaid."""
    said = [suite.attributes.get("timestamp", "") for suite in found.suites]
    times = [moment for text in said if (moment := _moment(text)) is not None]
    return min(times, default=None)


def chosen(all_cases: Sequence[Ended], suites: Sequence[str], names: Sequence[str]) -> tuple[list[Ended], list[str]]:
    """Return the cases that fit one of *suites* and one of *names*, where given, and the patterns that fit none."""
    in_suites = {pattern: {id(case) for case in all_cases if fits(pattern, case.suites)} for pattern in suites}
    in_names = {pattern: {id(case) for case in all_cases if fits(pattern, case.names)} for pattern in names}
    kept = {id(case) for case in all_cases}
    for found in (in_suites, in_names):
        if found:
            kept &= set().union(*found.values())
    missing = [pattern for found in (in_suites, in_names) for pattern, ids in found.items() if not ids & kept]
    return [case for case in all_cases if id(case) in kept], missing


def fits(pattern: str, names: Sequence[str]) -> bool:
    """Whether *pattern* is one of *names*, or matches one as a glob; case does not matter."""
    wanted = pattern.casefold()
    match = re.compile(fnmatch.translate(wanted)).match
    return any(name == wanted or match(name) is not None for name in map(str.casefold, names))


def _moment(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _line(found: junit.Junit, number: int | None) -> list[int]:
    """Return the numbers of a suite and of those it is in."""
    line: list[int] = []
    while number is not None:
        line.append(number)
        number = found.suites[number].within
    return line


def _ended(case: junit.Case, found: junit.Junit, line: Sequence[int], file: str) -> Ended:
    said = case.attributes
    suites = [found.suites[number].attributes for number in line]
    name, group = said.get("name", ""), said.get("classname", "")
    files = [each["file"] for each in (said, *suites) if each.get("file")]
    full = f"{group}::{name}" if group else name
    return Ended(
        label=full,
        suite=(file, case.suite),
        names=tuple(filter(None, (name, group, full, *files))),
        suites=tuple(filter(None, [*(each.get("name", "") for each in suites), group, *files])),
        end=_end(case),
        seconds=junit.seconds(said),
        message=next((_first_line(each["message"]) for _, each in case.marks if each.get("message")), ""),
    )


def _first_line(message: str) -> str:
    lines = message.split("\n", 1)
    return lines[0].strip()[:_WIDTH]


def _end(case: junit.Case) -> End:
    """Return how *case* ended: by what is inside, then by the attributes that some runners use instead."""
    tags = {tag for tag, _ in case.marks}
    said = {case.attributes.get(key, "").lower() for key in ("status", "result")}
    if "failure" in tags or said & _FAILED:
        return End.FAILED
    if "error" in tags or said & _BROKEN:
        return End.ERROR
    return End.SKIPPED if "skipped" in tags or said & _NOT_RUN else End.PASSED


# --- does the file agree with itself? -----------------------------------------------------------


def _check(found: junit.Junit, file: str) -> None:
    own: list[list[junit.Case]] = [[] for _ in found.suites]
    for case in found.cases:
        if case.suite is not None:
            own[case.suite].append(case)
    below = [list(cases) for cases in own]
    for number in range(len(found.suites) - 1, -1, -1):  # a suite comes after the one that it is in
        within = found.suites[number].within
        if within is not None:
            below[within] += below[number]
    for suite, direct, whole in zip(found.suites, own, below, strict=True):
        _compare(f"{file}: suite {suite.attributes.get('name', '')!r}", suite.attributes, direct, whole)
    _compare(f"{file}: testsuites", found.attributes, found.cases, found.cases)


def _compare(what: str, said: Mapping[str, str], direct: Sequence[junit.Case], whole: Sequence[junit.Case]) -> None:
    """Raise ``CannotMeasure`` where the numbers in *said* are not those of the cases, inner suites counted or not."""
    tests = _number(said, "tests", what)
    if tests is not None and not any(_distinct(cases) <= tests <= len(cases) for cases in (direct, whole)):
        raise CannotMeasure(f"{what} says {tests} tests but holds {len(whole)}: the file is not whole")
    bad = sum(_number(said, key, what) or 0 for key in ("failures", "errors"))
    held = sum(_end(case) in {End.FAILED, End.ERROR} for case in whole)
    if bad > held and bad > sum(len(case.marks) for case in whole):
        raise CannotMeasure(f"{what} says {bad} failures and errors but only {held} of its cases tell of one")


def _distinct(cases: Sequence[junit.Case]) -> int:
    """Return how many different tests there are: pytest writes a second case for an error at teardown."""
    return len({tuple(case.attributes.get(key) for key in ("classname", "name", "file")) for case in cases})


def _number(said: Mapping[str, str], key: str, what: str) -> int | None:
    text = said.get(key)
    if text is None or not text.strip():
        return None
    if not re.fullmatch(r"\s*[0-9]{1,12}\s*", text):
        raise CannotMeasure(f"{what} says {key}={text[:40]!r}, which is not a number")
    return int(text)


def worst(ended: Sequence[Ended]) -> Iterator[Ended]:
    """Yield the cases that failed or had an error, failures first."""
    yield from (case for case in ended if case.end is End.FAILED)
    yield from (case for case in ended if case.end is End.ERROR)
