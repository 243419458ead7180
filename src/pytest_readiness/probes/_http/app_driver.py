"""
Asks an application inside this very process; run by ``app.py``, as a process of its own.

One JSON object comes in on stdin and one goes out on stdout; whatever the application prints goes to stderr. Only the
standard library is used, so that nothing stands between the application and what it imports.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import inspect
import io
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

#: What asks the application once: status, phrase, headers, body.
Answer = tuple[int, str, list[tuple[str, str]], bytes]
Asker = Callable[[dict[str, Any]], Awaitable[Answer]]

_SHUTDOWN = 1.0
_PARAMETERS_ASGI, _PARAMETERS_WSGI = 3, 2


class TroubleError(Exception):
    """Something that is to be told in one sentence."""


def main() -> None:  # pragma: no cover - in a process of its own
    """Read what to ask, ask it, write what came."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = json.load(sys.stdin)
    try:
        # Not asyncio.run: at its end that waits for threads, and one of them may hang.
        told: dict[str, Any] = {"answers": asyncio.new_event_loop().run_until_complete(_all(order))}
    except TroubleError as error:
        told = {"error": str(error)}
    json.dump(told, out)
    out.flush()
    sys.stderr.flush()
    os._exit(0)  # whatever threads the application has left behind


# --- the application ----------------------------------------------------------------------------


def load(name: str, folders: Iterable[str]) -> Any:
    """
    Return the application called ``module:attribute``; ``()`` at its end calls a factory.

    Raises ``TroubleError`` where there is none.
    """
    sys.path[:0] = folders
    module, _, attribute = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
    except BaseException as error:  # noqa: BLE001 - somebody else's module may even call sys.exit
        traceback.print_exc()
        raise TroubleError(f"{module} cannot be imported: {_said(error)}") from None
    for part in attribute.removesuffix("()").split("."):
        if not hasattr(found, part):
            raise TroubleError(f"there is no {part!r} in {module}")
        found = getattr(found, part)
    if not attribute.endswith("()"):
        return found
    try:
        return found()
    except BaseException as error:  # noqa: BLE001 - as above
        traceback.print_exc()
        raise TroubleError(f"{attribute} of {module} failed: {_said(error)}") from None


def is_asgi(app: Any) -> bool:
    """Tell whether *app* speaks ASGI, or WSGI. Raises ``TroubleError`` where it is neither."""
    call = app if inspect.isroutine(app) else getattr(app, "__call__", None)  # noqa: B004 - its signature is wanted
    if call is None:
        raise TroubleError(f"it is {type(app).__name__}, which cannot be called: no application")
    if inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(app):
        return True
    try:
        parameters = inspect.signature(app).parameters.values()
    except (TypeError, ValueError):
        parameters = ()  # type: ignore[assignment]
    needed = [it for it in parameters if it.kind in {it.POSITIONAL_ONLY, it.POSITIONAL_OR_KEYWORD}]
    required = [it for it in needed if it.default is it.empty]
    if len(required) == _PARAMETERS_ASGI:
        return True
    if len(required) <= _PARAMETERS_WSGI:
        return False
    raise TroubleError(f"it takes {len(required)} arguments: neither an ASGI nor a WSGI application")


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


# --- rounds -------------------------------------------------------------------------------------


async def _all(order: dict[str, Any]) -> list[list[dict[str, Any]]]:
    app = load(order["app"], order["folders"])
    budget = Budget(*order["most"])
    if not is_asgi(app):
        return await _rounds(order, Wsgi(app, budget), budget)
    life = Lifespan(app)
    left = order["until"] - time.time()
    try:
        await asyncio.wait_for(life.start(), max(0.0, left))
    except TimeoutError:
        raise TroubleError("its startup was not done in time") from None
    try:
        return await _rounds(order, Asgi(app, budget, life.state), budget)
    finally:
        await life.stop(min(_SHUTDOWN, max(0.05, order["until"] - time.time())))


