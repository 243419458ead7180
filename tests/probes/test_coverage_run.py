"""Measuring coverage by ourselves, beside whoever measures these tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._coverage import run

CODE = "def f(x):\n    if x:\n        return 1\n    return 2\n\n\nf(1)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a project whose module can be imported."""
    root = tmp_path.resolve()
    (root / "measured_here.py").write_text(CODE, encoding="utf-8")
    (root / ".coveragerc").write_text("[run]\nbranch = true\nsource = .\nomit = other.py\n", encoding="utf-8")
    monkeypatch.syspath_prepend(root)
    monkeypatch.setenv("TMPDIR", str(root / "temporary"))
    (root / "temporary").mkdir()
    yield root
    sys.modules.pop("measured_here", None)


def ran(cov: coverage.Coverage, path: Path) -> list[int]:
    data = cov.get_data()
    try:
        return sorted(data.lines(str(path)) or [])
    finally:
        data.close()


def test_what_runs_while_recording_is_recorded_with_the_configuration_of_the_project(project: Path) -> None:
    recording = run.Recording(project)
    import measured_here  # type: ignore[import-not-found]  # noqa: F401

    recording.stop()
    recording.stop()
    assert recording.settings["run:branch"] is True
    assert recording.settings["run:omit"] == ["other.py"]
    cov = run.copied(recording.files(), recording.settings)
    assert ran(cov, project / "measured_here.py") == [1, 2, 3, 7]
    recording.discard()
    assert recording.files() == []


def test_a_recording_travels_as_bytes(project: Path) -> None:
    recording = run.Recording(project, {"run:branch": False})
    import measured_here  # noqa: F401

    data = recording.dumps()
    cov = run.copied([data], recording.settings)
    assert ran(cov, project / "measured_here.py") == [1, 2, 3, 7]
    assert not cov.get_data().has_arcs()
    cov.get_data().close()
    recording.discard()


def test_what_others_record_is_read_while_they_go_on(project: Path) -> None:
    others = coverage.Coverage(data_file=str(project / "others"), source=[str(project)], config_file=False)
    before = run.beside(others)
    others.start()
    import measured_here

    (project / "others.child").write_bytes(b"")
    parts = run.snapshot(others, [*before, project / "others.child"])
    measured_here.f(0)
    others.stop()
    assert ran(run.copied(parts, run.settings(others)), project / "measured_here.py") == [1, 2, 3, 7]
    assert ran(others, project / "measured_here.py") == [1, 2, 3, 4, 7]
    assert run.beside(others) == [project / "others.child"]


def test_the_variable_for_child_processes_is_as_before(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COVERAGE_PROCESS_CONFIG", "theirs")
    recording = run.Recording(project)
    os.environ["COVERAGE_PROCESS_CONFIG"] = "ours"
    recording.discard()
    assert os.environ["COVERAGE_PROCESS_CONFIG"] == "theirs"


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("[run]\nbranch = perhaps\n", "the coverage configuration cannot be read: "),
        ("[run]\nplugins = no_such_plugin\n", "coverage could not be measured: "),
    ],
)
def test_a_recording_that_cannot_start_says_why(project: Path, config: str, reason: str) -> None:
    (project / ".coveragerc").write_text(config, encoding="utf-8")
    with pytest.raises(CannotMeasure, match=reason):
        run.Recording(project)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".coveragerc", ""),
        ("setup.cfg", "[coverage:run]\n"),
        ("tox.ini", "[coverage:report]\n"),
        ("pyproject.toml", "[tool.coverage.run]\n"),
    ],
)
def test_the_configuration_is_looked_for_where_coverage_does(tmp_path: Path, name: str, text: str) -> None:
    for other in ("setup.cfg", "pyproject.toml"):
        (tmp_path / other).write_text("[other]\n", encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert run.config_file(tmp_path, {}) == str(tmp_path / name)


def test_a_configuration_named_in_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".coveragerc").touch()
    assert run.config_file(tmp_path, {"COVERAGE_RCFILE": "other.rc"}) == str(tmp_path / "other.rc")


def test_a_project_may_have_no_configuration(tmp_path: Path) -> None:
    assert run.config_file(tmp_path, {}) is None


def test_combining_nothing_is_an_error() -> None:
    with pytest.raises(CannotMeasure, match="the coverage data cannot be read"):
        run.copied([], {})


def test_one_part_that_cannot_be_read_spoils_the_whole(project: Path) -> None:
    recording = run.Recording(project)
    import measured_here  # noqa: F401

    recording.stop()
    (project / "broken").write_bytes(b"x" * 100)
    with pytest.raises(CannotMeasure, match="the coverage data cannot be read"):
        run.copied([*recording.files(), project / "broken"], recording.settings)
    recording.discard()
