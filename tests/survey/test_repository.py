from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pytest_readiness.survey.repository import LIMIT, Repository

from .projects import repository, write


def test_a_file_is_read_once(tmp_path: Path) -> None:
    looked = repository(tmp_path, {"a.txt": "first\r\nline"})
    assert looked.text("a.txt") == "first\nline"
    (tmp_path / "a.txt").write_text("second")
    assert looked.text("a.txt") == "first\nline"
    assert looked.troubles == []


def test_a_file_that_is_not_listed_is_empty(tmp_path: Path) -> None:
    looked = repository(tmp_path, {"a.txt": "here"})
    assert looked.text("../../etc/passwd") == ""
    assert looked.text("b.txt") == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01", "odd.toml is not a text file"),
        (b"#" * (LIMIT + 1), "odd.toml is larger than 1 MiB, and was not looked into"),
        (b"[project", "odd.toml cannot be read: "),
        (b"a = 1\na = 2\n", "odd.toml cannot be read: "),
    ],
)
def test_what_cannot_be_read_is_empty_and_told_once(tmp_path: Path, content: bytes, said: str) -> None:
    looked = repository(tmp_path, {"odd.toml": content})
    assert looked.toml("odd.toml") == {}
    assert looked.toml("odd.toml") == {}
    (trouble,) = looked.troubles
    assert trouble.startswith(said)


def test_a_file_that_has_gone_is_told(tmp_path: Path) -> None:
    looked = repository(tmp_path, {"a.txt": "here"})
    (tmp_path / "a.txt").unlink()
    assert looked.text("a.txt") == ""
    assert looked.troubles == ["a.txt cannot be read: No such file or directory"]


def test_broken_yaml_and_json_are_told(tmp_path: Path) -> None:
    looked = repository(
        tmp_path, {"a.yaml": "a: [", "b.json": "{", "c.json": "[" * 200_000, "d.yaml": "a: 1\n---\nb: 2\n"}
    )
    assert looked.yaml("a.yaml") == []
    assert looked.json("b.json") is None
    assert looked.json("c.json") is None
    assert looked.yaml("d.yaml") == [{"a": 1}, {"b": 2}]
    assert [trouble.split()[0] for trouble in looked.troubles] == ["a.yaml", "b.json", "c.json"]


def test_python_that_does_not_compile_is_an_empty_tree_and_left_to_its_gate(tmp_path: Path) -> None:
    looked = repository(tmp_path, {"a.py": "def (", "b.py": 'x = "\\d"\n'})
    assert looked.tree("a.py").body == []
    assert isinstance(looked.tree("b.py").body[0], ast.Assign)
    assert looked.troubles == []


def test_files_of_tests_and_examples_are_not_matched(tmp_path: Path) -> None:
    looked = repository(
        tmp_path, {"Dockerfile": "", "examples/Dockerfile": "", "tests/data/Dockerfile": "", "api/Dockerfile": ""}
    )
    assert looked.matching(r"(?:.*/)?dockerfile") == ["Dockerfile", "api/Dockerfile"]
    assert looked.first("Containerfile", "Dockerfile") == "Dockerfile"
    assert looked.first("Containerfile") is None


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"pyproject.toml": "[tool.mypy]\n"}, "pyproject.toml has [tool.mypy]"),
        ({"mypy.ini": "[mypy]\n"}, "there is mypy.ini"),
        ({"setup.cfg": "[metadata]\n[mypy]\n"}, "setup.cfg has [mypy]"),
        ({"pyproject.toml": "tool = 1\n"}, None),
        ({"pyproject.toml": "[tool.ruff]\n", "setup.cfg": "# [mypy]\n"}, None),
    ],
)
def test_where_a_tool_is_configured(tmp_path: Path, files: dict[str, str], where: str | None) -> None:
    assert repository(tmp_path, files).configured(("mypy",), ("mypy.ini",), "mypy") == where


def test_only_sources_with_the_word_are_parsed(tmp_path: Path) -> None:
    looked = repository(tmp_path, {"shop/__init__.py": "", "shop/a.py": "import os\n", "shop/b.py": "import sys\n"})
    assert [name for name, _ in looked.sources("os")] == ["shop/a.py"]


def test_the_size_of_files_that_are_still_there(tmp_path: Path) -> None:
    looked = repository(tmp_path, {"a.py": "12345", "b.py": "123"})
    (tmp_path / "b.py").unlink()
    assert looked.size(["a.py", "b.py"]) == 5


def test_a_file_can_be_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"readiness.yaml": "", "a.py": ""})
    assert Repository.at(tmp_path, "readiness.yaml").files == ("a.py",)
