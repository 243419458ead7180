"""PostgreSQL, as little of it as the rest needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]


class Database:
    """Asks and tells one database; each call is a transaction of its own."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows that *query* gives."""
        with psycopg.connect(self.url, row_factory=dict_row, connect_timeout=5) as connection:
            return connection.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[Any] = ()) -> Row | None:
        """Return the first row, or None."""
        found = self.rows(query, values)
        return found[0] if found else None

    def run(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Change something; return how many rows were touched."""
        with psycopg.connect(self.url, connect_timeout=5) as connection:
            return connection.execute(statement, values).rowcount

    def run_many(self, statement: str, values: Sequence[Sequence[Any]]) -> None:
        """Run *statement* for each of *values*, in one transaction."""
        with psycopg.connect(self.url, connect_timeout=5) as connection, connection.cursor() as cursor:
            cursor.executemany(statement, values)
