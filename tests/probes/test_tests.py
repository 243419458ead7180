from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Value
from pytest_readiness.probes.tests import Tests
from pytest_readiness.session import Session, from_junit
from pytest_readiness.testing import fake_case, fake_session, run_probe

RUN = fake_session(
    fake_case("tests/test_order.py::test_paid", markers=["golden_path"], duration=0.5),
    fake_case("tests/test_order.py::test_refund[eur]", markers=["golden_path", "slow"], duration=0.25),
    fake_case("tests/test_order.py::TestDrift::test_drift", "failed", markers=["slow"]),
    fake_case("tests/deep/test_drift.py::test_setup", "error", reruns=2),
    fake_case("tests/deep/test_drift.py::test_later", "skipped"),
    fake_case("tests/deep/test_drift.py::test_known", "xfailed"),
    fake_case("tests/deep/test_drift.py::test_unexpected", "xpassed", gates=["gate"]),
)


def values(probe: Tests, session: Session = RUN, **expect: Value) -> dict[str, Value]:
    result = run_probe(probe, session=session, expect=expect)
    return {name: measurement.value for name, measurement in result.measurements.items()}


def test_selected_tests_that_pass_make_the_gate_pass() -> None:
    result = run_probe(Tests(select="marker:golden_path"), session=RUN, expect={"passed": ">= 2", "skipped": 0})
    assert result.outcome is Outcome.PASSED
    assert result.evidence[0].text == "2 of 7 tests (marker:golden_path): 2 passed"


def test_every_outcome_is_counted() -> None:
    assert values(Tests(select="all")) == {
        "selected": 7,
        "passed": 2,
        "failed": 1,
        "errors": 1,
        "skipped": 1,
        "xfailed": 1,
        "xpassed": 1,
        "rerun": 2,
        "deselected": 0,
        "warnings": 0,
        "duration": 0.75,
        "pass_rate": 100 * 2 / 7,
    }


def test_a_failing_test_fails_the_gate_and_is_named() -> None:
    result = run_probe(Tests(select="marker:slow"), session=RUN)
    assert result.outcome is Outcome.FAILED
    assert result.reason == "failed is 1, expected 0"
    assert ("failed", "tests/test_order.py::TestDrift::test_drift") in [(e.title, e.text) for e in result.evidence]


def test_a_test_that_errors_fails_the_gate() -> None:
    assert run_probe(Tests(select="node:tests/deep"), session=RUN).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("select", "selected"),
    [
        ("all", 7),
        ("marker:slow", 2),
        ("marker:slow and golden_path", 1),
        ("marker:slow and not golden_path", 1),
        ("marker:not (slow or golden_path)", 4),
        ("marker:SLOW", 0),
        ("node:tests/test_order.py::*", 3),
        ("node:tests/test_order.py", 3),
        ("node:tests/test_order.py::test_refund", 1),
        ("node:tests/test_order.py::test_refund[eur]", 1),
        ("node:tests/test_order.py::TestDrift", 1),
        ("node:tests/deep/", 4),
        ("node:*::test_*", 7),
        ("node:tests/deep/test_d", 0),
        ("keyword:drift", 5),
        ("keyword:DRIFT and not deep", 1),
        ("keyword:refund or paid", 2),
        ("keyword:golden_path", 2),
    ],
)
def test_select_chooses_as_pytest_does(select: str, selected: int) -> None:
    assert values(Tests(select=select))["selected"] == selected


def test_without_select_the_tests_marked_for_the_gate_count() -> None:
    result = run_probe(Tests(), session=RUN, expect={"xpassed": 1, "selected": 1})
    assert result.outcome is Outcome.PASSED


def test_without_select_and_marked_tests_it_is_an_error() -> None:
    result = run_probe(Tests(), session=fake_session(fake_case("test_a.py::test_a")))
    assert result.outcome is Outcome.ERROR
    assert result.reason == 'no test is marked @pytest.mark.readiness("gate"): mark some, or give select'


def test_no_test_selected_is_an_error_with_the_selection_as_evidence() -> None:
    result = run_probe(Tests(select="marker:gone"), session=RUN)
    assert result.outcome is Outcome.ERROR
    assert "nothing was looked at" in result.reason
    assert result.evidence[0].text == "0 of 7 tests (marker:gone)"


