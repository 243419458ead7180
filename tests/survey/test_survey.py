"""From a repository to a spec whose gates hold today, or say what to fix first."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_readiness import assess
from pytest_readiness.model import Outcome, Report
from pytest_readiness.survey import Found, Section, State, Survey, looks
from pytest_readiness.survey.repository import Repository

from .projects import SHOP, Files, committed, surveyed, write

BROKEN: Files = {
    **SHOP,
    "src/shop/stock.py": "import shop.prices\n",
    "src/shop/prices.py": "import shop.stock\n",
    "Dockerfile": "FROM python\nCMD python\n",
    "README.md": "[gone](docs/gone.md)\n",
    ".env.example": "SHOP_API_KEY = 'x\n",
    "compose.yaml": "services: {db: {image: postgres}}\n",
}
LIBRARY: Files = {
    "setup.cfg": "[metadata]\nname = tea\n[mypy]\n",
    "README.rst": "Tea\n===\n",
    "tea/__init__.py": "from tea import pot\n",
    "tea/pot.py": "def pour() -> int:\n    return 1\n",
    "tea/cup.py": "def drink() -> int:\n    return 1\n",
    "tea/test_pot.py": "from tea import pot\n\n\ndef test_pour():\n    assert pot.pour() == 1\n",
}
OPERATIONS: Files = {
    "k8s/api.yaml": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n"
        "      containers:\n        - name: api\n          image: shop/api:1.4.0\n"
        "          resources: {limits: {memory: 256Mi}}\n"
        "          readinessProbe: {httpGet: {path: /health, port: 80}}\n"
    ),
    "monitoring/rules.yml": "groups: [{name: a, rules: [{alert: Down, expr: up == 0, labels: {severity: page}}]}]\n",
    "docs/openapi.yaml": "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {/a: {get: {summary: one}}}\n",
    ".gitlab-ci.yml": "test:\n  script: [pytest]\n",
}
DAMAGED: Files = {
    "pyproject.toml": "[project\n",
    "compose.yaml": "services: [\n",
    "openapi.json": "{",
    "shop/__init__.py": "def (\n",
    "shop/a.py": b"\xff\xfe\x00",
    "shop/b.py": "x = 1\n",
    "shop/c.py": "x" + ".y" * 3_000 + " = FastAPI\n",
    "shop/d.py": "import os\nx = os.environ" + ".a" * 3_000 + "['X']\n",
    ".env.example": b"\xff\xfe=\x00",
    "README.md": b"\x00" * 100,
    "requirements.txt": "--what is this\nflask=\n",
    "Dockerfile": "FROM\n",
    ".coverage": b"not a database",
    "big.yaml": "a: 1\n" * 400_000,
}
ALL = {"shop": SHOP, "broken": BROKEN, "library": LIBRARY, "operations": OPERATIONS, "damaged": DAMAGED}


def judged(folder: Path, found: Survey) -> Report:
    path = folder / "readiness.yaml"
    path.write_text(found.text, encoding="utf-8")
    return assess.assess(path, exec_allowed=False)


def outcomes(folder: Path, found: Survey) -> dict[str, Outcome]:
    return {one.result.gate.id: one.result.outcome for one in judged(folder, found).gates}


@pytest.mark.parametrize("name", ALL)
def test_every_gate_that_is_not_marked_passes_today(name: str, tmp_path: Path) -> None:
    found = surveyed(tmp_path, ALL[name])
    known = outcomes(tmp_path, found)
    unmarked = {one.found.id for one in found.settled if one.state is State.HOLDS}
    assert unmarked
    assert {known[gate] for gate in unmarked} <= {Outcome.PASSED, Outcome.NOT_APPLICABLE}
    assert {gate for gate in unmarked if known[gate] is Outcome.NOT_APPLICABLE} <= {"variables"}


@pytest.mark.parametrize("name", ALL)
def test_every_gate_to_fix_first_is_red_today_and_says_so(name: str, tmp_path: Path) -> None:
    found = surveyed(tmp_path, ALL[name])
    known = outcomes(tmp_path, found)
    for one in found.settled:
        if one.state is State.FIX_FIRST:
            assert known[one.found.id] in {Outcome.FAILED, Outcome.ERROR}
            assert f"# fix first: {one.reason}" in found.text


@pytest.mark.parametrize("name", ALL)
def test_the_same_repository_makes_the_same_text(name: str, tmp_path: Path) -> None:
    texts = {surveyed(tmp_path / folder / "project", ALL[name]).text for folder in ("one", "two")}
    assert len(texts) == 1


@pytest.mark.parametrize("name", ALL)
def test_every_gate_has_its_reason_and_no_value_of_a_variable_is_written(name: str, tmp_path: Path) -> None:
    text = surveyed(tmp_path, ALL[name]).text
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("      - id: ")]
    assert starts
    assert all(lines[number - 1].startswith("      # ") for number in starts)
    assert "change-me" not in text


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    found = surveyed(tmp_path, BROKEN)
    reasons = {one.found.id: one.reason for one in found.settled if one.state is State.FIX_FIRST}
    assert sorted(reasons) == [
        "compose",
        "env-example",
        "image-not-root",
        "image-pinned",
        "import-cycles",
        "links",
        "variables-in-example",
    ]
    assert reasons["image-pinned"].startswith("unpinned is 1, expected 0")
    assert "docs/gone.md" in reasons["links"]
    assert ".env.example:1:16" in reasons["variables-in-example"]
    assert reasons["compose"] == "latest_tags is 1, expected 0: db: postgres"


def test_gates_on_git_hold_too(tmp_path: Path) -> None:
    committed(write(tmp_path, SHOP))
    found = surveyed(tmp_path, {})
    (tmp_path / "readiness.yaml").write_text(found.text, encoding="utf-8")
    report = assess.assess(tmp_path / "readiness.yaml", select="no-secrets, no-leftovers")
    assert [one.result.outcome for one in report.gates] == [Outcome.PASSED, Outcome.PASSED]


def test_nothing_that_is_found_is_imported_or_run(tmp_path: Path) -> None:
    trace = "import pathlib\npathlib.Path(__file__).with_name('trace').touch()\n"
    files: dict[str, str | bytes] = {
        "shop/__init__.py": trace + "from fastapi import FastAPI\napp = FastAPI()\n",
        "setup.py": trace,
        "conftest.py": trace + "def pytest_readiness_probes(): ...\n",
        "tests/test_a.py": trace + "def test_a(): ...\n",
        "manage.py": trace + "# DJANGO_SETTINGS_MODULE\n",
        "migrations/env.py": trace,
        "alembic.ini": "[alembic]\nscript_location = migrations\n",
        ".coveragerc": "[run]\nplugins = shop\n",
        ".coverage": b"",
    }
    surveyed(tmp_path, files)
    assert list(tmp_path.rglob("trace")) == []


def test_with_run_tests_tools_and_applications_are_measured(tmp_path: Path) -> None:
    files = {
        **SHOP,
        "pyproject.toml": '[project]\nname = "shop"\n[tool.pytest.ini_options]\npythonpath = ["src"]\n[tool.ruff]\n',
    }
    found = surveyed(tmp_path, files, run=True)
    states = {one.found.id: one.state for one in found.settled}
    for gate in ("tests", "lint", "imports", "health", "endpoints"):
        assert states[gate] is not State.NOT_MEASURED
    assert states["tests"] is State.HOLDS
    assert states["health"] is State.HOLDS
    assert 'expect: {failed: 0, errors: 0, passed: ">= 1"}' in found.text


def test_what_cannot_be_read_is_told_and_does_no_harm(tmp_path: Path) -> None:
    found = surveyed(tmp_path, DAMAGED)
    told = "\n".join(found.troubles)
    for name in ("pyproject.toml", "compose.yaml", "openapi.json", "README.md", "big.yaml"):
        assert name in told
    states = {one.found.id: one.state for one in found.settled}
    assert states["syntax"] is State.FIX_FIRST


def test_a_look_that_goes_too_deep_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dive(repository: Repository) -> Iterator[Found]:
        yield from dive(repository)

    monkeypatch.setattr(looks.get("compose"), "look", dive)
    found = surveyed(tmp_path, SHOP)
    assert found.troubles == ("something is nested too deeply to look for a Compose file",)
    assert found.settled


def test_a_gate_that_could_not_be_read_is_told_and_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(_: Repository) -> Iterator[Found]:
        yield Found(id="odd", section=Section.CODE, title="Odd", why="it is", probe="file", options={"path": ""})

    monkeypatch.setattr(looks.get("compose"), "look", odd)
    found = surveyed(tmp_path, SHOP)
    assert found.troubles == ("no gate odd: a path may not be empty",)
    assert "odd" not in {one.found.id for one in found.settled}


def test_an_empty_folder_has_no_spec(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {})
    assert (found.text, found.files, found.settled) == ("", 0, ())
    assert len(found.absent) == len(looks.names())


def test_two_gates_never_have_one_id(tmp_path: Path) -> None:
    found = surveyed(tmp_path, {"a-b/Dockerfile": "FROM a:1\n", "a/b/Dockerfile": "FROM b:1\n"})
    ids = [one.found.id for one in found.settled]
    assert len(ids) == len(set(ids)) == 4
    assert "image-pinned-a-b-dockerfile-2" in ids


def test_the_changelog_has_no_gate_without_the_version_that_it_needs(tmp_path: Path) -> None:
    files = {"CHANGELOG.md": "# 1.4.0\n", "pyproject.toml": '[project]\nname = "shop"\nversion = "1.4.0"\n'}
    ids = {one.found.id for one in surveyed(tmp_path, files).settled}
    assert {"version", "changelog"} <= ids


def test_five_thousand_files_take_a_few_seconds(tmp_path: Path) -> None:
    files = {f"src/shop/p{number % 50}/m{number}.py": "def f(x):\n    return x\n" for number in range(1000)}
    files |= {f"assets/d{number % 40}/a{number}.yaml": "a: 1\n" for number in range(4000)}
    write(tmp_path, files)
    began = time.process_time()
    assert surveyed(tmp_path, {}).files == 5000
    assert time.process_time() - began < 3 * _slowness()


def _slowness() -> float:
    """Return how many times longer this machine takes than it should, traced and busy as it may be."""
    began = time.process_time()
    sum(number % 7 for number in range(1_000_000))
    return max(1.0, (time.process_time() - began) / 0.06)
