from __future__ import annotations

import pytest

from tests.pytester.projects import Project


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give a project whose runs are not influenced by where these tests run themselves."""
    for name in (
        "CI",
        "NO_COLOR",
        "FORCE_COLOR",
        "PY_COLORS",
        "TERM",
        "COLUMNS",
        "PYTEST_ADDOPTS",
        "PYTEST_XDIST_WORKER",
    ):
        monkeypatch.delenv(name, raising=False)
    return Project(pytester)
