"""Runs an example in a copy of its own, as a user would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "examples"
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    exit_code: int
    output: str
    report: dict[str, Any]

    def gates(self, outcome: str) -> set[str]:
        """Return the ids of the gates with *outcome*."""
        return {gate["id"] for gate in self.report["gates"] if gate["outcome"] == outcome}

    @property
    def turned(self) -> dict[str, str]:
        """Return the gates that do not pass though they apply, and their outcomes."""
        return {
            gate["id"]: gate["outcome"]
            for gate in self.report["gates"]
            if gate["outcome"] not in {"passed", "not_applicable"}
        }

    def reason(self, gate_id: str) -> str:
        """Return the reason of one gate."""
        (reason,) = (gate["reason"] for gate in self.report["gates"] if gate["id"] == gate_id)
        return str(reason)


def copied(name: str, folder: Path) -> Path:
    """Copy the example called *name* into *folder*."""
    ignore = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".readiness_cache", ".coverage*")
    return Path(shutil.copytree(EXAMPLES / name, folder / name, ignore=ignore))


def run(folder: Path, *args: str, **environment: str) -> Ran:
    """Run pytest with its gates in *folder*."""
    report = folder.parent / "report.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-p", "readiness", "-p", "no:cacheprovider"]
    command += ["--readiness", f"--readiness-report=json:{report}", *(("-p", "xdist") if "-n" in args else ()), *args]
    done = subprocess.run(
        command,
        cwd=folder,
        # Without the other plugins that are installed here, a run takes half the time.
        env={**{key: os.environ[key] for key in PASSED_ON if key in os.environ}, **ALONE, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    written = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {"gates": []}
    return Ran(done.returncode, done.stdout + done.stderr, written)
