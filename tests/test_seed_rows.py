"""
Every kind of row that real checklists have, written as a gate: loaded, and run where something here can answer.

The specs are in seed_rows/, one for each kind of thing that is asked.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.assess import assess, load, registry
from pytest_readiness.model import Outcome, Report

from .examples.running import ALONE
from .probes.promql import answering, matrix, number
from .probes.servers import serving
from .probes.test_mlflow import Registry, model, run
from .seed_rows import project
from .servers.postgres import Postgres
from .servers.s3 import Store
from .servers.valkey import Valkey

ROWS = Path(__file__).parent / "seed_rows"
SPECS = sorted(path.stem for path in ROWS.glob("*.yaml"))

#: What the rows take from the environment; each condition that could be met elsewhere is not met here.
ENV = {
    "BASE_URL": "http://127.0.0.1:1",
    "PORT": "1",
    "SHOP_TOKEN": project.TOKEN,
    "SHOP_STAGE": "test",
    "MODE": "local",
    "BRANCH": "main",
    **dict.fromkeys(("DOCKER", "PUBLIC", "LOAD", "POSTGRES", "S3_BACKUPS"), "false"),
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    project.write(root)
    return root


@pytest.fixture
def server() -> Iterator[str]:
    with project.serving() as url:
        yield url


def ran(root: Path, name: str, *, select: str | None = None, **environment: str) -> Report:
    spec = Path(shutil.copy(ROWS / f"{name}.yaml", root / "readiness.yaml"))
    return assess(spec, select=select, env={**os.environ, **ENV, **environment}, side_effects_allowed=True)


def turned(report: Report) -> dict[str, str]:
    """Return the gates that apply and do not pass, and why."""
    fine = {Outcome.PASSED, Outcome.NOT_APPLICABLE}
    return {
        judged.result.gate.id: f"{judged.result.outcome.value}: {judged.result.reason}"
        for judged in report.gates
        if judged.result.outcome not in fine
    }


@pytest.mark.parametrize("name", SPECS)
def test_every_row_can_be_written(name: str) -> None:
    plan = load(ROWS / f"{name}.yaml", registry=registry(), env=ENV)
    assert plan.gates


def test_every_probe_has_a_row() -> None:
    known = registry()
    used = {gate.probe for name in SPECS for gate in load(ROWS / f"{name}.yaml", registry=known, env=ENV).gates}
    assert used == set(known.names())


def test_rows_on_files(shop: Path) -> None:
    report = ran(shop, "files")
    people = {"attested", "signed-off"}
    assert set(turned(report)) == {*people, "postponed", "waived"}, turned(report)


def test_rows_on_code(shop: Path) -> None:
    assert turned(ran(shop, "code")) == {}


def test_rows_on_results(shop: Path) -> None:
    assert set(turned(ran(shop, "results"))) == {"later"}


def test_rows_on_the_web(shop: Path, server: str) -> None:
    assert turned(ran(shop, "web", BASE_URL=server, PORT=server.rpartition(":")[2])) == {}


def test_rows_on_databases(shop: Path) -> None:
    assert turned(ran(shop, "database")) == {}


def git(root: Path, *words: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, timeout=60)


def test_rows_on_git(shop: Path) -> None:
    shutil.copy(ROWS / "git.yaml", shop / "readiness.yaml")
    (shop / ".gitignore").write_text("__pycache__/\n.mypy_cache/\n.readiness_cache/\n.ruff_cache/\n")
    copy = Path(shutil.copy(shop / "src/shop/agents.py", shop / "src/shop/agents_again.py"))
    git(shop, "init", "-q", "-b", "main")
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "Begin")
    git(shop, "tag", "before")
    (shop / "NEWS.md").write_text("# News\n")
    copy.unlink()
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "Go on")
    hook = shop / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n")
    hook.chmod(0o755)
    assert turned(ran(shop, "git")) == {}


# --- servers ---------------------------------------------------------------------------------------------


def test_rows_on_postgresql(shop: Path, postgres: Postgres, database: str) -> None:
    postgres.run(
        "create table orders (id int, state text, note text, made timestamptz default now())",
        "create table stock (id int)",
        "create index orders_state on orders (state)",
        "create view open_orders as select * from orders where state = 'OPEN'",
        "create function clean_up() returns int language sql as 'select 1'",
        "insert into orders values (1, 'DONE', 'fine'), (2, 'DONE', ''), (3, 'DONE', '')",
        name=database,
    )
    selection = "not head"  # its migrations would need a database of their own
    url = postgres.url(database)
    assert turned(ran(shop, "database", select=selection, DATABASE_URL=url, POSTGRES="true")) == {}


def test_rows_on_redis(shop: Path, valkey: Valkey) -> None:
    assert turned(ran(shop, "services", select="tag:redis", REDIS_URL=valkey.url)) == {}


def test_rows_on_buckets(shop: Path, s3_store: Store) -> None:
    s3_store.fill("shop", "orders/1", "stock/1")
    assert turned(ran(shop, "services", select="tag:s3", S3_URL=s3_store.url)) == {}


def test_rows_on_mlflow(shop: Path) -> None:
    kept = Registry()
    kept.lists["registered-models/search"] = [model("forecast", "orders"), model("churn", "stock")]
    newest = run(0)
    newest["info"]["start_time"] = int(time.time() * 1000)
    kept.lists["runs/search"] = [newest]
    with serving(kept) as server:
        assert turned(ran(shop, "services", select="tag:mlflow", MLFLOW_URL=f"{server.url}/base")) == {}


def test_rows_on_prometheus(shop: Path) -> None:
    answers = {
        'up{job="api"}': number(1),
        "errors_per_request": number("0.001"),
        'avg_over_time(up{job="api"}[2592000s])': number("0.9995"),
        'count_over_time(up{job="api"}[2592000s])': number(172_800),
        '@count_over_time(up{job="api"}[51840s])': matrix(({}, {51_840 * slot: "3456" for slot in range(50)})),
    }
    with answering(answers) as server:
        assert turned(ran(shop, "services", select="tag:prometheus", PROMETHEUS_URL=server.url)) == {}


# --- tests, and what is made of others ----------------------------------------------------------------------

TESTS = {
    "tests/test_orders.py": (
        "import pytest\nfrom shop.orders import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n\n\n"
        "def test_too_many():\n    with pytest.raises(ValueError):\n        total([1] * 11)\n\n\n"
        "@pytest.mark.integration\n@pytest.mark.database\ndef test_drift_of_an_order():\n"
        "    assert total([]) == 0\n\n\n"
        '@pytest.mark.readiness("marked")\ndef test_nothing_else():\n    pass\n'
    ),
    "tests/test_roles.py": (
        'import pytest\n\n\n@pytest.mark.parametrize("role", ["admin", "operator", "viewer"])\n'
        "def test_role(role):\n    assert role\n"
    ),
    "tests/unit/test_one.py": "import pytest\n\n\n@pytest.mark.unit\ndef test_one():\n    pass\n",
    "pytest.ini": "[pytest]\npythonpath = src\nmarkers =\n  unit: u\n  integration: i\n  database: d\n",
}


@pytest.mark.usefixtures("unmeasured")
def test_rows_on_tests(shop: Path) -> None:
    for name, text in TESTS.items():
        (shop / name).parent.mkdir(parents=True, exist_ok=True)
        (shop / name).write_text(text)
    shutil.copy(ROWS / "tests.yaml", shop / "readiness.yaml")
    report = shop / "report.json"
    words = ["-p", "readiness", "-p", "no:cacheprovider", "--readiness", f"--readiness-report=json:{report}"]
    subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=shop,
        env={**os.environ, **ALONE},
        capture_output=True,
        timeout=120,
        check=False,
    )
    written: dict[str, Any] = json.loads(report.read_text())
    assert {gate["id"]: gate["reason"] for gate in written["gates"] if gate["outcome"] != "passed"}.keys() == {"later"}
    assert written["verdict"] == "READY"


def test_rows_made_of_others_are_groups(shop: Path) -> None:
    report = ran(shop, "score")
    assert set(turned(report)) == {"four", "six", "seven", "eight"}
    groups = {"/".join(group.path): (round(group.score or 0), group.outcome) for group in report.groups}
    assert groups["Phase 1"] == (100, Outcome.PASSED)
    assert groups["Phase 2/Part of a phase"] == (50, Outcome.PASSED)
    assert groups["Phase 2"] == (67, Outcome.FAILED)
    assert report.exit_code == 1


def test_a_group_whose_score_is_reached_lets_the_whole_be_ready(shop: Path) -> None:
    text = (ROWS / "score.yaml").read_text()
    (shop / "readiness.yaml").write_text(text.replace('expect: {score: ">= 75%"}', 'expect: {score: ">= 60%"}'))
    report = assess(shop / "readiness.yaml", env=os.environ)
    phases = {group.path[0]: group.outcome for group in report.groups}
    assert phases["Phase 2"] is Outcome.PASSED


#: What is true where there is nothing at all.
TRUE_OF_NOTHING: dict[str, set[str]] = {
    "files": {"process", "refuses", "prints-number", "prints-json", "quick"},
    "code": {"library", "versions"},
}


@pytest.mark.no_false_green
@pytest.mark.parametrize("name", ["files", "code", "results", "database", "git"])
def test_where_there_is_nothing_no_row_is_green(tmp_path: Path, name: str) -> None:
    report = ran(tmp_path, name)
    passed = {judged.result.gate.id for judged in report.gates if judged.result.outcome is Outcome.PASSED}
    assert passed == TRUE_OF_NOTHING.get(name, set())


@pytest.mark.no_false_green
@pytest.mark.parametrize("name", ["web", "services"])
def test_where_nobody_answers_no_row_is_green(tmp_path: Path, name: str) -> None:
    report = ran(tmp_path, name)
    passed = {judged.result.gate.id for judged in report.gates if judged.result.outcome is Outcome.PASSED}
    assert passed == ({"memory"} if name == "web" else set())
