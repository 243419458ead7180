"""What a gate's ``with`` says of its requests: read, checked and made."""

from __future__ import annotations

import json as json_
import re
from collections.abc import Mapping
from typing import NamedTuple

from pytest_readiness.errors import OptionError
from pytest_readiness.probes._http.auth import Auth, check_headers, sets
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.url import Target, parse

#: The host of an application that is asked without a socket.
IN_PROCESS = "http://testserver"


class Ask(NamedTuple):
    """
    One request of a gate: ``label`` is what lines about it begin with, ``values`` are those of ``foreach``.

    It is sent ``times`` times, one after another; the first ``warmup`` of them do not count as times taken.
    """

    label: str
    target: Target
    request: Request
    times: int = 1
    warmup: int = 0
    values: Mapping[str, str | int] = {}


def target_of(url: str, *, in_process: bool, option: str) -> Target:
    """Return *url* taken apart; a path alone where the application is asked *in_process*."""
    try:
        if in_process and url.startswith("/"):
            target = parse(IN_PROCESS + url)
            return target._replace(shown=target.path)
        return parse(url)
    except ValueError as error:
        raise OptionError(str(error), option) from None


def made(
    method: str | None, headers: Mapping[str, str], body: str | None, json: object, auth: Auth | None = None
) -> Request:
    """Return the request. Raises ``OptionError`` where there can be none."""
    if method is not None and not re.fullmatch(r"[A-Za-z]{1,20}", method):
        raise OptionError(f"{method!r} is not a method, such as GET", "method")
    if method is not None and method.upper() == "CONNECT":
        raise OptionError("CONNECT asks a proxy, not an endpoint", "method")
    if body is not None and json is not None:
        raise OptionError("say either `body` or `json`")
    check_headers(headers, auth)
    data = None if body is None else body.encode()
    if json is not None:
        try:
            data = json_.dumps(json, allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise OptionError("cannot be written as JSON", "json") from None
    sent = dict(headers)
    if data is not None and not sets(headers, "content-type"):
        sent["Content-Type"] = "text/plain; charset=utf-8" if json is None else "application/json"
    word = method or ("GET" if data is None else "POST")
    return Request(word.upper(), sent, data, None if auth is None else auth.header())


def over(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of *first*, with those of *second* in place of those of the same name."""
    return {**{name: value for name, value in first.items() if not sets(second, name.lower())}, **second}
