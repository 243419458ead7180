"""One question to one URL: over TLS, and what is made of answers that are none."""

from __future__ import annotations

import gzip
import ssl
from pathlib import Path

import pytest
import trustme

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._http.ask import ask, good, json_of
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.url import parse

from .conftest import MakeContext
from .servers import closed_port, http, serving


def test_an_issuer_may_be_named(make_context: MakeContext, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(context=context) as server:
        server.answer(http(b'{"a": 1}'))
        target = parse(server.url)
        assert json_of(ask(make_context(), target, Request(), ca="ca.pem")) == {"a": 1}
        with pytest.raises(NoAnswer, match="certificate"):
            ask(make_context(), target, Request())


def test_nobody_there_is_told_with_the_place(make_context: MakeContext) -> None:
    port = closed_port()
    with pytest.raises(NoAnswer, match=rf"http://127\.0\.0\.1:{port}/: connection refused"):
        ask(make_context(), parse(f"http://127.0.0.1:{port}"), Request())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http(b"no", "404 Not Found"), "answered 404 Not Found: no$"),
        (http(b"", "500 "), "answered 500$"),
        (http(gzip.compress(b"packed", mtime=0), "502 Bad", "Content-Encoding: gzip"), "answered 502 Bad: packed"),
        (http(b"x", "502 Bad", "Content-Encoding: br"), "answered 502 Bad: the body is packed with"),
        (http(b"moved", "302 Found"), "answered 302 Found$"),
    ],
)
def test_what_is_no_good_answer_says_what_it_is(make_context: MakeContext, answer: bytes, words: str) -> None:
    with serving() as server:
        server.answer(answer)
        found = ask(make_context(), parse(server.url), Request())
    with pytest.raises(CannotMeasure, match=words):
        good(found)


def test_what_is_not_json_is_told_with_the_place(make_context: MakeContext) -> None:
    with serving() as server:
        server.answer(http(b"hello"))
        found = good(ask(make_context(), parse(server.url), Request()))
    with pytest.raises(NoAnswer, match=r"^http://127\.0\.0\.1:\d+/: the body is not JSON: 'hello'$"):
        json_of(found)
