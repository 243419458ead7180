"""Findings: what scanners, linters and type checkers say of a place in the code, whatever tool said it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Family, Measure
from pytest_readiness.probes import _glob, _inputs

LEVELS = ("error", "warning", "note", "none")

#: The measurements that ``family`` knows.
RULES = Family({"rule:NAME": Measure(int, "findings of that rule; NAME may have * and ?", better=Better.LOWER)})
OF_LEVELS = Family({"level:NAME": Measure(int, f"findings of that level: {', '.join(LEVELS)}", better=Better.LOWER)})

_SENSITIVE = re.compile(r"passw|secret|token|credential|api.?key|private.?key", re.IGNORECASE)
_QUOTED = re.compile(r"(['\"`])(?:(?!\1).)+\1")
_WIDEST = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that a tool found.

    ``level`` is one of ``LEVELS``; ``path`` is relative to the spec's folder where it is below it, empty where
    the finding has no place; ``line`` counts from 1, 0 is unknown. ``suppressed`` ones were found, and
    declared acceptable. ``fatal`` ones kept the tool from looking at the file at all. ``rating`` is the
    CVSS score that the tool gives it, 0.0 to 10.0, None where it gives none. ``stated`` is whether the tool says
    anything of the level: without a word, ``level`` is what the format takes it for.
    """

    rule: str
    level: str
    message: str
    path: str = ""
    line: int = 0
    fixable: bool = False
    suppressed: bool = False
    fatal: bool = False
    rating: float | None = None
    stated: bool = True

    def __str__(self) -> str:
        place = f"{self.path}{f':{self.line}' if self.line else ''}: " if self.path else ""
        message = " ".join(self.message.split())
        if _SENSITIVE.search(f"{self.rule} {message}"):
            message = _QUOTED.sub(r"\1...\1", message)
        return f"{place}{self.rule} {message}".rstrip()[:_WIDEST]


@dataclass(frozen=True, slots=True)
class Report:
    """
    What one run of a tool found.

    ``source`` is the report's file or the command, as a reader knows it. ``files`` is how many things the tool
    looked at, None where the report does not say. ``moment`` is when it was made, in seconds since the
    epoch, None for just now. ``hidden`` counts what was suppressed without being listed. ``rates`` is whether
    the tool gives CVSS scores to its rules at all, ``rules`` are those that the report names, if it names any.
    """

    source: str
    findings: tuple[Finding, ...]
    files: int | None = None
    moment: float | None = None
    hidden: int = 0
    notes: tuple[str, ...] = ()
    rates: bool = False
    rules: frozenset[str] = frozenset()


def level(text: object) -> str:
    """Return the level that *text* of any tool stands for; what is not known is a warning."""
    said = str(text).lower()
    for known, words in _WORDS.items():
        if said in words:
            return known
    return "warning"


_WORDS: Mapping[str, frozenset[str]] = {
    "error": frozenset({"error", "fatal", "critical", "high", "e", "f"}),
    "note": frozenset({"note", "info", "information", "informational", "low", "convention", "refactor", "hint"}),
    "none": frozenset({"none"}),
}


def looked_at(reports: Iterable[Report]) -> int:
    """Return how many things were looked at; a report that does not say counts as one."""
    return sum(1 if report.files is None else report.files for report in reports)


def files(reports: Sequence[Report]) -> tuple[dict[str, Value], dict[str, str]]:
    """Return ``files`` as a measurement, or why it is not known."""
    known = [report.files for report in reports if report.files is not None]
    if len(known) == len(reports):
        return {"files": sum(known)}, {}
    return {}, {"files": "not every report says how many files were looked at"}


def told(reports: Iterable[Report]) -> list[str]:
    """Return a line about each report: what it is, what it looked at, what it does not list."""
    lines = []
    for report in reports:
        seen = "an unknown number of files" if report.files is None else f"{report.files} looked at"
        hidden = f", {report.hidden} suppressed" if report.hidden else ""
        lines.append(f"{report.source}: {seen}, {len(report.findings)} findings{hidden}")
    return lines


