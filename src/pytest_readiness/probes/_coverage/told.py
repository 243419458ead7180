"""What coverage gates show as evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pytest_readiness.model import Evidence
from pytest_readiness.probe import Context
from pytest_readiness.probes._coverage import files
from pytest_readiness.probes._coverage.report import Numbers

_LISTED = 10
_ZERO = Numbers()


def tests_among(numbers: Mapping[str, Numbers], context: Context, root: str) -> Iterator[Evidence]:
    """Tell of tests that count as code here: they run nearly always, and make the numbers look better than they are."""
    session = context.session
    if session is None or not (tests := {f"{root}/{test.nodeid.partition('::')[0]}" for test in session.tests}):
        return
    within = {path for path in numbers if path in tests or Path(path).name == "conftest.py"}
    if within and len(within) < len(numbers):
        others = sum((each for path, each in numbers.items() if path not in within), _ZERO)
        text = f"{len(within)} of {len(numbers)} files are tests; without them line is {others.line or 0:.2f} %"
        yield Evidence("tests among the code", f"{text}: say under include what is to be judged")


def worst(numbers: Mapping[str, Numbers], root: str) -> Iterator[Evidence]:
    """Tell which files are covered least, and what of them did not run."""
    rows = sorted((each.total, -each.missed, path) for path, each in numbers.items() if each.total not in {None, 100.0})
    if rows:
        yield listed(
            "worst files",
            [
                f"{files.shown(path, root)}: {total:.2f} %, missing {_short(numbers[path].missing)}"
                for total, _, path in rows
            ],
        )


def made(moment: float, context: Context) -> str:
    """Return a moment in words, and how long ago it was."""
    age = max(0.0, context.now.timestamp() - moment)
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC, {_ago(age)} ago"


def _ago(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80].rpartition(',')[0]}, ..."  # noqa: PLR2004 - one line of a terminal


def listed(title: str, lines: list[str]) -> Evidence:
    """Return the first *lines*, and how many more there are."""
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return Evidence(title, "\n".join([*lines[:_LISTED], *more]))
