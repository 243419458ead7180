"""What every kind of connection can do, whatever driver is behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure

#: More rows than this are not fetched, nor more than so many characters in all of them.
MOST_ROWS, MOST_TEXT = 10_000, 64 * 1024 * 1024

#: What may be asked for by name.
KINDS = ("tables", "views", "functions", "indexes", "extensions")


class NotConnected(CannotMeasure):
    """The database was found, and it does not let us in; or there surely is none."""


class Refused(CannotMeasure):
    """The database is well and refused the statement."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement returned; ``more`` if there were more rows than are fetched."""

    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[object, ...]] = ()
    more: bool = False


class Connection(ABC):
    """
    A session with a database, in one transaction at a time.

    All but ``close`` raise ``CannotMeasure``: ``Refused`` where the database did so, else where it
    could not be asked or did not answer in time. After that, only ``close`` is of use.
    """

    @abstractmethod
    def begin(self, *, writes: bool, deadline: Deadline) -> None:
        """Begin a transaction, one that can only read unless it *writes*; all of it must be over at *deadline*."""

    @abstractmethod
    def run(self, statement: str, parameters: Mapping[str, object] | None = None) -> Rows:
        """Run one statement; ``:name`` in it is a parameter if there are *parameters*."""

    @abstractmethod
    def names(self, kind: str, schemas: Iterable[str]) -> set[str]:
        """
        Return the names of all objects of one of ``KINDS``.

        Those that need no schema before them are plain; of at least the given *schemas*, they are ``schema.name``.
        """

    @abstractmethod
    def quote(self, name: str) -> str:
        """Return *name*, or ``schema.name``, as an identifier."""

    @abstractmethod
    def end(self, *, keep: bool) -> None:
        """End the transaction: *keep* what it changed, or take it back."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; never raises."""

    def check(self) -> None:  # noqa: B027 - most databases put nothing off
        """Check what the database puts off until COMMIT, where there will be none."""

    def same(self, name: str) -> str:
        """Return what two spellings of *name* have in common: itself, where case matters."""
        return name


def gather(columns: Iterable[str], rows: Iterable[Sequence[object]]) -> Rows:
    """Take *rows* up to the limits."""
    kept: list[tuple[object, ...]] = []
    size = 0
    for row in rows:
        size += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
        if len(kept) >= MOST_ROWS or size > MOST_TEXT:
            return Rows(tuple(columns), kept, more=True)
        kept.append(tuple(row))
    return Rows(tuple(columns), kept)


def unknown_kind(kind: str, what: str) -> CannotMeasure:
    """Return the error that says that *what* cannot tell which objects of *kind* it has."""
    return CannotMeasure(f"{what} cannot say which {kind} it has")
