"""Databases on servers: a real PostgreSQL, a real MariaDB where there is one, and servers that are no good."""

from __future__ import annotations

import importlib.util
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="needs SQLAlchemy: pip install 'pytest-readiness[postgres]'")

from pytest_readiness.deadline import Deadline
from pytest_readiness.engine import Engine, Setup
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.options import convert
from pytest_readiness.probes._sql.pool import SIZE
from pytest_readiness.probes._sql.server import Servers
from pytest_readiness.probes._sql.url import parse
from pytest_readiness.probes.sql import Sql
from pytest_readiness.registry import Registry
from pytest_readiness.testing import NOW, fake_gate, fake_plan, run_probe
from tests.servers.postgres import Postgres

from .servers import closed_port, serving

SCHEMA = (
    "CREATE TABLE orders (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, state text, at timestamptz DEFAULT now())",
    "CREATE VIEW open_orders AS SELECT * FROM orders WHERE state = 'open'",
    "CREATE MATERIALIZED VIEW daily AS SELECT count(*) FROM orders",
    "CREATE FUNCTION cleanup() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA archive",
    "CREATE TABLE archive.invoices (id int)",
    "INSERT INTO orders (state) VALUES ('open'), ('50%'), ('paid')",
)

Judge = Callable[..., Result]


def made(url: str, **options: object) -> Sql:
    problems: list[tuple[tuple[str | int, ...], str]] = []
    probe = convert(Sql, {"url": url, **options}, problems)
    assert probe is not None, problems
    return probe


def evidence(result: Result) -> dict[str, str]:
    return {item.title: item.text for item in result.evidence}


@pytest.fixture
def shop(postgres: Postgres, database: str) -> str:
    """Return the URL of a database with the schema in it."""
    postgres.run(*SCHEMA, name=database)
    return postgres.url(database)


@pytest.fixture
def judge(shop: str) -> Judge:
    def judged(
        expect: dict[str, Value] | None = None, *, timeout: float = 10.0, allow: bool = False, **options: object
    ) -> Result:
        return run_probe(made(**{"url": shop, **options}), expect=expect, timeout=timeout, side_effects_allowed=allow)  # type: ignore[arg-type]

    return judged


