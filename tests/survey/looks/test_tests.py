from __future__ import annotations

from pathlib import Path

from tests.survey.projects import found, remarks

CODE = """
def test_a(): ...
async def test_b(): ...
class TestC:
    def test_d(self): ...
    def help(self): ...
"""


def test_tests_are_counted_and_have_to_pass(tmp_path: Path) -> None:
    gate = found("tests", tmp_path, {"tests/test_a.py": CODE, "tests/test_b.py": "def test_e(): ...\n"})["tests"]
    assert gate.why == "4 test functions are in 2 files"
    assert gate.musts == {"failed": 0, "errors": 0}
    assert gate.ratchets == ("passed",)


def test_files_without_a_test_are_told(tmp_path: Path) -> None:
    assert remarks("tests", tmp_path, {"test_a.py": "x = 1\n"}) == [
        "1 files are named as tests are, but no test is in them"
    ]
