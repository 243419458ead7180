"""Traps that real projects lay: each made small, and what gates must make of it."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.pytester.projects import PASSES, Project, Ran

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
