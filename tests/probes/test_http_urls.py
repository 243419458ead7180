"""Many web endpoints in one gate: no bad one can hide behind the good ones."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from pytest_readiness.model import Each, Outcome, Result
from pytest_readiness.options import Query
from pytest_readiness.probes.http import Http
from pytest_readiness.testing import run_probe

from .servers import Manners, Server, closed_port, http, serving


def by_path(answer: Callable[[str], bytes]) -> Manners:
    """Return manners that answer each path its own way, over a connection that is kept."""

    def manners(connection: socket.socket, _: Server) -> None:
        while request := Server.read(connection):
            connection.sendall(answer(request.split()[1].decode()))

    return manners


def lines(result: Result) -> list[str]:
    (piece,) = (piece for piece in result.evidence if piece.title == "endpoints that stand out")
    return piece.text.splitlines()


def summary(result: Result) -> str:
    return result.evidence[0].text


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on which /bad... is broken, /gone... is not found and all else is fine."""

    def answer(path: str) -> bytes:
        if path.startswith("/bad"):
            return http(b'{"db": "down"}', "503 Away")
        if path.startswith("/gone"):
            return http(b"nothing here", "404 Not Found")
        return http(b'{"db": "ok"}')

    with serving(by_path(answer)) as made:
        yield made


def urls(server: Server, *paths: str, good: int = 0) -> tuple[str, ...]:
    return tuple(f"{server.url}/{path}" for path in (*(f"good/{number}" for number in range(good)), *paths))


def test_all_good_ones_pass_and_are_counted(server: Server) -> None:
    result = run_probe(Http(urls=urls(server, good=200)), expect={"endpoints": 200, "error_rate": 0})
    assert result.outcome is Outcome.PASSED
    assert summary(result).startswith("200 endpoints, 200 requests: 200 x 200\nslowest: ")
    assert len(result.evidence) == 1


def test_they_share_connections(server: Server) -> None:
    run_probe(Http(urls=urls(server, good=200), jobs=7))
    assert server.connections <= 7


def test_one_bad_one_among_many_fails_the_gate_and_has_its_line(server: Server) -> None:
    result = run_probe(Http(urls=urls(server, "bad", "gone", good=200)))
    assert result.outcome is Outcome.FAILED
    assert set(re.findall(r"\d{3}", result.reason)) == {"503", "404", "200"}
    bad, gone = sorted(lines(result))
    assert re.fullmatch(re.escape(server.url) + r'/bad: 503 Away in \d+\.\d ms; {"db": "down"}', bad)
    assert re.fullmatch(re.escape(server.url) + r"/gone: 404 Not Found in \d+\.\d ms; nothing here", gone)


def test_one_that_lets_everybody_in_cannot_hide_behind_those_that_do_not(server: Server) -> None:
    result = run_probe(Http(urls=urls(server, "gone/1", "open", "gone/2")), expect={"status": 404})
    assert result.outcome is Outcome.FAILED
    assert result.reason == "status is 200, expected 404"
    assert lines(result)[0].startswith(f"{server.url}/open: 200 OK")


def test_different_ones_may_all_be_as_expected(server: Server) -> None:
    result = run_probe(Http(urls=urls(server, "gone", "fine")), expect={"status": "in 200, 404"})
    assert result.outcome is Outcome.PASSED


@pytest.mark.parametrize("condition", ["!= 503", "200..404", "< 500", "~ ^[24]"])
def test_no_condition_holds_for_a_bad_one_because_it_holds_for_the_others(server: Server, condition: str) -> None:
    result = run_probe(Http(urls=urls(server, "bad", "gone", "fine")), expect={"status": condition})
    assert result.outcome in {Outcome.FAILED, Outcome.ERROR}


def test_the_lines_are_bounded_and_the_rest_is_counted(server: Server) -> None:
    result = run_probe(Http(urls=urls(server, *(f"bad/{number}" for number in range(80)), good=100)))
    assert len(lines(result)) == 51
    assert lines(result)[-1] == "and 30 more"


def test_those_that_do_not_answer_make_it_an_error_that_names_them(server: Server) -> None:
    port = closed_port()
    result = run_probe(
        Http(urls=(*urls(server, good=20), f"http://127.0.0.1:{port}/x")), expect={"error_rate": "< 50%"}
    )
    assert result.outcome is Outcome.ERROR
    assert result.reason == f"status was not measured: http://127.0.0.1:{port}/x: connection refused"
    assert lines(result) == [f"http://127.0.0.1:{port}/x: connection refused"]
    assert "200 x 20, no answer x 1" in summary(result)


def test_none_that_answers_is_an_error_that_names_the_first_few() -> None:
    ports = [closed_port() for _ in range(5)]
    result = run_probe(Http(urls=tuple(f"http://127.0.0.1:{port}/{n}" for n, port in enumerate(ports))))
    assert result.outcome is Outcome.ERROR
    assert result.reason.count("connection refused") == 3
    assert result.reason.endswith("; and 2 more")


