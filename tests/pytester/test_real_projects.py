"""Traps that real projects lay: each made small, and what gates must make of it."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.pytester.projects import PASSES, TESTS, Project, Ran

SUITE = "- {id: suite, probe: tests, with: {select: all}}"
CODE = "def f(x):\n    if x:\n        return 1\n    return 2\n"
HALF = "from shop import f\n\n\ndef test_half():\n    assert f(1) == 1\n"
LINES = "- {id: lines, probe: coverage, with: {include: [%s]}, expect: {line: %s}}"
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


@pytest.fixture(autouse=True)
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the coverage that these tests themselves may be measured with away from what they run."""
    for name in [name for name in os.environ if name.startswith(("COV", "PYTHONPATH"))]:
        monkeypatch.delenv(name)


def gate(ran: Ran, id_: str) -> dict[str, Any]:
    """Return what the report of *ran* says of one gate."""
    (found,) = (one for one in ran.report["gates"] if one["id"] == id_)
    assert isinstance(found, dict)
    return found


def measured(ran: Ran, id_: str, name: str) -> object:
    """Return what a gate measured as *name*."""
    return gate(ran, id_)["measurements"][name]["value"]


@WORKERS
@pytest.mark.parametrize("leaves", ["", "\n    folder.rmdir()"], ids=["elsewhere", "nowhere"])
def test_tests_that_change_the_folder_do_not_take_the_gates_along(
    project: Project, workers: tuple[str, ...], leaves: str
) -> None:
    project.write("shop.py", CODE)
    body = f"folder = tmp_path / 'gone'\n    folder.mkdir()\n    os.chdir(folder){leaves}\n"
    project.write("test_it.py", f"import os\n{HALF}\n\ndef test_leaves(tmp_path):\n    {body}")
    project.gates(
        SUITE,
        LINES % ("shop.py", "75%"),
        "- {id: here, probe: file, with: {path: shop.py}}",
        "- {id: runs, probe: command, with: {run: [python, -c, import shop]}}",
    )
    ran = project.run("-p", "no:pytest_cov", *workers)
    assert set(ran.outcomes.values()) == {"passed"}, ran.out + ran.err
    assert (ran.exit_code, ran.report["subject"]["spec"]) == (0, "readiness.yaml")


@pytest.mark.parametrize("args", [("-q",), ("-q", "-n", "1"), ("-n", "1"), ()], ids=" ".join)
def test_gates_start_on_a_line_of_their_own(project: Project, args: tuple[str, ...]) -> None:
    project.gates(PASSES, PASSES.replace("good", "better"))
    lines = project.run(*args).out.splitlines()
    (end,) = (number for number, line in enumerate(lines) if "[100%]" in line)
    assert lines[end].endswith("[100%]")
    assert lines[end + 1] == ".." if "-q" in args else lines[end + 1].startswith("---")


@WORKERS
@pytest.mark.parametrize("cov", [(), ("--cov", "--cov-report=")], ids=["", "cov"])
def test_a_total_that_counts_the_tests_is_told_from_the_code(
    project: Project, workers: tuple[str, ...], cov: tuple[str, ...]
) -> None:
    project.write(".coveragerc", "[run]\nsource = .\n")
    project.write("shop.py", CODE)
    project.write("test_it.py", HALF + "".join(f"\n\ndef test_{n}():\n    assert True\n" for n in range(48)))
    project.write("conftest.py", "")
    project.gates(
        "- {id: whole, probe: coverage, expect: {line: '>= 99.5%', files: 3}}", LINES % ("shop.py", "'>= 75.1%'")
    )
    ran = project.run(*workers, *cov)
    assert ran.outcomes == {"whole": "failed", "lines": "failed"}
    assert float(str(measured(ran, "whole", "line"))) > 99
    assert measured(ran, "lines", "line") == 75
    assert "2 of 3 files are tests; without them line is 75.00 %: say under include what is to be judged" in ran.out


def test_an_installed_copy_that_was_tested_in_place_of_the_sources_is_named(project: Project) -> None:
    project.write("src/shop/__init__.py", CODE)
    elsewhere = project.path.parent / "site"
    (elsewhere / "shop").mkdir(parents=True)
    (elsewhere / "shop" / "__init__.py").write_text(CODE)
    project.write("test_it.py", HALF)
    project.pytester.makeini(f"[pytest]\npythonpath = {elsewhere}\n")
    project.gates(LINES % ("src/shop", "75%"))
    lacking = project.run()
    assert lacking.outcomes == {"lines": "error"}
    assert "; the tests ran another copy, " in gate(lacking, "lines")["reason"]
    assert "pip install -e ." in gate(lacking, "lines")["reason"]
    project.write(".coveragerc", f"[paths]\nsource =\n  src\n  {elsewhere}\n")
    assert project.run().outcomes == {"lines": "passed"}


