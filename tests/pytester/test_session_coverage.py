"""Whose coverage the gates are judged on, and that nobody's data is touched."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from .collecting import facts

WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])

# What all ways of measuring must agree on: b.py was never imported, a branch of a.py never taken.
WHOLE = [
    ("src/shop/__init__.py", "0", "0", "0", "0", "100%"),
    ("src/shop/a.py", "4", "1", "2", "1", "66.67%", "4"),
    ("src/shop/b.py", "1", "1", "0", "0", "0.00%", "1"),
]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a project whose tests turn warnings into errors, with branch coverage of one package."""
    # These tests may be measured themselves: the runs they start must not be.
    for name in [name for name in os.environ if name.startswith(("COV", "PYTEST_XDIST"))]:
        monkeypatch.delenv(name)
    pytester.makepyfile(
        **{
            "src/shop/__init__": "",
            "src/shop/a": "def f(x):\n    if x:\n        return 1\n    return 2\n",
            "src/shop/b": "y = 1\n",
            "tests/conftest": "import shop.a",
            "tests/test_a": "from shop.a import f\ndef test_a(): assert f(1) == 1\ndef test_b(): assert f(2) == 1\n",
        }
    )
    pytester.makeini("[pytest]\nfilterwarnings = error\npythonpath = src\ntestpaths = tests\n")
    (pytester.path / ".coveragerc").write_text("[run]\nsource = src/shop\nbranch = true\n", encoding="utf-8")
    return pytester


def rows(found: list[str] | str) -> list[tuple[str, ...]]:
    assert isinstance(found, list), found
    return [tuple(line.split()) for line in found if line.startswith("src/")]


@WORKERS
def test_where_nobody_measures_we_do_and_leave_nothing_behind(
    project: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    mine = project.path / ".coverage"
    mine.write_bytes(b"the user's own")
    found = facts(project, "--measure", *workers)
    assert rows(found["coverage"]) == WHOLE
    assert mine.read_bytes() == b"the user's own"
    assert [path.name for path in project.path.glob(".coverage*")] in (
        [".coverage", ".coveragerc"],
        [".coveragerc", ".coverage"],
    )


def test_our_temporary_folders_go_away(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = project.mkdir("temporary")
    monkeypatch.setenv("TMPDIR", str(temporary))
    assert rows(facts(project, "--measure", "-n", "2")["coverage"]) == WHOLE
    assert list(temporary.glob("readiness-*")) == []


@WORKERS
def test_pytest_cov_is_taken_at_its_word(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    found = facts(project, "--measure", "--cov", "--cov-report=", *workers)
    assert rows(found["coverage"]) == WHOLE
    assert (project.path / ".coverage").is_file()


@WORKERS
def test_options_of_pytest_cov_count(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    (project.path / ".coveragerc").write_text("[report]\nexclude_also = if x:\n", encoding="utf-8")
    found = facts(project, "--measure", "--cov=src/shop", "--cov-report=", *workers)
    assert rows(found["coverage"])[1] == ("src/shop/a.py", "2", "1", "50.00%", "4")


def test_under_coverage_run_the_data_is_read_and_left_alone(project: pytest.Pytester) -> None:
    facts_plugin(project)
    project.run(
        *(sys.executable, "-m", "coverage", "run", "-m", "pytest", "-p", "collecting_plugin", "--measure"),
        *("-p", "no:readiness", "-p", "no:randomly"),
    )
    assert rows(read(project)["coverage"]) == WHOLE
    report = project.run(sys.executable, "-m", "coverage", "report", "--precision=2")
    report.stdout.fnmatch_lines(["src/shop/a.py*66.67%"])


def test_under_coverage_run_workers_are_measured_too(project: pytest.Pytester) -> None:
    facts_plugin(project)
    project.run(
        *(sys.executable, "-m", "coverage", "run", "--source=src/shop", "--branch", "--rcfile=/dev/null"),
        *("-m", "pytest", "-p", "collecting_plugin", "--measure", "-n", "2", "-p", "no:readiness"),
    )
    assert rows(read(project)["coverage"]) == WHOLE


def test_child_processes_are_measured_where_the_project_says_so(project: pytest.Pytester) -> None:
    with (project.path / ".coveragerc").open("a", encoding="utf-8") as file:
        file.write("patch = subprocess\n")
    project.makepyfile(
        **{
            "tests/test_child": """
            import os, subprocess, sys
            def test_child():
                env = {**os.environ, "PYTHONPATH": "src"}
                assert subprocess.run([sys.executable, "-c", "import shop.b"], env=env).returncode == 0
            """
        }
    )
    assert rows(facts(project, "--measure")["coverage"])[2] == ("src/shop/b.py", "1", "0", "0", "0", "100%")


def test_switched_off_coverage_is_told(project: pytest.Pytester) -> None:
    assert facts(project, "--measure", "--no-cov")["coverage"] == "coverage was switched off by --no-cov"


def test_beside_another_tracer_nothing_is_measured(project: pytest.Pytester) -> None:
    facts_plugin(project)
    code = "import sys, pytest; sys.settrace(lambda *_: None); pytest.main()"
    project.run(sys.executable, "-c", code, "-p", "collecting_plugin", "--measure", "-p", "no:readiness")
    assert "another tracer" in read(project)["coverage"]


def test_a_project_that_measures_nothing_says_so(project: pytest.Pytester) -> None:
    (project.path / ".coveragerc").write_text("[run]\nsource = docs\n", encoding="utf-8")
    project.mkdir("docs")
    assert facts(project, "--measure")["coverage"] == "the coverage data is empty: nothing was measured"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("branch = perhaps", "the coverage configuration cannot be read: "),
        ("plugins = no_such_plugin", "coverage could not be measured: "),
    ],
)
def test_a_configuration_that_cannot_be_used_is_told(project: pytest.Pytester, line: str, reason: str) -> None:
    (project.path / ".coveragerc").write_text(f"[run]\n{line}\n", encoding="utf-8")
    found = facts(project, "--measure")
    assert found["coverage"].startswith(reason)
    assert len(found["tests"]) == 2


def test_from_another_folder_the_configuration_of_the_root_is_used(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(project.path))
    monkeypatch.chdir(project.mkdir("elsewhere"))
    found = facts(project, "--measure", "--rootdir", str(project.path), "-c", "../tox.ini", "../tests")
    assert [row[1:] for row in map(tuple, map(str.split, found["coverage"])) if "a.py" in row[0]] == [WHOLE[1][1:]]


def facts_plugin(pytester: pytest.Pytester) -> None:
    from .collecting import PLUGIN

    pytester.makepyfile(collecting_plugin=PLUGIN)


def read(pytester: pytest.Pytester) -> dict[str, list[str]]:
    import json

    found: dict[str, list[str]] = json.loads(Path(pytester.path, "facts.json").read_text(encoding="utf-8"))
    return found
