"""Applications that are asked without a socket: ASGI and WSGI, in a process of their own."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.model import Outcome, Result
from pytest_readiness.options import Query, Secret
from pytest_readiness.probe import Touch
from pytest_readiness.probes._http import app_driver
from pytest_readiness.probes._http.app_driver import Asgi, Budget, Lifespan, TroubleError, Wsgi, is_asgi, load
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes._http.cases import Case
from pytest_readiness.probes._http.cors import Cors
from pytest_readiness.probes.http import Http
from pytest_readiness.testing import run_probe

ASGI = """
    import asyncio, json, os

    print("this goes to nobody")
    stock = {}

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            scope["state"]["started"] = True
            await send({"type": "lifespan.startup.complete"})
            await receive()
            open("stopped", "w").close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        path, body = scope["path"], (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status = 200
        if path == "/raises":
            raise ValueError("tok-s3cret is no good")
        if path == "/hangs":
            await asyncio.sleep(60)
        if path == "/blocks":
            import time; time.sleep(60)
        if path == "/limited":
            stock["n"] = stock.get("n", 0) + 1
            status = 429 if stock["n"] > 3 else 200
            await asyncio.sleep(0.05)
        said = {"path": path, "query": scope["query_string"].decode(), "method": scope["method"], "headers": headers,
                "body": body.decode(), "state": dict(scope["state"]), "scheme": scope["scheme"],
                "server": list(scope["server"])}
        await send({"type": "http.response.start", "status": status,
                    "headers": [(b"content-type", b"application/json"), (b"x-a", b"1"), (b"X-A", b"2"),
                                (b"access-control-allow-origin", b"*")]})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()[:7], "more_body": True})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()[7:]})
        assert (await receive())["type"] == "http.disconnect"

    def make():
        return app

    class Nested:
        inner = staticmethod(app)
"""
WSGI = """
    import json, time

    def app(environ, start_response):
        if environ["PATH_INFO"] == "/raises":
            raise ValueError("no good")
        if environ["PATH_INFO"] == "/hangs":
            time.sleep(60)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        said = {"path": environ["PATH_INFO"].encode("latin-1").decode(), "query": environ["QUERY_STRING"], "body": body,
                "method": environ["REQUEST_METHOD"], "host": environ["HTTP_HOST"], "type": environ.get("CONTENT_TYPE")}
        write = start_response("201 Made", [("Content-Type", "application/json")])
        write(b"")
        return [json.dumps(said).encode()]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(textwrap.dedent(ASGI))
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "old_shop.py").write_text(textwrap.dedent(WSGI))
    return tmp_path


def ask(root: Path, app: str = "shop:app", *, expect: Mapping[str, Any] | None = None, **options: Any) -> Result:
    more = {name: options.pop(name) for name in ("timeout", "exec_allowed", "secrets") if name in options}
    return run_probe(Http(app=app, **options), root=root, expect=expect, **{"timeout": 10.0, **more})


def text(result: Result) -> str:
    return "\n".join(f"{piece.title}: {piece.text}" for piece in result.evidence)


