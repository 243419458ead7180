"""Redis and Valkey: do they answer, keep what they are given, and hold what they should?"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._redis import NotConnected, Refused, Server, Url, parse

_PINGS, _PATIENCE = 5, 0.5
_LIFE = 60
_INFORMED = ("memory", "version", "role", "persistence", "replicas")


@dataclass(frozen=True, kw_only=True)
class Redis(Probe):
    """
    Does a Redis or Valkey server answer, and keep what it is given?

    With nothing but `url`, the server is asked to answer PING. `round_trip` writes one key of a name that
    nobody else has, reads it back and removes it; should the removal fail, the key goes by itself
    after a minute. `keys` counts the keys that match a pattern, by SCAN, without holding up the server.

    Fails when nobody takes connections, when the login is refused, when the server is still loading or
    otherwise refuses to answer, or when what was measured is not as expected. A name that
    cannot be resolved, a certificate that is not trusted and an answer that does not come in time are errors. So
    is a pattern that no key matches, unless the gate says `keys: 0`.

    To fix: try `redis-cli -u URL ping`; look at the address, the password, and the server's log.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "connected": Measure(bool, "whether the server lets us in"),
        "ping": Measure(bool, "whether it answers PING with PONG"),
        "latency": Measure(
            float, "time from PING to PONG on an open connection, the median of up to 5", "ms", Better.LOWER, True
        ),
        "round_trip": Measure(bool, "whether a key was written, read back the same, and removed"),
        "keys": Measure(int, "keys that match `keys`; all of the database where there is no pattern"),
        "memory": Measure(int, "memory the data takes", "B", Better.LOWER),
        "version": Measure(str, "the server's version, Valkey's own where it is one"),
        "role": Measure(str, "master, slave or sentinel: the server's own words"),
        "persistence": Measure(str, "how data outlives a restart: aof, rdb, aof+rdb or none"),
        "replicas": Measure(int, "replicas that are connected", better=Better.HIGHER),
    }
    expect: ClassVar[Mapping[str, Value]] = {"connected": True, "ping": True}
    counter: ClassVar[str | None] = "keys"
    extra: ClassVar[str | None] = "redis"

    url: str = option("redis://, rediss:// for TLS, or unix:// for a socket.", example="${REDIS_URL}")
    round_trip: bool = option("Write a key of our own, read it back and remove it.", default=False)
    prefix: str = option("What the name of that key begins with, where the server allows only some.", "readiness:")
    keys: str | None = option("A pattern of keys to count: * ? and [a-z].", None, example="cache:*")
    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)

    def __post_init__(self) -> None:
        url = self._parsed()
        if self.ca is not None and url.scheme != "rediss":
            raise OptionError("goes with a URL that begins with rediss://", "ca")
        if self.keys == "":
            raise OptionError("is empty: no key could match", "keys")

    def _parsed(self) -> Url:
        try:
            return parse(self.url)
        except ValueError as error:
            raise OptionError(str(error), "url") from None

    def expected(self) -> Mapping[str, Value]:
        """Return what is expected unless a gate says otherwise, of the options that are given."""
        keys: dict[str, Value] = {} if self.keys is None else {"keys": ">= 1"}
        return {**self.expect, **({"round_trip": True} if self.round_trip else {}), **keys}

    def touches(self) -> Iterator[Touch]:
        """Yield the server, and what is written to it."""
        url = self._parsed()
        yield Touch("host", url.place) if url.socket is None else Touch("file", url.socket)
        if self.ca is not None:
            yield Touch("file", self.ca)
        if self.round_trip:
            yield Touch("query", f"SET, GET and DEL of one key {self.prefix}...")

    def measure(self, context: Context) -> Measurements:
        """Ask the server. Raises ``CannotMeasure`` where it leaves the answer open."""
        url = self._parsed()
        for secret in url.secrets():
            context.keep_secret(secret)
        values: dict[str, Value] = {}
        unknown: dict[str, str] = {}
        evidence: list[Evidence] = []
        server = Server(url, context, self.ca)
        try:
            self._ask(server, context, values, unknown, evidence)
        except NotConnected as error:
            nothing: dict[str, Value] = {"connected": False, "ping": False}
            if self.round_trip:
                nothing["round_trip"] = False
            unknown = {name: str(error) for name in self.measures if name not in nothing}
            return Measurements(nothing, 1, [Evidence("connection", f"{url}: {error}")], unknown)
        except CannotMeasure as error:
            raise CannotMeasure(f"{url}: {error}") from None
        finally:
            server.close()
        looked = 1 if self.keys is None or "keys" not in values else int(str(values["keys"]))
        if looked == 0:
            unknown["keys"] = f"no key matches {self.keys}"
        return Measurements(values, looked, [Evidence("server", _told(url, values)), *evidence], unknown)

    def _ask(
        self,
        server: Server,
        context: Context,
        values: dict[str, Value],
        unknown: dict[str, str],
        evidence: list[Evidence],
    ) -> None:
        try:
            _ping(server, values)
        except Refused as error:
            values.update(connected=True, ping=False)
            evidence.append(Evidence("ping", str(error)))
            unknown.update({name: str(error) for name in self.measures if name not in values})
            return
        _inform(server, context, values, unknown)
        if self.round_trip:
            values["round_trip"], said = _round_trip(server, f"{self.prefix}{uuid.uuid4()}")
            evidence.append(Evidence("round trip", said))
        else:
            unknown["round_trip"] = "it is made with `round_trip: true` only"
        if self.keys is not None or "keys" in context.asked:
            self._count(server, values, unknown)

    def _count(self, server: Server, values: dict[str, Value], unknown: dict[str, str]) -> None:
        try:
            if self.keys is None:
                values["keys"] = int(server.run("DBSIZE"))
                return
            count, whole = server.keys(self.keys)
        except Refused as error:
            unknown["keys"] = str(error)
            return
        if whole:
            values["keys"] = count
        else:
            unknown["keys"] = f"more than {count - 1} keys match, which is more than are counted"


