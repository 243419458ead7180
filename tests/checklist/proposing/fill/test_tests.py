from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import proposed


@pytest.mark.parametrize(
    ("text", "options", "expect"),
    [
        ("All tests pass", {"select": "all"}, {"failed": 0, "passed": ">= 1"}),
        ("All 41/41 tests pass", {"select": "all"}, {"failed": 0, "passed": ">= 41"}),
        ("No flaky tests", {"select": "all"}, {"failed": 0, "passed": ">= 1", "rerun": 0}),
        ("No skipped tests", {"select": "all"}, {"failed": 0, "passed": ">= 1", "skipped": 0}),
        ("Test pass rate of 98%", {"select": "all"}, {"failed": 0, "passed": ">= 1", "pass_rate": ">= 98 %"}),
        ("`tests/test_cart.py` passes", {"select": "node:tests/test_cart.py*"}, {"failed": 0, "passed": ">= 1"}),
        ("Smoke tests", {"select": "marker:smoke"}, {"failed": 0, "passed": ">= 1", "skipped": 0}),
        ("Webhooks are signed", {"select": "keyword:webhook and sign"}, {"failed": 0, "passed": ">= 1"}),
    ],
)
def test_tests(text: str, options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options, proposal.expect) == ("tests", options, expect)


def test_tests_without_a_telling_word_are_for_the_reader_to_choose() -> None:
    assert str(proposed("Error handling implemented").options["select"]).startswith("TODO: ")


def test_a_report_of_others_is_read() -> None:
    proposal = proposed("All 12 Vitest tests pass")
    assert proposal.probe == "junit"
    assert proposal.expect == {"failed": 0, "errors": 0, "passed": ">= 12"}


def test_a_spec_file_names_the_suite() -> None:
    assert proposed("Cart works (`cart.spec.ts`)").options["suites"] == ["*cart.spec.ts*"]


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("Test coverage 80%+", {"line": ">= 80 %"}),
        ("Coverage > 95%", {"line": "> 95 %"}),
        ("Branch coverage of 70%", {"branch": ">= 70 %"}),
    ],
)
def test_coverage(text: str, expect: dict[str, str]) -> None:
    assert proposed(text).expect == {**expect, "statements": ">= 1"}


def test_coverage_without_a_figure_is_for_the_reader_to_say() -> None:
    assert str(proposed("Good test coverage").expect["line"]).startswith("TODO: ")


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("Cold start below 2 s", {"benchmarks": ">= 1", "mean": "< 2 s"}),
        ("Training time: 3-5 seconds", {"benchmarks": ">= 1", "mean": "<= 5 s"}),
        ("21/21 benchmarks pass", {"benchmarks": ">= 21"}),
        ("No performance regression beyond 5%", {"benchmarks": ">= 1", "regression": "<= 5 %"}),
    ],
)
def test_benchmark(text: str, expect: dict[str, str]) -> None:
    assert proposed(text).expect == expect


def test_a_benchmark_may_be_faster_than_another() -> None:
    proposal = proposed("Parser is 3x faster than the old one")
    assert proposal.expect["ratio"] == ">= 3"
    assert set(proposal.options) == {"glob", "of", "to"}


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("Handles 103+ RPS", {"error_rate": 0, "rate": ">= 103 /s"}),
        ("Load test: P99 latency < 80 ms", {"error_rate": 0, "p99": "< 80 ms"}),
        ("Load test with error rate below 0.5%", {"error_rate": "< 0.5 %"}),
    ],
)
def test_load(text: str, expect: dict[str, str]) -> None:
    proposal = proposed(text)
    assert proposal.probe == "load"
    assert expect.items() <= proposal.expect.items()


def test_load_is_sent_a_little_faster_than_it_has_to_be_borne() -> None:
    assert proposed("Throughput of 100 RPS at `/search`").options["rate"] == "106/s"


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("Memory usage under 512 MB", {"rss_max": "< 512 MB"}),
        ("CPU usage < 70%", {"cpu": "< 70 %"}),
        ("No memory leak", {"growth": "TODO: how much it may grow, such as <= 5 %"}),
    ],
)
def test_resources(text: str, expect: dict[str, str]) -> None:
    assert proposed(text).expect == expect
