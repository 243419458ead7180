"""
Everything that can go wrong, as one tree.

    ReadinessError
    ├── UsageError          the command line or the caller asked for something that cannot be had
    │   └── SpecError       readiness.yaml has problems: all of them, each with its position
    ├── OptionError         an option of a probe has a value that cannot be used
    ├── ConditionError      a condition cannot be read, or does not fit its measurement
    ├── CannotMeasure       a probe could not find out: the gate's outcome is ``error``
    │   └── MissingExtra    ... because an optional dependency is not installed
    └── ReportError         a report could not be written: the run fails

An unmet gate is not here: it is a result, never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass


class ReadinessError(Exception):
    """The root of all errors that this package raises on purpose."""


class UsageError(ReadinessError):
    """What was asked for cannot be had; the message says what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """
    A place in a file.

    Lines and columns count from 1, as editors do.
    """

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a spec: where, at which path of the tree, what, and what was probably meant."""

    position: Position
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.position}: {self.path}: {self.message}" if self.path else f"{self.position}: {self.message}"


class SpecError(UsageError):
    """A spec with problems; ``str()`` gives one line for each, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class OptionError(ReadinessError):
    """
    An option of a probe has a value that cannot be used.

    Raised by a probe's ``__post_init__``; *option* names the key under ``with``, or is empty where
    the options do not fit together.
    """

    def __init__(self, message: str, option: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.option = option


class ConditionError(ReadinessError):
    """A condition cannot be read, or does not fit the measurement it is put to."""


class CannotMeasure(ReadinessError):
    """A probe could not find out; the message is the gate's reason."""


class MissingExtra(CannotMeasure):
    """An optional dependency is not installed; the message holds the command that installs it."""

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(f"{module} is not installed: pip install 'pytest-readiness[{extra}]'")


class ReportError(ReadinessError):
    """A report could not be written."""
