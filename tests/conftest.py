"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

from hypothesis import settings

# The same examples in every run, and no stopwatch: a busy machine is no counterexample.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

# The fixtures of every server: each starts only when a test asks for it.
_SERVERS = sorted(path.stem for path in (Path(__file__).parent / "servers").glob("[!_]*.py"))

pytest_plugins = ["pytester", *(f"tests.servers.{name}" for name in _SERVERS)]
