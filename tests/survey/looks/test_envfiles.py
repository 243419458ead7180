from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.survey import looks
from tests.survey.projects import committed, found, repository, write


@pytest.mark.parametrize(
    "name",
    [
        ".env.example",
        ".env.sample",
        "env.template",
        "deploy/.env.dist",
        "example.env",
        ".env_example",
        ".env.local.example",
    ],
)
def test_an_example_has_to_be_readable(tmp_path: Path, name: str) -> None:
    (gate,) = found("envfiles", tmp_path, {name: "A=1\n"}).values()
    assert gate.options == {"path": name}


@pytest.mark.parametrize("name", [".env", ".envrc", "environment.example.py", ".env.production"])
def test_what_is_no_example_is_left_alone(tmp_path: Path, name: str) -> None:
    assert found("envfiles", tmp_path, {name: "A=1\n"}) == {}


def test_a_file_that_is_kept_beside_it_has_the_same_names(tmp_path: Path) -> None:
    committed(
        write(tmp_path, {".env.example": "A=1\n", ".env": "A=2\n", "api/.env.example": "A=1\n", "api/.env": "A=1\n"})
    )
    gates = found("envfiles", tmp_path, {})
    assert gates["env-complete"].options == {"file": ".env", "example": ".env.example"}
    assert gates["api-env-complete"].options == {"file": "api/.env", "example": "api/.env.example"}


def test_a_file_that_only_this_machine_has_is_left_alone(tmp_path: Path) -> None:
    committed(write(tmp_path, {".env.example": "A=1\n", ".gitignore": ".env\n", ".env": "A=2\n"}))
    assert list(found("envfiles", tmp_path, {})) == ["env-example"]


def test_without_git_nobody_knows_whether_it_is_kept(tmp_path: Path) -> None:
    looked = repository(tmp_path, {".env.example": "A=1\n", ".env": "A=2\n"})
    assert len(list(looks.get("envfiles").look(looked))) == 1
