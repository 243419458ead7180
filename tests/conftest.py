"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, and no stopwatch: a busy machine is no counterexample.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

# The fixtures of every server: each starts only when a test asks for it.
_SERVERS = sorted(path.stem for path in (Path(__file__).parent / "servers").glob("[!_]*.py"))

pytest_plugins = ["pytester", *(f"tests.servers.{name}" for name in _SERVERS)]


@pytest.fixture(autouse=True)
def _not_ordered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what the run of these tests asked of its own workers."""
    monkeypatch.delenv("PYTEST_READINESS_COVERAGE", raising=False)


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the coverage that may be measured of these tests out of the processes that one of them starts."""
    for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(name, raising=False)
