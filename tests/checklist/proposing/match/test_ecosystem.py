from __future__ import annotations

from pytest_readiness.checklist.proposing.match.ecosystem import elsewhere
from pytest_readiness.checklist.proposing.match.features import look


def test_tools_of_others_tell() -> None:
    assert elsewhere([look("npm ci"), look("All good")])


def test_one_tool_of_python_is_enough_to_stay() -> None:
    assert not elsewhere([look("npm ci"), look("pytest")])


def test_nothing_told_means_python() -> None:
    assert not elsewhere([look("All good")])
