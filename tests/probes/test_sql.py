"""Databases as anybody has one: a SQLite file, nothing installed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Better, Outcome, Result, Value
from pytest_readiness.options import Query, convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes._sql import connection as connections
from pytest_readiness.probes._sql.looking import Freshness
from pytest_readiness.probes.sql import Sql
from pytest_readiness.testing import run_probe

URL = "sqlite:///shop.db"

SCHEMA = """
    CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT NOT NULL, at TEXT, note BLOB);
    CREATE TABLE refunds (id INTEGER PRIMARY KEY, "order" INTEGER REFERENCES orders);
    CREATE VIEW open_orders AS SELECT * FROM orders WHERE state = 'open';
    CREATE INDEX orders_state ON orders (state);
    INSERT INTO orders (state, at) VALUES ('open', '2026-11-20 10:00:00'), ('paid', NULL), ('paid', '2026-11-21');
"""

Judge = Callable[..., Result]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.executescript(SCHEMA)
    return tmp_path


@pytest.fixture
def judge(shop: Path) -> Judge:
    """Judge a gate on the shop's database: options as a spec has them."""

    def judged(
        expect: dict[str, Value] | None = None, *, timeout: float = 5.0, allow: bool = False, **options: object
    ) -> Result:
        problems: list[tuple[tuple[str | int, ...], str]] = []
        probe = convert(Sql, {"url": URL, **options}, problems)
        assert probe is not None, problems
        return run_probe(probe, root=shop, expect=expect, timeout=timeout, side_effects_allowed=allow)

    return judged


def evidence(result: Result) -> dict[str, str]:
    return {item.title: item.text for item in result.evidence}


def orders(shop: Path) -> int:
    with closing(sqlite3.connect(shop / "shop.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM orders").fetchone()[0])