class TestAsgi:
    def test_is_asked_by_path_alone_and_started_and_stopped(self, shop: Path) -> None:
        queries = {"path": "path", "query": "query", "started": "state.started", "host": "headers.host"}
        result = ask(
            shop,
            url="/a%20b?c=d%26",
            extract={name: Query(query) for name, query in queries.items()},
            expect={"path": "/a b", "query": "c=d%26", "started": True, "host": "testserver", "header:x-a": "1, 2"},
        )
        assert result.outcome is Outcome.PASSED, result.reason
        assert text(result).startswith("answer: /a%20b?c=d%26: 200 OK in ")
        assert (shop / "stopped").exists()

    def test_gets_the_whole_request(self, shop: Path) -> None:
        probe: dict[str, Any] = {
            "url": "https://u%20s:p@shop.test:8443/x",
            "json": {"a": 1},
            "extract": {
                "body": Query("body"),
                "auth": Query("headers.authorization"),
                "server": Query("server"),
                "scheme": Query("scheme"),
                "method": Query("method"),
            },
        }
        expect = {"body": '{"a": 1}', "server": ["shop.test", 8443], "scheme": "https", "method": "POST"}
        result = ask(shop, expect={**expect, "server": ("shop.test", 8443), "auth": "~ ^Basic"}, **probe)
        assert result.outcome is Outcome.PASSED, result.reason
        assert base64.b64encode(b"u s:p").decode() not in str(result.measurements)

    def test_that_raises_answers_500_and_says_so_without_secrets(self, shop: Path) -> None:
        result = ask(shop, url="/raises", secrets=["tok-s3cret"])
        assert result.outcome is Outcome.FAILED
        assert result.reason == "status is 500, expected 200"
        assert "500 Internal Server Error" in text(result)
        assert "the application raised ValueError: *** is no good" in text(result)

    def test_takes_a_burst_at_once(self, shop: Path) -> None:
        started = time.monotonic()
        result = ask(shop, url="/limited", burst=40, expect={"status:429": 37})
        assert result.outcome is Outcome.PASSED, result.reason
        assert time.monotonic() - started < 2 + 40 * 0.05

    def test_takes_cases_samples_preflights_and_lists(self, shop: Path) -> None:
        cases = (Case(name="a", path="/a", status=200), Case(name="limit", path="/limited", burst=9, status=429))
        assert ask(shop, cases=cases).outcome is Outcome.PASSED
        assert ask(shop, url="/", samples=3, expect={"p50": "> 0 ms"}).outcome is Outcome.PASSED
        assert ask(shop, url="/", cors=Cors(origin="https://a.test")).outcome is Outcome.PASSED
        assert ask(shop, url="/{item}", foreach=("a", "b"), contains={"path": "/{item}"}).outcome is Outcome.PASSED

    def test_may_come_from_a_factory_or_from_inside_something(self, shop: Path) -> None:
        assert ask(shop, "shop:make()", url="/").outcome is Outcome.PASSED
        assert ask(shop, "shop:Nested.inner", url="/").outcome is Outcome.PASSED

    def test_of_fastapi_is_asked(self, tmp_path: Path) -> None:
        pytest.importorskip("fastapi")
        source = """
            import contextlib
            from fastapi import FastAPI
            @contextlib.asynccontextmanager
            async def life(app):
                app.state.models = 4
                yield
            app = FastAPI(lifespan=life)
            @app.get("/models/{n}")
            def models(n: int):
                return {"n": n, "models": app.state.models}
        """
        (tmp_path / "api.py").write_text(textwrap.dedent(source))
        cases = (
            Case(name="good", path="/models/7", contains="{n: 7, models: 4}"),
            Case(name="bad input", path="/models/x", status=422, contains='{"detail": [{"loc": ["path", "n"]}]}'),
            Case(name="nowhere", path="/nope", status=404),
        )
        result = run_probe(Http(app="api:app", cases=cases), root=tmp_path, timeout=30)
        assert result.outcome is Outcome.PASSED, f"{result.reason} {text(result)}"


class TestWsgi:
    def test_is_asked_in_the_folder_src_too(self, shop: Path) -> None:
        expect = {"status": 201, "path": "/é b", "body": "x=1", "method": "POST", "host": "testserver"}
        queries = {name: Query(name) for name in ("path", "body", "method", "host", "type")}
        result = ask(
            shop, "old_shop:app", url="/é%20b?q=1", body="x=1", extract=queries, expect={**expect, "type": "~ ^text"}
        )
        assert result.outcome is Outcome.PASSED, result.reason
        assert "201 Made" in text(result)

    def test_that_raises_answers_500(self, shop: Path) -> None:
        result = ask(shop, "old_shop:app", url="/raises")
        assert result.reason == "status is 500, expected 200"

    def test_that_hangs_ends_in_time_and_costs_only_its_own_answer(self, shop: Path) -> None:
        cases = (Case(name="a", path="/", status=201), Case(name="b", path="/hangs"))
        result = ask(shop, "old_shop:app", cases=cases, timeout=2.0)
        assert result.outcome is Outcome.ERROR
        assert "timed out while waiting for the application, after 1." in result.reason
        assert "ok: a" in text(result)


