"""Complexity: lines, methods and McCabe's numbers, the same as Ruff's."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.probe import Touch
from pytest_readiness.probes._tools.mccabe import size_of
from pytest_readiness.probes.complexity import Complexity
from pytest_readiness.testing import run_probe

from .tooling import evidence, judged, values, write

KINDS = """
def outer(kind):
    def inner(x):
        return x if x else None

    class Local:
        flag = True
        if flag:
            def method(self):
                while True:
                    pass

    match kind:
        case 1:
            return 1
        case [a, b] if a:
            return 2
        case _:
            return 3


def capture(kind):
    match kind:
        case 1:
            pass
        case {"a": 1} | _:
            pass


def guarded(kind):
    match kind:
        case 1:
            pass
        case x if x:
            pass


def named(kind):
    match kind:
        case (1 as y):
            pass
        case (_ as z):
            pass


async def waits(x):
    async with x:
        async for y in x:
            pass
    with x:
        while x:
            pass
        else:
            if x:
                pass
    try:
        pass
    except ValueError:
        if x:
            pass
    except KeyError:
        pass
    else:
        pass
    finally:
        for z in x:
            pass


def star():
    try:
        pass
    except* ValueError:
        pass
"""


def by_ruff(folder: Path) -> dict[tuple[int, str], int]:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--select",
        "C901",
        "--target-version",
        "py312",
    ]
    wanted = ["--config", "lint.mccabe.max-complexity=0", "--output-format", "json", str(folder)]
    found = json.loads(subprocess.run([*command, *wanted], capture_output=True, text=True, check=False).stdout)
    numbers = {}
    for item in found:
        match = re.match(r"`(.+)` is too complex \((\d+)", item["message"])
        assert match
        numbers[item["location"]["row"], match[1]] = int(match[2])
    return numbers


@pytest.mark.parametrize("source", [KINDS, Path(__file__).read_text(), Path(size_of.__code__.co_filename).read_text()])
def test_the_numbers_are_those_of_ruff(tmp_path: Path, source: str) -> None:
    write(tmp_path, {"kinds.py": source})
    size = size_of(source.encode(), "kinds.py")
    assert {(int(one.place.split(":")[1]), one.name): one.complexity for one in size.functions} == by_ruff(tmp_path)


class TestSince:
    OLD = "def a(x):\n    return x if x else 1\n\n\ndef b(x):\n    if x:\n        return 1\n    return 2\n"

    @pytest.fixture
    def repository(self, tmp_path: Path) -> Path:
        who = ("-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false")
        write(tmp_path, {"src/a.py": self.OLD, "docs/x.py": "", "other/y.py": "def old(): pass\n"})
        for args in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x"), ("tag", "before")):
            subprocess.run(["git", *who, *args], cwd=tmp_path, check=True, capture_output=True)
        return tmp_path

    def test_what_has_become_simpler_is_measured(self, repository: Path) -> None:
        write(repository, {"src/a.py": self.OLD.replace("if x:\n        return 1", "x += 1"), "src/n.py": self.OLD})
        result = judged(Complexity(since="before"), repository, {"grown": 0, "before": 1.5})
        assert result.outcome is Outcome.PASSED, result.reason
        assert values(result)["reduction"] == pytest.approx(100 * (1.5 - 1.25) / 1.5)

    @pytest.mark.no_false_green
    def test_what_has_become_more_entangled_fails_and_is_named(self, repository: Path) -> None:
        more = "    if x > 2:\n        return 3\n    return 2\n"
        write(repository, {"src/a.py": self.OLD.replace("    return 2\n", more)})
        result = judged(Complexity(since="before"), repository, {"grown": 0})
        assert (result.outcome, result.reason) == (Outcome.FAILED, "grown is 1, expected 0")
        assert evidence(result)["more complex than before"] == "2 -> 3  src/a.py:5: b"
        assert judged(Complexity(since="before"), repository, {"reduction": ">= 0 %"}).outcome is Outcome.FAILED

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("options", "why"),
        [
            ({"since": "nowhere"}, "git ls-tree:"),
            ({}, "grown was not measured: give since"),
            ({"since": "before", "paths": ("docs",)}, "there is no function"),
            ({"since": "before", "paths": ("new",)}, "there is no file at new in commit before"),
        ],
    )
    def test_what_cannot_be_compared_is_an_error(self, repository: Path, options: dict[str, Any], why: str) -> None:
        write(repository, {"new/z.py": "def f(): pass\n"})
        result = judged(Complexity(**options), repository, {"grown": 0})
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    def test_a_commit_without_a_function_is_nothing_to_compare_with(self, repository: Path) -> None:
        write(repository, {"docs/x.py": "def f(): pass\n"})
        result = judged(Complexity(since="before", paths=("docs",)), repository, {"grown": 0})
        assert "there was no function at before" in result.reason

    def test_what_is_no_commit_is_refused(self) -> None:
        with pytest.raises(OptionError, match="names no commit"):
            Complexity(since="--output=x")

    def test_git_is_touched(self) -> None:
        assert [touch.kind for touch in Complexity(since="v1").touches()] == ["file", "command"]


class TestNumbers:
    def test_everything_is_counted(self, tmp_path: Path) -> None:
        write(
            tmp_path, {"a.py": KINDS, "b.py": "class C:\n    def a(self): ...\n    def b(self):\n\n        return 1\n"}
        )
        result = judged(Complexity(paths=(".",)), tmp_path, {"files": 2})
        assert result.outcome is Outcome.PASSED, result.reason
        found = values(result)
        assert found["classes"] == 2
        assert found["functions"] == 10
        assert found["max_complexity"] == 9
        assert found["mean"] == pytest.approx(3.0)
        assert found["longest_file"] == KINDS.count("\n")
        assert found["most_methods"] == 2
        assert found["lines"] == KINDS.count("\n") + 5

    def test_a_property_and_its_setter_are_one_method(self, tmp_path: Path) -> None:
        source = "class C:\n    @property\n    def x(self): ...\n    @x.setter\n    def x(self, y): ...\n"
        write(tmp_path, {"a.py": source})
        assert values(judged(Complexity(paths=("a.py",)), tmp_path, {"files": 1}))["most_methods"] == 1


class TestLimits:
    def test_nothing_may_be_over_a_limit_that_is_given(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/fat_service.py": "x = 1\n" * 501, "src/slim_service.py": "x = 1\n" * 500})
        result = judged(Complexity(paths=("src/**/*_service.py",), max_lines=500), tmp_path)
        assert result.outcome is Outcome.FAILED
        assert "over_lines is 1, expected 0" in result.reason
        assert evidence(result)["over_lines 500"] == "  501  src/fat_service.py"

    def test_a_ratchet_lets_some_be_over(self, tmp_path: Path) -> None:
        write(tmp_path, {"fat.py": "x = 1\n" * 501, "slim.py": "x = 1\n"})
        probe = Complexity(max_lines=500)
        assert judged(probe, tmp_path, {"over_lines": "<= 1"}).outcome is Outcome.PASSED

    def test_functions_and_classes_have_limits_too(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": KINDS})
        probe = Complexity(max_complexity=8, max_function_lines=20, max_methods=1)
        result = judged(probe, tmp_path)
        assert result.outcome is Outcome.FAILED
        found = values(result)
        assert (found["over_complexity"], found["over_function_lines"], found["over_methods"]) == (1, 1, 0)
        assert "a.py:46: waits" in evidence(result)["over_complexity 8"]

    def test_without_a_limit_the_largest_are_shown_and_over_is_not_known(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": KINDS})
        result = judged(Complexity(), tmp_path, {"over_lines": 0})
        assert result.outcome is Outcome.ERROR
        assert "give max_lines" in result.reason
        assert "waits" in evidence(judged(Complexity(), tmp_path, {"files": 1}))["max_complexity"]

    def test_no_function_is_not_zero_functions_over_the_limit(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = 1\n"})
        result = judged(Complexity(max_complexity=10), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "there is no function" in result.reason

    def test_without_a_limit_and_without_an_expectation_there_is_no_gate(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = 1\n"})
        assert judged(Complexity(), tmp_path).outcome is Outcome.ERROR


class TestFiles:
    def test_no_file_is_nothing_looked_at(self, tmp_path: Path) -> None:
        result = judged(Complexity(max_lines=10), tmp_path)
        assert result.outcome is Outcome.ERROR

    def test_a_path_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = 1\n", "docs/a.md": ""})
        for path in ("nowhere", "docs", "*/x.py"):
            result = judged(Complexity(paths=("a.py", path), max_lines=10), tmp_path)
            assert result.outcome is Outcome.ERROR
            assert f"file at {path}" in result.reason

    def test_a_file_that_cannot_be_parsed_is_an_error_that_names_it(self, tmp_path: Path) -> None:
        write(tmp_path, {"good.py": "x = 1\n", "bad.py": "def f(:\n"})
        result = judged(Complexity(max_lines=10), tmp_path)
        assert result.outcome is Outcome.ERROR
        assert "bad.py:1" in result.reason

    def test_a_file_that_is_not_utf8_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "latin.py").write_bytes(b"x = '\xe9'\n")
        assert "latin.py" in judged(Complexity(max_lines=10), tmp_path).reason

    def test_a_folder_of_others_is_not_entered(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = 1\n", ".tox/b.py": "(", "node_modules/c.py": "(", "env/d.py": "("})
        write(tmp_path, {"env/pyvenv.cfg": "", "build/e.py": "("})
        assert values(judged(Complexity(), tmp_path, {"files": ">= 1"}))["files"] == 1

    def test_what_is_excluded_is_left_out(self, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": "x = 1\n", "src/gen/b.py": "(", "src/c_pb2.py": "("})
        probe = Complexity(exclude=("src/gen", "**/*_pb2.py"), max_lines=1)
        result = judged(probe, tmp_path)
        assert result.outcome is Outcome.PASSED, result.reason
        assert values(result)["files"] == 1

    def test_a_folder_that_cannot_be_read_is_an_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path, {"pkg/a.py": "x = 1\n"})

        def refused(folder: object, onerror: object) -> list[object]:
            assert callable(onerror)
            onerror(PermissionError(13, "Permission denied", str(folder)))
            return []

        monkeypatch.setattr("pytest_readiness.probes._tools.sources.os.walk", refused)
        assert "cannot be read: Permission denied" in judged(Complexity(max_lines=10), tmp_path).reason

    def test_the_deadline_is_kept(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = 1\n"})
        assert run_probe(Complexity(max_lines=1), root=tmp_path, timeout=0.000001).outcome is Outcome.ERROR

    def test_nesting_that_is_too_deep_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "x = " + "-" * 100_000 + "1\n"})
        assert "a.py" in judged(Complexity(max_lines=10), tmp_path).reason


@pytest.mark.parametrize("options", [{"max_lines": 0}, {"max_methods": -1}, {"paths": ("",)}, {"exclude": (" ",)}])
def test_options_that_mean_nothing_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        Complexity(**options)  # type: ignore[arg-type]


def test_it_says_what_it_reads() -> None:
    assert list(Complexity(paths=("src", "bin")).touches()) == [Touch("file", "src"), Touch("file", "bin")]
    assert list(Complexity().touches()) == [Touch("file", ".")]