class TestConnecting:
    def test_a_database_that_answers_passes_without_anything_being_said(self, judge: Judge) -> None:
        result = judge()
        assert result.outcome is Outcome.PASSED
        assert result.reason == "connected is true, expected true"
        assert evidence(result) == {"database": "sqlite:///shop.db"}

    def test_latency_is_measured_where_it_is_asked_for(self, judge: Judge) -> None:
        assert judge({"latency": "< 1 s"}).outcome is Outcome.PASSED
        assert judge({"latency": "< 1 s"}, query="select 1").outcome is Outcome.PASSED

    def test_a_file_that_is_not_there_fails_and_is_not_created(self, judge: Judge, shop: Path) -> None:
        result = judge(url="sqlite:///shpo.db")
        assert result.outcome is Outcome.FAILED
        assert result.reason == "connected is false, expected true"
        assert evidence(result)["connection"] == f"sqlite:///shpo.db: there is no file {shop / 'shpo.db'}"
        assert not (shop / "shpo.db").exists()

    def test_a_query_to_a_file_that_is_not_there_is_an_error_that_says_why(self, judge: Judge) -> None:
        result = judge({"rows": 0}, url="sqlite:///shpo.db", query="select 1")
        assert result.outcome is Outcome.ERROR
        assert "rows was not measured: there is no file" in result.reason

    def test_a_file_that_is_no_database_fails(self, judge: Judge, shop: Path) -> None:
        (shop / "notes.db").write_text("to do: make this a database\n" * 50)
        result = judge(url="sqlite:///notes.db")
        assert result.outcome is Outcome.FAILED
        assert evidence(result)["connection"].endswith("file is not a database")

    def test_a_folder_fails(self, judge: Judge, shop: Path) -> None:
        (shop / "folder").mkdir()
        result = judge(url="sqlite:///folder")
        assert result.outcome is Outcome.FAILED
        assert "unable to open" in evidence(result)["connection"]

    def test_an_absolute_path_and_other_drivers_reach_the_same_file(self, judge: Judge, shop: Path) -> None:
        assert judge(url=f"sqlite:///{shop}/shop.db", tables=["orders"]).outcome is Outcome.PASSED
        assert judge(url="sqlite+aiosqlite:///shop.db", tables=["orders"]).outcome is Outcome.PASSED
        assert judge(url="sqlite:///file:shop.db?mode=ro&uri=true", tables=["orders"]).outcome is Outcome.PASSED

    def test_a_locked_database_is_an_error(self, judge: Judge, shop: Path) -> None:
        with closing(sqlite3.connect(shop / "shop.db")) as other:
            other.execute("BEGIN EXCLUSIVE")
            result = judge(query="select * from orders", timeout=1)
        assert result.outcome is Outcome.ERROR
        assert result.reason == "sqlite:///shop.db: database is locked"

    def test_sqlalchemy_is_not_needed(self, shop: Path) -> None:
        code = (
            "import sys; sys.modules['sqlalchemy'] = None\n"
            "from pytest_readiness.probes.sql import Sql\n"
            "from pytest_readiness.testing import run_probe\n"
            "probe = Sql(url='sqlite:///shop.db', query='select count(*) from orders')\n"
            "result = run_probe(probe, expect={'scalar': 3})\n"
            "print(result.outcome, result.reason)"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=shop, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("passed")


class TestQuery:
    def test_one_value_is_a_scalar(self, judge: Judge) -> None:
        result = judge({"scalar": 3}, query="select count(*) from orders")
        assert result.outcome is Outcome.PASSED
        assert evidence(result)["query"] == "select count(*) from orders\n1 row of 1 column: count(*)"

    def test_a_count_of_zero_is_something_seen(self, judge: Judge) -> None:
        query = "select count(*) from orders where state = 'lost'"
        assert judge({"scalar": 0}, query=query).outcome is Outcome.PASSED

    def test_another_value_than_expected_fails(self, judge: Judge) -> None:
        result = judge({"scalar": ">= 100"}, query="select count(*) from orders")
        assert result.outcome is Outcome.FAILED
        assert "scalar is 3, expected >= 100" in result.reason

    @pytest.mark.parametrize("expect", [{}, {"rows": ">= 0"}, {"connected": True}, {"scalar": 0}])
    def test_no_row_is_nothing_looked_at_whatever_is_expected(self, judge: Judge, expect: dict[str, Value]) -> None:
        result = judge(expect, query="select id from orders where state = 'lost'")
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    @pytest.mark.parametrize("said", [0, "0..3", "<= 0"])
    def test_no_row_passes_where_zero_is_said(self, judge: Judge, said: Value) -> None:
        result = judge({"rows": said}, query="select id from orders where state = 'lost'")
        assert result.outcome is Outcome.PASSED
        assert evidence(result)["query"].endswith("\nno row")

    def test_rows_are_counted(self, judge: Judge) -> None:
        assert judge({"rows": 2}, query="select * from orders where state = 'paid'").outcome is Outcome.PASSED

    def test_a_scalar_of_several_rows_or_columns_is_an_error(self, judge: Judge) -> None:
        result = judge({"scalar": 1}, query="select id, state from orders")
        assert result.outcome is Outcome.ERROR
        assert "scalar was not measured: the query returned 3 rows of 2 columns: id, state" in result.reason

    def test_nothing_is_not_zero(self, judge: Judge) -> None:
        result = judge({"scalar": "<= 5"}, query="select max(id) from refunds")
        assert result.outcome is Outcome.ERROR

    def test_parameters_are_handed_over_apart_from_the_text(self, judge: Judge) -> None:
        query = "select count(*) from orders where state = :state"
        assert judge({"scalar": 2}, query=query, parameters={"state": "paid"}).outcome is Outcome.PASSED
        assert judge({"scalar": 0}, query=query, parameters={"state": "paid' or '1'='1"}).outcome is Outcome.PASSED

    def test_a_forgotten_parameter_is_an_error(self, judge: Judge) -> None:
        result = judge(query="select count(*) from orders where state = :state", parameters={"stat": "paid"})
        assert result.outcome is Outcome.ERROR
        assert "the query was refused" in result.reason

    def test_a_query_that_is_refused_is_an_error_that_says_why(self, judge: Judge) -> None:
        result = judge({"scalar": 0}, query="select count(*) from order_s")
        assert result.outcome is Outcome.ERROR
        assert result.reason == "sqlite:///shop.db: the query was refused: no such table: order_s"

    def test_a_query_that_never_ends_is_stopped_at_the_deadline(self, judge: Judge) -> None:
        query = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
        begun = time.monotonic()
        result = judge(query=query, timeout=1)
        assert result.outcome is Outcome.ERROR
        assert result.reason == "sqlite:///shop.db: the deadline came first"
        assert time.monotonic() - begun < 3

    def test_more_rows_than_are_fetched_are_not_counted(self, judge: Judge) -> None:
        query = "with recursive n(x) as (select 1 union all select x + 1 from n) select x from n"
        result = judge({"rows": "> 5", "low": 1}, query=query, extract={"low": "[0].x"})
        assert result.outcome is Outcome.ERROR
        assert "rows, low were not measured: there are more than 10000 rows" in result.reason

    def test_rows_that_are_very_long_are_not_fetched(self, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections, "MOST_TEXT", 100)
        result = judge({"rows": 3}, query="select printf('%.50c', 'x') from orders")
        assert result.outcome is Outcome.ERROR
        assert evidence(result)["query"].endswith("more than 2 rows of 1 column: printf('%.50c', 'x')")


class TestExtract:
    def test_values_are_taken_out_of_the_rows(self, judge: Judge) -> None:
        result = judge(
            {"paid": [2, 3], "columns": ["id", "state"], "lost": 0},
            query="select id, state from orders",
            extract={"paid": "[?state=='paid'].id", "columns": "keys([0])", "lost": "length([?state=='lost'])"},
        )
        assert result.outcome is Outcome.PASSED

    @pytest.mark.parametrize(
        ("query", "why"),
        [
            ("[0].nothing", "[0].nothing finds nothing in the rows"),
            ("@", "what @ finds is something with parts: take one value out of it"),
            ("[0]", "what [0] finds is something with parts: take one value out of it"),
            ("abs([0].state)", "invalid type"),
        ],
    )
    def test_what_finds_no_value_is_an_error(self, judge: Judge, query: str, why: str) -> None:
        result = judge({"found": "!= x"}, query="select id, state from orders", extract={"found": query})
        assert result.outcome is Outcome.ERROR
        assert "found was not measured: " in result.reason
        assert why in result.reason

    def test_columns_of_one_name_are_not_mixed_up(self, judge: Judge) -> None:
        result = judge({"a": 1}, query="select 1 as id, 2 as id", extract={"a": "[0].id"})
        assert result.outcome is Outcome.ERROR
        assert "several columns are called id: name them with AS" in result.reason


class TestObjects:
    def test_what_is_there_passes_in_any_case(self, judge: Judge) -> None:
        result = judge(
            {"objects": 4}, tables=["orders", "Refunds"], views=["open_orders"], indexes=["main.orders_state"]
        )
        assert result.outcome is Outcome.PASSED

    def test_what_is_missing_fails_and_is_named_with_what_is_near(self, judge: Judge) -> None:
        result = judge(tables=["order", "orders", "invoices"], views=["orders"])
        assert result.outcome is Outcome.FAILED
        assert "missing is 3, expected 0" in result.reason
        assert evidence(result)["missing tables"] == "order (did you mean orders?)\ninvoices"
        assert evidence(result)["missing views"] == "orders (did you mean open_orders?)"

    def test_an_empty_database_lacks_everything(self, judge: Judge, shop: Path) -> None:
        (shop / "empty.db").touch()
        result = judge(url="sqlite:///empty.db", tables=[f"t{number}" for number in range(60)])
        assert result.outcome is Outcome.FAILED
        assert result.measurements["missing"].value == 60
        assert evidence(result)["missing tables"].endswith("t49\nand 10 more")

    @pytest.mark.parametrize("kind", ["functions", "extensions"])
    def test_what_cannot_be_known_is_an_error(self, judge: Judge, kind: str) -> None:
        result = judge(**{kind: ["x"]})
        assert result.outcome is Outcome.ERROR
        assert f"a SQLite database cannot say which {kind} it has" in result.reason

    def test_names_and_a_query_without_rows_are_an_error(self, judge: Judge) -> None:
        assert judge(tables=["orders"], query="select * from refunds").outcome is Outcome.ERROR


class TestFreshness:
    def stored(self, shop: Path, value: object) -> None:
        with closing(sqlite3.connect(shop / "shop.db")) as connection, connection:
            connection.execute("UPDATE orders SET at = NULL")
            connection.execute("CREATE TABLE seen (at)")
            connection.execute("INSERT INTO seen VALUES (?)", (value,))

    @pytest.mark.parametrize(
        "value",
        [
            lambda now: now.strftime("%Y-%m-%d %H:%M:%S"),
            lambda now: now.isoformat(),
            lambda now: now.astimezone().isoformat(),
            lambda now: now.timestamp(),
            lambda now: int(now.timestamp() * 1000),
        ],
    )
    def test_the_age_is_that_of_the_newest_value(
        self, judge: Judge, shop: Path, value: Callable[[datetime], object]
    ) -> None:
        now = max(datetime.now(UTC), datetime(2026, 11, 22, 10, tzinfo=UTC))
        self.stored(shop, value(now - timedelta(hours=2)))
        result = judge({"age": "7190..7400 s"}, freshness={"table": "seen", "column": "at"})
        assert result.outcome is Outcome.PASSED, result.reason

    def test_old_data_fails(self, judge: Judge) -> None:
        result = judge({"age": "< 1 h"}, freshness={"table": "orders", "column": "at"})
        assert result.outcome is Outcome.FAILED
        assert evidence(result)["freshness"] == "the newest orders.at is 2026-11-21T00:00:00+00:00"

    def test_an_empty_table_is_an_error(self, judge: Judge) -> None:
        result = judge(freshness={"table": "refunds", "column": "id"})
        assert result.outcome is Outcome.ERROR
        assert "age was not measured: refunds.id has no value in any row" in result.reason

    def test_data_of_the_future_is_an_error(self, judge: Judge, shop: Path) -> None:
        self.stored(shop, "2999-01-01")
        result = judge(freshness={"table": "seen", "column": "at"})
        assert result.outcome is Outcome.ERROR
        assert "the newest seen.at is in the future: 2999-01-01" in result.reason

    @pytest.mark.parametrize("value", ["yesterday", b"2026", 1e300])
    def test_what_is_no_time_is_an_error(self, judge: Judge, shop: Path, value: object) -> None:
        self.stored(shop, value)
        result = judge(freshness={"table": "seen", "column": "at"})
        assert result.outcome is Outcome.ERROR
        assert "is not a time" in result.reason

    def test_an_unknown_column_is_an_error_and_not_a_text(self, judge: Judge) -> None:
        result = judge(freshness={"table": "orders", "column": "att"})
        assert result.outcome is Outcome.ERROR
        assert "freshness of orders.att: no such column: att" in result.reason


class TestScript:
    def test_it_is_taken_back(self, judge: Judge, shop: Path) -> None:
        result = judge(
            {"statements": 2, "scalar": 0},
            script=["create table notes (id int)", "delete from orders"],
            query="select count(*) from orders",
            tables=["notes"],
        )
        assert result.outcome is Outcome.PASSED
        assert evidence(result)["script"] == "2 of 2 statements accepted"
        assert orders(shop) == 3

    def test_a_refused_statement_fails_and_ends_it(self, judge: Judge) -> None:
        result = judge(
            script=["create table notes (id int)", "create table orders (id int)", "drop table orders"],
            query="select 1",
            tables=["orders"],
            freshness={"table": "orders", "column": "at"},
            expect={"refused": 0, "rows": "0..9", "age": "> 0 s"},
        )
        assert result.outcome is Outcome.ERROR
        assert "missing, rows, age were not measured: the script was refused" in result.reason
        assert judge(script=["create table orders (id int)"]).outcome is Outcome.FAILED
        assert evidence(result)["script"] == (
            "1 of 3 statements accepted\nrefused: create table orders (id int)\ntable orders already exists"
        )

    def test_a_whole_schema_can_be_tried_in_memory(self, judge: Judge, shop: Path) -> None:
        (shop / "schema.sql").write_text(f"BEGIN; -- all or nothing\n{SCHEMA} COMMIT;")
        result = judge(url="sqlite://", script_file="schema.sql", tables=["orders"], views=["open_orders"])
        assert result.outcome is Outcome.PASSED
        assert result.measurements["statements"].value == 5

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", "schema.sql holds no statement"),
            (b"-- nothing yet\n;;", "schema.sql holds no statement"),
            (b"create table x (y int); commit; drop table orders", "schema.sql has COMMIT: everything is one"),
            (b"select 'x", "schema.sql has a ' that is never closed"),
            (b"select '\xff'", "schema.sql is not UTF-8 (byte 8)"),
            (b" " * (4 * 1024 * 1024 + 1), "schema.sql is longer than 4 MiB"),
        ],
    )
    def test_a_file_that_cannot_be_run_is_an_error(self, judge: Judge, shop: Path, content: bytes, why: str) -> None:
        (shop / "schema.sql").write_bytes(content)
        result = judge(script_file="schema.sql")
        assert result.outcome is Outcome.ERROR
        assert result.reason.startswith(why)

    def test_a_file_that_is_not_there_is_an_error(self, judge: Judge) -> None:
        assert judge(script_file="schema.sql").reason == "schema.sql cannot be read: No such file or directory"

    def test_side_effects_are_kept_only_where_the_run_allows_them(self, judge: Judge, shop: Path) -> None:
        result = judge(script=["delete from orders"], side_effects=True)
        assert result.outcome is Outcome.ERROR
        assert "this run does not allow: --readiness-allow-side-effects" in result.reason
        assert orders(shop) == 3
        assert judge(script=["delete from orders"], side_effects=True, allow=True).outcome is Outcome.PASSED
        assert orders(shop) == 0

    def test_a_script_that_is_refused_half_way_leaves_nothing(self, judge: Judge, shop: Path) -> None:
        result = judge(script=["delete from orders", "nonsense"], side_effects=True, allow=True)
        assert result.outcome is Outcome.FAILED
        assert orders(shop) == 3

    def test_a_query_may_change_things_where_the_run_allows_it(self, judge: Judge, shop: Path) -> None:
        query = "delete from orders where state = 'paid' returning id"
        assert judge({"rows": 2}, query=query, side_effects=True, allow=True).outcome is Outcome.PASSED
        assert orders(shop) == 1


