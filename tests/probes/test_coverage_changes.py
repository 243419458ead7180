"""Coverage of changed lines only: ``against`` a git ref."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.probes._coverage import diff
from pytest_readiness.probes.coverage import Coverage
from pytest_readiness.testing import run_probe

from .test_coverage import SOURCES, ask, make, record, values

ZERO = "0..1000000"


def git(root: Path, *args: str) -> str:
    config = (
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b.c",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "init.defaultBranch=main",
    )
    env = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(["git", *config, *args], cwd=root, env=env, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = make(tmp_path.resolve(), {**SOURCES, ".gitignore": "__pycache__\n.coverage\n"})
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    git(root, "tag", "before")
    return root


def changed(root: Path, sources: dict[str, str], expect: dict[str, Value] | None = None, **options: Any) -> Result:
    make(root, sources)
    record(root, "--branch", "--source=shop")
    return ask(root, expect or {"changed_missed": 0}, **{"against": "before", **options})


def edited(old: str, new: str) -> dict[str, str]:
    assert old in SOURCES["shop/orders.py"]
    return {"shop/orders.py": SOURCES["shop/orders.py"].replace(old, new)}


def test_only_changed_statements_count(project: Path) -> None:
    result = changed(project, edited("    if amount <= 0:", "    if amount < 0:"))
    assert result.outcome is Outcome.PASSED
    found = values(result)
    assert (found["changed"], found["changed_missed"], found["changed_statements"]) == (100.0, 0, 1)
    assert found["line"] < 100  # type: ignore[operator]


def test_a_changed_line_that_no_test_ran_fails_and_is_named(project: Path) -> None:
    result = changed(project, edited("raise ValueError(amount)", "raise TypeError(amount)"))
    assert result.outcome is Outcome.FAILED
    assert values(result)["changed"] == 0.0
    assert ("changed lines that no test ran", "shop/orders.py:3") in [(e.title, e.text) for e in result.evidence]


def test_a_change_within_a_long_statement_counts_once(project: Path) -> None:
    found = values(
        changed(project, edited("        amount,\n        currency,\n", "        amount,\n        currency.upper(),\n"))
    )
    assert (found["changed_statements"], found["changed_missed"]) == (1, 0)


def test_committed_staged_unstaged_and_untracked_changes_all_count(project: Path) -> None:
    make(project, {"shop/billing/tax.py": SOURCES["shop/billing/tax.py"] + "a = 1\n"})
    git(project, "commit", "-qam", "second")
    make(project, {"shop/never.py": SOURCES["shop/never.py"] + "b = 1\n"})
    git(project, "add", ".")
    result = changed(project, {**edited("if amount <= 0", "if amount < 0"), "shop/new.py": "c = 1\nd = 2\n"})
    found = values(result)
    assert found["changed_statements"] == 5
    assert found["changed_missed"] == 3


def test_changes_made_on_the_other_branch_do_not_count(project: Path) -> None:
    git(project, "checkout", "-qb", "other")
    make(project, edited("raise ValueError", "raise KeyError"))
    git(project, "commit", "-qam", "theirs")
    git(project, "checkout", "-q", "main")
    result = changed(project, edited("if amount <= 0", "if amount < 0"), against="other")
    assert values(result)["changed_statements"] == 1


def test_a_new_file_beside_measured_ones_is_not_passed_over(project: Path) -> None:
    make(project, {"shop/new.py": "c = 1\n"})
    record(project, "--branch", "--include=shop/*")  # without a source, what is never imported is not in the data
    result = ask(project, {"changed_missed": 0}, against="before")
    assert result.outcome is Outcome.FAILED
    assert values(result)["changed_statements"] == 1


def test_an_excluded_change_does_not_count(project: Path) -> None:
    result = changed(project, {"shop/new.py": "c = 1\n"}, exclude=("new.py",))
    assert result.outcome is Outcome.ERROR
    assert "nothing was looked at" in result.reason


@pytest.mark.parametrize(
    "sources",
    [
        {},
        {"README.md": "more\n"},
        {"shop/orders.py": SOURCES["shop/orders.py"] + "\n# a comment\n"},
        {"main.py": SOURCES["main.py"] + "x = 1\n"},
    ],
    ids=["nothing", "no Python", "a comment", "not measured"],
)
def test_no_changed_statement_is_an_error_unless_zero_is_said(project: Path, sources: dict[str, str]) -> None:
    assert changed(project, sources).outcome is Outcome.ERROR
    assert changed(project, sources, {"changed_missed": 0, "changed_statements": ZERO}).outcome is Outcome.PASSED
    result = changed(project, sources, {"changed": ">= 90%", "changed_statements": ZERO})
    assert result.outcome is Outcome.ERROR
    assert "no statement changed since before" in result.reason


def test_a_spec_below_the_top_of_the_checkout_sees_its_own_changes(tmp_path: Path) -> None:
    root = make(tmp_path.resolve() / "services/shop", SOURCES)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    git(tmp_path, "tag", "before")
    make(tmp_path, {"outside.py": "x = 1\n"})
    assert values(changed(root, edited("if amount <= 0", "if amount < 0")))["changed_statements"] == 1


def test_without_git_it_is_an_error(tmp_path: Path) -> None:
    root = make(tmp_path.resolve(), SOURCES)
    result = changed(root, {})
    assert (result.outcome, result.reason) == (Outcome.ERROR, f"against: {root} is not in a git checkout")


def test_an_unknown_ref_is_an_error(project: Path) -> None:
    result = changed(project, {}, against="origin/main")
    assert (result.outcome, result.reason) == (
        Outcome.ERROR,
        "against: git does not know origin/main here; fetch it, or correct the name",
    )


def test_histories_without_a_common_ancestor_are_an_error(project: Path) -> None:
    git(project, "checkout", "-q", "--orphan", "alone")
    git(project, "commit", "-qm", "alone")
    assert "have no common ancestor" in changed(project, {}).reason


def test_where_commands_are_switched_off_it_is_an_error(project: Path) -> None:
    record(project, "--source=shop")
    result = run_probe(Coverage(against="before"), root=project, expect={"changed_missed": 0}, exec_allowed=False)
    assert (result.outcome, "--readiness-no-exec" in result.reason) == (Outcome.ERROR, True)


def test_a_diff_that_looks_like_a_diff_is_read_right() -> None:
    text = """\
diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -2 +2,2 @@ def f():
--- a/x
+++ b/x
++++ b/y
@@ -9 +10 @@
-old
\\ No newline at end of file
+new
\\ No newline at end of file
diff --git a/gone.py b/gone.py
--- a/gone.py
+++ /dev/null
@@ -1,2 +0,0 @@
-a
-b
diff --git "a/caf\\303\\251 \\"x\\".py" "b/x \\"y\\".py"
--- /dev/null
+++ "b/x \\"y\\".py"
@@ -0,0 +1 @@
+a
"""
    assert dict(diff.parse(text)) == {"a.py": {2, 3, 10}, 'x "y".py': {1}}


@pytest.mark.parametrize(
    ("source", "line", "hit"),
    [
        ("f(\n 1,\n)\n", 2, {1}),
        ("if (a and\n    b):\n    c = 1\n", 2, {1}),
        ("if a:\n    b = (1,\n         2)\n", 3, {2}),
        ("def f(\n    x,\n):\n    return x\n", 2, {1}),
        ("@d\ndef f(): pass\n", 1, {1}),
        ("if a:\n    pass\n# note\nelse:\n    pass\n", 3, set()),
        ("class A:\n    @d\n    def f(self):\n        pass\n", 2, {2}),
        ("match (\n    a):\n    case 1:\n        b\n", 2, {1}),
        ("try:\n    a\nfinally:\n    b\n", 4, {4}),
        ("x = 1\n\ny = 2\n", 2, set()),
    ],
)
def test_a_changed_line_belongs_to_the_statement_around_it(source: str, line: int, hit: set[int]) -> None:
    statements = {number for number, text in enumerate(source.splitlines(), 1) if text[:1] != "#" and text.strip()}
    first_lines = statements - {n for n, text in enumerate(source.splitlines(), 1) if text.strip() in _REST}
    assert diff.touched(source.encode(), {line}, first_lines) == hit


_REST = {"1,", ")", "b):", "2)", "x,", "):", "else:", "a):"}


def without(root: Path, command: str) -> dict[str, str]:
    """Return an environment in which git cannot do *command*."""
    real = subprocess.run(["which", "git"], check=True, capture_output=True, text=True).stdout.strip()
    script = root / "bin" / "git"
    script.parent.mkdir()
    text = f'#!/bin/sh\ncase "$*" in *" {command} "*) echo "no {command} today" >&2; exit 3;; esac\nexec {real} "$@"\n'
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)
    return {"PATH": f"{script.parent}:{os.environ['PATH']}", "HOME": str(root)}


def test_a_git_that_fails_is_an_error_with_its_words(project: Path) -> None:
    record(project, "--source=shop")
    env = without(project, "diff")
    result = run_probe(Coverage(against="before"), root=project, expect={"changed_missed": 0}, env=env, timeout=30)
    assert (result.outcome, result.reason) == (Outcome.ERROR, "against: git diff failed: no diff today")


def test_a_diff_beyond_all_bounds_is_an_error(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff, "_LIMIT", 100)
    result = changed(project, {"shop/never.py": "x = 1\n" * 99})
    assert (result.outcome, "printed more than 100 bytes" in result.reason) == (Outcome.ERROR, True)
