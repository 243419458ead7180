"""Linting: Ruff for real, and the reports of other linters."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.probe import Touch
from pytest_readiness.probes.lint import Lint

from .tooling import evidence, judged, program, values, write

CLEAN = "import os\n\nprint(os.sep)\n"
SLOPPY = """import os


def work(path):
    try:
        return open(path)
    except:
        pass
"""


class TestRuff:
    def test_clean_code_passes(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": CLEAN, "pyproject.toml": ""})
        result = judged(Lint(), tmp_path)
        assert result.outcome is Outcome.PASSED, result.reason
        assert values(result) == {"files": 1, "problems": 0, "fixable": 0, "rules": 0, "age": 0.0}
        assert evidence(result) == {"checked": "ruff check .: 1 looked at, 0 findings"}

    def test_problems_fail_and_are_named(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": SLOPPY, "ruff.toml": "lint.select = ['E', 'F']\n"})
        result = judged(Lint(paths=("src",)), tmp_path)
        assert result.outcome is Outcome.FAILED
        assert result.reason.startswith("problems is 2, expected 0")
        assert values(result)["fixable"] == 1
        assert evidence(result)["problems"].splitlines()[0].startswith("src/a.py:1: F401 `os` imported")

    def test_patterns_stand_for_files(self, tmp_path: Path) -> None:
        write(
            tmp_path, {"a/one.py": CLEAN, "a/deep/one.py": CLEAN, "a/two.py": SLOPPY, "a/one.txt": "(", "b.py": CLEAN}
        )
        result = judged(Lint(paths=("**/one.*", "b.py", "{a,b}/deep/*.py")), tmp_path)
        assert (result.outcome, values(result)["files"]) == (Outcome.PASSED, 3)
        assert judged(Lint(paths=("a/t*.py",)), tmp_path).outcome is Outcome.FAILED

    @pytest.mark.no_false_green
    def test_a_pattern_that_matches_nothing_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": CLEAN, "a.txt": ""})
        result = judged(Lint(paths=("a.py", "*.txt")), tmp_path)
        assert (result.outcome, result.reason) == (Outcome.ERROR, "no Python file matches *.txt")

    def test_selected_rules_take_the_place_of_the_projects_own(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": SLOPPY, "ruff.toml": "lint.select = ['F']\n"})
        result = judged(
            Lint(select=("E722", "BLE001", "S110")), tmp_path, {"rule:E722": 1, "rule:S*": 1, "rule:BLE001": 0}
        )
        assert result.outcome is Outcome.FAILED
        assert "problems is 2" in result.reason
        assert values(result)["rule:BLE001"] == 0

    def test_the_projects_own_configuration_is_used(self, tmp_path: Path) -> None:
        write(
            tmp_path, {"a.py": SLOPPY, "ruff.toml": "lint.select = ['F']\n", "other.toml": "lint.select = ['S110']\n"}
        )
        assert values(judged(Lint(), tmp_path))["problems"] == 1
        found = values(judged(Lint(config="other.toml"), tmp_path, {"rule:S110": 1}))
        assert found["rule:S110"] == 1
        assert judged(Lint(ignore=("F",)), tmp_path).outcome is Outcome.PASSED

    def test_a_rule_that_is_not_switched_on_is_not_zero(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": CLEAN})
        result = judged(Lint(), tmp_path, {"rule:S101": 0})
        assert result.outcome is Outcome.ERROR
        assert "rule:S101 was not measured: the rule is not switched on" in result.reason
        assert judged(Lint(), tmp_path, {"rule:F401": 0, "rule:F*": 0}).outcome is Outcome.PASSED

    def test_a_selection_that_switches_nothing_on_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": CLEAN})
        result = judged(Lint(select=("E722", "PLR0904")), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "PLR0904 switches no rule" in result.reason
        assert judged(Lint(select=("ALL",), ignore=("D", "T", "I")), tmp_path).outcome is Outcome.FAILED

    def test_a_rule_that_ruff_does_not_know_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": CLEAN})
        assert judged(Lint(select=("XYZ1",)), tmp_path).outcome is Outcome.ERROR

    def test_a_file_that_cannot_be_parsed_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = (\n"})
        result = judged(Lint(), tmp_path, {"problems": "<= 9"})
        assert result.outcome is Outcome.ERROR
        assert "a file could not be read by the tool: a.py:" in result.reason

    def test_no_file_is_nothing_looked_at(self, tmp_path: Path) -> None:
        write(tmp_path, {"pyproject.toml": ""})
        assert "nothing was looked at" in judged(Lint(), tmp_path).reason
        assert "nothing was looked at" in judged(Lint(select=("E722",)), tmp_path).reason

    def test_a_configuration_that_is_broken_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": CLEAN, "ruff.toml": "lint.selekt = 1\n"})
        result = judged(Lint(), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "ruff could not do its work (exit code 2)" in result.reason

    def test_a_path_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        assert judged(Lint(paths=("src",)), tmp_path).reason == "src is not there"

    def test_the_same_look_is_taken_once_a_run(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": CLEAN})
        assert judged(Lint(), tmp_path, timeout=30).outcome is Outcome.PASSED


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, {"a.py": CLEAN})
    monkeypatch.setattr("pytest_readiness.probes._tools.running.importlib.util.find_spec", lambda _name: None)
    return tmp_path


class TestTroubleWithRuff:
    def test_one_that_is_not_installed_is_an_error_with_the_command(
        self, fake: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(fake))
        assert judged(Lint(), fake).reason == "ruff is not installed: pip install ruff"

    def test_one_that_hangs_is_an_error_at_the_deadline(self, fake: Path) -> None:
        folder = program(fake / "bin", "ruff", "time.sleep(60)")
        begun = time.monotonic()
        result = judged(Lint(), fake, path=folder, timeout=0.5)
        assert result.outcome is Outcome.ERROR
        assert time.monotonic() - begun < 10

    def test_an_answer_that_is_no_json_is_an_error(self, fake: Path) -> None:
        folder = program(fake / "bin", "ruff", "print('oops: an error happened')")
        assert "oops" in judged(Lint(), fake, path=folder).reason

    def test_one_that_does_not_tell_its_rules_is_an_error_where_it_matters(self, fake: Path) -> None:
        code = "print('' if '--show-settings' in sys.argv else 'a.py' if '--show-files' in sys.argv else '[]')"
        folder = program(fake / "bin", "ruff", code)
        assert judged(Lint(), fake, path=folder).outcome is Outcome.PASSED
        assert "does not tell which rules" in judged(Lint(select=("E",)), fake, path=folder).reason
        assert "not switched on" in judged(Lint(), fake, {"rule:E1": 0}, path=folder).reason

    def test_one_that_cannot_list_its_files_is_an_error(self, fake: Path) -> None:
        code = "print('[]'); sys.exit(2 if '--show-files' in sys.argv else 0)"
        assert judged(Lint(), fake, path=program(fake / "bin", "ruff", code)).outcome is Outcome.ERROR

    def test_without_leave_to_run_commands_it_is_an_error(self, fake: Path) -> None:
        folder = program(fake / "bin", "ruff", "")
        assert "--readiness-no-exec" in judged(Lint(), fake, path=folder, exec_allowed=False).reason

    def test_more_output_than_is_read_is_an_error(self, fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pytest_readiness.probes._tools.running.LIMIT", 1000)
        folder = program(fake / "bin", "ruff", "print('x' * 5000)")
        assert "the most that is read" in judged(Lint(), fake, path=folder).reason


RUFF = [
    {
        "code": "S105",
        "filename": "/srv/app.py",
        "fix": None,
        "location": {"row": 3, "column": 1},
        "message": 'Possible hardcoded password assigned to: "hunter2-very-secret"',
    },
    {
        "code": "F401",
        "filename": "app.py",
        "fix": {"applicability": "safe"},
        "location": {"row": 1, "column": 1},
        "message": "`os` imported but unused",
        "severity": "error",
    },
]
FLAKE8 = {
    "src/a.py": [{"code": "F401", "filename": "src/a.py", "line_number": 1, "column_number": 1, "text": "'os' unused"}],
    "src/b.py": [],
}
PYLINT = [
    {"type": "convention", "line": 1, "path": "src/a.py", "symbol": "missing-module-docstring",
     "message": "Missing module docstring", "message-id": "C0114"}
]  # fmt: skip
PYLINT2 = {
    "messages": [
        {"type": "error", "line": 1, "path": "src/a.py", "symbol": "no-member", "message": "x", "messageId": "E1101"}
    ],
    "statistics": {"modulesLinted": 4},
}
ESLINT = [
    {"filePath": "/srv/web/a.ts", "messages": [
        {"ruleId": "no-unused-vars", "severity": 2, "message": "'x' is unused", "line": 4, "fix": {"range": [0, 1]}},
        {"ruleId": "eqeqeq", "severity": 1, "message": "use ===", "line": 5}]},
    {"filePath": "/srv/web/b.ts", "messages": []},
]  # fmt: skip


class TestReports:
    @pytest.mark.parametrize(
        ("report", "problems", "files"),
        [(RUFF, 2, None), (FLAKE8, 1, 2), (PYLINT, 1, None), (PYLINT2, 1, 4), (ESLINT, 2, 2), ([], 0, None)],
    )
    def test_those_of_each_linter_are_read(
        self, tmp_path: Path, report: object, problems: int, files: int | None
    ) -> None:
        write(tmp_path, {"lint.json": json.dumps(report)})
        result = judged(Lint(report=("lint.json",)), tmp_path)
        assert result.outcome is (Outcome.FAILED if problems else Outcome.PASSED)
        assert values(result)["problems"] == problems
        assert values(result).get("files") == files

    def test_sarif_is_read_too(self, tmp_path: Path) -> None:
        results = [
            {"ruleId": "E1", "message": {"text": "x"}},
            {"ruleId": "E2", "message": {}, "suppressions": [{"kind": "inSource"}]},
        ]
        run = {"tool": {"driver": {"name": "tslint"}}, "results": results}
        write(tmp_path, {"lint.sarif": json.dumps({"version": "2.1.0", "runs": [run]})})
        assert values(judged(Lint(report=("*.sarif",)), tmp_path))["problems"] == 1

    def test_rules_are_chosen(self, tmp_path: Path) -> None:
        write(tmp_path, {"lint.json": json.dumps(RUFF)})
        assert values(judged(Lint(report=("lint.json",), select=("F",)), tmp_path))["problems"] == 1
        assert judged(Lint(report=("lint.json",), ignore=("F", "S")), tmp_path).outcome is Outcome.PASSED
        assert values(judged(Lint(report=("lint.json",)), tmp_path, {"rule:E9": 0}))["rule:E9"] == 0

    def test_a_secret_in_a_message_is_not_shown(self, tmp_path: Path) -> None:
        write(tmp_path, {"lint.json": json.dumps(RUFF)})
        assert "hunter2" not in str(judged(Lint(report=("lint.json",)), tmp_path))

    def test_the_age_is_that_of_the_oldest(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.json": "[]", "b.json": "[]"})
        past = time.time() - 7200
        os.utime(tmp_path / "a.json", (past, past))
        result = judged(Lint(report=("a.json", "b.json")), tmp_path, {"age": "< 1 h"})
        assert result.outcome is Outcome.FAILED

    def test_one_of_the_future_has_no_age(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.json": "[]"})
        os.utime(tmp_path / "a.json", (2**33, 2**33))
        assert "of the future" in judged(Lint(report=("a.json",)), tmp_path, {"age": "< 1 h"}).reason

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "is empty"),
            ("hello", "of no format that is known"),
            ("{", "neither one JSON document nor one on each line"),
            ('{"a": 1}', "not of a tool whose reports are known"),
            ('[{"code": "E1", "filename": "a"}]', "not as its kind of report should be: KeyError"),
            ("[" * 100_000, "nested too deeply"),
        ],
    )
    def test_what_is_no_report_is_an_error(self, tmp_path: Path, text: str, why: str) -> None:
        write(tmp_path, {"lint.json": text})
        result = judged(Lint(report=("lint.json",)), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    def test_files_that_the_linter_could_not_read_are_an_error(self, tmp_path: Path) -> None:
        entry = {
            "filePath": "a.ts",
            "messages": [{"ruleId": None, "fatal": True, "severity": 2, "message": "Parsing error"}],
        }
        write(tmp_path, {"lint.json": json.dumps([entry, entry])})
        assert "Parsing error (and 1 more)" in judged(Lint(report=("lint.json",)), tmp_path).reason

    def test_a_report_of_no_files_is_nothing_looked_at(self, tmp_path: Path) -> None:
        write(tmp_path, {"lint.json": json.dumps({"messages": [], "statistics": {"modulesLinted": 0}})})
        assert "nothing was looked at" in judged(Lint(report=("lint.json",)), tmp_path).reason

    @pytest.mark.parametrize("name", ["lint.json", "*.json"])
    def test_one_that_is_not_there_is_an_error(self, tmp_path: Path, name: str) -> None:
        assert judged(Lint(report=(name,)), tmp_path).outcome is Outcome.ERROR


@pytest.mark.parametrize(
    "options",
    [
        {"paths": ()},
        {"paths": ("",)},
        {"select": ("not a rule",)},
        {"report": ("",)},
        {"report": ("a",), "paths": ("src",)},
        {"report": ("a",), "config": "x"},
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        Lint(**options)  # type: ignore[arg-type]


def test_it_knows_rules_by_name() -> None:
    assert Lint().declare("rule:E722") is not None
    assert Lint().declare("problems") is Lint.measures["problems"]
    assert [Lint().declare(name) for name in ("rule:", "role:E722", "level:error", "E722")] == [None] * 4


def test_it_says_what_it_touches() -> None:
    assert list(Lint(select=("E",), paths=("src",)).touches()) == [Touch("command", "ruff check --select E src")]
    assert list(Lint(report=("a.json",)).touches()) == [Touch("file", "a.json")]
