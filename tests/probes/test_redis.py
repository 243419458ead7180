"""Redis and Valkey: a real server in all its moods, and places that are none."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme

pytest.importorskip("redis", reason="needs redis: pip install 'pytest-readiness[redis]'")

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.options import convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes import _redis
from pytest_readiness.probes.redis import Redis
from pytest_readiness.testing import run_probe
from tests.servers.valkey import Valkey

from .servers import Server, closed_port, serving


def judged(url: str, expect: Mapping[str, Value] | None = None, timeout: float = 10.0, **options: Any) -> Result:
    return run_probe(Redis(url=url, **options), expect=expect, timeout=timeout)


def said(result: Result, title: str) -> str:
    return next(item.text for item in result.evidence if item.title == title)


def shown(result: Result) -> str:
    """Return all that a reader gets to see."""
    return repr((result.reason, result.measurements, result.expectations, result.evidence))


class TestServer:
    def test_that_answers_passes_without_anything_being_said(self, valkey: Valkey) -> None:
        result = judged(valkey.url)
        assert result.outcome is Outcome.PASSED
        assert result.reason == "connected is true, expected true; ping is true, expected true"
        assert said(result, "server").startswith(f"{valkey.url}: version ")

    def test_answers_at_its_socket(self, valkey: Valkey) -> None:
        assert judged(f"unix://{valkey.socket}?db=1").outcome is Outcome.PASSED

    def test_tells_of_itself(self, valkey: Valkey) -> None:
        result = judged(
            valkey.url,
            {
                "version": r"~ ^[0-9]+\.[0-9]+\.[0-9]+$",
                "role": "master",
                "persistence": "none",
                "replicas": 0,
                "memory": "1 KiB..1 GiB",
                "latency": "< 1 s",
            },
        )
        assert result.outcome is Outcome.PASSED, result.reason
        assert result.measurements["version"].value == valkey.client().info()["valkey_version"]

    def test_with_another_version_fails(self, valkey: Valkey) -> None:
        assert judged(valkey.url, {"version": "3.2.1"}).outcome is Outcome.FAILED

    def test_with_snapshots_and_a_log_says_both(self, start_valkey: Callable[..., Valkey]) -> None:
        server = start_valkey("--appendonly", "yes", "--save", "60 1")
        assert judged(server.url, {"persistence": "aof+rdb"}).outcome is Outcome.PASSED

    def test_that_is_a_replica_says_so_and_refuses_a_round_trip(
        self, valkey: Valkey, start_valkey: Callable[..., Valkey]
    ) -> None:
        copy = start_valkey("--replicaof", "127.0.0.1", str(valkey.port))
        result = judged(copy.url, {"role": "slave"}, round_trip=True)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "round_trip is false, expected true"
        assert "SET was refused: " in said(result, "round trip")

    def test_that_is_not_there_fails(self) -> None:
        result = judged(f"redis://:hunter22@127.0.0.1:{closed_port()}/0")
        assert result.outcome is Outcome.FAILED
        assert result.reason == "connected is false, expected true; ping is false, expected true"
        assert "hunter22" not in shown(result)
        assert "connection refused" in said(result, "connection")

    def test_that_is_not_there_has_nothing_else_to_tell(self, tmp_path: Path) -> None:
        result = judged(f"unix://{tmp_path / 'nothing.sock'}", {"connected": False, "memory": "> 0"})
        assert result.outcome is Outcome.ERROR
        assert "memory was not measured: there is no such socket" in result.reason

    def test_of_a_name_that_leads_nowhere_is_an_error_whatever_is_expected(self) -> None:
        result = judged("redis://nobody.invalid", {"connected": False})
        assert result.outcome is Outcome.ERROR
        assert "redis://nobody.invalid: the name cannot be resolved" in result.reason

    def test_that_is_stopped_is_an_error_at_the_deadline(self, start_valkey: Callable[..., Valkey]) -> None:
        server = start_valkey()
        os.kill(server.pid, signal.SIGSTOP)
        try:
            begun = time.monotonic()
            result = judged(server.url, {"connected": False}, timeout=0.5)
            assert time.monotonic() - begun < 2
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert result.outcome is Outcome.ERROR

    def test_that_drips_bytes_is_left_at_the_deadline(self) -> None:
        def drip(connection: socket.socket, server: Server) -> None:
            connection.recv(1000)
            while not server.closing.wait(0.05):
                connection.sendall(b"$")

        with serving(drip) as server:
            result = judged(f"redis://127.0.0.1:{server.port}", timeout=0.5)
            _gone("readiness-redis")
        assert result.outcome is Outcome.ERROR

    def test_that_speaks_something_else_is_an_error(self) -> None:
        with serving(lambda connection, _: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
            result = judged(f"redis://127.0.0.1:{server.port}", {"connected": False})
        assert result.outcome is Outcome.ERROR
        assert "the connection failed" in result.reason

    def test_that_is_loading_is_connected_and_does_not_answer(self) -> None:
        def loading(connection: socket.socket, _: Server) -> None:
            while connection.recv(1000):
                connection.sendall(b"-LOADING the dataset is loaded in memory\r\n" * 3)

        with serving(loading) as server:
            result = judged(f"redis://127.0.0.1:{server.port}?protocol=2", {"version": "9"})
        assert result.outcome is Outcome.ERROR
        assert "version was not measured: PING was refused" in result.reason
        assert "ping is false" in judged_words(result)


def judged_words(result: Result) -> str:
    return "; ".join(held.why for held in result.expectations)


def _gone(name: str) -> None:
    until = time.monotonic() + 5
    while any(thread.name == name for thread in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture(scope="module")
def locked(start_valkey: Callable[..., Valkey]) -> Valkey:
    return start_valkey("--requirepass", "open-sesame")


@pytest.fixture(scope="module")
def filled(start_valkey: Callable[..., Valkey]) -> Valkey:
    server = start_valkey()
    server.client().mset({f"cache:{number}": "x" for number in range(2500)} | {"other": "y"})
    return server


class TestLogin:
    def test_is_made_and_appears_nowhere(self, locked: Valkey) -> None:
        result = judged(f"redis://:open-sesame@127.0.0.1:{locked.port}/0", round_trip=True)
        assert result.outcome is Outcome.PASSED, result.reason
        assert "open-sesame" not in shown(result)

    @pytest.mark.parametrize("login", ["", ":wrong-one@"])
    def test_that_is_refused_fails(self, locked: Valkey, login: str) -> None:
        result = judged(f"redis://{login}127.0.0.1:{locked.port}/0")
        assert result.outcome is Outcome.FAILED
        assert "the login is refused" in said(result, "connection")
        assert "wrong-one" not in shown(result)

    def test_of_somebody_who_may_do_little_leaves_the_rest_unknown(self, start_valkey: Callable[..., Valkey]) -> None:
        server = start_valkey()
        server.client().execute_command("ACL SETUSER", "little", "on", ">pass-word", "+ping", "+hello", "~*")
        url = f"redis://little:pass-word@127.0.0.1:{server.port}"
        asked: dict[str, Value] = {"memory": "> 0", "keys": 0}
        result = judged(url, asked, round_trip=True, keys="*")
        assert result.outcome is Outcome.ERROR
        assert "memory was not measured: INFO was refused: " in result.reason
        assert "keys was not measured: SCAN was refused: " in result.reason
        assert judged(url).outcome is Outcome.PASSED

    def test_of_somebody_who_may_not_read_settings_leaves_persistence_unknown(
        self, start_valkey: Callable[..., Valkey]
    ) -> None:
        server = start_valkey()
        server.client().execute_command("ACL SETUSER", "some", "on", ">pass-word", "+@all", "-config", "~*")
        result = judged(f"redis://some:pass-word@127.0.0.1:{server.port}", {"persistence": "aof"})
        assert result.outcome is Outcome.ERROR
        assert "whether snapshots are made is not told" in result.reason


class TestRoundTrip:
    def test_leaves_nothing_behind(self, valkey: Valkey) -> None:
        before = valkey.client().dbsize()
        result = judged(valkey.url, round_trip=True)
        assert result.outcome is Outcome.PASSED
        assert "was written, read and removed" in said(result, "round trip")
        assert "readiness:" in said(result, "round trip")
        assert valkey.client().dbsize() == before

    def test_that_cannot_be_cleared_away_fails_and_says_that_it_goes_by_itself(
        self, start_valkey: Callable[..., Valkey]
    ) -> None:
        server = start_valkey()
        server.client().execute_command("ACL SETUSER", "app", "on", ">pass-word", "+@all", "-del", "~*")
        result = judged(f"redis://app:pass-word@127.0.0.1:{server.port}", round_trip=True)
        assert result.outcome is Outcome.FAILED
        assert "goes by itself in 60 s" in said(result, "round trip")
        (key,) = server.client().keys()
        assert 0 < server.client().ttl(key) <= 60

    def test_that_was_not_asked_for_is_not_made(self, valkey: Valkey) -> None:
        result = judged(valkey.url, {"round_trip": True})
        assert result.outcome is Outcome.ERROR
        assert "it is made with `round_trip: true` only" in result.reason

    def test_under_names_that_are_not_allowed_fails(self, start_valkey: Callable[..., Valkey]) -> None:
        server = start_valkey()
        server.client().execute_command("ACL SETUSER", "app", "on", ">pass-word", "+@all", "~app:*")
        url = f"redis://app:pass-word@127.0.0.1:{server.port}"
        assert judged(url, round_trip=True).outcome is Outcome.FAILED
        assert judged(url, round_trip=True, prefix="app:readiness:").outcome is Outcome.PASSED

    def test_with_a_full_memory_fails(self, start_valkey: Callable[..., Valkey]) -> None:
        server = start_valkey("--maxmemory", "1", "--maxmemory-policy", "noeviction")
        result = judged(server.url, round_trip=True)
        assert result.outcome is Outcome.FAILED
        assert "SET was refused" in said(result, "round trip")

    @pytest.mark.parametrize(
        ("answers", "outcome"),
        [
            ({b"SET": b"$-1"}, "was there already"),
            ({b"GET": b"$2\r\nno"}, "something else was read"),
            ({b"DEL": b":0"}, "was gone before it was removed"),
        ],
    )
    def test_is_only_good_if_all_of_it_is(self, answers: dict[bytes, bytes], outcome: str) -> None:
        kept: list[bytes] = []

        def manners(connection: socket.socket, _: Server) -> None:
            while data := connection.recv(10000):
                for command in _commands(data):
                    word = command[0].upper()
                    if word == b"SET":
                        kept[:] = command[2:3]
                    usual = {b"PING": b"+PONG", b"GET": b"$32\r\n" + b"".join(kept), b"DEL": b":1", b"INFO": b"$0\r\n"}
                    connection.sendall({**usual, **answers}.get(word, b"+OK") + b"\r\n")

        with serving(manners) as server:
            result = judged(f"redis://127.0.0.1:{server.port}?protocol=2", round_trip=True)
        assert result.outcome is Outcome.FAILED, result.reason
        assert outcome in said(result, "round trip")


def _commands(data: bytes) -> list[list[bytes]]:
    """Return the commands in *data*, which are lists of texts."""
    words = data.split(b"\r\n")
    commands: list[list[bytes]] = []
    for word in words:
        if word.startswith(b"*"):
            commands.append([])
        elif word and not word.startswith(b"$"):
            commands[-1].append(word)
    return commands


class TestKeys:
    def test_are_counted_by_pattern_each_once(self, filled: Valkey) -> None:
        assert judged(filled.url, {"keys": 2500}, keys="cache:*").outcome is Outcome.PASSED

    def test_are_counted_all_without_a_pattern(self, filled: Valkey) -> None:
        assert judged(filled.url, {"keys": 2501}).outcome is Outcome.PASSED

    def test_that_are_too_few_fail(self, filled: Valkey) -> None:
        result = judged(filled.url, {"keys": ">= 3000"}, keys="cache:*")
        assert result.outcome is Outcome.FAILED

    def test_that_match_nothing_are_an_error_unless_zero_is_said(self, filled: Valkey) -> None:
        result = judged(filled.url, keys="nothing:*")
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at: no key matches nothing:*" in result.reason
        assert judged(filled.url, {"keys": 0}, keys="nothing:*").outcome is Outcome.PASSED

    def test_that_are_too_many_are_not_counted(self, filled: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_redis, "MOST_KEYS", 1200)
        result = judged(filled.url, keys="cache:*")
        assert result.outcome is Outcome.ERROR
        assert "keys was not measured: more than " in result.reason


class TestTls:
    def test_is_agreed_on_and_must_be_trusted(self, valkey: Valkey, tmp_path: Path) -> None:
        ca = trustme.CA()
        ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("127.0.0.1").configure_cert(context)

        def relay(connection: socket.socket, _: Server) -> None:
            with socket.create_connection(("127.0.0.1", valkey.port)) as inner:
                while asked := connection.recv(10000):
                    inner.sendall(asked)
                    connection.sendall(inner.recv(100000))

        with serving(relay, context=context) as server:
            url = f"rediss://127.0.0.1:{server.port}/0"
            trusted = run_probe(Redis(url=url, ca="ca.pem"), root=tmp_path)
            unknown = run_probe(Redis(url=url), root=tmp_path, expect={"connected": False})
        assert trusted.outcome is Outcome.PASSED, trusted.reason
        assert unknown.outcome is Outcome.ERROR
        assert "certificate verify failed" in unknown.reason


class TestOptions:
    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("http://host", "is not a URL such as redis://"),
            ("redis://user:p@ss@host", "does not name a host"),
            ("redis://", "does not name a host"),
            ("redis://host:0", "does not name a host"),
            ("redis://host:99999", "does not name a host"),
            ("redis://host/name", "names a database that is no number"),
            ("redis://host/0?ssl_cert_reqs=none", "says ssl_cert_reqs after its question mark"),
            ("redis://host/0?db=x", "something after its question mark that is no number"),
            ("unix://host/a.sock", "needs the path of the socket"),
            ("unix://", "needs the path of the socket"),
        ],
    )
    def test_of_a_url_that_is_none_are_refused_without_showing_it(self, url: str, message: str) -> None:
        with pytest.raises(OptionError) as caught:
            Redis(url=url)
        assert caught.value.option == "url"
        assert message in caught.value.message
        assert "p@ss" not in caught.value.message

    def test_that_do_not_fit_together_are_refused(self) -> None:
        with pytest.raises(OptionError, match="goes with a URL that begins with rediss://"):
            Redis(url="redis://host", ca="ca.pem")
        with pytest.raises(OptionError, match="no key could match"):
            Redis(url="redis://host", keys="")

    def test_are_read_from_a_spec(self) -> None:
        made = convert(Redis, {"url": "redis://host", "round_trip": True, "keys": "a*"}, [])
        assert made == Redis(url="redis://host", round_trip=True, keys="a*")

    def test_say_what_is_touched(self) -> None:
        probe = Redis(url="rediss://:pass-word@host:6380/1", ca="ca.pem", round_trip=True)
        assert list(probe.touches()) == [
            Touch("host", "host:6380"),
            Touch("file", "ca.pem"),
            Touch("query", "SET, GET and DEL of one key readiness:..."),
        ]
        assert list(Redis(url="unix:///run/redis.sock").touches()) == [Touch("file", "/run/redis.sock")]

    def test_without_the_driver_are_an_error_that_says_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "redis", None)
        result = judged("redis://127.0.0.1")
        assert result.outcome is Outcome.ERROR
        assert "redis is not installed: pip install 'pytest-readiness[redis]'" in result.reason
