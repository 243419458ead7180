"""``readiness probes``: the reference, derived from the classes."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from pytest_readiness import registry, spec
from pytest_readiness.commands import _project
from pytest_readiness.commands._reference import examples, markdown
from pytest_readiness.registry import Registry

from .conftest import CONFTEST, Run


def test_all_are_listed_with_what_they_ask(run: Run) -> None:
    ran = run("probes")
    assert ran.exit_code == 0
    for name in registry.builtin_names():
        assert f"{name} " in ran.output
    assert "Are the files there, and do they hold what they should?" in ran.output


def test_those_of_the_project_are_listed_too(project: Path, run: Run) -> None:
    (project / "conftest.py").write_text(CONFTEST)
    assert re.search("^answer +What is the answer[?]$", run("probes").output, re.MULTILINE)
    assert "more is better" not in run("probes", "answer").output


def test_packages_that_cannot_be_loaded_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Registry({}, {"disk": "ImportError: no module"})
    monkeypatch.setattr(_project, "registry", lambda _folder: broken)
    assert "! the probes of disk could not be loaded: ImportError: no module" in run("probes").output


@pytest.mark.parametrize("name", registry.builtin_names())
def test_one_is_explained_whole(run: Run, name: str) -> None:
    ran = run("probes", name)
    assert ran.exit_code == 0
    probe = registry.builtin(name)
    for field in dataclasses.fields(probe):
        assert f"\n  {field.name.rstrip('_')}: " in ran.output
    for measurement in probe.measures:
        assert f"\n  {measurement}: " in ran.output
    assert not re.search("(?<!`)``(?!`)", ran.output)
    assert "To fix: " in ran.output


def test_what_is_inside_of_options_is_explained_too(run: Run) -> None:
    lines = run("probes", "symbol").output.splitlines()
    assert "          decorator: a list, each item text" in lines
    assert "      must: a mapping (see `symbols.where`)" in lines


@pytest.mark.parametrize(
    ("name", "measurement"),
    [
        ("http", "  header:NAME: text"),
        ("sarif", "  level:NAME: whole number, less is better"),
        ("lint", "  rule:NAME: whole number, less is better"),
        ("document", "      without_healthcheck: whole number, less is better"),
    ],
)
def test_measurements_with_open_names_are_explained_too(run: Run, name: str, measurement: str) -> None:
    assert measurement in run("probes", name).output.splitlines()


#: What the variables in examples stand for.
VARIABLES = {
    "DATABASE_URL": "postgresql://app@db/shop",
    "REDIS_URL": "redis://cache:6379/0",
    "S3_BUCKET": "backups",
    "MLFLOW_TRACKING_URI": "http://mlflow:5000",
}


@pytest.mark.parametrize("name", registry.builtin_names())
def test_its_example_is_a_gate_that_can_be_used(name: str, tmp_path: Path) -> None:
    lines = "".join(f"  {line}\n" for line in examples.example(name, registry.builtin(name)).splitlines())
    (tmp_path / "readiness.yaml").write_text(f"version: 1\nname: shop\ngates:\n{lines}", encoding="utf-8")
    (gate,) = spec.load(tmp_path / "readiness.yaml", registry=Registry(), profile=None, env=VARIABLES).gates
    assert gate.expectations


@pytest.mark.parametrize("name", registry.builtin_names())
def test_it_shows_what_green_and_what_red_looks_like(name: str) -> None:
    _, ((green, good), (red, bad)) = examples.told(name, registry.builtin(name))
    assert (green, red) == ("green", "red")
    assert ", expected " in good
    assert good != bad


def test_an_unknown_one_gets_the_near_name_or_all(run: Run) -> None:
    assert "did you mean file?" in run("probes", "fiel").errors
    ran = run("probes", "zzz")
    assert ran.exit_code == 4
    assert f"there is {', '.join(registry.builtin_names())}" in ran.errors


def test_the_table_for_documents_has_a_line_for_each(run: Run) -> None:
    ran = run("probes", "--markdown")
    assert ran.output == markdown.table(Registry())
    lines = ran.output.splitlines()
    assert len(lines) == 2 + len(registry.builtin_names())
    assert all(line.count(" | ") == 3 for line in lines[2:])
    assert (
        "| `dotenv` | Can the .env file be decoded and read, and does every reader read the same out of it? "
        "| `keys`, `problems`, `duplicates`, `missing`, `encoding_ok`, `bom` | `problems: 0`; more with `names` |"
        in lines
    )
