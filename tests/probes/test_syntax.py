from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Outcome, Result
from pytest_readiness.probes.syntax import Syntax
from pytest_readiness.testing import run_probe
from tests.probes.conftest import MakeContext


def write(root: Path, files: Mapping[str, str | bytes] | Mapping[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def counted(result: Result) -> tuple[object, object]:
    return result.measurements["files"].value, result.measurements["errors"].value


def test_files_that_compile_pass_and_are_not_run(tmp_path: Path) -> None:
    write(tmp_path, {"src/a.py": "1 / 0\n", "b.py": "x = '\\d'\n", "c.txt": "= =", "empty.py": ""})
    result = run_probe(Syntax(), root=tmp_path)
    assert result.outcome is Outcome.PASSED
    assert counted(result) == (3, 0)


BROKEN: dict[str, tuple[str | bytes, str]] = {
    "a syntax error": ("x = 1\ny = = 2\n", "a.py:2:5: invalid syntax"),
    "return outside a function": ("x = 1\nreturn x\n", "a.py:2:1: 'return' outside function"),
    "an indentation": ("if x:\ny\n", "a.py:2:1: expected an indented block"),
    "a null byte": (b"x = 1\ny = \0\n", "a.py:2:5: source has a null byte"),
    "a byte that is not UTF-8": (b"x = 1\n  # \xff\n", "a.py:2:5: byte 0xff is not utf-8, and no encoding is declared"),
    "a byte that is not of its encoding": (b"# coding: ascii\nx = '\xc3\xa9'\n", "a.py:2:6: byte 0xc3 is not ascii"),
    "an unknown encoding": (b"#!/x\n# coding: klingon\n", "a.py:2:1: unknown encoding 'klingon'"),
    "too much nesting": ("x = " + "[" * 3000 + "]" * 3000, "a.py:1:"),
    "syntax of no Python yet": ("until x:\n    pass\n", "a.py:1:7: invalid syntax"),
}


@pytest.mark.parametrize("shape", BROKEN)
def test_a_file_that_does_not_compile_is_named_with_line_and_column(shape: str, tmp_path: Path) -> None:
    content, told = BROKEN[shape]
    write(tmp_path, {"a.py": content, "b.py": ""})
    result = run_probe(Syntax(), root=tmp_path)
    assert result.outcome is Outcome.FAILED
    assert counted(result) == (2, 1)
    (evidence,) = result.evidence
    assert told in evidence.text
    assert evidence.title.startswith("errors, as Python 3.")


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbfx = '\xc3\xa9'\n", b"# coding: latin-1\nx = '\xe9'\n", b"x = 1\r\ny = 2\r\n", b"x = 1\ry = 2\r"],
    ids=["byte order mark", "latin-1", "CRLF", "CR"],
)
def test_other_encodings_and_line_ends_are_fine(content: bytes, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": content})
    assert run_probe(Syntax(), root=tmp_path).outcome is Outcome.PASSED


def test_what_is_not_the_projects_own_is_left_out(tmp_path: Path) -> None:
    foreign = ["build", "node_modules", ".git", ".venv", "a/__pycache__"]
    write(tmp_path, {f"{folder}/bad.py": "= =" for folder in foreign})
    write(tmp_path, {"my-env/pyvenv.cfg": "", "my-env/lib/bad.py": "= =", "a/good.py": ""})
    assert counted(run_probe(Syntax(), root=tmp_path)) == (1, 0)


@pytest.mark.parametrize(
    ("paths", "files"),
    [
        (("a",), 2),
        (("a/x.py",), 1),
        (("a/*.py",), 1),
        (("a", "a/x.py"), 2),
        (("*",), 4),
        (("run",), 1),
        (("**/y.py",), 1),
    ],
)
def test_paths_may_be_files_folders_and_globs(paths: tuple[str, ...], files: int, tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a/x.py": "", "a/b/y.py": "", "c.py": "", "d/e.py": "", "run": "#!/usr/bin/env python\n", "t.txt": ""},
    )
    assert counted(run_probe(Syntax(paths=paths), root=tmp_path)) == (files, 0)


def test_a_file_elsewhere_is_shown_with_its_whole_path(tmp_path: Path) -> None:
    write(tmp_path, {"here/a.py": "", "there/bad.py": "= ="})
    result = run_probe(Syntax(paths=(str(tmp_path / "there"),)), root=tmp_path / "here")
    assert result.evidence[0].text.startswith(f"{tmp_path / 'there' / 'bad.py'}:1:1:")


@pytest.mark.parametrize("path", ["nowhere", "*.pyx", "/nowhere/at/all"])
def test_a_path_with_no_python_is_an_error(path: str, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    result = run_probe(Syntax(paths=("a.py", path)), root=tmp_path)
    assert result.outcome is Outcome.ERROR
    assert result.reason == f"there is no Python file at {path}"


def test_nothing_at_all_is_an_error(tmp_path: Path) -> None:
    result = run_probe(Syntax(), root=tmp_path)
    assert result.outcome is Outcome.ERROR
    assert "nothing was looked at" in result.reason


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    result = run_probe(Syntax(), root=tmp_path)
    assert result.outcome is Outcome.ERROR
    assert result.reason == "gone.py cannot be read: No such file or directory"


def test_a_deadline_that_has_passed_is_an_error(make_context: MakeContext, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    with pytest.raises(CannotMeasure, match="the time was over before all of 1 files were compiled"):
        Syntax().measure(make_context(seconds=-1))


def test_touches_name_what_is_read() -> None:
    assert [each.what for each in Syntax().touches()] == ["."]
    assert [each.what for each in Syntax(paths=("src",)).touches()] == ["src"]
