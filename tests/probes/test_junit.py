"""JUnit XML of other suites: what counts, what can be chosen, and which files cannot be believed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result
from pytest_readiness.probe import Touch
from pytest_readiness.probes.junit import Junit
from pytest_readiness.testing import run_probe

# As Vitest 3 writes it: a suite a file, the describe blocks in the names.
NOW = datetime.now(UTC).isoformat()
VITEST = f"""<?xml version="1.0" encoding="UTF-8" ?>
<testsuites name="vitest tests" tests="4" failures="1" errors="0" time="1.2">
  <testsuite name="src/ModelTrainingPanel.test.tsx" timestamp="{NOW}" hostname="ci" tests="3"
      failures="1" errors="0" skipped="1" time="0.9">
    <testcase classname="src/ModelTrainingPanel.test.tsx" name="ModelTrainingPanel &gt; Dry Run toggles" time="0.5"/>
    <testcase classname="src/ModelTrainingPanel.test.tsx" name="ModelTrainingPanel &gt; stops polling" time="0.25">
      <failure message="expected 5 to be 4&#10;second line" type="AssertionError">AssertionError</failure></testcase>
    <testcase classname="src/ModelTrainingPanel.test.tsx" name="ModelTrainingPanel &gt; badges" time="0">
      <skipped/></testcase>
  </testsuite>
  <testsuite name="src/store.test.ts" timestamp="{NOW}" tests="1" failures="0" errors="0" time="0.3">
    <testcase classname="src/store.test.ts" name="keeps the token abc123secret" time="0.25"/>
  </testsuite>
