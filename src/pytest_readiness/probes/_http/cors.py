"""CORS preflight: whether a browser on another origin would be let through (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Better
from pytest_readiness.probe import Measure, option
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.content import Answered, Seen
from pytest_readiness.probes._http.request import over

MEASURES: Mapping[str, Measure] = {
    "allowed": Measure(bool, "whether a browser on that origin may send the request", better=Better.NEITHER),
    "allow_origin": Measure(str, "the origin that is let through, empty where none is"),
    "allow_methods": Measure(str, "the methods that are let through, empty where none is said"),
    "allow_headers": Measure(str, "the headers that are let through, empty where none is said"),
    "allow_credentials": Measure(bool, "whether cookies and logins are let through"),
}

_SAFE_METHODS = frozenset({"GET", "HEAD", "POST"})
_SAFE_HEADERS = frozenset({"accept", "accept-language", "content-language"})
_NOT_BY_STAR = frozenset({"authorization"})
_GOOD, _MULTIPLE = 200, 300


@dataclass(frozen=True, kw_only=True)
class Cors:
    """A request that a page of another origin would like to send."""

    origin: str = option("The origin of the page.", example="https://shop.example.org")
    method: str = option("The method it would use.", "GET", example="PUT")
    headers: tuple[str, ...] = option("The headers it would send, besides the safe ones.", ())
    credentials: bool = option("Whether it would send cookies or a login.", default=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"null|[a-z][a-z0-9+.-]*://[^/?#@\s]+", self.origin):
            raise OptionError("an origin is a scheme and a host, such as https://shop.example.org", "origin")
        if not re.fullmatch(r"[A-Za-z]{1,20}", self.method):
            raise OptionError(f"{self.method!r} is not a method, such as GET", "method")
        for name in self.headers:
            if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
                raise OptionError(f"{name!r} is not the name of a header", "headers")

    def request(self, headers: Mapping[str, str]) -> Request:
        """Return the question that a browser would ask beforehand."""
        asked = {"Origin": self.origin, "Access-Control-Request-Method": self.method.upper()}
        if self.headers:
            asked["Access-Control-Request-Headers"] = ",".join(sorted(name.lower() for name in self.headers))
        return Request("OPTIONS", over(headers, asked))


class Preflight:
    """Reads the answer to such a question as a browser does."""

    names = tuple(MEASURES)
    open = False

    def __init__(self, cors: Cors) -> None:
        self._cors = cors

    def look(self, answered: Answered, seen: Seen) -> None:
        """Note what is let through."""
        answer = answered.exchange.answer
        said = {name: answer.headers.get(f"access-control-allow-{name}", "") for name in ("origin", "credentials")}
        methods, headers = (answer.headers.get(f"access-control-allow-{name}", "") for name in ("methods", "headers"))
        refusal = self._refusal(answer.status, said["origin"], said["credentials"], _list(methods), _list(headers))
        seen.values = {
            "allowed": refusal is None,
            "allow_origin": said["origin"],
            "allow_methods": methods,
            "allow_headers": headers,
            "allow_credentials": said["credentials"] == "true",
        }
        seen.told = [] if refusal is None else [f"a browser would refuse: {refusal}"]

    def _refusal(
        self, status: int, origin: str, credentials: str, methods: frozenset[str], headers: frozenset[str]
    ) -> str | None:
        """Return why a browser would not send the request; None if it would."""
        cors = self._cors
        star = not cors.credentials  # with credentials, an asterisk is nothing but itself
        if not _GOOD <= status < _MULTIPLE:
            return f"the answer is {status}, not 2xx"
        if origin != cors.origin and not (star and origin == "*"):
            return f"Access-Control-Allow-Origin is {origin or 'missing'}"
        if cors.credentials and credentials != "true":
            return "Access-Control-Allow-Credentials is not true"
        method = cors.method.upper()
        if method not in _SAFE_METHODS and method not in methods and not (star and "*" in methods):
            return f"{method} is not among Access-Control-Allow-Methods"
        allowed = {name.lower() for name in headers}
        for name in sorted({name.lower() for name in cors.headers} - _SAFE_HEADERS):
            if name not in allowed and not (star and "*" in allowed and name not in _NOT_BY_STAR):
                return f"{name} is not among Access-Control-Allow-Headers"
        return None


def _list(value: str) -> frozenset[str]:
    return frozenset(item.strip() for item in value.split(",") if item.strip())
