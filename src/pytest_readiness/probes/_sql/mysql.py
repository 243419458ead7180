"""What is special about MySQL and MariaDB."""

from __future__ import annotations

from typing import Any

from pytest_readiness.probes._sql.connection import MOST_ROWS
from pytest_readiness.probes._sql.server import Server

_FUNCTIONS = "SELECT routine_name FROM information_schema.routines WHERE routine_schema = coalesce(%s, database())"


class MySQL(Server):
    """A connection to MySQL or MariaDB."""

    def _open(self, milliseconds: int, *, writes: bool) -> None:
        timeout = (
            f"max_statement_time = {milliseconds / 1000:.3f}"
            if self._dialect.is_mariadb
            else f"max_execution_time = {milliseconds}"
        )
        self._plain(f"SET SESSION {timeout}, sql_select_limit = {MOST_ROWS + 1}")
        self._plain(f"START TRANSACTION {'READ WRITE' if writes else 'READ ONLY'}")

    def _in_schema(self, kind: str, schema: str | None) -> set[str]:
        if kind != "functions":
            return super()._in_schema(kind, schema)
        with self._told():
            return {name for (name,) in self._fetch(_FUNCTIONS, [schema]).rows if isinstance(name, str)}

    def _plain(self, statement: str, parameters: Any = None) -> None:
        with self._raw.cursor() as cursor:
            cursor.execute(statement, parameters)
