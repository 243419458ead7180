"""Many requests in one gate: a list of things, good and bad cases, a burst, a browser's preflight."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator, Mapping

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Each, Outcome, Result, Value
from pytest_readiness.options import Query, Secret, convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes._http.cases import Case
from pytest_readiness.probes._http.cors import Cors
from pytest_readiness.probes.http import Http
from pytest_readiness.testing import run_probe

from .servers import Server, closed_port, http, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def text(result: Result) -> str:
    return "\n".join(f"{piece.title}: {piece.text}" for piece in result.evidence)


def answering(answer: Callable[[bytes], bytes]) -> Callable[[socket.socket, Server], None]:
    """Return manners that answer each request with what *answer* makes of it."""

    def manners(connection: socket.socket, server: Server) -> None:
        while request := server.read(connection):
            server.requests.append(request)
            said = answer(request)
            if not said:
                return
            connection.sendall(said)

    return manners


def refused(**options: object) -> str:
    with pytest.raises(OptionError) as caught:
        Http(**options)  # type: ignore[arg-type]
    return f"{caught.value.option}: {caught.value.message}"


class TestForeach:
    def test_asks_for_each_item_with_a_line_for_each(self, server: Server) -> None:
        server.answer(http(b"{}"), close=False)
        result = run_probe(Http(url=f"{server.url}/{{item}}/health", foreach=("api", "a b", "x/y")))
        assert result.outcome is Outcome.PASSED
        assert result.measurements["endpoints"].value == 3
        asked = sorted(request.split()[1] for request in server.requests)
        assert asked == [b"/a%20b/health", b"/api/health", b"/x%2Fy/health"]
        for line in (f"{server.url}/api/health (api): 200 OK", f"{server.url}/a%20b/health (a b): 200 OK"):
            assert line in text(result)

    def test_fills_headers_body_and_json_where_a_number_stays_one(self, server: Server) -> None:
        server.answer(http(b"{}"), close=False)
        body = {"type": "{item}", "text": "no. {item}", "all": ["{item}", "{other}"], "{item}": None}
        result = run_probe(Http(url=server.url, json=body, headers={"X-Item": "<{item}>"}, foreach=(7,)))
        assert result.outcome is Outcome.PASSED
        assert b"X-Item: <7>\r\n" in server.requests[0]
        assert server.requests[0].endswith(b'{"type": 7, "text": "no. 7", "all": [7, "{other}"], "7": null}')
        run_probe(Http(url=server.url, body="a={item}&b={item}", foreach=("{item}",)))
        assert server.requests[-1].endswith(b"a={item}&b={item}")

    def test_of_several_lists_asks_for_every_combination(self, server: Server) -> None:
        server.answer(http(b"{}"), close=False)
        probe = convert(Http, {"url": server.url + "/{a}/{b}", "foreach": {"a": ["x", "y"], "b": [1, 2]}}, [])
        assert probe is not None
        assert run_probe(probe).measurements["endpoints"].value == 4

    def test_may_be_what_the_answer_holds(self, server: Server) -> None:
        server.answer(http(b'{"type": "b"}'), close=False)
        result = run_probe(Http(url=f"{server.url}/{{item}}", foreach=("a", "b"), contains={"type": "{item}"}))
        assert result.reason == "mismatches is 1, expected 0"
        assert f'{server.url}/a (a): $.type: is "b", expected "a"' in text(result)
        named = run_probe(Http(url=f"{server.url}/{{item}}", foreach=("a", "b"), text=('"{item}"',)))
        assert named.reason == "missing_texts is 1, expected 0"

    def test_with_several_values_has_to_be_right_for_each(self, server: Server) -> None:
        server.answer(http(b'{"n": 1}'), http(b'{"n": 2}'), close=False)
        probe = Http(url=f"{server.url}/{{item}}", foreach=("a", "b"), extract={"n": Query("n")}, jobs=1)
        result = run_probe(probe, expect={"n": ">= 2"})
        assert result.outcome is Outcome.FAILED
        assert result.measurements["n"].value == Each((1, 2))

    def test_one_item_without_an_answer_is_an_error(self, server: Server) -> None:
        server.answer(http(b"{}"), b"")
        result = run_probe(Http(url=f"{server.url}/{{item}}", foreach=("a", "b"), jobs=1))
        assert result.outcome is Outcome.ERROR
        assert f"{server.url}/b (b): the connection ended without an answer" in result.reason

    @pytest.mark.parametrize(
        ("foreach", "message"),
        [
            ((), "foreach: the list is empty: there is nothing to ask"),
            ({}, "foreach: the list is empty: there is nothing to ask"),
            ({"item": ()}, "foreach: the list is empty: there is nothing to ask"),
            (("a", "a"), "foreach: something is there twice under item"),
            ((1, "1"), "foreach: something is there twice under item"),
            ({"a b": ("x",)}, "foreach: 'a b' is not a name that can stand in braces, such as {item}"),
            (
                {"item": ("x",), "other": ("y",)},
                "foreach: {other} stands nowhere in the request: every turn would ask the same",
            ),
            (tuple(range(10_001)), "foreach: 10001 turns are more than 10000"),
            (("\n",), "headers: the value of X holds a line break or another control character"),
        ],
    )
    def test_that_cannot_be_asked_is_refused(self, foreach: object, message: str) -> None:
        assert refused(url="http://a/{item}", headers={"X": "{item}"}, foreach=foreach) == message


class TestCases:
    def answer(self, request: bytes) -> bytes:
        path = request.split()[1]
        if b"x-api-key: good-key" not in request.lower():
            return http(b'{"detail": "no key"}', "401 Unauthorized")
        if path.startswith(b"/orders?limit=x"):
            return http(b'{"detail": [{"loc": ["query", "limit"], "msg": "not a number"}]}', "422 Unprocessable")
        return http(b'{"orders": []}')

    def test_good_and_bad_pass_where_each_is_answered_as_it_should_be(self) -> None:
        key = {"X-Api-Key": "good-key"}
        with serving(answering(self.answer)) as server:
            problems: list[tuple[tuple[str | int, ...], str]] = []
            probe = convert(
                Http,
                {
                    "url": f"{server.url}/",
                    "headers": {"Accept": "application/json", "x-api-key": "bad"},
                    "cases": [
                        {"name": "no key", "path": "/orders", "status": 401, "contains": {"detail": "no key"}},
                        {"name": "key", "path": "/orders", "headers": key, "text": '"orders"'},
                        {
                            "name": "bad input",
                            "path": "/orders?limit=x",
                            "headers": key,
                            "status": [400, 422],
                            "contains": '{"detail": [{"loc": ["query", "limit"]}, ...]}',
                        },
                        {"name": "posted", "url": f"{server.url}/x", "json": {"a": 1}, "status": ">= 400"},
                    ],
                },
                problems,
            )
            assert problems == []
            assert probe is not None
            result = run_probe(probe)
        assert result.outcome is Outcome.PASSED, result.reason
        assert {name: it.value for name, it in result.measurements.items()} == {"cases": 4, "failed": 0}
        assert [request.split()[0] for request in server.requests] == [b"GET", b"GET", b"GET", b"POST"]
        assert all(b"Accept: application/json" in request for request in server.requests)
        lines = result.evidence[0].text.splitlines()
        assert lines[0].startswith(f"ok: no key: GET {server.url}/orders: 401 Unauthorized in ")
        assert "good-key" not in text(result)

    def test_that_are_answered_otherwise_fail_with_a_line_each(self) -> None:
        cases = (
            Case(name="open door", status=200),
            Case(name="other words", path="/x", status=401, contains={"detail": "go away", "code": 7}),
            Case(name="right", status=401),
        )
        with serving(answering(self.answer)) as server:
            result = run_probe(Http(url=server.url, cases=cases))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "failed is 2, expected 0"
        first, second, third = result.evidence[0].text.splitlines()
        assert first.startswith(f"FAILED: open door: GET {server.url}/: 401 Unauthorized in ")
        assert first.endswith('({"detail": "no key"}); expected status 200')
        assert second.endswith('; $.detail: is "no key", expected "go away"; $.code: is missing')
        assert third.startswith("ok: right: ")

    def test_many_differences_are_told_in_few_words(self, server: Server) -> None:
        server.answer(http(b"[1, 1, 1, 1, 1, 1, 1, 1]"))
        result = run_probe(Http(url=server.url, cases=(Case(name="a", contains=[2] * 8),)))
        assert result.evidence[0].text.endswith("; $[4]: is 1, expected 2; and 3 more")

    def test_an_answer_that_cannot_be_read_is_told_without_its_body(self, server: Server) -> None:
        server.answer(http(b"xx", "500 Oops", "Content-Encoding: br"), http(b"", "404 Gone"))
        result = run_probe(Http(url=server.url, cases=(Case(name="a"), Case(name="b"))))
        assert "(" not in result.evidence[0].text

    @pytest.mark.no_false_green
    def test_one_without_an_answer_is_an_error(self, server: Server) -> None:
        server.answer(http(), b"")
        result = run_probe(Http(url=server.url, cases=(Case(name="a"), Case(name="b", path="/b"))))
        assert result.outcome is Outcome.ERROR
        expected = f"failed was not measured: b: GET {server.url}/b: the connection ended without an answer"
        assert result.reason == expected
        assert "ok: a: " in text(result)
        assert "unknown: b: " in text(result)

    @pytest.mark.no_false_green
    def test_none_with_an_answer_is_an_error(self) -> None:
        cases = tuple(Case(name=f"c{number}", status=401) for number in range(7))
        result = run_probe(Http(url=f"http://127.0.0.1:{closed_port()}", cases=cases))
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith("connection refused; and 2 more")

    def test_a_body_that_is_not_json_is_an_error(self, server: Server) -> None:
        server.answer(http(b"<html>"))
        result = run_probe(Http(url=server.url, cases=(Case(name="a", contains={"b": 1}),)))
        assert result.outcome is Outcome.ERROR
        assert "the body is not JSON" in result.reason

    def test_that_the_deadline_cuts_short_are_an_error(self) -> None:
        def manners(connection: socket.socket, server: Server) -> None:
            server.read(connection)
            if server.connections > 1:
                server.closing.wait()
            connection.sendall(http(b"", "401 No"))

        with serving(manners) as server:
            cases = (Case(name="a", status=401), Case(name="slow", path="/slow"), Case(name="late"))
            result = run_probe(Http(url=server.url, cases=cases), timeout=0.6)
        assert result.outcome is Outcome.ERROR
        assert "timed out while waiting for the answer" in result.reason
        assert "late: GET" in result.reason
        assert "not asked: the deadline came first" in result.reason

    def headed(self, server: Server, **wanted: str) -> Result:
        server.answer(http(b"", "308 Permanent Redirect", "Location: https://example.org/", "Set-Cookie: session=abc"))
        headers = {name.replace("_", "-"): condition for name, condition in wanted.items()}
        return run_probe(Http(url=server.url, cases=(Case(name="plain", status=308, answer_headers=headers),)))

    def test_headers_of_the_answer_have_to_be_as_they_should(self, server: Server) -> None:
        result = self.headed(server, Location="~ ^https://", Set_Cookie="contains session=")
        assert result.outcome is Outcome.PASSED, text(result)

    @pytest.mark.no_false_green
    def test_headers_that_are_missing_or_other_fail_the_case(self, server: Server) -> None:
        result = self.headed(server, location="~ ^http://", X_Frame_Options="DENY", set_cookie="contains Secure")
        assert (result.outcome, result.reason) == (Outcome.FAILED, "failed is 1, expected 0")
        assert "header location is not ~ ^http://, but https://example.org/; has no header x-frame-options" in text(
            result
        )
        assert "header set-cookie is not contains Secure" in text(result)
        assert "abc" not in text(result)

    @pytest.mark.parametrize("headers", [{"a b": "x"}, {"Location": "~ ("}])
    def test_headers_that_cannot_be_looked_for_are_refused(self, headers: dict[str, str]) -> None:
        with pytest.raises(OptionError) as caught:
            Case(name="a", answer_headers=headers)
        assert caught.value.option == "answer_headers"

    def test_a_burst_in_a_case_needs_one_answer_as_it_should_be(self) -> None:
        count = itertools.count()
        with serving(answering(lambda _: http(b"", "429 Slow" if next(count) >= 5 else "200 OK"))) as server:
            cases = (Case(name="limit", burst=20, status=429), Case(name="none", burst=2, status=500))
            result = run_probe(Http(url=server.url, cases=cases))
        assert result.reason == "failed is 1, expected 0"
        first, second = result.evidence[0].text.splitlines()
        assert first == f"ok: limit: GET {server.url}/, 20 times at once: 200 x 5, 429 x 15"
        assert second == f"FAILED: none: GET {server.url}/, 2 times at once: 429 x 2: expected status 500"

    def test_a_burst_that_is_partly_unanswered_is_an_error_unless_one_answer_is_right(self) -> None:
        count = itertools.count()
        with serving(answering(lambda _: b"" if next(count) % 2 else http(b"", "429 Slow"))) as server:
            right = run_probe(Http(url=server.url, cases=(Case(name="a", burst=4, status=429),)))
            wrong = run_probe(Http(url=server.url, cases=(Case(name="a", burst=4, status=500),)))
        assert right.outcome is Outcome.PASSED
        assert "429 x 2, no answer x 2" in text(right)
        assert wrong.outcome is Outcome.ERROR

    def test_credentials_of_a_case_are_sent_and_never_shown(self, server: Server) -> None:
        server.answer(http(b"what is open-sesame?", "403 No"))
        case = Case(name="a", auth=Auth(basic=Secret("ann:open-sesame")))
        result = run_probe(Http(url=server.url, cases=(case,)))
        assert b"Authorization: Basic" in server.requests[0]
        assert "sesame" not in text(result)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"cases": ()}, "cases: the list is empty: there is nothing to ask"),
            (
                {"cases": (Case(name="a"),)},
                "cases: case 'a' has no URL: say `url`, or `path` and the gate's `url`",
            ),
            (
                {"url": "http://a", "cases": (Case(name="a", path="x"),)},
                "cases: the path of case 'a' lacks the slash at its beginning: write /x",
            ),
            ({"url": "http://a", "cases": (Case(name="a"), Case(name="a"))}, "cases: two cases are called 'a'"),
            ({"url": "ftp://a", "cases": (Case(name="a"),)}, "cases: 'ftp://a': ftp is not supported"),
            (
                {"cases": (Case(name="a", url="http://u:p@a/", headers={"Authorization": "x"}),)},
                "cases: http://a/ has a login of its own; say it there or under `auth`, once",
            ),
        ],
    )
    def test_that_cannot_be_asked_are_refused(self, options: Mapping[str, object], message: str) -> None:
        assert refused(**options).startswith(message[:40])

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"name": " "}, "is empty"),
            ({"url": "http://a", "path": "/b"}, "say either `url` or `path`"),
            ({"burst": 0}, "0 is not between 1 and 1000"),
            ({"status": ()}, "the list is empty"),
            ({"status": ">= 2 ms"}, "'>= 2 ms'"),
            ({"text": ("",)}, "an empty text is in every body"),
            ({"contains": "x y"}, "not JSON, even read leniently"),
            ({"method": "A B"}, "'A B' is not a method, such as GET"),
            ({"body": "a", "json": 1}, "say either `body` or `json`"),
            ({"headers": {"A": "a\nb"}}, "the value of A holds a line break"),
        ],
    )
    def test_of_which_one_cannot_be_used_are_refused(self, options: Mapping[str, object], message: str) -> None:
        with pytest.raises(OptionError) as caught:
            Case(**{"name": "a", **options})  # type: ignore[arg-type]
        assert message in caught.value.message

    def test_measure_nothing_else(self) -> None:
        probe = Http(url="http://a", cases=(Case(name="a"),))
        assert set(probe.declared()) == {"cases", "failed"}
        assert probe.declare("header:x") is None
        assert probe.expected() == {"failed": 0}
        assert list(probe.touches()) == [Touch("host", "a:80")]


class TestBurst:
    def test_counts_answers_by_status(self) -> None:
        count = itertools.count()
        with serving(answering(lambda _: http(b"", "429 Slow" if next(count) >= 10 else "200 OK"))) as server:
            wanted: Mapping[str, Value] = {"status:429": ">= 1", "status:2xx": 10, "status:500": 0, "status:4xx": 40}
            result = run_probe(Http(url=server.url, burst=50), expect=wanted)
        assert result.outcome is Outcome.PASSED, result.reason
        assert result.measurements["status:200"].value == 10
        assert "1 endpoints, 50 requests: 429 x 40, 200 x 10" in text(result)

    def test_is_really_at_once(self) -> None:
        together = threading.Barrier(30)

        def answer(_: bytes) -> bytes:
            together.wait(4)
            return http()

        with serving(answering(answer)) as server:
            assert run_probe(Http(url=server.url, burst=30), expect={"status:200": 30}).outcome is Outcome.PASSED
            assert server.connections == 30

    def test_that_is_never_limited_fails(self, server: Server) -> None:
        server.answer(http())
        result = run_probe(Http(url=server.url, burst=5), expect={"status:429": ">= 1"})
        assert result.outcome is Outcome.FAILED
        assert result.reason == "status:429 is 0, expected >= 1"

    @pytest.mark.no_false_green
    def test_that_is_partly_unanswered_is_an_error_even_where_zero_is_expected(self, server: Server) -> None:
        server.answer(http(), b"", http())
        result = run_probe(Http(url=server.url, burst=5), expect={"status:429": 0})
        assert result.outcome is Outcome.ERROR
        assert "status:429 was not measured" in result.reason

    def test_expects_nothing_by_itself_and_knows_statuses_only_then(self) -> None:
        probe = Http(url="http://a", burst=5)
        assert probe.expected() == {}
        assert probe.declare("status:429") is not None
        assert probe.declare("status:999") is None
        assert Http(url="http://a").declare("status:429") is None
        assert refused(url="http://a", burst=1) == "burst: 1 is not between 2 and 1000"


ALLOW = "Access-Control-Allow-"


class TestCors:
    def ask(self, server: Server, cors: Cors, *headers: str, status: str = "204 No Content") -> Result:
        server.answer(http(b"", status, *(ALLOW + header for header in headers)))
        return run_probe(Http(url=server.url, cors=cors, headers={"Host": "shop.test"}))

    def test_asks_what_a_browser_would_ask(self, server: Server) -> None:
        cors = Cors(origin="https://shop.test", method="put", headers=("X-B", "X-A"))
        result = self.ask(server, cors, "Origin: https://shop.test", "Methods: GET, PUT", "Headers: x-a, X-B")
        assert result.outcome is Outcome.PASSED, result.reason
        sent = server.requests[0]
        assert sent.startswith(b"OPTIONS / HTTP/1.1\r\nHost: shop.test\r\n")
        assert b"\r\nOrigin: https://shop.test\r\nAccess-Control-Request-Method: PUT\r\n" in sent
        assert b"\r\nAccess-Control-Request-Headers: x-a,x-b\r\n" in sent
        values = {name: it.value for name, it in result.measurements.items()}
        assert values["allowed"] is True
        assert values["allow_origin"] == "https://shop.test"
        assert values["allow_methods"] == "GET, PUT"
        assert values["allow_credentials"] is False

    @pytest.mark.parametrize(
        ("more", "headers"),
        [
            ({}, ("Origin: *",)),
            ({"method": "DELETE"}, ("Origin: *", "Methods: *")),
            ({"headers": ("X-A", "Accept")}, ("Origin: *", "Headers: *")),
            ({"credentials": True}, ("Origin: https://shop.test", "Credentials: true")),
            (
                {"headers": ("Authorization",)},
                ("Origin: *", "Headers: authorization"),
            ),
        ],
    )
    def test_lets_through_what_a_browser_would(
        self, server: Server, more: dict[str, object], headers: tuple[str, ...]
    ) -> None:
        cors = Cors(**{"origin": "https://shop.test", **more})  # type: ignore[arg-type]
        assert self.ask(server, cors, *headers).outcome is Outcome.PASSED

    @pytest.mark.parametrize(
        ("more", "headers", "why"),
        [
            ({}, (), "Access-Control-Allow-Origin is missing"),
            ({}, ("Origin: https://other.test",), "Access-Control-Allow-Origin is https://other.test"),
            ({"credentials": True}, ("Origin: *",), "Access-Control-Allow-Origin is *"),
            ({"credentials": True}, ("Origin: https://shop.test",), "Access-Control-Allow-Credentials is not true"),
            ({"method": "PUT"}, ("Origin: *", "Methods: GET"), "PUT is not among Access-Control-Allow-Methods"),
            ({"headers": ("X-A",)}, ("Origin: *",), "x-a is not among Access-Control-Allow-Headers"),
            (
                {"headers": ("Authorization",)},
                ("Origin: *", "Headers: *"),
                "authorization is not among Access-Control-Allow-Headers",
            ),
        ],
    )
    def test_refuses_what_a_browser_would(
        self, server: Server, more: dict[str, object], headers: tuple[str, ...], why: str
    ) -> None:
        result = self.ask(server, Cors(**{"origin": "https://shop.test", **more}), *headers)  # type: ignore[arg-type]
        assert result.outcome is Outcome.FAILED
        assert result.reason == "allowed is false, expected true"
        assert f"a browser would refuse: {why}" in text(result)

    def test_refuses_where_the_answer_is_not_good(self, server: Server) -> None:
        result = self.ask(server, Cors(origin="https://evil.test"), "Origin: *", status="403 No")
        assert "a browser would refuse: the answer is 403, not 2xx" in text(result)

    def test_may_be_expected_to_refuse(self, server: Server) -> None:
        server.answer(http(b"", "400 Bad"))
        probe = Http(url=server.url, cors=Cors(origin="https://evil.test"))
        assert run_probe(probe, expect={"allowed": False, "allow_origin": "!= *"}).outcome is Outcome.PASSED

    @pytest.mark.no_false_green
    def test_without_an_answer_is_an_error_even_where_refusal_is_expected(self) -> None:
        probe = Http(url=f"http://127.0.0.1:{closed_port()}", cors=Cors(origin="https://evil.test"))
        assert run_probe(probe, expect={"allowed": False}).outcome is Outcome.ERROR

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"origin": "shop.test"}, "an origin is a scheme and a host, such as https://shop.example.org"),
            ({"origin": "https://shop.test/"}, "an origin is a scheme and a host, such as https://shop.example.org"),
            ({"origin": "null", "method": "A B"}, "'A B' is not a method, such as GET"),
            ({"origin": "null", "headers": ("a b",)}, "'a b' is not the name of a header"),
        ],
    )
    def test_that_cannot_be_asked_is_refused(self, options: dict[str, object], message: str) -> None:
        with pytest.raises(OptionError) as caught:
            Cors(**options)  # type: ignore[arg-type]
        assert caught.value.message == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cases": (Case(name="a"),), "burst": 3}, "cases: `cases` and `burst` do not go together"),
        (
            {"cases": (Case(name="a"),), "auth": Auth(bearer=Secret("x"))},
            "cases: `cases` and `auth` do not go together",
        ),
        ({"cors": Cors(origin="null"), "follow": True}, "cors: `cors` and `follow` do not go together"),
        ({"burst": 3, "samples": 2}, "burst: `burst` and `samples` do not go together"),
        ({"burst": 3, "contains": {"a": 1}}, "burst: `burst` and `contains` do not go together"),
        ({"app": "a:b", "verify": False}, "app: `app` and `verify` do not go together"),
        ({"app": "a.b"}, "app: write MODULE:ATTRIBUTE, such as orders.app:app"),
        ({"json": {"a": float("nan")}}, "json: cannot be written as JSON"),
        ({"warmup": -1}, "warmup: -1 is not between 0 and 100000"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: Mapping[str, object], message: str) -> None:
    assert refused(url="http://a/", **options) == message
