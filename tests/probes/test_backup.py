"""Backups: fresh and stale ones, in folders and buckets, and whether they can be restored."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.probe import Touch
from pytest_readiness.probes import _backup, _glob
from pytest_readiness.probes.backup import Backup
from pytest_readiness.testing import run_probe
from tests.servers.postgres import Postgres

from .servers import closed_port, serving

RESTORE = (sys.executable, "-c", "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])", "{backup}", "{scratch}")
COUNT = """
import os, sqlite3, sys
folder = os.environ["SCRATCH"]
connection = sqlite3.connect(os.path.join(folder, os.listdir(folder)[0]))
rows = connection.execute("select count(*) from orders").fetchone()[0]
connection.close()
print(rows, "orders")
sys.exit(rows != 3)
"""
CHECK = (sys.executable, "-c", COUNT)

Judge = Callable[..., Result]


def evidence(result: Result) -> dict[str, str]:
    return {item.title: item.text for item in result.evidence}


def write(path: Path, *, hours: float = 0.0, content: bytes = b"data") -> None:
    """Write a file that looks as if it had been written so many hours ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    written = time.time() - 3600 * hours
    os.utime(path, (written, written))


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """Return a folder with three backups, the newest of which is a database with three orders."""
    folder = tmp_path / "backups"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "3.db")) as connection, connection:
        connection.execute("create table orders (id int)")
        connection.execute("insert into orders values (1), (2), (3)")
    write(folder / "3.db", hours=2, content=(folder / "3.db").read_bytes())
    write(folder / "old" / "2.db", hours=26)
    write(folder / "old" / "1.db", hours=50)
    return folder


@pytest.fixture
def judge(backups: Path) -> Judge:
    def judged(expect: dict[str, Value] | None = None, **more: Any) -> Result:
        options = {name: more.pop(name) for name in list(more) if name in Backup.__dataclass_fields__ and name != "env"}
        probe = Backup(**{"location": "backups", **options})
        env = {"PATH": os.environ["PATH"], **more.pop("env", {})}
        return run_probe(probe, root=backups.parent, expect=expect, env=env, now=datetime.now(UTC), **more)

    return judged


