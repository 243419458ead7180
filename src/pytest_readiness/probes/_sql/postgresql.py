"""What is special about PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pytest_readiness.probes._sql.connection import Rows, gather
from pytest_readiness.probes._sql.server import Server

_RELATIONS = """
    SELECT n.nspname, c.relname, pg_table_is_visible(c.oid)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = ANY (%s) AND n.nspname !~ '^(pg_|information_schema$)'
"""
_FUNCTIONS = """
    SELECT n.nspname, p.proname, pg_function_is_visible(p.oid)
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^(pg_|information_schema$)'
"""
_EXTENSIONS = (
    "SELECT n.nspname, e.extname, true FROM pg_catalog.pg_extension e"
    " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace"
)
#: Ordinary, partitioned and foreign tables; views, materialized ones too; indexes, partitioned ones too.
_RELKINDS = {"tables": ["r", "p", "f"], "views": ["v", "m"], "indexes": ["i", "I"]}
_LIMITS = "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)"


class PostgreSQL(Server):
    """
    A connection to PostgreSQL.

    Statements go by the extended protocol, which takes one at a time: none of them can smuggle a
    COMMIT behind a semicolon.
    """

    def _open(self, milliseconds: int, *, writes: bool) -> None:
        if not writes:
            self._raw.execute("SET TRANSACTION READ ONLY")
        # After this first query of the transaction, the server no longer lets it change to READ WRITE.
        self._raw.execute(_LIMITS, [str(milliseconds), str(milliseconds)])
        self._writes = writes

    def _fetch(self, statement: str, parameters: Any) -> Rows:
        with self._raw.cursor() as cursor:
            if not self._writes:
                rows = cursor.stream(statement, parameters)
                try:
                    first = next(rows, None)
                    names = [column.name for column in cursor.description or ()]
                    return Rows(tuple(names)) if first is None else gather(names, _chain(first, rows))
                finally:
                    rows.close()
            with self._raw.pipeline():
                cursor.execute(statement, parameters)
            if cursor.description is None:
                return Rows()
            return gather((column.name for column in cursor.description), cursor)

    def names(self, kind: str, schemas: Iterable[str]) -> set[str]:
        """Return names from the catalogue: plain where the search path finds them, and all with their schema."""
        del schemas
        query = {"functions": _FUNCTIONS, "extensions": _EXTENSIONS}.get(kind, _RELATIONS)
        with self._told():
            found = self._raw.execute(query, [_RELKINDS[kind]] if kind in _RELKINDS else None).fetchall()
        return {name for _, name, seen in found if seen} | {f"{schema}.{name}" for schema, name, _ in found}

    def check(self) -> None:
        """Check what is put off until COMMIT, such as deferred foreign keys."""
        with self._told():
            self._raw.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _chain(first: tuple[object, ...], rest: Iterable[tuple[object, ...]]) -> Iterable[tuple[object, ...]]:
    yield first
    yield from rest