async def _rounds(order: dict[str, Any], ask: Asker, budget: Budget) -> list[list[dict[str, Any]]]:
    return [await _round(one, ask, order["until"], budget) for one in order["rounds"]]


async def _round(one: dict[str, Any], ask: Asker, until: float, budget: Budget) -> list[dict[str, Any]]:
    requests = one["requests"]
    answers: list[dict[str, Any]] = [{} for _ in requests]
    waiting = iter(range(len(requests)))

    async def work() -> None:
        for number in waiting:
            answers[number] = await _answer(ask, requests[number], until, budget)

    await asyncio.gather(*(work() for _ in range(min(one["at_once"], len(requests)))))
    return answers


async def _answer(ask: Asker, request: dict[str, Any], until: float, budget: Budget) -> dict[str, Any]:
    left = until - time.time()
    if left <= 0:
        return {"error": "not asked: the deadline came first"}
    started = time.perf_counter()
    try:
        status, phrase, headers, body = await asyncio.wait_for(ask(request), left)
    except TimeoutError:
        return {"error": f"timed out while waiting for the application, after {time.perf_counter() - started:.2f} s"}
    except TroubleError as error:
        return {"error": str(error)}
    seconds = time.perf_counter() - started
    if request["method"] == "HEAD":
        body = b""
    if not budget.fits(len(body)):
        return {"error": "the bodies of all answers together are too large"}
    told = base64.b64encode(body).decode()
    return {"status": status, "phrase": phrase, "headers": headers, "body": told, "seconds": seconds}


class Budget:
    """How many bytes of a body, and of all bodies, are taken."""

    def __init__(self, one: int, every: int) -> None:
        self.one = one
        self._left = every

    def fits(self, size: int) -> bool:
        """Take *size* bytes more, if there is room for them."""
        if size > self._left:
            return False
        self._left -= size
        return True

    def check(self, size: int) -> None:
        """Raise ``TroubleError`` where one body of *size* bytes is too large."""
        if size > self.one:
            raise TroubleError(f"its body is larger than {self.one // 1024 // 1024} MiB, the most that is read")


def _failure(error: BaseException) -> Answer:
    """Return what a server would answer for an application that raised."""
    traceback.print_exception(error)
    body = f"the application raised {_said(error)}".encode()
    return 500, "Internal Server Error", [("content-type", "text/plain; charset=utf-8")], body


# --- ASGI (https://asgi.readthedocs.io/en/latest/specs/) ----------------------------------------


class Lifespan:
    """Startup and shutdown of an ASGI application, as far as it knows them."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.state: dict[str, Any] = {}
        self._wanted: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._done: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Let it start. Raises ``TroubleError`` where it says that it cannot."""
        await self._wanted.put({"type": "lifespan.startup"})
        self._task = asyncio.ensure_future(self._run())
        told = await self._done.get()
        if told["type"] == "lifespan.startup.failed":
            lines = str(told.get("message") or "").strip().splitlines()  # often a whole traceback
            raise TroubleError(f"its startup failed: {lines[-1][:300] if lines else 'it says no more'}")

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._app(scope, self._wanted.get, self._done.put)
        except Exception:  # noqa: BLE001 - an application that knows no lifespan raises; so says the specification
            self._done.put_nowait({"type": "unknown"})
        else:
            self._done.put_nowait({"type": "over"})

    async def stop(self, longest: float) -> None:
        """Let it end, within *longest* seconds."""
        if self._task is not None and not self._task.done():
            await self._wanted.put({"type": "lifespan.shutdown"})
            await asyncio.wait([self._task], timeout=longest)
            self._task.cancel()


