"""
What a plugin costs a pytest run that does not ask for it, in instructions.

Each plugin is installed as a user would, in an environment of its own beside pytest, and is loaded by
its entry point. Counts come from valgrind's cachegrind, so they are the same whatever else the
machine is doing. An editable installation of this project is measured too: pytest reads the list of
files of every installed plugin, and there that list is short.

Usage: python benchmarks/idle.py [PLUGIN ...]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLUGINS = {
    "pytest-readiness": [str(ROOT)],
    "pytest-readiness, editable": ["-e", str(ROOT)],
    "pytest-cov": ["pytest-cov"],
    "pytest-xdist": ["pytest-xdist"],
}


def instructions(python: Path, folder: Path) -> int:
    """Return the instructions of one run of one trivial test, everything compiled beforehand."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    test = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    for _ in range(2):
        subprocess.run(test, cwd=folder, env=environment, capture_output=True, check=True)
    counted = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *test]
    done = subprocess.run(counted, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    assert found, done.stderr
    return int(found[1].replace(",", ""))


def environment(folder: Path, *packages: str) -> Path:
    """Return the Python of a new environment with pytest and *packages*."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", "pytest", *packages], check=True, capture_output=True)
    if "pytest-cov" not in packages:  # what any of them needs, so that all start from the same
        shared = ["coverage", "pyyaml", "jsonschema", "jmespath"]
        subprocess.run([str(python), "-m", "pip", "install", "-q", *shared], check=True, capture_output=True)
    return python


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = folder / "project"
        project.mkdir()
        (project / "test_one.py").write_text("def test_one():\n    assert True\n")
        bare = instructions(environment(folder / "bare"), project)
        print(f"{'bare pytest':28} {bare / 1e6:6.0f} M instructions")
        for number, label in enumerate(sys.argv[1:] or PLUGINS):
            count = instructions(environment(folder / str(number), *PLUGINS[label]), project)
            print(f"{label:28} {count / bare:6.3f} x")


if __name__ == "__main__":
    main()
