"""Prometheus and objectives, put to a real server where there is one."""

from __future__ import annotations

from pytest_readiness.model import Outcome
from pytest_readiness.probes.prometheus import Prometheus, Range
from pytest_readiness.probes.slo import Slo
from pytest_readiness.testing import run_probe

GOOD = 'sum(increase(http_requests_total{code="200"}[window]))'
TOTAL = "sum(increase(http_requests_total[window]))"


def test_a_value_its_series_and_its_age(prometheus: str) -> None:
    result = run_probe(Prometheus(url=prometheus, query="up"), expect={"value": 1, "series": 2, "age": "< 5 min"})
    assert result.outcome is Outcome.PASSED, result.reason


def test_nothing_found_is_an_error_unless_nothing_is_wanted(prometheus: str) -> None:
    probe = Prometheus(url=prometheus, query='up{job="nowhere"}')
    assert run_probe(probe, expect={"value": 1}).outcome is Outcome.ERROR
    assert run_probe(probe, expect={"series": 0}).outcome is Outcome.PASSED


def test_a_range_tells_the_uptime(prometheus: str) -> None:
    probe = Prometheus(url=prometheus, query='up{job="api"}', range=Range(last=7080.0, step=60.0))
    result = run_probe(probe, expect={"uptime": "97..98 %", "min": 0, "gaps": 0, "samples": 119})
    assert result.outcome is Outcome.PASSED, result.reason


def test_a_query_that_is_wrong_is_an_error_in_the_words_of_the_server(prometheus: str) -> None:
    result = run_probe(Prometheus(url=prometheus, query="sum(("), expect={"value": 1})
    assert result.outcome is Outcome.ERROR
    assert "bad_data" in result.reason


def test_a_ratio_of_nothing_is_no_number(prometheus: str) -> None:
    result = run_probe(Prometheus(url=prometheus, query="vector(0) / vector(0)"), expect={"value": "< 1"})
    assert (result.outcome, "no number" in result.reason) == (Outcome.ERROR, True)


def test_a_long_query_goes_in_the_body(prometheus: str) -> None:
    query = " + ".join(["vector(1)"] * 1000)
    assert run_probe(Prometheus(url=prometheus, query=query), expect={"value": 1000}).outcome is Outcome.PASSED


def test_an_objective_half_of_whose_budget_is_used(prometheus: str) -> None:
    probe = Slo(url=prometheus, objective="99.8 %", window=3600.0, good=GOOD, total=TOTAL)
    result = run_probe(probe, expect={"budget_left": "49 %..51 %", "sli": "99.89 %..99.91 %"})
    assert result.outcome is Outcome.PASSED, result.reason


def test_a_window_longer_than_the_data_is_not_covered(prometheus: str) -> None:
    probe = Slo(url=prometheus, objective="99.8 %", window=86400.0, good=GOOD, total=TOTAL)
    result = run_probe(probe)
    assert result.outcome is Outcome.FAILED
    assert "covered" in result.reason
