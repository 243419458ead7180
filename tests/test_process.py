from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_readiness import process
from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.process import MARKER, Child, Completed, strays
from pytest_readiness.process._child import _explained

#: A child that pays no heed to SIGTERM.
STUBBORN = "trap '' TERM; echo up; while :; do sleep 0.05; done"


def run(*args: str, timeout: float = 10.0, cwd: Path | None = None, **more: object) -> Completed:
    env = {"PATH": os.environ["PATH"]}
    return process.run(args, cwd=cwd or Path.cwd(), env=env, deadline=Deadline.after(timeout), **more)  # type: ignore[arg-type]


def python(code: str, **more: object) -> Completed:
    return run("python", "-c", textwrap.dedent(code), **more)  # type: ignore[arg-type]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def eventually(holds: Callable[[], bool], within: float = 5.0) -> bool:
    deadline = Deadline.after(within)
    while not holds():
        if deadline.passed:
            return False
        time.sleep(0.01)
    return True


class TestACommand:
    def test_gives_its_output_and_exit_code(self) -> None:
        done = run("sh", "-c", "echo out; echo err >&2; exit 3")
        assert (done.returncode, done.stdout, done.stderr, done.truncated) == (3, "out\n", "err\n", False)
        assert done.args == ("sh", "-c", "echo out; echo err >&2; exit 3")
        assert 0 < done.duration < 10

    def test_ended_by_a_signal_says_which(self) -> None:
        assert run("sh", "-c", "kill -9 $$").returncode == -signal.SIGKILL

    def test_runs_in_its_folder_with_its_environment(self, tmp_path: Path) -> None:
        done = process.run(
            ["sh", "-c", "pwd; echo $COLOUR; echo $HOME"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "COLOUR": "blue"},
            deadline=Deadline.after(10),
        )
        assert done.stdout == f"{tmp_path}\nblue\n\n"

    def test_finds_nothing_on_its_stdin(self) -> None:
        assert run("cat").stdout == ""

    def test_gets_what_it_is_fed(self) -> None:
        assert run("cat", stdin="hällo").stdout == "hällo"

    def test_may_be_fed_more_than_a_pipe_holds_while_it_answers_as_much(self) -> None:
        done = run("cat", stdin="x" * 3_000_000, limit=4_000_000)
        assert len(done.stdout) == 3_000_000

    def test_need_not_read_what_it_is_fed(self) -> None:
        assert run("true", stdin="x" * 3_000_000).returncode == 0

    def test_may_be_fed_nothing(self) -> None:
        assert run("cat", stdin="").stdout == ""

    def test_python_is_the_one_that_runs_us(self) -> None:
        assert python("import sys; print(sys.executable)").stdout.strip() == sys.executable

    def test_cannot_fill_the_memory(self) -> None:
        done = python("import sys; sys.stdout.write('é' * 50_000); sys.stderr.write('e' * 100)", limit=101)
        # The 51st character is cut in two by the limit and left out.
        assert done.stdout == "é" * 50
        assert done.stderr == "e" * 100
        assert done.truncated

    def test_output_that_is_not_text_is_shown_as_far_as_it_is(self) -> None:
        assert run("printf", r"a\377b").stdout == "a\ufffdb"

    def test_may_close_its_output_and_go_on(self) -> None:
        assert python("import os, time; os.close(1); os.close(2); time.sleep(0.2)").returncode == 0

    def test_in_a_shell_is_one_string(self) -> None:
        done = process.run(
            "echo $((6 * 7)) | cat",
            cwd=Path.cwd(),
            env={"PATH": os.environ["PATH"]},
            deadline=Deadline.after(10),
            shell=True,
        )
        assert done.stdout == "42\n"
        assert done.args == ("echo $((6 * 7)) | cat",)
        assert run("echo a | cat", shell=True).stdout == "a\n"

    def test_marks_its_children_beside_the_marks_of_an_outer_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(MARKER, "outer")
        marks = run("printenv", MARKER).stdout.strip().split("/")
        assert marks[0] == "outer"
        assert len(marks) == 2


