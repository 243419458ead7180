"""Credentials and headers that a spec gives: checked when it is read, and kept out of every sink."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_readiness.errors import OptionError
from pytest_readiness.options import Secret
from pytest_readiness.probe import Context, option
from pytest_readiness.probes._http.client import basic, carries_secret
from pytest_readiness.probes._http.url import Target

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OURS = frozenset(
    {"connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


@dataclass(frozen=True, kw_only=True)
class Auth:
    """Credentials, of one kind; they go to the URL's own scheme, host and port only."""

    basic: Secret | None = option("`user:password`.", None)
    bearer: Secret | None = option("A token.", None)

    def __post_init__(self) -> None:
        if (self.basic is None) == (self.bearer is None):
            raise OptionError("say either `basic` or `bearer`")
        for name in ("basic", "bearer"):
            if getattr(self, name) is not None and not getattr(self, name).strip():
                raise OptionError("is empty", name)
        if self.basic is not None and ":" not in self.basic:
            raise OptionError("write `user:password`", "basic")
        if self.bearer is not None and not re.fullmatch(r"[!-~]+", self.bearer):
            raise OptionError("a token has no spaces, line breaks or letters outside ASCII", "bearer")

    def header(self) -> str:
        """Return the value of the Authorization header."""
        return "Bearer " + (self.bearer or "") if self.basic is None else basic(self.basic)


def sets(headers: Iterable[str], name: str) -> bool:
    """Return whether *headers* hold *name*, given in lower case."""
    return any(header.lower() == name for header in headers)


def check_headers(headers: Mapping[str, str], auth: Auth | None) -> None:
    """Refuse with ``OptionError`` headers that cannot be sent, or that say what *auth* says already."""
    if auth is not None and sets(headers, "authorization"):
        raise OptionError("say either `auth` or an Authorization header")
    for name, value in headers.items():
        _check_header(name, value)
    if len({name.lower() for name in headers}) < len(headers):
        raise OptionError("a header is there twice, in different case", "headers")


def keep_secrets(context: Context, targets: Iterable[Target], auth: Auth | None, headers: Mapping[str, str]) -> None:
    """Hide the credentials of *targets*, *auth* and *headers*, in every form they are sent in."""
    logins = [target.login for target in targets if target.login is not None]
    if auth is not None:
        context.keep_secret(str(auth.bearer or ""))
        logins.append(str(auth.basic or ""))
    for login in dict.fromkeys(filter(None, logins)):
        context.keep_secret(login)
        context.keep_secret(login.partition(":")[2])
        context.keep_secret(basic(login).partition(" ")[2])
    for name, value in headers.items():
        if carries_secret(name):
            context.keep_secret(value)


def _check_header(name: str, value: str) -> None:
    if _TOKEN.fullmatch(name) is None:
        raise OptionError(f"{name!r} is not the name of a header", "headers")
    if name.lower() in _OURS:
        raise OptionError(f"{name} is set by the probe itself", "headers")
    if _CONTROL.search(value):
        raise OptionError(f"the value of {name} holds a line break or another control character", "headers")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise OptionError(f"the value of {name} holds a character that headers cannot carry", "headers") from None
