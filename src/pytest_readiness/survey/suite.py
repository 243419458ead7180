"""The project's own tests, run once, for the gates that are judged on them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from pytest_readiness import session
from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.process import run
from pytest_readiness.session import Session

#: Seconds that the tests may take.
SECONDS = 600.0


def run_suite(folder: Path, env: Mapping[str, str], troubles: list[str]) -> Session | None:
    """
    Run pytest in *folder* as the project has configured it, and return what came of it.

    Where nothing comes of it, *troubles* get the reason.
    """
    with tempfile.TemporaryDirectory(prefix="readiness-") as scratch:
        report = Path(scratch, "tests.xml")
        words = ("python", "-m", "pytest", "-q", "-o", f"cache_dir={scratch}/cache", f"--junitxml={report}")
        try:
            done = run(words, cwd=folder, env={**env, "PYTHONDONTWRITEBYTECODE": "1"}, deadline=Deadline.after(SECONDS))
            if report.is_file():
                return session.from_junit(report)
            said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
            why = f"pytest ended with exit code {done.returncode}: {' '.join(said[-1:])[:160]}"
        except CannotMeasure as error:
            why = str(error)
    troubles.append(f"the tests could not be run: {why}")
    return None
