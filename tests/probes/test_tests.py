from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Value
from pytest_readiness.probes.tests import Tests
from pytest_readiness.session import Session, Warned, from_junit
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


def test_of_several_selections_all_must_hold() -> None:
    both = Tests(select=("marker:slow", "keyword:refund"))
    assert values(both)["selected"] == 1
    assert run_probe(both, session=RUN).evidence[0].text.startswith("1 of 7 tests (marker:slow and keyword:refund)")
    assert values(Tests(select=("marker:slow", "node:tests/deep")), selected=0)["selected"] == 0
    with pytest.raises(OptionError, match="selects nothing"):
        Tests(select=())
    with pytest.raises(OptionError, match="is not one of"):
        Tests(select=("all", "slow"))


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
        ("golden_path", "keyword:EXPR: did you mean 'marker:golden_path' or 'keyword:golden_path'?"),
        ("tests/backend", "keyword:EXPR: did you mean 'node:tests/backend'?"),
        ("test_a.py", "keyword:EXPR: did you mean 'node:test_a.py'?"),
        ("a b", "'a b' is not one of all, marker:NAME, node:GLOB, keyword:EXPR"),
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


# --- tests that are no evidence -------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["skipped", "xfailed"])
def test_tests_that_were_all_skipped_or_expected_to_fail_are_no_evidence(outcome: str) -> None:
    session = fake_session(fake_case("test_a.py::test_a", outcome), fake_case("test_a.py::test_b", outcome))
    result = run_probe(Tests(select="all"), session=session)
    assert result.outcome is Outcome.ERROR
    assert "of 2 tests selected all were skipped, or failed as they were expected to" in result.reason


@pytest.mark.parametrize("outcome", ["skipped", "xfailed"])
def test_a_gate_may_expect_them_to_be_so(outcome: str) -> None:
    session = fake_session(fake_case("test_a.py::test_a", outcome))
    assert run_probe(Tests(select="all"), session=session, expect={outcome: 1}).outcome is Outcome.PASSED
    assert run_probe(Tests(select="all"), session=session, expect={outcome: 0}).outcome is Outcome.FAILED
    assert run_probe(Tests(select="all"), session=session, expect={"passed": ">= 1"}).outcome is Outcome.FAILED


def test_one_that_ran_among_skipped_ones_is_evidence() -> None:
    session = fake_session(fake_case("test_a.py::test_a", "skipped"), fake_case("test_a.py::test_b"))
    assert run_probe(Tests(select="all"), session=session).outcome is Outcome.PASSED


# --- warnings -------------------------------------------------------------------------------------

OLD = Warned(("DeprecationWarning", "Warning"), "use b", "test_a.py::test_a")
OWN = Warned(("lib.OldWarning", "DeprecationWarning", "Warning"), "use c")
USER = Warned(("UserWarning", "Warning"), "hm")


def warning(*warned: Warned, filters: tuple[str, ...] = (), **more: Any) -> Session:
    tests = (fake_case("test_a.py::test_a"),)
    return Session(tests=tests, warned=warned, warnings=len(warned), filters=filters, **more)


@pytest.mark.parametrize(
    ("categories", "warned", "count"),
    [
        (("DeprecationWarning",), (OLD, OWN, USER), 2),
        (("UserWarning", "DeprecationWarning"), (OLD, OWN, USER), 3),
        (("Warning",), (OLD, USER), 2),
        (("RuntimeWarning",), (OLD, USER), 0),
        (("pytest.PytestWarning",), (USER,), 0),
        ((), (OLD, USER), 2),
    ],
)
def test_warnings_are_counted_by_category(categories: tuple[str, ...], warned: Any, count: int) -> None:
    probe = Tests(select="all", categories=categories)
    assert values(probe, warning(*warned), warnings=">= 0")["warnings"] == count


def test_a_warning_of_a_category_fails_the_gate_and_is_shown() -> None:
    result = run_probe(Tests(select="all", categories=("DeprecationWarning",)), session=warning(OLD, USER))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "warnings is 1, expected 0")
    assert result.evidence[-1].text == "DeprecationWarning: use b (test_a.py::test_a)"
    assert (
        run_probe(Tests(select="all", categories=("ResourceWarning",)), session=warning(OLD)).outcome is Outcome.PASSED
    )
    assert run_probe(Tests(select="all"), session=warning(OLD)).outcome is Outcome.PASSED


