"""A small project with everything that the rows look at, and a server that answers what they ask."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN = "token-0123456789-abcdef"

FILES = Path(__file__).parent / "shop.txt"


def texts() -> dict[str, str]:
    """Return the files that shop.txt holds, by their paths."""
    _, *parts = FILES.read_text(encoding="utf-8").split("\n=== ")
    last = len(parts) - 1
    split = [(part if at == last else f"{part}\n").partition("\n") for at, part in enumerate(parts)]
    return {name: text for name, _, text in split}


def write(root: Path) -> None:
    """Write the whole project below *root*."""
    files = {**texts(), **reports(), "shop.pid": str(os.getpid())}
    files[".env"] = files[".env.example"]
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "data/models").mkdir(parents=True)
    (root / "data/models").chmod(0o755)
    for name, size in (("models/1/model.bin", 2000), ("backups/monday.dump", 4096)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x" * size)
    with closing(sqlite3.connect(root / "shop.db")) as database:
        database.executescript(
            "create table orders (id integer primary key, state text, note text, made text);"
            "create table stock (id integer); create index orders_state on orders (state);"
            "create view open_orders as select * from orders where state = 'OPEN';"
            "insert into orders values (1, 'DONE', 'fine', '2026-01-01'), (2, 'DONE', '', '2026-01-02'),"
            " (3, 'DONE', '', '2026-01-03');"
        )


def reports() -> dict[str, str]:
    """Return what other tools would have left just now."""
    now = datetime.now(UTC)
    events = {3: "start", 2: "auth.login", 1: "order"}
    records = [
        {
            "timestamp": (now - timedelta(minutes=ago)).isoformat(),
            "level": "INFO",
            "correlation_id": "1",
            "event": event,
        }
        for ago, event in events.items()
    ]
    lines = [f"{now.isoformat()} INFO learning began", f"{now.isoformat()} WARNING slow"]
    return {
        "logs/app.jsonl": "".join(json.dumps(record) + "\n" for record in records),
        "logs/app.log": "\n".join(lines) + "\n",
        "exports/monthly.json": "[]\n",
        "figures/before.json": '{"sharpe": 1.5}',
        "figures/now.json": '{"sharpe": 1.6}',
        "reports/e2e.xml": (
            f'<testsuites><testsuite name="checkout" tests="2" failures="0" errors="0" skipped="0"'
            f' timestamp="{now.isoformat(timespec="seconds")}" time="1">'
            '<testcase classname="checkout" name="a customer pays" time="0.5"/>'
            '<testcase classname="checkout" name="a customer leaves" time="0.5"/></testsuite></testsuites>'
        ),
        "reports/bandit.sarif": json.dumps(
            {
                "version": "2.1.0",
                "runs": [
                    {
                        "tool": {"driver": {"name": "Bandit"}},
                        "invocations": [
                            {"executionSuccessful": True, "endTimeUtc": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
                        ],
                        "results": [{"ruleId": "B311", "level": "note", "message": {"text": "random"}}],
                    }
                ],
            }
        ),
        "reports/tsc.txt": "src/a.ts(1,5): error TS2322: Type 'string' is not assignable to type 'number'.\n",
        "reports/k6.json": json.dumps(K6),
        "benchmarks/latest.json": json.dumps(benchmarks(now, 1.0)),
        "benchmarks/before.json": json.dumps(benchmarks(now - timedelta(days=7), 1.01)),
    }


def benchmarks(when: datetime, factor: float) -> dict[str, object]:
    """Return a run of pytest-benchmark whose times are *factor* times the usual ones."""

    def one(name: str, mean: float) -> dict[str, object]:
        times = {"min": mean, "max": mean, "mean": mean, "median": mean, "stddev": 0.0, "rounds": 5, "ops": 1 / mean}
        return {"name": name, "fullname": f"tests/b.py::{name}", "group": "orders", "params": None, "stats": times}

    return {
        "machine_info": {"node": "n", "machine": "x86_64", "system": "Linux", "python_version": "3.11.7"},
        "datetime": when.isoformat(),
        "version": "5.0.0",
        "benchmarks": [one("test_total", 0.01 * factor), one("test_slow_total", 0.03 * factor)],
    }


K6 = {
    "metrics": {
        "http_reqs": {"count": 6200, "rate": 103.4},
        "http_req_duration": {"avg": 1.2, "min": 0.5, "med": 1.0, "max": 9.0, "p(90)": 2.0, "p(95)": 2.4},
        "http_req_failed": {"value": 0.0, "passes": 0, "fails": 6200},
    },
    "state": {"testRunDurationMs": 60_000},
}


# --- the server ------------------------------------------------------------------------------------------

MODELS = [{"model_id": f"{kind}1", "model_type": kind, "metrics": {"accuracy": 0.75}} for kind in "dcba"][::-1]
PAST = datetime.now(UTC) - timedelta(hours=2)
DONE = {
    "job_id": "done",
    "status": "COMPLETED",
    "details": {"a": 12.5},
    "succeeded": 4,
    "began": PAST.isoformat(),
    "ended": (PAST + timedelta(minutes=50)).isoformat(),
}


class Shop(BaseHTTPRequestHandler):
    """Answers what the rows ask; ``jobs`` and ``numbers`` belong to one server."""

    protocol_version = "HTTP/1.1"
    jobs: dict[str, float]
    numbers: Iterator[int]

    def answer(self, status: int, body: object, **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content_Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        plain = {
            "/models": MODELS,
            "/search": {"data": {"result": [query]}},
            "/jobs": [DONE],
        }
        if path.endswith("/health"):
            self.answer(200, {"version": "1.2.0", "checks": {"redis": "ok", "postgres": "ok", "disk": "ok"}})
        elif path in plain:
            self.answer(200, plain[path])
        elif path.startswith("/jobs/"):
            self.answer(200, self.job(path.removeprefix("/jobs/")))
        elif path == "/metrics":
            self.answer(200, "# TYPE http_requests_total counter\nhttp_requests_total 1\n", Content_Type="text/plain")
        else:
            self.refuse(path)

    def refuse(self, path: str) -> None:
        """Let in who may be."""
        if path == "/private":
            self.answer(302, "", Location="/login")
        elif path == "/dashboard":
            self.answer(200 if self.headers["Authorization"] == f"Bearer {TOKEN}" else 401, {})
        elif path == "/orders":
            self.answer(200 if self.headers["X-API-Key"] == TOKEN else 401, {"detail": "no key"})
        elif path == "/limited":
            self.answer(200 if next(self.numbers) < 10 else 429, {})
        else:
            self.answer(404, {"detail": "not found"})

    def job(self, job_id: str) -> dict[str, object]:
        age = time.monotonic() - self.jobs.get(job_id, 0.0)
        return {**DONE, "status": "PENDING" if age < 0.4 else "RUNNING" if age < 0.8 else "COMPLETED"}

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}")
        if self.path == "/predict":
            self.answer(200 if "sensor" in sent else 422, {"prediction": 0.5} if "sensor" in sent else {"detail": "no"})
        elif self.path == "/run":
            self.answer(202 if self.headers["Authorization"] == f"Bearer {TOKEN}" else 401, {})
        else:
            self.jobs["new"] = time.monotonic()
            self.answer(202, {"job_id": "new"})

    def do_OPTIONS(self) -> None:
        self.answer(405, {"detail": "not allowed"})

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    """Lets a burst wait in line."""

    request_queue_size = 128


@contextmanager
def serving() -> Iterator[str]:
    """Yield the URL of a running server."""
    handler = type("Handler", (Shop,), {"jobs": {}, "numbers": itertools.count()})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join(5)