@WORKERS
def test_a_src_layout_that_is_not_installed_is_measured(project: Project, workers: tuple[str, ...]) -> None:
    project.write("src/shop.py", CODE)
    project.write("src/never.py", "x = 1\n")
    project.write("test_it.py", HALF)
    project.pytester.makeini("[pytest]\npythonpath = src\n")
    project.gates(
        LINES % ("src", "60%"),
        "- {id: imports, probe: imports, with: {modules: [shop, never]}}",
        "- {id: cycles, probe: import_cycles, expect: {modules: 2}}",
    )
    ran = project.run(*workers)
    assert set(ran.outcomes.values()) == {"passed"}, ran.out
    assert measured(ran, "lines", "files") == 2


@WORKERS
def test_a_limit_of_the_project_s_own_and_the_gates_are_two_facts(project: Project, workers: tuple[str, ...]) -> None:
    project.write(".coveragerc", "[run]\nsource = shop\n[report]\nfail_under = 90\n")
    project.write("shop.py", CODE)
    project.write("test_it.py", HALF)
    project.gates(SUITE, LINES % ("shop.py", "75%"))
    ran = project.run("--cov", *workers)
    assert ran.outcomes == {"suite": "passed", "lines": "passed"}
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert ran.report["problems"] == ["pytest ended with exit code 1, see above"]
    assert ran.last_line.startswith("FAILED: pytest ended with exit code 1, see above")
    assert "Required test coverage of 90.0% not reached" in ran.out
    # Measured by the plugin itself, nobody but the gates says how much is enough.
    assert project.run("-p", "no:pytest_cov", *workers).exit_code == 0


@WORKERS
@pytest.mark.parametrize("cov", [("--cov",), ("-p", "no:pytest_cov")], ids=["cov", "no cov"])
def test_warnings_that_are_errors_are_none_of_coverage_s(
    project: Project, workers: tuple[str, ...], cov: tuple[str, ...]
) -> None:
    project.pytester.makeini("[pytest]\nfilterwarnings = error\n")
    # A module that is not there, one that was imported too early, and a file that is no Python.
    project.write(".coveragerc", "[run]\nbranch = true\nsource = shop, nowhere\n")
    project.write("shop/__init__.py", CODE)
    project.write("shop/broken.py", "def\n")
    project.write("test_it.py", HALF)
    project.gates(SUITE, LINES % ("shop/__init__.py", "75%"))
    ran = project.run("-p", "no:cacheprovider", *cov, *workers)
    assert ran.outcomes == {"suite": "passed", "lines": "passed"}, ran.out + ran.err
    assert "INTERNALERROR" not in ran.out + ran.err


def test_a_warning_that_is_an_error_is_a_failed_test_and_nothing_else(project: Project) -> None:
    project.pytester.makeini("[pytest]\nfilterwarnings = error\n")
    project.write("test_it.py", f"import warnings\n\n\ndef test_warns():\n    warnings.warn('old')\n\n\n{TESTS}")
    project.gates(PASSES, SUITE)
    ran = project.run()
    assert ran.outcomes == {"good": "passed", "suite": "failed"}
    assert (measured(ran, "suite", "passed"), measured(ran, "suite", "failed")) == (2, 1)


PARTS = """
import pytest


@pytest.mark.parametrize("x", range(3))
def test_slow(x):
    pass


def test_parts(subtests):
    for part in range(4):
        with subtests.test(part=part):
            assert part != 2
"""


@WORKERS
def test_what_was_counted_is_said(project: Project, workers: tuple[str, ...]) -> None:
    pytest.importorskip("pytest", "9.0", reason="subtests are part of pytest 9")
    project.pytester.makeini("[pytest]\naddopts = -k 'not slow'\n")
    project.write("test_it.py", PARTS)
    project.gates(SUITE, "- {id: left, probe: tests, with: {select: all}, expect: {failed: 1, deselected: 3}}")
    ran = project.run(*workers)
    assert ran.outcomes == {"suite": "failed", "left": "passed"}
    evidence = {one["title"]: one["text"] for one in gate(ran, "suite")["evidence"]}
    assert "1 of 1 tests (all): 1 failed" in evidence["counted"]
    assert "3 deselected by configuration (-k 'not slow')" in evidence["counted"]
    assert "subtests" in evidence["counted"]


def test_sources_without_a_repository_have_no_commit(project: Project) -> None:
    project.write("shop.py", CODE)
    project.write("test_it.py", HALF)
    changed = "- {id: changed, probe: coverage, with: {against: main}, expect: {changed: 80%}}"
    project.gates(SUITE, LINES % ("shop.py", "75%"), changed)
    ran = project.run()
    assert (ran.report["subject"]["commit"], ran.report["subject"]["dirty"]) == (None, None)
    assert ran.outcomes == {"suite": "passed", "lines": "passed", "changed": "error"}
    assert "git" in gate(ran, "changed")["reason"]
    assert "fatal: not a git repository" not in ran.err