class TestCannotBeStarted:
    def test_a_program_that_is_not_there(self) -> None:
        with pytest.raises(CannotMeasure, match=r"^no-such-program is not there: no such program"):
            run("no-such-program")

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CannotMeasure, match=r"there is no folder .*nowhere"):
            run("true", cwd=tmp_path / "nowhere")

    def test_a_file_that_may_not_be_run(self, tmp_path: Path) -> None:
        file = tmp_path / "tool"
        file.write_text("#!/bin/sh\n", encoding="utf-8")
        with pytest.raises(CannotMeasure, match="tool cannot be started: Permission denied"):
            run(str(file))

    def test_an_argument_with_a_null_byte(self) -> None:
        with pytest.raises(CannotMeasure, match="true cannot be started: embedded null byte"):
            run("true", "a\0b")

    def test_a_string_in_place_of_a_list(self) -> None:
        with pytest.raises(CannotMeasure, match="a list of arguments, not one string: 'echo a'"):
            process.run("echo a", cwd=Path.cwd(), env={}, deadline=Deadline.after(1))

    @pytest.mark.parametrize("args", [(), ("",)])
    def test_nothing(self, args: tuple[str, ...]) -> None:
        with pytest.raises(CannotMeasure, match="at least the name of a program"):
            run(*args)

    def test_a_list_in_a_shell(self) -> None:
        with pytest.raises(CannotMeasure, match="one single string, not a list of 2"):
            run("echo", "a", shell=True)

    def test_when_no_time_is_left(self) -> None:
        with pytest.raises(CannotMeasure, match="true was not started: no time is left"):
            run("true", timeout=0)

    def test_an_empty_shell_command_is_named_somehow(self) -> None:
        with pytest.raises(CannotMeasure, match="the shell was not started"):
            run(" ", shell=True, timeout=0)

    def test_without_a_word_from_the_system(self) -> None:
        with pytest.raises(CannotMeasure, match="x cannot be started: odd"), _explained("x", Path.cwd()):
            raise OSError("odd")


class TestTheDeadline:
    def test_ends_a_command_and_says_so_with_its_last_words(self) -> None:
        begun = time.monotonic()
        with pytest.raises(CannotMeasure, match=r"^sh timed out after 0\.3 s") as caught:
            run("sh", "-c", "echo almost; echo odd >&2; sleep 60", timeout=0.3)
        assert time.monotonic() - begun < 2
        assert caught.value.__notes__ == ["last lines of stdout:\nalmost", "last lines of stderr:\nodd"]

    def test_ends_a_command_that_ignores_being_asked(self) -> None:
        begun = time.monotonic()
        with pytest.raises(CannotMeasure, match="timed out"):
            run("sh", "-c", STUBBORN, timeout=0.3)
        assert time.monotonic() - begun < 2.5

    def test_ends_a_command_that_never_stops_talking(self) -> None:
        with pytest.raises(CannotMeasure, match=r"yes timed out after 0\.3 s"):
            run("yes", timeout=0.3, limit=1000)

    def test_ends_grandchildren_even_in_a_session_of_their_own(self, tmp_path: Path) -> None:
        code = f"""
            import subprocess, time
            one = subprocess.Popen(["sleep", "61"])
            two = subprocess.Popen(["sh", "-c", {STUBBORN!r}], start_new_session=True)
            open("pids", "w").write(f"{{one.pid}} {{two.pid}}")
            time.sleep(60)
        """
        with pytest.raises(CannotMeasure, match="timed out"):
            python(code, timeout=1.0, cwd=tmp_path)
        pids = [int(pid) for pid in (tmp_path / "pids").read_text(encoding="utf-8").split()]
        assert len(pids) == 2
        assert not any(map(alive, pids))

    def test_of_less_than_a_second_is_shown_in_full(self) -> None:
        assert process.seconds(0.254) == "0.25 s"
        assert process.seconds(0.05, about=True) == "0.05 s"
        assert process.seconds(0.288, about=True) == "0.3 s"
        assert process.seconds(4.97, about=True) == "5 s"
        assert process.seconds(1800) == "1800 s"


