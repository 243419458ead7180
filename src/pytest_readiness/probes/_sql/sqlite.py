"""SQLite files, through Python's own module."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._sql.connection import (
    MOST_TEXT,
    Connection,
    NotConnected,
    Refused,
    Rows,
    gather,
    unknown_kind,
)

#: Errors that say nothing about the statement: the file is locked, damaged or gone, or the deadline came.
_TROUBLE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_CONTROL = frozenset(
    {sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT, sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}
)
#: Pragmas with an argument that only read.
_READING = frozenset(
    """
    table_info table_xinfo table_list index_list index_info index_xinfo foreign_key_list foreign_key_check
    integrity_check quick_check
    """.split()  # noqa: SIM905 - words are easier to read and to change so
)
#: Pragmas that do something even without an argument.
_DOING = frozenset({"incremental_vacuum", "optimize", "shrink_memory", "wal_checkpoint"})
_TYPES = {"tables": "table", "views": "view", "indexes": "index"}
#: So many steps of SQLite's machine between two looks at the clock: about a millisecond.
_STEPS = 10_000


class Sqlite(Connection):
    """A connection to a SQLite file, which is never created."""

    def __init__(self, path: Path | None, deadline: Deadline) -> None:
        """Open the file, or a new database in memory; raises ``NotConnected``."""
        if path is not None and not path.exists():
            raise NotConnected(f"there is no file {path}")
        where = ":memory:" if path is None else f"file:{quote(str(path))}?mode=rw"
        self._deadline: Deadline | None = None
        self._writes = False
        try:
            self._raw = sqlite3.connect(
                where, uri=True, isolation_level=None, check_same_thread=False, timeout=deadline.remaining()
            )
        except sqlite3.Error as error:
            raise NotConnected(str(error)) from None
        try:
            self._raw.execute("PRAGMA schema_version").fetchall()
            self._raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_TEXT)
        except sqlite3.Error as error:
            self._raw.close()
            refused = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_NOTADB
            raise (NotConnected if refused else CannotMeasure)(str(error)) from None

    def begin(self, *, writes: bool, deadline: Deadline) -> None:
        """Begin; a transaction that does not write cannot."""
        self._deadline, self._writes = deadline, writes
        self._raw.set_progress_handler(lambda: deadline.passed, _STEPS)
        with self._told():
            self._raw.execute(f"PRAGMA busy_timeout = {int(deadline.remaining() * 1000)}")
            self._raw.execute(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
            self._raw.execute("BEGIN")

    def run(self, statement: str, parameters: Mapping[str, object] | None = None) -> Rows:
        """Run a statement under the eyes of an authorizer."""
        self._raw.set_authorizer(self._allowed)
        try:
            with self._told():
                cursor = self._raw.execute(statement, parameters or {})
                return gather((column[0] for column in cursor.description or ()), cursor)
        finally:
            self._raw.set_authorizer(None)

    def _allowed(
        self, action: int, first: str | None, second: str | None, _name: str | None, _inner: str | None
    ) -> int:
        reads = action != sqlite3.SQLITE_PRAGMA or self._writes
        name = (first or "").lower()
        reads = reads or name in _READING or (second is None and name not in _DOING)
        return sqlite3.SQLITE_OK if reads and action not in _CONTROL else sqlite3.SQLITE_DENY

    def names(self, kind: str, schemas: Iterable[str]) -> set[str]:
        """Return names, in lower case since SQLite does not mind."""
        del schemas
        if kind not in _TYPES:
            raise unknown_kind(kind, "a SQLite database")
        with self._told():
            rows = self._raw.execute("SELECT name FROM sqlite_master WHERE type = ?", (_TYPES[kind],)).fetchall()
        return {name.lower() for (name,) in rows} | {f"main.{name.lower()}" for (name,) in rows}

    def same(self, name: str) -> str:
        """Return *name* in lower case."""
        return name.lower()

    def quote(self, name: str) -> str:
        """Return *name* in back ticks: SQLite takes an unknown name in double quotes for a text."""
        return ".".join(f"`{part.replace('`', '``')}`" for part in name.split("."))

    def end(self, *, keep: bool) -> None:
        """Commit or roll back."""
        self._raw.set_progress_handler(None, 0)
        if self._raw.in_transaction:
            with self._told():
                self._raw.execute("COMMIT" if keep else "ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._raw.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if self._deadline is not None and self._deadline.passed:
                raise CannotMeasure("the deadline came first") from None
            code = getattr(error, "sqlite_errorcode", None)
            kind = CannotMeasure if code is not None and code & 0xFF in _TROUBLE else Refused
            raise kind(str(error)) from None
