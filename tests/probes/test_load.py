"""Load: steady whatever comes back, timed from when a request was due, and never surer than it can be."""

from __future__ import annotations

import errno
import json
import math
import socket
import struct
import time
from pathlib import Path
from typing import Any

import pytest
import trustme

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result
from pytest_readiness.options import Secret
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes._load.client import Client, Task, clock
from pytest_readiness.probes.load import Load
from pytest_readiness.testing import run_probe
from tests.servers.behaved import PERIOD, STALL

from .servers import Server, closed_port, http, serving


def load(url: str, expect: dict[str, Any] | None = None, **options: Any) -> Result:
    settings: dict[str, Any] = {"rate": "100/s", "duration": 0.4, "warmup": 0.0, **options}
    return run_probe(Load(url=url, **settings), expect=expect, timeout=15, side_effects_allowed=True)


def value(result: Result, name: str) -> float:
    found = result.measurements[name].value
    assert isinstance(found, int | float)
    return found


def told(result: Result) -> str:
    return result.evidence[0].text


class TestASteadyRate:
    def test_is_kept_and_all_is_measured(self, behaved: str) -> None:
        result = load(f"{behaved}/slow", {"rate": ">= 103/s", "error_rate": 0}, rate="120/s", duration=1.0, warmup=0.2)
        assert result.outcome is Outcome.PASSED, result.reason
        assert value(result, "requests") == 120
        assert 2 <= value(result, "p50") < value(result, "p95") + 0.001
        assert value(result, "p50") <= value(result, "max")
        assert value(result, "mean") >= 2
        assert {"overhead", "noise"} <= set(result.measurements)

    def test_is_what_the_gate_may_expect_more_of_than_there_is(self, behaved: str) -> None:
        result = load(behaved, {"rate": ">= 200/s"})
        assert result.outcome is Outcome.FAILED
        assert 50 < value(result, "rate") <= 100

    def test_slow_answers_need_more_connections_and_take_no_rate_away(self, behaved: str) -> None:
        result = load(f"{behaved}/slower", {"rate": "> 70/s", "p50": ">= 290 ms"}, duration=1.0)
        assert result.outcome is Outcome.PASSED, result.reason
        assert value(result, "requests") == 100

    def test_too_few_connections_make_requests_wait_and_say_so(self, behaved: str) -> None:
        result = load(f"{behaved}/slower", {"p50": ">= 600 ms"}, rate="20/s", duration=1.0, connections=2)
        assert result.outcome is Outcome.PASSED, result.reason
        assert "found all connections busy" in told(result)

    @pytest.mark.no_false_green
    def test_stalls_are_not_left_out(self, stalling: str) -> None:
        result = run_probe(
            Load(url=f"{stalling}/slow", rate="100/s", duration=4.0), expect={"requests": 400}, timeout=20
        )
        true = 1000 * (STALL - 0.05 * PERIOD) + 2
        assert value(result, "p95") == pytest.approx(true, rel=0.1)

    @pytest.mark.parametrize("path", ["closing", "old", "chunked", "empty", "interim", "pieces", "twice"])
    def test_every_kind_of_answer_is_read_to_its_end(self, behaved: str, path: str) -> None:
        result = load(f"{behaved}/{path}", {"error_rate": 0}, rate="50/s")
        assert result.outcome is Outcome.PASSED, (result.reason, told(result))

    def test_head_has_no_body(self) -> None:
        with serving() as server:
            server.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", close=False)
            assert load(server.url, rate="20/s", method="head").outcome is Outcome.PASSED


