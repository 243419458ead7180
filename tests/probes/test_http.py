"""One web endpoint: what it answers, how fast, and what is said where it does not."""

from __future__ import annotations

import gzip
import re
import socket
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Mapping

import pytest
from pytest_httpserver import HTTPServer

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.options import Query, Secret, convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes._http import measures
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes.http import Http
from pytest_readiness.testing import run_probe

from .servers import Server, closed_port, http, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def found(result: Result) -> Mapping[str, Value]:
    return {name: measurement.value for name, measurement in result.measurements.items()}


def text(result: Result) -> str:
    return "\n".join(f"{piece.title}: {piece.text}" for piece in result.evidence)


class TestAnswer:
    def test_of_200_passes_without_anything_being_said(self, server: Server) -> None:
        server.answer(http(b"fine"))
        result = run_probe(Http(url=f"{server.url}/health"))
        assert result.outcome is Outcome.PASSED
        assert result.reason == "status is 200, expected 200"

    def test_is_measured(self, server: Server) -> None:
        server.answer(http(b"fine"))
        result = run_probe(Http(url=f"{server.url}/health"))
        values = found(result)
        assert (values["status"], values["size"], values["redirects"], values["endpoints"]) == (200, 4, 0, 1)
        assert values["error_rate"] == 0
        assert result.measurements["latency"].unit == "ms"

    def test_of_500_fails_and_quotes_the_first_line_that_it_gives(self, server: Server) -> None:
        server.answer(http(b"\n\n  Traceback: no database\nmore\n", "500 Internal Server Error"))
        result = run_probe(Http(url=server.url))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "status is 500, expected 200"
        assert ": 500 Internal Server Error in " in text(result)
        assert text(result).endswith("; Traceback: no database")
        assert found(result)["error_rate"] == 100

    def test_is_quoted_without_what_could_move_the_cursor_and_not_for_ever(self, server: Server) -> None:
        server.answer(http(b"\x1b[2J" + b"x" * 1000, "503 Away"))
        result = run_probe(Http(url=server.url))
        assert "\x1b" not in text(result)
        assert text(result).endswith("x...")
        assert len(text(result)) < 400

    @pytest.mark.parametrize(
        ("body", "quoted"),
        [
            (b"<!DOCTYPE html>\n<html lang=en>\n <title>Away</title>\n", "<title>Away</title>"),
            (b"<br>\n<br>", "<br>"),
            (b"\n \n", ""),
        ],
    )
    def test_of_500_in_html_is_quoted_from_where_it_says_something(
        self, server: Server, body: bytes, quoted: str
    ) -> None:
        server.answer(http(body, "503 Away"))
        assert text(run_probe(Http(url=server.url))).partition("; ")[2] == quoted

    def test_of_500_is_quoted_unpacked(self, server: Server) -> None:
        server.answer(http(gzip.compress(b"no database", mtime=0), "500 Oops", "Content-Encoding: gzip"))
        assert "no database" in text(run_probe(Http(url=server.url)))

    def test_of_500_that_cannot_be_unpacked_says_so(self, server: Server) -> None:
        server.answer(http(b"no gzip", "500 Oops", "Content-Encoding: gzip"))
        assert "the body is not the gzip it claims to be" in text(run_probe(Http(url=server.url)))

    def test_may_be_expected_to_be_a_refusal(self, server: Server) -> None:
        server.answer(http(b"", "401 Unauthorized"))
        assert run_probe(Http(url=server.url), expect={"status": 401}).outcome is Outcome.PASSED

    def test_has_headers_in_any_case_and_joined(self, server: Server) -> None:
        server.answer(http(b"", "200 OK", "X-Frame-Options: DENY", "Vary: a", "vary:  b "))
        result = run_probe(Http(url=server.url), expect={"header:x-frame-options": "DENY", "header:vary": "= a, b"})
        assert result.outcome is Outcome.PASSED

    def test_without_an_expected_header_is_an_error(self, server: Server) -> None:
        server.answer(http())
        result = run_probe(Http(url=server.url), expect={"header:x-frame-options": "DENY"})
        assert result.outcome is Outcome.ERROR
        assert "header:x-frame-options was not measured" in result.reason

    def test_shows_that_a_cookie_was_set_but_not_its_value(self, server: Server) -> None:
        server.answer(http(b"", "200 OK", "Set-Cookie: sid=hunter2; Secure", "Set-Cookie: b=hunter3; HttpOnly"))
        result = run_probe(Http(url=server.url))
        assert found(result)["header:set-cookie"] == "sid=***; Secure, b=***; HttpOnly"

    def test_over_a_real_server(self, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/health", query_string="deep=1").respond_with_json({"db": "ok"})
        probe = Http(url=httpserver.url_for("/health?deep=1"), extract={"db": Query("db")})
        assert run_probe(probe, expect={"db": "ok", "header:content-type": "application/json"}).outcome is (
            Outcome.PASSED
        )


class TestExtract:
    def test_names_what_queries_find(self, server: Server) -> None:
        server.answer(http(b'{"checks": {"database": "ok"}, "models": [1, 2, 3, 4], "tags": ["a", "b"]}'))
        probe = Http(
            url=server.url,
            extract={"db": Query("checks.database"), "models": Query("length(models)"), "tags": Query("tags")},
        )
        result = run_probe(probe, expect={"db": "ok", "models": 4, "tags": ("a", "b")})
        assert result.outcome is Outcome.PASSED

    def test_fails_on_another_value(self, server: Server) -> None:
        server.answer(http(b'{"db": "down"}'))
        result = run_probe(Http(url=server.url, extract={"db": Query("db")}), expect={"db": "ok"})
        assert result.outcome is Outcome.FAILED
        assert result.reason == "db is down, expected ok"

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b'{"other": 1}', "the query finds nothing in the body"),
            (b'{"db": null}', "the query finds nothing in the body"),
            (b'{"db": {"a": 1}}', "the query finds an object; let it end at single values"),
            (b'{"db": [[1]]}', "the query finds a list of objects or lists; let it end at single values"),
            (b"<html>welcome</html>", "the body is not JSON: '<html>welcome</html>'"),
            (b"", "the body is empty, not JSON"),
            (b'{"db": NaN}', "the body is not JSON"),
            (b"[" * 100_000, "the body is not JSON"),
            (b"\xff\xfe\xff", "the body is not JSON"),
        ],
    )
    def test_that_finds_nothing_is_an_error_never_a_value(self, server: Server, body: bytes, reason: str) -> None:
        server.answer(http(body))
        result = run_probe(Http(url=server.url, extract={"db": Query("db")}), expect={"db": "!= down"})
        assert result.outcome is Outcome.ERROR
        assert f"db was not measured: {server.url}/: {reason}" in result.reason
        assert reason in text(result)

    def test_that_does_not_fit_the_data_is_an_error(self, server: Server) -> None:
        server.answer(http(b'{"models": null}'))
        result = run_probe(Http(url=server.url, extract={"n": Query("length(models)")}), expect={"n": ">= 0"})
        assert result.outcome is Outcome.ERROR
        assert "length()" in result.reason

    @pytest.mark.parametrize(
        ("encoding", "body"),
        [
            ("gzip", gzip.compress(b'{"db": "ok"}', mtime=0)),
            ("deflate", zlib.compress(b'{"db": "ok"}')),
            ("deflate", zlib.compress(b'{"db": "ok"}')[2:-4]),
            ("identity", b'{"db": "ok"}'),
        ],
    )
    def test_reads_packed_bodies(self, server: Server, encoding: str, body: bytes) -> None:
        server.answer(http(body, "200 OK", f"Content-Encoding: {encoding}"))
        result = run_probe(Http(url=server.url, extract={"db": Query("db")}), expect={"db": "ok"})
        assert result.outcome is Outcome.PASSED
        assert found(result)["size"] == len(body)

    @pytest.mark.parametrize(
        ("encoding", "body", "reason"),
        [
            (
                "gzip",
                gzip.compress(b"0" * 50_000_000, mtime=0),
                "the body unpacks to more than 10 MiB, the most that is read",
            ),
            ("gzip", gzip.compress(b'{"db": "ok"}', mtime=0)[:-9], "the packed body is cut short"),
            ("br", b"x", "the body is packed with 'br', which cannot be read here"),
        ],
        ids=["bomb", "cut", "brotli"],
    )
    def test_of_a_body_that_cannot_be_unpacked_is_an_error(
        self, server: Server, encoding: str, body: bytes, reason: str
    ) -> None:
        server.answer(http(body, "200 OK", f"Content-Encoding: {encoding}"))
        result = run_probe(Http(url=server.url, extract={"db": Query("db")}), expect={"db": "ok"})
        assert result.outcome is Outcome.ERROR
        assert reason in result.reason


