"""Alembic's migrations: real revisions, a real env.py and a real database."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.probe import Touch
from pytest_readiness.probes.migrations import Migrations
from pytest_readiness.testing import run_probe
from tests.servers.postgres import Postgres

pytest.importorskip("alembic", reason="needs Alembic: pip install 'pytest-readiness[migrations]'")

INI = """
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
sqlalchemy.url = driver://user:pass@localhost/nothing
"""

ENV = """
import os
from alembic import context
from sqlalchemy import create_engine
from models import metadata

print("env.py says hello")
url = os.environ.get("SHOP_URL") or context.config.get_main_option("sqlalchemy.url")
with create_engine(url).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
"""

MODELS = """
from sqlalchemy import Column, Integer, MetaData, String, Table

metadata = MetaData()
Table("orders", metadata, Column("id", Integer, primary_key=True), Column("state", String(10), index=True))
"""

REVISION = '''
"""{doc}"""
from alembic import op
import sqlalchemy as sa

revision = "{revision}"
down_revision = {before}

def upgrade():
    {code}

def downgrade():
    pass
'''

FIRST = "op.create_table('orders', sa.Column('id', sa.Integer, primary_key=True))"
SECOND = (
    "op.add_column('orders', sa.Column('state', sa.String(10)));"
    " op.create_index('ix_orders_state', 'orders', ['state'])"
)

Judge = Callable[..., Result]


def revise(root: Path, revision: str, before: str | None, code: str = "pass", doc: str = "") -> None:
    text = REVISION.format(revision=revision, before=repr(before), code=code, doc=doc or f"revision {revision}")
    (root / "migrations" / "versions" / f"{revision}.py").write_text(text)


def upgrade(root: Path, url: str, revision: str = "head") -> None:
    code = (
        "import sys; from alembic import command, config\n"
        "made = config.Config('alembic.ini')\n"
        "made.set_main_option('sqlalchemy.url', sys.argv[1])\n"
        "command.upgrade(made, sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", code, url, revision], cwd=root, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text(INI)
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "migrations" / "env.py").write_text(ENV)
    revise(tmp_path, "a1", None, FIRST, "make orders")
    revise(tmp_path, "b2", "a1", SECOND, "orders have a state")
    sqlite3.connect(tmp_path / "shop.db").close()
    (tmp_path / "shop.db").touch()
    return tmp_path


@pytest.fixture
def judge(project: Path) -> Judge:
    def judged(
        expect: dict[str, Value] | None = None, *, timeout: float = 30.0, exec_allowed: bool = True, **options: object
    ) -> Result:
        probe = Migrations(**options)  # type: ignore[arg-type]
        env = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COVERAGE_")}
        return run_probe(probe, root=project, env=env, expect=expect, timeout=timeout, exec_allowed=exec_allowed)

    return judged


def evidence(result: Result) -> dict[str, str]:
    return {item.title: item.text for item in result.evidence}


class TestFiles:
    def test_one_line_of_revisions_passes_without_a_database(self, judge: Judge) -> None:
        result = judge({"revisions": 2})
        assert result.outcome is Outcome.PASSED, result.reason
        assert evidence(result) == {"heads": "b2 orders have a state"}

    def test_two_heads_fail_and_are_named(self, judge: Judge, project: Path) -> None:
        revise(project, "c3", "a1", doc="a hurried fix")
        result = judge()
        assert result.outcome is Outcome.FAILED
        assert "heads is 2, expected 1" in result.reason
        assert set(evidence(result)["heads"].splitlines()) == {"b2 orders have a state", "c3 a hurried fix"}

    def test_no_revision_is_nothing_looked_at(self, judge: Judge, project: Path) -> None:
        for path in (project / "migrations" / "versions").iterdir():
            path.unlink()
        result = judge({"heads": 0})
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason
        assert judge({"revisions": 0, "heads": 0}).outcome is Outcome.PASSED

    def test_what_only_a_database_knows_is_an_error_without_one(self, judge: Judge) -> None:
        result = judge({"current_at_head": True})
        assert result.outcome is Outcome.ERROR
        assert "no database was asked: give `url`, or `online: true`" in result.reason

    @pytest.mark.parametrize(
        ("revision", "before", "why"),
        [("b3", '"zz"', "zz"), ("a1", '"b2"', "Cycle is detected"), ("b3", '"b2"\n1/0', "ZeroDivisionError")],
    )
    def test_revisions_that_make_no_sense_are_an_error(
        self, judge: Judge, project: Path, revision: str, before: str, why: str
    ) -> None:
        text = REVISION.format(revision=revision, before=before, code="pass", doc="x")
        (project / "migrations" / "versions" / f"{revision}.py").write_text(text)
        result = judge({"heads": "<= 9"})
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    def test_a_revision_that_is_there_twice_is_an_error(self, judge: Judge, project: Path) -> None:
        versions = project / "migrations" / "versions"
        (versions / "copy.py").write_text((versions / "b2.py").read_text())
        result = judge()
        assert result.outcome is Outcome.ERROR
        assert "Revision b2 is present more than once" in result.reason

    def test_a_configuration_that_is_not_there_is_an_error(self, judge: Judge) -> None:
        assert judge(config="alembik.ini").reason == "there is no alembik.ini"

    def test_a_configuration_of_something_else_is_an_error(self, judge: Judge, project: Path) -> None:
        (project / "other.ini").write_text("[other]\nx = 1\n")
        result = judge(config="other.ini")
        assert result.outcome is Outcome.ERROR
        assert "script_location" in result.reason

    def test_pyproject_toml_is_read_too(self, judge: Judge, project: Path) -> None:
        (project / "pyproject.toml").write_text('[tool.alembic]\nscript_location = "%(here)s/migrations"\n')
        assert judge(config="pyproject.toml").outcome is Outcome.PASSED


class TestDatabase:
    def test_one_at_head_that_is_like_the_models_passes(self, judge: Judge, project: Path) -> None:
        upgrade(project, f"sqlite:///{project}/shop.db")
        result = judge({"unapplied": 0}, url="sqlite:///shop.db")
        assert result.outcome is Outcome.PASSED, result.reason
        assert evidence(result)["current"] == "b2"

    def test_one_behind_fails_and_is_not_compared(self, judge: Judge, project: Path) -> None:
        upgrade(project, f"sqlite:///{project}/shop.db", "a1")
        behind = judge({"pending": ">= 0"}, url="sqlite:///shop.db")
        assert behind.outcome is Outcome.ERROR
        assert "pending was not measured: the database is not at head" in behind.reason
        assert "current_at_head is false, expected true" in behind.reason
        assert behind.measurements["unapplied"].value == 1

    def test_an_empty_one_is_left_empty(self, judge: Judge, project: Path) -> None:
        result = judge(url="sqlite:///shop.db")
        assert result.outcome is Outcome.ERROR
        assert result.measurements["current_at_head"].value is False
        assert evidence(result)["current"] == "none"
        with closing(sqlite3.connect(project / "shop.db")) as connection:
            assert connection.execute("select * from sqlite_master").fetchall() == []

    def test_models_ahead_of_the_migrations_fail_and_are_listed(self, judge: Judge, project: Path) -> None:
        upgrade(project, f"sqlite:///{project}/shop.db")
        (project / "models.py").write_text(
            "from sqlalchemy import Column, Integer, MetaData, String, Table\n"
            "metadata = MetaData()\n"
            "Table('orders', metadata, Column('id', Integer, primary_key=True), Column('note', String),"
            " Column('state', String(10), nullable=False))\n"
            "Table('refunds', metadata, Column('id', Integer, primary_key=True))\n"
        )
        result = judge(url="sqlite:///shop.db")
        assert result.outcome is Outcome.FAILED
        assert "pending is 4, expected 0" in result.reason
        assert set(evidence(result)["pending"].splitlines()) == {
            "add_table refunds",
            "add_column orders.note",
            "modify_nullable orders.state",
            "remove_index ix_orders_state on orders",
        }

    def test_a_revision_of_somebody_else_is_not_head(self, judge: Judge, project: Path) -> None:
        upgrade(project, f"sqlite:///{project}/shop.db")
        with closing(sqlite3.connect(project / "shop.db")) as connection, connection:
            connection.execute("update alembic_version set version_num = 'ff'")
        result = judge(url="sqlite:///shop.db")
        assert result.measurements["current_at_head"].value is False
        assert evidence(result)["current"] == "ff (in the database, not in the project)"

    @pytest.mark.parametrize(
        ("models", "why"),
        [
            ("from sqlalchemy import MetaData\nmetadata = MetaData()\n", "the models in target_metadata have no table"),
            ("metadata = None\n", "env.py gives no target_metadata"),
        ],
    )
    def test_models_that_are_not_there_are_an_error(self, judge: Judge, project: Path, models: str, why: str) -> None:
        upgrade(project, f"sqlite:///{project}/shop.db")
        (project / "models.py").write_text(models)
        result = judge(url="sqlite:///shop.db")
        assert result.outcome is Outcome.ERROR
        assert f"pending was not measured: {why}" in result.reason

    def test_env_py_may_find_its_own_database(self, judge: Judge, project: Path) -> None:
        url = f"sqlite:///{project}/shop.db"
        upgrade(project, url)
        assert judge(online=True, env={"SHOP_URL": url}).outcome is Outcome.PASSED

    def test_a_file_that_is_not_there_is_an_error_and_is_not_created(self, judge: Judge, project: Path) -> None:
        result = judge(url="sqlite:///shpo.db")
        assert result.outcome is Outcome.ERROR
        assert "there is no file" in result.reason
        assert not (project / "shpo.db").exists()

    def test_a_database_that_does_not_answer_is_an_error_without_its_password(self, judge: Judge) -> None:
        result = judge(url="postgresql+psycopg://app:s3cret99@127.0.0.1:1/shop")
        assert result.outcome is Outcome.ERROR
        assert "connection to server" in result.reason
        assert "s3cret99" not in repr(result.evidence) + result.reason

    def test_an_env_py_that_breaks_is_an_error_with_what_it_printed(self, judge: Judge, project: Path) -> None:
        (project / "migrations" / "env.py").write_text("print('here, SHOP_TOKEN=tok-12345')\nimport nowhere\n")
        result = judge(online=True, env={"SHOP_TOKEN": "tok-12345"})
        assert result.outcome is Outcome.ERROR
        assert result.reason == "alembic.ini: ModuleNotFoundError: No module named 'nowhere'"
        assert evidence(result)["details"] == "here, SHOP_TOKEN=***"

    def test_an_env_py_that_asks_nothing_is_an_error(self, judge: Judge, project: Path) -> None:
        (project / "migrations" / "env.py").write_text("")
        assert "env.py asked no database" in judge(online=True).reason

    def test_an_interpreter_that_dies_is_an_error(self, judge: Judge, project: Path) -> None:
        (project / "migrations" / "env.py").write_text("import os\nos._exit(3)\n")
        assert judge(online=True).reason == "alembic.ini: Alembic's interpreter ended with exit code 3 and no answer"

    def test_an_env_py_that_hangs_is_ended_at_the_deadline(self, judge: Judge, project: Path) -> None:
        (project / "migrations" / "env.py").write_text("import time\ntime.sleep(600)\n")
        result = judge(online=True, timeout=3)
        assert result.outcome is Outcome.ERROR
        assert "timed out" in result.reason

    def test_nothing_is_run_where_commands_are_not_allowed(self, judge: Judge) -> None:
        result = judge(exec_allowed=False)
        assert result.outcome is Outcome.ERROR
        assert "--readiness-no-exec" in result.reason

    def test_postgresql_is_compared_and_nothing_is_written(
        self, judge: Judge, project: Path, postgres: Postgres, database: str
    ) -> None:
        url = postgres.url(database).replace("postgresql:", "postgresql+psycopg:")
        tables = "select count(*) from pg_tables where schemaname = 'public'"
        assert judge(url=url).outcome is Outcome.ERROR
        assert postgres.run(tables, name=database) == [(0,)]
        upgrade(project, url)
        assert judge(url=url).outcome is Outcome.PASSED


class TestOptions:
    def test_a_url_that_is_none_is_refused(self) -> None:
        with pytest.raises(OptionError, match="is not a database URL"):
            Migrations(url="shop")

    def test_an_empty_path_is_refused(self) -> None:
        with pytest.raises(OptionError, match="names no file"):
            Migrations(config=" ")

    def test_what_will_be_touched_is_listed(self) -> None:
        files = [Touch("file", "alembic.ini"), Touch("command", "python, with the project's env.py and revisions")]
        assert list(Migrations().touches()) == files
        assert list(Migrations(url="postgresql://u:p@h/d").touches()) == [*files, Touch("host", "h")]
        assert list(Migrations(url="sqlite:///x.db").touches()) == [*files, Touch("file", "x.db")]

    def test_alembic_may_have_to_be_installed(self, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
        assert judge().reason == "alembic is not installed: pip install 'pytest-readiness[migrations]'"
