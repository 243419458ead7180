"""
Secrets, by value: what is known to be one appears in no sink, however it is written there.

A value is too plain to be hidden if it is shorter than 4 characters, a number of at most 5 digits
(a port), or one of ``PLAIN``: replacing those would garble every text and protect nobody.
"""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import re
import shlex
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar
from urllib.parse import quote, quote_plus, unquote

from pytest_readiness.model import (
    Deferral,
    Each,
    Evidence,
    Gate,
    GroupScore,
    Held,
    Measurement,
    Report,
    Result,
    Scalar,
    Value,
    Waiver,
)

_Permission = TypeVar("_Permission", Waiver, Deferral)

#: What stands where a secret was.
MASK = "***"

#: Values that are too plain to be hidden, in lower case.
PLAIN = frozenset(
    """
    true false yes no on off none null nil undefined default localhost 127.0.0.1 0.0.0.0 root admin user test
    testing local dev development stage staging prod production debug info warning error enabled disabled
    required optional auto basic bearer
    """.split()  # noqa: SIM905 - words are easier to read and to change so
)

#: The shortest value, the shortest line of a value and the shortest piece of base64 that are hidden.
SHORTEST, SHORTEST_LINE, SHORTEST_PIECE = 4, 8, 8

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ALWAYS = re.compile(r"password|passwd|passphrase|secret|credential|apikey|privatekey|accesskey|webhook")
_WHOLE = frozenset({"token", "tokens", "jwt", "cookie", "authorization", "bearer", "pgpass", "htpasswd"})
_LAST = frozenset({"pass", "pwd", "auth", "key", "keys", "pat", "pin", "otp", "salt"})
_HARMLESS_KEYS = frozenset(
    """
    public primary foreign sort partition cache routing group idempotency lookup row shard json map
    """.split()  # noqa: SIM905 - words are easier to read and to change so
)
#: A name that ends so speaks about a secret: where it is, how long it lives, whether there is one.
_ABOUT = frozenset(
    """
    file path dir folder name length len size ttl expiry expires expiration lifetime timeout age min max
    count limit enabled required type algorithm alg policy header field endpoint rounds parallelism
    """.split()  # noqa: SIM905 - words are easier to read and to change so
)

_URL_LOGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://([^/?#\s]*)@")
_KEYWORD_LOGIN = re.compile(
    r"(?:password|passwd|pwd|secret|token|(?:api|account|access)_?key|signature)\s*=\s*('[^']*'|\"[^\"]*\"|[^\s;&]+)",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(r"\d{1,5}|\**")
_TOKEN_LENGTH = 16


def looks_secret(name: str) -> bool:
    """Tell whether a variable, header or key called *name* probably holds a secret."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or words in (["pwd"], ["oldpwd"]) or words[-1] in _ABOUT:
        return False
    if _ALWAYS.search("".join(words)) or not _WHOLE.isdisjoint(words) or words[-1].endswith("token"):
        return words[:1] != ["max"]
    before = words[-2] if len(words) > 1 else ""
    return words[-1] in _LAST and before not in _HARMLESS_KEYS and words != ["key"]


def logins(text: str) -> Iterator[str]:
    """Yield the passwords inside *text*: of URLs (``//user:password@host``) and of ``password=...`` and its like."""
    for match in _URL_LOGIN.finditer(text):
        user, colon, password = match[1].partition(":")
        if colon:
            yield from {password, unquote(password)}
        elif len(user) >= _TOKEN_LENGTH:
            yield from {user, unquote(user)}
    for match in _KEYWORD_LOGIN.finditer(text):
        yield match[1].strip("'\"")


def is_plain(value: str) -> bool:
    """Tell whether *value* is too plain to be hidden."""
    return len(value) < SHORTEST or value.lower() in PLAIN or _PLAIN_NUMBER.fullmatch(value) is not None


def forms(value: str) -> set[str]:
    """Return every way of writing the secret *value* that is hidden: quoted, escaped, encoded, line by line."""
    ways = {value, value.strip()}
    lines = [line.strip() for line in value.splitlines()]
    if len(lines) > 1:
        ways.update(line for line in lines if len(line) >= SHORTEST_LINE and not line.startswith("-----"))
    for way in tuple(ways):
        ways.update(_written(way))
        ways.update(_base64(way.encode("utf-8", "surrogateescape")))
    return {way for way in ways if not is_plain(way)}


def _written(text: str) -> Iterator[str]:
    # Surrogates are bytes of the environment that are not UTF-8: quote() cannot take them as they are.
    raw = text.encode("utf-8", "surrogateescape")
    for quoted in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield quoted
        yield re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), quoted)
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield json.dumps(text)[1:-1].replace("/", "\\/")
    yield repr(text)[1:-1]
    yield repr(text + "'\"")[1:-1].removesuffix("\\'\"")
    yield repr(raw)[2:-1]
    yield html.escape(text)
    yield html.escape(text, quote=False)
    yield shlex.quote(text)