class TestFailures:
    def test_bad_answers_fail_the_gate(self, behaved: str) -> None:
        result = load(f"{behaved}/some", duration=1.0)
        assert result.outcome is Outcome.FAILED
        assert value(result, "error_rate") == pytest.approx(10, abs=1)
        assert 50 < value(result, "rate") <= 91
        assert "503 x" in told(result)

    @pytest.mark.no_false_green
    def test_fast_errors_do_not_make_a_server_look_fast(self, behaved: str) -> None:
        result = load(f"{behaved}/bad", {"error_rate": "<= 100 %", "p50": "< 1 s"})
        assert result.outcome is Outcome.ERROR
        assert "p50 was not measured: 100 % of the requests got no good answer" in result.reason
        result = load(f"{behaved}/some", {"error_rate": "<= 20 %", "p95": "< 1 s", "mean": "< 1 s"}, duration=1.0)
        assert result.outcome is Outcome.ERROR

    def test_a_status_may_be_good_by_name(self, behaved: str) -> None:
        assert load(f"{behaved}/bad", {"rate": "> 50/s"}, good=(503,)).outcome is Outcome.PASSED

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("path", "words"), [("drop", "ended without an answer"), ("garbled", "does not speak HTTP")]
    )
    def test_no_answer_at_all_is_an_error(self, behaved: str, path: str, words: str) -> None:
        result = load(f"{behaved}/{path}")
        assert (result.outcome, words in result.reason) == (Outcome.ERROR, True)

    @pytest.mark.no_false_green
    def test_answers_that_stop_coming_are_an_error_where_no_other_came(self) -> None:
        with serving() as server:
            server.answer(http(b"ok"), b"", close=True)
            result = load(server.url, rate="20/s", duration=1.0)
        assert result.outcome is Outcome.ERROR
        assert "no answer to any of 20 requests" in result.reason

    def test_nobody_there_is_an_error(self) -> None:
        result = load(f"http://127.0.0.1:{closed_port()}")
        assert (result.outcome, "connection refused" in result.reason) == (Outcome.ERROR, True)

    def test_one_that_goes_away_meanwhile_is_seen(self) -> None:
        with serving() as server:
            answers = [http(b"ok")] * 10

            def manners(connection: Any, server: Server) -> None:
                while server.read(connection):
                    if not answers:
                        server._listener.close()
                        return
                    connection.sendall(answers.pop())

            server._manners = manners
            result = load(server.url, rate="50/s", duration=1.0)
        assert result.outcome is Outcome.FAILED
        assert value(result, "error_rate") > 50
        assert "connection refused" in told(result) or "no answer came" in told(result)

    def test_a_server_that_hangs_is_not_waited_for(self, behaved: str) -> None:
        started = time.monotonic()
        result = run_probe(Load(url=f"{behaved}/hang", duration=1.0, warmup=0.0), timeout=3)
        assert (result.outcome, "timed out" in result.reason) == (Outcome.ERROR, True)
        assert time.monotonic() - started < 8

    def test_more_time_than_there_is_is_an_error_at_once(self, behaved: str) -> None:
        started = time.monotonic()
        result = run_probe(Load(url=behaved, duration=60.0), timeout=5)
        assert (result.outcome, "raise the gate's timeout" in result.reason) == (Outcome.ERROR, True)
        assert time.monotonic() - started < 3


class TestTheClient:
    """What servers do to connections, seen by the client itself."""

    def client(self, server: Server, seconds: float = 5.0, most: int = 10, body: bytes = b"") -> Client:
        data = b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        task = Task((socket.AF_INET, ("127.0.0.1", server.port)), data, range(200, 300).__contains__, most)
        return Client(task, clock() + seconds)

    def test_answers_that_never_come_are_failures_and_slower_than_all_others(self) -> None:
        with serving(lambda _, server: server.closing.wait(10)) as server:
            client = self.client(server, 0.5)
            record = client.paced(100, 1.0)
            client.close()
        assert record.failures == {"no answer before the time was up": 100}
        assert record.latencies == [math.inf] * 100
        assert len(record.delays) == record.bad == 100

    def test_connections_opened_beforehand_may_be_closed_again(self) -> None:
        left = [True, True, True]

        def manners(connection: Any, server: Server) -> None:
            if left:
                left.pop()
                return
            while server.read(connection):
                connection.sendall(http(b"ok"))

        with serving(manners) as server:
            client = self.client(server)
            client.connect(3)
            record = client.paced(50, 0.2)
            client.close()
        assert (record.answered, record.bad) == (10, 0)

    def test_one_that_answers_before_it_has_read_all_is_not_asked_again_on_the_same_connection(self) -> None:
        def manners(connection: Any, server: Server) -> None:
            connection.recv(10)
            connection.sendall(http(b"no", "413 Too Large"))
            server.closing.wait(5)

        with serving(manners) as server:
            client = self.client(server, body=b"x" * 20_000_000)
            record = client.paced(20, 0.2)
            client.close()
            assert server.connections == 4
        assert (record.statuses, record.bad) == ({413: 4}, 4)

    def test_a_connection_that_is_reset_is_told(self) -> None:
        def manners(connection: Any, _: Server) -> None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.recv(10)
            connection.close()

        with serving(manners) as server:
            client = self.client(server)
            record = client.paced(50, 0.2)
            client.close()
        assert record.failures == {"the connection was reset": 10}

    def test_answers_that_are_cut_or_garbled_are_told_apart(self) -> None:
        answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut", b"SSH-2.0"] * 2
        with serving() as server:
            server.answer(*answers)
            client = self.client(server)
            record = client.paced(20, 0.2)
            client.close()
        assert record.failures.total() == 4
        assert record.failures["the connection ended in the middle"] == 2

    def test_no_more_connections_than_the_machine_has_are_no_crash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving() as server:
            client = self.client(server)

            def refuse(*_: object) -> None:
                raise OSError(errno.EMFILE, "Too many open files")

            monkeypatch.setattr("pytest_readiness.probes._load.client.socket.socket", refuse)
            record = client.paced(50, 0.1)
            monkeypatch.undo()
            client.close()
        assert record.failures == {"this process has too many open files (ulimit -n)": 5}

    def test_without_a_fine_clock_it_stays_awake_a_little_longer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pytest_readiness.probes._load.client._MOST_FD", 0)
        with serving() as server:
            server.answer(http(b"ok"), close=False)
            client = self.client(server)
            record = client.paced(50, 0.2)
            client.close()
        assert (record.answered, record.bad) == (10, 0)

    def test_tls_that_fails_later_is_told(self, tmp_path: Path) -> None:
        import ssl

        context, _ = TestTls().server(tmp_path)
        with serving(context=context) as server:
            server.answer(http(b"ok"))
            task = Task(
                (socket.AF_INET, ("127.0.0.1", server.port)), b"GET / HTTP/1.1\r\n\r\n", bool, 2,
                trust=ssl.create_default_context(), name="127.0.0.1",
            )  # fmt: skip
            client = Client(task, clock() + 5)
            record = client.paced(20, 0.1)
            client.close()
        (why,) = record.failures
        assert "certificate verify failed" in why
        assert record.bad == 2


