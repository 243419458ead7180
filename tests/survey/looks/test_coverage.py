from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import Files, found, remarks

CODE: Files = {"src/shop/__init__.py": "", "src/shop/app.py": "", "src/run.py": ""}
XML = '<?xml version="1.0" ?>\n<coverage version="7.6" line-rate="0.8321" branch-rate="0.7">\n'


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": "[tool.coverage.report]\nfail_under = 85\n"},
        {".coveragerc": "[report]\nfail_under = 85\n"},
        {"setup.cfg": "[coverage:report]\nfail_under = 85.0\n"},
        {"pyproject.toml": '[tool.coverage.run]\n[tool.pytest.ini_options]\naddopts = "--cov --cov-fail-under=85"\n'},
        {"pytest.ini": "[pytest]\naddopts = --cov --cov-fail-under 85\n"},
    ],
)
def test_the_projects_own_limit_is_the_threshold(tmp_path: Path, files: dict[str, str]) -> None:
    gate = found("coverage", tmp_path, {**CODE, **files})["coverage"]
    assert gate.musts == {"total": ">= 85%"}
    assert gate.options == {"include": ["src/shop/**", "src/run.py"]}
    assert "the project's own limit is 85 %" in gate.why


def test_recorded_data_is_measured(tmp_path: Path) -> None:
    gate = found("coverage", tmp_path, {**CODE, ".coverage": b"\x00"})["coverage"]
    assert gate.ratchets == ("line", "branch")
    assert gate.musts == {}


def test_coverage_xml_tells_a_threshold_that_today_meets(tmp_path: Path) -> None:
    gate = found("coverage", tmp_path, {**CODE, "coverage.xml": XML})["coverage"]
    assert gate.musts == {"line": ">= 83.2%"}
    assert gate.why == "coverage.xml says that 83.21 % of the lines are covered"


@pytest.mark.parametrize("content", ["<report/>", "", '<coverage line-rate="nan">'])
def test_another_coverage_xml_tells_nothing(tmp_path: Path, content: str) -> None:
    assert found("coverage", tmp_path, {**CODE, "coverage.xml": content}) == {}


@pytest.mark.parametrize(
    "config",
    [
        "[tool.coverage.run]\nbranch = true\n",
        "[tool.coverage.report]\nfail_under = true\n",
        "[tool.coverage]\nreport = 1\n",
    ],
)
def test_settings_without_a_number_say_what_to_do(tmp_path: Path, config: str) -> None:
    files = {**CODE, "pyproject.toml": config}
    assert found("coverage", tmp_path, files) == {}
    assert remarks("coverage", tmp_path, files) == [
        "coverage is configured, but nothing is recorded: run pytest --cov, then readiness init --force"
    ]


@pytest.mark.parametrize(
    "files",
    [{"pyproject.toml": '[tool.coverage.run]\nplugins = ["evil"]\n'}, {".coveragerc": "[run]\nplugins =\n  evil\n"}],
)
def test_plugins_of_coverage_are_code_and_not_loaded(tmp_path: Path, files: dict[str, str]) -> None:
    told = remarks("coverage", tmp_path, {**CODE, ".coverage": b"\x00", **files})
    assert told[0] == "coverage has plugins, which would be run: what is recorded was not looked at"
