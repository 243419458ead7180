"""Ports: does somebody take connections there?"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._http import tls
from pytest_readiness.probes._http.errors import NoAnswer, NotConnected, TimedOut
from pytest_readiness.probes._http.loop import Loop, early
from pytest_readiness.probes._http.stream import Dialler, Stream
from pytest_readiness.probes._http.url import host as host_name
from pytest_readiness.probes._tcp import ldap, smtp, targets
from pytest_readiness.probes._tcp.talk import Said, Secure, StrangeError, heard

_NO_TARGETS = dict.fromkeys(("targets", "unreachable"), "give `targets`")
_LANGUAGES = {"smtp": smtp.converse, "ldap": ldap.converse}


@dataclass(frozen=True, kw_only=True)
class Tls:
    """How to agree on TLS."""

    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)
    verify: bool = option("Whether the certificate must be trusted; false still measures `tls_days`.", default=True)
    server_name: str | None = option("The name the certificate must be for, where it is not `host`.", None)
    starttls: bool = option("Begin in clear text and then ask for TLS, as `speaks` has it.", default=False)

    def __post_init__(self) -> None:
        if self.server_name is not None:
            _checked(self.server_name, "server_name")


@dataclass(frozen=True, kw_only=True)
class Tcp(Probe):
    """
    Does somebody take connections on a port?

    Fails when the connection is refused, when nobody answers in time, or when there is no way to
    the host: then `connected` is false and the evidence says which. A name that cannot be
    resolved, a machine without a network and a certificate that cannot be trusted are errors: they
    leave open what is at the port, so no gate that expects a closed port turns green by a
    typing mistake.

    With `speaks`, a few words are exchanged: SMTP's greeting and EHLO, LDAP's search of the root DSE
    without a login. Nothing is sent to anybody and nothing is changed. `speaks` is false where something else
    is at the port; a server that takes the connection and stays silent is an error.

    To fix: start what should listen there, and look at its address, at firewalls and at security groups.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "connected": Measure(bool, "whether a connection could be made"),
        "latency": Measure(float, "time to connect, TLS included, name lookup not", "ms", Better.LOWER, exclusive=True),
        "tls_days": Measure(float, "days until the server's certificate ends", better=Better.HIGHER),
        "speaks": Measure(bool, "whether the protocol under `speaks` is spoken"),
        "banner": Measure(str, "how the server names itself"),
        "starttls": Measure(bool, "whether TLS is offered in the conversation"),
        "targets": Measure(int, "ports that were tried", better=Better.HIGHER),
        "unreachable": Measure(int, "those of targets to which no connection could be made", better=Better.LOWER),
    }
    expect: ClassVar[Mapping[str, Value]] = {"connected": True}

    host: str | None = option("A name or an address.", None, example="db.example.org")
    port: int | None = option("A port.", None, example=5432)
    targets: tuple[str, ...] = option("Several ports instead, as HOST:PORT, all of which must be reachable.", ())
    tls: bool | Tls = option("Whether to agree on TLS at once, and how.", default=False)
    speaks: Literal["smtp", "ldap"] | None = option("The protocol that has to be spoken there.", None, example="smtp")

    def __post_init__(self) -> None:
        if self.targets:
            self._check_targets()
            return
        if self.host is None or self.port is None:
            raise OptionError("say `host` and `port`, or several `targets`")
        _checked(self.host, "host")
        if not 0 < self.port < 65536:  # noqa: PLR2004 - ports have 16 bits
            raise OptionError(f"{self.port} is not between 1 and 65535", "port")
        if self._later and self.speaks is None:
            raise OptionError("`starttls` is asked for in a protocol: say which one under `speaks`", "tls")

    def _check_targets(self) -> None:
        if self.host is not None or self.port is not None or self.tls is not False or self.speaks is not None:
            raise OptionError("are only connected to: without host, port, tls and speaks", "targets")
        for text in self.targets:
            try:
                targets.parse(text)
            except ValueError as error:
                raise OptionError(str(error), "targets") from None

    @property
    def _later(self) -> bool:
        """Whether TLS is asked for in the conversation, not at once."""
        return isinstance(self.tls, Tls) and self.tls.starttls

    def expected(self) -> Mapping[str, Value]:
        """Return what is expected unless a gate says otherwise, of the options that are given."""
        if self.targets:
            return {"unreachable": 0}
        speaks: dict[str, Value] = {} if self.speaks is None else {"speaks": True}
        return {**self.expect, **speaks, **({"starttls": True} if self._later else {})}

    def touches(self) -> Iterator[Touch]:
        """Yield the host, and the file of trusted issuers."""
        yield from (Touch("host", text) for text in self.targets or (f"{self.host}:{self.port}",))
        if isinstance(self.tls, Tls) and self.tls.ca is not None:
            yield Touch("file", self.tls.ca)

    def measure(self, context: Context) -> Measurements:
        """Connect once. Raises ``CannotMeasure`` where that leaves open what is there."""
        if self.targets:
            return targets.reach(tuple(dict.fromkeys(self.targets)), context)
        place = f"{self.host}:{self.port}"
        loop = Loop(early(context.deadline))
        dialler = Dialler(loop)
        made: list[Measurements | CannotMeasure] = []
        try:
            loop.run([self._work(dialler, context, made)])
        finally:
            dialler.close()
        (found,) = made
        if isinstance(found, NotConnected):
            said = Evidence("connection", f"{place}: {found}")
            unknown = {name: str(found) for name in self.measures if name != "connected"} | _NO_TARGETS
            return Measurements({"connected": False}, 1, [said], unknown)
        if isinstance(found, NoAnswer):
            raise CannotMeasure(f"{place}: {found}") from found
        if isinstance(found, CannotMeasure):
            raise found
        return found

    async def _work(self, dialler: Dialler, context: Context, made: list[Measurements | CannotMeasure]) -> None:
        stream: Stream | None = None
        try:
            trust = self._trust(context)
            place = self._place()
            stream = await dialler.connect(*place)

            async def secure(plain: Stream) -> Stream:
                assert trust is not None
                return await tls.secured(dialler, plain, trust, self._name(), place)

            if trust is not None and not self._later:
                stream = await secure(stream)
            latency = 1000.0 * (time.perf_counter() - stream.opened)
            said = await self._talk(stream, secure if self._later else None)
            if isinstance(said, Said):
                stream = said.stream
            made.append(self._found(stream, latency, said, context))
        except CannotMeasure as error:
            made.append(error)
        finally:
            if stream is not None:
                stream.close()

    async def _talk(self, stream: Stream, secure: Secure | None) -> Said | StrangeError | None:
        """Return what the server said, or why that is not the protocol; None where none is asked for."""
        if self.speaks is None:
            return None
        try:
            return await _LANGUAGES[self.speaks](stream, secure)
        except StrangeError as error:
            return error
        except TimeoutError:
            raise TimedOut(f"connected, and then no answer in {self.speaks.upper()} in time") from None

    def _trust(self, context: Context) -> ssl.SSLContext | None:
        """Return whom to trust, None without TLS."""
        if self.tls is False:
            return None
        how = Tls() if self.tls is True else self.tls
        return tls.context(verify=how.verify, ca=None if how.ca is None else context.path(how.ca), http=False)

    def _name(self) -> str:
        """Return the name that the certificate must be for."""
        return host_name((isinstance(self.tls, Tls) and self.tls.server_name) or self._place()[0])

    def _place(self) -> tuple[str, int]:
        assert self.host is not None
        assert self.port is not None
        return host_name(self.host), self.port

    def _found(
        self, stream: Stream, latency: float, said: Said | StrangeError | None, context: Context
    ) -> Measurements:
        values: dict[str, Value] = {"connected": True, "latency": latency}
        told = f"{self.host}:{self.port}: connected in {latency:.1f} ms"
        unknown = (
            dict.fromkeys(("speaks", "banner", "starttls"), "a protocol is spoken with `speaks` only") | _NO_TARGETS
        )
        unknown["tls_days"] = "no certificate was seen; it is asked for with `tls` only"
        if stream.certificate is not None:
            values["tls_days"] = stream.certificate.days(context.now)
            told = f"{told}; {tls.describe(stream.certificate)}"
        evidence = [Evidence("connection", told)]
        if self.speaks is not None and said is not None:
            evidence.append(heard(self.speaks, said, values, unknown))
        return Measurements(values, 1, evidence, unknown)


def _checked(text: str, option_name: str) -> None:
    try:
        host_name(text)
    except ValueError as error:
        raise OptionError(str(error), option_name) from None