class TestTheMost:
    def test_there_can_be_is_a_rate_without_percentiles(self, behaved: str) -> None:
        result = load(behaved, {"rate": ">= 300/s"}, rate="max", connections=8, warmup=0.1)
        assert result.outcome is Outcome.PASSED, result.reason
        assert "p95" not in result.measurements
        result = load(behaved, {"p95": "< 1 s"}, rate="max", connections=2)
        assert (result.outcome, "name a rate" in result.reason) == (Outcome.ERROR, True)

    def test_a_slow_server_is_the_limit(self, behaved: str) -> None:
        result = load(f"{behaved}/slower", {"rate": "< 10/s"}, rate="max", connections=2)
        assert result.outcome is Outcome.PASSED, result.reason

    def test_connections_that_are_closed_are_opened_again(self, behaved: str) -> None:
        assert load(f"{behaved}/closing", {"rate": "> 50/s"}, rate="max", connections=2).outcome is Outcome.PASSED


class TestWhatIsSent:
    def test_a_body_and_headers(self) -> None:
        with serving() as server:
            server.answer(http(b"ok"), close=False)
            auth = Auth(bearer=Secret("t0ps3cret"))
            result = load(
                server.url,
                rate="20/s",
                method="POST",
                json={"a": 1},
                headers={"X-A": "b"},
                auth=auth,
                side_effects=True,
            )
            request = server.requests[0]
        assert result.outcome is Outcome.PASSED, result.reason
        assert request.startswith(b"POST / HTTP/1.1\r\nHost: 127.0.0.1")
        assert request.endswith(b'{"a": 1}')
        for line in (b"X-A: b", b"Content-Type: application/json", b"Authorization: Bearer t0ps3cret"):
            assert line in request
        assert len(server.requests) == 8
        assert "t0ps3cret" not in repr((result.reason, result.evidence))

    def test_a_long_body_is_sent_to_its_end(self) -> None:
        body = "x" * 3_000_000
        with serving() as server:
            server.answer(http(b"ok"), close=False)
            result = load(server.url, rate="5/s", method="PUT", body=body, side_effects=True)
            assert all(len(request) > len(body) for request in server.requests)
        assert result.outcome is Outcome.PASSED, (result.reason, told(result))

    def test_a_login_in_the_url(self) -> None:
        with serving() as server:
            server.answer(http(b"ok"), close=False)
            result = load(server.url.replace("//", "//ann:open-sesame@"), rate="10/s")
            assert b"Authorization: Basic" in server.requests[-1]
        assert "open-sesame" not in repr(result.evidence)

    def test_nothing_that_changes_anything_without_leave(self) -> None:
        with serving() as server:
            server.answer(http(b"ok"))
            result = run_probe(Load(url=server.url, method="POST", side_effects=True), timeout=20)
        assert (result.outcome, server.requests) == (Outcome.ERROR, [])
        assert "--readiness-allow-side-effects" in result.reason


class TestTls:
    def server(self, tmp_path: Path) -> tuple[Any, str]:
        import ssl

        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        return context, str(tmp_path / "ca.pem")

    def test_is_spoken(self, tmp_path: Path) -> None:
        context, ca = self.server(tmp_path)
        with serving(context=context) as server:
            server.answer(http(b"x" * 100_000), close=False)
            result = load(server.url, rate="30/s", ca=ca)
        assert result.outcome is Outcome.PASSED, (result.reason, told(result))

    def test_one_that_is_not_trusted_is_an_error(self, tmp_path: Path) -> None:
        context, _ = self.server(tmp_path)
        with serving(context=context) as server:
            server.answer(http(b"ok"))
            result = load(server.url, rate="30/s")
        assert (result.outcome, "certificate" in result.reason) == (Outcome.ERROR, True)


