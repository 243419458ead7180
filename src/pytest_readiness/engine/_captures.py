"""``${login.token}`` while gates run: who uses what of whom, and whether it is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pytest_readiness import options
from pytest_readiness.engine._course import Course
from pytest_readiness.model import Each, Gate, Outcome


class Captures:
    """What the gates of a run use of each other: ``used`` are the names of measurements, by gate."""

    def __init__(self, gates: Iterable[Gate], courses: Mapping[str, Course]) -> None:
        self._courses = courses
        self._by_user: dict[str, list[tuple[str, str]]] = {}
        self.used: defaultdict[str, set[str]] = defaultdict(set)
        for gate in gates:
            if gate.binds is None:
                continue
            pairs = [name.rpartition(".")[::2] for name in sorted(options.named(gate.binds))]
            self._by_user[gate.id] = [(other, what) for other, what in pairs if other not in gate.uses]
            for other, what in self._by_user[gate.id]:
                self.used[other].add(what)

    def trouble(self, gate: Gate) -> str | None:
        """Return why *gate* cannot have all that it uses of others; None if it can."""
        for other, what in self._by_user.get(gate.id, ()):
            course = self._courses.get(other)
            result = None if course is None else course.result
            if course is None or result is None:
                return f"${{{other}.{what}}} has no value: {other} is not part of this run"
            if result.outcome is not Outcome.PASSED:
                return f"${{{other}.{what}}} has no value: {other} is {result.outcome.replace('_', ' ')}"
            if course.values.get(what) is None:
                return f"${{{other}.{what}}} has no value: {other} did not measure {what}"
            if isinstance(course.values[what], Each):
                return f"${{{other}.{what}}} is not one value: {other} measured several"
        return None

    def values(self, gate: Gate) -> dict[str, object]:
        """Return the values of all that *gate* uses of others."""
        pairs = self._by_user.get(gate.id, ())
        return {f"{other}.{what}": self._courses[other].values.get(what) for other, what in pairs}
