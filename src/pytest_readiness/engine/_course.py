"""How far one gate has come in a run."""

from __future__ import annotations

from pytest_readiness.engine._attempt import Attempt
from pytest_readiness.model import Gate, Result, Value

#: How many of the first and of the last attempts a result lists.
FIRST, LAST = 5, 15


class Course:
    """
    How far one gate has come.

    ``began``, ``opened`` and ``until`` are moments of the monotonic clock: the first attempt, the latest
    one, the end of the time for repeating them. ``ticket`` is that of the latest attempt, ``last`` what
    came of it, ``log`` one line for each. ``values`` are the measured values that other gates use, as they
    were measured: a result may have them cut, or without their secrets.
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
        self.log: list[str] = []
        self.result: Result | None = None
        self.values: dict[str, Value] = {}

    def history(self) -> str:
        """Return the attempts, one a line: the first and the last ones of many."""
        if len(self.log) <= FIRST + LAST:
            return "\n".join(self.log)
        return "\n".join((*self.log[:FIRST], f"… ({len(self.log) - FIRST - LAST} more attempts)", *self.log[-LAST:]))
