from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import jsonschema
import pytest

from pytest_readiness.model import Measurement, Outcome
from pytest_readiness.reports import json as json_report
from tests.reports.golden import assert_golden
from tests.reports.samples import EVERYTHING, GOLDEN_PATH, PARTIAL, READY, TESTS_FAILED, gate, judged, report


def test_the_report_of_everything_is_the_golden_one() -> None:
    assert_golden("report.json", json_report.render(EVERYTHING))


@pytest.mark.parametrize("given", [EVERYTHING, READY, PARTIAL, TESTS_FAILED, report(score=None)])
def test_every_report_fits_the_schema(given: object) -> None:
    validator = jsonschema.Draft202012Validator(json_report.schema())
    validator.check_schema(json_report.schema())
    assert list(validator.iter_errors(json.loads(json_report.render(given)))) == []  # type: ignore[arg-type]


def test_the_schema_names_the_keys_in_the_order_of_the_report() -> None:
    data = json.loads(json_report.render(EVERYTHING))
    schema = json_report.schema()
    assert list(data) == schema["required"]
    assert list(data["gates"][0]) == schema["properties"]["gates"]["items"]["required"]
    assert list(data["subject"]) == schema["properties"]["subject"]["required"]


def test_a_report_without_an_outcome_does_not_fit_the_schema() -> None:
    data = json.loads(json_report.render(READY))
    del data["gates"][0]["outcome"]
    assert not jsonschema.Draft202012Validator(json_report.schema()).is_valid(data)


def test_every_outcome_is_counted_even_where_there_is_none() -> None:
    assert json.loads(json_report.render(READY))["counts"] == {
        "passed": 1,
        "failed": 0,
        "error": 0,
        "blocked": 0,
        "not_run": 0,
        "not_applicable": 0,
    }


def test_a_score_is_not_rounded_up_to_its_target() -> None:
    data = json.loads(json_report.render(report(GOLDEN_PATH, score=94.99999, target=95.0)))
    assert data["score"] < data["target"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (("a", 1, None), ["a", 1, None]),
        ({"a": [True]}, {"a": [True]}),
        (7 + 1j, "(7+1j)"),
        (True, True),
    ],
)
def test_any_value_becomes_json(value: object, written: object) -> None:
    given = report(judged("x", Outcome.ERROR, measurements={"it": Measurement(value)}))  # type: ignore[arg-type]
    text = json_report.render(given)
    assert json.loads(text)["gates"][0]["measurements"]["it"]["value"] == written


def test_moments_are_in_utc() -> None:
    east = datetime(2026, 11, 22, 1, 0, tzinfo=timezone(timedelta(hours=5)))
    assert json.loads(json_report.render(report(started=east)))["started"] == "2026-11-21T20:00:00Z"


def test_the_source_a_gate_names_goes_before_its_place_in_the_spec() -> None:
    data = json.loads(json_report.render(report(judged(gate("a", source="CHECKLIST.md:7")), judged("b"))))
    assert [one["source"] for one in data["gates"]] == ["CHECKLIST.md:7", "readiness.yaml:12"]
