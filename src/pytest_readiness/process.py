"""Commands: argument lists, run to their end or a deadline, and surely ended with all their children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Completed:
    """
    A command that came to its end by itself.

    ``duration`` is in seconds. ``stdout`` and ``stderr`` are decoded as UTF-8 (undecodable bytes
    are replaced) and cut at the limit, in which case ``truncated`` is true.
    """

    args: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    duration: float
    truncated: bool = False


def run(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    deadline: Deadline,
    stdin: str | None = None,
    shell: bool = False,
    limit: int = 1024 * 1024,
) -> Completed:
    """Run *args* in a process group of its own. Raises ``CannotMeasure`` if it cannot start or end in time."""
    raise NotImplementedError
