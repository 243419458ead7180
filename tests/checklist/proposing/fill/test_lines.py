from __future__ import annotations

import pytest

from pytest_readiness.checklist.proposing.fill.lines import arguments, run_of


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("make all", ["make", "all"]),
        ("echo 'a | b'", ["echo", "a | b"]),
        ("make all # now", ["make", "all"]),
        ("serve &", ["serve"]),
        ("echo $HOME", ["echo", "$$HOME"]),
        ("a && b", []),
        ("a | b", []),
        ("say 'unclosed", []),
        ("a\nb", []),
    ],
)
def test_a_line_is_a_list_where_no_shell_is_needed(line: str, words: list[str]) -> None:
    assert arguments(line) == words


@pytest.mark.parametrize(
    ("words", "run"),
    [
        (["a.py", "-x"], ["python", "a.py", "-x"]),
        (["a.sh"], ["bash", "a.sh"]),
        (["python3", "a"], ["python", "a"]),
        (["make"], ["make"]),
    ],
)
def test_a_script_is_run_by_its_program(words: list[str], run: list[str]) -> None:
    assert run_of(words) == run
