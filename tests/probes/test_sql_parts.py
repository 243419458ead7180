"""The parts behind the sql probe: URLs, statements, cells and the pool."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import ip_address

import pytest

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._sql import pool as pool_module
from pytest_readiness.probes._sql.connection import Connection, NotConnected, Rows
from pytest_readiness.probes._sql.pool import Pool
from pytest_readiness.probes._sql.statements import check_reads, check_script, one, pyformat, split
from pytest_readiness.probes._sql.url import parse
from pytest_readiness.probes._sql.values import plain


class TestUrls:
    @pytest.mark.parametrize(
        ("text", "shown", "host"),
        [
            ("postgresql://app:p%40ss@db:5432/shop?sslmode=require", "postgresql://app@db:5432/shop", "db:5432"),
            ("postgres+asyncpg://app:p@ss@db/shop", "postgresql://app@db/shop", "db"),
            ("postgresql://db", "postgresql://db/", "db"),
            ("postgresql:///shop?host=/run/pg", "postgresql:///shop", "/run/pg"),
            ("postgresql://app@[::1]:5432/shop", "postgresql://app@[::1]:5432/shop", "[::1]:5432"),
            ("MySQL+pymysql://app:x@db/shop", "mysql://app@db/shop", "db"),
            ("mssql+pyodbc:///?odbc_connect=DRIVER%3DX%3BPWD%3Dhunter22", "mssql:///", "localhost"),
            ("sqlite:////var/app@home.db", "sqlite:////var/app@home.db", "localhost"),
            ("sqlite:///:memory:", "sqlite:///:memory:", "localhost"),
            ("sqlite:///file:shared?mode=memory&uri=true", "sqlite:///:memory:", "localhost"),
            ("sqlite+pysqlcipher://:key@/x.db", "sqlite:///x.db", "localhost"),
        ],
    )
    def test_are_shown_without_password_and_options(self, text: str, shown: str, host: str) -> None:
        url = parse(text)
        assert str(url) == shown
        assert url.host == host

    @pytest.mark.parametrize(
        ("text", "secret"),
        [
            ("postgresql://app:p%40ss@db/shop", "p@ss"),
            ("postgresql://db/shop?user=app&password=hunter22", "hunter22"),
            ("postgresql://db/shop?sslpassword=hunter22", "hunter22"),
            ("mssql+pyodbc:///?odbc_connect=DRIVER%3DX%3BPWD%3Dhunter22%3B", "hunter22"),
        ],
    )
    def test_give_away_their_passwords_to_be_hidden(self, text: str, secret: str) -> None:
        assert secret in set(parse(text).secrets())

    @pytest.mark.parametrize(
        "text", ["", "shop.db", "jdbc:postgresql://h/d", "postgresql://u:p/w?x@h/d", "postgresql://a b:c:d/x"]
    )
    def test_that_cannot_be_read_are_refused_without_being_shown(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"is not a database URL|cannot be read") as refused:
            parse(text)
        assert not text or text not in str(refused.value)

    def test_keys_hold_nothing_to_read(self) -> None:
        key = parse("postgresql://app:hunter22@db/shop").key
        assert "hunter22" not in key
        assert key != parse("postgresql://app:hunter23@db/shop").key


class TestStatements:
    @pytest.mark.parametrize(
        ("sql", "dialect", "parts"),
        [
            ("select 1", "postgresql", ["select 1"]),
            ("select 1;\n-- done;\nselect ';';", "postgresql", ["select 1", "-- done;\nselect ';'"]),
            ("select 'it''s; '; select \";\"", "sqlite", ["select 'it''s; '", 'select ";"']),
            (r"select 'a\'; select 2; --'", "postgresql", [r"select 'a\'", "select 2"]),
            (r"select 'a\'; select 2; --'", "mysql", [r"select 'a\'; select 2; --'"]),
            (r"select E'a\'; select 2'; x", "postgresql", [r"select E'a\'; select 2'", "x"]),
            ("do $$ begin; end; $$; x", "postgresql", ["do $$ begin; end; $$", "x"]),
            ("do $a$ $$;$b$; $a$; x", "postgresql", ["do $a$ $$;$b$; $a$", "x"]),
            ("select a$b$c; select $1; x", "postgresql", ["select a$b$c", "select $1", "x"]),
            ("select /* ; /* ; */ ; */ 1; x", "postgresql", ["select /* ; /* ; */ ; */ 1", "x"]),
            ("select /* /* */ 1; x", "mysql", ["select /* /* */ 1", "x"]),
            ("select `;`; select 1 # ; no", "mysql", ["select `;`", "select 1 # ; no"]),
            ("select [;]; x", "sqlite", ["select [;]", "x"]),
            ("select a[1:2]; x", "postgresql", ["select a[1:2]", "x"]),
            (
                "create trigger t after insert on a begin update a set b = case when 1 then 2 end; end; x",
                "sqlite",
                ["create trigger t after insert on a begin update a set b = case when 1 then 2 end; end", "x"],
            ),
            (" ; ;; -- nothing", "sqlite", []),
        ],
    )
    def test_end_at_semicolons_outside_quotes_comments_and_bodies(
        self, sql: str, dialect: str, parts: list[str]
    ) -> None:
        assert [statement.text for statement in split(sql, dialect)] == parts

    @pytest.mark.parametrize("sql", ["select 'x", 'select "x', "select /* x", "do $a$ x $b$", "select E'x\\'"])
    def test_that_never_end_are_refused(self, sql: str) -> None:
        with pytest.raises(ValueError, match="never closed"):
            split(sql, "postgresql")

    def test_commands_to_psql_are_refused(self) -> None:
        with pytest.raises(ValueError, match="command to psql"):
            split("select 1;\n\\i other.sql\nselect 2", "postgresql")

    def test_quotes_without_end_take_no_time(self) -> None:
        with pytest.raises(ValueError, match="never closed"):
            split("'" + "a''" * 200_000, "postgresql")

    @pytest.mark.parametrize("sql", ["select 1", "(select 1) union select 2", "-- why\nWITH x AS (SELECT 1) TABLE x"])
    def test_that_read_are_taken(self, sql: str) -> None:
        check_reads(one(sql, "postgresql"), "postgresql")

    def test_where_servers_take_several_at_once_no_word_may_change_anything(self) -> None:
        check_reads(one('select "update" from [drop] -- commit', "mssql"), "mssql")
        for sql in ("select 1 commit drop table x", "select * into y from x"):
            with pytest.raises(ValueError, match="may not only read"):
                check_reads(one(sql, "mssql"), "mssql")
        with pytest.raises(ValueError, match="holds the word COMMIT"):
            check_script([one("delete from x commit", "mssql")], "mssql", keep=True)

    def test_what_cannot_be_taken_back_is_refused_unless_it_is_kept(self) -> None:
        create = [one("create table x (y int)", "mysql")]
        check_script(create, "mysql", keep=True)
        check_script(create, "postgresql", keep=False)
        with pytest.raises(ValueError, match="has CREATE, which mysql could not take back"):
            check_script(create, "mysql", keep=False)

    @pytest.mark.parametrize(
        ("sql", "written"),
        [
            ("select :a", "select %(a)s"),
            ("select :a::int, b::text, '10:30', ' :a', 5 % 2", "select %(a)s::int, b::text, '10:30', ' :a', 5 %% 2"),
            ("select x[1:a] where y=:a", "select x[1:a] where y=%(a)s"),
            (":a", "%(a)s"),
            ("select '{\"k\" :1}' || :a", "select '{\"k\" :1}' || %(a)s"),
        ],
    )
    def test_parameters_are_found_outside_quotes(self, sql: str, written: str) -> None:
        assert pyformat(sql, "postgresql", {"a"}) == written


class TestCells:
    @pytest.mark.parametrize(
        ("cell", "value"),
        [
            (Decimal("2.50"), 2.5),
            (Decimal("1E+3"), 1000),
            (date(2026, 11, 22), "2026-11-22"),
            (datetime(2026, 11, 22, 10, 30), "2026-11-22T10:30:00"),  # noqa: DTZ001 - databases have such
            (time(10, 30), "10:30:00"),
            (timedelta(minutes=1), 60.0),
            (memoryview(b"\x00\xff"), "00ff"),
            ({1: [Decimal(1), None]}, {"1": [1, None]}),
            (ip_address("10.0.0.1"), "10.0.0.1"),
            (True, True),
        ],
    )
    def test_become_what_json_has(self, cell: object, value: object) -> None:
        assert plain(cell) == value

    def test_that_are_no_number_are_not_made_one(self) -> None:
        assert plain(Decimal("NaN")) != plain(Decimal("NaN"))


class Fake(Connection):
    """A connection that does as it is told."""

    def __init__(self, *, stale: bool = False) -> None:
        self.stale = stale
        self.closed = False

    def begin(self, *, writes: bool, deadline: Deadline) -> None:  # noqa: ARG002
        if self.stale:
            raise CannotMeasure("the server has gone")

    def run(self, statement: str, parameters: Mapping[str, object] | None = None) -> Rows:  # noqa: ARG002
        return Rows()

    def names(self, kind: str, schemas: Iterable[str]) -> set[str]:  # noqa: ARG002
        return set()

    def quote(self, name: str) -> str:
        return name

    def end(self, *, keep: bool) -> None:  # noqa: ARG002
        self.check()

    def close(self) -> None:
        self.closed = True


def fakes(made: list[Fake]) -> Pool:
    def connect(_: Deadline) -> Connection:
        made.append(Fake())
        return made[-1]

    return Pool(connect)


class TestPool:
    def test_a_connection_is_used_again(self) -> None:
        made: list[Fake] = []
        pool = fakes(made)
        for _ in range(3):
            with pool.session(Deadline.after(5)):
                pass
        assert len(made) == 1
        pool.close()
        assert made[0].closed

    def test_one_that_wrote_or_broke_is_not(self) -> None:
        made: list[Fake] = []
        pool = fakes(made)
        with pool.session(Deadline.after(5), writes=True):
            pass
        with pytest.raises(CannotMeasure), pool.session(Deadline.after(5)):
            raise CannotMeasure
        with pool.session(Deadline.after(5)) as third:
            pass
        assert [connection.closed for connection in made] == [True, True, False]
        assert third is made[2]

    def test_one_that_the_server_closed_meanwhile_is_replaced(self) -> None:
        made: list[Fake] = []
        pool = fakes(made)
        with pool.session(Deadline.after(5)):
            pass
        made[0].stale = True
        with pool.session(Deadline.after(5)) as second:
            assert second is made[1]
        assert made[0].closed

    def test_a_new_one_that_is_no_good_is_an_error(self) -> None:
        pool = Pool(lambda _: Fake(stale=True))
        with pytest.raises(CannotMeasure, match="the server has gone"), pool.session(Deadline.after(5)):
            pass

    def test_what_is_given_back_after_the_end_is_closed(self) -> None:
        made = Fake()
        pool = Pool(lambda _: made)
        with pool.session(Deadline.after(5)):
            pool.close()
            assert not made.closed
        assert made.closed

    def test_who_waits_too_long_learns_that_all_are_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pool_module, "SIZE", 1)
        pool = Pool(lambda _: Fake())
        with (
            pool.session(Deadline.after(5)),
            pytest.raises(CannotMeasure, match="no connection came free in time: all 1 are taken"),
            pool.session(Deadline.after(0.01)),
        ):
            pass

    def test_who_waits_learns_that_nobody_can_connect_and_who_comes_later_tries_anew(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pool_module, "SIZE", 1)
        knocking, waiting = threading.Event(), threading.Event()
        tries: list[int] = []

        def connect(_: Deadline) -> Connection:
            tries.append(1)
            knocking.set()
            waiting.wait(5)
            raise NotConnected("refused")

        pool = Pool(connect)
        told: list[str] = []

        def ask() -> None:
            try:
                with pool.session(Deadline.after(5)):
                    pass
            except CannotMeasure as error:
                told.append(str(error))

        threads = [threading.Thread(target=ask) for _ in range(5)]
        for thread in threads:
            thread.start()
        assert knocking.wait(5)
        while len(pool._changed._waiters) < 4:  # type: ignore[attr-defined]
            threading.Event().wait(0.005)
        waiting.set()
        for thread in threads:
            thread.join(5)
        assert told == ["refused"] * 5
        assert len(tries) == 1
        ask()
        assert len(tries) == 2

    def test_a_failure_for_lack_of_time_is_not_passed_on(self) -> None:
        made = Fake()

        def connect(deadline: Deadline) -> Connection:
            if deadline.passed:
                raise CannotMeasure("too late")
            return made

        pool = Pool(connect)
        with pytest.raises(CannotMeasure, match="too late"), pool.session(Deadline.after(0)):
            pass
        with pool.session(Deadline.after(5)) as connection:
            assert connection is made
