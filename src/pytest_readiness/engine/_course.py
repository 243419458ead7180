"""How far one gate has come in a run."""

from __future__ import annotations

from itertools import groupby

from pytest_readiness.engine._attempt import Attempt
from pytest_readiness.model import Gate, Result, Value

#: How many of the first and of the last attempts a result lists.
FIRST, LAST = 5, 15


class Course:
    """
    How far one gate has come.

    ``began``, ``opened`` and ``until`` are moments of the monotonic clock: the first attempt, the latest
    one, the end of the time for repeating them. ``ticket`` is that of the latest attempt, ``last`` what
    came of it; ``log`` has for each its number, the time since the first, and what came of it.
    ``values`` are the measured values that other gates use, as they were measured: a result may have
    them cut, or without their secrets.
    """

    __slots__ = ("attempts", "began", "gate", "last", "log", "needs", "opened", "result", "ticket", "until", "values")

    def __init__(self, gate: Gate, needs: tuple[str, ...]) -> None:
        self.gate = gate
        self.needs = needs
        self.attempts = 0
        self.began = 0.0
        self.opened = 0.0
        self.until = 0.0
        self.ticket: int | None = None
        self.last: Attempt | None = None
        self.log: list[tuple[int, str, str]] = []
        self.result: Result | None = None
        self.values: dict[str, Value] = {}

    def history(self) -> str:
        """Return the attempts, those that came to the same in one line: the first and the last of many lines."""
        lines = [_line(list(same)) for _, same in groupby(self.log, key=lambda attempt: attempt[2])]
        if len(lines) > FIRST + LAST:
            lines[FIRST:-LAST] = [f"… ({len(lines) - FIRST - LAST} more lines)"]
        return "\n".join(lines)


def _line(same: list[tuple[int, str, str]]) -> str:
    (first, begun, said), (last, ended, _) = same[0], same[-1]
    if first == last:
        return f"{first}. after {begun}: {said}"
    return f"{first}. to {last}. after {begun} to {ended}: {said}"