@pytest.mark.no_false_green
class TestTrouble:
    def reason(self, root: Path, app: str, **options: Any) -> str:
        result = ask(root, app, **{"url": "/", **options})
        assert result.outcome is Outcome.ERROR
        return result.reason

    def test_an_application_that_hangs_is_an_error(self, shop: Path) -> None:
        assert "/hangs: timed out while waiting" in self.reason(shop, "shop:app", url="/hangs", timeout=2.0)

    def test_an_application_that_blocks_is_ended(self, shop: Path) -> None:
        started = time.monotonic()
        assert self.reason(shop, "shop:app", url="/blocks", timeout=2.0) == "shop:app: python timed out after 2 s"
        assert time.monotonic() - started < 4

    def test_a_module_that_is_not_there_is_an_error(self, shop: Path) -> None:
        expected = "shpo:app: shpo cannot be imported: ModuleNotFoundError: No module named 'shpo'"
        assert self.reason(shop, "shpo:app") == expected

    def test_a_module_that_breaks_is_an_error_with_its_traceback(self, shop: Path) -> None:
        (shop / "bad.py").write_text("import sys\nsys.exit(3)\n")
        assert self.reason(shop, "bad:app") == "bad:app: bad cannot be imported: SystemExit: 3"
        assert "bad.py" in text(ask(shop, "bad:app", url="/"))

    def test_a_module_that_stands_for_one_of_pythons_own_hides_it_from_the_application_only(self, shop: Path) -> None:
        (shop / "asyncio.py").write_text("raise SystemExit('this is not the module that is meant')")
        assert ask(shop, url="/").outcome is Outcome.PASSED
        assert self.reason(shop, "shop:nothing") == "shop:nothing: there is no 'nothing' in shop"

    def test_a_process_that_ends_itself_is_an_error(self, shop: Path) -> None:
        (shop / "gone.py").write_text("import os, sys\nprint('bye', file=sys.stderr, flush=True)\nos._exit(7)\n")
        assert self.reason(shop, "gone:app") == "gone:app: its process ended with exit code 7: bye"

    def test_a_startup_that_fails_is_an_error(self, shop: Path) -> None:
        (shop / "sick.py").write_text(
            "async def app(scope, receive, send):\n"
            "    await receive()\n"
            "    await send({'type': 'lifespan.startup.failed', 'message': 'Traceback:\\n  no database'})\n"
        )
        assert self.reason(shop, "sick:app") == "sick:app: its startup failed:   no database"

    def test_commands_that_are_not_allowed_are_not_run(self, shop: Path) -> None:
        assert "--readiness-no-exec" in self.reason(shop, "shop:app", exec_allowed=False)


def test_what_is_touched_is_a_module() -> None:
    probe = Http(app="shop.web:app", url="/", auth=Auth(bearer=Secret("token")))
    assert list(probe.touches()) == [Touch("module", "shop.web")]
    assert "tls_days" not in probe.declared()


# --- the driver, in this process ------------------------------------------------------------------


Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


def request(path: str = "/", **more: Any) -> dict[str, Any]:
    body = base64.b64encode(more.pop("body", b"")).decode()
    facts = {"method": "GET", "scheme": "http", "host": "h", "port": 80, "path": path, "query": "", "headers": []}
    return {**facts, "body": body, **more}


def asgi(app: Any, **more: Any) -> app_driver.Answer:
    return asyncio.run(Asgi(app, Budget(100, 1000), {})(request(**more)))


def start(status: int = 200) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": [("A", "b")]}