def test_each_is_searched_and_a_different_one_stands_out(server: Server) -> None:
    probe = Http(urls=urls(server, "bad", good=5), extract={"db": Query("db")})
    result = run_probe(probe, expect={"status": "in 200, 503", "db": "ok"})
    assert result.outcome is Outcome.FAILED
    assert result.reason == "db is down, expected ok"
    assert result.measurements["db"].value in {Each(("ok", "down")), Each(("down", "ok"))}
    assert lines(result)[0].endswith("; db is 'down'")


def test_one_in_which_nothing_is_found_makes_it_an_error(server: Server) -> None:
    probe = Http(urls=urls(server, "gone", good=5), extract={"db": Query("db")})
    result = run_probe(probe, expect={"status": "in 200, 404", "db": "ok"})
    assert result.outcome is Outcome.ERROR
    assert result.reason == f"db was not measured: {server.url}/gone: the body is not JSON: 'nothing here'"


def test_different_lists_are_not_one_measurement() -> None:
    with serving(by_path(lambda path: http(b"[%d]" % len(path)))) as server:
        probe = Http(urls=urls(server, "a", "bb"), extract={"all": Query("@")})
        result = run_probe(probe, expect={"all": "contains 2"})
    assert result.outcome is Outcome.ERROR
    assert "all was not measured: the endpoints gave different lists" in result.reason


def test_true_and_1_are_not_the_same() -> None:
    with serving(by_path(lambda path: http(b"true" if path == "/a" else b"1"))) as server:
        probe = Http(urls=urls(server, "a", "b"), extract={"up": Query("@")})
        result = run_probe(probe, expect={"up": True})
    assert result.outcome is not Outcome.PASSED


def test_a_header_that_one_lacks_is_an_error() -> None:
    answers = {"/a": http(b"", "200 OK", "X-Frame-Options: DENY"), "/b": http()}
    with serving(by_path(answers.__getitem__)) as server:
        result = run_probe(Http(urls=urls(server, "a", "b")), expect={"header:x-frame-options": "DENY"})
    assert result.outcome is Outcome.ERROR
    assert "header:x-frame-options was not measured: 1 of 2 answers do not have it" in result.reason


def test_headers_that_are_different_everywhere_are_not_listed_without_end() -> None:
    with serving(by_path(lambda path: http(b"", "200 OK", f"X-Request-Id: {path}"))) as server:
        result = run_probe(Http(urls=urls(server, good=60)), expect={"header:x-request-id": "~ ^/good"})
    assert result.outcome is Outcome.ERROR
    assert "it had 60 different values, more than 50 are not compared" in result.reason


def test_the_slowest_counts() -> None:
    def answer(path: str) -> bytes:
        if path == "/slow":
            time.sleep(0.2)
        return http()

    with serving(by_path(answer)) as server:
        result = run_probe(Http(urls=urls(server, "slow", good=30)), expect={"latency": "< 150 ms"})
    assert result.outcome is Outcome.FAILED
    assert f"slowest: {server.url}/slow in 2" in summary(result)


def test_one_that_hangs_does_not_hold_up_the_others_and_is_named() -> None:
    def manners(connection: socket.socket, server: Server) -> None:
        while request := Server.read(connection):
            if b"/hang" in request:
                server.closing.wait()
            connection.sendall(http())

    started = time.monotonic()
    with serving(manners) as server:
        result = run_probe(Http(urls=urls(server, "hang", good=100), jobs=5), timeout=0.8)
    assert time.monotonic() - started < 1.8
    assert result.outcome is Outcome.ERROR
    assert "200 x 100, no answer x 1" in summary(result)
    assert re.fullmatch(
        re.escape(server.url) + r"/hang: timed out while waiting for the answer, after 0\.\d\d s", lines(result)[0]
    )


def test_those_that_were_never_asked_are_told_so() -> None:
    def manners(connection: socket.socket, server: Server) -> None:
        while request := Server.read(connection):
            if b"/hang" in request:
                server.closing.wait()
            connection.sendall(http())

    with serving(manners) as server:
        result = run_probe(Http(urls=urls(server, "good", "hang", "later"), jobs=1), timeout=0.6)
    assert result.outcome is Outcome.ERROR
    assert lines(result)[1] == f"{server.url}/later: not asked: the deadline came first"


def test_each_is_sampled(server: Server) -> None:
    result = run_probe(Http(urls=urls(server, "bad", good=9), samples=3), expect={"p50": "< 1 s", "p95": "< 1 s"})
    assert result.outcome is Outcome.FAILED
    assert "10 endpoints, 30 requests: 200 x 27, 503 x 3" in summary(result)
    assert len(lines(result)) == 1
    assert lines(result)[0].endswith("(and 2 more such requests)")


def test_a_thousand_that_take_50_ms_take_little_more_than_a_second() -> None:
    def manners(connection: socket.socket, server: Server) -> None:
        while Server.read(connection):
            server.closing.wait(0.05)
            connection.sendall(http())

    with serving(manners) as server:
        started = time.monotonic()
        result = run_probe(Http(urls=urls(server, good=1000)), timeout=20)
    assert result.outcome is Outcome.PASSED
    assert time.monotonic() - started < 3.0  # 20 rounds of 50 ms, and room for a busy machine
