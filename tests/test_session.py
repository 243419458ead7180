from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.session import JUNIT_LIMIT, Session, TestCase, TestOutcome, from_junit, selection, worst

# --- selections -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["-k drift"], ("-k drift",)),
        (["-kdrift"], ("-k drift",)),
        (['-m "not slow"'], ("-m 'not slow'",)),
        (["-m 'not   slow'"], ("-m 'not slow'",)),
        (["-xk drift"], ("-k drift",)),
        (["-qm=slow"], ("-m slow",)),
        (["./tests/unit/"], ("tests/unit",)),
        (["tests/unit -m slow"], ("-m slow", "tests/unit")),
        (["-m slow", "tests/unit"], ("-m slow", "tests/unit")),
        (["--deselect=tests/a.py::test_b"], ("--deselect tests/a.py::test_b",)),
        (["--deselect ./tests/a.py::test_b"], ("--deselect tests/a.py::test_b",)),
        (["--ignore-glob='*/slow/*'"], ("--ignore-glob '*/slow/*'",)),
        (["--last-failed"], ("--lf",)),
        (["--sw"], ("--sw",)),
        (["-q --strict-markers"], ()),
        ([], ()),
    ],
)
def test_a_selection_has_one_way_to_be_written(texts: list[str], expected: tuple[str, ...]) -> None:
    assert selection(texts) == expected


def test_a_selection_with_an_open_quote_is_like_no_other() -> None:
    assert selection(["-k 'drift"]) not in {selection(["-k drift"]), ()}


@pytest.mark.parametrize("text", ["-k drift", "-m 'not slow'", "tests/unit", "--deselect 'tests/a.py::test[a b]'"])
def test_writing_a_selection_again_changes_nothing(text: str) -> None:
    assert selection([text]) == (text,)


def test_a_whole_run_speaks_for_the_tests() -> None:
    session = Session()
    assert session.speaks_for() is session


def test_a_narrowed_run_does_not_speak_for_the_tests() -> None:
    with pytest.raises(CannotMeasure, match=r"^this run was narrowed by -k drift: run all tests, or name"):
        Session(narrowed=("-k drift",)).speaks_for()


def test_a_narrowed_run_speaks_for_a_gate_with_that_very_scope() -> None:
    session = Session(narrowed=("-m 'not slow'", "tests/unit"))
    assert session.speaks_for(('tests/unit/ -m "not slow"',)) is session


def test_a_run_narrowed_to_something_else_does_not_speak_for_the_scope() -> None:
    with pytest.raises(CannotMeasure, match="the gate's scope is tests/unit"):
        Session(narrowed=("tests/unit", "-k drift")).speaks_for(("tests/unit",))


def test_a_whole_run_does_not_speak_for_a_part() -> None:
    with pytest.raises(CannotMeasure, match=r"scope is tests/unit, but this run was not narrowed to it"):
        Session().speaks_for(("tests/unit",))


def test_a_run_that_the_configuration_selects_speaks_for_that_scope() -> None:
    session = Session(configured=("-m 'not slow'",))
    assert session.speaks_for(('-m "not slow"',)) is session


def test_a_broken_run_speaks_for_nothing_and_says_why() -> None:
    with pytest.raises(CannotMeasure, match=r"cannot speak for the tests: worker gw0 crashed; interrupted"):
        Session(broken=("worker gw0 crashed", "interrupted")).speaks_for()


def test_failed_counts_failures_and_errors() -> None:
    outcomes = [TestOutcome.PASSED, TestOutcome.FAILED, TestOutcome.ERROR, TestOutcome.XFAILED]
    assert Session(tests=tuple(TestCase(f"t{n}", outcome) for n, outcome in enumerate(outcomes))).failed == 2


def test_a_failure_weighs_more_than_anything_else() -> None:
    assert worst(*TestOutcome) is TestOutcome.FAILED
    assert worst(TestOutcome.PASSED, TestOutcome.ERROR) is TestOutcome.ERROR