def test_no_test_selected_passes_only_where_zero_is_said() -> None:
    result = run_probe(Tests(select="marker:quarantined"), session=RUN, expect={"selected": 0})
    assert result.outcome is Outcome.PASSED


def test_without_a_run_it_is_an_error() -> None:
    result = run_probe(Tests(select="all"), session=None)
    assert (result.outcome, result.reason.partition(":")[0]) == (Outcome.ERROR, "no tests ran")


@pytest.mark.parametrize(
    ("session", "reason"),
    [
        (fake_session(*RUN.tests[:2], narrowed=("-k paid",)), "this run was narrowed by -k paid"),
        (fake_session(*RUN.tests[:2], broken=("worker gw1 crashed",)), "worker gw1 crashed"),
        (fake_session(*RUN.tests[:2], broken=("collection error in test_x.py",)), "collection error in test_x.py"),
    ],
)
def test_a_run_that_cannot_speak_for_the_tests_is_an_error(session: Session, reason: str) -> None:
    result = run_probe(Tests(select="marker:golden_path"), session=session)
    assert result.outcome is Outcome.ERROR
    assert reason in result.reason


def test_a_narrowed_run_counts_where_the_scope_names_it() -> None:
    session = fake_session(*RUN.tests[:2], narrowed=("-m 'not slow'",))
    assert run_probe(Tests(select="all"), session=session, scope=('-m "not slow"',)).outcome is Outcome.PASSED


def test_what_the_configuration_deselects_is_told() -> None:
    session = Session(tests=RUN.tests[:1], deselected=12, configured=("-m 'not slow'",))
    result = run_probe(Tests(select="all"), session=session)
    assert "12 deselected by configuration (-m 'not slow')" in result.evidence[0].text


def test_many_failing_tests_are_listed_in_part() -> None:
    session = fake_session(*(fake_case(f"test_a.py::test_{n:02}", "failed") for n in range(25)))
    (_, failed) = run_probe(Tests(select="all"), session=session).evidence
    assert failed.text.splitlines()[-1] == "and 5 more"


def test_subtests_are_told(tmp_path: Path) -> None:
    from dataclasses import replace

    session = fake_session(replace(RUN.tests[0], subtests=3))
    assert "3 subtests" in run_probe(Tests(select="all"), session=session).evidence[0].text


@pytest.mark.parametrize(
    ("select", "reason"),
    [
        ("golden_path", "is not one of all, marker:NAME, node:GLOB, keyword:EXPR"),
        ("mark:golden_path", "is not one of"),
        ("marker:", "is not one of"),
        ("marker:a b", "'b' is not expected there"),
        ("marker:a and", "a word is missing at the end"),
        ("marker:(a or )", "a word is missing before ')'"),
        ("keyword:(a", "a parenthesis is not closed"),
        ("keyword:a)", "')' is not expected there"),
        ("marker:param(x=1)", "arguments, as in param(...), cannot be selected by"),
        ("keyword:" + "(" * 99 + "a" + ")" * 99, "it is nested too deeply"),
        ("keyword:" + "not " * 99 + "a", "it is nested too deeply"),
    ],
)
def test_a_selection_that_cannot_be_read_is_refused(select: str, reason: str) -> None:
    with pytest.raises(OptionError) as refused:
        Tests(select=select)
    assert reason in str(refused.value)
    assert refused.value.option == "select"


def test_a_junit_file_stands_in_for_the_run(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(
        '<testsuite><testcase classname="tests.test_a" name="test_a" time="0.5"/></testsuite>', encoding="utf-8"
    )
    session = from_junit(path)
    passed = run_probe(Tests(select="keyword:test_a"), session=session)
    assert passed.outcome is Outcome.PASSED
    assert "from the run in junit.xml" in passed.evidence[0].text
    marked = run_probe(Tests(select="marker:golden_path"), session=session)
    assert (marked.outcome, "does not tell the markers" in marked.reason) == (Outcome.ERROR, True)
    assert run_probe(Tests(), session=session).outcome is Outcome.ERROR
    unknown = run_probe(Tests(select="all"), session=session, expect={"warnings": 0})
    assert unknown.outcome is Outcome.ERROR
    assert "does not tell" in unknown.reason


def test_nothing_is_touched() -> None:
    assert list(Tests(select="all").touches()) == []
