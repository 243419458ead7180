"""Objectives: error budgets to the last digit, and no month for a service three days old."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.options import Secret
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes.slo import Slo
from pytest_readiness.testing import run_probe

from .promql import answering, error, matrix, number, vector
from .servers import closed_port, serving

API = {"job": "api"}


def weigh(answers: Mapping[str, object], expect: Mapping[str, Value] | None = None, **options: object) -> Result:
    with answering(answers) as server:
        probe = Slo(url=server.url, **{"objective": "99.9 %", **options})  # type: ignore[arg-type]
        return run_probe(probe, expect=expect)


def value(result: Result, name: str) -> object:
    return result.measurements[name].value


class TestCounted:
    def test_what_is_left_of_the_budget(self) -> None:
        answers = {"good": number(99_950), "total": number(100_000)}
        result = weigh(
            answers,
            {"sli": "99.95 %", "budget_left": "50 %", "budget_used": "50 %", "events": 100_000},
            good="good",
            total="total",
        )
        assert result.outcome is Outcome.PASSED, result.reason

    def test_errors_may_be_counted_instead(self) -> None:
        result = weigh({"bad": number(200), "total": number(100_000)}, errors="bad", total="total")
        assert result.outcome is Outcome.FAILED
        assert result.reason == "budget_left is -100 %, expected >= 0 %"

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(("good", "outcome"), [(99_900, Outcome.PASSED), (99_899, Outcome.FAILED)])
    def test_an_objective_met_to_the_last_event_leaves_just_nothing(self, good: int, outcome: Outcome) -> None:
        assert weigh({"good": number(good), "total": number(100_000)}, good="good", total="total").outcome is outcome

    @pytest.mark.no_false_green
    def test_no_traffic_is_an_error(self) -> None:
        result = weigh({"bad": number(0), "total": number(0)}, errors="bad", total="total")
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("missing", ["bad", "total"])
    def test_no_data_is_an_error_never_zero_errors(self, missing: str) -> None:
        answers = {"bad": number(0), "total": number(10), missing: vector()}
        result = weigh(answers, errors="bad", total="total")
        assert result.outcome is Outcome.ERROR
        assert missing in result.evidence[0].text

    def test_more_good_events_than_events_are_a_mistake(self) -> None:
        result = weigh({"good": number(11), "total": number(10)}, good="good", total="total")
        assert "do not count the same events" in result.reason


class TestRatio:
    def test_of_errors(self) -> None:
        result = weigh({"ratio": number("0.0005")}, {"budget_left": "50 %"}, error_ratio="ratio")
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.parametrize(("ratio", "outcome"), [("0.999", Outcome.PASSED), ("0.998999", Outcome.FAILED)])
    def test_of_successes(self, ratio: str, outcome: Outcome) -> None:
        assert weigh({"ratio": number(ratio)}, success_ratio="ratio").outcome is outcome

    def test_does_not_say_how_many_events_there_were(self) -> None:
        assert "give `total`" in weigh({"ratio": number(0)}, {"events": ">= 1"}, error_ratio="ratio").reason

    @pytest.mark.no_false_green
    def test_with_a_total_of_nothing_is_an_error(self) -> None:
        answers = {"ratio": number(0), "total": number(0)}
        assert weigh(answers, error_ratio="ratio", total="total").outcome is Outcome.ERROR

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (number("NaN"), "no traffic"),
            (number("1.5"), "not from 0 to 1"),
            (number("-0.1"), "cannot be below 0"),
            (vector((API, "0"), ({}, "1")), r"put sum\(\) around it"),
            (matrix((API, {0.0: "1", 60.0: "1"})), "whole range"),
            (error("execution", "too many samples"), "too many samples"),
            ({**number(0), "warnings": ["w"]}, "may be partial"),
        ],
    )
    def test_what_is_no_ratio_is_an_error(self, answer: object, words: str) -> None:
        result = weigh({"ratio": answer}, error_ratio="ratio")
        assert result.outcome is Outcome.ERROR
        assert re.search(words, result.reason)


class TestWindow:
    def test_stands_in_the_queries(self) -> None:
        answers = {
            "g[86400s]": number(1000), "t[86400s]": number(1000),
            "@t[1728s]": matrix((API, {1728.0 * k: "20" for k in range(50)})),
        }  # fmt: skip
        result = weigh(answers, {"covered": "100 %"}, good="g[window]", total="t[window]", window=86400.0)
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.no_false_green
    def test_a_young_service_has_no_month_to_speak_of(self) -> None:
        answers = {
            "r[2592000s]": number(1),
            "@r[51840s]": matrix((API, {51840.0 * k: "1" for k in range(5)}), ({}, {0.0: "NaN"})),
        }
        result = weigh(answers, success_ratio="r[window]", window=30 * 86400.0)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "covered is 10 %, expected >= 95 %"

    def test_a_short_one_is_one_slice(self) -> None:
        answers = {"r[60s]": number(1), "@r[60s]": matrix((API, {0.0: "1"}))}
        assert weigh(answers, success_ratio="r[window]", window=60.0).outcome is Outcome.PASSED

    def test_without_one_nothing_is_known_of_the_data(self) -> None:
        assert "there is no `window`" in weigh({"r": number(1)}, {"covered": "100 %"}, success_ratio="r").reason


class TestServer:
    def test_nobody_there_is_an_error(self) -> None:
        result = run_probe(Slo(url=f"http://127.0.0.1:{closed_port()}", objective="99 %", error_ratio="r"))
        assert (result.outcome, "refused" in result.reason) == (Outcome.ERROR, True)

    def test_a_silent_one_is_not_waited_for(self) -> None:
        with serving(lambda _, server: server.closing.wait(10)) as server:
            result = run_probe(Slo(url=server.url, objective="99 %", error_ratio="r"), timeout=0.5)
        assert (result.outcome, "timed out" in result.reason) == (Outcome.ERROR, True)

    def test_a_secret_is_not_shown(self) -> None:
        with answering({"r": error("bad_data", "t0ps3cret")}) as server:
            probe = Slo(url=server.url, objective="99 %", error_ratio="r", auth=Auth(bearer=Secret("t0ps3cret")))
            assert "t0ps3cret" not in run_probe(probe).reason

    def test_what_is_touched(self) -> None:
        probe = Slo(url="http://prom:9090", objective="99 %", success_ratio="r[window]", window=60.0, ca="ca.pem")
        assert [(touch.kind, touch.what) for touch in probe.touches()] == [
            ("host", "prom:9090"),
            ("query", "r[60s]"),
            ("file", "ca.pem"),
        ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "say one of"),
        ({"good": "g", "error_ratio": "r", "total": "t"}, "not good and error_ratio"),
        ({"good": "g"}, "needs `total`"),
        ({"error_ratio": "r", "objective": "1"}, "is a percentage: write 1 %"),
        ({"error_ratio": "r", "objective": 0.999}, "is a percentage: write"),
        ({"error_ratio": "r", "objective": "100 %"}, "below 100 %"),
        ({"error_ratio": "r", "objective": "much"}, "not a number"),
        ({"error_ratio": "r[window]"}, "there is no `window`"),
        ({"error_ratio": "r[30d]", "window": 86400.0}, "not be for the window"),
        ({"error_ratio": "r[window]", "window": 1.5}, "whole seconds"),
    ],
)
def test_bad_options_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        Slo(**{"url": "http://prom:9090", "objective": "99.9 %", **options})  # type: ignore[arg-type]
