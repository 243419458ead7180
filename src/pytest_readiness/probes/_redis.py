"""A connection to Redis or Valkey: within the deadline, and with its failures told apart."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from pytest_readiness.errors import CannotMeasure, MissingExtra
from pytest_readiness.probe import Context
from pytest_readiness.probes._http.body import printable

#: More keys than this are not listed.
MOST_KEYS = 100_000

_PAGE = 1000
_SHORT = 200
_URL = re.compile(r"(redis|rediss|unix)://(?:([^@/]*)@)?([^/?#]*)(/[^?#]*)?(?:\?([^#]*))?")
_PLACE = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^:\[\]@\s]*)(?::([0-9]{1,5}))?")
#: What a URL may say after its question mark: what waits and whom to trust is said elsewhere.
_KNOWN = frozenset({"db", "protocol"})


class NotConnected(CannotMeasure):
    """Nobody takes connections there, or the server does not let us in."""


class Refused(CannotMeasure):
    """The server is there and refused a command."""


@dataclass(frozen=True, slots=True)
class Url:
    """A URL taken to pieces; ``str()`` shows it without login and options. ``path`` is that of a socket."""

    text: str
    scheme: str
    login: str
    place: str
    path: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.place}{self.path}"

    @property
    def socket(self) -> str | None:
        """The path of the socket, None where it is a host."""
        return self.path if self.scheme == "unix" else None

    def secrets(self) -> Iterator[str]:
        """Yield the password, as it is written and as it is meant."""
        _, colon, password = self.login.partition(":")
        if colon:
            yield from (password, unquote(password))


def parse(text: str) -> Url:
    """Take a URL apart; raises ``ValueError`` with a message that does not show it."""
    match = _URL.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            "is not a URL such as redis://HOST:6379/0, rediss://HOST:6379/0 (TLS) or unix:///run/redis.sock;"
            " write special characters of the password as %40 for @, %2F for /"
        )
    scheme, login, place, path, query = (part or "" for part in match.groups())
    if scheme == "unix":
        if place or path in {"", "/"}:
            raise ValueError("needs the path of the socket after three slashes: unix:///run/redis.sock")
    elif not (known := _PLACE.fullmatch(place)) or not known[1] or int(known[2] or 1) not in range(1, 65536):
        raise ValueError("does not name a host, and after a colon a port")
    elif path.strip("/") and not path.strip("/").isdigit():
        raise ValueError("names a database that is no number: redis://HOST:6379/0")
    said = parse_qsl(query, keep_blank_values=True)
    if strange := [name for name, _ in said if name not in _KNOWN]:
        raise ValueError(f"says {strange[0][:40]} after its question mark, where only db and protocol are understood")
    if not all(value.isdigit() for _, value in said):
        raise ValueError("has something after its question mark that is no number")
    return Url(text.strip(), scheme, login, place, path)


class Server:
    """
    A server and one connection to it.

    Raises ``Refused`` where the server refuses a command, ``NotConnected`` where it lets nobody in, and else
    ``CannotMeasure``. A watchman cuts the connection at the deadline, since each read has only a timeout of its own.
    """

    def __init__(self, url: Url, context: Context, ca: str | None) -> None:
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError:
            raise MissingExtra("redis", "redis") from None
        self._errors = redis.exceptions
        self._deadline = context.deadline
        trust = {"ssl_ca_certs": str(context.path(ca))} if ca is not None else {}
        self._client: Any = redis.Redis.from_url(
            url.text,
            socket_timeout=context.deadline.cap(),
            socket_connect_timeout=context.deadline.cap(),
            retry=Retry(NoBackoff(), 0),
            max_connections=1,
            **trust,
        )
        self._watch = threading.Timer(context.deadline.remaining(), self.close)
        self._watch.name, self._watch.daemon = "readiness-redis", True
        self._watch.start()

    def run(self, command: str, *words: str | bytes | int) -> Any:
        """Return what the server answers to a command."""
        if self._deadline.passed:
            raise CannotMeasure(f"no time is left for {command}")
        with self._explained(command):
            return self._client.execute_command(command, *words)

    def info(self) -> Mapping[str, object]:
        """Return what the server tells of itself."""
        told = self.run("INFO")
        return {str(name): value for name, value in told.items()} if isinstance(told, dict) else {}

    def keys(self, pattern: str) -> tuple[int, bool]:
        """Return how many keys match *pattern*, and whether that is all of them."""
        found: set[bytes] = set()
        place: int | bytes = 0
        while True:
            place, page = self.run("SCAN", place, "MATCH", pattern, "COUNT", _PAGE)
            found.update(page)
            if int(place) == 0:
                return len(found), True
            if len(found) > MOST_KEYS:
                return len(found), False

    def close(self) -> None:
        """Close the connection; whoever still waits for an answer does so in vain."""
        self._watch.cancel()
        with contextlib.suppress(Exception):
            self._client.connection_pool.disconnect(inuse_connections=True)

    @contextlib.contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Turn the many ways in which a command fails into one sentence."""
        errors = self._errors
        try:
            yield
        except (errors.AuthenticationError, errors.AuthenticationWrongNumberOfArgsError) as error:
            raise NotConnected(f"the login is refused: {_said(error)}") from None
        except (errors.BusyLoadingError, errors.NoPermissionError, errors.ResponseError) as error:
            raise Refused(f"{what} was refused: {_said(error)}") from None
        except (errors.TimeoutError, TimeoutError):
            raise CannotMeasure(f"no answer to {what} in time") from None
        except (errors.RedisError, OSError) as error:
            raise self._connection(error, what) from None

    def _connection(self, error: Exception, what: str) -> CannotMeasure:
        cause = error.__cause__ or error.__context__ or error
        if self._deadline.passed:
            return CannotMeasure(f"no answer to {what} in time")
        if isinstance(cause, ConnectionRefusedError):
            return NotConnected("connection refused")
        if isinstance(cause, FileNotFoundError):
            return NotConnected("there is no such socket")
        if isinstance(cause, socket.gaierror):
            return CannotMeasure(f"the name cannot be resolved: {cause.strerror}")
        return CannotMeasure(f"the connection failed: {_said(error)}")


def _said(error: Exception) -> str:
    return printable(str(error))[:_SHORT]
