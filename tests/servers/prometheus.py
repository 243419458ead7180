"""A real Prometheus with two hours of samples, where Debian's package `prometheus` is installed."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from pytest_readiness.services import free_port

#: Seconds between two samples, and how many there are.
STEP, SAMPLES = 60, 121


def openmetrics(end: int) -> str:
    """Return samples up to *end*: `up` is 0 three times, and one request of a thousand fails."""
    moments = [(number, end - (SAMPLES - 1 - number) * STEP) for number in range(SAMPLES)]
    lines = ["# TYPE up gauge"]
    lines += [f'up{{job="api"}} {int(number not in {10, 11, 12})} {at}' for number, at in moments]
    lines += [f'up{{job="worker"}} 1 {at}' for _, at in moments]
    lines.append("# TYPE http_requests counter")
    for code, each in (("200", 999), ("500", 1)):
        lines += [f'http_requests_total{{code="{code}"}} {number * each} {at}' for number, at in moments]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of the server."""
    programs = [shutil.which(name) for name in ("prometheus", "promtool")]
    server, tool = programs
    if server is None or tool is None:
        pytest.skip(
            "prometheus is not installed (apt-get install prometheus): its recorded answers are tested all the same"
        )
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "samples.txt").write_text(openmetrics(int(time.time())))
    subprocess.run(
        [tool, "tsdb", "create-blocks-from", "openmetrics", "samples.txt", "data"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=60,
    )
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 1h}\n")
    port = free_port()
    command = [
        server,
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/-/ready", process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    pytest.fail(f"prometheus did not get ready: {log.read_text()[-2000:]}")
