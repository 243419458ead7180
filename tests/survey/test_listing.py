from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_readiness.survey import listing as module
from pytest_readiness.survey.listing import listing

from .projects import committed, write


def test_files_are_listed_by_name_sorted(tmp_path: Path) -> None:
    write(tmp_path, {"b.py": "", "a/c.py": "", ".github/workflows/ci.yml": ""})
    assert listing(tmp_path).files == (".github/workflows/ci.yml", "a/c.py", "b.py")


@pytest.mark.parametrize("folder", ["node_modules", ".venv", "build", "__pycache__", ".mypy_cache", "shop.egg-info"])
def test_what_is_not_the_projects_own_is_passed_over(tmp_path: Path, folder: str) -> None:
    write(tmp_path, {"a.py": "", f"{folder}/b.py": ""})
    assert listing(tmp_path).files == ("a.py",)


def test_a_virtual_environment_of_any_name_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "", "my-python/pyvenv.cfg": "", "my-python/lib/b.py": ""})
    assert listing(tmp_path).files == ("a.py",)


def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", {"secret.py": ""})
    write(tmp_path / "here", {"a.py": ""})
    (tmp_path / "here/out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "here/round").symlink_to(tmp_path / "here")
    (tmp_path / "here/b.py").symlink_to(tmp_path / "elsewhere/secret.py")
    assert listing(tmp_path / "here").files == ("a.py",)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert listing(tmp_path).files == ()


@pytest.mark.parametrize("name", ["[id].py", "a$b.py", "~root", "new\nline.py", "what?.md"])
def test_a_name_that_a_probe_would_take_for_a_pattern_is_passed_over(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"a.py": "", name: ""})
    assert listing(tmp_path).files == ("a.py",)


def test_a_name_that_is_no_text_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_bytes(b"")
    assert listing(tmp_path).files == ()


def test_only_so_many_files_are_listed_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    write(tmp_path, {f"{number}.py": "" for number in range(5)})
    listed = listing(tmp_path)
    assert len(listed.files) == 3
    assert listed.troubles == ("only the first 3 files were looked at",)


def test_folders_are_entered_up_to_a_depth(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"/".join(["d"] * module.DEEPEST) + "/in.py": "", "/".join(["d"] * (module.DEEPEST + 1)) + "/out.py": ""},
    )
    assert [name.rpartition("/")[2] for name in listing(tmp_path).files] == ["in.py"]


def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path: Path) -> None:
    assert listing(tmp_path / "gone").troubles[0] == ". cannot be looked into: No such file or directory"


def test_what_git_ignores_is_left_out(tmp_path: Path) -> None:
    committed(write(tmp_path, {"a.py": "", ".gitignore": "*.log\n", "x.log": ""}))
    write(tmp_path, {"new.py": "", "y.log": ""})
    listed = listing(tmp_path)
    assert listed.files == (".gitignore", "a.py", "new.py")
    assert listed.top == tmp_path


def test_a_folder_inside_a_checkout_lists_its_own_files(tmp_path: Path) -> None:
    committed(write(tmp_path, {"a.py": "", "api/b.py": "", "api/.gitignore": "c.py\n", "api/c.py": ""}))
    assert listing(tmp_path / "api").files == (".gitignore", "b.py")


def test_a_folder_that_git_ignores_as_a_whole_is_listed_all_the_same(tmp_path: Path) -> None:
    committed(write(tmp_path, {".gitignore": "out/\n", "out/b.py": ""}))
    assert listing(tmp_path / "out").files == ("b.py",)


def test_a_checkout_that_git_cannot_read_is_told(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.py": "",
            ".git/HEAD": "ref: refs/heads/main\n",
            ".git/objects/x": "",
            ".git/refs/x": "",
            ".git/config": "[core",
        },
    )
    listed = listing(tmp_path)
    assert listed.files == ("a.py",)
    assert listed.top is None
    assert "git cannot look at" in listed.troubles[0]
