"""Gates: what others have come to, for the row of a checklist that sums up others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from fractions import Fraction
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.judge import GROUP_MEASURES, tally, typed
from pytest_readiness.model import Better, Outcome, Result, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs

_BETTER = {"score": Better.HIGHER, "passed": Better.HIGHER, "gates": Better.NEITHER, "not_applicable": Better.NEITHER}


def _measure(name: str, meaning: str) -> Measure:
    type_, unit = typed(name)
    return Measure(type_, meaning, unit, _BETTER.get(name, Better.LOWER))


@dataclass(frozen=True, kw_only=True)
class Gates(Probe):
    """
    What have other gates come to?

    For a row that sums up others, with a severity, a date and a fix of its own. It is judged after the gates
    under ``of``, whatever becomes of them: unlike ``needs``, they do not block it. Each of them is counted under one
    word, as in a group: ``waived`` or ``deferred`` where that is in force, else by its outcome.

    Fails when one of them failed, is an error, blocked or not run, or when none passed, unless the gate
    expects something else, such as ``score: ">= 80 %"`` with ``failed: ">= 0"``. That ``of`` names no other gate is a
    mistake in the spec; that none of them applies is an error.

    To fix: see to the gates that the evidence lists.
    """

    measures: ClassVar[Mapping[str, Measure]] = {name: _measure(name, text) for name, text in GROUP_MEASURES.items()}
    expect: ClassVar[Mapping[str, Value]] = {"passed": ">= 1", "failed": 0, "error": 0, "blocked": 0, "not_run": 0}

    of: tuple[str, ...] = option(
        "Which gates, as --readiness-select takes them: ids, globs, tag:, group:, severity:; this one is never meant.",
        example=["severity:critical", "group:Runtime"],
    )

    def __post_init__(self) -> None:
        if not self.of or not all(text.strip() for text in self.of):
            raise OptionError("names no gate", "of")

    def after(self) -> Iterable[str]:
        """Return which gates this one is judged after."""
        return self.of

    def touches(self) -> Iterable[Touch]:
        """Yield the gates."""
        return (Touch("gates", text) for text in self.of)

    def measure(self, context: Context) -> Measurements:
        """Count the results of the others."""
        results = list(context.results.values())
        if not results:
            raise CannotMeasure("there is no result of another gate to look at")
        counts = tally(results, context.now.astimezone(UTC).date())
        applicable = [result for result in results if result.outcome is not Outcome.NOT_APPLICABLE]
        if not applicable:
            raise CannotMeasure(f"of {len(results)} gates none applies")
        values: dict[str, Value] = {name: _plain(count) for name, count in counts.items() if count is not None}
        open_ones = [_line(result) for result in applicable if result.outcome is not Outcome.PASSED]
        evidence = _inputs.present({"not passed": open_ones, "looked at": [result.gate.id for result in results]})
        return Measurements(values, looked_at=len(applicable), evidence=evidence)


def _plain(count: Fraction | int) -> Value:
    return count if isinstance(count, int) else float(count)


def _line(result: Result) -> str:
    return f"{result.gate.id}: {result.outcome.replace('_', ' ')}"
