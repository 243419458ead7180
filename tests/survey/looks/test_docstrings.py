from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found

CODE = {"shop/__init__.py": ""}


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("[tool.interrogate]\n", "pyproject.toml has [tool.interrogate]"),
        ("[tool.pydocstyle]\n", "pyproject.toml has [tool.pydocstyle]"),
        ('[tool.ruff.lint]\nselect = ["E", "D"]\n', "Ruff's rules D are selected in pyproject.toml"),
        ('[tool.ruff.lint]\nextend-select = ["D"]\n', "Ruff's rules D are selected in pyproject.toml"),
        ('[tool.ruff.lint]\nselect = ["ALL"]\n', "Ruff's rules D are selected in pyproject.toml"),
    ],
)
def test_docstrings_are_kept_where_somebody_cares(tmp_path: Path, config: str, why: str) -> None:
    gate = found("docstrings", tmp_path, {**CODE, "pyproject.toml": config})["docstrings"]
    assert (gate.why, gate.ratchets) == (why, ("percent",))


@pytest.mark.parametrize(
    "config",
    [
        "",
        "[tool.ruff]\nlint = 1\n",
        '[tool.ruff.lint]\nselect = ["ALL"]\nignore = ["D"]\n',
        '[tool.ruff.lint]\nselect = "D"\n',
    ],
)
def test_where_nobody_does_there_is_no_gate(tmp_path: Path, config: str) -> None:
    assert found("docstrings", tmp_path, {**CODE, "pyproject.toml": config}) == {}


def test_without_code_there_is_nothing_to_document(tmp_path: Path) -> None:
    assert found("docstrings", tmp_path, {"pyproject.toml": "[tool.interrogate]\n"}) == {}
