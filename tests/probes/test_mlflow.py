"""MLflow: a server that answers what a real one of version 3 answered, page by page, and servers that do not."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.options import convert
from pytest_readiness.probe import Touch
from pytest_readiness.probes import _mlflow
from pytest_readiness.probes.mlflow import Mlflow
from pytest_readiness.testing import run_probe

from .servers import Server, closed_port, http, serving

BEGAN = datetime(2026, 11, 21, 10, tzinfo=UTC)
DAY_AFTER = datetime(2026, 11, 22, 10, tzinfo=UTC)


def model(name: str, domain: str | None = None, alias: str | None = None, stage: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "creation_timestamp": 1795344992045}
    if domain is not None:
        found["tags"] = [{"key": "domain", "value": domain}]
    if alias is not None:
        found["aliases"] = [{"alias": alias, "version": "1"}]
    if stage is not None:
        found["latest_versions"] = [{"name": name, "version": "1", "current_stage": stage, "status": "READY"}]
    return found


def experiment(number: int, name: str) -> dict[str, Any]:
    place = f"s3://artifacts/{number}"
    return {"experiment_id": str(number), "name": name, "artifact_location": place, "lifecycle_stage": "active"}


def run(number: int, **metrics: float) -> dict[str, Any]:
    info = {"run_id": f"run{number}", "experiment_id": "1", "status": "FINISHED"}
    began = int(BEGAN.timestamp() * 1000) - number
    measured = [{"key": key, "value": value, "timestamp": began, "step": 0} for key, value in metrics.items()]
    pairs = [{"key": "depth", "value": "7"}]
    return {"info": {**info, "start_time": began}, "data": {"metrics": measured, "params": pairs, "tags": []}}


MODELS = [
    model("churn", "classification", "champion", "Production"),
    model("forecast", "forecasting", "champion", "Staging"),
    model("bare"),
]


class Registry:
    """What is registered, and the questions that came."""

    def __init__(self) -> None:
        self.lists: dict[str, list[dict[str, Any]]] = {
            "registered-models/search": MODELS,
            "model-versions/search": [{"name": "churn"}, {"name": "churn"}, {"name": "forecast"}],
            "experiments/search": [experiment(0, "Default"), experiment(1, "nightly")],
            "runs/search": [run(0, rmse=0.25), run(1, rmse=0.5), run(2)],
        }
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, connection: socket.socket, server: Server) -> None:
        while request := server.read(connection):
            server.requests.append(request)
            head, _, body = request.partition(b"\r\n\r\n")
            url = urlsplit(head.split(b" ")[1].decode())
            path = url.path.removeprefix("/base/api/2.0/mlflow/")
            words = json.loads(body) if body else {key: value[0] for key, value in parse_qs(url.query).items()}
            self.asked.append((path, words))
            connection.sendall(self.answer(path, words))

    def answer(self, path: str, words: dict[str, Any]) -> bytes:
        if path == "experiments/get-by-name":
            found = [one for one in self.lists["experiments/search"] if one["name"] == words["experiment_name"]]
            if found:
                return http(json.dumps({"experiment": found[0]}).encode())
            told = {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Could not find experiment"}
            return http(json.dumps(told).encode(), "404 NOT FOUND")
        start, size = int(words.get("page_token", 0)), int(words["max_results"])
        page: dict[str, Any] = {}
        if items := self.lists[path][start : start + size]:
            key = {"registered-models": "registered_models", "model-versions": "model_versions"}
            page[key.get(path.partition("/")[0], path.partition("/")[0])] = items
        if start + size < len(self.lists[path]):
            page["next_page_token"] = str(start + size)
        return http(json.dumps(page).encode())


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def url(registry: Registry) -> Iterator[str]:
    with serving(registry) as server:
        yield f"{server.url}/base/"


def judged(
    url: str,
    expect: Mapping[str, Value] | None = None,
    *,
    timeout: float = 10.0,
    now: datetime = DAY_AFTER,
    **options: Any,
) -> Result:
    problems: list[Any] = []
    probe = convert(Mlflow, {"url": url, **options}, problems)
    assert probe is not None, problems
    return run_probe(probe, expect=expect, timeout=timeout, now=now)


def said(result: Result, title: str) -> str:
    return next(item.text for item in result.evidence if item.title == title)


@contextmanager
def answering(*answers: bytes) -> Iterator[Server]:
    with serving() as server:
        yield server.answer(*answers)


class TestServer:
    def test_that_answers_passes_without_anything_being_said(self, url: str, registry: Registry) -> None:
        result = judged(url)
        assert result.outcome is Outcome.PASSED
        assert said(result, "server") == f"{url} answers"
        assert [path for path, _ in registry.asked] == ["experiments/search"]

    def test_that_is_not_there_fails(self) -> None:
        place = f"http://127.0.0.1:{closed_port()}"
        result = judged(place)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "connected is false, expected true"
        assert "models was not measured" in judged(place, {"connected": False, "models": 0}).reason

    def test_of_a_name_that_leads_nowhere_is_an_error_whatever_is_expected(self) -> None:
        assert judged("http://nobody.invalid", {"connected": False}).outcome is Outcome.ERROR

    def test_that_stays_silent_is_an_error_at_the_deadline(self) -> None:
        with serving(lambda _, server: server.closing.wait(20)) as server:
            begun = time.monotonic()
            result = judged(server.url, timeout=0.5)
            assert time.monotonic() - begun < 3
        assert result.outcome is Outcome.ERROR

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (http(b"<html>"), "the body is not JSON"),
            (http(b"[]"), "does not answer as MLflow does: it is no object"),
            (http(b"{}"), "has no experiment at all: is it an MLflow server?"),
            (http(b'{"status": "ok"}'), "there is no experiments in it"),
            (http(b'{"experiments": 1}'), "experiments is no list"),
            (http(b'{"experiments": [1]}'), "experiments is no list"),
            (http(b'{"experiments": [{}]}'), "something has no experiment_id"),
            (http(b"<html>", "502 Bad Gateway"), "refused experiments/search: 502 Bad Gateway"),
            (http(b"[]", "502 Bad Gateway"), "refused experiments/search: 502 Bad Gateway"),
            (
                http(b'{"error_code": "UNAUTHENTICATED", "message": "who?"}', "401 UNAUTHORIZED"),
                "UNAUTHENTICATED who?",
            ),
        ],
    )
    def test_that_is_something_else_is_an_error(self, answer: bytes, why: str) -> None:
        with answering(answer) as server:
            result = judged(server.url, {"connected": False})
        assert result.outcome is Outcome.ERROR
        assert why in result.reason

    def test_gets_the_credentials_and_nobody_else_does(self, registry: Registry) -> None:
        with serving(registry) as server:
            result = judged(f"{server.url}/base", auth={"bearer": "a-very-secret-token"})
        assert result.outcome is Outcome.PASSED
        assert b"Authorization: Bearer a-very-secret-token" in server.requests[0]
        assert "a-very-secret-token" not in repr((result.reason, result.evidence, result.measurements))

    def test_that_repeats_a_secret_does_not_get_it_into_the_report(self) -> None:
        told = b'{"error_code": "BAD", "message": "a-very-secret-token is wrong"}'
        with answering(http(told, "403 Forbidden")) as server:
            result = judged(server.url, auth={"bearer": "a-very-secret-token"})
        assert "*** is wrong" in result.reason


class TestModels:
    def test_are_counted(self, url: str) -> None:
        assert judged(url, {"models": 3, "versions": 3}).outcome is Outcome.PASSED
        assert judged(url, {"models": ">= 17"}).reason == "models is 3, expected >= 17"

    def test_come_in_pages(self, url: str, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_mlflow, "PAGE", 2)
        assert judged(url, {"models": 3}).outcome is Outcome.PASSED
        assert [words.get("page_token") for path, words in registry.asked if "models" in path] == [None, "2"]

    def test_that_are_none_are_an_error_unless_zero_is_said(self, url: str, registry: Registry) -> None:
        registry.lists["registered-models/search"] = []
        result = judged(url, {"models": "< 5"})
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at: no model is registered" in result.reason
        assert judged(url, {"models": 0}).outcome is Outcome.PASSED

    def test_that_are_named_must_be_there(self, url: str) -> None:
        assert judged(url, models=["churn", "bare"]).outcome is Outcome.PASSED
        result = judged(url, models=["churn", "forcast"])
        assert result.outcome is Outcome.FAILED
        assert result.reason == "missing is 1, expected 0"
        assert said(result, "not there") == "model forcast (there is forecast)"

    def test_that_are_named_where_none_are_registered_fail(self, url: str, registry: Registry) -> None:
        registry.lists["registered-models/search"] = []
        assert judged(url, models=["churn"]).reason == "missing is 1, expected 0"

    def test_that_are_named_are_the_ones_whose_versions_count(self, url: str) -> None:
        assert judged(url, {"versions": 2}, models="churn").outcome is Outcome.PASSED

    def test_need_the_alias(self, url: str) -> None:
        assert judged(url, models=["churn", "forecast"], alias="champion").outcome is Outcome.PASSED
        assert said(judged(url, alias="champion"), "not there") == "alias champion of model bare"

    def test_need_the_stage(self, url: str) -> None:
        assert judged(url, models="churn", stage="Production").outcome is Outcome.PASSED
        result = judged(url, models=["forecast"], stage="Production")
        assert said(result, "not there") == "a version of model forecast in stage Production"

    def test_carry_each_value_of_a_tag(self, url: str) -> None:
        assert judged(url, tags={"domain": ["classification", "forecasting"]}).outcome is Outcome.PASSED
        result = judged(url, tags={"domain": ["anomaly", "forecasting"]})
        assert result.outcome is Outcome.FAILED
        assert said(result, "not there") == "tag domain=anomaly"

    def test_that_nobody_named_cannot_be_missing(self, url: str) -> None:
        assert "nothing is named that could be" in judged(url, {"missing": 0}).reason

    def test_beyond_the_limit_leave_open_what_would_need_them(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_mlflow, "MOST", 2)
        monkeypatch.setattr(_mlflow, "PAGE", 2)
        assert judged(url, {"models": ">= 2", "versions": ">= 1"}).outcome is Outcome.PASSED
        assert "cannot tell: models is 2" in judged(url, {"models": "< 3"}).reason
        assert "too many to look for one" in judged(url, models="bare").reason

    def test_in_pages_that_do_not_end_are_an_error(self) -> None:
        page = http(b'{"experiments": [{"experiment_id": "0", "name": "x"}], "next_page_token": "a"}')
        models = http(b'{"registered_models": [{"name": "x"}], "next_page_token": "a"}')
        with answering(page, models) as server:
            result = judged(server.url, {"models": 1})
        assert result.outcome is Outcome.ERROR
        assert "its pages do not end" in result.reason

    def test_many_are_cut_in_the_evidence(self, url: str, registry: Registry) -> None:
        registry.lists["registered-models/search"] = [model(f"m{number}") for number in range(25)]
        assert said(judged(url, {"models": 25}), "models").endswith("and 5 more")


class TestRuns:
    def test_of_an_experiment_pass_with_what_the_newest_measured(self, url: str, registry: Registry) -> None:
        result = judged(
            url,
            {"rmse": "<= 0.3", "age": "<= 1 d", "runs": 3, "artifacts": "~ ^s3://", "depth": "7"},
            experiment="nightly",
            filter="attributes.status = 'FINISHED'",
            extract={"rmse": "metrics.rmse", "depth": "params.depth"},
        )
        assert result.outcome is Outcome.PASSED, result.reason
        (asked,) = [words for path, words in registry.asked if path == "runs/search"]
        assert asked["experiment_ids"] == ["1"]
        assert asked["filter"] == "attributes.status = 'FINISHED'"
        assert asked["order_by"] == ["attributes.start_time DESC"]

    def test_with_a_worse_metric_fail(self, url: str) -> None:
        result = judged(url, {"rmse": "< 0.1"}, experiment="nightly", extract={"rmse": "metrics.rmse"})
        assert result.outcome is Outcome.FAILED

    def test_without_the_metric_are_an_error(self, url: str) -> None:
        result = judged(url, {"auc": "> 0.1"}, extract={"auc": "metrics.auc"})
        assert result.outcome is Outcome.ERROR
        assert "auc was not measured: the query finds nothing in the newest run" in result.reason

    def test_of_all_experiments_count_where_none_is_named(self, url: str, registry: Registry) -> None:
        result = judged(url, {"runs": 3, "artifacts": "~ ^s3://"})
        assert result.outcome is Outcome.PASSED, result.reason
        assert registry.asked[-1][1]["experiment_ids"] == ["0", "1"]

    def test_that_are_none_fail(self, url: str, registry: Registry) -> None:
        registry.lists["runs/search"] = []
        assert judged(url, experiment="nightly").reason == "runs is 0, expected >= 1"
        assert "age was not measured: there is no run" in judged(url, {"age": "< 1 d"}).reason

    def test_of_an_experiment_that_is_not_there_are_an_error(self, url: str) -> None:
        result = judged(url, experiment="nothing")
        assert result.outcome is Outcome.ERROR
        assert "runs was not measured: there is no experiment nothing" in result.reason
        assert said(result, "not there") == "experiment nothing"

    def test_of_an_experiment_that_was_deleted_are_an_error(self, url: str, registry: Registry) -> None:
        registry.lists["experiments/search"][1]["lifecycle_stage"] = "deleted"
        assert "there is no experiment nightly" in judged(url, experiment="nightly").reason

    def test_that_have_not_begun_or_began_in_the_future_have_no_age(self, url: str, registry: Registry) -> None:
        assert "began in the future" in judged(url, {"age": "< 1 d"}, now=datetime(2026, 1, 1, tzinfo=UTC)).reason
        del registry.lists["runs/search"][0]["info"]["start_time"]
        assert "has not begun" in judged(url, {"age": "< 1 d"}).reason

    def test_without_the_usual_parts_are_an_error(self, url: str, registry: Registry) -> None:
        registry.lists["runs/search"] = [{"data": {}}]
        assert "a run has no info" in judged(url, {"runs": 1}).reason

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (http(b"{}"), "there is no experiment in it"),
            (http(b'{"error_code": "INTERNAL_ERROR"}', "500 Oops"), "refused experiments/get-by-name: INTERNAL_ERROR"),
        ],
    )
    def test_of_an_experiment_that_cannot_be_read_are_an_error(self, answer: bytes, why: str) -> None:
        page = http(b'{"experiments": [{"experiment_id": "0", "name": "x"}]}')
        with answering(page, answer) as server:
            result = judged(server.url, experiment="x")
        assert result.outcome is Outcome.ERROR
        assert why in result.reason


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "option", "message"),
        [
            ({"url": "mlflow:5000"}, "url", "is not a URL"),
            ({"url": "http://mlflow/api/2.0/mlflow"}, "url", "without /api/2.0"),
            ({"url": "http://a:b@mlflow", "headers": {"Authorization": "x"}}, "url", "has a login of its own"),
            ({"models": [""]}, "models", "something in it is empty"),
            ({"tags": {"domain": []}}, "tags", "empty"),
            ({"extract": {"runs": "a"}}, "extract", "is a measurement of mlflow already"),
        ],
    )
    def test_that_cannot_be_used_are_refused(self, options: Mapping[str, Any], option: str, message: str) -> None:
        problems: list[Any] = []
        assert convert(Mlflow, {"url": "http://mlflow", **options}, problems) is None
        assert problems[0][0][0] == option
        assert message in problems[0][1]

    def test_say_what_is_touched(self) -> None:
        probe = Mlflow(url="http://user:pass-word@mlflow:5000", filter="a = 1", ca="ca.pem")
        assert list(probe.touches()) == [Touch("host", "mlflow:5000"), Touch("query", "a = 1"), Touch("file", "ca.pem")]

    def test_without_a_tag_are_refused_in_python_too(self) -> None:
        with pytest.raises(OptionError):
            Mlflow(url="http://mlflow", tags={"": ("a",)})