</testsuites>
"""


def judged(folder: Path, text: str = VITEST, *, expect: dict[str, object] | None = None, **options: object) -> Result:
    (folder / "report.xml").write_text(text, encoding="utf-8")
    return run_probe(Junit(path="report.xml", **options), root=folder, expect=expect)  # type: ignore[arg-type]


def value(result: Result, name: str) -> object:
    return result.measurements[name].value


def suite(cases: str, **attributes: object) -> str:
    said = " ".join(f'{key}="{each}"' for key, each in attributes.items())
    return f'<testsuite name="s" {said}>{cases}</testsuite>'


PASSING = '<testcase classname="a" name="one" time="1"/>'


class TestCounts:
    def test_how_each_test_ended(self, tmp_path: Path) -> None:
        result = judged(tmp_path)
        counts = {"suites": 2, "tests": 4, "passed": 2, "failed": 1, "errors": 0, "skipped": 1}
        assert {name: value(result, name) for name in counts} == counts
        assert value(result, "pass_rate") == 50.0
        assert value(result, "duration") == 1.0

    def test_a_failure_fails_and_is_named_with_its_first_line(self, tmp_path: Path) -> None:
        result = judged(tmp_path)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "failed is 1, expected 0"
        text = {item.title: item.text for item in result.evidence}
        assert text["not passed"].endswith("ModelTrainingPanel > stops polling: expected 5 to be 4")
        assert text["tests"] == "4 of 4 tests: 2 passed, 1 failed, 1 skipped"
        assert "badges" in text["skipped"]

    def test_a_green_suite_passes(self, tmp_path: Path) -> None:
        assert judged(tmp_path, suite(PASSING, tests=1)).outcome is Outcome.PASSED

    def test_an_error_outweighs_a_skip_and_a_failure_an_error(self, tmp_path: Path) -> None:
        cases = '<testcase name="a"><skipped/><error/></testcase><testcase name="b"><error/><failure/></testcase>'
        result = judged(tmp_path, suite(cases))
        assert (value(result, "errors"), value(result, "failed"), value(result, "skipped")) == (1, 1, 0)

    @pytest.mark.parametrize(
        ("attributes", "name"),
        [
            ('status="notrun"', "skipped"),
            ('result="suppressed"', "skipped"),
            ('status="failed"', "failed"),
            ('status="timedOut"', "errors"),
            ('status="run" result="completed"', "passed"),
        ],
    )
    def test_an_end_that_only_an_attribute_tells(self, tmp_path: Path, attributes: str, name: str) -> None:
        assert value(judged(tmp_path, suite(f'<testcase name="a" {attributes}/>')), name) == 1

    def test_only_skipped_tests_are_no_success(self, tmp_path: Path) -> None:
        result = judged(tmp_path, suite('<testcase name="a"><skipped/></testcase>', tests=1, skipped=1))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "passed is 0, expected >= 1"

    def test_two_tests_of_one_name_are_two_tests(self, tmp_path: Path) -> None:
        assert value(judged(tmp_path, suite(PASSING * 2, tests=2)), "tests") == 2

    def test_a_time_that_is_not_told_leaves_no_duration(self, tmp_path: Path) -> None:
        result = judged(tmp_path, suite('<testcase name="a"/>'), expect={"duration": "< 1 s"})
        assert result.outcome is Outcome.ERROR
        assert result.reason == "duration was not measured: not every test says how long it took"

    def test_several_reports_are_one_suite(self, tmp_path: Path) -> None:
        for name in ("a.xml", "b.xml"):
            (tmp_path / name).write_text(suite(PASSING))
        for probe in (Junit(glob="*.xml"), Junit(paths=("a.xml", "b.xml"))):
            result = run_probe(probe, root=tmp_path)
            assert (value(result, "tests"), value(result, "suites")) == (2, 2)


class TestChoice:
    def test_by_name_in_any_case(self, tmp_path: Path) -> None:
        result = judged(tmp_path, names=("*dry run*",))
        assert result.outcome is Outcome.PASSED
        assert value(result, "tests") == 1

    def test_by_suite_and_name_both(self, tmp_path: Path) -> None:
        assert value(judged(tmp_path, suites=("*ModelTrainingPanel*",), names=("*stops*",)), "tests") == 1

    def test_by_the_class_and_by_the_file_of_the_suite(self, tmp_path: Path) -> None:
        text = '<testsuite name="x" file="e2e/login.spec.ts"><testcase name="a[b]" classname="Login"/></testsuite>'
        for names in (("Login",), ("e2e/login.spec.ts",), ("a[b]",), ("Login::a*",)):
            assert value(judged(tmp_path, text, names=names), "tests") == 1

    def test_of_a_suite_takes_what_is_in_its_inner_suites(self, tmp_path: Path) -> None:
        text = f'<testsuite name="outer">{suite(PASSING)}</testsuite>'
        assert value(judged(tmp_path, text, suites=("outer",)), "tests") == 1

    def test_a_pattern_that_finds_nothing_fails_beside_one_that_does(self, tmp_path: Path) -> None:
        result = judged(tmp_path, names=("*dry run*", "*version naming*"))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "missing is 1, expected 0"
        assert any(item.text == "*version naming*" for item in result.evidence)

    def test_a_name_in_another_suite_is_missing_all_the_same(self, tmp_path: Path) -> None:
        result = judged(tmp_path, suites=("*Panel*",), names=("*dry run*", "*token*"))
        assert value(result, "missing") == 1

    def test_that_finds_nothing_at_all_is_an_error(self, tmp_path: Path) -> None:
        result = judged(tmp_path, names=("nobody",))
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason


class TestAge:
    def test_is_that_of_the_time_stamp_of_the_file_where_the_report_says_nothing(self, tmp_path: Path) -> None:
        result = judged(tmp_path, suite(PASSING))
        assert 0 <= float(str(value(result, "age"))) < 366 * 86400

    def test_is_what_the_report_says_where_a_copy_made_the_file_newer(self, tmp_path: Path) -> None:
        (tmp_path / "report.xml").write_text(suite(PASSING, timestamp="2020-01-01T00:00:00+00:00"))
        result = run_probe(Junit(path="report.xml"), root=tmp_path, expect={"age": "< 7 d"}, now=datetime.now(UTC))
        assert result.outcome is Outcome.FAILED

    def test_is_that_of_the_oldest_report(self, tmp_path: Path) -> None:
        for name, days in (("a.xml", 9), ("b.xml", 1)):
            (tmp_path / name).write_text(suite(PASSING, timestamp="no time"))
            os.utime(tmp_path / name, (0, time.time() - days * 86400))
        result = run_probe(Junit(glob="*.xml"), root=tmp_path, expect={"age": "< 7 d"}, now=datetime.now(UTC))
        assert result.outcome is Outcome.FAILED

    def test_in_the_future_is_not_known(self, tmp_path: Path) -> None:
        (tmp_path / "report.xml").write_text(suite(PASSING))
        os.utime(tmp_path / "report.xml", (5e9, 5e9))
        result = run_probe(Junit(path="report.xml"), root=tmp_path, expect={"age": "< 7 d"})
        assert result.outcome is Outcome.ERROR
        assert "of the future" in result.reason


class TestFilesThatCannotBeBelieved:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (suite(PASSING, tests=2), "says 2 tests but holds 1: the file is not whole"),
            (suite(PASSING, tests=0), "says 0 tests but holds 1"),
            (f'<testsuites tests="5">{suite(PASSING)}</testsuites>', "report.xml: testsuites says 5 tests"),
            (suite(PASSING, tests=1, errors=1), "says 1 failures and errors but only 0 of its cases"),
            (suite(PASSING, tests="many"), "tests='many', which is not a number"),
            ("<html/>", "is not a JUnit XML file"),
            ('<!DOCTYPE a><testsuite name="x"/>', "has a document type"),
        ],
    )
    def test_are_errors(self, tmp_path: Path, text: str, reason: str) -> None:
        result = judged(tmp_path, text)
        assert result.outcome is Outcome.ERROR
        assert reason in result.reason

    def test_a_suite_may_count_its_inner_suites_or_not(self, tmp_path: Path) -> None:
        for tests in (1, 2):
            text = f'<testsuite name="outer" tests="{tests}">{PASSING}{suite(PASSING, tests=1)}</testsuite>'
            assert value(judged(tmp_path, text), "tests") == 2

    def test_a_count_that_is_empty_says_nothing(self, tmp_path: Path) -> None:
        assert judged(tmp_path, suite(PASSING, tests="")).outcome is Outcome.PASSED

    def test_an_empty_suite_is_nothing_to_look_at(self, tmp_path: Path) -> None:
        result = judged(tmp_path, suite("", tests=0))
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    def test_what_pytest_writes_is_believed_though_it_counts_an_error_at_teardown_its_own_way(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "test_it.py").write_text(
            "import pytest\n@pytest.fixture\ndef bad():\n    yield\n    raise ValueError\n"
            "def test_a(bad): pass\ndef test_b(bad): assert 0\ndef test_c(): pass\n"
        )
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--junitxml=report.xml",
            "test_it.py",
        ]
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        result = run_probe(Junit(path="report.xml"), root=tmp_path)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "failed is 1, expected 0; errors is 2, expected 0"


def test_a_report_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    result = run_probe(Junit(path="none.xml"), root=tmp_path)
    assert result.outcome is Outcome.ERROR
    assert result.reason == "none.xml is not there"
    assert run_probe(Junit(paths=("a.xml", "b.xml")), root=tmp_path).reason == "a.xml, b.xml are not there"
    assert run_probe(Junit(path="*.xml"), root=tmp_path).reason == "*.xml is not there (did you mean glob?)"
    assert run_probe(Junit(glob="*.xml"), root=tmp_path).outcome is Outcome.ERROR


def test_a_folder_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    assert run_probe(Junit(path="reports"), root=tmp_path).reason == "reports is not a file: say glob"


def test_a_deadline_ends_reading(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text("<testsuite>" + PASSING * 200_000 + "</testsuite>")
    result = run_probe(Junit(path="report.xml"), root=tmp_path, timeout=0.01)
    assert result.outcome is Outcome.ERROR


def test_a_secret_in_a_test_name_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(
        suite('<testcase name="abc123secret"><failure message="abc123secret"/></testcase>')
    )
    result = run_probe(Junit(path="report.xml"), root=tmp_path, secrets=["abc123secret"])
    assert "abc123secret" not in repr(result)


def test_options_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OptionError, match="exactly one of path, paths and glob, not none"):
        Junit()
    with pytest.raises(OptionError, match="not path and glob"):
        Junit(path="a", glob="b")
    with pytest.raises(OptionError, match="a path may not be empty"):
        Junit(path=" ")
    with pytest.raises(OptionError, match="a pattern may not be empty"):
        Junit(path="a", names=("",))


def test_the_reports_are_what_is_touched() -> None:
    assert list(Junit(paths=("a", "b")).touches()) == [Touch("file", "a"), Touch("file", "b")]
    assert list(Junit(glob="*.xml").touches()) == [Touch("file", "*.xml")]
