"""URLs: read strictly, so that what is asked is what was written."""

from __future__ import annotations

import re
import socket
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

PORTS = {"http": 80, "https": 443}
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(#.*)?"
)
_AUTHORITY = re.compile(r"(?:(?P<user>.*)@)?(?:\[(?P<six>[^\]]*)\]|(?P<host>[^:@\[\]]*))(?::(?P<port>[0-9]*))?")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_LONGEST = 8192


class Origin(NamedTuple):
    """Whom credentials belong to: scheme, host and port."""

    scheme: str
    host: str
    port: int

    @property
    def netloc(self) -> str:
        """The origin as a URL writes it, without the port that goes without saying."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


class Target(NamedTuple):
    """
    A URL, taken apart: ``path`` includes the query, percent-encoded; ``login`` is ``user:password``.

    ``shown`` is the whole without the login.
    """

    origin: Origin
    path: str
    login: str | None
    shown: str

    @classmethod
    def of(cls, origin: Origin, path: str, login: str | None = None) -> Target:
        """Put a URL together."""
        return cls(origin, path, login, f"{origin.scheme}://{origin.netloc}{path}")

    def __str__(self) -> str:
        return self.shown


def parse(url: str) -> Target:
    """Take *url* apart. Raises ``ValueError`` with a message that says what is wrong with it."""
    if len(url) > _LONGEST:
        raise ValueError(f"a URL of {len(url)} characters is too long (at most {_LONGEST})")
    if found := _UNSAFE.search(url):
        raise ValueError(f"{_shown(url)} holds {_named(found[0])}; write it percent-encoded")
    match = _URL.fullmatch(url)
    if match is None:
        variable = _VARIABLE.match(url)
        meant = f"${{{variable[1]}}} for the variable" if variable else "http://HOST/PATH or https://HOST/PATH"
        raise ValueError(f"{_shown(url)} is not a URL; write {meant}")
    try:
        origin, login = _origin(match["scheme"].lower(), match["authority"])
    except ValueError as error:
        raise ValueError(f"{_shown(url)}: {error}") from None
    path = (match["path"] or "/") + (match["query"] or "")
    return Target.of(origin, path if path.isascii() else quote(path, safe="%/:=&?~#+!$,;'@()*[]"), login)


@lru_cache(maxsize=1024)
def _origin(scheme: str, authority: str) -> tuple[Origin, str | None]:
    """Return whom a URL asks, and the login it has; thousands of URLs share a few of them."""
    if scheme not in PORTS:
        raise ValueError(f"{scheme} is not supported; only http and https are")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise ValueError(f"{authority.rpartition('@')[2]!r} is not a host with a port")
    origin = Origin(scheme, _host(match["six"], match["host"]), _port(match["port"], PORTS[scheme]))
    return origin, None if match["user"] is None else unquote(match["user"])


def host(text: str) -> str:
    """Return host *text* in the form it is looked up by: lower case, IDNA, IPv6 without brackets."""
    if text.startswith("[") and text.endswith("]"):
        return _host(text[1:-1], None)
    return _host(text, None) if ":" in text else _host(None, text)


def _host(six: str | None, name: str | None) -> str:
    if six is not None:
        return _ipv6(six)
    if not name:
        raise ValueError("the host is missing")
    plain = name.lower()
    if not plain.isascii():
        try:
            plain = plain.encode("idna").decode()
        except UnicodeError:
            raise ValueError(f"{name!r} is not a host name") from None
    labels = plain.removesuffix(".").split(".")
    if len(plain) > 253 or not all(map(_LABEL.fullmatch, labels)):  # noqa: PLR2004 - the limit of DNS
        raise ValueError(f"{name!r} is not a host name")
    if labels[-1].isdigit() and not _is_ipv4(plain):
        raise ValueError(f"{name!r} is not an IPv4 address; write four numbers up to 255")
    return plain


def _ipv6(text: str) -> str:
    address, _, zone = text.partition("%")
    try:
        packed = socket.inet_pton(socket.AF_INET6, address)
    except OSError:
        raise ValueError(f"[{text}] is not an IPv6 address") from None
    plain = socket.inet_ntop(socket.AF_INET6, packed)
    return f"{plain}%{zone.removeprefix('25')}" if zone else plain


def _is_ipv4(text: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET, text)
    except OSError:
        return False
    return True


def _port(text: str | None, default: int) -> int:
    if not text:
        return default
    port = int(text[:6])
    if not 0 < port < 65536:  # noqa: PLR2004 - ports have 16 bits
        raise ValueError(f"port {text} is not between 1 and 65535")
    return port


def _shown(url: str) -> str:
    """Return *url* quoted for a message: cut, and without what may be a login."""
    scheme, slashes, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    shown = f"{scheme}{slashes}{authority.rpartition('@')[2]}{slash}{path}"
    return repr(shown if len(shown) <= 100 else f"{shown[:97]}...")  # noqa: PLR2004 - one line


def _named(character: str) -> str:
    names = {" ": "a space", "\t": "a tab", "\r": "a line break", "\n": "a line break", "\\": "a backslash"}
    return names.get(character, f"the control character {ord(character)}")