class TestFolder:
    def test_a_fresh_backup_passes_without_anything_being_said(self, judge: Judge) -> None:
        result = judge({"count": 3, "age": "1.9 h..2.1 h", "size": ">= 1 kB"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert evidence(result)["newest backup"].startswith("3.db, ")

    def test_a_stale_one_fails(self, judge: Judge) -> None:
        result = judge(location="backups/old")
        assert result.outcome is Outcome.FAILED
        assert "age is " in result.reason

    def test_an_empty_one_fails(self, judge: Judge, backups: Path) -> None:
        write(backups / "4.db", content=b"")
        result = judge()
        assert result.outcome is Outcome.FAILED
        assert "size is 0 B, expected > 0 B" in result.reason

    def test_one_file_may_be_the_backup(self, judge: Judge) -> None:
        assert judge({"count": 1}, location="backups/3.db").outcome is Outcome.PASSED

    def test_a_pattern_tells_backups_from_other_files(self, judge: Judge, backups: Path) -> None:
        write(backups / "README.txt")
        assert judge({"count": 3, "age": "> 1 h"}, glob="**/*.db").outcome is Outcome.PASSED
        assert judge({"count": 1}, glob="*.db").outcome is Outcome.PASSED

    @pytest.mark.parametrize("options", [{"location": "nowhere"}, {"glob": "*.dump"}])
    def test_no_backup_is_nothing_looked_at(self, judge: Judge, options: dict[str, str]) -> None:
        result = judge({"age": "< 999 d"}, **options)
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason
        assert evidence(result)["backups"].startswith("nothing at ")

    def test_a_backup_of_the_future_has_no_age(self, judge: Judge, backups: Path) -> None:
        write(backups / "4.db", hours=-3)
        result = judge()
        assert result.outcome is Outcome.ERROR
        assert "age was not measured: 4.db was written in the future" in result.reason

    def test_a_backup_that_vanishes_meanwhile_is_an_error(self, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_glob, "find", lambda place, *_: [place / "gone.db"])
        assert "gone.db cannot be looked at" in judge().reason


class TestRehearsal:
    def test_a_backup_that_can_be_restored_passes(self, judge: Judge) -> None:
        result = judge({"duration": "< 60 s"}, restore=RESTORE, check=CHECK, timeout=30)
        assert result.outcome is Outcome.PASSED, result.reason
        assert result.measurements["restored"].value is True
        assert evidence(result)["check"].endswith("exit code 0\n3 orders")

    def test_nothing_is_left_behind(self, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        judge(restore=RESTORE, timeout=30)
        assert list(tmp_path.glob("readiness-restore-*")) == []

    def test_a_damaged_backup_fails(self, judge: Judge, backups: Path) -> None:
        write(backups / "4.db", content=b"not a database" * 100)
        result = judge(restore=RESTORE, check=CHECK, timeout=30)
        assert result.outcome is Outcome.FAILED
        assert "restored is false, expected true" in result.reason
        assert "file is not a database" in evidence(result)["check"]

    def test_a_restore_that_ends_badly_fails_and_is_not_checked(self, judge: Judge) -> None:
        restore = (sys.executable, "-c", "import sys; print('so far'); sys.exit('no room')")
        result = judge(restore=restore, check=CHECK, timeout=30)
        assert result.outcome is Outcome.FAILED
        assert evidence(result)["restore"].endswith("exit code 1\nso far\nno room")
        assert "check" not in evidence(result)

    def test_a_restore_that_is_killed_fails(self, judge: Judge) -> None:
        restore = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")
        assert "ended by signal 9" in evidence(judge(restore=restore, timeout=30))["restore"]

    def test_a_restore_that_leaves_nothing_fails(self, judge: Judge) -> None:
        result = judge(restore=(sys.executable, "-c", "pass", "{backup}", "{scratch}"), timeout=30)
        assert result.outcome is Outcome.FAILED
        assert evidence(result)["restore left nothing"] == "the folder {scratch} is still empty"

    def test_a_restore_that_cannot_be_started_is_an_error(self, judge: Judge) -> None:
        result = judge(restore=("no-such-program-anywhere",))
        assert result.outcome is Outcome.ERROR
        assert result.reason.startswith("restore: no-such-program-anywhere")

    def test_a_check_that_hangs_is_an_error_at_the_deadline(self, judge: Judge) -> None:
        hang = (sys.executable, "-c", "import time; print('waiting', flush=True); time.sleep(600)")
        result = judge(restore=(sys.executable, "-c", "pass"), check=hang, timeout=3)
        assert result.outcome is Outcome.ERROR
        assert "check: " in result.reason
        assert "timed out" in result.reason

    def test_nothing_is_run_where_commands_are_not_allowed(self, judge: Judge) -> None:
        result = judge(restore=RESTORE, exec_allowed=False)
        assert result.outcome is Outcome.ERROR
        assert "--readiness-no-exec" in result.reason

    def test_a_secret_that_a_command_prints_is_hidden(self, judge: Judge) -> None:
        restore = (sys.executable, "-c", "import os; print(os.environ['DB_PASSWORD'])")
        result = judge(restore=restore, env={"DB_PASSWORD": "hunter22"}, timeout=30)
        assert result.outcome is Outcome.PASSED
        assert evidence(result)["restore"].endswith("***")

    def test_a_database_is_restored_into_another_one(
        self, judge: Judge, backups: Path, postgres: Postgres, database: str
    ) -> None:
        """The rehearsal of a real server's backup: the copy is loaded and counted."""
        postgres.run("create table orders (id int)", "insert into orders values (1), (2)", name=database)
        rows = postgres.run("select id from orders", name=database)
        write(backups / "4.sql", content="".join(f"insert into orders values ({row});\n" for (row,) in rows).encode())
        spare = postgres.fresh()
        restore = (
            "import pathlib, psycopg, sys\n"
            "with psycopg.connect(sys.argv[2]) as connection:\n"
            "    connection.execute('create table orders (id int)')\n"
            "    connection.execute(pathlib.Path(sys.argv[1]).read_text())\n"
        )
        check = (
            "import psycopg, sys\n"
            "with psycopg.connect(sys.argv[1]) as connection:\n"
            "    sys.exit(connection.execute('select count(*) from orders').fetchone() != (2,))\n"
        )
        result = judge(
            restore=(sys.executable, "-c", restore, "{backup}", postgres.url(spare)),
            check=(sys.executable, "-c", check, postgres.url(spare)),
            timeout=30,
        )
        assert result.outcome is Outcome.PASSED, evidence(result)


KEYS = {"AWS_ACCESS_KEY_ID": "test-key", "AWS_SECRET_ACCESS_KEY": "test-secret-key", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """Yield the environment of a bucket called vault with three objects."""
    boto3 = pytest.importorskip("boto3", reason="needs boto3: pip install 'pytest-readiness[s3]'")
    moto = pytest.importorskip("moto.server", reason="needs moto: pip install 'moto[s3]' flask flask-cors")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    env = {**KEYS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    client = boto3.client(
        "s3",
        endpoint_url=env["AWS_ENDPOINT_URL"],
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        region_name="eu-west-1",
    )
    client.create_bucket(Bucket="vault", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in ("db/shop.dump", "db/old/shop.dump", "db/notes.txt", "dbx/other.dump", "top.dump"):
        client.put_object(Bucket="vault", Key=key, Body=b"x" * 2048)
    yield env
    client.close()
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
class TestBucket:
    def test_a_fresh_backup_passes(self, judge: Judge, s3: dict[str, str]) -> None:
        result = judge({"count": 2, "size": ">= 2 KiB"}, location="s3://vault/db", glob="**/*.dump", env=s3, timeout=30)
        assert result.outcome is Outcome.PASSED, result.reason

    def test_patterns_and_prefixes_mean_what_they_do_in_folders(self, judge: Judge, s3: dict[str, str]) -> None:
        for location, glob, count in (
            ("s3://vault/db/", "*.{dump,txt}", 2),
            ("s3://vault/db/old", "shop.?ump", 1),
            ("s3://vault", "*", 1),
            ("s3://vault", "**", 5),
        ):
            result = judge({"count": count}, location=location, glob=glob, env=s3, timeout=30)
            assert result.outcome is Outcome.PASSED, result.reason

    def test_commands_get_the_address(self, judge: Judge, s3: dict[str, str]) -> None:
        restore = (sys.executable, "-c", "import sys; print(sys.argv[1])", "{backup}")
        result = judge(location="s3://vault/db/old/", restore=restore, env=s3, timeout=30)
        assert evidence(result)["restore"].endswith("\ns3://vault/db/old/shop.dump")

    def test_nothing_there_is_nothing_looked_at(self, judge: Judge, s3: dict[str, str]) -> None:
        result = judge(location="s3://vault/nothing", env=s3, timeout=30)
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    def test_an_unknown_bucket_is_an_error(self, judge: Judge, s3: dict[str, str]) -> None:
        result = judge(location="s3://valut/db", env=s3, timeout=30)
        assert result.outcome is Outcome.ERROR
        assert "NoSuchBucket" in result.reason

    def test_a_server_that_is_not_there_is_an_error(self, judge: Judge, s3: dict[str, str]) -> None:
        env = {**s3, "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{closed_port()}"}
        result = judge(location="s3://vault/db", env=env, timeout=30)
        assert result.outcome is Outcome.ERROR
        assert "Could not connect" in result.reason

    def test_a_server_that_says_nothing_is_an_error_at_the_deadline(self, judge: Judge, s3: dict[str, str]) -> None:
        with serving(lambda _, server: server.closing.wait(30)) as mute:
            begun = time.monotonic()
            result = judge(location="s3://vault/db", env={**s3, "AWS_ENDPOINT_URL": mute.url}, timeout=3)
            assert time.monotonic() - begun < 10
        assert result.outcome is Outcome.ERROR

    def test_more_objects_than_are_looked_through_are_an_error(
        self, judge: Judge, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_backup, "MOST_OBJECTS", 1)
        result = judge(location="s3://vault/db", env=s3, timeout=30)
        assert "more than 1 objects match in s3://vault/db: narrow the prefix" in result.reason

    def test_looking_ends_at_the_deadline(self, s3: dict[str, str], make_context: Callable[..., Any]) -> None:
        context = make_context(s3, seconds=20)
        late = make_context(s3, seconds=0)
        assert len(_backup.in_s3(context, "s3://vault/db", "**")) == 3
        with pytest.raises(Exception, match=r"deadline|timed? ?out|Could not connect"):
            _backup.in_s3(late, "s3://vault/db", "**")

    def test_the_key_is_a_secret(self, s3: dict[str, str], make_context: Callable[..., Any]) -> None:
        secrets: list[str] = []
        _backup.in_s3(make_context(s3, secrets=secrets), "s3://vault/db", "**")
        assert "test-secret-key" in secrets

    def test_boto3_may_have_to_be_installed(self, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
        assert judge(location="s3://vault/db").reason == "boto3 is not installed: pip install 'pytest-readiness[s3]'"


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "why"),
        [
            ({"location": " "}, "may not be empty"),
            ({"glob": ""}, "may not be empty"),
            ({"location": "s3:///x"}, "names no bucket"),
            ({"check": ("true",)}, "means nothing without `restore`"),
            ({"restore": ("", "x")}, "names no program"),
            ({"restore": ()}, "names no program"),
            ({"restore": ("pg_restore -d x",)}, "is a list of arguments, since no shell reads it"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, options: dict[str, Any], why: str) -> None:
        with pytest.raises(OptionError, match=why):
            Backup(**{"location": "backups", **options})

    def test_what_will_be_touched_is_listed(self) -> None:
        assert list(Backup(location="s3://vault/db").touches()) == [Touch("host", "s3://vault/db")]
        assert list(Backup(location="b", restore=("load", "{backup}"), check=("look",)).touches()) == [
            Touch("file", "b"),
            Touch("command", "load '{backup}'"),
            Touch("command", "look"),
        ]

    def test_a_restore_is_expected_to_end_well(self) -> None:
        assert "restored" not in Backup(location="b").expected()
        assert Backup(location="b", restore=("load",)).expected()["restored"] is True
