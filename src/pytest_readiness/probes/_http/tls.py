"""
TLS: whom to trust, how to agree on it, and what exactly is wrong with a certificate.

Imported only where TLS is asked for, as ``ssl`` takes its time.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._http.body import printable
from pytest_readiness.probes._http.certificate import Certificate, read
from pytest_readiness.probes._http.errors import Cut, NoAnswer, TimedOut
from pytest_readiness.probes._http.stream import PIECE, Dialler, Stream, broken

T = TypeVar("T")

# OpenSSL's verdicts on a certificate (X509_V_ERR_*, x509_vfy.h)
_NOT_YET, _EXPIRED = 9, 10
_SELF_SIGNED, _SELF_SIGNED_CHAIN = 18, 19
_NO_ISSUER = (2, 20, 21)
_WRONG_HOST = (62, 64)
_FEW = 10


def context(*, verify: bool = True, ca: Path | None = None, http: bool = True) -> ssl.SSLContext:
    """
    Return the settings of a client: *ca* is a PEM file of the only issuers to trust.

    Raises ``CannotMeasure`` where *ca* cannot be used.
    """
    try:
        made = ssl.create_default_context(cafile=None if ca is None else str(ca))
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = (
            "no PEM certificates in it"
            if isinstance(error, ssl.SSLError)
            else getattr(error, "strerror", None) or str(error)
        )
        raise CannotMeasure(f"the certificates to trust cannot be read from {ca}: {reason}") from error
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if http:
        made.set_alpn_protocols(["http/1.1"])
    return made


class SecureStream(Stream):
    """A connection under TLS, in place of the *plain* one it is made from."""

    def __init__(self, plain: Stream, trust: ssl.SSLContext, name: str) -> None:
        loop, sock = plain.take_over()
        self._name = name
        self._wrapped = trust.wrap_socket(
            sock, server_hostname=name, do_handshake_on_connect=False, suppress_ragged_eofs=False
        )
        super().__init__(loop, self._wrapped, plain.opened)

    async def agree(self) -> None:
        """Agree on TLS with the server. Raises ``ssl.SSLError`` or ``NoAnswer``."""
        try:
            await self._whenever(self._wrapped.do_handshake)
        except ssl.SSLEOFError:
            raise NoAnswer(f"{self._name} ended the connection instead of agreeing on TLS") from None
        except (ssl.SSLError, TimeoutError):
            raise
        except OSError as error:
            raise NoAnswer(f"no TLS with {self._name}: {broken(error)}") from error
        self.certificate = _peer(self._wrapped)
        self.tls = self._wrapped.version()

    async def send(self, data: bytes) -> None:
        """Send all of *data*. Raises ``OSError`` where the server has stopped listening."""
        rest = memoryview(data)
        while rest:
            piece = rest
            rest = rest[await self._whenever(lambda: self._wrapped.send(piece)) :]  # noqa: B023 - called at once

    async def receive(self) -> bytes:
        """Return the next bytes, empty at the end. Raises ``Cut`` where the connection broke."""
        try:
            return await self._whenever(lambda: self._wrapped.recv(PIECE))
        except ssl.SSLEOFError:
            raise Cut("the connection ended without TLS's goodbye") from None
        except TimeoutError:
            raise
        except OSError as error:
            raise Cut(broken(error)) from error

    async def _whenever(self, act: Callable[[], T]) -> T:
        """Return what *act* returns, as soon as the socket lets it; TLS may have to write in order to read."""
        while True:
            try:
                return act()
            except ssl.SSLWantReadError:
                wait = self._loop.readable
            except ssl.SSLWantWriteError:
                wait = self._loop.writable
            await wait(self._wrapped)


def _peer(sock: ssl.SSLSocket) -> Certificate | None:
    """Return the certificate that the server showed, verified or not; None if it cannot be read."""
    der = sock.getpeercert(binary_form=True)
    try:
        return read(der) if der else None
    except ValueError:
        return None


async def secured(
    dialler: Dialler, plain: Stream, trust: ssl.SSLContext, name: str, place: tuple[str, int]
) -> SecureStream:
    """
    Agree on TLS over *plain*, with a server whose certificate must be for *name*.

    Raises ``NoAnswer`` with what is wrong with the certificate, and leaves no connection open then. To see
    one that was refused, it is asked for once more, at *place*, over a connection that carries nothing else.
    """
    stream = SecureStream(plain, trust, name)
    try:
        await stream.agree()
    except TimeoutError:
        stream.close()
        raise TimedOut("timed out while agreeing on TLS") from None
    except ssl.SSLError as error:
        stream.close()
        refused = isinstance(error, ssl.SSLCertVerificationError)
        raise explain(error, name, await _look(dialler, name, place) if refused else None) from error
    except BaseException:
        stream.close()
        raise
    return stream


async def _look(dialler: Dialler, name: str, place: tuple[str, int]) -> Certificate | None:
    try:
        stream = SecureStream(await dialler.connect(*place), context(verify=False), name)
    except NoAnswer:
        return None
    try:
        await stream.agree()
    except (OSError, NoAnswer):  # also TimeoutError and ssl.SSLError
        return None
    finally:
        stream.close()
    return stream.certificate


def explain(error: ssl.SSLError, host: str, shown: Certificate | None) -> NoAnswer:
    """Return what is wrong in one sentence; *shown* is the certificate, where it could be seen."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return NoAnswer(printable(f"certificate of {host}: {_verdict(error, host, shown)}"))
    reason = getattr(error, "reason", None) or str(error)
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
        return NoAnswer(f"{host} does not speak TLS on this port")
    return NoAnswer(f"no TLS with {host}: {reason.replace('_', ' ').lower()}")


def _verdict(error: ssl.SSLCertVerificationError, host: str, shown: Certificate | None) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return f"expired on {_day(shown.ends)}" if shown and _over(shown) else "it or one of its issuers has expired"
    if code == _NOT_YET:
        return f"not valid before {_day(shown.starts)}" if shown else "not valid yet"
    if code in _WRONG_HOST:
        return f"it is for {some(shown.names)}, not for {host}" if shown and shown.names else f"it is not for {host}"
    if code == _SELF_SIGNED:
        return "it is self-signed; name its issuer with `ca`"
    if code == _SELF_SIGNED_CHAIN or code in _NO_ISSUER:
        issuer = f"it was issued by {shown.issuer}, which" if shown else "its issuer"
        return f"{issuer} is not among the trusted ones; name it with `ca`, or let the server send the whole chain"
    return error.verify_message or str(error)


def describe(certificate: Certificate) -> str:
    """Return a certificate in one line."""
    names = some(certificate.names) or "nobody"
    return printable(f"certificate for {names}; issued by {certificate.issuer}; ends on {_day(certificate.ends)}")


def some(names: Iterable[str]) -> str:
    """Return *names* in one line, the first few if there are many."""
    every = list(names)
    more = f" and {len(every) - _FEW} more" if len(every) > _FEW else ""
    return ", ".join(every[:_FEW]) + more


def _over(shown: Certificate) -> bool:
    return shown.ends < datetime.now(UTC)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
