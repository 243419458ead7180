"""What is spoken at a port: SMTP with a real server, LDAP by its messages, and things that are neither."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result
from pytest_readiness.probes._tcp import ldap
from pytest_readiness.probes._tcp.ldap import _item, _message
from pytest_readiness.probes.tcp import Tcp, Tls
from pytest_readiness.testing import run_probe
from tests.servers.smtp import MailServer

from .servers import Server, serving

NOW = datetime.now(UTC)
CA = trustme.CA(organization_name="Test CA Ltd")
TLS = Tls(ca="ca.pem", server_name="mail.example", starttls=True)


@pytest.fixture(autouse=True)
def _trusted(tmp_path: Path) -> None:
    CA.cert_pem.write_to_path(str(tmp_path / "ca.pem"))


def tls_context(name: str = "mail.example") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert(name, not_after=NOW + timedelta(days=10)).configure_cert(context)
    return context


def judged(server: Server | MailServer, tmp_path: Path, probe: str = "smtp", **options: object) -> Result:
    expect = options.pop("expect", None)
    timeout = options.pop("timeout", 5.0)
    made = Tcp(host="127.0.0.1", port=server.port, speaks=probe, **options)  # type: ignore[arg-type]
    return run_probe(made, root=tmp_path, now=NOW, expect=expect, timeout=timeout)  # type: ignore[arg-type]


def said(result: Result, title: str) -> str:
    return next(item.text for item in result.evidence if item.title == title)


@contextmanager
def speaking(*turns: bytes) -> Iterator[Server]:
    """Say the first of *turns* at once, the others after each line; then close."""

    def manners(connection: socket.socket, _: Server) -> None:
        for number, turn in enumerate(turns):
            if number:
                connection.recv(1000)
            connection.sendall(turn)

    with serving(manners) as server:
        yield server


class TestSmtp:
    def test_is_spoken_by_a_real_server(self, mail_server: Callable[..., MailServer], tmp_path: Path) -> None:
        result = judged(mail_server(), tmp_path, expect={"banner": "~ Mail for tests", "starttls": False})
        assert result.outcome is Outcome.PASSED, result.reason
        assert "TLS is not offered" in said(result, "smtp")

    def test_is_secured_by_starttls_and_the_certificate_measured(
        self, mail_server: Callable[..., MailServer], tmp_path: Path
    ) -> None:
        result = judged(mail_server(tls_context()), tmp_path, tls=TLS, expect={"tls_days": "9..11"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert "certificate for mail.example" in said(result, "connection")

    def test_with_a_certificate_for_somebody_else_is_an_error(
        self, mail_server: Callable[..., MailServer], tmp_path: Path
    ) -> None:
        result = judged(mail_server(tls_context("other.example")), tmp_path, tls=TLS)
        assert result.outcome is Outcome.ERROR
        assert "certificate of mail.example: it is " in result.reason

    def test_without_the_tls_that_is_asked_for_fails(
        self, mail_server: Callable[..., MailServer], tmp_path: Path
    ) -> None:
        result = judged(mail_server(), tmp_path, tls=TLS)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "starttls is false, expected true"

    def test_without_tls_has_no_certificate(self, mail_server: Callable[..., MailServer], tmp_path: Path) -> None:
        result = judged(mail_server(), tmp_path, tls=TLS, expect={"tls_days": "> 1", "starttls": False})
        assert result.outcome is Outcome.ERROR
        assert "TLS is not offered in the conversation" in result.reason

    @pytest.mark.parametrize(
        ("turns", "why"),
        [
            ([b"SSH-2.0-OpenSSH_9.2\r\n"], "the greeting should be 220, and is 'SSH-2.0-OpenSSH_9.2'"),
            ([b"554 no service\r\n"], "the greeting should be 220, and is '554 no service'"),
            ([b"\r\n"], "the greeting is empty"),
            ([b"220-one\r\n" * 200], "the greeting has more than 100 lines"),
            ([b"220 " + b"x" * 9000], "a line of more than 4096 bytes came"),
            ([b"220 hi\r\n", b"502 what?\r\n"], "EHLO should be 250, and is '502 what?'"),
            ([b"22"], "the connection was closed after '22'"),
            ([b""], "the connection was closed without a word"),
        ],
    )
    def test_is_not_what_something_else_says(self, turns: list[bytes], why: str, tmp_path: Path) -> None:
        with speaking(*turns) as server:
            result = judged(server, tmp_path)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "speaks is false, expected true"
        assert why in said(result, "smtp")

    def test_that_is_not_spoken_says_so_where_a_banner_is_wanted(self, tmp_path: Path) -> None:
        with speaking(b"hello\r\n") as server:
            result = judged(server, tmp_path, expect={"banner": "x"})
        assert "banner was not measured: it does not speak SMTP" in result.reason

    def test_of_a_server_that_stays_silent_is_an_error_at_the_deadline(self, tmp_path: Path) -> None:
        with serving(lambda connection, _: connection.recv(1)) as server:
            result = judged(server, tmp_path, timeout=0.5)
        assert result.outcome is Outcome.ERROR
        assert "connected, and then no answer in SMTP in time" in result.reason

    def test_with_words_slipped_in_before_tls_is_an_error(self, tmp_path: Path) -> None:
        with speaking(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"220 go\r\n250 injected\r\n") as server:
            result = judged(server, tmp_path, tls=TLS)
        assert result.outcome is Outcome.ERROR
        assert "somebody may be in between" in result.reason

    def test_with_tls_offered_and_refused_is_an_error(self, tmp_path: Path) -> None:
        with speaking(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"454 not now\r\n") as server:
            result = judged(server, tmp_path, tls=TLS)
        assert result.outcome is Outcome.ERROR
        assert "STARTTLS is offered and does not work: STARTTLS should be 220, and is '454 not now'" in result.reason

    def test_a_connection_that_is_reset_is_no_conversation(self, tmp_path: Path) -> None:
        def reset(connection: socket.socket, _: Server) -> None:
            connection.sendall(b"220 hi\r\n")
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()

        with serving(reset) as server:
            result = judged(server, tmp_path)
        assert result.outcome is Outcome.FAILED
        assert "the connection was reset" in said(result, "smtp")


def entry(number: int, **values: list[bytes]) -> bytes:
    """Return what a server says of its root DSE."""
    attributes = b"".join(
        _item(0x30, _item(0x04, name.encode()) + _item(0x31, b"".join(_item(0x04, value) for value in every)))
        for name, every in values.items()
    )
    return _message(number, _item(0x64, _item(0x04) + _item(0x30, attributes)))


def done(number: int, code: int = 0, tag: int = 0x65) -> bytes:
    return _message(number, _item(tag, _item(0x0A, bytes([code])) + _item(0x04) * 2))


ROOT = {"vendorName": [b"Example"], "vendorVersion": [b"1.2"], "supportedExtension": [ldap._START_TLS]}


@contextmanager
def directory(*turns: bytes, context: ssl.SSLContext | None = None, after: bytes = b"") -> Iterator[Server]:
    """Answer each message with one of *turns*; with *context*, agree on TLS after them, and answer with *after*."""

    def manners(connection: socket.socket, _: Server) -> None:
        for turn in turns:
            connection.recv(1000)
            connection.sendall(turn)
        if context is None:
            connection.recv(1000)
            return
        connection = context.wrap_socket(connection, server_side=True)
        connection.recv(1000)
        connection.sendall(after)
        connection.recv(1000)
        connection.close()

    with serving(manners) as server:
        yield server


class TestLdap:
    def test_is_spoken_by_a_server_that_tells_of_itself(self, tmp_path: Path) -> None:
        with directory(entry(1, **ROOT) + done(1)) as server:
            result = judged(server, tmp_path, "ldap", expect={"banner": "Example 1.2", "starttls": True})
        assert result.outcome is Outcome.PASSED, result.reason
        assert server.connections == 1

    def test_is_spoken_by_a_server_that_tells_a_visitor_nothing(self, tmp_path: Path) -> None:
        with directory(done(1, 50)) as server:
            result = judged(server, tmp_path, "ldap")
            unknown = judged(server, tmp_path, "ldap", expect={"starttls": True, "banner": "x"})
        assert result.outcome is Outcome.PASSED
        assert "no name is given; whether TLS is offered is not told" in said(result, "ldap")
        assert unknown.outcome is Outcome.ERROR
        assert "starttls was not measured: a visitor without a login is not told" in unknown.reason
        assert "banner was not measured: the server does not name itself" in unknown.reason

    def test_is_secured_by_starttls(self, tmp_path: Path) -> None:
        root = entry(1, supportedExtension=[ldap._START_TLS]) + _message(1, _item(0x73)) + done(1)
        with directory(
            root, done(2, tag=0x78), context=tls_context(), after=entry(3, vendorName=[b"Example"]) + done(3)
        ) as server:
            result = judged(server, tmp_path, "ldap", tls=TLS, expect={"tls_days": "9..11", "banner": "Example"})
        assert result.outcome is Outcome.PASSED, result.reason

    def test_may_refuse_starttls(self, tmp_path: Path) -> None:
        with directory(done(1, 50), done(2, 52, 0x78)) as server:
            result = judged(server, tmp_path, "ldap", tls=TLS)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "starttls is false, expected true"

    def test_with_words_slipped_in_before_tls_is_an_error(self, tmp_path: Path) -> None:
        with directory(done(1, 50), done(2, 0, 0x78) + done(3)) as server:
            result = judged(server, tmp_path, "ldap", tls=TLS)
        assert result.outcome is Outcome.ERROR
        assert "somebody may be in between" in result.reason

    def test_is_spoken_over_tls_from_the_start(self, tmp_path: Path) -> None:
        def manners(connection: socket.socket, _: Server) -> None:
            connection.recv(1000)
            connection.sendall(entry(1, **ROOT) + done(1))
            connection.recv(1000)

        with serving(manners, context=tls_context()) as server:
            trust = Tls(ca="ca.pem", server_name="mail.example")
            result = judged(server, tmp_path, "ldap", tls=trust, expect={"tls_days": "> 1"})
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", "what came is no LDAP message: 'HT'"),
            (b"\x30\x00", "what came is no LDAP message"),
            (b"\x30\x84\x7f\xff\xff\xff", "a message of 2147483647 bytes was announced"),
            (b"\x30\x03\x02\x05\x01", "an LDAP message is damaged"),
            (b"\x30\x01\x02", "an LDAP message is damaged"),
            (done(9), "answers something that was not asked"),
            (_message(1, _item(0x61, b"\x0a\x01\x00")), "the answer to a search has the tag 0x61"),
            (_message(1, _item(0x65)), "an answer has no result code"),
            (_message(1, _item(0x73)) * 100, "the answer to a search does not end"),
        ],
    )
    def test_is_not_what_something_else_says(self, answer: bytes, why: str, tmp_path: Path) -> None:
        with directory(answer) as server:
            result = judged(server, tmp_path, "ldap")
        assert result.outcome is Outcome.FAILED
        assert why in said(result, "ldap")

    def test_with_an_answer_to_starttls_that_is_none_is_not_spoken(self, tmp_path: Path) -> None:
        with directory(done(1), done(2)) as server:
            result = judged(server, tmp_path, "ldap", tls=TLS)
        assert "the answer to StartTLS is none" in said(result, "ldap")

    def test_may_take_many_words(self, tmp_path: Path) -> None:
        with directory(entry(1, vendorName=[b"Example " * 50]) + done(1)) as server:
            result = judged(server, tmp_path, "ldap", expect={"banner": "~ ^(Example ){25}$"})
        assert result.outcome is Outcome.PASSED, result.reason

    def test_attributes_that_are_damaged_are_left_out(self) -> None:
        half = _item(0x30, _item(0x30, _item(0x04, b"vendorName")))
        assert ldap._attributes(_item(0x04) + half) == {}


class TestOptions:
    def test_starttls_without_a_protocol_is_refused(self) -> None:
        with pytest.raises(OptionError, match="say which one under `speaks`"):
            Tcp(host="a", port=25, tls=Tls(starttls=True))

    def test_what_is_expected_follows_from_them(self) -> None:
        assert Tcp(host="a", port=1).expected() == {"connected": True}
        assert Tcp(host="a", port=1, speaks="smtp").expected() == {"connected": True, "speaks": True}
        assert Tcp(host="a", port=1, speaks="smtp", tls=Tls(starttls=True)).expected() == {
            "connected": True,
            "speaks": True,
            "starttls": True,
        }

    def test_without_speaks_nothing_is_said(self) -> None:
        with serving(lambda connection, _: connection.recv(1)) as server:
            result = run_probe(Tcp(host="127.0.0.1", port=server.port), expect={"speaks": True})
        assert "speaks was not measured: a protocol is spoken with `speaks` only" in result.reason
