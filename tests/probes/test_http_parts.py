"""The pieces below the http and tcp probes: URLs, the loop, names that lead to several addresses."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.deadline import Deadline
from pytest_readiness.model import Outcome
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.findings import percentile
from pytest_readiness.probes._http.loop import Loop, early
from pytest_readiness.probes._http.url import host, parse
from pytest_readiness.probes._http.wire import Answer, Reader
from pytest_readiness.probes.http import Http
from pytest_readiness.probes.tcp import Tcp
from pytest_readiness.testing import run_probe

from .servers import closed_port, http, serving


class TestUrl:
    @pytest.mark.parametrize(
        ("url", "shown", "login"),
        [
            ("http://a", "http://a/", None),
            ("HTTP://Example.ORG:80/A", "http://example.org/A", None),
            ("https://a:443?x", "https://a/?x", None),
            ("https://a:8443/b?c=d#e", "https://a:8443/b?c=d", None),
            ("http://a:/b", "http://a/b", None),
            ("http://[::1]:8000/", "http://[::1]:8000/", None),
            ("http://[2001:DB8:0::1]/", "http://[2001:db8::1]/", None),
            ("http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", None),
            ("http://bücher.example/ä?ö=%20", "http://xn--bcher-kva.example/%C3%A4?%C3%B6=%20", None),
            ("http://ann:p%40ss@a/", "http://a/", "ann:p@ss"),
            ("http://a@b:c@host/", "http://host/", "a@b:c"),
            ("http://my_service:8000/", "http://my_service:8000/", None),
            ("http://a.example./", "http://a.example./", None),
        ],
    )
    def test_is_taken_apart(self, url: str, shown: str, login: str | None) -> None:
        target = parse(url)
        assert (str(target), target.login) == (shown, login)

    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("/health", "'/health' is not a URL; write http://HOST/PATH or https://HOST/PATH"),
            ("$BASE_URL/x", "'$BASE_URL/x' is not a URL; write ${BASE_URL} for the variable"),
            ("", "'' is not a URL; write http://HOST/PATH or https://HOST/PATH"),
            ("localhost:8000/", "'localhost:8000/' is not a URL; write http://HOST/PATH or https://HOST/PATH"),
            ("ftp://a/", "'ftp://a/': ftp is not supported; only http and https are"),
            ("http://a/b c", "'http://a/b c' holds a space; write it percent-encoded"),
            ("http://a/\r\nX: y", r"'http://a/\r\nX: y' holds a line break; write it percent-encoded"),
            ("http://a\\b/", "holds a backslash; write it percent-encoded"),
            ("http://a/\x00", "holds the control character 0; write it percent-encoded"),
            ("http:///x", "the host is missing"),
            ("http://a:99999/", "port 99999 is not between 1 and 65535"),
            ("http://a:0/", "port 0 is not between 1 and 65535"),
            ("http://a:x/", "'http://a:x/': 'a:x' is not a host with a port"),
            ("http://secret:pw@a:x/", "'http://a:x/': 'a:x' is not a host with a port"),
            ("http://-a/", "'-a' is not a host name"),
            ("http://a..b/", "'a..b' is not a host name"),
            (f"http://{'ä' * 70}/", "is not a host name"),
            (f"http://{'a.' * 130}b/", "is not a host name"),
            ("http://1.2.3/", "'1.2.3' is not an IPv4 address; write four numbers up to 255"),
            ("http://256.1.1.1/", "'256.1.1.1' is not an IPv4 address; write four numbers up to 255"),
            ("http://[::1::]/", "[::1::] is not an IPv6 address"),
            ("http://a/" + "x" * 9000, "a URL of 9009 characters is too long (at most 8192)"),
            ("nothing" * 30, "... is not a URL"),
        ],
    )
    def test_that_is_none_is_refused(self, url: str, message: str) -> None:
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is what is tested
            parse(url)
        if message.startswith("..."):
            assert "...' is not a URL" in str(caught.value)
        else:
            assert message in str(caught.value)
        assert "pw" not in str(caught.value)

    @given(st.text(max_size=60))
    def test_of_any_text_is_read_or_refused_and_fits_a_request_line(self, text: str) -> None:
        try:
            target = parse(f"http://a/{text}")
        except ValueError:
            return
        assert target.path.isascii()
        assert " " not in target.path
        assert target.path.isprintable()
        assert parse(str(target)) == target

    @pytest.mark.parametrize(("text", "plain"), [("[::1]", "::1"), ("::1", "::1"), ("DB", "db"), ("127.0.0.1",) * 2])
    def test_without_anything_but_a_host_is_read_too(self, text: str, plain: str) -> None:
        assert host(text) == plain


class Pieces:
    """A source that gives what it was given, piece by piece, and then ends."""

    doing = ""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = [piece for piece in pieces if piece]

    async def receive(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


def answer(*pieces: bytes) -> Answer:
    """Return the answer read from *pieces*; nothing here ever waits."""
    with pytest.raises(StopIteration) as end:
        Reader(Pieces(*pieces)).answer("GET").send(None)
    found = end.value.value
    assert isinstance(found, Answer)
    return found


class TestReader:
    whole = (
        b"HTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 201 Made\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n6;x\r\n world\r\n0\r\nT: t\r\n\r\n"
    )

    @given(st.lists(st.integers(0, len(whole)), max_size=20))
    def test_does_not_care_how_an_answer_is_cut(self, cuts: list[int]) -> None:
        edges = [0, *sorted(cuts), len(self.whole)]
        found = answer(*(self.whole[start:end] for start, end in pairwise(edges)))
        assert (found.status, found.phrase, found.body, found.reusable) == (201, "Made", b"hello world", True)
        assert found.headers == {"a": "b", "transfer-encoding": "chunked"}

    @given(st.integers(0, len(whole) - 1))
    def test_never_takes_a_part_for_the_whole(self, end: int) -> None:
        with pytest.raises(NoAnswer):
            answer(self.whole[:end])

    @given(st.binary(max_size=300), st.integers(0, len(whole)))
    def test_of_anything_else_says_what_is_wrong(self, noise: bytes, at: int) -> None:
        with contextlib.suppress(NoAnswer):
            answer(self.whole[:at] + noise + self.whole[at:])

    def test_of_a_head_that_comes_drop_by_drop_stays_quick(self) -> None:
        started = time.process_time()
        with pytest.raises(NoAnswer, match="its headers do not end within 64 KiB"):
            answer(b"HTTP/1.1 200 OK\r\nA: ", *[b"x"] * 70_000)
        assert time.process_time() - started < 2


class TestLoop:
    def test_ends_a_wait_of_its_own_time_and_lets_the_others_be(self) -> None:
        ends: list[str] = []

        async def wait(sock: socket.socket, name: str, until: float | None) -> None:
            try:
                await loop.readable(sock, until)
            except TimeoutError:
                ends.append(f"{name} timed out")
            else:
                ends.append(f"{name} was told")
            loop.forget(sock)

        ours, theirs = socket.socketpair()
        other, silent = socket.socketpair()
        loop = Loop(time.monotonic() + 5)
        with ours, theirs, other, silent:

            async def tell() -> None:
                try:
                    await loop.readable(silent, time.monotonic() + 0.1)
                except TimeoutError:
                    theirs.send(b"x")

            loop.run([wait(ours, "ours", None), wait(other, "other", time.monotonic() + 0.05), tell()])
        assert ends == ["other timed out", "ours was told"]

    def test_ends_the_others_where_one_breaks(self) -> None:
        closed: list[str] = []
        ours, theirs = socket.socketpair()
        loop = Loop(time.monotonic() + 5)

        async def wait() -> None:
            try:
                await loop.readable(ours)
            finally:
                closed.append("waiting")

        async def fail() -> None:
            raise RuntimeError("broken")

        with ours, theirs, pytest.raises(RuntimeError, match="broken"):
            loop.run([wait(), fail()])
        assert closed == ["waiting"]

    def test_ends_shortly_before_the_deadline(self) -> None:
        now = time.monotonic()
        assert now + 9.7 < early(Deadline(now + 10)) <= now + 9.76
        assert now + 0.85 < early(Deadline(now + 1)) <= now + 0.91


class TestNames:
    """The names that lead to several addresses are made up; the addresses are real."""

    @pytest.fixture
    def leads_to(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
        real = socket.getaddrinfo

        def set_up(*addresses: tuple[int, tuple[str, int]], wait: float = 0.0) -> None:
            def lookup(name: str, port: int, *args: object, **more: int) -> list[object]:
                if name != "many.example":
                    return list(real(name, port, **more))
                if more.get("flags"):
                    raise socket.gaierror(socket.EAI_NONAME, "not an address")
                time.sleep(wait)
                return [(family, socket.SOCK_STREAM, 6, "", address) for family, address in addresses]

            monkeypatch.setattr(socket, "getaddrinfo", lookup)

        return set_up

    def test_are_tried_one_after_the_other(self, leads_to: Callable[..., None]) -> None:
        with serving() as server:
            server.answer(http())
            leads_to(
                (socket.AF_INET, ("127.0.0.1", closed_port())),
                (socket.AF_INET, ("127.0.0.1", server.port)),
            )
            assert run_probe(Http(url="http://many.example/")).outcome is Outcome.PASSED

    def test_that_all_refuse_are_refused(self, leads_to: Callable[..., None]) -> None:
        leads_to((socket.AF_INET, ("127.0.0.1", closed_port())), (socket.AF_INET, ("127.0.0.1", closed_port())))
        result = run_probe(Tcp(host="many.example", port=80))
        assert result.outcome is Outcome.FAILED

    def test_of_which_this_machine_cannot_reach_one_tell_what_the_other_says(
        self, leads_to: Callable[..., None]
    ) -> None:
        refusing, unusable = (socket.AF_INET, ("127.0.0.1", closed_port())), (9999, ("nowhere", 1))
        for order in ((refusing, unusable), (unusable, refusing)):
            leads_to(*order)
            assert run_probe(Tcp(host="many.example", port=80)).reason == "connected is false, expected true"

    def test_that_have_no_address_are_an_error(self, leads_to: Callable[..., None]) -> None:
        leads_to()
        result = run_probe(Tcp(host="many.example", port=80))
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith("the name many.example cannot be resolved: it has no address")

    def test_that_are_not_resolved_in_time_do_not_hold_anything_up(self, leads_to: Callable[..., None]) -> None:
        leads_to(wait=2.0)
        started = time.monotonic()
        result = run_probe(Http(urls=("http://many.example/1", "http://many.example/2")), timeout=0.4)
        assert time.monotonic() - started < 1.5
        assert result.outcome is Outcome.ERROR
        assert "http://many.example/1: the name many.example was not resolved in time" in result.reason


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99)] == [50.0, 95.0, 99.0]
    assert percentile([1.0, 2.0], 0.5) == 1.0
    assert percentile([float(number) for number in range(1, 21)], 0.95) == 19.0
