"""Formatting: real formatters, on code that is and is not as they want it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.probe import Touch
from pytest_readiness.probes.format import Format

from .tooling import evidence, judged, program, values, write

GOOD = 'x = "a"\n'
BAD = "x   = 'a'\n"


def tool(name: str) -> str:
    pytest.importorskip(name, reason=f"needs {name}: pip install {name}")
    return name


@pytest.fixture(params=["ruff", "black"])
def formatter(request: pytest.FixtureRequest) -> str:
    return tool(request.param)


class TestFormatters:
    def test_formatted_code_passes(self, formatter: str, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": GOOD, "b.py": GOOD})
        result = judged(Format(tool=formatter), tmp_path)  # type: ignore[arg-type]
        assert result.outcome is Outcome.PASSED, result.reason
        assert values(result) == {"files": 2, "unformatted": 0}

    def test_unformatted_code_fails_and_stays_as_it_is(self, formatter: str, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": GOOD, "src/b.py": BAD})
        result = judged(Format(tool=formatter, paths=("src",)), tmp_path)  # type: ignore[arg-type]
        assert result.outcome is Outcome.FAILED
        assert values(result) == {"files": 2, "unformatted": 1}
        assert evidence(result) == {"would be reformatted": "src/b.py"}
        assert (tmp_path / "src" / "b.py").read_text() == BAD

    def test_patterns_stand_for_files(self, formatter: str, tmp_path: Path) -> None:
        write(tmp_path, {"src/a.py": GOOD, "src/b.py": BAD})
        assert judged(Format(tool=formatter, paths=("**/a.py",)), tmp_path).outcome is Outcome.PASSED  # type: ignore[arg-type]
        assert judged(Format(tool=formatter, paths=("c*.py",)), tmp_path).outcome is Outcome.ERROR  # type: ignore[arg-type]

    def test_code_that_cannot_be_parsed_is_an_error(self, formatter: str, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": GOOD, "b.py": "x = (\n"})
        result = judged(Format(tool=formatter), tmp_path)  # type: ignore[arg-type]
        assert result.outcome is Outcome.ERROR
        assert f"{formatter} could not do its work (exit code" in result.reason

    def test_no_file_is_nothing_looked_at(self, formatter: str, tmp_path: Path) -> None:
        write(tmp_path, {"a.txt": ""})
        result = judged(Format(tool=formatter), tmp_path)  # type: ignore[arg-type]
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    def test_a_path_that_is_not_there_is_an_error(self, formatter: str, tmp_path: Path) -> None:
        result = judged(Format(tool=formatter, paths=("src",)), tmp_path)  # type: ignore[arg-type]
        assert result.reason == "src is not there"

    def test_a_configuration_is_used(self, formatter: str, tmp_path: Path) -> None:
        single = (
            "[format]\nquote-style='single'\n"
            if formatter == "ruff"
            else "[tool.black]\nskip-string-normalization=true\n"
        )
        write(tmp_path, {"a.py": "x = 'a'\n", "own.toml": single})
        assert judged(Format(tool=formatter), tmp_path).outcome is Outcome.FAILED  # type: ignore[arg-type]
        assert judged(Format(tool=formatter, config="own.toml"), tmp_path).outcome is Outcome.PASSED  # type: ignore[arg-type]


class TestTrouble:
    def test_without_leave_to_run_commands_it_is_an_error(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": GOOD})
        assert "--readiness-no-exec" in judged(Format(), tmp_path, exec_allowed=False).reason

    @pytest.mark.parametrize(
        "code",
        [
            "print('1 file already formatted'); sys.exit(1)",
            "print('1 file would be reformatted')",
            "print('hello')",
        ],
    )
    def test_an_exit_code_that_does_not_fit_the_words_is_an_error(
        self, tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, {"a.py": GOOD})
        missing(monkeypatch)
        result = judged(Format(tool="black"), tmp_path, path=program(tmp_path / "bin", "black", code))
        assert result.outcome is Outcome.ERROR
        assert "does not say of how many files" in result.reason

    def test_a_tool_that_is_not_installed_is_an_error_with_the_command(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, {"a.py": GOOD})
        missing(monkeypatch)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert judged(Format(tool="black"), tmp_path).reason == "black is not installed: pip install black"

    def test_a_tool_that_hangs_is_ended_at_the_deadline(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path, {"a.py": GOOD})
        missing(monkeypatch)
        folder = program(tmp_path / "bin", "black", "time.sleep(60)")
        result = judged(Format(tool="black"), tmp_path, path=folder, timeout=0.5)
        assert result.outcome is Outcome.ERROR

    def test_a_path_like_an_option_is_refused(self, tmp_path: Path) -> None:
        assert judged(Format(paths=("--diff",)), tmp_path).reason == "--diff is no path: write ./--diff"


def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no tool be found among the packages of this environment."""
    monkeypatch.setattr("pytest_readiness.probes._tools.running.importlib.util.find_spec", lambda _name: None)


@pytest.mark.parametrize("paths", [(), ("",), (" ",)])
def test_empty_paths_are_refused(paths: tuple[str, ...]) -> None:
    with pytest.raises(OptionError):
        Format(paths=paths)


def test_it_says_what_it_runs() -> None:
    assert list(Format(paths=("src",)).touches()) == [Touch("command", "ruff format --check src")]
    assert list(Format(tool="black").touches()) == [Touch("command", "black --check .")]
