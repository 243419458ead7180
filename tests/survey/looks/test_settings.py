from __future__ import annotations

from pathlib import Path

from tests.survey.projects import Files, found, remarks

SETTINGS: Files = {
    "src/shop/__init__.py": "",
    "src/shop/settings.py": (
        "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
        "    database_url: str\n    api_key: str\n    workers: int = 2\n"
    ),
}


def test_variables_have_to_be_set_where_the_project_runs(tmp_path: Path) -> None:
    gate = found("settings", tmp_path, SETTINGS)["variables"]
    assert gate.options == {"variables": ["API_KEY", "DATABASE_URL"]}
    assert gate.profile == "production"
    assert gate.why == "src/shop/settings.py reads them"


def test_no_example_is_told(tmp_path: Path) -> None:
    assert remarks("settings", tmp_path, SETTINGS) == [
        "no .env.example names the variables that the code needs: API_KEY, DATABASE_URL"
    ]


def test_the_example_has_to_name_them(tmp_path: Path) -> None:
    gate = found("settings", tmp_path, {**SETTINGS, ".env.example": "API_KEY=\nOTHER=1\n"})["variables-in-example"]
    assert gate.options == {"file": ".env.example", "variables": ["DATABASE_URL"]}  # an empty one is named, too
    assert gate.why == "src/shop/settings.py reads it"


def test_an_example_that_names_them_all_empty_has_nothing_to_be_asked(tmp_path: Path) -> None:
    files = {**SETTINGS, ".env.example": "API_KEY=\nDATABASE_URL=\n"}
    assert list(found("settings", tmp_path, files)) == ["variables"]


def test_an_example_that_cannot_be_read_is_left_to_its_own_gate(tmp_path: Path) -> None:
    files = {**SETTINGS, ".env.example": b"API_KEY=\xff\x00" * 200_000}
    assert found("settings", tmp_path, files)["variables-in-example"].options["variables"] == [
        "API_KEY",
        "DATABASE_URL",
    ]


CODE = 'import os\nKEY = os.environ["SHOP_KEY"]\nURL = os.getenv("SHOP_URL")\n'


def test_a_library_asks_for_variables_that_others_may_set(tmp_path: Path) -> None:
    assert found("settings", tmp_path, {"shop.py": CODE}) == {}


def test_what_is_started_somewhere_needs_them(tmp_path: Path) -> None:
    gate = found("settings", tmp_path, {"shop.py": CODE, "Dockerfile": "FROM scratch\n"})["variables"]
    assert gate.options == {"variables": ["SHOP_KEY"]}


def test_a_variable_that_is_only_asked_for_counts_if_the_example_has_it(tmp_path: Path) -> None:
    gate = found("settings", tmp_path, {"shop.py": CODE, ".env.example": "SHOP_URL=http://shop\nSHOP_KEY=x\n"})[
        "variables"
    ]
    assert gate.options == {"variables": ["SHOP_KEY", "SHOP_URL"]}
