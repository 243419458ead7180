"""A world for probes: an empty folder, an environment, and little time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pytest_readiness.deadline import Deadline
from pytest_readiness.probe import Context, Facts

MakeContext = Callable[..., Context]


@pytest.fixture
def make_context(tmp_path: Path) -> MakeContext:
    def make(
        env: Mapping[str, str] | None = None,
        *,
        seconds: float = 20.0,
        exec_allowed: bool = True,
        secrets: list[str] | None = None,
    ) -> Context:
        deadline = Deadline.after(seconds)
        return Context(
            root=tmp_path,
            env={} if env is None else env,
            deadline=deadline,
            now=datetime.now(UTC),
            facts=Facts(deadline),
            exec_allowed=exec_allowed,
            keep_secret=(secrets if secrets is not None else []).append,
        )

    return make
