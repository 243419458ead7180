"""``readiness init``: a spec for a project that has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness import reports
from tests.survey.projects import SHOP, write

from .conftest import Run


@pytest.fixture
def shop(project: Path) -> Path:
    (project / "readiness.yaml").unlink()
    return write(project, SHOP)


def test_a_spec_is_written_and_told_of(shop: Path, run: Run) -> None:
    ran = run("init")
    assert (ran.exit_code, ran.errors) == (0, "")
    first, second, *_, last = ran.output.splitlines()
    assert first.startswith("readiness.yaml: ")
    assert first.endswith(" gates, from 13 files")
    assert second.endswith("0 to fix first, 6 not measured yet")
    assert last == "next: readiness check --spec readiness.yaml"
    assert "looked for and not found: alert rule of Prometheus, " in ran.output
    assert (shop / "readiness.yaml").read_text().startswith("# yaml-language-server: $schema=")


def test_what_was_written_can_be_explained(shop: Path, run: Run) -> None:
    assert shop.is_dir()
    run("init")
    assert run("explain").exit_code == 0


def test_a_spec_that_is_there_is_not_replaced(project: Path, run: Run) -> None:
    before = (project / "readiness.yaml").read_text()
    ran = run("init")
    assert ran.exit_code == 4
    assert ran.errors == (
        "readiness: readiness.yaml is there already: readiness import CHECKLIST.md adds to it, --force replaces it\n"
    )
    assert (project / "readiness.yaml").read_text() == before


def test_force_replaces_it_and_makes_the_same_of_the_same(shop: Path, run: Run) -> None:
    run("init")
    first = (shop / "readiness.yaml").read_text()
    (shop / "readiness.yaml").chmod(0o600)
    assert run("init", "--force").exit_code == 0
    assert (shop / "readiness.yaml").read_text() == first
    assert (shop / "readiness.yaml").stat().st_mode & 0o777 == 0o600


def test_standard_output_gets_the_spec_alone(shop: Path, run: Run) -> None:
    ran = run("init", "--out", "-")
    assert ran.exit_code == 0
    assert ran.output.startswith("# yaml-language-server: $schema=")
    assert not (shop / "readiness.yaml").exists()


def test_another_folder(shop: Path, run: Run) -> None:
    write(shop / "api", {"README.md": "# API\n"})
    assert run("init", "api").exit_code == 0
    assert (shop / "api/readiness.yaml").is_file()


def test_an_empty_folder_is_one_clear_line(shop: Path, run: Run) -> None:
    (shop / "empty").mkdir()
    ran = run("init", "empty")
    assert (ran.exit_code, ran.output) == (4, "")
    assert ran.errors == "readiness: empty: there is no file here, so nothing was written\n"
    assert list((shop / "empty").iterdir()) == []


def test_files_that_no_gate_comes_of_are_one_clear_line(shop: Path, run: Run) -> None:
    write(shop / "odd", {"a.bin": b"\x00", "b.bin": b"\x01"})
    ran = run("init", "odd")
    assert ran.exit_code == 4
    assert (
        ran.errors
        == "readiness: odd: 2 files, and nothing among them that a gate could be made of, so nothing was written\n"
    )


def test_files_that_cannot_be_read_say_so(shop: Path, run: Run) -> None:
    write(shop / "odd", {"pyproject.toml": "[project\n"})
    ran = run("init", "odd")
    assert ran.exit_code == 4
    assert ran.errors.startswith("readiness: odd: pyproject.toml cannot be read: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gone",), "gone is not a folder"),
        (("README.md",), "README.md is not a folder"),
        (
            ("--out", "docs/readiness.yaml"),
            "docs/readiness.yaml is not in .: the paths in a spec start at the folder it is in",
        ),
    ],
)
def test_what_cannot_be_had_is_exit_code_4(shop: Path, run: Run, words: tuple[str, ...], said: str) -> None:
    assert shop.is_dir()
    ran = run("init", *words)
    assert (ran.exit_code, ran.errors) == (4, f"readiness: {said}\n")


def test_a_spec_that_cannot_be_written_is_told(shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(reports, "put", refuse)
    ran = run("init")
    assert ran.exit_code == 4
    assert ran.errors == "readiness: readiness.yaml cannot be written: Permission denied\n"
    assert not (shop / "readiness.yaml").exists()


def test_a_checklist_is_pointed_at(shop: Path, run: Run) -> None:
    write(shop, {"CHECKLIST.md": "- [ ] Tests pass\n- [ ] Backups\n- [x] On call\n"})
    assert "  CHECKLIST.md looks like a checklist of 3 items: readiness import CHECKLIST.md\n" in run("init").output


def test_what_has_to_be_fixed_is_listed_first(shop: Path, run: Run) -> None:
    write(shop, {"Dockerfile": "FROM python\n", "compose.yaml": "services: [\n"})
    lines = run("init").output.splitlines()
    assert lines[2:5] == [
        "fix first:",
        "  image-pinned: unpinned is 1, expected 0: line 1: python is not pinned; no USER is said",
        "  image-not-root: non_root is false, expected true: line 1: python is not pinned; no USER is said",
    ]
    assert "could not be read:" in lines
