from __future__ import annotations

import os
from pathlib import Path

from pytest_readiness.survey.suite import run_suite

from .projects import write


def test_the_tests_are_run_and_leave_nothing_behind(tmp_path: Path) -> None:
    write(tmp_path, {"test_a.py": "def test_a():\n    pass\n\n\ndef test_b():\n    assert 0\n"})
    troubles: list[str] = []
    session = run_suite(tmp_path, os.environ, troubles)
    assert session is not None
    assert (len(session.tests), session.failed) == (2, 1)
    assert troubles == []
    assert [path.name for path in tmp_path.iterdir()] == ["test_a.py"]


def test_tests_that_cannot_be_run_say_why(tmp_path: Path) -> None:
    troubles: list[str] = []
    assert (
        run_suite(write(tmp_path, {"pytest.ini": "[pytest]\naddopts = --no-such-option\n"}), os.environ, troubles)
        is None
    )
    (trouble,) = troubles
    assert trouble.startswith("the tests could not be run: pytest ended with exit code 4: ")


def test_a_machine_without_python_says_so(tmp_path: Path) -> None:
    troubles: list[str] = []
    assert run_suite(tmp_path / "gone", os.environ, troubles) is None
    assert troubles[0].startswith("the tests could not be run: ")