def _ping(server: Server, values: dict[str, Value]) -> None:
    """Add whether PING is answered, and how fast; the first one is for making the connection."""
    values["ping"] = server.run("PING") in {True, b"PONG"}
    values["connected"] = True
    times: list[float] = []
    begun = time.perf_counter()
    while len(times) < _PINGS and time.perf_counter() - begun < _PATIENCE:
        asked = time.perf_counter()
        server.run("PING")
        times.append(time.perf_counter() - asked)
    values["latency"] = 1000.0 * median(times)


def _inform(server: Server, context: Context, values: dict[str, Value], unknown: dict[str, str]) -> None:
    """Add what the server tells of itself."""
    try:
        told = server.info()
    except Refused as error:
        unknown.update(dict.fromkeys(_INFORMED, str(error)))
        return
    version = told.get("valkey_version") or told.get("redis_version")
    found = {"memory": told.get("used_memory"), "role": told.get("role"), "replicas": told.get("connected_slaves")}
    if version is not None:
        values["version"] = str(version)
    values.update({name: value for name, value in found.items() if isinstance(value, str if name == "role" else int)})
    if "persistence" in context.asked:
        _persistence(server, told, values, unknown)
    unknown.update({name: "the server does not tell" for name in _INFORMED if name not in {*values, *unknown}})


def _persistence(server: Server, told: Mapping[str, object], values: dict[str, Value], unknown: dict[str, str]) -> None:
    if "aof_enabled" not in told:
        return
    try:
        save = server.run("CONFIG GET", "save")
    except Refused as error:
        unknown["persistence"] = f"whether snapshots are made is not told: {error}"
        return
    points = {_text(name): _text(value) for name, value in dict(save).items()}.get("save")
    ways = [*(["aof"] if told["aof_enabled"] else []), *(["rdb"] if points else [])]
    values["persistence"] = "+".join(ways) or "none"


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _round_trip(server: Server, key: str) -> tuple[bool, str]:
    """Write, read and remove *key*; return whether that went well, and what happened."""
    value = uuid.uuid4().hex.encode()
    try:
        try:
            written = server.run("SET", key, value, "EX", _LIFE, "NX")
        except Refused as error:
            return False, f"{key}: {error}"
        if written is None:
            return False, f"{key} was there already"
        try:
            got = server.run("GET", key)
        finally:
            removed = server.run("DEL", key)
    except Refused as error:
        return False, f"{key} was written, and goes by itself in {_LIFE} s: {error}"
    if got != value:
        return False, f"{key} was written, and something else was read"
    if not removed:
        return False, f"{key} was written and read, and was gone before it was removed"
    return True, f"{key} was written, read and removed"


def _told(url: Url, values: Mapping[str, Value]) -> str:
    parts = [f"version {values['version']}" if "version" in values else "", str(values.get("role", ""))]
    latency = f"answers PING in {values['latency']:.2f} ms" if "latency" in values else ""
    return f"{url}: {', '.join(filter(None, [*parts, latency])) or 'connected'}"