class TestReadOnly:
    @pytest.mark.parametrize(
        "query",
        [
            "with gone as (select 1) delete from orders",
            "with gone as (select 1) insert into orders (state) select 'x' from gone",
            "pragma user_version = 7",
            "pragma journal_mode(wal)",
            "pragma wal_checkpoint",
            "pragma query_only(0)",
        ],
    )
    def test_a_query_cannot_change_anything(self, judge: Judge, shop: Path, query: str) -> None:
        before = (shop / "shop.db").read_bytes()
        assert judge({"rows": "0..9"}, query=query).outcome is Outcome.ERROR
        assert (shop / "shop.db").read_bytes() == before

    @pytest.mark.parametrize("query", ["pragma integrity_check", "pragma table_info(orders)", "pragma journal_mode"])
    def test_a_query_may_ask_the_database_about_itself(self, judge: Judge, query: str) -> None:
        assert judge(query=query).outcome is Outcome.PASSED

    @pytest.mark.parametrize("statement", ["attach 'other.db' as other", "detach main"])
    def test_a_script_cannot_reach_another_file(self, judge: Judge, shop: Path, statement: str) -> None:
        assert judge(script=[statement]).outcome is Outcome.FAILED
        assert not (shop / "other.db").exists()


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "why"),
        [
            ({"url": "shop.db"}, "is not a database URL such as postgresql://user@host/name"),
            ({"url": "sqlite://shop.db"}, "needs three slashes before a relative path"),
            ({"url": "sqlite://"}, "a database in memory is empty"),
            ({"url": "sqlite:///:memory:"}, "a database in memory is empty"),
            ({"query": " -- nothing\n"}, "is empty"),
            ({"query": "select 1; select 2"}, "holds 2 statements"),
            ({"query": "delete from orders"}, "begins with DELETE, so it does not only read"),
            ({"query": "7"}, "does not begin with SELECT"),
            ({"query": "select 'x"}, "has a ' that is never closed"),
            ({"parameters": {"a": 1}}, "means nothing without `query`"),
            ({"extract": {"a": Query("@")}}, "means nothing without `query`"),
            ({"query": "select 1", "extract": {"rows": Query("@")}}, "rows is a measurement of sql already"),
            ({"tables": ("",)}, "an item is empty"),
            ({"tables": ()}, "the list is empty: there is nothing to look at"),
            ({"script": ()}, "the list is empty: there is nothing to look at"),
            ({"script": ("select 1",), "script_file": "x.sql"}, "say either `script` or `script_file`"),
            ({"script": ("savepoint s",)}, "has SAVEPOINT: everything is one transaction already"),
            ({"script": ("commit",)}, "has COMMIT: everything is one transaction already"),
            ({"script": ("select 1; select 2",)}, "holds 2 statements"),
            ({"side_effects": True}, "means nothing without `script` or `query`"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, options: dict[str, object], why: str) -> None:
        with pytest.raises(OptionError) as refused:
            Sql(**{"url": URL, **options})  # type: ignore[arg-type]
        assert why in str(refused.value)

    def test_what_will_be_touched_is_listed_without_the_password(self) -> None:
        probe = Sql(
            url="postgresql://app:hunter22@db:5433/shop", script=("insert into a values (1)",), query="select 1"
        )
        assert list(probe.touches()) == [
            Touch("host", "db:5433"),
            Touch("query", "insert into a values (1)"),
            Touch("query", "select 1"),
        ]
        assert list(Sql(url=URL, script_file="x.sql").touches()) == [Touch("file", "shop.db"), Touch("file", "x.sql")]
        assert list(Sql(url="sqlite://", script_file="x.sql").touches()) == [Touch("file", "x.sql")]

    def test_defaults_follow_the_options(self) -> None:
        assert Sql(url=URL).expected() == {"connected": True}
        everything = Sql(
            url=URL,
            query="select 1",
            tables=("a",),
            freshness=Freshness(table="a", column="b"),
            script=("select 1",),
            extract={"a": Query("@")},
        )
        assert everything.expected() == {
            "connected": True,
            "rows": ">= 1",
            "missing": 0,
            "age": ">= 0 s",
            "refused": 0,
        }
        assert everything.declared()["a"].type is object
        assert everything.declared()["latency"].better is Better.LOWER


class TestSecrets:
    def test_a_known_secret_in_what_is_found_is_hidden(self, shop: Path) -> None:
        result = run_probe(
            Sql(url=URL, query="select 'hunter22'"), root=shop, expect={"scalar": "x"}, secrets=["hunter22"]
        )
        assert "hunter22" not in repr(result.measurements) + repr(result.evidence) + result.reason
