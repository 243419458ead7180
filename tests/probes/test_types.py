"""Types: mypy for real, the others where they are installed, and what each of them prints."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.probe import Touch
from pytest_readiness.probes.types import Types

from .tooling import evidence, judged, program, values, write

GOOD = "def twice(x: int) -> int:\n    return 2 * x\n"
BAD = "def twice(x: int) -> str:\n    return 2 * x\n\n\ntwice('a')\n"


class TestMypy:
    def test_code_without_errors_passes(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": GOOD, "src/b.py": GOOD})
        result = judged(Types(paths=("src",)), tmp_path)
        assert result.outcome is Outcome.PASSED, result.reason
        assert values(result) == {"errors": 0, "warnings": 0, "rules": 0, "files": 2, "age": 0.0}

    def test_errors_fail_and_are_named(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": BAD})
        result = judged(Types(paths=("src",)), tmp_path, {"rule:arg-type": "<= 1", "rule:*": 2})
        assert result.outcome is Outcome.FAILED
        assert result.reason.startswith("errors is 2, expected 0")
        assert values(result)["rule:arg-type"] == 1
        assert evidence(result)["findings"].splitlines()[0].startswith("src/a.py:2: return-value Incompatible return")

    def test_patterns_stand_for_files(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": GOOD, "src/deep/b.py": BAD})
        assert values(judged(Types(paths=("src/*.py",)), tmp_path))["files"] == 1
        assert judged(Types(paths=("src/**/b.py",)), tmp_path).outcome is Outcome.FAILED
        assert judged(Types(paths=("src/**/c.py",)), tmp_path).reason == "no Python file matches src/**/c.py"

    def test_the_projects_configuration_is_used(self, tmp_path: Path) -> None:
        loose = "def f(x):\n    return x\n"
        write(tmp_path, {"a.py": loose, "mypy.ini": "[mypy]\nfiles = a.py\npretty = true\n"})
        write(tmp_path, {"strict.ini": "[mypy]\ndisallow_untyped_defs = true\n"})
        assert judged(Types(), tmp_path).outcome is Outcome.PASSED
        assert judged(Types(paths=("a.py",), config="strict.ini"), tmp_path).outcome is Outcome.FAILED
        assert judged(Types(strict=True), tmp_path).outcome is Outcome.FAILED

    def test_a_syntax_error_is_an_error_not_a_number(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = (\n"})
        result = judged(Types(paths=("a.py",)), tmp_path, {"errors": "<= 5"})
        assert result.outcome is Outcome.ERROR
        assert "mypy could not do its work (exit code 2): a.py:" in result.reason

    def test_without_anything_to_check_it_is_an_error(self, tmp_path: Path) -> None:
        result = judged(Types(), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "Missing target module" in result.reason
        (tmp_path / "empty").mkdir()
        assert "no .py[i] files" in judged(Types(paths=("empty",)), tmp_path).reason
        assert judged(Types(paths=("src",)), tmp_path).reason == "src is not there"

    def test_a_rule_that_mypy_does_not_know_is_not_zero(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": GOOD})
        result = judged(Types(paths=("a.py",)), tmp_path, {"rule:arg_type": 0})
        assert result.outcome is Outcome.ERROR
        assert "mypy has no such rule" in result.reason
        assert judged(Types(paths=("a.py",)), tmp_path, {"rule:arg-type": 0, "rule:no-*": 0}).outcome is Outcome.PASSED


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, {"a.py": GOOD})
    monkeypatch.setattr("pytest_readiness.probes._tools.running.importlib.util.find_spec", lambda _name: None)
    return tmp_path


class TestTrouble:
    def test_one_that_is_not_installed_is_an_error_with_the_command(
        self, fake: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(fake))
        assert judged(Types(), fake).reason == "mypy is not installed: pip install mypy"
        assert "npm install --prefix . --save-dev typescript" in judged(Types(tool="tsc"), fake).reason

    def test_one_that_hangs_is_an_error_at_the_deadline(self, fake: Path) -> None:
        folder = program(fake / "bin", "mypy", "time.sleep(60)")
        begun = time.monotonic()
        assert judged(Types(), fake, path=folder, timeout=0.5).outcome is Outcome.ERROR
        assert time.monotonic() - begun < 10

    @pytest.mark.parametrize(
        ("printed", "why"),
        [
            ("a.py:1: error: no  [x]", "has not the last line"),
            ("Found 2 errors in 1 file (checked 1 source file)", "counts 2 errors, and 0 can be read"),
        ],
    )
    def test_what_is_not_as_mypy_prints_it_is_an_error(self, fake: Path, printed: str, why: str) -> None:
        folder = program(fake / "bin", "mypy", f"print({printed!r}); sys.exit(1)")
        assert why in judged(Types(), fake, path=folder).reason

    def test_a_crash_is_an_error(self, fake: Path) -> None:
        folder = program(fake / "bin", "mypy", "print('INTERNAL ERROR', file=sys.stderr); print('x'); sys.exit(2)")
        result = judged(Types(), fake, path=folder)
        assert result.reason == "mypy could not do its work (exit code 2): INTERNAL ERROR"

    def test_without_leave_to_run_commands_it_is_an_error(self, fake: Path) -> None:
        folder = program(fake / "bin", "mypy", "")
        assert "--readiness-no-exec" in judged(Types(), fake, path=folder, exec_allowed=False).reason


def pyright(found: list[dict[str, object]], files: int = 3) -> dict[str, object]:
    return {
        "version": "1.1.400",
        "time": "1795343729308",
        "generalDiagnostics": found,
        "summary": {"filesAnalyzed": files, "errorCount": 1, "warningCount": 1, "informationCount": 1},
    }


DIAGNOSTICS: list[dict[str, object]] = [
    {"file": "/srv/a.py", "severity": "error", "message": "no", "range": {"start": {"line": 0, "character": 7}}},
    {"file": "/srv/a.py", "severity": "warning", "message": "hm", "rule": "reportUnusedImport"},
    {"file": "/srv/a.py", "severity": "information", "message": "by the way", "rule": "reportX"},
]


class TestPyright:
    def test_its_answer_is_counted(self, fake: Path) -> None:
        folder = program(fake / "bin", "pyright", f"print({json.dumps(pyright(DIAGNOSTICS))!r}); sys.exit(1)")
        write(fake, {"strict.json": "{}"})
        result = judged(Types(tool="pyright", config="strict.json"), fake, {"rule:reportUnusedImport": 1}, path=folder)
        assert result.outcome is Outcome.FAILED
        assert {name: values(result)[name] for name in ("errors", "warnings", "files")} == {
            "errors": 1,
            "warnings": 1,
            "files": 3,
        }
        assert "/srv/a.py:1: syntax no" in evidence(result)["findings"]

    def test_no_file_is_nothing_looked_at(self, fake: Path) -> None:
        folder = program(fake / "bin", "pyright", f"print({json.dumps(pyright([], 0))!r})")
        assert "nothing was looked at" in judged(Types(tool="pyright"), fake, path=folder).reason

    @pytest.mark.parametrize("code", ["sys.exit(3)", "print('not JSON')", "print('[1')"])
    def test_an_answer_that_is_none_is_an_error(self, fake: Path, code: str) -> None:
        folder = program(fake / "bin", "pyright", code)
        assert judged(Types(tool="pyright"), fake, path=folder).outcome is Outcome.ERROR

    def test_the_real_one_agrees(self, tmp_path: Path) -> None:
        pytest.importorskip("basedpyright", reason="needs basedpyright")
        write(tmp_path, {"a.py": BAD})
        assert judged(Types(tool="basedpyright", paths=("a.py",)), tmp_path).outcome is Outcome.FAILED


TSC = """
if "bad" in sys.argv: print("error TS18003: No inputs were found in config file"); sys.exit(2)
if "none" in sys.argv: sys.exit(0)
if "crash" in sys.argv: sys.exit(3)
print("web/src/a.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.")
print("/srv/web/node_modules/typescript/lib/lib.d.ts")
print("/srv/web/src/a.ts")
sys.exit(1)
"""


class TestTypeScript:
    def test_errors_are_counted_in_each_project_with_its_own_compiler(self, tmp_path: Path) -> None:
        write(tmp_path, {"web/tsconfig.json": "{}", "web/node_modules/.bin/x": "", "admin/tsconfig.json": "{}"})
        program(tmp_path / "web" / "node_modules" / ".bin", "tsc", TSC)
        folder = program(tmp_path / "bin", "tsc", "print('/srv/admin/src/b.ts')")
        result = judged(Types(tool="tsc", projects=("web", "admin")), tmp_path, {"rule:TS2322": 1}, path=folder)
        assert result.outcome is Outcome.FAILED
        assert result.reason.startswith("errors is 1, expected 0")
        assert values(result)["files"] == 2
        assert evidence(result)["findings"].startswith("web/src/a.ts:1: TS2322 Type")

    @pytest.mark.parametrize(
        ("project", "why"),
        [
            ("bad", "tsc -p bad could not do its work (exit code 2): error TS18003"),
            ("none", "tsc -p none looks at no file"),
            ("crash", "exit code 3"),
            ("gone", "gone is not there"),
        ],
    )
    def test_what_checks_nothing_is_an_error(self, tmp_path: Path, project: str, why: str) -> None:
        for name in ("bad", "none", "crash"):
            (tmp_path / name).mkdir()
        folder = program(tmp_path / "bin", "tsc", TSC)
        assert why in judged(Types(tool="tsc", projects=(project,)), tmp_path, path=folder).reason

    @pytest.mark.skipif(shutil.which("tsc") is None, reason="needs TypeScript: npm install --global typescript")
    def test_the_real_one_agrees(self, tmp_path: Path) -> None:
        write(
            tmp_path, {"web/tsconfig.json": '{"include": ["src"]}', "web/src/a.ts": 'export const x: number = "a";\n'}
        )
        assert values(judged(Types(tool="tsc", projects=("web",)), tmp_path))["errors"] == 1


LINES = "src/a.py:2:5: error: Bad return  [return-value]\nsrc/a.py:2: note: see\nsrc/b.py:1: error: Odd\n"
MYPY_JSON = [
    {
        "file": "src/a.py",
        "line": 2,
        "column": 1,
        "message": "no",
        "hint": None,
        "code": "operator",
        "severity": "error",
    },
    {"file": "src/a.py", "line": 2, "column": 1, "message": "see", "hint": None, "code": None, "severity": "note"},
]


class TestReports:
    @pytest.mark.parametrize(
        ("text", "errors", "files"),
        [
            (f"{LINES}Found 2 errors in 2 files (checked 7 source files)\n", 2, 7),
            ("Success: no issues found in 12 source files\n", 0, 12),
            ("\n".join(map(json.dumps, MYPY_JSON)), 1, None),
            (json.dumps(MYPY_JSON[0]), 1, None),
            (json.dumps(pyright(DIAGNOSTICS)), 1, 3),
            ("web/a.ts(3,1): error TS2304: Cannot find name 'x'.\n", 1, None),
        ],
    )
    def test_those_of_each_checker_are_read(self, tmp_path: Path, text: str, errors: int, files: int | None) -> None:
        write(tmp_path, {"types.txt": text})
        result = judged(Types(report=("types.txt",)), tmp_path)
        assert result.outcome is (Outcome.FAILED if errors else Outcome.PASSED), result.reason
        assert values(result)["errors"] == errors
        assert values(result).get("files") == files

    def test_an_error_without_a_rule_is_misc(self, tmp_path: Path) -> None:
        write(tmp_path, {"types.txt": f"{LINES}Found 2 errors in 2 files (checked 7 source files)\n"})
        assert values(judged(Types(report=("types.txt",)), tmp_path, {"rule:misc": 1}))["rule:misc"] == 1

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "is empty"),
            (LINES, "of no format that is known, or was cut off"),
            ('{"code": "x"}\n{"code": 1}', "neither one JSON document nor one on each line"),
            (json.dumps({**MYPY_JSON[0], "code": "syntax"}), "could not be read by the tool"),
        ],
    )
    def test_what_is_no_whole_report_is_an_error(self, tmp_path: Path, text: str, why: str) -> None:
        write(tmp_path, {"types.txt": text})
        result = judged(Types(report=("types.txt",)), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    def test_an_old_one_has_its_age(self, tmp_path: Path) -> None:
        write(tmp_path, {"types.json": json.dumps({**pyright([]), "time": "1600000000000"})})
        assert judged(Types(report=("types.json",)), tmp_path, {"age": "< 1 d"}).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "options",
    [
        {"projects": ("web",)},
        {"tool": "tsc", "paths": ("src",)},
        {"tool": "tsc", "config": "x"},
        {"tool": "pyright", "strict": True},
        {"report": ("a",), "paths": ("src",)},
        {"report": ("",)},
        {"paths": ("",)},
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        Types(**options)  # type: ignore[arg-type]


def test_it_says_what_it_touches() -> None:
    assert list(Types(paths=("src",)).touches()) == [Touch("command", "mypy src")]
    assert list(Types(report=("a.txt",)).touches()) == [Touch("file", "a.txt")]
    assert Types().declare("rule:arg-type") is not None
    assert Types().declare("level:error") is None