class TestRequest:
    def ask(self, server: Server, probe: Http) -> bytes:
        server.answer(http())
        assert run_probe(probe).outcome is Outcome.PASSED
        return server.requests[-1]

    def test_names_the_host_with_its_port_and_asks_for_no_packing(self, server: Server) -> None:
        sent = self.ask(server, Http(url=f"{server.url}/a?b=c#d"))
        assert sent.startswith(b"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % server.port)
        assert b"\r\nAccept-Encoding: identity\r\n" in sent

    def test_encodes_what_is_not_ascii(self, server: Server) -> None:
        assert self.ask(server, Http(url=f"{server.url}/straße?q=%20é")).startswith(b"GET /stra%C3%9Fe?q=%20%C3%A9 ")

    def test_carries_headers_of_the_gate_instead_of_the_usual_ones(self, server: Server) -> None:
        sent = self.ask(server, Http(url=server.url, headers={"user-agent": "me", "Host": "shop.test", "X-A": "ä"}))
        assert b"\r\nuser-agent: me\r\n" in sent
        assert b"pytest-readiness" not in sent
        assert b"Host: shop.test\r\n" in sent
        assert b"\r\nX-A: \xe4\r\n" in sent

    def test_posts_json(self, server: Server) -> None:
        sent = self.ask(server, Http(url=server.url, json={"a": [1, "é"]}))
        assert sent.startswith(b"POST / HTTP/1.1\r\n")
        assert b"\r\nContent-Type: application/json\r\n" in sent
        assert sent.endswith(b'\r\n\r\n{"a": [1, "\\u00e9"]}')

    def test_puts_a_text(self, server: Server) -> None:
        sent = self.ask(server, Http(url=server.url, method="put", body="é", headers={"content-type": "text/csv"}))
        assert sent.startswith(b"PUT / HTTP/1.1\r\n")
        assert b"\r\nContent-Length: 2\r\n" in sent
        assert sent.endswith("\r\n\r\né".encode())
        assert b"text/plain" not in sent

    def test_posts_nothing_with_a_length(self, server: Server) -> None:
        assert b"\r\nContent-Length: 0\r\n" in self.ask(server, Http(url=server.url, method="POST"))

    def test_carries_a_large_body_whole(self, server: Server) -> None:
        sent = self.ask(server, Http(url=server.url, body="x" * 3_000_000))
        assert sent.endswith(b"x" * 1000)
        assert len(sent) > 3_000_000

    def test_of_a_head_expects_no_body(self, server: Server) -> None:
        server.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", close=False)
        result = run_probe(Http(url=server.url, method="HEAD"))
        assert result.outcome is Outcome.PASSED
        assert found(result)["size"] == 0

    def test_goes_to_the_host_it_names_whatever_proxy_the_environment_names(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
        self.ask(server, Http(url=server.url))

    def test_is_answered_early_by_a_server_that_stops_listening(self) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            connection.recv(100)
            connection.sendall(http(b"", "413 Too Large"))
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

        with serving(manners) as refusing:
            result = run_probe(Http(url=refusing.url, body="x" * 3_000_000), expect={"status": 413})
        assert result.outcome is Outcome.PASSED


class TestCredentials:
    def test_of_a_user_are_sent_and_never_shown(self, server: Server) -> None:
        server.answer(http(b"you are ann:open-sesame (YW5uOm9wZW4tc2VzYW1l)", "403 Forbidden"))
        result = run_probe(Http(url=server.url, auth=Auth(basic=Secret("ann:open-sesame"))))
        assert b"\r\nAuthorization: Basic YW5uOm9wZW4tc2VzYW1l\r\n" in server.requests[0]
        assert "403 Forbidden" in text(result)
        assert "open-sesame" not in repr(result)
        assert "YW5uOm9wZW4tc2VzYW1l" not in repr(result)

    def test_as_a_token_are_sent_and_never_shown(self, server: Server) -> None:
        server.answer(http(b"bad token t0ps3cret-token", "401 No"))
        result = run_probe(Http(url=server.url, auth=Auth(bearer=Secret("t0ps3cret-token"))))
        assert b"\r\nAuthorization: Bearer t0ps3cret-token\r\n" in server.requests[0]
        assert "t0ps3cret-token" not in repr(result)

    def test_in_the_url_are_sent_as_a_header_and_never_shown(self, server: Server) -> None:
        server.answer(http(b"open sesame is wrong", "401 No"))
        result = run_probe(Http(url=f"http://ann:open%20sesame@127.0.0.1:{server.port}/x"))
        assert b"\r\nAuthorization: Basic YW5uOm9wZW4gc2VzYW1l\r\n" in server.requests[0]
        assert server.requests[0].startswith(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:")
        shown = result.reason + text(result)
        assert "sesame" not in shown
        assert f"http://127.0.0.1:{server.port}/x: 401 No" in text(result)

    def test_in_a_header_are_never_shown(self, server: Server) -> None:
        server.answer(http(b"no such key: k3y-k3y-k3y", "401 No"))
        result = run_probe(Http(url=server.url, headers={"X-API-Key": "k3y-k3y-k3y", "X-Trace": "on"}))
        assert "k3y-k3y-k3y" not in text(result)
        assert "no such key" in text(result)


class TestRedirects:
    def test_are_not_followed_unless_asked_to(self, server: Server) -> None:
        server.answer(http(b"", "302 Found", "Location: /login"))
        result = run_probe(Http(url=server.url))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "status is 302, expected 200"
        assert found(result)["header:location"] == "/login"

    def test_are_followed_and_counted(self, server: Server) -> None:
        server.answer(
            http(b"", "301 Moved", "Location: b?x=1#y"), http(b"", "302 Found", "Location: /c"), http(b"here")
        )
        result = run_probe(Http(url=f"{server.url}/a", follow=True), expect={"redirects": 2})
        assert result.outcome is Outcome.PASSED
        assert [request.split()[1] for request in server.requests] == [b"/a", b"/b?x=1", b"/c"]
        assert f"redirected to {server.url}/c" in text(result)

    def test_without_a_location_are_the_answer(self, server: Server) -> None:
        server.answer(http(b"", "300 Choose"), http())
        assert run_probe(Http(url=server.url, follow=True), expect={"status": 300}).outcome is Outcome.PASSED

    def test_in_a_loop_are_an_error_that_shows_it(self, server: Server) -> None:
        server.answer(http(b"", "302 Found", "Location: /b"), http(b"", "302 Found", "Location: /a"))
        result = run_probe(Http(url=f"{server.url}/a", follow=True))
        assert result.outcome is Outcome.ERROR
        url = server.url
        assert result.reason == f"{url}/a: it redirects in a loop: {url}/a -> {url}/b -> {url}/a"

    def test_have_an_end(self, server: Server) -> None:
        server.answer(*(http(b"", "302 Found", f"Location: /{number}") for number in range(5)))
        result = run_probe(Http(url=f"{server.url}/a", follow=3))
        assert result.outcome is Outcome.ERROR
        assert "it redirects more than 3 times: " in result.reason
        assert len(server.requests) == 4

    @pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://x/", "http://[bad/"])
    def test_lead_to_the_web_only(self, server: Server, location: str) -> None:
        server.answer(http(b"", "302 Found", f"Location: {location}"))
        result = run_probe(Http(url=server.url, follow=True))
        assert result.outcome is Outcome.ERROR
        assert "it redirects to something that cannot be asked" in result.reason

    def test_after_a_post_look_with_a_get(self, server: Server) -> None:
        server.answer(http(b"", "303 See Other", "Location: /b"), http())
        assert run_probe(Http(url=server.url, json={}, follow=True)).outcome is Outcome.PASSED
        assert server.requests[1].startswith(b"GET /b ")
        assert b"content-type" not in server.requests[1].lower()
        assert b"content-length" not in server.requests[1].lower()

    def test_after_a_head_stay_a_head(self, server: Server) -> None:
        server.answer(http(b"", "303 See Other", "Location: /b"), http())
        assert run_probe(Http(url=server.url, method="HEAD", follow=True)).outcome is Outcome.PASSED
        assert server.requests[1].startswith(b"HEAD /b ")

    def test_that_keep_the_method_keep_the_body(self, server: Server) -> None:
        server.answer(http(b"", "307 Again", "Location: /b"), http())
        assert run_probe(Http(url=server.url, json=[1], follow=True)).outcome is Outcome.PASSED
        assert server.requests[1].startswith(b"POST /b ")
        assert server.requests[1].endswith(b"[1]")

    def test_on_the_same_host_carry_credentials(self, server: Server) -> None:
        server.answer(http(b"", "302 Found", "Location: /b"), http())
        probe = Http(url=server.url, follow=True, headers={"Cookie": "a=b"}, auth=Auth(bearer=Secret("token")))
        assert run_probe(probe).outcome is Outcome.PASSED
        assert b"Bearer token" in server.requests[1]
        assert b"a=b" in server.requests[1]

    @pytest.mark.parametrize("place", ["127.0.0.1", "localhost"], ids=["another port", "another host"])
    @pytest.mark.parametrize("login", ["", "ann:sesame@"], ids=["auth", "login in the url"])
    def test_to_somebody_else_carry_no_credentials(self, server: Server, place: str, login: str) -> None:
        with serving() as other:
            other.answer(http(b"", "302 Found", f"Location: http://{place}:{server.port}/stolen"))
            server.answer(http())
            probe = Http(
                url=f"http://{login}127.0.0.1:{other.port}/",
                follow=True,
                headers={
                    "Cookie": "a=b",
                    "X-Api-Key": "key",
                    "Proxy-Authorization": "Basic x",
                    "Host": "h",
                    "X-A": "1",
                },
                auth=None if login else Auth(bearer=Secret("token")),
            )
            assert run_probe(probe).outcome is Outcome.PASSED
        sent = server.requests[0].lower()
        assert b"x-a: 1" in sent
        assert b"host: %s:%d" % (place.encode(), server.port) in sent
        for secret in (b"authorization", b"cookie", b"x-api-key", b"token", b"\r\nhost: h\r\n"):
            assert secret not in sent

    def test_to_somebody_else_and_back_carry_none_either(self, server: Server) -> None:
        with serving() as other:
            server.answer(http(b"", "302 Found", f"Location: {other.url}/b"), http())
            other.answer(http(b"", "302 Found", f"Location: {server.url}/c"))
            probe = Http(url=f"http://ann:sesame@127.0.0.1:{server.port}/a", follow=True)
            assert run_probe(probe).outcome is Outcome.PASSED
        assert b"Authorization" in server.requests[0]
        assert b"Authorization" not in server.requests[1]

    def test_to_somebody_else_do_not_carry_the_body(self, server: Server) -> None:
        with serving() as other:
            other.answer(http(b"", "308 Moved", f"Location: {server.url}/b"))
            result = run_probe(Http(url=other.url, body="secret form", follow=True))
        assert result.outcome is Outcome.ERROR
        assert "it redirects the body of the request to another host" in result.reason
        assert server.requests == []


class TestNoAnswer:
    def reason(self, probe: Http, *, timeout: float = 5.0) -> str:
        result = run_probe(probe, timeout=timeout, expect={"latency": "< 10 s"})
        assert result.outcome is Outcome.ERROR
        return result.reason

    def test_where_nobody_listens(self) -> None:
        port = closed_port()
        assert self.reason(Http(url=f"http://127.0.0.1:{port}/a")) == f"http://127.0.0.1:{port}/a: connection refused"

    def test_where_the_name_leads_nowhere(self) -> None:
        reason = self.reason(Http(url="http://nobody.invalid/"))
        assert reason.startswith("http://nobody.invalid/: the name nobody.invalid ")

    def test_from_a_server_that_hangs_up(self) -> None:
        with serving(lambda *_: None) as server:
            assert "the connection " in self.reason(Http(url=server.url))

    def test_from_a_server_that_resets(self) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            connection.recv(100)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        with serving(manners) as server:
            assert self.reason(Http(url=server.url)).endswith("the connection was reset")

    def test_from_a_server_that_resets_while_it_is_being_asked(self) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            connection.recv(100)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        with serving(manners) as server:
            assert "the connection " in self.reason(Http(url=server.url, body="x" * 9_000_000))

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            (b"", "the connection ended without an answer"),
            (b"HTTP/1.1 200 OK\r\nContent-Le", "the connection ended in the middle of the headers"),
            (
                b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123",
                "the connection ended in the middle of the body, after 3 of 10 bytes",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                "the connection ended in the middle of a chunk",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
                "the connection ended in the middle of a chunked body",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "its chunks are garbled: b'zz' is not a size",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n",
                "its chunks are garbled: b'-2' is not a size",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
                "its chunks are garbled: one is longer than it says",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 20_000,
                "its chunks are garbled: a line does not end",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 20_000,
                "its trailers do not end within 64 KiB",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "its transfer coding 'gzip' is not one that can be read",
            ),
            (
                b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "it gives two lengths of its body: 1 and 2",
            ),
            (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "its Content-Length is not a number: '-1'"),
            (
                b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                "its body is larger than 10 MiB, the most that is read",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
                "its body is larger than 10 MiB, the most that is read",
            ),
            (
                b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 11_000_000,
                "its body is larger than 10 MiB, the most that is read",
            ),
            (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000, "its headers do not end within 64 KiB"),
            (b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "a header is garbled: ' c'"),
            (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "a header is garbled: 'no colon'"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "it does not speak HTTP/1.1; it says b'SSH-2.0-OpenSSH_9.2\\r\\n'"),
            (b"HTTP/2 200\r\n\r\n", "it does not speak HTTP/1.1; it says b'HTTP/2 200'"),
            (b"\x15\x03\x01\x00\x02\x02\x16", "it speaks TLS on this port; write https://"),
            (b"HTTP/1.1 101 Switching\r\n\r\n", "it switches protocols (101) though nobody asked it to"),
            (b"HTTP/1.1 100 Continue\r\n\r\n" * 30, "it sent 20 interim answers (1xx) and no final one"),
        ],
    )
    def test_that_can_be_read_says_what_is_wrong(self, server: Server, said: bytes, reason: str) -> None:
        server.answer(said)
        assert self.reason(Http(url=server.url)) == f"{server.url}/: {reason}"

    @pytest.mark.parametrize(
        ("first", "drip", "doing"),
        [
            (b"", b"", "waiting for the answer"),
            (b"HTTP/1.1 200", b" ", "reading the headers"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x", "reading the body ("),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", "reading the body"),
            (b"HTTP/1.1 200 OK\r\n\r\n", b"x", "reading the body"),
        ],
        ids=["silence", "headers", "length", "chunks", "rest"],
    )
    def test_drop_by_drop_ends_at_the_deadline(self, first: bytes, drip: bytes, doing: str) -> None:
        def manners(connection: socket.socket, server: Server) -> None:
            Server.read(connection)
            connection.sendall(first)
            while not server.closing.wait(0.02):
                connection.sendall(drip)

        started = time.monotonic()
        with serving(manners) as server:
            reason = self.reason(Http(url=server.url), timeout=0.6)
        assert time.monotonic() - started < 1.5
        assert f"timed out while {doing}" in reason
        assert ", after 0." in reason

    def test_by_a_server_that_does_not_read_ends_at_the_deadline(self) -> None:
        with serving(lambda _, server: server.closing.wait()) as server:
            reason = self.reason(Http(url=server.url, body="x" * 9_000_000), timeout=0.6)
        assert "timed out while sending the request" in reason


class TestFraming:
    @pytest.mark.parametrize(
        ("said", "size"),
        [
            (b"HTTP/1.1 200 OK\r\n\r\nto the end", 10),
            (b"HTTP/1.0 200\r\n\r\nold", 3),
            (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nab", 2),
            (b"HTTP/1.1 204 Nothing\r\nContent-Length: 9\r\n\r\n", 0),
            (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + http(b"abc"), 3),
            (
                b"HTTP/1.1 200 \r\nTransfer-Encoding: Chunked\r\n\r\n3;x\r\nabc\r\na \r\n0123456789\r\n0\r\nT:\r\n\r\n",
                13,
            ),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab", 2),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 1),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 500 Smuggled\r\n\r\n", 2),
        ],
    )
    def test_of_all_kinds_is_understood(self, server: Server, said: bytes, size: int) -> None:
        server.answer(said)
        result = run_probe(
            Http(url=server.url), expect={"status": "200..204", "size": size if not size else f"{size} B"}
        )
        assert result.outcome is Outcome.PASSED, result.reason

    def test_of_an_answer_that_comes_byte_by_byte_is_understood(self) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Server.read(connection)
            for byte in b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n":
                connection.sendall(bytes([byte]))

        with serving(manners) as server:
            assert run_probe(Http(url=server.url)).outcome is Outcome.PASSED


class TestSamples:
    def test_give_percentiles_over_one_connection(self, server: Server) -> None:
        server.answer(http(), close=False)
        result = run_probe(Http(url=server.url, samples=100), expect={"p50": "< 1 s", "p95": "< 1 s", "p99": "< 1 s"})
        assert result.outcome is Outcome.PASSED
        assert (len(server.requests), server.connections) == (100, 1)
        values = found(result)
        assert values["p50"] <= values["p95"] <= values["p99"] <= values["latency"]  # type: ignore[operator]

    def test_too_few_for_a_percentile_are_an_error(self, server: Server) -> None:
        server.answer(http())
        result = run_probe(Http(url=server.url, samples=3), expect={"p95": "< 1 s"})
        assert result.outcome is Outcome.ERROR
        assert "p95 was not measured: it takes at least 20 requests, and there were 3; set `samples`" in result.reason
        assert found(result)["p50"]

    def test_that_fail_now_and_then_fail_the_gate(self, server: Server) -> None:
        server.answer(http(), http(b"", "503 Away"), http())
        result = run_probe(Http(url=server.url, samples=4))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "status is 503, expected 200"
        assert found(result)["error_rate"] == 25
        assert "1 endpoints, 4 requests: 200 x 3, 503 x 1" in text(result)

    def test_that_fail_now_and_then_may_be_said_to_be_all_right(self, server: Server) -> None:
        server.answer(http(), http(b"", "503 Away"), http())
        result = run_probe(Http(url=server.url, samples=4), expect={"status": "in 200, 503", "error_rate": "<= 25%"})
        assert result.outcome is Outcome.PASSED

    def test_without_an_answer_leave_the_status_open(self, server: Server) -> None:
        server.answer(http(), b"", http())
        result = run_probe(Http(url=server.url, samples=4), expect={"error_rate": "<= 50%"})
        assert result.outcome is Outcome.ERROR
        assert f"status was not measured: {server.url}/: the connection ended without an answer" in result.reason
        assert found(result)["error_rate"] == 25

    def test_that_the_deadline_cuts_short_are_not_enough(self) -> None:
        def manners(connection: socket.socket, server: Server) -> None:
            while Server.read(connection):
                server.closing.wait(0.1)
                connection.sendall(http())

        with serving(manners) as server:
            result = run_probe(Http(url=server.url, samples=1000), expect={"p50": "< 1 s"}, timeout=0.8)
        assert result.outcome is Outcome.ERROR
        assert re.search(r"not asked more than \d times: the deadline came first", result.reason)

    def test_measure_the_wait(self) -> None:
        def manners(connection: socket.socket, server: Server) -> None:
            Server.read(connection)
            server.closing.wait(0.15)
            connection.sendall(http())

        with serving(manners) as server:
            latency = found(run_probe(Http(url=server.url)))["latency"]
        assert isinstance(latency, float)
        assert 150 <= latency < 1500


class TestKeptConnection:
    def test_that_the_server_closed_is_replaced(self, server: Server) -> None:
        server.answer(http(), close=True)
        assert run_probe(Http(url=server.url, samples=5)).outcome is Outcome.PASSED
        assert len(server.requests) == 5

    def test_that_ends_instead_of_answering_is_replaced_once(self) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            for _time in range(2):
                Server.read(connection)
                connection.sendall(http())
            Server.read(connection)

        with serving(manners) as server:
            assert run_probe(Http(url=server.url, samples=4)).outcome is Outcome.PASSED
            assert server.connections == 2

    def test_that_breaks_in_the_middle_of_an_answer_is_not(self) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            Server.read(connection)
            connection.sendall(http())
            Server.read(connection)
            connection.sendall(b"HTTP/1.1 2")

        with serving(manners) as server:
            result = run_probe(Http(url=server.url, samples=2))
        assert result.outcome is Outcome.ERROR
        assert "in the middle of the headers" in result.reason

    def test_never_carries_what_must_not_be_sent_twice(self, server: Server) -> None:
        server.answer(http(), close=False)
        assert run_probe(Http(url=server.url, method="POST", samples=3)).outcome is Outcome.PASSED
        assert (len(server.requests), server.connections) == (3, 3)

    def test_on_which_something_came_unasked_is_not_used(self) -> None:
        late = threading.Event()

        def manners(connection: socket.socket, server: Server) -> None:
            Server.read(connection)
            connection.sendall(http())
            if server.connections == 1:
                connection.sendall(http(b"", "408 Too Late"))
                late.set()
                server.closing.wait()

        def patient(connection: socket.socket, _: Server) -> None:
            Server.read(connection)
            late.wait(5)
            connection.sendall(http())

        with serving(manners) as server, serving(patient) as other:
            result = run_probe(Http(urls=(f"{server.url}/1", other.url, f"{server.url}/2"), jobs=1))
            assert server.connections == 2
        assert result.outcome is Outcome.PASSED

    @pytest.mark.parametrize(
        ("first", "connections"),
        [
            (b"HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 0\r\n\r\n", 2),
            (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 2),
            (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", 1),
        ],
    )
    def test_is_kept_as_long_as_the_server_wants(self, server: Server, first: bytes, connections: int) -> None:
        server.answer(first, http(), close=False)
        assert run_probe(Http(url=server.url, samples=2)).outcome is Outcome.PASSED
        assert server.connections == connections


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({}, "say either `url` or `urls`"),
            ({"url": "http://a/", "urls": ("http://b/",)}, "say either `url` or `urls`"),
            ({"urls": ()}, "the list is empty: there is nothing to ask"),
            ({"urls": ("http://a/", "http://a/")}, "http://a/ is there twice"),
            ({"url": "file:///etc/passwd"}, "'file:///etc/passwd': file is not supported; only http and https are"),
            ({"url": "example.org"}, "'example.org' is not a URL; write http://HOST/PATH or https://HOST/PATH"),
            ({"url": "http://a/", "method": "GET /x"}, "'GET /x' is not a method, such as GET"),
            ({"url": "http://a/", "method": "connect"}, "CONNECT asks a proxy, not an endpoint"),
            ({"url": "http://a/", "body": "x", "json": {}}, "say either `body` or `json`"),
            ({"url": "http://a/", "headers": {"A B": "c"}}, "'A B' is not the name of a header"),
            (
                {"url": "http://a/", "headers": {"A": "b\r\nHost: evil"}},
                "the value of A holds a line break or another control character",
            ),
            ({"url": "http://a/", "headers": {"A": "€"}}, "the value of A holds a character that headers cannot carry"),
            ({"url": "http://a/", "headers": {"Content-Length": "1"}}, "Content-Length is set by the probe itself"),
            ({"url": "http://a/", "headers": {"A": "1", "a": "2"}}, "a header is there twice, in different case"),
            (
                {"url": "http://a/", "headers": {"authorization": "x"}, "auth": Auth(bearer=Secret("t"))},
                "say either `auth` or an Authorization header",
            ),
            (
                {"url": "http://u:p@a/", "auth": Auth(bearer=Secret("t"))},
                "http://a/ has a login of its own; say it there or under `auth`, once",
            ),
            ({"url": "http://a/", "samples": 0}, "0 is not between 1 and 100000"),
            ({"url": "http://a/", "jobs": 0}, "0 is not between 1 and 1000"),
            ({"url": "http://a/", "follow": -1}, "-1 is not between 0 and 20"),
            (
                {"url": "http://a/", "extract": {"status": Query("a")}},
                "'status' is a measurement of http already; choose another name",
            ),
        ],
    )
    def test_that_cannot_be_used_are_refused(self, options: Mapping[str, object], message: str) -> None:
        with pytest.raises(OptionError) as caught:
            Http(**options)  # type: ignore[arg-type]
        assert caught.value.message == message

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({}, "say either `basic` or `bearer`"),
            ({"basic": Secret("a:b"), "bearer": Secret("c")}, "say either `basic` or `bearer`"),
            ({"basic": Secret("ann")}, "write `user:password`"),
            ({"bearer": Secret("")}, "is empty"),
            ({"basic": Secret(" ")}, "is empty"),
            (
                {"bearer": Secret("a\r\nb")},
                "a token has no spaces, line breaks or letters outside ASCII",
            ),
        ],
    )
    def test_of_credentials_that_cannot_be_used_are_refused(self, options: Mapping[str, Secret], message: str) -> None:
        with pytest.raises(OptionError) as caught:
            Auth(**options)
        assert caught.value.message == message

    def test_are_read_from_a_spec(self) -> None:
        problems: list[tuple[tuple[str | int, ...], str]] = []
        probe = convert(
            Http,
            {
                "urls": "http://a/",
                "auth": {"basic": "ann:sesame"},
                "follow": 3,
                "headers": {"A": "b"},
                "extract": {"db": "checks.db"},
                "json": {"a": [1]},
                "verify": False,
            },
            problems,
        )
        assert problems == []
        assert probe is not None
        assert (probe.urls, probe.follow, probe.json) == (("http://a/",), 3, {"a": [1]})
        assert "sesame" not in repr(probe)

    def test_that_follow_nothing_or_everything_are_read_from_a_spec(self) -> None:
        for follow in (True, False):
            probe = convert(Http, {"url": "http://a/", "follow": follow}, [])
            assert probe is not None
            assert probe.follow is follow

    def test_declare_what_is_extracted_and_any_header(self) -> None:
        probe = Http(url="http://a/", extract={"db": Query("x")})
        assert probe.declared().keys() == {*measures.PLAIN, "db"}
        header = probe.declare("header:content-type")
        assert header is not None
        assert header.type is str
        assert probe.declare("header:Content Type") is None
        assert probe.declare("nothing") is None

    def test_say_what_is_touched(self) -> None:
        probe = Http(
            urls=("http://ann:sesame@a/x", "http://a/y", "https://b:8443"), ca="ca.pem", extract={"q": Query("x.y")}
        )
        assert list(probe.touches()) == [
            Touch("host", "a:80"),
            Touch("host", "b:8443"),
            Touch("file", "ca.pem"),
            Touch("query", "x.y"),
        ]