def _base64(raw: bytes) -> Iterator[str]:
    """Yield *raw* in base64: alone, and what stays the same of it at each of the three places where it may begin."""
    for whole in (base64.b64encode(raw), base64.urlsafe_b64encode(raw)):
        yield whole.decode("ascii")
        yield whole.decode("ascii").rstrip("=")
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw).decode("ascii")
        first = (shift * 8 + 5) // 6
        last = (shift + len(raw)) * 8 // 6
        if last - first >= SHORTEST_PIECE:
            yield text[first:last]
            yield text[first:last].replace("+", "-").replace("/", "_")


class Redactor:
    """
    Replaces secrets by ``***``.

    Safe to use from several threads: a probe may add a secret while another one's result is cleaned.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._forms: tuple[str, ...] = ()
        for secret in secrets:
            self.add(secret)

    def add(self, value: str) -> None:
        """Hide *value* from now on, unless it is too plain."""
        value = str(value)
        if value in self._known or is_plain(value.strip()):
            return
        fresh = forms(value)
        with self._lock:
            self._known.add(value)
            # The longest first, so that a secret inside another one does not leave the rest of it behind.
            self._forms = tuple(sorted(fresh.union(self._forms), key=lambda form: (-len(form), form)))

    def learn(self, env: Mapping[str, str]) -> None:
        """Hide the values of the variables in *env* whose names look secret, and the passwords inside the others."""
        for name, value in env.items():
            if looks_secret(name):
                self.add(value)
            for password in logins(value):
                self.add(password)

    def text(self, text: str) -> str:
        """Return *text* with every known secret replaced."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text

    def finds(self, text: str) -> bool:
        """Tell whether *text* holds a known secret."""
        return any(form in text for form in self._forms)

    def value(self, value: Value) -> Value:
        """Return a measured *value* with every known secret replaced; a number that is one becomes ``***``."""
        if isinstance(value, Each):
            return Each(map(self._scalar, value))
        if isinstance(value, tuple):
            return tuple(map(self._scalar, value))
        return self._scalar(value)

    def _scalar(self, value: Scalar) -> Scalar:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and str(value) in self._forms:
            return MASK
        return value

    def result(self, result: Result) -> Result:
        """Return *result* with every known secret replaced in everything that a report may show of it."""
        if not self._forms or not self.finds("\0".join(_texts(result))):
            return result
        return dataclasses.replace(
            result,
            gate=self.gate(result.gate),
            reason=self.text(result.reason),
            measurements={
                name: Measurement(self.value(measured.value), measured.unit)
                for name, measured in result.measurements.items()
            },
            expectations=tuple(map(self._held, result.expectations)),
            evidence=tuple(Evidence(self.text(item.title), self.text(item.text)) for item in result.evidence),
        )

    def _held(self, held: Held) -> Held:
        return dataclasses.replace(held, condition=self.text(held.condition), why=self.text(held.why))

    def gate(self, gate: Gate) -> Gate:
        """Return *gate* with the secrets in its prose replaced; its id, group and options stay as they are."""
        if not self._forms or not self.finds("\0".join(_prose(gate))):
            return gate
        return dataclasses.replace(
            gate,
            title=self.text(gate.title),
            owner=self._optional(gate.owner),
            impact=self._optional(gate.impact),
            fix=self._optional(gate.fix),
            inapplicable=self._optional(gate.inapplicable),
            links=tuple(map(self.text, gate.links)),
            waiver=gate.waiver and self._permission(gate.waiver),
            deferral=gate.deferral and self._permission(gate.deferral),
        )

    def _permission(self, permission: _Permission) -> _Permission:
        return dataclasses.replace(permission, reason=self.text(permission.reason))

    def _optional(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def _group(self, group: GroupScore) -> GroupScore:
        return dataclasses.replace(
            group,
            reason=self.text(group.reason),
            expectations=tuple(map(self._held, group.expectations)),
        )

    def report(self, report: Report) -> Report:
        """Return *report* with every known secret replaced, in its results as well as in its own sentences."""
        return dataclasses.replace(
            report,
            name=self.text(report.name),
            gates=tuple(
                dataclasses.replace(judged, result=self.result(judged.result), note=self._optional(judged.note))
                for judged in report.gates
            ),
            groups=tuple(map(self._group, report.groups)),
            problems=tuple(map(self.text, report.problems)),
        )


def _texts(result: Result) -> Iterator[str]:
    """Yield every text of *result* that a report may show, numbers as texts too."""
    yield result.reason
    yield from _prose(result.gate)
    for measured in result.measurements.values():
        yield str(measured.value) if not isinstance(measured.value, tuple) else "\0".join(map(str, measured.value))
    for held in result.expectations:
        yield from (held.condition, held.why)
    for item in result.evidence:
        yield from (item.title, item.text)


def _prose(gate: Gate) -> Iterator[str]:
    yield from (gate.title, gate.owner or "", gate.impact or "", gate.fix or "", gate.inapplicable or "", *gate.links)
    yield gate.waiver.reason if gate.waiver else ""
    yield gate.deferral.reason if gate.deferral else ""
