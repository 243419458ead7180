"""What a terminal shows, whatever it is."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from tests.pytester.projects import FAILS, PASSES, Project

SLOW = "- {id: slow, probe: command, with: {run: [sleep, '1']}}"
CHINESE = "- {id: chinese, title: 数据库 🗄️ 已经准备好了, probe: fake, with: {count: 0, says: 没有表}}"


def test_the_header_names_the_spec_the_profile_and_how_many_gates(project: Project) -> None:
    project.gates(PASSES, FAILS)
    assert "\nreadiness: readiness.yaml, 2 gates\n" in project.run().out


@pytest.mark.parametrize("args", [("--no-header",), ("-q",)])
def test_no_header_means_none(project: Project, args: tuple[str, ...]) -> None:
    project.gates(PASSES)
    ran = project.run(*args)
    assert "readiness: readiness.yaml" not in ran.out
    assert ran.last_line == "READY: the one gate passed"


def test_a_table_is_followed_by_the_verdict(project: Project) -> None:
    project.gates("- group: Shop\n  gates:\n    " + PASSES + "\n    " + FAILS)
    lines = project.run().out.splitlines()
    start = next(number for number, line in enumerate(lines) if "readiness of shop" in line)
    assert lines[start + 1].startswith("Shop  50 %")
    assert "  passed   It is well (good)" in lines
    assert "  FAILED   It is not well (bad)" in lines
    assert "           fix: Mend it." in lines
    assert "score 50 %" in lines
    assert lines[-1] == "NOT READY: 1 of 2 gates breaks (bad)"


def test_quiet_shows_only_what_is_not_met(project: Project) -> None:
    project.gates(PASSES, FAILS)
    ran = project.run("-q")
    assert "It is well" not in ran.out
    assert "  FAILED   It is not well (bad)" in ran.out


def test_verbose_shows_all_that_was_measured(project: Project) -> None:
    project.gates(PASSES)
    assert "measured: count 1, share 71.40 %" in project.run("-v").out


def test_without_a_terminal_the_exit_code_and_the_report_speak(project: Project) -> None:
    project.gates(FAILS)
    ran = project.run("-p", "no:terminal")
    assert (ran.exit_code, ran.report["verdict"], ran.out) == (1, "NOT READY", "")


@pytest.mark.parametrize("columns", ["40", "80"])
def test_the_table_fits_the_width(project: Project, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    project.gates(PASSES, FAILS)
    lines = project.run().out.splitlines()
    start = next(number for number, line in enumerate(lines) if "readiness of shop" in line)
    end = next(number for number, line in enumerate(lines) if line.startswith("score"))
    assert [line for line in lines[start:end] if len(line) >= int(columns)] == []


def test_an_ascii_terminal_gets_escapes_line_by_line(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    project.gates(CHINESE)
    ran = project.run()
    assert ran.exit_code == 1
    assert ran.out.isascii()
    assert "\\n" not in ran.out
    assert "\\u6ca1\\u6709\\u8868" in ran.out.splitlines()
    assert ran.report["gates"][0]["title"] == "数据库 🗄️ 已经准备好了"


def test_any_script_is_shown_as_it_is_where_that_can_be(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    project.gates(CHINESE)
    ran = project.run()
    assert "数据库 🗄️ 已经准备好了 (chinese)" in ran.out
    assert "没有表" in ran.out


def test_evidence_cannot_steer_the_terminal(project: Project) -> None:
    project.gates(FAILS.replace("seen with own eyes", '"\\e[2J\\e[32mREADY"'))
    ran = project.run()
    assert "\x1b" not in ran.out
    assert "\\x1b[2J" in ran.out


# --- a real terminal --------------------------------------------------------------------------------------


def in_terminal(project: Project, *args: str, **env: str) -> str:
    """Run in a pseudo terminal of 80 columns and return all that was drawn."""
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "pytest", "--readiness", "-p", "no:randomly", "-p", "no:cacheprovider", *args]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **env}
    with subprocess.Popen(
        command, cwd=project.path, stdout=child, stdin=child, stderr=child, env=environment
    ) as process:
        os.close(child)
        drawn = b""
        while True:
            try:
                read = os.read(parent, 65536)
            except OSError:
                break
            if not read:
                break
            drawn += read
    os.close(parent)
    assert process.returncode == 0
    return drawn.decode()


def test_a_terminal_shows_live_progress_and_erases_it(project: Project) -> None:
    project.gates(SLOW)
    drawn = in_terminal(project)
    assert "readiness: 0 of 1 gates done after 0 s, running: slow" in drawn
    assert re.search(r"\r {79}\r", drawn)
    assert "\x1b[32m" in drawn


def test_no_color_means_none(project: Project) -> None:
    project.gates(PASSES)
    assert "\x1b[3" not in in_terminal(project, NO_COLOR="1")
    assert "\x1b[3" not in in_terminal(project, "--color=no")


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"CI": "true"}])
def test_a_dumb_terminal_and_a_log_are_not_drawn_over(project: Project, env: dict[str, str]) -> None:
    project.gates(SLOW)
    drawn = in_terminal(project, **env)
    assert "gates done" not in drawn
    assert not re.search(r"\r {79}\r", drawn)


def test_quiet_means_no_progress(project: Project) -> None:
    project.gates(SLOW)
    assert "gates done" not in in_terminal(project, "-q")
