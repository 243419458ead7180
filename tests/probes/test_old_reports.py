"""Stored reports: one of last year says nothing of today, whichever probe reads it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from pytest_readiness.model import Outcome
from pytest_readiness.probe import Probe
from pytest_readiness.probes.benchmark import Benchmark
from pytest_readiness.probes.junit import Junit
from pytest_readiness.probes.lint import Lint
from pytest_readiness.probes.sarif import Sarif
from pytest_readiness.probes.types import Types
from pytest_readiness.testing import run_probe

from .test_benchmark import stored, timed

SARIF = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "scan"}}, "results": []}]}
STORED = {
    "junit.xml": '<testsuite tests="1"><testcase name="a" time="1"/></testsuite>',
    "run.json": stored(timed("test_one", 0.1), when="no time"),
    "scan.sarif": json.dumps(SARIF),
    "lint.json": "[]",
    "types.txt": "Success: no issues found in 3 source files",
}
PROBES = [
    Junit(path="junit.xml"),
    Benchmark(path="run.json"),
    Sarif(report=("scan.sarif",)),
    Lint(report=("lint.json",)),
    Types(report=("types.txt",)),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in STORED.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def judged(probe: Probe, folder: Path, days: float, **expect: str | int) -> Outcome:
    then = time.time() - days * 86400
    for name in STORED:
        os.utime(folder / name, (then, then))
    wanted = {**({"results": 0} if isinstance(probe, Sarif) else {}), **expect}
    return run_probe(probe, root=folder, expect=wanted).outcome


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name())
class TestAStoredReport:
    def test_of_this_month_passes(self, folder: Path, probe: Probe) -> None:
        assert judged(probe, folder, 29) is Outcome.PASSED

    @pytest.mark.no_false_green
    def test_of_last_year_fails(self, folder: Path, probe: Probe) -> None:
        assert judged(probe, folder, 365) is Outcome.FAILED

    def test_may_be_older_where_a_gate_says_so(self, folder: Path, probe: Probe) -> None:
        assert judged(probe, folder, 365, age="<= 400 d") is Outcome.PASSED
        assert judged(probe, folder, 20, age="<= 7 d") is Outcome.FAILED


def test_what_is_run_now_has_no_such_limit() -> None:
    assert not Lint().presumed()
    assert not Types().presumed()
    assert not Sarif(run="ruff").presumed()


@pytest.mark.no_false_green
def test_a_limit_of_age_alone_is_no_expectation(folder: Path) -> None:
    assert run_probe(Sarif(report=("scan.sarif",)), root=folder).outcome is Outcome.ERROR
