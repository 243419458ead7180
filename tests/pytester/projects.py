"""A small project with a spec, tests and a probe that does as it is told, and what a run of it came to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CONFTEST = '''
import os
import signal
import time
from dataclasses import dataclass

from pytest_readiness import Evidence, Measure, Measurements, Probe, Touch, hookimpl, option


@dataclass(frozen=True, kw_only=True)
class Fake(Probe):
    """
    Counts what it is told.

    Fails when told so.

    To fix: tell it otherwise.
    """

    measures = {"count": Measure(int, "a count"), "share": Measure(float, "a share", unit="%")}
    expect = {"count": ">= 1"}
    counter = "count"
    count: int = option("The count.", 1)
    says: str = option("What it gives as evidence.", "")
    does: str = option("hang, raise or interrupt.", "")

    def measure(self, context):
        with open("ran.txt", "a") as log:
            log.write(f"{context.gate}\\n")
        if self.does == "hang":
            time.sleep(3600)
        if self.does == "raise":
            raise RuntimeError("a bug")
        if self.does == "interrupt":
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(60)
        evidence = [Evidence("what it saw", self.says)] if self.says else []
        return Measurements({"count": self.count, "share": 71.4}, looked_at=1, evidence=evidence)

    def touches(self):
        yield Touch("host", "db.example.org")
        yield Touch("query", f"SELECT {self.count}")


@hookimpl
def pytest_readiness_probes():
    return {"fake": Fake}
'''
PASSES = "- {id: good, title: It is well, probe: fake}"
FAILS = (
    "- {id: bad, title: It is not well, probe: fake, with: {count: 0, says: seen with own eyes}, expect: {count: 3}, "
    "fix: Mend it.}"
)
TESTS = "def test_one():\n    assert True\n\n\ndef test_two():\n    assert True\n"


class Ran:
    """What one run came to."""

    def __init__(self, folder: Path, result: pytest.RunResult) -> None:
        self.result = result
        self.exit_code = int(result.ret)
        self.out, self.err = result.stdout.str(), result.stderr.str()
        path = folder / "report.json"
        self.report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        log = folder / "ran.txt"
        self.probed = log.read_text(encoding="utf-8").split() if log.exists() else []

    @property
    def last_line(self) -> str:
        return self.out.rstrip().splitlines()[-1]

    @property
    def outcomes(self) -> dict[str, str]:
        """The gates' outcomes by id."""
        return {gate["id"]: gate["outcome"] for gate in self.report["gates"]}

    @property
    def counts(self) -> dict[str, int]:
        """What pytest counted."""
        return self.result.parseoutcomes()


class Project:
    """A project in pytester's folder."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        pytester.makeini("[pytest]\n")
        pytester.makeconftest(CONFTEST)
        self.write("test_it.py", TESTS)
        #: Whether to load what is installed beside this plugin; without, a run takes a quarter of the time.
        self.others = False

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def gates(self, *gates: str, head: str = "") -> None:
        lines = "\n".join(f"  {line}" for gate in gates for line in gate.splitlines())
        self.write("readiness.yaml", f"version: 1\nname: shop\n{head}\ngates:{lines and chr(10)}{lines or ' []'}\n")

    def run(self, *args: str, readiness: bool = True) -> Ran:
        """Run pytest in a process of its own, with a JSON report."""
        asked = ("--readiness", "--readiness-report=json:report.json") if readiness else ()
        plain: tuple[str, ...] = (
            ("-p", "no:randomly", "-p", "no:cacheprovider") if "--lf" not in args and "--ff" not in args else ()
        )
        with pytest.MonkeyPatch.context() as patch:
            if not self.others:
                patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
                plain += tuple(word for name in ("readiness", *_needed(args)) for word in ("-p", name))
            return Ran(self.path, self.pytester.runpytest_subprocess(*plain, *asked, *args, timeout=120))


def _needed(args: tuple[str, ...]) -> Iterator[str]:
    """Yield the plugins that *args* are for."""
    if any(arg.startswith(("-n", "--dist")) for arg in args):
        yield "xdist"
    if any(arg.startswith(("--cov", "--no-cov")) for arg in args):
        yield "pytest_cov"
