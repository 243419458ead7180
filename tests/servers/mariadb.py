"""A real MariaDB server, if one is installed or ``MARIADB_URL`` names one with an account that may do everything."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_PATIENCE = 60


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the URL of a server, with no database in it; tests that need it are skipped where there is none."""
    pytest.importorskip("pymysql", reason="needs MariaDB: pip install pymysql")
    if url := os.environ.get("MARIADB_URL"):
        yield url
        return
    server, installer = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    if server is None or installer is None:
        pytest.skip("needs MariaDB: install mariadb-server, or name a server in MARIADB_URL")
    data = tmp_path_factory.mktemp("mariadb")
    shared = ["--no-defaults", f"--datadir={data}", *(["--user=root"] if os.getuid() == 0 else [])]
    subprocess.run(
        [installer, *shared, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
        timeout=_PATIENCE,
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [server, *shared, f"--port={port}", "--bind-address=127.0.0.1", f"--socket={data}/s"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(Path(data) / "s", process)
        yield f"mysql://root@127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait(path: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while not path.exists():
        if process.poll() is not None or time.monotonic() > until:
            pytest.fail("MariaDB did not start")
        time.sleep(0.05)
