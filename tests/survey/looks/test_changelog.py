from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found, remarks, surveyed

LOG = "# Changes\n\n## 1.4.0\n\n- Tea.\n"


@pytest.mark.parametrize(
    ("config", "query"),
    [
        ('[project]\nversion = "1.4.0"\n', "project.version"),
        ('[tool.poetry]\nversion = "1.4.0"\n', "tool.poetry.version"),
    ],
)
def test_the_changelog_is_held_against_the_version(tmp_path: Path, config: str, query: str) -> None:
    gates = found("changelog", tmp_path, {"CHANGELOG.md": LOG, "pyproject.toml": config})
    assert gates["version"].options == {"path": "pyproject.toml", "extract": {"version": query}}
    assert gates["changelog"].needs == ("version",)


@pytest.mark.parametrize(("version", "state"), [("1.4.0", "holds"), ("1.4", "fix first"), ("1.5.0", "fix first")])
def test_it_speaks_of_just_this_version(tmp_path: Path, version: str, state: str) -> None:
    files = {"CHANGES.rst": LOG, "pyproject.toml": f'[project]\nname = "shop"\nversion = "{version}"\n'}
    states = {one.found.id: one.state for one in surveyed(tmp_path, files).settled}
    assert states["changelog"] == state


@pytest.mark.parametrize(
    "config",
    [
        "",
        '[project]\ndynamic = ["version"]\n',
        '[project]\nversion = "1.5.0.dev0"\n',
        "project = 1\n",
        "[project]\nversion = 1\n",
    ],
)
def test_a_version_that_is_not_there_or_not_out_yet_is_told(tmp_path: Path, config: str) -> None:
    files = {"HISTORY.md": LOG, "pyproject.toml": config}
    assert found("changelog", tmp_path, files) == {}
    assert remarks("changelog", tmp_path, files) == [
        "HISTORY.md cannot be held against a version: pyproject.toml has no released one of its own"
    ]
