"""The coverage probe on reports, held against the data that they were made of."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.probes._coverage import cobertura, exported
from pytest_readiness.probes._coverage.reported import File
from pytest_readiness.probes.coverage import Coverage

from .test_coverage import SOURCES, ask, make, record, values
from .test_coverage_changes import git

MADE = {"xml": "coverage.xml", "json": "coverage.json"}
BOTH = pytest.mark.parametrize("report", MADE.values())


def export(root: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    for kind in MADE:
        subprocess.run([sys.executable, "-m", "coverage", kind], cwd=root, env=env, check=True, capture_output=True)


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make(tmp_path_factory.mktemp("reported").resolve(), SOURCES)
    record(root, "--branch", "--source=shop")
    export(root)
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = make(tmp_path.resolve(), SOURCES)
    record(root, "--branch", "--source=shop")
    export(root)
    return root


def test_recorded_data_has_an_age_too(reported: Path) -> None:
    assert ask(reported, {"age": "< 10 min"}).outcome is Outcome.PASSED
    assert ask(reported, {"age": "> 10 min"}).outcome is Outcome.FAILED


@BOTH
@pytest.mark.parametrize(
    "include", [(), ("shop/orders.py",), ("shop/billing/*",), ("shop/__init__.py", "shop/never.py")]
)
def test_a_report_gives_the_numbers_of_the_data_that_it_was_made_of(
    reported: Path, report: str, include: tuple[str, ...]
) -> None:
    assert values(ask(reported, report=report, include=include)) == values(ask(reported, include=include))


@BOTH
def test_the_worst_files_are_told_with_the_lines_they_miss(reported: Path, report: str) -> None:
    evidence = {each.title: each.text for each in ask(reported, report=report).evidence}
    assert "shop/never.py: 0.00 %, missing 1, 3-4" in evidence["worst files"]
    assert evidence["coverage data"].startswith(f"{report}, made ")


@BOTH
def test_less_than_expected_fails(reported: Path, report: str) -> None:
    result = ask(reported, {"line": ">= 99%"}, report=report)
    assert result.outcome is Outcome.FAILED


@BOTH
def test_the_age_is_that_of_the_report_itself_or_of_the_file_whichever_is_more(project: Path, report: str) -> None:
    assert ask(project, {"age": "< 1 h"}, report=report).outcome is Outcome.PASSED
    old = time.time() - 7200
    for path in project.rglob("*"):
        os.utime(path, (old, old))
    assert ask(project, {"age": "< 1 h"}, report=report).outcome is Outcome.FAILED
    os.utime(project / report)
    assert ask(project, {"age": "< 1 h"}, report=report).outcome is Outcome.PASSED


@BOTH
def test_a_report_that_says_it_is_old_is_old_though_just_copied(project: Path, report: str) -> None:
    path = project / report
    text = re.sub(r'timestamp="\d+"', 'timestamp="1700000000123"', path.read_text(encoding="utf-8"))
    path.write_text(re.sub(r'"timestamp": "[^"]+"', '"timestamp": "2023-11-14T22:13:20"', text), encoding="utf-8")
    assert ask(project, {"age": "< 365 d"}, report=report).outcome is Outcome.FAILED


@BOTH
def test_a_report_of_the_future_has_no_age(project: Path, report: str) -> None:
    path = project / report
    text = re.sub(r'timestamp="\d+"', 'timestamp="9900000000"', path.read_text(encoding="utf-8"))
    path.write_text(re.sub(r'"timestamp": "[^"]+"', '"timestamp": "2283-09-19T18:40:00"', text), encoding="utf-8")
    later = time.time() + 9000
    os.utime(path, (later, later))
    result = ask(project, {"age": "< 1 h"}, report=report)
    assert result.outcome is Outcome.ERROR
    assert "it is of the future" in result.reason


@BOTH
def test_a_source_newer_than_the_report_is_an_error_that_names_it(project: Path, report: str) -> None:
    later = time.time() + 10
    os.utime(project / "shop/orders.py", (later, later))
    assert ask(project, report=report).reason.startswith("shop/orders.py changed after the coverage data was written")


@BOTH
def test_a_source_that_is_gone_is_an_error_that_names_it(project: Path, report: str) -> None:
    (project / "shop/orders.py").unlink()
    assert ask(project, report=report).reason == f"{report} tells of shop/orders.py, which is not here: exclude it"
    assert ask(project, report=report, exclude=("shop/orders.py",)).outcome is Outcome.PASSED


@BOTH
def test_a_file_that_the_report_leaves_out_is_an_error_unless_it_says_nothing(project: Path, report: str) -> None:
    make(project, {"shop/empty/extra.py": '"""Says what it is for."""\n'})
    assert ask(project, report=report, include=("shop",)).outcome is Outcome.PASSED
    make(project, {"shop/empty/more.py": "x = 1\n"})
    result = ask(project, report=report, include=("shop",))
    assert result.outcome is Outcome.ERROR
    assert result.reason.startswith(f"{report} does not tell of shop/empty/more.py")
    (project / ".coveragerc").write_text("[report]\nomit = */more.py\n", encoding="utf-8")
    assert ask(project, report=report, include=("shop",)).outcome is Outcome.PASSED


@BOTH
def test_a_file_that_the_report_leaves_out_and_that_cannot_be_parsed_is_an_error(project: Path, report: str) -> None:
    make(project, {"shop/empty/extra.py": "def (\n"})
    result = ask(project, report=report, include=("shop",))
    assert result.reason.startswith(f"{report} does not tell of shop/empty/extra.py")


@BOTH
def test_changed_lines_are_found_in_a_report_too(tmp_path: Path, report: str) -> None:
    root = make(tmp_path.resolve(), SOURCES)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    changed = "def tax(x):\n    return x + 0\n\n\nprint(tax(1)) if tax(0) else None\n\n\ndef more():\n    return 7\n"
    make(root, {"shop/billing/tax.py": changed})
    record(root, "--branch", "--source=shop")
    export(root)
    expect = {"changed_statements": 3, "changed_missed": 1}
    assert ask(root, {**expect}, report=report, against="HEAD").outcome is Outcome.PASSED
    assert values(ask(root, report=report, against="HEAD")) == values(ask(root, against="HEAD"))


@BOTH
def test_without_branches_in_the_report_no_branch_is_given(tmp_path: Path, report: str) -> None:
    root = make(tmp_path.resolve(), SOURCES)
    record(root, "--source=shop")
    export(root)
    assert "branch" not in values(ask(root, report=report))
    result = ask(root, {"branch": ">= 70%"}, report=report)
    assert result.outcome is Outcome.ERROR
    assert "the report tells of no branch" in result.reason


@BOTH
def test_excluding_everything_is_an_error(reported: Path, report: str) -> None:
    result = ask(reported, report=report, exclude=("*",))
    assert (result.outcome, "nothing was looked at" in result.reason) == (Outcome.ERROR, True)


@BOTH
def test_a_report_that_is_not_there_is_an_error(tmp_path: Path, report: str) -> None:
    assert ask(tmp_path, report=report).reason == f"{report} is not there"


@BOTH
def test_a_deadline_that_comes_first_is_an_error(reported: Path, report: str) -> None:
    assert ask(reported, report=report, timeout=0.0001).outcome is Outcome.ERROR


def test_a_report_from_another_machine_is_held_against_the_same_files_here(project: Path) -> None:
    path = project / "coverage.xml"
    text = path.read_text(encoding="utf-8").replace('filename="shop/', 'filename="')
    path.write_text(re.sub(r"<source>.*?</source>", "<source>/ci/build/shop</source>", text), encoding="utf-8")
    assert values(ask(project, report="coverage.xml")) == values(ask(project))


# --- what is no report ----------------------------------------------------------------------------

HEAD = '<coverage timestamp="1"><sources><source>.</source></sources><packages><package><classes>'
FOOT = "</classes></package></packages></coverage>"
LINES = '<class filename="a.py"><methods><method><lines><line number="1" hits="0"/></lines></method></methods><lines>'


def xml(text: str, tmp_path: Path) -> dict[str, File]:
    (tmp_path / "coverage.xml").write_text(text, encoding="utf-8")
    return dict(cobertura.read(tmp_path / "coverage.xml").files)


def test_lines_of_methods_count_once_and_those_of_several_classes_together(tmp_path: Path) -> None:
    line = '<line number="{}" hits="{}"/>'
    branch = '<line number="3" hits="2" branch="true" condition-coverage="50% ({}/2)"/>'
    one = f"{LINES}{line.format(1, 0)}{line.format(2, 0)}{branch.format(1)}</lines></class>"
    two = f'<class filename="a.py"><lines>{line.format(2, 7)}{branch.format(2)}</lines></class>'
    files = xml(HEAD + one + two + FOOT, tmp_path)
    assert files == {"a.py": File({1: False, 2: True, 3: True}, {3: (2, 2)})}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not XML"),
        ("<coverage>", "is not XML"),
        ("<testsuite/>", "is not a Cobertura report: it begins with 'testsuite'"),
        (HEAD + FOOT, "tells of no file"),
        (HEAD + "<class/>" + FOOT, "has a class without a filename"),
        (HEAD + LINES + '<line number="1"/></lines></class>' + FOOT, "number '1' and hits ''"),
        (HEAD + LINES + '<line number="x" hits="1"/></lines></class>' + FOOT, "number 'x'"),
        (HEAD + LINES + '<line number="1" hits="-1"/></lines></class>' + FOOT, "hits '-1'"),
        (HEAD + LINES + '<line number="1" hits="1" branch="true"/></lines></class>' + FOOT, "how many branches"),
        (
            HEAD
            + LINES
            + '<line number="1" hits="1" branch="true" condition-coverage="(3/2)"/></lines></class>'
            + FOOT,
            "how many branches of line 1",
        ),
        ('<!DOCTYPE coverage [<!ENTITY a "aaa">]><coverage>&a;</coverage>', "declares a document type of its own"),
    ],
)
def test_what_is_no_cobertura_report_is_an_error(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(CannotMeasure, match=re.escape(why)):
        xml(text, tmp_path)


def test_naming_the_usual_document_type_does_no_harm(tmp_path: Path) -> None:
    head = '<!DOCTYPE coverage SYSTEM "http://127.0.0.1:9/coverage-04.dtd">'
    assert xml(head + HEAD + LINES + '<line number="1" hits="1"/></lines></class>' + FOOT, tmp_path)


@pytest.mark.parametrize(("reader", "name"), [(cobertura, "coverage.xml"), (exported, "coverage.json")])
def test_a_report_too_large_is_refused_unread(tmp_path: Path, reader: Any, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(reader.LIMIT + 1)
    with pytest.raises(CannotMeasure, match="more than the limit"):
        reader.read(tmp_path / name)


@pytest.mark.parametrize(("reader", "name"), [(cobertura, "coverage.xml"), (exported, "coverage.json")])
def test_a_report_that_cannot_be_read_is_an_error(tmp_path: Path, reader: Any, name: str) -> None:
    with pytest.raises(CannotMeasure, match="cannot be read"):
        reader.read(tmp_path / name)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda _: "{", "is not JSON"),
        (lambda _: "[" * 100_000, "is not JSON"),
        (lambda _: "[]", "is not a JSON report of coverage.py"),
        (lambda data: json.dumps({**data, "files": {}}), "tells of no file"),
        (lambda data: json.dumps({**data, "files": {"a.py": {}}}), "KeyError"),
        (lambda data: json.dumps(data).replace('"num_statements": 1,', '"num_statements": 9,'), "not as many"),
        (lambda data: json.dumps(data).replace('"num_branches": 2,', '"num_branches": 7,'), "not as many"),
        (lambda data: json.dumps(data).replace('"executed_lines": [1', '"executed_lines": ["1"'), "no line number"),
    ],
)
def test_what_is_no_json_report_is_an_error(reported: Path, tmp_path: Path, change: Any, why: str) -> None:
    data = json.loads((reported / "coverage.json").read_text(encoding="utf-8"))
    (tmp_path / "c.json").write_text(change(data), encoding="utf-8")
    with pytest.raises(CannotMeasure, match=why):
        exported.read(tmp_path / "c.json")


def test_one_file_under_two_names_is_an_error(project: Path) -> None:
    path = project / "coverage.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["files"]["./main.py"] = data["files"]["main.py"] = data["files"]["shop/never.py"]
    path.write_text(json.dumps(data), encoding="utf-8")
    assert "one file under two names" in ask(project, report="coverage.json").reason


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"report": " "}, "may not be empty"),
        ({"report": "a.xml", "data_file": ".coverage"}, "give one of them"),
        ({"report": "a.xml", "contexts": ("a",)}, "does not tell which test"),
        ({"report": "a.xml", "tests": "all"}, "does not tell which test"),
        ({"contexts": ("a",), "tests": "all"}, "give one of them"),
        ({"contexts": ("(",)}, "not a regular expression"),
        ({"tests": "integration"}, "is not one of all, marker:NAME"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(OptionError) as caught:
        Coverage(**options)
    assert told in str(caught.value)


def test_the_report_is_said_before_it_is_touched() -> None:
    assert [touch.what for touch in Coverage(report="coverage.xml").touches()] == ["coverage.xml"]
