"""An ASGI or WSGI application, asked without a socket: in a process of its own, which imports it."""

from __future__ import annotations

import base64
import http
import json
from collections.abc import Iterable, Sequence
from typing import Any

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes._http.client import Exchange, basic, headers_of
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.request import Ask
from pytest_readiness.probes._http.rounds import Hear, Round, moment
from pytest_readiness.probes._http.wire import MOST_BODY, Answer
from pytest_readiness.process import Completed

_DRIVER = "pytest_readiness.probes._http.app_driver"
#: The most bytes of all bodies together, and of all that the driver writes.
_MOST_BODIES = 8 * MOST_BODY
_MOST_OUTPUT = 2 * _MOST_BODIES
_TAIL = 4000


def ask(app: str, rounds: Sequence[Round], hear: Hear, context: Context, until: float) -> None:
    """
    Put *rounds* to *app* (``module:attribute``); *until* is a moment of ``time.monotonic()``.

    The module is looked for in the spec's folder and its ``src``, too. Raises ``CannotMeasure`` where the application
    cannot be imported or started, or where commands are not allowed.
    """
    folders = [str(folder) for folder in (context.root, context.root / "src") if folder.is_dir()]
    order = {
        "app": app,
        "folders": [*folders],
        "until": moment(until),
        "most": [MOST_BODY, _MOST_BODIES],
        "rounds": [_round(one) for one in rounds],
    }
    try:
        # -P: nothing in the current folder may stand for a module that the driver itself needs
        done = context.run(["python", "-P", "-m", _DRIVER], stdin=json.dumps(order), limit=_MOST_OUTPUT)
    except CannotMeasure as error:
        raise _trouble(app, str(error), "\n".join(getattr(error, "__notes__", ()))) from None
    for one, answers in zip(rounds, _answers(app, done), strict=True):
        _tell(one.asks, answers, hear)


def _answers(app: str, done: Completed) -> list[list[dict[str, Any]]]:
    """Return what the driver wrote. Raises ``CannotMeasure`` where that is something else."""
    try:
        told = json.loads(done.stdout) if done.returncode == 0 else None
    except ValueError:
        told = None
    if isinstance(told, dict) and "answers" in told:
        return told["answers"]  # type: ignore[no-any-return]
    last = (done.stderr.strip().splitlines() or [""])[-1][:300]
    why = told["error"] if isinstance(told, dict) else f"its process ended with exit code {done.returncode}: {last}"
    raise _trouble(app, why, done.stderr)


def _trouble(app: str, why: str, output: str) -> CannotMeasure:
    error = CannotMeasure(f"{app}: {why}")
    if output.strip():
        error.add_note(output.strip()[-_TAIL:])
    return error


def _round(one: Round) -> dict[str, Any]:
    return {"at_once": one.at_once, "requests": [_request(ask) for ask in one.asks for _ in range(ask.times)]}


def _request(ask: Ask) -> dict[str, Any]:
    target, request = ask.target, ask.request
    authorization = request.authorization if target.login is None else basic(target.login)
    path, _, query = target.path.partition("?")
    return {
        "method": request.method,
        "scheme": target.origin.scheme,
        "host": target.origin.host,
        "port": target.origin.port,
        "path": path,
        "query": query,
        "headers": headers_of(target.origin, request, authorization),
        "body": base64.b64encode(request.body or b"").decode(),
    }


def _tell(asks: Iterable[Ask], answers: Iterable[dict[str, Any]], hear: Hear) -> None:
    left = iter(answers)
    for ask in asks:
        for number, answer in zip(range(ask.times), left, strict=False):
            if "error" in answer:
                hear(ask, NoAnswer(str(answer["error"])), number)
            else:
                hear(ask, _exchange(ask, answer), number)


def _exchange(ask: Ask, answer: dict[str, Any]) -> Exchange:
    headers: dict[str, str] = {}
    for name, value in answer["headers"]:
        headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
    status = int(answer["status"])
    phrase = answer.get("phrase") or (http.HTTPStatus(status).phrase if status in set(http.HTTPStatus) else "")
    made = Answer(status, phrase, headers, base64.b64decode(answer["body"]), reusable=True)
    return Exchange(ask.target.shown, made, float(answer["seconds"]), (), None)
