"""What the tests of probes that run tools share: small projects, and programs that stand in for ones not installed."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from pytest_readiness.model import Result, Value
from pytest_readiness.probe import Probe
from pytest_readiness.testing import run_probe


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def judged(
    probe: Probe,
    root: Path,
    expect: Mapping[str, Value] | None = None,
    *,
    timeout: float = 60.0,
    path: Path | None = None,
    exec_allowed: bool = True,
) -> Result:
    """Judge *probe* with the tools of this environment; those in the folder *path* come first."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    places = [str(path)] if path else []
    env = {**kept, "PATH": os.pathsep.join([*places, os.environ.get("PATH", os.defpath)]), "HOME": str(root)}
    return run_probe(probe, root=root, env=env, expect=expect, timeout=timeout, exec_allowed=exec_allowed)


def evidence(result: Result) -> dict[str, str]:
    return {item.title: item.text for item in result.evidence}


def values(result: Result) -> dict[str, Value]:
    return {name: measured.value for name, measured in result.measurements.items()}


def program(folder: Path, name: str, code: str) -> Path:
    """Make a program *name* of Python code in *folder*; return the folder."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!{sys.executable} -S\nimport sys, time\n{code}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return folder
