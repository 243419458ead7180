"""A real mail server, out of the wheel aiosmtpd, with or without STARTTLS."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest

from pytest_readiness.services import free_port


class MailServer(Protocol):
    """A server that takes mail at ``port`` of the loopback."""

    port: int


@pytest.fixture
def mail_server() -> Iterator[Callable[..., MailServer]]:
    """Yield what starts a mail server, given the TLS to offer, if any."""
    try:
        from aiosmtpd.controller import Controller
        from aiosmtpd.handlers import Sink
    except ImportError as error:
        if os.environ.get("CI"):
            pytest.fail(f"a mail server is needed in CI: pip install aiosmtpd ({error})")
        pytest.skip(f"needs a mail server: pip install aiosmtpd ({error})")
    running: list[Any] = []

    def start(tls: ssl.SSLContext | None = None) -> MailServer:
        server: Any = Controller(
            Sink(), hostname="127.0.0.1", port=free_port(), ident="Mail for tests", tls_context=tls
        )
        server.start()
        running.append(server)
        return server  # type: ignore[no-any-return]

    yield start
    for server in running:
        server.stop()
