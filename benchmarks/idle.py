"""
What the plugin costs a pytest run that does not ask for it, in instructions.

Counts come from valgrind's cachegrind, so they are the same whatever else the machine is doing.
Usage: python benchmarks/idle.py
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

OTHERS = {"pytest-cov": "pytest_cov", "pytest-xdist": "xdist", "pytest-html": "pytest_html.plugin"}


def instructions(folder: Path, *plugins: str) -> int:
    """Return the instructions of one run of one trivial test with just *plugins*."""
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    command += [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    for plugin in plugins:
        command += ["-p", plugin]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    assert found, done.stderr
    return int(found[1].replace(",", ""))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_one.py").write_text("def test_one():\n    assert True\n")
        subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=folder, check=True, capture_output=True)
        bare = instructions(folder)
        print(f"bare pytest              {bare / 1e6:8.0f} M instructions")
        for label, module in {"pytest-readiness": "pytest_readiness.plugin", **OTHERS}.items():
            try:
                count = instructions(folder, module)
            except subprocess.CalledProcessError:
                print(f"{label:24} not installed")
                continue
            print(f"{label:24} {count / bare:8.3f} x")


if __name__ == "__main__":
    main()
