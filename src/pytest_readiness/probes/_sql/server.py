"""Database servers, through SQLAlchemy for what differs and the plain driver for what doesn't."""

from __future__ import annotations

import importlib.util
import math
import os
import re
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure, MissingExtra
from pytest_readiness.probes._sql import statements
from pytest_readiness.probes._sql.connection import (
    MOST_ROWS,
    Connection,
    NotConnected,
    Refused,
    Rows,
    gather,
    unknown_kind,
)
from pytest_readiness.probes._sql.url import Url

#: How long to wait for a server to let us in.
PATIENCE = 10.0

#: The driver and the extra of the dialects that have one; other drivers in a URL give way to it.
DRIVERS = {
    "postgresql": ("psycopg", "postgres"),
    "mysql": ("pymysql", "mysql"),
    "mariadb": ("pymysql", "mysql"),
}

#: Options in URLs for other drivers, which these drivers do not know.
_FOREIGN = ("async_fallback", "prepared_statement_cache_size", "statement_cache_size", "prepared_statement_name_func")

#: What servers say when they surely will not let us in; anything else leaves open why.
_NO = re.compile(
    r"refused|authentication failed|access denied|does not exist|no pg_hba\.conf entry|unknown database|login failed"
    r"|not permitted to (?:log in|connect)|permission denied for database|no password supplied|ORA-01017"
    r"|no such file or directory",
    re.IGNORECASE,
)
_GRACE = 0.1


