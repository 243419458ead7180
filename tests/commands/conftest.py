"""A project in an empty folder, and the console script run in it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_readiness.commands import main

HEAD = "version: 1\nname: demo\ngates:\n"
GREEN = HEAD + "  - {id: there, probe: file, with: {path: readiness.yaml}}\n"
RED = GREEN + "  - {id: gone, probe: file, with: {paths: [readiness.yaml, LICENSE]}, fix: Add a licence.}\n"
CONFTEST = '''
from dataclasses import dataclass
from pytest_readiness import Measure, Measurements, Probe

@dataclass(frozen=True, kw_only=True)
class Answer(Probe):
    """
    What is the answer?

    Fails when it is another one.
    """

    measures = {"answer": Measure(int, "the answer")}

    def measure(self, context):
        return Measurements({"answer": 42}, looked_at=1)

def pytest_readiness_probes():
    return {"answer": Answer}
'''


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    exit_code: int
    output: str
    errors: str


Run = Callable[..., Ran]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder, and undo what importing its conftest.py does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setitem(sys.modules, "conftest", sys)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "readiness.yaml").write_text(GREEN)
    return tmp_path


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    assert project.is_dir()

    def run(*words: str) -> Ran:
        code = main(words)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