def refuse_unread(reports: Iterable[Report]) -> None:
    """Raise ``CannotMeasure`` if there is a file that a tool could not read: what is in it is not known."""
    fatal = [found for report in reports for found in report.findings if found.fatal]
    if fatal:
        more = f" (and {len(fatal) - 1} more)" if len(fatal) > 1 else ""
        raise CannotMeasure(f"a file could not be read by the tool: {fatal[0]}{more}")


def matches(patterns: Sequence[str], text: str) -> bool:
    """
    Whether *text* fits one of *patterns*, and none of those that begin with ``!``.

    Without a pattern that does not begin so, everything fits that is not left out.
    """
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    unwanted = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    fits = not wanted or any(fnmatchcase(text, pattern) for pattern in wanted)
    return fits and not any(fnmatchcase(text, pattern) for pattern in unwanted)


def below(patterns: Sequence[str], path: str) -> bool:
    """
    Whether *path* fits one of *patterns*, or is in a folder that does, and neither for those that begin with ``!``.

    ``**`` stands for any folders, ``*`` and ``?`` for no slash, as in the patterns that look for files.
    """
    parts = path.split("/")
    fits = [(pattern.startswith("!"), _fits(pattern.removeprefix("!"), parts)) for pattern in patterns]
    wanted = [fit for is_unwanted, fit in fits if not is_unwanted]
    return (not wanted or any(wanted)) and not any(fit for is_unwanted, fit in fits if is_unwanted)


def _fits(pattern: str, parts: Sequence[str]) -> bool:
    return any(_leads(PurePosixPath(plain).parts, parts) for plain in _glob.expand(pattern))


def _leads(steps: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether all of *steps* are taken somewhere along *parts*."""
    reached = _past_any({0}, steps)
    for part in parts:
        if len(steps) in reached:
            break
        stays = {place for place in reached if steps[place] == "**"}
        goes = {place + 1 for place in reached - stays if fnmatchcase(part, steps[place])}
        reached = _past_any(stays | goes, steps)
    return len(steps) in reached


def _past_any(reached: set[int], steps: Sequence[str]) -> set[int]:
    """Return *reached*, and what is after each ``**`` there, which may stand for nothing."""
    found = set(reached)
    for place in range(len(steps)):
        if place in found and steps[place] == "**":
            found.add(place + 1)
    return found


def check_places(patterns: Sequence[str], findings: Iterable[Finding], context: Context) -> None:
    """Raise ``CannotMeasure`` if one of *patterns* fits neither a file that is there nor a finding."""
    known = [found.path for found in findings]
    for pattern in patterns:
        if pattern.startswith("!") or any(below([pattern], path) for path in known):
            continue
        if context.path(pattern).exists():
            continue
        if next(iter(_glob.find(context.root, pattern, context.deadline)), None) is None:
            raise CannotMeasure(f"paths: there is no file at {pattern}, so nothing could ever be found in it")


def family(name: str, *kinds: str) -> Measure | None:
    """Return the declaration of ``rule:NAME`` or another of *kinds*, None if *name* is none of them."""
    kind, colon, what = name.partition(":")
    if not colon or kind not in kinds or not what.strip():
        return None
    if kind == "level" and what not in LEVELS:
        return None
    return Measure(int, f"findings of {kind} {what}", better=Better.LOWER)


def count(name: str, findings: Iterable[Finding]) -> int:
    """Return how many of *findings* the measurement ``rule:NAME`` or ``level:NAME`` counts; * and ? are known."""
    kind, _, what = name.partition(":")
    return sum(fnmatchcase(found.rule if kind == "rule" else found.level, what) for found in findings)


def families(context: Context, findings: Sequence[Finding]) -> dict[str, Value]:
    """Return the counts of all ``rule:NAME`` and ``level:NAME`` that somebody asked for."""
    return {name: count(name, findings) for name in sorted(context.asked) if family(name, "rule", "level")}


def present(findings: Sequence[Finding], title: str = "findings") -> list[Evidence]:
    """Return evidence: how many of each rule, then the findings themselves, the worst first."""
    rules = Counter(found.rule for found in findings)
    ordered = sorted(findings, key=lambda found: (LEVELS.index(found.level), found.path, found.line))
    return _inputs.present(
        {
            f"{title} by rule": [f"{number} {rule}" for rule, number in rules.most_common()],
            title: [str(found) for found in ordered],
        }
    )