class Server(Connection):
    """A connection to a server of any dialect; what is special about one is in a subclass."""

    def __init__(self, alchemy: Any, family: str) -> None:
        """Take over an open connection of SQLAlchemy's; *family* is the dialect by the URL."""
        self._alchemy = alchemy
        self._dialect = alchemy.dialect
        self._family = family
        self._raw = alchemy.connection.dbapi_connection
        self._deadline = Deadline(math.inf)

    def begin(self, *, writes: bool, deadline: Deadline) -> None:
        """Begin; a driver does so by itself at the first statement."""
        self._deadline = deadline
        with self._told():
            self._raw.rollback()
            self._open(max(1, int(deadline.remaining() * 1000)), writes=writes)

    def _open(self, milliseconds: int, *, writes: bool) -> None:
        """Say what the transaction may do, and for how long."""

    def run(self, statement: str, parameters: Mapping[str, object] | None = None) -> Rows:
        """Run a statement, with no look at ``%`` or ``:`` in it unless there are parameters."""
        with self._told():
            return self._fetch(*self._compiled(statement, parameters))

    def _compiled(self, statement: str, parameters: Mapping[str, object] | None) -> tuple[str, Any]:
        if not parameters:
            return statement, None
        import sqlalchemy

        try:
            if self._dialect.paramstyle == "pyformat":
                return statements.pyformat(statement, self._family, parameters), dict(parameters)
            compiled = sqlalchemy.text(statement).compile(dialect=self._dialect)
            values = compiled.construct_params(dict(parameters), _check=True)
        except (sqlalchemy.exc.SQLAlchemyError, ValueError) as error:
            raise Refused(str(error).partition("\n")[0]) from None
        names = getattr(compiled, "positiontup", None)
        return str(compiled), values if names is None else tuple(values[name] for name in names)

    def _fetch(self, statement: str, parameters: Any) -> Rows:
        cursor = self._raw.cursor()
        try:
            cursor.execute(statement) if parameters is None else cursor.execute(statement, parameters)
            if cursor.description is None:
                return Rows()
            return gather((column[0] for column in cursor.description), cursor.fetchmany(MOST_ROWS + 1))
        finally:
            cursor.close()

    def names(self, kind: str, schemas: Iterable[str]) -> set[str]:
        """Return names as SQLAlchemy's inspector finds them, functions as the information schema does."""
        found = self._in_schema(kind, None)
        for schema in schemas:
            found |= {f"{schema}.{name}" for name in self._in_schema(kind, schema)}
        return found

    def _in_schema(self, kind: str, schema: str | None) -> set[str]:
        import sqlalchemy

        if kind not in {"tables", "views", "indexes"}:
            raise unknown_kind(kind, f"a {self._dialect.name} server")
        with self._told():
            inspector = sqlalchemy.inspect(self._alchemy)
            if kind == "tables":
                return set(inspector.get_table_names(schema))
            if kind == "views":
                views = set(inspector.get_view_names(schema))
                with suppress(NotImplementedError):
                    views |= set(inspector.get_materialized_view_names(schema))
                return views
            indexes = (inspector.get_indexes(table, schema) for table in inspector.get_table_names(schema))
            return {index["name"] for each in indexes for index in each if index["name"]}

    def quote(self, name: str) -> str:
        """Return *name* as the dialect writes it."""
        return ".".join(self._dialect.identifier_preparer.quote(part) for part in name.split("."))

    def end(self, *, keep: bool) -> None:
        """Commit or roll back."""
        with self._told():
            self._raw.commit() if keep else self._raw.rollback()

    def close(self) -> None:
        """Close without waiting for the server."""
        with suppress(Exception):
            self._alchemy.invalidate()
        with suppress(Exception):
            self._alchemy.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in our words what goes wrong, and cut the line should the server still be silent at the deadline."""
        import sqlalchemy

        timer = threading.Timer(min(self._deadline.remaining(), threading.TIMEOUT_MAX - 1) + _GRACE, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (self._dialect.dbapi.Error, sqlalchemy.exc.SQLAlchemyError) as error:
            raise self._trouble(getattr(error, "orig", None) or error) from None
        finally:
            timer.cancel()

    def _trouble(self, error: BaseException) -> CannotMeasure:
        driver = self._dialect.dbapi
        if self._deadline.passed:
            return CannotMeasure("the deadline came first")
        if isinstance(error, (driver.OperationalError, driver.InterfaceError)):
            return CannotMeasure(said(error))
        return Refused(said(error))

    def _cut(self) -> None:
        """Shut the socket under a driver that waits: what it hears is that the server has gone."""
        with suppress(Exception):
            line = socket.socket(fileno=os.dup(self._raw.fileno()))
            with line:
                line.shutdown(socket.SHUT_RDWR)


def said(error: BaseException) -> str:
    """Return what the server said, its first line: what follows may quote data."""
    args = error.args
    text = args[1] if len(args) > 1 and isinstance(args[1], str) else str(error)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


class Servers:
    """Opens connections to the server of one URL."""

    def __init__(self, url: Url) -> None:
        """Get SQLAlchemy and the driver ready; raises ``CannotMeasure`` where one is missing."""
        self._url = url
        self._patience = threading.local()
        self._engine = self._made()

    def connect(self, deadline: Deadline) -> Server:
        """Return a new connection; raises ``NotConnected`` where the server surely lets nobody in with this URL."""
        import sqlalchemy

        self._patience.seconds = deadline.cap(PATIENCE)
        try:
            alchemy = self._engine.connect()
        except sqlalchemy.exc.SQLAlchemyError as error:
            text = said(getattr(error, "orig", None) or error)
            raise (NotConnected if _NO.search(text) else CannotMeasure)(text) from None
        except (OSError, RuntimeError, TypeError, ValueError) as error:
            raise CannotMeasure(said(error)) from None
        return _kind(self._url.dialect)(alchemy, self._url.dialect)

    def _made(self) -> Any:
        module, extra = DRIVERS.get(self._url.dialect, ("sqlalchemy", "sql"))
        for name in dict.fromkeys(("sqlalchemy", module)):
            if importlib.util.find_spec(name) is None:
                raise MissingExtra(name, extra)
        import sqlalchemy

        try:
            engine = sqlalchemy.create_engine(self._address(), poolclass=sqlalchemy.pool.NullPool)
        except ModuleNotFoundError as error:
            raise CannotMeasure(f"{error.name} is not installed: pip install {error.name}") from None
        except (sqlalchemy.exc.SQLAlchemyError, ValueError, TypeError) as error:
            raise CannotMeasure(said(error)) from None
        sqlalchemy.event.listen(engine, "do_connect", self._in_time)
        return engine

    def _address(self) -> Any:
        """Return the URL for SQLAlchemy, with the driver that is spoken here."""
        import sqlalchemy

        address = sqlalchemy.make_url(self._url.text)
        if self._url.dialect not in DRIVERS:
            return address
        address = address.set(drivername=f"{self._url.dialect}+{DRIVERS[self._url.dialect][0]}")
        if self._url.driver == "asyncpg" and "ssl" in address.query:
            address = address.update_query_dict({"sslmode": address.query["ssl"]}).difference_update_query(["ssl"])
        return address.difference_update_query(_FOREIGN)

    def _in_time(self, _dialect: Any, _record: Any, _args: Any, wanted: dict[str, Any]) -> None:
        """Give the driver as long to connect as the gate has, unless the URL says less."""
        if self._url.dialect in DRIVERS:
            seconds = max(1, math.ceil(self._patience.seconds))
            wanted["connect_timeout"] = min(seconds, int(wanted.get("connect_timeout") or seconds))


def _kind(dialect: str) -> type[Server]:
    """Return the class for *dialect*; imported late, since it may need a driver."""
    if dialect == "postgresql":
        from pytest_readiness.probes._sql.postgresql import PostgreSQL

        return PostgreSQL
    if dialect in {"mysql", "mariadb"}:
        from pytest_readiness.probes._sql.mysql import MySQL

        return MySQL
    return Server
