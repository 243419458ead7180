"""TLS: what is wrong with a certificate, in words; and how long it lasts."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.model import Outcome, Result
from pytest_readiness.probes._http import certificate, tls
from pytest_readiness.probes.http import Http
from pytest_readiness.testing import run_probe

from .servers import Server, closed_port, http, serving

NOW = datetime.now(UTC)
CA = trustme.CA(organization_name="Test CA Ltd")

SHOWN = certificate.Certificate(
    names=("other.example",), issuer="Some CA", self_signed=False, starts=NOW, ends=NOW + timedelta(days=9)
)


def context_with(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context


@pytest.fixture
def ca(tmp_path: Path) -> str:
    CA.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return "ca.pem"


@pytest.fixture
def secure() -> Iterator[Callable[..., Server]]:
    opened: list[AbstractContextManager[Server]] = []

    def make(*names: str, not_before: datetime | None = None, not_after: datetime | None = None) -> Server:
        cert = CA.issue_cert(*(names or ("127.0.0.1",)), not_before=not_before, not_after=not_after)
        opened.append(serving(context=context_with(cert)))
        return opened[-1].__enter__().answer(http(b"safe"), close=False)

    yield make
    for one in opened:
        one.__exit__(None, None, None)


def run(server: Server, tmp_path: Path, ca: str | None = "ca.pem", **options: object) -> Result:
    options.setdefault("url", f"{server.url}/x")
    return run_probe(Http(ca=ca, **options), root=tmp_path, now=NOW)  # type: ignore[arg-type]


def days(result: Result) -> float:
    value = result.measurements["tls_days"].value
    assert isinstance(value, float)
    return value


@pytest.mark.usefixtures("ca")
class TestCertificate:
    def test_that_is_trusted_passes_and_its_days_are_measured(
        self, secure: Callable[..., Server], tmp_path: Path
    ) -> None:
        server = secure(not_after=NOW + timedelta(days=10))
        result = run(server, tmp_path)
        assert result.outcome is Outcome.PASSED
        assert 9.9 < days(result) < 10.1
        assert result.evidence[-1].text.startswith("certificate for 127.0.0.1; issued by Test CA Ltd; ends on ")

    def test_is_shown_under_a_version_of_tls(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        probe = Http(url=f"{secure().url}/x", ca="ca.pem")
        result = run_probe(probe, root=tmp_path, now=NOW, expect={"tls_version": "in TLSv1.2, TLSv1.3"})
        assert result.outcome is Outcome.PASSED, result.reason

    def test_that_ends_soon_fails_a_gate_that_wants_more(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        server = secure(not_after=NOW + timedelta(days=10))
        probe = Http(url=server.url, ca="ca.pem")
        result = run_probe(probe, root=tmp_path, now=NOW, expect={"tls_days": ">= 14"})
        assert result.outcome is Outcome.FAILED
        assert result.reason.startswith("tls_days is ")

    def test_that_has_expired_is_an_error_that_says_when(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        ended = NOW - timedelta(days=1)
        result = run(secure(not_before=NOW - timedelta(days=9), not_after=ended), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith(f"/x: certificate of 127.0.0.1: expired on {ended:%Y-%m-%d %H:%M} UTC")

    def test_that_is_not_valid_yet_is_an_error_that_says_from_when(
        self, secure: Callable[..., Server], tmp_path: Path
    ) -> None:
        starts = NOW + timedelta(days=2)
        result = run(secure(not_before=starts, not_after=NOW + timedelta(days=9)), tmp_path)
        assert result.reason.endswith(f"certificate of 127.0.0.1: not valid before {starts:%Y-%m-%d %H:%M} UTC")

    def test_for_other_hosts_is_an_error_that_names_them(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        result = run(secure("shop.example", "www.shop.example", "10.0.0.1"), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith(
            "certificate of 127.0.0.1: it is for shop.example, www.shop.example, 10.0.0.1, not for 127.0.0.1"
        )

    def test_for_very_many_hosts_does_not_name_them_all(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        result = run(secure(*(f"h{number}.example" for number in range(15))), tmp_path)
        assert "h9.example and 5 more, not for 127.0.0.1" in result.reason

    def test_of_an_unknown_issuer_is_an_error_that_names_it(
        self, secure: Callable[..., Server], tmp_path: Path
    ) -> None:
        result = run(secure(), tmp_path, ca=None)
        assert result.outcome is Outcome.ERROR
        assert "it was issued by Test CA Ltd, which is not among the trusted ones; name it with `ca`" in result.reason

    def test_that_signed_itself_is_an_error_that_says_so(self, tmp_path: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pem = tmp_path / "self.pem"
        pem.write_bytes(CA.private_key_pem.bytes() + CA.cert_pem.bytes())
        context.load_cert_chain(pem)
        with serving(context=context) as server:
            result = run(server.answer(http()), tmp_path, ca=None)
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith("certificate of 127.0.0.1: it is self-signed; name its issuer with `ca`")

    def test_that_need_not_be_trusted_is_still_measured(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        server = secure("elsewhere.example", not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1))
        result = run(server, tmp_path, ca=None, verify=False)
        assert result.outcome is Outcome.PASSED
        assert -1.1 < days(result) < -0.9

    def test_is_seen_behind_a_redirect_from_http(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        server = secure()
        with serving() as plain:
            plain.answer(http(b"", "301 Moved", f"Location: {server.url}/safe"))
            result = run(plain, tmp_path, url=plain.url, follow=True)
        assert result.outcome is Outcome.PASSED
        assert days(result) > 0

    def test_of_several_hosts_is_measured_for_each(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        one, other = secure(not_after=NOW + timedelta(days=90)), secure(not_after=NOW + timedelta(days=5))
        probe = Http(urls=(one.url, other.url), ca="ca.pem")
        result = run_probe(probe, root=tmp_path, now=NOW, expect={"tls_days": ">= 14"})
        assert result.outcome is Outcome.FAILED
        assert len(result.evidence[-1].text.splitlines()) == 2

    def test_of_plain_http_is_not_there_to_be_measured(self, tmp_path: Path) -> None:
        with serving() as server:
            probe = Http(url=server.answer(http()).url)
            result = run_probe(probe, root=tmp_path, expect={"tls_days": ">= 0"})
        assert result.outcome is Outcome.ERROR
        assert "tls_days was not measured: no certificate was seen; it is asked for over https only" in result.reason

    def test_is_not_followed_down_to_http_with_credentials(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        server = secure("localhost")
        with serving() as plain:
            plain.answer(http())
            server.answer(http(b"", "302 Found", f"Location: {plain.url}/"))
            result = run(
                server,
                tmp_path,
                url=f"https://ann:sesame@localhost:{server.port}/",
                follow=True,
                headers={"Cookie": "a=b"},
            )
        assert result.outcome is Outcome.PASSED
        assert b"Authorization" in server.requests[0]
        assert b"authorization" not in plain.requests[0].lower()
        assert b"cookie" not in plain.requests[0].lower()


@pytest.mark.usefixtures("ca")
class TestConnection:
    def test_is_kept_and_used_again(self, secure: Callable[..., Server], tmp_path: Path) -> None:
        server = secure()
        assert run(server, tmp_path, samples=20).outcome is Outcome.PASSED
        assert server.connections <= 2

    def test_carries_large_bodies_both_ways(self, tmp_path: Path) -> None:
        with serving(context=context_with(CA.issue_cert("127.0.0.1"))) as server:
            server.answer(http(b"y" * 2_000_000))
            assert run(server, tmp_path, body="x" * 2_000_000).outcome is Outcome.PASSED
        assert len(server.requests[0]) > 2_000_000

    def test_to_a_server_that_answers_plainly_is_an_error_that_says_so(self, tmp_path: Path) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            connection.recv(100)

        with serving(manners) as server:
            result = run(server, tmp_path, url=f"https://127.0.0.1:{server.port}/")
        assert result.reason.endswith("127.0.0.1 does not speak TLS on this port")

    def test_that_ends_in_the_handshake_is_an_error(self, tmp_path: Path) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            connection.recv(10_000)

        with serving(manners) as server:
            result = run(server, tmp_path, url=f"https://127.0.0.1:{server.port}/")
        assert result.outcome is Outcome.ERROR
        assert "TLS" in result.reason

    def test_that_is_reset_in_the_handshake_is_an_error(self, tmp_path: Path) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            connection.recv(100)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        with serving(manners) as server:
            result = run(server, tmp_path, url=f"https://127.0.0.1:{server.port}/")
        assert result.reason.endswith("no TLS with 127.0.0.1: the connection was reset")

    def test_that_cannot_be_repeated_to_see_the_certificate_is_explained_without(self, tmp_path: Path) -> None:
        context = context_with(CA.issue_cert("elsewhere.example"))

        def only_once(connection: socket.socket, server: Server) -> None:
            if server.connections == 1:
                context.wrap_socket(connection, server_side=True).close()

        with serving(only_once) as server:
            result = run(server, tmp_path, url=f"https://127.0.0.1:{server.port}/")
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith("certificate of 127.0.0.1: it is not for 127.0.0.1")

    def test_in_which_the_handshake_never_ends_times_out(self, tmp_path: Path) -> None:
        with serving(lambda _, server: server.closing.wait()) as server:
            probe = Http(url=f"https://127.0.0.1:{server.port}/", ca="ca.pem")
            result = run_probe(probe, root=tmp_path, timeout=0.5)
        assert result.outcome is Outcome.ERROR
        assert "timed out while agreeing on TLS, after 0." in result.reason

    def test_that_wants_a_certificate_of_ours_is_an_error(self, tmp_path: Path) -> None:
        context = context_with(CA.issue_cert("127.0.0.1"))
        context.verify_mode = ssl.CERT_REQUIRED
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        CA.configure_trust(context)
        with serving(context=context) as server:
            result = run(server.answer(http()), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "no TLS with 127.0.0.1: " in result.reason

    def test_cut_in_the_middle_of_a_body_without_length_is_not_taken_for_its_end(self, tmp_path: Path) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            Server.read(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf")
            socket.socket(fileno=connection.detach()).close()

        with serving(manners, context=context_with(CA.issue_cert("127.0.0.1"))) as server:
            result = run(server, tmp_path)
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith("the connection ended without TLS's goodbye")

    def test_that_is_reset_in_the_middle_of_an_answer_is_an_error(self, tmp_path: Path) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            Server.read(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            raw = socket.socket(fileno=connection.detach())
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raw.close()

        with serving(manners, context=context_with(CA.issue_cert("127.0.0.1"))) as server:
            result = run(server, tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "/x: the connection " in result.reason

    def test_refused_is_refused(self, tmp_path: Path) -> None:
        result = run_probe(Http(url=f"https://127.0.0.1:{closed_port()}/", verify=False), root=tmp_path)
        assert result.reason.endswith("connection refused")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [(None, "No such file or directory"), ("no certificate", "no PEM certificates in it")],
    )
    def test_with_a_ca_that_cannot_be_read_is_an_error(self, tmp_path: Path, text: str | None, reason: str) -> None:
        if text is not None:
            (tmp_path / "bad.pem").write_text(text)
        result = run_probe(Http(url="https://127.0.0.1:1/", ca="bad.pem"), root=tmp_path)
        assert result.outcome is Outcome.ERROR
        assert result.reason == f"the certificates to trust cannot be read from {tmp_path / 'bad.pem'}: {reason}"


class TestVerdict:
    """What OpenSSL says, as codes; those that a server of ours cannot easily be made to cause."""

    @pytest.mark.parametrize(
        ("code", "said", "reason"),
        [
            (10, SHOWN, "it or one of its issuers has expired"),
            (10, None, "it or one of its issuers has expired"),
            (9, None, "not valid yet"),
            (62, None, "it is not for a.example"),
            (64, SHOWN, "it is for other.example, not for a.example"),
            (19, None, "its issuer is not among the trusted ones; name it with `ca`"),
            (20, SHOWN, "it was issued by Some CA, which is not among the trusted ones; name it with `ca`"),
            (26, SHOWN, "unsuitable certificate purpose"),
        ],
    )
    def test_is_put_in_words(self, code: int, said: certificate.Certificate | None, reason: str) -> None:
        error = ssl.SSLCertVerificationError()
        error.verify_code, error.verify_message = code, "unsuitable certificate purpose"
        assert str(tls.explain(error, "a.example", said)).startswith(f"certificate of a.example: {reason}")

    def test_of_a_library_without_words_is_passed_on(self) -> None:
        assert str(tls.explain(ssl.SSLError(1, "broken"), "a.example", None)) == "no TLS with a.example: broken"


class TestReader:
    def der(self, cert: trustme.LeafCert) -> bytes:
        return ssl.PEM_cert_to_DER_cert(cert.cert_chain_pems[0].bytes().decode())

    @pytest.mark.parametrize("year", [2049, 2050, 2200])
    def test_agrees_with_cryptography(self, year: int) -> None:
        ends = datetime(year, 5, 6, 7, 8, 9, tzinfo=UTC)
        starts = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
        der = self.der(CA.issue_cert("a.example", "*.b.example", "::1", "10.0.0.1", not_before=starts, not_after=ends))
        theirs, ours = x509.load_der_x509_certificate(der), certificate.read(der)
        names = theirs.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert (ours.starts, ours.ends) == (theirs.not_valid_before_utc, theirs.not_valid_after_utc) == (starts, ends)
        assert list(ours.names) == [
            str(name.value)
            for name in names
            if isinstance(name.value, str | ipaddress.IPv4Address | ipaddress.IPv6Address)
        ]
        assert not ours.self_signed
        assert ours.issuer == "Test CA Ltd"

    def test_reads_the_common_name_where_there_is_nothing_else(self) -> None:
        der = x509.load_pem_x509_certificate(CA.cert_pem.bytes()).public_bytes(Encoding.DER)
        found = certificate.read(der)
        assert found.self_signed
        assert found.issuer == "Test CA Ltd"

    @given(st.data())
    def test_refuses_what_is_broken_and_never_breaks(self, data: st.DataObject) -> None:
        der = bytearray(self.der(LEAF))
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, 200))
            der[at] = data.draw(st.integers(0, 255))
        with contextlib.suppress(ValueError):
            certificate.read(bytes(der[: data.draw(st.integers(0, len(der)))]))


LEAF = CA.issue_cert("a.example")
