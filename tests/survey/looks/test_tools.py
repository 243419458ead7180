from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found

CODE = {"src/shop/__init__.py": ""}


@pytest.mark.parametrize(
    ("files", "gate", "options"),
    [
        ({"pyproject.toml": "[tool.ruff]\n"}, "lint", {}),
        ({"ruff.toml": "line-length = 100\n"}, "lint", {}),
        ({".flake8": "[flake8]\n"}, "flake8", {"run": ["flake8"]}),
        ({"setup.cfg": "[flake8]\n"}, "flake8", {"run": ["flake8"]}),
        ({"pyproject.toml": "[tool.importlinter]\n"}, "import-contracts", {"config": "pyproject.toml"}),
        ({".importlinter": "[importlinter]\n"}, "import-contracts", {"config": ".importlinter"}),
        ({"setup.cfg": "[importlinter]\n"}, "import-contracts", {"config": "setup.cfg"}),
        ({".pre-commit-config.yaml": "repos:\n- hooks:\n  - id: ruff-format\n"}, "format", {}),
        ({"pyproject.toml": "[tool.ruff.format]\n"}, "format", {}),
        ({"pyproject.toml": "[tool.black]\n"}, "format-black", {"tool": "black"}),
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\n"}, "types", {"paths": ["src/shop"]}),
        ({"pyproject.toml": '[tool.mypy]\nfiles = ["src"]\n'}, "types", {}),
        ({"mypy.ini": "[mypy]\nfiles = src\n"}, "types", {}),
        ({"pyrightconfig.json": "{}"}, "types-pyright", {"tool": "pyright"}),
        ({"pyproject.toml": "[tool.basedpyright]\n"}, "types-basedpyright", {"tool": "basedpyright"}),
    ],
)
def test_a_tool_that_is_configured_has_a_gate(
    tmp_path: Path, files: dict[str, str], gate: str, options: dict[str, object]
) -> None:
    assert found("tools", tmp_path, {**CODE, **files})[gate].options == options


def test_what_is_not_configured_has_none(tmp_path: Path) -> None:
    assert found("tools", tmp_path, {**CODE, "pyproject.toml": '[project]\nname = "shop"\n'}) == {}
