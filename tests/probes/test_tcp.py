"""Ports: who takes connections, and what is at the port where nobody can tell."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.options import convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes._http.errors import NotConnected, connecting
from pytest_readiness.probes.tcp import Tcp, Tls
from pytest_readiness.testing import run_probe

from .servers import Server, closed_port, serving

NOW = datetime.now(UTC)
CA = trustme.CA(organization_name="Test CA Ltd")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(lambda connection, _: connection.recv(1)) as made:
        yield made


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Server]:
    CA.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("db.example", not_after=NOW + timedelta(days=10)).configure_cert(context)
    with serving(lambda connection, _: connection.recv(1), context=context) as made:
        yield made


class TestTargets:
    def test_that_all_take_connections_pass(self, server: Server) -> None:
        place = f"127.0.0.1:{server.port}"
        result = run_probe(Tcp(targets=(place, place, f"localhost:{server.port}")))
        assert result.outcome is Outcome.PASSED, result.reason
        assert {name: each.value for name, each in result.measurements.items()} == {"targets": 2, "unreachable": 0}
        assert result.evidence[0].text.startswith(f"{place}: connected in ")

    @pytest.mark.no_false_green
    def test_that_one_refuses_fails_and_is_named(self, server: Server) -> None:
        shut = f"127.0.0.1:{closed_port()}"
        result = run_probe(Tcp(targets=(shut, f"127.0.0.1:{server.port}")))
        assert (result.outcome, result.reason) == (Outcome.FAILED, "unreachable is 1, expected 0")
        assert f"{shut}: connection refused" in result.evidence[0].text

    @pytest.mark.no_false_green
    def test_that_nobody_can_find_are_an_error(self, server: Server) -> None:
        result = run_probe(Tcp(targets=(f"127.0.0.1:{server.port}", "no-such-host.invalid:80")))
        assert result.outcome is Outcome.ERROR
        assert "unreachable was not measured: no-such-host.invalid:80: " in result.reason

    def test_that_stay_silent_fail_at_the_deadline(self, server: Server) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
            port = full.getsockname()[1]
            waiting = [socket.socket() for _ in range(8)]
            try:
                for one in waiting:
                    one.setblocking(False)
                    one.connect_ex(("127.0.0.1", port))
                targets = (f"127.0.0.1:{port}", f"127.0.0.1:{server.port}")
                result = run_probe(Tcp(targets=targets), timeout=1.0)
            finally:
                for one in waiting:
                    one.close()
        assert (result.outcome, result.reason) == (Outcome.FAILED, "unreachable is 1, expected 0")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({}, "say `host` and `port`, or several `targets`"),
            ({"host": "a"}, "say `host` and `port`"),
            ({"targets": ["a:1"], "host": "b"}, "without host, port, tls and speaks"),
            ({"targets": ["a:1"], "tls": True}, "without host, port, tls and speaks"),
            ({"targets": ["a:1"], "speaks": "smtp"}, "without host, port, tls and speaks"),
            ({"targets": ["a"]}, "'a' is not HOST:PORT"),
            ({"targets": ["a:70000"]}, "is not HOST:PORT"),
            ({"targets": ["::1:80"]}, r"write [::1]:80"),
            ({"targets": ["a b:80"]}, "a b"),
        ],
    )
    def test_that_cannot_be_used_are_refused(self, options: Mapping[str, object], message: str) -> None:
        problems: list[tuple[tuple[str | int, ...], str]] = []
        assert convert(Tcp, options, problems) is None
        assert message in problems[0][1]

    def test_of_version_6_are_in_brackets(self) -> None:
        assert list(Tcp(targets=("[::1]:80", "db:5432")).touches()) == [
            Touch("host", "[::1]:80"),
            Touch("host", "db:5432"),
        ]

    def test_of_one_port_are_not_counted(self, server: Server) -> None:
        result = run_probe(Tcp(host="127.0.0.1", port=server.port), expect={"unreachable": 0})
        assert "unreachable was not measured: give `targets`" in result.reason


class TestPort:
    def test_that_takes_connections_passes_without_anything_being_said(self, server: Server) -> None:
        result = run_probe(Tcp(host="127.0.0.1", port=server.port), expect={"latency": "< 1 s"})
        assert result.outcome is Outcome.PASSED
        assert result.reason == "connected is true, expected true; " + result.reason.partition("; ")[2]
        assert result.evidence[0].text.startswith(f"127.0.0.1:{server.port}: connected in ")

    def test_is_found_by_name(self, server: Server) -> None:
        assert run_probe(Tcp(host="LocalHost", port=server.port)).outcome is Outcome.PASSED

    def test_at_which_nobody_listens_fails_and_says_so(self) -> None:
        port = closed_port()
        result = run_probe(Tcp(host="127.0.0.1", port=port))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "connected is false, expected true"
        assert result.evidence[0].text == f"127.0.0.1:{port}: connection refused"

    def test_may_be_expected_to_be_closed(self) -> None:
        assert run_probe(Tcp(host="127.0.0.1", port=closed_port()), expect={"connected": False}).outcome is (
            Outcome.PASSED
        )

    def test_that_is_open_fails_a_gate_that_wants_it_closed(self, server: Server) -> None:
        result = run_probe(Tcp(host="127.0.0.1", port=server.port), expect={"connected": False})
        assert result.outcome is Outcome.FAILED

    def test_that_is_closed_has_no_latency(self) -> None:
        result = run_probe(Tcp(host="127.0.0.1", port=closed_port()), expect={"connected": False, "latency": "< 1 s"})
        assert result.outcome is Outcome.ERROR
        assert "latency was not measured: connection refused" in result.reason

    def test_that_stays_silent_fails_at_the_deadline(self) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
            place = full.getsockname()
            waiting = [socket.socket() for _ in range(8)]
            try:
                for one in waiting:  # a full queue: further attempts get no answer at all
                    one.setblocking(False)
                    one.connect_ex(place)
                started = time.monotonic()
                result = run_probe(Tcp(host="127.0.0.1", port=place[1]), timeout=0.5)
            finally:
                for one in waiting:
                    one.close()
        assert time.monotonic() - started < 1.5
        assert result.outcome is Outcome.FAILED
        assert "no answer to the attempt to connect, in the time there was" in result.evidence[0].text

    def test_of_a_name_that_leads_nowhere_is_an_error_whatever_is_expected(self) -> None:
        result = run_probe(Tcp(host="nobody.invalid", port=80), expect={"connected": False})
        assert result.outcome is Outcome.ERROR
        assert result.reason.startswith("nobody.invalid:80: the name nobody.invalid ")

    @pytest.mark.parametrize(
        ("code", "theirs"),
        [
            (errno.ECONNREFUSED, True),
            (errno.ETIMEDOUT, True),
            (errno.EHOSTUNREACH, True),
            (errno.ENETUNREACH, False),
            (errno.EMFILE, False),
            (errno.EPERM, False),
        ],
    )
    def test_is_called_closed_only_by_the_other_side(self, code: int, theirs: bool) -> None:
        assert isinstance(connecting(code), NotConnected) is theirs
        assert str(connecting(code))


class TestTls:
    def test_is_agreed_on_and_the_certificate_measured(self, secure: Server, tmp_path: Path) -> None:
        probe = Tcp(host="127.0.0.1", port=secure.port, tls=Tls(ca="ca.pem", server_name="db.example"))
        result = run_probe(probe, root=tmp_path, now=NOW, expect={"tls_days": "9..11", "latency": "< 1 s"})
        assert result.outcome is Outcome.PASSED
        assert "; certificate for db.example; issued by Test CA Ltd; ends on " in result.evidence[0].text

    def test_with_a_certificate_for_somebody_else_is_an_error_whatever_is_expected(
        self, secure: Server, tmp_path: Path
    ) -> None:
        probe = Tcp(host="127.0.0.1", port=secure.port, tls=Tls(ca="ca.pem"))
        result = run_probe(probe, root=tmp_path, expect={"connected": False})
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith("certificate of 127.0.0.1: it is for db.example, not for 127.0.0.1")

    def test_of_an_unknown_issuer_is_an_error(self, secure: Server) -> None:
        result = run_probe(Tcp(host="127.0.0.1", port=secure.port, tls=True))
        assert result.outcome is Outcome.ERROR
        assert "issued by Test CA Ltd, which is not among the trusted ones" in result.reason

    def test_need_not_be_trusted(self, secure: Server) -> None:
        probe = Tcp(host="127.0.0.1", port=secure.port, tls=Tls(verify=False))
        assert run_probe(probe, expect={"tls_days": "> 0"}).outcome is Outcome.PASSED

    def test_with_a_ca_that_is_not_there_is_an_error(self, secure: Server, tmp_path: Path) -> None:
        probe = Tcp(host="127.0.0.1", port=secure.port, tls=Tls(ca="nothing.pem"))
        result = run_probe(probe, root=tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "the certificates to trust cannot be read from" in result.reason

    def test_that_was_not_asked_for_has_no_days(self, server: Server) -> None:
        result = run_probe(Tcp(host="127.0.0.1", port=server.port), expect={"tls_days": "> 0"})
        assert result.outcome is Outcome.ERROR
        assert "no certificate was seen; it is asked for with `tls` only" in result.reason


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "option", "message"),
        [
            ({"host": "a b", "port": 1}, "host", "'a b' is not a host name"),
            ({"host": "", "port": 1}, "host", "the host is missing"),
            ({"host": "a", "port": 0}, "port", "0 is not between 1 and 65535"),
            ({"host": "a", "port": 65536}, "port", "65536 is not between 1 and 65535"),
        ],
    )
    def test_that_cannot_be_used_are_refused(self, options: Mapping[str, object], option: str, message: str) -> None:
        with pytest.raises(OptionError) as caught:
            Tcp(**options)  # type: ignore[arg-type]
        assert (caught.value.option, caught.value.message) == (option, message)

    def test_of_a_server_name_that_is_none_are_refused(self) -> None:
        with pytest.raises(OptionError, match="is not a host name"):
            Tls(server_name="-")

    def test_are_read_from_a_spec(self) -> None:
        plain = convert(Tcp, {"host": "db", "port": 5432, "tls": True}, [])
        assert plain == Tcp(host="db", port=5432, tls=True)
        full = convert(Tcp, {"host": "db", "port": 5432, "tls": {"ca": "ca.pem", "server_name": "x.example"}}, [])
        assert full == Tcp(host="db", port=5432, tls=Tls(ca="ca.pem", server_name="x.example"))

    def test_say_what_is_touched(self) -> None:
        assert list(Tcp(host="db", port=1, tls=Tls(ca="ca.pem")).touches()) == [
            Touch("host", "db:1"),
            Touch("file", "ca.pem"),
        ]
        assert list(Tcp(host="db", port=1).touches()) == [Touch("host", "db:1")]