# --- JUnit XML --------------------------------------------------------------------------------

JUNIT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="2" tests="6" time="1.5">
<testcase classname="tests.unit.test_a.TestOrders" name="test_pay[eur]" time="0.25"/>
<testcase classname="tests.unit.test_a" name="test_refund" time="0.5">
  <failure message="x">no &lt;!DOCTYPE</failure></testcase>
<testcase classname="tests.unit.test_a" name="test_setup" time="0"><error message="failed on setup">e</error></testcase>
<testcase classname="tests.unit.test_a" name="test_later"><skipped type="pytest.skip" message="later"/></testcase>
<testcase classname="tests.unit.test_a" name="test_known"><skipped type="pytest.xfail" message="k"/></testcase>
<testcase classname="tests.unit.test_b" name="test_close" time="0.1"/>
<testcase classname="tests.unit.test_b" name="test_close" time="0.1">
  <error message="failed on teardown">e</error></testcase>
</testsuite></testsuites>
"""


def junit(folder: Path, text: str) -> Path:
    path = folder / "junit.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_junit_tells_the_outcome_of_each_test(tmp_path: Path) -> None:
    session = from_junit(junit(tmp_path, JUNIT))
    assert {test.nodeid: test.outcome.value for test in session.tests} == {
        "tests/unit/test_a.py::TestOrders::test_pay[eur]": "passed",
        "tests/unit/test_a.py::test_refund": "failed",
        "tests/unit/test_a.py::test_setup": "error",
        "tests/unit/test_a.py::test_later": "skipped",
        "tests/unit/test_a.py::test_known": "xfailed",
        "tests/unit/test_b.py::test_close": "error",
    }
    assert session.duration == 1.5
    assert sum(test.duration for test in session.tests) == pytest.approx(0.95)


def test_junit_says_what_it_does_not_tell_and_when_it_was_written(tmp_path: Path) -> None:
    path = junit(tmp_path, JUNIT)
    os.utime(path, (1_800_000_000, 1_800_000_000))
    session = from_junit(path)
    assert {"markers", "xpassed", "deselected"} <= session.unknown
    assert session.origin == "the run in junit.xml, written 2027-01-15 08:00 UTC,"


def test_a_collection_failure_in_junit_breaks_the_run(tmp_path: Path) -> None:
    case = '<testcase classname="" name="tests.test_x"><error message="collection failure">e</error></testcase>'
    assert from_junit(junit(tmp_path, f"<testsuite>{case}</testsuite>")).broken == (
        "collection failure in tests.test_x",
    )


def test_gates_of_an_earlier_run_are_no_tests(tmp_path: Path) -> None:
    properties = '<properties><property name="readiness.gate" value="health"/></properties>'
    case = f'<testcase classname="readiness.yaml" name="health">{properties}</testcase>'
    assert from_junit(junit(tmp_path, f"<testsuite>{case}</testsuite>")).tests == ()


@pytest.mark.parametrize("time", ["soon", "nan", "inf"])
def test_a_time_that_is_no_number_counts_as_none(tmp_path: Path, time: str) -> None:
    assert from_junit(junit(tmp_path, f'<testsuite time="{time}"/>')).duration == 0.0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaa">]><testsuite>&a;</testsuite>', "has a document type"),
        ("<testsuite>", "is not XML"),
        ("{}", "is not XML"),
        ("<html/>", "is not a JUnit XML file"),
    ],
)
def test_what_is_not_junit_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CannotMeasure, match=reason):
        from_junit(junit(tmp_path, text))


def test_a_missing_junit_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotMeasure, match=r"none.xml cannot be read: No such file"):
        from_junit(tmp_path / "none.xml")


def test_a_huge_junit_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    with path.open("wb") as file:
        file.truncate(JUNIT_LIMIT + 1)
    with pytest.raises(CannotMeasure, match="more than the limit"):
        from_junit(path)
