"""The report on a terminal: a table by group, the score, the problems, and the verdict in one last line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_readiness.model import Disposition, Outcome
from pytest_readiness.reports._explain import explain
from pytest_readiness.reports._progress import Progress
from pytest_readiness.reports._screen import Screen, screen, showable
from pytest_readiness.reports._words import held, percent, remedy, value, verdict, verdict_is_green, why, word

if TYPE_CHECKING:
    from pytest_readiness.model import GroupScore, Judged, Report, Result
    from pytest_readiness.plan import Plan

__all__ = ["Progress", "Screen", "explain", "failure", "header", "screen", "showable", "summary", "verdict_line", "why"]

#: Where the text of a gate starts: two blanks, and room for its outcome.
_INDENT = 11
#: A reason in the table is cut after so many lines; the failure section and the JSON report have all of it.
_LINES = 6


def header(plan: Plan, here: Path | None = None) -> str:
    """Return the line that says which spec (its path from the folder *here*), profile and gates a run is about."""
    spec = plan.spec
    path = spec.path.relative_to(here) if here and spec.path.is_relative_to(here) else spec.path
    total, chosen = len(spec.gates), len(plan.gates)
    count = f"{chosen} of {total} gates" if plan.partial else f"{total} gate{'' if total == 1 else 's'}"
    profile = f", profile {spec.profile}" if spec.profile else ""
    return f"readiness: {path}{profile}, {count}"


def summary(report: Report, screen: Screen) -> None:
    """Write the table by group, the score and the problems; a quiet screen shows only what is not met."""
    profile = f", profile {report.subject.profile}" if report.subject.profile else ""
    screen.rule(f"readiness of {report.name}{profile}", bold=True)
    _table(report, screen)
    if screen.verbosity >= 0:
        target = "" if report.target is None else f", target {percent(report.target, report.score)}"
        screen.line(f"score {percent(report.score, report.target)}{target}", bold=True)
    for problem in report.problems:
        screen.wrapped(f"! {problem}", indent=0, yellow=True)


def verdict_line(report: Report, screen: Screen) -> None:
    """Write the last line."""
    colour = "green" if verdict_is_green(report) else "red"
    screen.line(" ".join(verdict(report).split()), bold=True, **{colour: True})


def failure(judged: Judged) -> str:
    """Return what the failure section of a red gate says: the reason in its first line, no evidence."""
    gate = judged.result.gate
    lines = [why(judged), *_besides(judged.result), *_advice(judged)]
    lines.append(f"gate: {gate.title} ({gate.severity}), {gate.position.file}:{gate.position.line}")
    return "\n".join(lines)


def _table(report: Report, screen: Screen) -> None:
    reasons = {judged.result.reason for judged in report.gates if judged.result.outcome is Outcome.NOT_RUN}
    if len(reasons) == 1 and report.counts.get(Outcome.NOT_RUN) == len(report.gates):
        screen.wrapped(f"None of the gates was run: {reasons.pop()}", indent=2, red=True)
        return
    scores = {group.path: group for group in report.groups}
    above: tuple[str, ...] = ()
    shown = {_path(judged)[:depth] for judged in report.gates for depth in range(len(_path(judged)) + 1)}
    for judged in report.gates:
        if screen.verbosity < 0 and judged.disposition is Disposition.OK:
            continue
        path = judged.result.gate.group
        for depth in range(1, len(path) + 1):
            if path[:depth] != above[:depth]:
                _heading(path[:depth], scores.get(path[:depth]), screen)
        if above and not path:
            _heading(["Other gates"], None, screen)
        above = path
        _row(judged, screen)
    for group in report.groups:
        if group.path not in shown and group.expectations:
            _gathered(group, screen)


def _path(judged: Judged) -> tuple[str, ...]:
    return judged.result.gate.group


def _gathered(group: GroupScore, screen: Screen) -> None:
    """Write a group that has no gates of its own: its score and what was expected of it."""
    if group.outcome is Outcome.PASSED and screen.verbosity < 0:
        return
    _heading(group.path, group, screen)
    if not group.reason:
        screen.wrapped("; ".join(held.why for held in group.expectations), indent=2)


def _heading(path: Sequence[str], group: GroupScore | None, screen: Screen) -> None:
    score = percent(group.score) if group else ""
    screen.line(f"{screen.clip(' > '.join(path), screen.width - 3 - len(score))}  {score}".rstrip(), bold=True)
    if group and group.reason:
        screen.wrapped(group.reason, indent=2, red=group.outcome is not Outcome.PASSED)


def _row(judged: Judged, screen: Screen) -> None:
    result, gate, colour = judged.result, judged.result.gate, _colour(judged)
    screen.put(f"  {word(judged):{_INDENT - 2}}", **{colour: True})
    screen.wrapped(f"{gate.title} ({gate.id})", indent=_INDENT, hanging=True)
    if colour == "green":
        screen.wrapped(", ".join(_held(result)), indent=_INDENT)
    else:
        screen.wrapped(_cut(why(judged)), indent=_INDENT, **{colour: True})
    if judged.disposition is not Disposition.OK:
        for line in _advice(judged):
            screen.wrapped(line, indent=_INDENT)
    if screen.verbosity > 0:
        for line in _details(result):
            screen.wrapped(line, indent=_INDENT)


def _held(result: Result) -> list[str]:
    return [held(expectation, result.measurements.get(expectation.measurement)) for expectation in result.expectations]


def _besides(result: Result) -> Iterator[str]:
    """Yield what did hold, of a gate that is not met all the same."""
    kept = [expectation for expectation in result.expectations if expectation.held]
    if kept:
        yield f"as expected: {', '.join(_held(replace(result, expectations=tuple(kept))))}"


def _advice(judged: Judged) -> Iterator[str]:
    """Yield what to do, why it matters and whom to ask."""
    gate = judged.result.gate
    advice = {
        "fix": remedy(judged.result),
        "impact": gate.impact,
        "owner": gate.owner,
        "see": ", ".join(gate.links),
    }
    yield from (f"{name}: {text}" for name, text in advice.items() if text)


def _details(result: Result) -> Iterator[str]:
    """Yield what a verbose table adds: everything measured, and the cost."""
    measured = ", ".join(f"{name} {value(measurement)}" for name, measurement in result.measurements.items())
    if measured:
        yield f"measured: {measured}"
    tries = f" in {result.attempts} attempts" if result.attempts > 1 else ""
    yield f"{result.gate.probe}, {result.gate.severity}, {result.duration:.2f} s{tries}"


def _cut(text: str) -> str:
    lines = text.splitlines()
    more = f"... and {len(lines) - _LINES} more lines"
    return "\n".join([*lines[:_LINES], more] if len(lines) > _LINES + 1 else lines)


def _colour(judged: Judged) -> str:
    if judged.disposition is Disposition.BREAKS:
        return "red"
    if judged.disposition is Disposition.TOLERATED:
        return "yellow"
    return "green" if judged.result.outcome is Outcome.PASSED else "cyan"
