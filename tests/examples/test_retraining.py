"""The retraining example, healthy and with one thing broken at a time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .running import copied, run

#: What is never green here: nobody has attested anything, the rest says so in the spec.
ALWAYS = {"side-by-side": "error", "benefits-seen": "error"}

Break = Callable[[Path], None]


def edit(name: str, old: str, new: str) -> Break:
    def apply(root: Path) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return apply


def remove(*names: str) -> Break:
    def apply(root: Path) -> None:
        for name in names:
            (root / name).unlink()

    return apply


def put(name: str, text: str = "") -> Break:
    def apply(root: Path) -> None:
        (root / name).write_text(text, encoding="utf-8")

    return apply


def append(name: str, text: str) -> Break:
    def apply(root: Path) -> None:
        with (root / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return apply


def damage_environment(root: Path) -> None:
    shutil.copy(root / "environments/damaged.env", root / ".env")


PACKAGE = "backend/ai/retraining"

BROKEN: dict[str, tuple[Break, dict[str, str]]] = {
    "an undecodable environment file": (
        damage_environment,
        {"dotenv": "failed", "variables": "blocked", "feature-flag": "blocked"},
    ),
    "a variable that is missing": (edit(".env", "DRIFT_THRESHOLD=2.0\n", ""), {"variables": "failed"}),
    "a variable that is no number": (edit(".env", "MIN_EXAMPLES=250", "MIN_EXAMPLES=many"), {"variables": "failed"}),
    "a flag that is neither on nor off": (
        edit(".env", "RETRAINING=true", "RETRAINING=maybe"),
        {"feature-flag": "failed"},
    ),
    "a cycle that happens to work": (
        append(f"{PACKAGE}/drift_monitor.py", "\n\nfrom backend.ai.retraining import trigger_service  # at the end\n"),
        {"no-cycles": "failed"},
    ),
    "a fifth module": (put(f"{PACKAGE}/helpers.py", '"""More."""\n'), {"four-modules": "failed"}),
    "a superseded module is back": (put("backend/ai/drift_detector.py", '"""Old."""\n'), {"old-files": "failed"}),
    "a file of the archive is gone": (remove("archive/retraining/drift_detector.py"), {"archive": "failed"}),
    "the summary without its guide": (
        edit("RETRAIN_CONSOLIDATION_SUMMARY.md", "## Migration guide", "## Table"),
        {"migration-guide": "failed"},
    ),
    "drift tests that are gone": (
        edit("tests/test_drift.py", "def test_drift_of_an_empty_window", "def no_test_of_an_empty_window"),
        {"drift-tests": "failed"},
    ),
    "database tests that are skipped": (
        edit(
            "tests/test_data_service.py",
            "pytest.mark.database]",
            'pytest.mark.database, pytest.mark.skip(reason="slow")]',
        ),
        {"database-tests": "failed", "data-tests": "failed", "suite": "failed"},
    ),
    "a deployment script with a syntax error": (
        edit("scripts/deploy.sh", "set -euo pipefail", "if true"),
        {"deploy-script": "failed"},
    ),
    "a script that knows an old module": (
        put("scripts/nightly.sh", "python -m auto_retrain_service\n"),
        {"deploy-names": "failed"},
    ),
    "an image without the package": (
        edit("Dockerfile", "COPY backend/ai/retraining ", "COPY backend/ai/other "),
        {"docker": "failed"},
    ),
    "a manifest of another release": (
        edit("k8s/deployment.yaml", "retraining:2.1.0", "retraining:2.0.9"),
        {"kubernetes": "failed"},
    ),
    "a pipeline without the gates": (
        edit(".github/workflows/ci.yml", "pytest --readiness", "pytest"),
        {"pipeline": "failed"},
    ),
    "no alert on drift": (remove("monitoring/rules/drift.yml"), {"drift-alert": "error"}),
    "a dashboard without panels": (put("grafana/retraining.json", '{"panels": []}'), {"dashboard": "failed"}),
    "logs that stay where they are": (
        edit("docker-compose.yml", "\n  loki:", "\n  other:"),
        {"log-aggregation": "failed"},
    ),
    "another release is running": (
        edit("backend/api.py", 'VERSION = "2.1.0"', 'VERSION = "2.0.9"'),
        {"health": "failed", "status": "blocked", "latency": "blocked"},
    ),
    "code that cannot be compiled": (
        put("backend/ai/unfinished.py", "def f(:\n"),
        {"syntax": "failed", "no-cycles": "error", "relative-imports": "failed"},
    ),
    "no way back": (remove("scripts/rollback.sh"), {"rollback-script": "failed", "deploy-names": "failed"}),
}


@pytest.fixture
def retraining(tmp_path: Path) -> Path:
    return copied("retraining", tmp_path)


def test_the_healthy_system_is_ready(retraining: Path) -> None:
    ran = run(retraining)
    assert (ran.exit_code, ran.report["verdict"], ran.turned) == (0, "READY", ALWAYS), ran.output
    assert ran.gates("not_applicable") == {"staging", "production"}


@pytest.mark.parametrize("name", BROKEN)
def test_one_thing_broken_turns_exactly_the_gates_that_watch_it(retraining: Path, name: str) -> None:
    apply, expected = BROKEN[name]
    apply(retraining)
    ran = run(retraining)
    assert ran.turned == {**ALWAYS, **expected}, ran.output
    assert ran.exit_code == (1 if ran.report["verdict"] == "NOT READY" else 0)


def test_the_damaged_file_is_named_with_the_byte_that_broke_it(retraining: Path) -> None:
    ran = run(retraining, ENV_FILE="environments/damaged.env")
    assert set(ran.turned) == {"dotenv", "variables", "feature-flag", *ALWAYS}
    assert "0x96" in ran.output
    assert ran.exit_code == 1


@pytest.fixture
def staging() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"version": "2.1.0"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_staging_is_asked_only_in_its_profile(retraining: Path, staging: str) -> None:
    ran = run(retraining, "--readiness-profile", "staging", STAGING_URL=staging)
    assert "staging" in ran.gates("passed")
    assert ran.gates("not_applicable") == {"production"}


def test_a_dead_staging_is_an_error_that_names_it(retraining: Path) -> None:
    ran = run(retraining, "--readiness-profile", "staging", "--readiness-select", "staging")
    assert ran.gates("error") == {"staging"}
    assert "refused" in ran.reason("staging")
    assert ran.report["verdict"] == "PARTIAL"
    assert ran.exit_code == 1
