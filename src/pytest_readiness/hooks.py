"""The hooks of pytest-readiness, for installed packages and for a project's own conftest.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from pytest_readiness.probe import Probe

#: Marks a function as an implementation of one of these hooks.
hookimpl = pluggy.HookimplMarker("pytest")
hookspec = pluggy.HookspecMarker("pytest")


@hookspec
def pytest_readiness_probes() -> Mapping[str, type[Probe]]:  # type: ignore[empty-body]
    """
    Return further probes: the name in YAML, and the class.

    A name that is taken, by a built-in probe or by another package, is an error that names both.
    """
