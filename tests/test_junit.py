"""JUnit XML as it stands in files, whoever wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness import junit
from pytest_readiness.errors import CannotMeasure

NESTED = """<testsuites tests="3" name="all">
<testsuite name="outer" tests="1"><testcase name="a" time="1,234.5"/>
  <testsuite name="inner"><testcase name="b"><failure message="m"/><error/></testcase></testsuite>
</testsuite>
<testcase name="c"><properties><property name="p" value="v"/></properties><system-out>x</system-out></testcase>
</testsuites>
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "junit.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_suites_know_what_they_are_in_and_cases_their_suite(tmp_path: Path) -> None:
    found = junit.read(written(tmp_path, NESTED))
    assert found.attributes == {"tests": "3", "name": "all"}
    assert [(suite.attributes["name"], suite.within) for suite in found.suites] == [("outer", None), ("inner", 0)]
    assert [(case.attributes["name"], case.suite) for case in found.cases] == [("a", 0), ("b", 1), ("c", None)]


def test_a_case_keeps_all_that_ended_it_and_the_names_of_its_properties(tmp_path: Path) -> None:
    _, broken, odd = junit.read(written(tmp_path, NESTED)).cases
    assert broken.marks == (("failure", {"message": "m"}), ("error", {}))
    assert odd.properties == {"p"}


def test_marks_and_properties_outside_of_a_case_belong_to_none(tmp_path: Path) -> None:
    text = '<testsuite><properties><property name="p"/></properties><error/><testcase name="a"/></testsuite>'
    (case,) = junit.read(written(tmp_path, text)).cases
    assert (case.marks, case.properties) == ((), frozenset())


@pytest.mark.parametrize(
    ("attributes", "seconds"),
    [
        ({"time": "1.5"}, 1.5),
        ({"time": "1,234.5"}, 1234.5),
        ({"time": "soon"}, None),
        ({"time": "nan"}, None),
        ({}, None),
    ],
)
def test_a_time_is_a_number_or_nothing(attributes: dict[str, str], seconds: float | None) -> None:
    assert junit.seconds(attributes) == seconds


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaa">]><testsuite>&a;</testsuite>', "has a document type"),
        ("<testsuite>", "is not XML"),
        ("<testsuites/>", "is not a JUnit XML file"),
    ],
)
def test_what_is_not_junit_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CannotMeasure, match=reason):
        junit.read(written(tmp_path, text))


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotMeasure, match="cannot be read: No such file"):
        junit.read(tmp_path / "none.xml")
    with (tmp_path / "big.xml").open("wb") as file:
        file.truncate(junit.LIMIT + 1)
    with pytest.raises(CannotMeasure, match="more than the limit"):
        junit.read(tmp_path / "big.xml")
