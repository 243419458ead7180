"""The hooks of pytest-readiness, for installed packages and for a project's own conftest.py."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from pytest_readiness.probe import Probe

#: Marks a function as an implementation of one of these hooks; under ``-p no:readiness`` it is passed over.
hookimpl = partial(pluggy.HookimplMarker("pytest"), optionalhook=True)
hookspec = pluggy.HookspecMarker("pytest")


@hookspec
def pytest_readiness_probes() -> Mapping[str, type[Probe]]:  # type: ignore[empty-body]
    """
    Return further probes: the name in YAML, and the class.

    A name that is taken, by a built-in probe or by another package, is an error that names both.
    """
