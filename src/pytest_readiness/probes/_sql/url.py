"""Database URLs: what they say, and how they may be shown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, unquote_plus

from pytest_readiness.redact import logins, looks_secret

#: Other names for a dialect.
_ALIASES = {"postgres": "postgresql", "pgsql": "postgresql"}

#: Drivers that speak to a SQLite file as Python itself does.
_PLAIN_SQLITE = frozenset({"", "pysqlite", "aiosqlite"})

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9_.]*)(?:\+([A-Za-z0-9_]+))?://(.*)", re.DOTALL)
_REST = re.compile(
    r"(?:(?P<login>.*)@)?(?P<place>(?:\[[0-9A-Fa-f:.%]+\]|[^@:/\[\]]*)(?::[0-9]*)?)(?:/(?P<name>.*))?", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """
    A database URL taken to pieces; ``str()`` shows it without password and options.

    ``file`` is the path of a SQLite database, empty for one in memory, None where it is no such thing.
    """

    text: str
    dialect: str
    driver: str
    user: str
    place: str
    name: str
    query: str
    file: str | None = None

    def __str__(self) -> str:
        if self.file is not None:
            return f"sqlite:///{self.file or ':memory:'}"
        return f"{self.dialect}://{self.user}{'@' * bool(self.user)}{self.place}/{self.name}"

    @property
    def host(self) -> str:
        """Where the server is: host and port, or the folder of its socket."""
        return self.place or dict(parse_qsl(self.query)).get("host", "") or "localhost"

    @property
    def key(self) -> str:
        """What tells this database from others, with nothing to read in it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def secrets(self) -> Iterator[str]:
        """Yield every password in the URL, as it is written and as it is meant."""
        yield from logins(self.text)
        yield from logins(unquote_plus(self.text))
        yield from (value for name, value in parse_qsl(self.query) if looks_secret(name))


def parse(text: str) -> Url:
    """Return what the URL *text* says; raises ``ValueError``, which never shows the URL."""
    scheme = _SCHEME.fullmatch(text.strip())
    if scheme is None:
        raise ValueError("is not a database URL such as postgresql://user@host/name or sqlite:///file.db")
    dialect = scheme[1].lower()
    dialect = _ALIASES.get(dialect, dialect)
    driver = (scheme[2] or "").lower()
    if dialect == "sqlite" and driver in _PLAIN_SQLITE:
        return _sqlite(text, scheme[3])
    before, _, query = scheme[3].partition("?")
    rest = _REST.fullmatch(before)
    if rest is None or (rest["login"] is None and "@" in query):
        raise ValueError("cannot be read: write special characters of the password as %40 for @, %2F for /, %3F for ?")
    user = (rest["login"] or "").partition(":")[0]
    return Url(
        text=text.strip(),
        dialect=dialect,
        driver=driver,
        user=unquote(user),
        place=rest["place"],
        name=rest["name"] or "",
        query=query,
    )


def _sqlite(text: str, rest: str) -> Url:
    path, _, query = rest.partition("?")
    if path and not path.startswith("/"):
        raise ValueError("needs three slashes before a relative path, four before an absolute one: sqlite:///file.db")
    file = path[1:].removeprefix("file:")
    memory = file in {"", ":memory:"} or "mode=memory" in query
    return Url(
        text=text.strip(),
        dialect="sqlite",
        driver="",
        user="",
        place="",
        name=file,
        query=query,
        file="" if memory else file,
    )
