"""PromQL: values now and over a time, and everything that is no sure answer."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Each, Outcome, Result, Value
from pytest_readiness.options import Secret
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes._prometheus import selector
from pytest_readiness.probes.prometheus import Prometheus, Range
from pytest_readiness.testing import run_probe

from .promql import NOW, answering, error, matrix, number, scalar, vector
from .servers import closed_port, http, serving

API, WORKER = {"__name__": "up", "job": "api"}, {"__name__": "up", "job": "worker"}


def ask(
    answers: Mapping[str, object], expect: Mapping[str, Value], status: str = "200 OK", **options: object
) -> Result:
    with answering(answers, status) as server:
        return run_probe(Prometheus(url=server.url, **{"query": "q", **options}), expect=expect)  # type: ignore[arg-type]


def value(result: Result, name: str) -> object:
    return result.measurements[name].value


def over(*values: str, step: float = 15.0) -> dict[float, str]:
    """Return values at equal steps, the last one now; those that are empty are missing."""
    return {step * (len(values) - 1 - place): one for place, one in enumerate(values) if one}


class TestNow:
    def test_a_single_number_passes_or_fails(self) -> None:
        assert ask({"q": number("0.0004")}, {"value": "< 0.001"}).outcome is Outcome.PASSED
        assert ask({"q": number("0.004")}, {"value": "< 0.001"}).outcome is Outcome.FAILED

    def test_a_scalar_is_a_number_too(self) -> None:
        assert value(ask({"q": scalar(3)}, {"value": 3}), "value") == 3

    def test_of_several_series_every_one_has_to_be_right(self) -> None:
        result = ask({"q": vector((API, "1"), (WORKER, "0"))}, {"value": 1})
        assert result.outcome is Outcome.FAILED
        assert value(result, "value") == Each((1.0, 0.0))
        assert 'up{job="worker"}: 0' in result.evidence[0].text

    def test_series_that_agree_are_one_value(self) -> None:
        assert ask({"q": vector((API, "1"), (WORKER, "1"))}, {"value": 1, "series": 2}).outcome is Outcome.PASSED

    def test_many_series_are_not_all_listed(self) -> None:
        result = ask({"q": vector(*(({"n": str(n)}, "1") for n in range(60)))}, {"value": 1})
        assert "and 10 more" in result.evidence[0].text

    @pytest.mark.no_false_green
    def test_no_data_is_an_error(self) -> None:
        result = ask({"q": vector()}, {"value": "< 1"})
        assert (result.outcome, result.reason.partition(" (")[0]) == (Outcome.ERROR, "nothing was looked at")

    def test_no_data_may_be_what_is_wanted(self) -> None:
        assert ask({"q": vector()}, {"series": 0}).outcome is Outcome.PASSED

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("text", ["NaN", "+Inf", "-Inf"])
    def test_what_is_no_number_is_an_error(self, text: str) -> None:
        result = ask({"q": number(text)}, {"value": "!= 5"})
        assert result.outcome is Outcome.ERROR
        assert "is no number" in result.reason

    def test_a_range_in_the_query_is_explained(self) -> None:
        result = ask({"q": matrix((API, over("1", "1")))}, {"value": 1})
        assert result.outcome is Outcome.ERROR
        assert "say `range` instead" in result.reason

    def test_a_measurement_of_a_range_says_what_is_missing(self) -> None:
        result = ask({"q": number(1)}, {"uptime": ">= 99%"})
        assert result.reason == "uptime was not measured: there is a single moment without `range`"


class TestAge:
    def test_is_that_of_the_series_furthest_behind(self) -> None:
        stamps = vector((API, str(NOW - 10)), (WORKER, str(NOW - 70)))
        result = ask({"up": vector((API, "1"), (WORKER, "1")), "timestamp(up)": stamps}, {"age": "< 1 min"}, query="up")
        assert result.outcome is Outcome.FAILED
        assert value(result, "age") == pytest.approx(70)

    def test_of_what_is_computed_is_not_guessed(self) -> None:
        result = ask({"q + 1": number(1)}, {"age": "< 1 min"}, query="q + 1")
        assert result.outcome is Outcome.ERROR
        assert "`age_of`" in result.reason

    def test_of_what_is_computed_is_that_of_the_series_named(self) -> None:
        answers = {"q + 1": number(1), "timestamp(up)": vector((API, str(NOW - 5)))}
        assert ask(answers, {"age": "4 s..6 s"}, query="q + 1", age_of="up").outcome is Outcome.PASSED

    def test_of_series_that_are_gone_is_unknown(self) -> None:
        result = ask({"q": number(1), "timestamp(up)": vector()}, {"age": "< 1 min"}, age_of="up")
        assert result.reason == "age was not measured: there is no sample of up now"

    @pytest.mark.parametrize(
        ("query", "selects"),
        [
            ("up", True),
            ('up{job="a}b"}', True),
            ("{__name__='x'}", True),
            ("job:errors:rate5m", True),
            ("", False),
            ("up[5m]", False),
            ("sum(up)", False),
            ("up + up", False),
            ('up{job="api"} offset 1h', False),
        ],
    )
    def test_what_only_selects_is_known(self, query: str, *, selects: bool) -> None:
        assert selector(query) is selects


class TestRange:
    def ranged(self, expect: Mapping[str, Value], *series: tuple[Mapping[str, str], Mapping[float, str]]) -> Result:
        return ask({"@q + 0": matrix(*series)}, expect, query="q + 0", range=Range(last=60.0, step=15.0))

    def test_has_a_lowest_a_highest_and_a_mean(self) -> None:
        result = self.ranged(
            {"min": 1, "max": 4, "mean": 2.2, "gaps": 0, "samples": 5}, (API, over("1", "2", "3", "1", "4"))
        )
        assert result.outcome is Outcome.PASSED, result.reason
        assert value(result, "value") == 4

    def test_uptime_is_the_share_of_ones_among_all_steps_there_should_be(self) -> None:
        result = self.ranged({"uptime": "60 %", "gaps": 1}, (API, over("1", "", "1", "0", "1")))
        assert result.outcome is Outcome.PASSED, result.reason

    def test_the_worst_series_counts(self) -> None:
        result = self.ranged({"uptime": "100 %"}, (API, over(*"11111")), (WORKER, over(*"11101")))
        assert value(result, "uptime") == 80

    def test_uptime_is_for_zeros_and_ones_only(self) -> None:
        result = self.ranged({"uptime": ">= 0 %"}, (API, over("1", "2")))
        assert result.reason == "uptime was not measured: there are values other than 0 and 1"

    def test_series_that_end_at_different_times_have_no_value_now(self) -> None:
        result = self.ranged({"value": 1}, (API, over(*"11111")), (WORKER, {60.0: "1"}))
        assert result.reason == "value was not measured: some series end before the others"

    def test_a_percentile_takes_its_samples(self) -> None:
        assert "at least 20 samples" in self.ranged({"p95": 1}, (API, over("1"))).reason
        answer = matrix((API, over(*map(str, range(1, 21)), step=1.0)))
        result = ask({"@q + 0": answer}, {"p95": 19}, query="q + 0", range=Range(last=19.0, step=1.0))
        assert result.outcome is Outcome.PASSED, result.reason

    def test_more_samples_than_steps_are_no_answer_to_the_question(self) -> None:
        assert "there are 5 steps" in self.ranged({"min": 1}, (API, over(*"1111111"))).reason

    @pytest.mark.no_false_green
    def test_a_number_that_is_none_is_an_error(self) -> None:
        assert self.ranged({"max": "< 3"}, (API, over("1", "NaN"))).outcome is Outcome.ERROR

    @pytest.mark.no_false_green
    def test_no_series_is_an_error(self) -> None:
        assert self.ranged({"gaps": 0}).outcome is Outcome.ERROR
        assert self.ranged({"gaps": 0}, (API, {})).outcome is Outcome.ERROR

    def test_ends_at_the_servers_own_time(self) -> None:
        with answering({"@q": matrix((API, over("1")))}) as server:
            run_probe(Prometheus(url=server.url, query="q", range=Range(last=60.0, step=15.0)), expect={"min": 1})
        assert f"start={NOW - 60:.3f}&end={NOW:.3f}&step=15.000".encode() in server.requests[1]


class TestNoSureAnswer:
    @pytest.mark.no_false_green
    def test_warnings_mean_that_parts_are_missing(self) -> None:
        result = ask({"q": {**number(1), "warnings": ["store eu-2 timed out"]}}, {"value": 1})
        assert result.outcome is Outcome.ERROR
        assert "may be partial: store eu-2 timed out" in result.reason

    def test_doubts_may_be_accepted(self) -> None:
        answer = {**number(1), "infos": ["PromQL info: metric might not be a counter"]}
        assert "`infos: true`" in ask({"q": answer}, {"value": 1}).reason
        result = ask({"q": answer}, {"value": 1}, infos=True)
        assert result.outcome is Outcome.PASSED
        assert "might not be a counter" in result.evidence[0].text

    @pytest.mark.parametrize("status", ["400 Bad Request", "503 Service Unavailable", "200 OK"])
    def test_errors_are_told_in_the_words_of_the_server(self, status: str) -> None:
        result = ask({"q": error("bad_data", "parse error")}, {"value": 1}, status)
        assert result.outcome is Outcome.ERROR
        assert result.reason.endswith("says bad_data: parse error")

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (http(b"<h1>Not found</h1>", "404 Not Found"), "answered 404 Not Found: <h1>Not found</h1>"),
            (http(b"hello"), "is not JSON"),
            (b'{"status": "success"', "does not speak HTTP/1.1"),
            (http(b'{"status": "ok"}'), "does not answer as Prometheus does"),
            (http(b'{"status": "success"}'), "its data cannot be read"),
            (http(b'{"status": "success", "data": {"resultType": "vector", "result": [[1]]}}'), "cannot be read"),
            (http(b'{"status": "success", "data": {"resultType": "table", "result": []}}'), "cannot be read"),
            (http(b'{"status": "success", "data": {"resultType": "scalar", "result": [1, 2]}}'), "cannot be read"),
            (http(b'{"status": "success", "data": {"resultType": "scalar", "result": [1, "x"]}}'), "cannot be read"),
            (http(b'{"status": "success", "data": {"resultType": "string", "result": [1, "x"]}}'), "gives a text"),
        ],
    )
    def test_what_is_not_understood_is_an_error(self, answer: bytes, words: str) -> None:
        with serving() as server:
            server.answer(answer)
            result = run_probe(Prometheus(url=server.url, query="q"), expect={"value": "!= 0"})
        assert result.outcome is Outcome.ERROR
        assert words in result.reason

    def test_histograms_are_explained(self) -> None:
        data = {"resultType": "vector", "result": [{"metric": {}, "histogram": [1, {}]}]}
        result = ask({"q": {"status": "success", "data": data}}, {"value": 1})
        assert "histogram_quantile()" in result.reason

    def test_nobody_there_is_an_error(self) -> None:
        result = run_probe(Prometheus(url=f"http://127.0.0.1:{closed_port()}", query="q"), expect={"value": 1})
        assert result.outcome is Outcome.ERROR
        assert "connection refused" in result.reason

    def test_a_silent_server_is_not_waited_for(self) -> None:
        started = time.monotonic()
        with serving(lambda _, server: server.closing.wait(10)) as server:
            result = run_probe(Prometheus(url=server.url, query="q"), expect={"value": 1}, timeout=0.5)
        assert result.outcome is Outcome.ERROR
        assert time.monotonic() - started < 5


class TestAsking:
    def test_credentials_and_headers_are_sent_and_not_shown(self) -> None:
        with answering({"q": error("bad_data", "no t0ps3cret for you")}) as server:
            probe = Prometheus(
                url=f"{server.url}/prom",
                query="q",
                auth=Auth(bearer=Secret("t0ps3cret")),
                headers={"X-Scope-OrgID": "shop"},
            )
            result = run_probe(probe, expect={"value": 1})
        assert b"GET /prom/api/v1/query?query=q" in server.requests[0]
        assert b"Authorization: Bearer t0ps3cret" in server.requests[0]
        assert b"X-Scope-OrgID: shop" in server.requests[0]
        assert "t0ps3cret" not in repr(result.reason)

    def test_a_password_in_the_url_is_not_shown(self) -> None:
        with answering({"q": error("bad_data", "open-sesame")}) as server:
            url = server.url.replace("//", "//ann:open-sesame@")
            result = run_probe(Prometheus(url=url, query="q"), expect={"value": 1})
        assert "open-sesame" not in result.reason
        assert b"Authorization: Basic" in server.requests[0]

    def test_a_long_query_is_sent_in_the_body(self) -> None:
        query = " + ".join(["q"] * 2000)
        with answering({query: number(1)}) as server:
            assert run_probe(Prometheus(url=server.url, query=query), expect={"value": 1}).outcome is Outcome.PASSED
        assert server.requests[0].startswith(b"POST /api/v1/query HTTP/1.1")

    def test_what_is_touched(self) -> None:
        probe = Prometheus(url="http://prom:9090", query="q", age_of="up", ca="ca.pem")
        assert [(touch.kind, touch.what) for touch in probe.touches()] == [
            ("host", "prom:9090"),
            ("query", "q"),
            ("query", "up"),
            ("file", "ca.pem"),
        ]

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"url": "prom:9090"}, "is not a URL"),
            ({"url": "http://prom/api/v1/query"}, "without /api/v1"),
            ({"url": "http://prom/?a=b"}, "without /api/v1 or a query"),
            ({"url": "http://u:p@prom/", "auth": Auth(bearer=Secret("t"))}, "once"),
            ({"query": " "}, "at least one character"),
            ({"age_of": "sum(up)"}, "computes nothing"),
            ({"headers": {"a b": "c"}}, "not the name of a header"),
        ],
    )
    def test_bad_options_are_refused(self, options: dict[str, object], words: str) -> None:
        with pytest.raises(OptionError, match=words):
            Prometheus(**{"url": "http://prom:9090", "query": "q", **options})  # type: ignore[arg-type]

    @pytest.mark.parametrize(("last", "step"), [(10.0, 15.0), (10.0, 0.0), (86400.0, 1.0)])
    def test_ranges_that_cannot_be_are_refused(self, last: float, step: float) -> None:
        with pytest.raises(OptionError):
            Range(last=last, step=step)