class TestGrandchildren:
    def test_that_hold_the_output_do_not_hold_us(self, tmp_path: Path) -> None:
        begun = time.monotonic()
        done = run("sh", "-c", "sleep 62 & echo $! > pid; echo done", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, "done\n")
        assert time.monotonic() - begun < 2
        assert eventually(lambda: not alive(int((tmp_path / "pid").read_text(encoding="utf-8"))))

    def test_that_were_detached_on_purpose_are_left_alone_at_a_normal_end(self, tmp_path: Path) -> None:
        code = """
            import subprocess
            one = subprocess.Popen(["sleep", "5"], start_new_session=True)
            open("pid", "w").write(str(one.pid))
        """
        begun = time.monotonic()
        assert python(code, cwd=tmp_path).returncode == 0
        assert time.monotonic() - begun < 4
        pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
        assert alive(pid)
        os.kill(pid, signal.SIGKILL)

    def test_that_ignore_being_asked_are_forced(self, tmp_path: Path) -> None:
        script = f"sh -c {STUBBORN!r} > up & echo $! > pid; until [ -s up ]; do sleep 0.01; done"
        assert run("sh", "-c", script.replace("'\"'\"'", "'"), cwd=tmp_path).returncode == 0
        assert not alive(int((tmp_path / "pid").read_text(encoding="utf-8")))


class TestWhateverHappens:
    def test_an_interruption_ends_the_command(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object) -> bool:
            assert eventually((tmp_path / "pid").exists)
            raise KeyboardInterrupt

        monkeypatch.setattr("pytest_readiness.process._pipes.Pipes.until_exit", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run("sh", "-c", "echo $$ > tmp; mv tmp pid; exec sleep 63", cwd=tmp_path)
        assert not alive(int((tmp_path / "pid").read_text(encoding="utf-8")))

    def test_an_exit_code_that_somebody_else_took_is_not_guessed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        exited = Child.exited

        def stolen(child: Child) -> bool:
            os.waitpid(child.pid, 0)
            monkeypatch.setattr(Child, "exited", exited)
            return exited(child)

        monkeypatch.setattr(Child, "exited", stolen)
        with pytest.raises(CannotMeasure, match="the exit code of true is not known"):
            run("true")

    def test_an_interruption_of_the_ending_still_kills(self, monkeypatch: pytest.MonkeyPatch) -> None:
        child = Child(["sh", "-c", STUBBORN], cwd=Path.cwd(), env={"PATH": os.environ["PATH"]}, merged=True)
        assert child.popen.stdout
        assert child.popen.stdout.readline() == b"up\n"

        def interrupt(*_: object) -> bool:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("pytest_readiness.process._child._wait", interrupt)
            with pytest.raises(KeyboardInterrupt):
                child.end(5)
        assert eventually(lambda: not alive(child.pid))
        child.end()
        child.popen.stdout.close()

    def test_all_children_can_be_ended_at_once(self) -> None:
        children = [
            Child(["sh", "-c", STUBBORN], cwd=Path.cwd(), env={"PATH": os.environ["PATH"]}, merged=True)
            for _ in range(3)
        ]
        begun = time.monotonic()
        process.end_all(0.1)
        assert time.monotonic() - begun < 5
        for child in children:
            assert not alive(child.pid)
            assert strays(child.mark) == []
            assert child.popen.stdout
            child.popen.stdout.close()

    def test_a_child_may_be_ended_twice_and_by_two_threads(self) -> None:
        child = Child(["sleep", "64"], cwd=Path.cwd(), env={"PATH": os.environ["PATH"]}, merged=True)
        threads = [threading.Thread(target=child.end) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        child.end()
        assert child.returncode == -signal.SIGTERM
        assert child.popen.stdout
        child.popen.stdout.close()

    def test_the_exit_of_the_interpreter_ends_what_threads_left_running(self, tmp_path: Path) -> None:
        code = f"""
            import os, threading, time
            from pathlib import Path
            from pytest_readiness.deadline import Deadline
            from pytest_readiness.process import run
            here = Path({str(tmp_path)!r})
            def work():
                run(["sh", "-c", "echo $$ > tmp; mv tmp pid; trap '' TERM; sleep 65; sleep 66"],
                    cwd=here, env=dict(os.environ), deadline=Deadline.after(60))
            threading.Thread(target=work, daemon=True).start()
            while not (here / "pid").exists():
                time.sleep(0.01)
        """
        begun = time.monotonic()
        subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=30)
        assert time.monotonic() - begun < 10
        assert not alive(int((tmp_path / "pid").read_text(encoding="utf-8")))

    def test_a_place_without_descriptors_for_processes_is_fine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
        assert run("sh", "-c", "sleep 0.1; echo late").stdout == "late\n"


def test_whoever_asks_is_told_the_number_of_the_process() -> None:
    told: list[int] = []
    done = python("import os; print(os.getpid())", started=told.append)
    assert told == [int(done.stdout)]
