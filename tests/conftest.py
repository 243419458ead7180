"""Fixtures that every test may use."""

from __future__ import annotations

from hypothesis import settings

# The same examples in every run, and no stopwatch: a busy machine is no counterexample.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

pytest_plugins = ["pytester"]