class Asgi:
    """Asks an ASGI application."""

    def __init__(self, app: Any, budget: Budget, state: dict[str, Any]) -> None:
        self._app = app
        self._budget = budget
        self._state = state

    async def __call__(self, request: dict[str, Any]) -> Answer:
        """Return its answer. Raises ``TroubleError`` where it is not whole."""
        talk = _Talk(request, self._budget)
        try:
            await self._app(_scope(request, self._state), talk.receive, talk.send)
        except TroubleError:
            raise
        except Exception as error:  # noqa: BLE001 - the application may raise anything
            if not talk.started:
                return _failure(error)
            if not talk.over.is_set():
                raise TroubleError(f"it raised in the middle of its answer: {_said(error)}") from None
        if not talk.over.is_set():
            raise TroubleError(f"it came to its end without {'the end of its' if talk.started else 'an'} answer")
        return talk.status, "", talk.headers, bytes(talk.body)


class _Talk:
    """One request and what comes of it."""

    def __init__(self, request: dict[str, Any], budget: Budget) -> None:
        self._given: bytes | None = base64.b64decode(request["body"])
        self._budget = budget
        self.started = False
        self.over = asyncio.Event()
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()

    async def receive(self) -> dict[str, Any]:
        if self._given is not None:
            body, self._given = self._given, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = int(message["status"])
            self.headers = [(_text(name), _text(value)) for name, value in message.get("headers", ())]
        elif message["type"] == "http.response.body":
            if not self.started:
                raise TroubleError("it sent a body before the status")
            self.body += message.get("body", b"")
            self._budget.check(len(self.body))
            if not message.get("more_body", False):
                self.over.set()


def _scope(request: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    raw = request["path"].encode("ascii")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request["method"],
        "scheme": request["scheme"],
        "path": unquote_to_bytes(raw).decode("utf-8", "replace"),
        "raw_path": raw,
        "query_string": request["query"].encode("ascii"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request["headers"]],
        "client": ("127.0.0.1", 50000),
        "server": (request["host"], request["port"]),
        "state": dict(state),
    }


def _text(value: bytes | str) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


# --- WSGI (PEP 3333) ----------------------------------------------------------------------------


class Wsgi:
    """Asks a WSGI application, each time in a thread of its own."""

    def __init__(self, app: Any, budget: Budget) -> None:
        self._app = app
        self._budget = budget

    async def __call__(self, request: dict[str, Any]) -> Answer:
        """Return its answer. Raises ``TroubleError`` where it is not whole."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Answer | TroubleError] = loop.create_future()

        def settle(answer: Answer | TroubleError) -> None:
            if not done.done():
                done.set_result(answer)

        def work() -> None:
            answer: Answer | TroubleError
            try:
                answer = self._ask(request)
            except TroubleError as error:
                answer = error
            except BaseException as error:  # noqa: BLE001 - the application may raise anything
                answer = _failure(error)
            loop.call_soon_threadsafe(settle, answer)

        threading.Thread(target=work, daemon=True).start()
        answer = await done
        if isinstance(answer, TroubleError):
            raise answer
        return answer

    def _ask(self, request: dict[str, Any]) -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []
        body = bytearray()

        def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], None]:
            started.append((status, headers))
            return body.extend

        pieces = self._app(_environ(request), start)
        try:
            for piece in pieces:
                body += piece
                self._budget.check(len(body))
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        if not started:
            raise TroubleError("it came to its end without an answer")
        status, headers = started[-1]
        code, _, phrase = status.partition(" ")
        if not code.isdigit():
            raise TroubleError(f"its status is not a number: {status[:40]!r}")
        return int(code), phrase, [(str(name), str(value)) for name, value in headers], bytes(body)


def _environ(request: dict[str, Any]) -> dict[str, Any]:
    body = base64.b64decode(request["body"])
    environ = {
        "REQUEST_METHOD": request["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request["path"]).decode("latin-1"),
        "QUERY_STRING": request["query"],
        "SERVER_NAME": request["host"],
        "SERVER_PORT": str(request["port"]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request["headers"]:
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    return environ


if __name__ == "__main__":  # pragma: no cover
    main()