def body(data: bytes = b"", *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": more}


class TestAsgiAnswers:
    @pytest.mark.parametrize(
        ("messages", "trouble"),
        [
            ([], "it came to its end without an answer"),
            ([start()], "it came to its end without the end of its answer"),
            ([body(b"x")], "it sent a body before the status"),
            ([start(), body(b"x" * 101)], "its body is larger than 0 MiB, the most that is read"),
            (
                [start(), body(b"x", more=True), ValueError("no")],
                "it raised in the middle of its answer: ValueError: no",
            ),
        ],
    )
    def test_that_are_not_whole_are_trouble(self, messages: list[Any], trouble: str) -> None:
        async def app(_scope: object, _receive: Receive, send: Send) -> None:
            for message in messages:
                if isinstance(message, Exception):
                    raise message
                await send(message)

        with pytest.raises(TroubleError) as caught:
            asgi(app)
        assert str(caught.value) == trouble

    def test_that_are_whole_count_even_if_it_raises_afterwards(self) -> None:
        async def app(_scope: object, _receive: Receive, send: Send) -> None:
            await send({"type": "http.response.debug"})
            await send(start(503))
            await send(body(b"x"))
            raise ValueError

        assert asgi(app) == (503, "", [("A", "b")], b"x")

    def test_are_500_where_it_raises_before(self, capsys: pytest.CaptureFixture[str]) -> None:
        async def app(_scope: object, _receive: Receive, _send: Send) -> None:
            raise KeyError

        assert asgi(app)[0] == 500
        assert "KeyError" in capsys.readouterr().err


class TestLifespan:
    def test_that_is_not_known_is_left_out(self) -> None:
        async def raises(_scope: object, _receive: Receive, _send: Send) -> None:
            raise AssertionError

        async def returns(_scope: object, _receive: Receive, _send: Send) -> None:
            return

        async def both(app: Any) -> None:
            life = Lifespan(app)
            await life.start()
            await life.stop(0.1)

        asyncio.run(both(raises))
        asyncio.run(both(returns))

    def test_that_failed_without_a_word_says_that(self) -> None:
        async def app(_scope: object, _receive: Receive, send: Send) -> None:
            await send({"type": "lifespan.startup.failed"})

        with pytest.raises(TroubleError, match="its startup failed: it says no more"):
            asyncio.run(Lifespan(app).start())

    def test_that_never_stops_is_not_waited_for(self) -> None:
        async def app(_scope: object, receive: Receive, send: Send) -> None:
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await asyncio.sleep(60)

        async def life() -> None:
            one = Lifespan(app)
            await one.stop(0.01)
            await one.start()
            await one.stop(0.01)

        asyncio.run(life())


class TestWsgiAnswers:
    def ask(self, app: Any) -> app_driver.Answer:
        return asyncio.run(Wsgi(app, Budget(100, 1000))(request(headers=[("X-A", "b"), ("Content-Type", "c")])))

    def test_are_closed(self) -> None:
        class Pieces:
            closed = False

            def __iter__(self) -> Any:
                return iter([b"a", b"b"])

            def close(self) -> None:
                self.closed = True

        pieces = Pieces()

        def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
            assert (environ["HTTP_X_A"], environ["CONTENT_TYPE"]) == ("b", "c")
            start_response("200 OK", [])
            start_response("404 Not Found", [], None)
            return pieces

        assert self.ask(app) == (404, "Not Found", [], b"ab")
        assert pieces.closed

    @pytest.mark.parametrize(
        ("status", "size", "trouble"),
        [
            (None, 0, "it came to its end without an answer"),
            ("OK", 0, "its status is not a number: 'OK'"),
            ("200 OK", 101, "its body is larger than 0 MiB, the most that is read"),
        ],
    )
    def test_that_are_not_whole_are_trouble(self, status: str | None, size: int, trouble: str) -> None:
        def app(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
            if status:
                start_response(status, [])
            return [b"x" * size]

        with pytest.raises(TroubleError) as caught:
            self.ask(app)
        assert str(caught.value) == trouble

    def test_are_500_where_it_raises(self) -> None:
        def app(_environ: object, _start_response: object) -> list[bytes]:
            raise ValueError("no")

        assert self.ask(app)[0] == 500


class TestKinds:
    def test_are_told_apart_by_what_they_take(self) -> None:
        class Modern:
            async def __call__(self, scope: object, receive: object, send: object) -> None: ...

        class Wrapped:
            def __call__(self, scope: object, receive: object, send: object) -> None: ...

        class Old:
            def __call__(self, environ: object, start_response: object) -> None: ...

        def loose(*args: object) -> None: ...

        async def plain(scope: object, receive: object, send: object) -> None: ...

        assert [is_asgi(app) for app in (Modern(), Wrapped(), plain)] == [True, True, True]
        assert [is_asgi(app) for app in (Old(), loose, dict)] == [False, False, False]

    def test_that_are_none_are_trouble(self) -> None:
        def four(a: object, b: object, c: object, d: object) -> None: ...

        with pytest.raises(TroubleError, match="it takes 4 arguments: neither an ASGI nor a WSGI application"):
            is_asgi(four)
        with pytest.raises(TroubleError, match="it is int, which cannot be called: no application"):
            is_asgi(5)


class TestDriver:
    def order(self, folder: Path, app: str = "shop_a:app", **more: Any) -> dict[str, Any]:
        asked = [request("/a"), request("/b", method="HEAD")]
        facts = {"app": app, "folders": [str(folder)], "until": time.time() + 30, "most": [1000, 10_000]}
        return {**facts, "rounds": [{"at_once": 1, "requests": asked}, {"at_once": 2, "requests": asked}], **more}

    def run(self, order: dict[str, Any]) -> list[list[dict[str, Any]]]:
        path = list(sys.path)
        try:
            return asyncio.run(app_driver._all(order))
        finally:
            sys.path[:] = path

    def test_asks_round_after_round(self, tmp_path: Path) -> None:
        (tmp_path / "shop_a.py").write_text(textwrap.dedent(ASGI).replace('open("stopped", "w").close()', ""))
        answers = self.run(self.order(tmp_path))
        assert [[answer["status"] for answer in one] for one in answers] == [[200, 200], [200, 200]]
        assert json.loads(base64.b64decode(answers[0][0]["body"]))["path"] == "/a"
        assert answers[0][1]["body"] == ""

    def test_stops_asking_at_the_deadline_and_at_too_many_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "shop_b.py").write_text(textwrap.dedent(WSGI).replace('environ["HTTP_HOST"]', "0"))
        late = self.run(self.order(tmp_path, "shop_b:app", until=time.time()))
        assert late[0][0] == {"error": "not asked: the deadline came first"}
        large = self.run(self.order(tmp_path, "shop_b:app", most=[1000, 150]))
        assert large[1][0] == {"error": "the bodies of all answers together are too large"}
        small = self.run(self.order(tmp_path, "shop_b:app", most=[10, 150]))
        assert small[0][0]["error"].startswith("its body is larger than")

    def test_gives_up_on_a_startup_that_hangs(self, tmp_path: Path) -> None:
        (tmp_path / "shop_c.py").write_text(
            "async def app(scope, receive, send):\n    await receive()\n    await receive()\n"
        )
        with pytest.raises(TroubleError, match="its startup was not done in time"):
            self.run(self.order(tmp_path, "shop_c:app", until=time.time() + 0.05))

    def test_tells_what_a_hanging_request_was_waiting_for(self, tmp_path: Path) -> None:
        (tmp_path / "shop_d.py").write_text("import asyncio\nasync def app(s, r, w):\n    await asyncio.sleep(60)\n")
        asked = {"at_once": 1, "requests": [request()]}
        order = self.order(tmp_path, "shop_d:app", rounds=[asked], until=time.time() + 30)
        order["until"] = time.time() + 30

        async def brief() -> dict[str, Any]:
            app = load("shop_d:app", [str(tmp_path)])
            budget = Budget(1, 1)
            return await app_driver._answer(Asgi(app, budget, {}), request(), time.time() + 0.05, budget)

        path = list(sys.path)
        told = asyncio.run(brief())
        sys.path[:] = path
        assert told["error"].startswith("timed out while waiting for the application, after 0.")

    def test_says_what_cannot_be_loaded(self, tmp_path: Path) -> None:
        (tmp_path / "shop_e.py").write_text("def make():\n    raise ValueError\n")
        with pytest.raises(TroubleError, match="there is no 'app' in shop_e"):
            self.run(self.order(tmp_path, "shop_e:app"))
        with pytest.raises(TroubleError, match=r"make\(\) of shop_e failed: ValueError"):
            self.run(self.order(tmp_path, "shop_e:make()"))
        with pytest.raises(TroubleError, match="shop_nowhere cannot be imported"):
            self.run(self.order(tmp_path, "shop_nowhere:make"))