def test_a_category_of_a_module_is_looked_up_there() -> None:
    for name in ("encodings.CodecRegistryError", "json.Warning", "no_such_module.OldWarning"):
        result = run_probe(Tests(select="all", categories=(name,)), session=warning(USER))
        assert result.outcome is Outcome.ERROR
        assert f"categories: {name} cannot be looked up" in result.reason
    known = Tests(select="all", categories=("pytest.PytestCollectionWarning",))
    assert run_probe(known, session=warning(USER)).outcome is Outcome.PASSED


def test_a_module_that_nobody_has_imported_is_looked_at_by_another_process(tmp_path: Path) -> None:
    (tmp_path / "made_up.py").write_text("class Old(DeprecationWarning): pass\nBase = Old\n")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}
    warned = Warned(("made_up.Old", "DeprecationWarning", "Warning"), "hm")
    probe = Tests(select="all", categories=("made_up.Base",))
    assert run_probe(probe, session=warning(warned), env=env, root=tmp_path).reason == "warnings is 1, expected 0"
    refused = run_probe(probe, session=warning(warned), env=env, root=tmp_path, exec_allowed=False)
    assert refused.outcome is Outcome.ERROR
    assert "made_up" not in sys.modules


def test_a_deadline_that_comes_first_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "slow_one.py").write_text("import time\ntime.sleep(60)\n")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}
    probe = Tests(select="all", categories=("slow_one.Old",))
    assert run_probe(probe, session=warning(USER), env=env, timeout=0.5).outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("filters", "hidden"),
    [
        (("ignore::DeprecationWarning",), True),
        (("ignore",), True),
        (("i::Warning",), True),
        (("error", "ignore::builtins.DeprecationWarning"), True),
        (("ignore", "default::DeprecationWarning"), False),
        (("ignore::UserWarning",), False),
        (("ignore:use b:DeprecationWarning",), False),
        (("ignore::DeprecationWarning:lib",), False),
        (("error",), False),
    ],
)
def test_what_a_filter_ignores_altogether_is_unknown_not_zero(filters: tuple[str, ...], hidden: bool) -> None:
    probe = Tests(select="all", categories=("DeprecationWarning",))
    result = run_probe(probe, session=warning(filters=filters))
    assert result.outcome is (Outcome.ERROR if hidden else Outcome.PASSED)
    if hidden:
        assert "DeprecationWarning is ignored by the filter" in result.reason
        assert run_probe(Tests(select="all"), session=warning(filters=filters)).outcome is Outcome.PASSED


def test_warnings_that_are_switched_off_are_unknown_not_zero() -> None:
    session = warning(unknown=frozenset({"warnings"}))
    result = run_probe(Tests(select="all"), session=session, expect={"warnings": 0})
    assert result.outcome is Outcome.ERROR
    assert "warnings are switched off in this run" in result.reason


def test_a_junit_file_does_not_tell_warnings(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text('<testsuite><testcase classname="a" name="test_a" time="0.5"/></testsuite>', encoding="utf-8")
    probe = Tests(select="all", categories=("DeprecationWarning",))
    result = run_probe(probe, session=from_junit(path))
    assert result.outcome is Outcome.ERROR
    assert "warnings was not measured: the run in junit.xml" in result.reason


def test_a_secret_in_a_warning_is_not_shown() -> None:
    session = warning(Warned(("UserWarning", "Warning"), "the token is hunter2-hunter2"))
    env = {"PATH": os.environ["PATH"], "API_TOKEN": "hunter2-hunter2"}
    assert "hunter2" not in repr(run_probe(Tests(select="all"), session=session, env=env).evidence)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("DeprecationWarnin", "did you mean 'DeprecationWarning'?"),
        ("SAWarning", "write another's with its module"),
        ("ValueError", "is not a category of Python itself"),
        ("", "is not a category"),
        ("os;system", "is not a category"),
    ],
)
def test_a_category_that_is_none_is_refused(name: str, advice: str) -> None:
    with pytest.raises(OptionError) as refused:
        Tests(select="all", categories=(name,))
    assert advice in str(refused.value)


def test_modules_of_categories_are_said_before_they_are_looked_at() -> None:
    probe = Tests(select="all", categories=("DeprecationWarning", "lib.exc.OldWarning"))
    assert [(touch.kind, touch.what) for touch in probe.touches()] == [("module", "lib.exc")]