class TestPostgreSQL:
    def test_a_server_that_answers_passes(self, judge: Judge) -> None:
        result = judge({"latency": "< 5 s"})
        assert result.outcome is Outcome.PASSED
        assert evidence(result)["database"].startswith("postgresql://postgres@/test_")

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql+asyncpg", "postgresql+psycopg2", "postgresql+psycopg"])
    def test_the_driver_that_the_url_names_does_not_matter(self, judge: Judge, shop: str, scheme: str) -> None:
        url = shop.replace("postgresql", scheme) + "&prepared_statement_cache_size=0"
        assert judge(url=url, tables=["orders"]).outcome is Outcome.PASSED

    def test_options_of_asyncpg_are_understood(self, judge: Judge, shop: str) -> None:
        url = shop.replace("postgresql", "postgresql+asyncpg")
        assert judge(url=url + "&ssl=prefer").outcome is Outcome.PASSED
        result = judge(url=url + "&ssl=sure")
        assert result.outcome is Outcome.ERROR
        assert 'invalid sslmode value: "sure"' in result.reason

    def test_values_of_all_kinds_are_read(self, judge: Judge) -> None:
        query = (
            "select 1.50::numeric as price, 2::numeric as two, date '2026-11-22' as day, '{1,2}'::int[] as list,"
            " '{\"a\": {\"b\": 3}}'::jsonb as tree, interval '90 s' as span, null as nothing, 'x'::bytea as raw,"
            " '10.0.0.1'::inet as host, 'a7f1a2f4-0000-4000-8000-000000000000'::uuid as key"
        )
        extract = {name: f"[0].{name}" for name in ("price", "two", "day", "list", "span", "raw", "host", "key")}
        result = judge(
            {
                "price": 1.5,
                "two": 2,
                "day": "2026-11-22",
                "list": (1, 2),
                "b": 3,
                "span": 90,
                "raw": "~ ^78$",
                "host": "10.0.0.1",
                "key": "~ ^a7f1a2f4-",
                "nothings": 1,
            },
            query=query,
            extract={**extract, "b": "[0].tree.a.b", "nothings": "length([?nothing==`null`])"},
        )
        assert result.outcome is Outcome.PASSED, result.reason

    def test_a_structure_is_no_scalar(self, judge: Judge) -> None:
        result = judge({"scalar": 1}, query="select '{\"a\": 1}'::jsonb")
        assert result.outcome is Outcome.ERROR
        assert "it is something with parts: take one value out of it by extract" in result.reason

    def test_plans_and_settings_can_be_asked_for(self, judge: Judge) -> None:
        plan = judge(
            {"time": "< 5000"},
            query="explain (analyze, format json) select * from orders",
            extract={"time": '[0]."QUERY PLAN"[0]."Execution Time"'},
        )
        assert plan.outcome is Outcome.PASSED, plan.reason
        assert judge({"scalar": "!~ ^1MB$"}, query="show shared_buffers").outcome is Outcome.PASSED

    def test_parameters_may_stand_beside_casts_and_percents(self, judge: Judge) -> None:
        query = "select count(*) from orders where state like '50%' and id > :low::int and ':no' <> :text -- :not this"
        result = judge({"scalar": 1}, query=query, parameters={"low": 0, "text": "x"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert (
            judge({"scalar": 1}, query="select count(*) from orders where state like '50%'").outcome is Outcome.PASSED
        )

    def test_a_forgotten_parameter_is_an_error(self, judge: Judge) -> None:
        result = judge(query="select :a::int, :b::int", parameters={"a": 1})
        assert "the query was refused: there is no parameter b" in result.reason

    def test_what_has_to_be_there_is_found(self, judge: Judge) -> None:
        result = judge(
            {"objects": 9},
            tables=["orders", "public.orders", "archive.invoices"],
            views=["open_orders", "daily"],
            functions=["cleanup", "public.cleanup"],
            indexes=["orders_pkey"],
            extensions=["plpgsql"],
        )
        assert result.outcome is Outcome.PASSED, result.reason

    def test_what_only_another_schema_has_is_missing_and_pointed_at(self, judge: Judge) -> None:
        result = judge(tables=["invoices", "open_orders", "Orders"], extensions=["vector"])
        assert result.outcome is Outcome.FAILED
        assert "missing is 4, expected 0" in result.reason
        assert evidence(result)["missing tables"].splitlines() == [
            "invoices (did you mean archive.invoices?)",
            "open_orders (did you mean orders?)",
            "Orders (did you mean orders?)",
        ]

    def test_freshness_minds_time_zones(self, judge: Judge, postgres: Postgres, shop: str) -> None:
        name = parse(shop).name
        postgres.run(f"ALTER DATABASE {name} SET timezone TO 'Pacific/Auckland'")
        assert judge({"age": "< 10 min"}, freshness={"table": "orders", "column": "at"}).outcome is Outcome.PASSED
        postgres.run("UPDATE orders SET at = now() - interval '3 h'", name=name)
        late = judge({"age": "< 10 min"}, freshness={"table": "public.orders", "column": "at"})
        assert late.outcome is Outcome.FAILED

    def test_a_refused_query_is_an_error_without_the_data_behind_it(self, judge: Judge) -> None:
        result = judge(query="select secret from orders")
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith('the query was refused: column "secret" does not exist')

    def test_a_slow_query_is_stopped_at_the_deadline_on_the_server_too(self, judge: Judge, postgres: Postgres) -> None:
        result = judge(query="select pg_sleep(600)", timeout=1)
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith("the deadline came first")
        # A connection that is idle again still shows its last query.
        running = "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
        waiting = f"{running} and query like '%pg_sleep(600)%'"
        until = time.monotonic() + 5
        while postgres.run(waiting)[0][0] and time.monotonic() < until:
            time.sleep(0.05)
        assert postgres.run(waiting) == [(0,)]

    def test_more_rows_than_are_fetched_are_not_read_to_the_end(self, judge: Judge) -> None:
        result = judge({"rows": "> 1"}, query="select generate_series(1, 1000000000)", timeout=8)
        assert result.outcome is Outcome.ERROR
        assert "there are more than 10000 rows" in result.reason

    def test_no_row_is_nothing_looked_at(self, judge: Judge) -> None:
        assert judge(query="select * from orders where false").outcome is Outcome.ERROR
        assert judge({"rows": 0}, query="select * from orders where false").outcome is Outcome.PASSED


class TestNothingChanges:
    @pytest.mark.parametrize(
        "query",
        [
            "with gone as (delete from orders returning 1) select count(*) from gone",
            "select set_config('transaction_read_only', 'off', false)",
            "select nextval('orders_id_seq')",
            "explain analyze delete from orders",
        ],
    )
    def test_a_query_cannot_write(self, judge: Judge, postgres: Postgres, shop: str, query: str) -> None:
        assert judge(query=query).outcome is Outcome.ERROR
        assert postgres.run("select count(*) from orders", name=parse(shop).name) == [(3,)]

    def test_a_second_statement_is_refused_by_the_server_as_well(self, shop: str) -> None:
        connection = Servers(parse(shop)).connect(Deadline.after(10))
        for writes in (False, True):
            connection.begin(writes=writes, deadline=Deadline.after(10))
            with pytest.raises(CannotMeasure, match="cannot insert multiple commands"):
                connection.run("select 1; commit; drop table orders")
            connection.end(keep=False)
        connection.close()

    def test_a_script_is_taken_back(self, judge: Judge, postgres: Postgres, shop: str) -> None:
        result = judge(
            {"scalar": 4},
            script=["create table notes (id int)", "insert into orders (state) values ('new')"],
            query="select count(*) from orders",
            tables=["notes"],
        )
        assert result.outcome is Outcome.PASSED, result.reason
        assert postgres.run("select count(*) from orders", name=parse(shop).name) == [(3,)]
        assert judge(tables=["notes"]).outcome is Outcome.FAILED

    def test_a_script_cannot_commit_from_inside(self, judge: Judge) -> None:
        result = judge(script=["do $$ begin commit; end $$"])
        assert result.outcome is Outcome.FAILED
        assert "refused: do $$ begin commit; end $$\ninvalid transaction termination" in evidence(result)["script"]

    def test_what_commit_would_refuse_is_refused(self, judge: Judge) -> None:
        result = judge(
            script=[
                "create table parts (order_id int references orders deferrable initially deferred)",
                "insert into parts values (77)",
            ]
        )
        assert result.outcome is Outcome.FAILED
        assert "2 of 2 statements accepted\nrefused: at the end, as COMMIT would\n" in evidence(result)["script"]

    def test_a_schema_file_with_functions_runs(self, judge: Judge, tmp_path: Path) -> None:
        (tmp_path / "schema.sql").write_text(
            "begin;\n"
            "create function twice(x int) returns int language plpgsql as $body$ begin return x * 2; end; $body$;\n"
            "create function one() returns int begin atomic select 1; end;\n"
            "commit;\n"
        )
        result = judge(
            {"scalar": 4}, script_file=str(tmp_path / "schema.sql"), query="select twice(2)", functions=["one"]
        )
        assert result.outcome is Outcome.PASSED, result.reason

    def test_side_effects_are_kept_where_they_are_allowed(self, judge: Judge, postgres: Postgres, shop: str) -> None:
        script = ["delete from orders where state = 'paid'"]
        assert judge(script=script, side_effects=True).outcome is Outcome.ERROR
        result = judge({"rows": 1}, script=script, query="select cleanup()", side_effects=True, allow=True)
        assert result.outcome is Outcome.PASSED, result.reason
        assert postgres.run("select count(*) from orders", name=parse(shop).name) == [(2,)]


class TestNoGoodServers:
    def test_where_nobody_listens_it_fails(self) -> None:
        result = run_probe(made(f"postgresql://app:hunter22@127.0.0.1:{closed_port()}/shop"))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "connected is false, expected true"
        assert "Connection refused" in evidence(result)["connection"]

    @pytest.mark.parametrize("change", [("postgres@", "nobody@"), ("/test_", "/tset_")])
    def test_an_unknown_user_or_database_fails(self, judge: Judge, shop: str, change: tuple[str, str]) -> None:
        result = judge(url=shop.replace(*change))
        assert result.outcome is Outcome.FAILED
        assert "does not exist" in evidence(result)["connection"]

    def test_an_unknown_host_is_an_error_even_where_no_connection_is_expected(self) -> None:
        result = run_probe(made("postgresql://app@no-such-host.invalid/shop"), expect={"connected": False})
        assert result.outcome is Outcome.ERROR
        assert "failed to resolve host" in result.reason

    def test_an_unknown_option_in_the_url_is_an_error(self, judge: Judge, shop: str) -> None:
        result = judge({"connected": False}, url=shop + "&colour=blue")
        assert result.outcome is Outcome.ERROR
        assert "colour" in result.reason

    def test_a_server_that_says_nothing_is_an_error_within_the_deadline(self) -> None:
        with serving(lambda _, server: server.closing.wait(30)) as mute:
            begun = time.monotonic()
            result = run_probe(
                made(f"postgresql://app@127.0.0.1:{mute.port}/shop"), timeout=3, expect={"connected": False}
            )
            assert result.outcome is Outcome.ERROR
            assert "time" in result.reason
            assert time.monotonic() - begun < 5

    def test_a_server_that_speaks_another_language_is_an_error(self) -> None:
        with serving(lambda connection, _: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as other:
            result = run_probe(made(f"postgresql://app@127.0.0.1:{other.port}/shop"), expect={"connected": False})
        assert result.outcome is Outcome.ERROR

    def test_a_server_that_falls_silent_is_cut_off_at_the_deadline(self, shop: str) -> None:
        connection = Servers(parse(shop)).connect(Deadline.after(10))
        connection.begin(writes=False, deadline=Deadline.after(10))
        ((process,),) = connection.run("select pg_backend_pid()").rows
        assert isinstance(process, int)
        connection.end(keep=False)
        connection.begin(writes=False, deadline=Deadline.after(0.5))
        os.kill(process, signal.SIGSTOP)
        try:
            with pytest.raises(CannotMeasure, match="the deadline came first"):
                connection.run("select 1")
        finally:
            os.kill(process, signal.SIGCONT)
            connection.close()

    def test_the_password_is_shown_nowhere(self) -> None:
        url = f"postgresql://app:s3cret%2Fpass@127.0.0.1:{closed_port()}/shop?sslpassword=other-one"
        result = run_probe(made(url, query="select 's3cret/pass'"))
        shown = repr((result.reason, result.evidence, result.measurements, result.expectations))
        assert "postgresql://app@127.0.0.1" in shown
        for secret in ("s3cret", "other-one"):
            assert secret not in shown


class TestDrivers:
    def test_a_missing_driver_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
        for url, extra in {
            "postgresql+asyncpg://h/d": "postgres",
            "mysql://h/d": "mysql",
            "mariadb+aiomysql://h/d": "mysql",
            "oracle://h/d": "sql",
        }.items():
            result = run_probe(made(url))
            assert result.outcome is Outcome.ERROR
            assert f"sqlalchemy is not installed: pip install 'pytest-readiness[{extra}]'" in result.reason

    def test_drivers_without_an_extra_are_named(self) -> None:
        result = run_probe(made("mssql+pyodbc://app:hunter22@h/d"))
        assert result.reason == "mssql://app@h/d: pyodbc is not installed: pip install pyodbc"

    def test_an_unknown_dialect_is_an_error(self) -> None:
        assert "Can't load plugin: sqlalchemy.dialects:nosql" in run_probe(made("nosql://h/d")).reason

    def test_other_dialects_go_through_sqlalchemy(self, tmp_path: Path) -> None:
        """SQLite under a driver's name of its own stands for every dialect that nothing special is known of."""
        import sqlite3

        import sqlalchemy
        from sqlalchemy.dialects import registry

        registry.register("shelf.pysqlite", "sqlalchemy.dialects.sqlite.pysqlite", "SQLiteDialect_pysqlite")
        with sqlite3.connect(tmp_path / "shop.db") as connection:
            connection.execute("create table orders (id int, state text)")
            connection.execute("create index states on orders (state)")
            connection.execute("create view open_orders as select * from orders")
            connection.execute("insert into orders values (1, 'open')")
        connection.close()
        url = f"shelf+pysqlite:///{tmp_path}/shop.db"
        assert sqlalchemy.make_url(url).get_dialect().name == "sqlite"
        result = run_probe(
            made(
                url,
                query="select count(*) from orders where state = :state",
                parameters={"state": "open"},
                tables=["orders", "main.orders"],
                views=["open_orders"],
                indexes=["states"],
                freshness={"table": "orders", "column": "id"},
            ),
            expect={"scalar": 1},
        )
        assert result.outcome is Outcome.PASSED, result.reason
        assert run_probe(made(url, functions=["f"])).outcome is Outcome.ERROR
        forgotten = run_probe(made(url, query="select :a", parameters={"b": 1}))
        assert "the query was refused: A value is required for bind parameter 'a'" in forgotten.reason
        changed = run_probe(made(url, script=["delete from orders"]))
        assert changed.outcome is Outcome.PASSED, changed.reason
        assert run_probe(made(url, query="select * from orders"), expect={"rows": 1}).outcome is Outcome.PASSED


class TestSharing:
    def gates(self, url: str, count: int) -> Iterator[Result]:
        probe = made(url, query="select pg_sleep(0.01), 1")
        gates = [fake_gate(probe, id=f"gate-{number}", timeout=30) for number in range(count)]
        engine = Engine(fake_plan(*gates), Setup(registry=Registry(), env={}, now=NOW, jobs=100))
        engine.run()
        yield from engine.results()

    def test_a_hundred_gates_on_one_database_open_few_connections(self, postgres: Postgres, shop: str) -> None:
        name = parse(shop).name
        seen: list[int] = []
        over = threading.Event()
        with postgres.connect() as watcher:

            def watch() -> None:
                while not over.is_set():
                    query = "select count(*), count(*) filter (where state = 'active') from pg_stat_activity"
                    seen.append(watcher.execute(f"{query} where datname = '{name}'").fetchone()[0])

            thread = threading.Thread(target=watch)
            thread.start()
            try:
                results = list(self.gates(shop, 100))
            finally:
                over.set()
                thread.join()
        assert {result.outcome for result in results} == {Outcome.PASSED}
        assert 2 <= max(seen) <= SIZE
        opened = "select sessions from pg_stat_database where datname = %s"
        with postgres.connect() as connection:
            assert connection.execute(opened, [name]).fetchone()[0] <= SIZE + 1

    def test_nothing_stays_open_after_the_run(self, postgres: Postgres, shop: str) -> None:
        assert {result.outcome for result in self.gates(shop, 3)} == {Outcome.PASSED}
        query = f"select count(*) from pg_stat_activity where datname = '{parse(shop).name}'"
        until = time.monotonic() + 5
        while postgres.run(query) != [(0,)] and time.monotonic() < until:
            time.sleep(0.02)
        assert postgres.run(query) == [(0,)]

    def test_a_hundred_gates_on_a_dead_server_do_not_wait_for_each_other(self) -> None:
        begun = time.monotonic()
        results = list(self.gates(f"postgresql://app@127.0.0.1:{closed_port()}/shop", 100))
        assert {result.outcome for result in results} == {Outcome.ERROR}
        assert time.monotonic() - begun < 5


@pytest.fixture(scope="module")
def market(mariadb: str) -> str:
    """Return the URL of a MariaDB database with a table, a view and a function."""
    pymysql = pytest.importorskip("pymysql")
    url = parse(mariadb)
    host, _, port = url.place.partition(":")
    connection = pymysql.connect(host=host, port=int(port), user=url.user)
    with connection.cursor() as cursor:
        for statement in (
            "drop database if exists market",
            "create database market",
            "use market",
            "create table orders (id int primary key, state varchar(9), at datetime default utc_timestamp())",
            "insert into orders (id, state) values (1, 'open'), (2, '50%')",
            "create index states on orders (state)",
            "create view open_orders as select * from orders where state = 'open'",
            "create function cleanup() returns int deterministic return 1",
            "create or replace user app@localhost identified by 'hunter22'",
            "grant all on market.* to app@localhost",
        ):
            cursor.execute(statement)
    connection.commit()
    connection.close()
    return f"mysql+aiomysql://app:hunter22@{url.place}/market"


class TestMariaDB:
    def test_it_is_looked_into(self, market: str) -> None:
        result = run_probe(
            made(
                market,
                query="select count(*) from orders where state = :state and state like '50%'",
                parameters={"state": "50%"},
                tables=["orders", "market.orders"],
                views=["open_orders"],
                functions=["cleanup"],
                indexes=["states"],
                freshness={"table": "orders", "column": "at"},
            ),
            expect={"scalar": 1, "age": "< 1 h"},
        )
        assert result.outcome is Outcome.PASSED, result.reason

    def test_a_script_is_taken_back_and_what_could_not_be_is_refused(self, market: str) -> None:
        script = made(market, script=["insert into orders (id) values (9)"], query="select count(*) from orders")
        assert run_probe(script, expect={"scalar": 3}).outcome is Outcome.PASSED
        after = made(market, query="select count(*) from orders")
        assert run_probe(after, expect={"scalar": 2}).outcome is Outcome.PASSED
        with pytest.raises(AssertionError, match="has CREATE, which mysql could not take back"):
            made(market, script=["create table x (y int)"])

    def test_a_refused_statement_fails(self, market: str) -> None:
        result = run_probe(made(market, script=["insert into orders (id) values (1)"]))
        assert result.outcome is Outcome.FAILED

    def test_a_slow_query_ends_at_the_deadline(self, market: str) -> None:
        begun = time.monotonic()
        result = run_probe(made(market, query="select sleep(60)"), timeout=1)
        assert result.outcome is Outcome.ERROR
        assert time.monotonic() - begun < 3

    def test_more_rows_than_are_fetched_are_not_sent(self, market: str) -> None:
        query = f"select 1 from {', '.join(f'orders t{number}' for number in range(20))}"
        result = run_probe(made(market, query=query), expect={"rows": 2**20})
        assert "there are more than 10000 rows" in result.reason

    def test_a_wrong_password_fails_and_is_not_shown(self, market: str) -> None:
        result = run_probe(made(market.replace("hunter22", "hunter23")))
        assert result.outcome is Outcome.FAILED
        assert "Access denied" in evidence(result)["connection"]
        assert "hunter" not in repr(result.evidence)