class TestLocust:
    def locust(self, folder: Path, code: str) -> dict[str, str]:
        program = folder / "locust"
        program.write_text(f"#!/usr/bin/env python3\nimport sys\n{code}\n")
        program.chmod(0o755)
        import os

        return {"PATH": f"{folder}:{os.environ['PATH']}"}

    def entry(self) -> str:
        counts = {"4": 90, "9": 10}
        entry = {
            "name": "/", "method": "GET", "last_request_timestamp": 110.0, "start_time": 100.0, "num_requests": 100,
            "num_none_requests": 0, "num_failures": 0, "total_response_time": 450.0, "max_response_time": 9.4,
            "response_times": counts,
        }  # fmt: skip
        return json.dumps([entry])

    def test_is_run_and_read(self, tmp_path: Path) -> None:
        env = self.locust(tmp_path, f"print({self.entry()!r}); print(sys.argv, file=sys.stderr)")
        probe = Load(locustfile="load.py", url="http://shop", users=5, workers=2, duration=1.0, side_effects=True)
        result = run_probe(
            probe, root=tmp_path, env=env, side_effects_allowed=True, expect={"rate": "10/s", "p50": "< 5 ms"}
        )
        assert result.outcome is Outcome.PASSED, result.reason
        for word in ("--headless", "--host http://shop", "--expect-workers 2", "--users 5", "--run-time 1s"):
            assert word in told(result)

    def test_that_ends_badly_is_an_error(self, tmp_path: Path) -> None:
        env = self.locust(tmp_path, "sys.exit('no such file')")
        probe = Load(locustfile="load.py", duration=1.0, side_effects=True)
        result = run_probe(probe, root=tmp_path, env=env, side_effects_allowed=True)
        assert (result.outcome, result.reason) == (Outcome.ERROR, "locust ended with exit code 1")
        assert "no such file" in result.evidence[0].text

    def test_needs_leave_and_time(self) -> None:
        probe = Load(locustfile="load.py", duration=30.0, side_effects=True)
        assert "--readiness-allow-side-effects" in run_probe(probe).reason
        assert "no time left" in run_probe(probe, timeout=2, side_effects_allowed=True).reason


class TestOptions:
    def test_a_rate_has_its_unit(self) -> None:
        assert Load(url="http://a", rate="6000/min")._rate == 100
        assert Load(url="http://a", rate=5.5)._rate == 5.5
        assert Load(url="http://a", rate="max")._rate is None

    def test_everything_measured_wants_to_be_alone_but_a_report(self) -> None:
        assert all(measure.exclusive for measure in Load(url="http://a").declared().values())
        assert not any(measure.exclusive for measure in Load(report="a.json").declared().values())

    def test_what_is_touched(self) -> None:
        assert [(touch.kind, touch.what) for touch in Load(url="http://a", ca="ca.pem").touches()] == [
            ("host", "a:80"),
            ("file", "ca.pem"),
        ]
        assert [(touch.kind, touch.what) for touch in Load(report="k6.json").touches()] == [("file", "k6.json")]
        (touch,) = Load(locustfile="load.py", side_effects=True).touches()
        assert touch.what.startswith("locust -f load.py --headless")

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({}, "say one of"),
            ({"url": "http://a", "report": "b"}, "say one of"),
            ({"report": "a", "locustfile": "b"}, "say one of"),
            ({"url": "a"}, "is not a URL"),
            ({"url": "http://u:p@a", "auth": Auth(bearer=Secret("t"))}, "once"),
            ({"url": "http://a", "method": "G T"}, "is not a method"),
            ({"url": "http://a", "body": "a", "json": 1}, "either `body` or `json`"),
            ({"url": "http://a", "method": "POST"}, "side_effects: true"),
            ({"url": "http://a", "connections": 0}, "between 1 and"),
            ({"url": "http://a", "duration": 0.05}, "100 ms at least"),
            ({"url": "http://a", "rate": "fast"}, "is not a rate"),
            ({"url": "http://a", "rate": "5 ms"}, "is not a rate"),
            ({"url": "http://a", "rate": "0/s"}, "makes no request"),
            ({"url": "http://a", "rate": "1000000/s"}, "more than 1000000"),
            ({"url": "http://a", "users": 0}, "below 1"),
            ({"url": "http://a", "workers": -1}, "below 0"),
            ({"locustfile": "a"}, "side_effects: true"),
        ],
    )
    def test_bad_options_are_refused(self, options: dict[str, Any], words: str) -> None:
        with pytest.raises(OptionError, match=words):
            Load(**options)