@WORKERS
def test_no_order_of_the_tests_changes_what_is_counted(project: Project, workers: tuple[str, ...]) -> None:
    pytest.importorskip("pytest_randomly")
    project.write("shop.py", CODE)
    numbered = "".join(f"\n\ndef test_{n}():\n    assert {n} != 7\n" for n in range(12))
    project.write("test_it.py", HALF + numbered)
    project.gates(SUITE, LINES % ("shop.py", "75%"))
    known = []
    for seed in ("1", "2"):
        asked = ("--readiness", "--readiness-report=json:report.json", "-p", "no:cacheprovider", "-p", "randomly")
        args = (*asked, f"--randomly-seed={seed}", *workers)
        ran = Ran(project.path, project.pytester.runpytest_subprocess(*args, timeout=60))
        assert f"--randomly-seed={seed}" in ran.out
        assert ran.outcomes == {"suite": "failed", "lines": "passed"}, ran.out + ran.err
        known.append({one["id"]: {**one["measurements"], "duration": None} for one in ran.report["gates"]})
    assert known[0] == known[1]


CONFIGS = {
    "pytest.toml": '[pytest]\ntestpaths = ["unit", "shop"]\naddopts = ["--doctest-modules"]\n'
    'readiness_spec = "ops/gates.yaml"\n',
    "tox.ini": "[pytest]\ntestpaths = unit shop\naddopts = --doctest-modules\nreadiness_spec = ops/gates.yaml\n",
    "setup.cfg": "[tool:pytest]\ntestpaths = unit shop\naddopts = --doctest-modules\nreadiness_spec = ops/gates.yaml\n",
    "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["unit", "shop"]\naddopts = "--doctest-modules"\n'
    'readiness_spec = "ops/gates.yaml"\n',
}


@pytest.mark.parametrize("name", CONFIGS)
def test_doctests_and_test_paths_of_any_configuration_are_the_whole(project: Project, name: str) -> None:
    if name == "pytest.toml":
        pytest.importorskip("pytest", "9.0", reason="pytest.toml is pytest 9's")
    (project.path / "tox.ini").unlink()
    (project.path / "test_it.py").unlink()
    project.write(name, CONFIGS[name])
    project.write("shop/__init__.py", "")
    project.write("shop/prices.py", 'def f(x):\n    """\n    >>> f(1)\n    2\n    """\n    return x + 1\n')
    project.write("unit/test_prices.py", "from shop.prices import f\n\n\ndef test_f():\n    assert f(2) == 3\n")
    project.write("other/test_other.py", "def test_other():\n    assert False\n")
    project.write(
        "ops/gates.yaml",
        "version: 1\nname: shop\ngates:\n"
        "  - {id: suite, probe: tests, with: {select: all}, expect: {passed: 2}}\n"
        "  - {id: examples, probe: tests, with: {select: 'node:shop/*'}, expect: {passed: 1}}\n",
    )
    ran = project.run("--import-mode=importlib", "-o", "pythonpath=.")
    assert ran.outcomes == {"suite": "passed", "examples": "passed"}, ran.out + ran.err
    assert ran.report["subject"]["spec"] == "ops/gates.yaml"
    narrowed = project.run("--import-mode=importlib", "-o", "pythonpath=.", "unit")
    assert set(narrowed.outcomes.values()) == {"error"}


def test_gates_without_tests_say_that_there_were_none(project: Project) -> None:
    project.write("shop.py", CODE)
    project.gates(SUITE, LINES % ("shop.py", "75%"))
    ran = Ran(project.path, project.pytester.runpytest("--readiness-only", "--readiness-report=json:report.json"))
    assert ran.outcomes == {"suite": "error", "lines": "error"}
    assert gate(ran, "suite")["reason"].endswith(": --readiness-only runs no tests")
    assert "data_file" in gate(ran, "lines")["reason"]


def test_a_conftest_that_changes_the_folder_does_not_take_the_gates_along(project: Project) -> None:
    conftest = (project.path / "conftest.py").read_text(encoding="utf-8")
    project.write("data/price.txt", "1")
    project.write("conftest.py", f"import os\nos.chdir(os.path.join(os.path.dirname(__file__), 'data'))\n{conftest}")
    project.write("shop.py", CODE)
    project.write("test_it.py", f"{HALF}\n\ndef test_data():\n    assert open('price.txt').read() == '1'\n")
    project.gates(SUITE, LINES % ("shop.py", "75%"), "- {id: here, probe: file, with: {path: shop.py}}")
    ran = project.run()
    assert set(ran.outcomes.values()) == {"passed"}, ran.out + ran.err
    assert ran.exit_code == 0
