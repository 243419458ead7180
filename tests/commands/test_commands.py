"""The console script as a whole: its verbs, its usage errors, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_readiness import commands
from pytest_readiness.commands import _output, main

from .conftest import Run

SCRIPT = [sys.executable, "-c", "from pytest_readiness.commands import main; raise SystemExit(main())"]


def test_the_verbs_are_the_files(run: Run) -> None:
    assert commands.verbs() == ("audit", "check", "explain", "import", "init", "probes", "report", "schema")
    overview = run("--help")
    assert overview.exit_code == 0
    for verb in commands.verbs():
        assert f"\n  {verb} " in overview.output


@pytest.mark.parametrize("verb", commands.verbs())
def test_each_verb_explains_its_options(run: Run, verb: str) -> None:
    ran = run(verb, "--help")
    assert ran.exit_code == 0
    assert ran.output.startswith(f"usage: readiness {verb} ")


def test_it_tells_its_version(run: Run) -> None:
    assert run("--version").output.startswith("readiness 0.")


def test_without_arguments_it_names_the_verbs(run: Run) -> None:
    ran = run()
    assert ran.exit_code == 4
    assert ran.errors == f"readiness: which command? There is {', '.join(commands.verbs())}\n"


def test_a_mistyped_verb_gets_the_near_one(run: Run) -> None:
    assert run("chekc").errors == "readiness: there is no command 'chekc': did you mean check?\n"


def test_an_unknown_verb_gets_them_all(run: Run) -> None:
    ran = run("zzz")
    assert ran.exit_code == 4
    assert f"there is {', '.join(commands.verbs())}" in ran.errors


@pytest.mark.parametrize("verb", ["diff", "verify"])
def test_a_promised_verb_says_that_it_is_not_there_yet(run: Run, verb: str) -> None:
    ran = run(verb, "--whatever")
    assert ran.exit_code == 4
    assert "is not available yet" in ran.errors


def test_an_unknown_option_is_one_line_and_exit_code_4(run: Run) -> None:
    ran = run("check", "--nope")
    assert ran.exit_code == 4
    assert ran.errors == "readiness: unrecognized arguments: --nope (see readiness check --help)\n"


def test_an_option_cannot_be_shortened(run: Run) -> None:
    assert run("check", "--prof", "x").exit_code == 4


def test_ctrl_c_is_exit_code_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_run", interrupt)
    ran = run("check")
    assert (ran.exit_code, ran.errors) == (2, "readiness: interrupted\n")


def test_a_mistake_of_ours_is_exit_code_3_with_its_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> int:
        message = "stumbled"
        raise RuntimeError(message)

    monkeypatch.setattr(commands, "_run", stumble)
    ran = run("check")
    assert ran.exit_code == 3
    assert "RuntimeError: stumbled" in ran.errors


def test_the_arguments_are_those_of_the_process_unless_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["readiness", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("readiness ")


class TestOutput:
    def test_a_reader_that_goes_away_changes_nothing(self, project: Path) -> None:
        process = subprocess.Popen(
            [*SCRIPT, "check"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        with process.stderr as errors:
            assert errors.read() == ""
        assert process.wait(30) == 0

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
    def test_a_full_disk_is_told_and_fails_the_run(self, project: Path) -> None:
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [*SCRIPT, "check"], cwd=project, stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False
            )
        assert done.returncode == 1
        assert done.stderr == "readiness: not all could be written to standard output: No space left on device\n"

    @pytest.mark.parametrize(
        ("error", "failed"), [(BrokenPipeError(32, "Broken pipe"), None), (OSError(5, "bad"), "bad")]
    )
    def test_writing_fails_once_and_is_not_tried_again(self, error: OSError, failed: str | None) -> None:
        class Broken:
            encoding = None
            tries = 0

            def write(self, _text: str) -> None:
                Broken.tries += 1
                raise error

            def fileno(self) -> int:
                raise OSError

        output = _output.Output(Broken())  # type: ignore[arg-type]
        assert output.write("one") == 3
        assert output.write("two") == 3
        output.flush()
        assert Broken.tries == 1
        assert output.failed == failed

    def test_what_the_encoding_lacks_is_escaped(self, project: Path) -> None:
        (project / "readiness.yaml").write_text("version: 1\nname: Grüße\ngates: []\n", encoding="utf-8")
        env = {"PYTHONIOENCODING": "ascii"}
        done = subprocess.run([*SCRIPT, "check"], cwd=project, capture_output=True, env=env, timeout=30, check=False)
        assert b"Traceback" not in done.stderr
