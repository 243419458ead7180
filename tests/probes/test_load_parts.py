"""Answers read in any pieces, percentiles no surer than they are, and what other tools wrote down."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Outcome
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._load.answer import Reading
from pytest_readiness.probes._load.record import Record, Unsure, enough, weigh
from pytest_readiness.probes._load.report import measured
from pytest_readiness.probes._load.stored import read
from pytest_readiness.probes.load import Load
from pytest_readiness.testing import run_probe

INF = float("inf")

WHOLE = {
    "with a length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "with nothing in it": b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "without a body": b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    "in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x\r\n0123456789\r\n00\r\n\r\n",
    "in chunks with a trailer": b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n1\r\n\n\r\n0\r\nX: y\r\n\r\n",
    "after an interim one": b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
}


class TestReading:
    @pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
    @pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
    def test_ends_with_the_last_byte_however_they_come(self, data: bytes, size: int) -> None:
        reading = Reading(head=False)
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        assert [reading.feed(piece) for piece in pieces] == [False] * (len(pieces) - 1) + [True]
        assert reading.status in {200, 304}
        assert reading.reusable

    def test_may_be_used_again(self) -> None:
        reading = Reading(head=False)
        for _ in range(2):
            assert reading.feed(WHOLE["in chunks"])
            reading.restart()
        assert (reading.begun, reading.status) == (False, 0)

    @pytest.mark.parametrize(
        ("head", "reusable"),
        [
            (b"HTTP/1.1 204 x\r\nConnection: close", False),
            (b"HTTP/1.0 204 x", False),
            (b"HTTP/1.0 204 x\r\nConnection: Keep-Alive", True),
        ],
    )
    def test_knows_whether_the_connection_lasts(self, head: bytes, *, reusable: bool) -> None:
        reading = Reading(head=False)
        assert reading.feed(head + b"\r\n\r\n")
        assert reading.reusable is reusable

    def test_goes_on_to_the_end_of_the_connection_where_nothing_else_is_said(self) -> None:
        reading = Reading(head=False)
        data = (b"HTTP/1.1 200 OK\r\n\r\nhel", b"lo")
        assert [*map(reading.feed, data), reading.end(), reading.reusable] == [False, False, True, False]

    def test_that_is_cut_is_not_complete(self) -> None:
        reading = Reading(head=False)
        assert not reading.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
        assert not reading.end()

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"SSH-2.0-OpenSSH", "does not speak HTTP"),
            (b"HTTP/2 200\r\n\r\n", "does not speak HTTP"),
            (b"HTTP/1.1 OK\r\n\r\n", "does not speak HTTP"),
            (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, "does not speak HTTP"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "not a number"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", "more came"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "not one that can be read"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "not a size"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\n", "not a size"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 2000, "does not end"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nmore", "more came"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n", "longer than it says"),
        ],
    )
    def test_refuses_what_is_garbled(self, data: bytes, words: str) -> None:
        with pytest.raises(NoAnswer, match=words):
            Reading(head=False).feed(data)


class TestPercentiles:
    def test_are_times_that_were_measured_within_bounds(self) -> None:
        found = weigh([float(number) for number in range(1, 51)], 0.5)
        assert (found.value, found.least, found.most) == (25, 18, 32)

    def test_need_enough_requests(self) -> None:
        assert (enough(0.5), enough(0.95), enough(0.99)) == (4, 73, 381)
        with pytest.raises(Unsure, match="at least 73 requests to tell, and there were 72"):
            weigh([1.0] * 72, 0.95)
        assert weigh([1.0] * 73, 0.95).most == 1

    @pytest.mark.no_false_green
    def test_of_requests_that_failed_are_not_known(self) -> None:
        assert weigh(([1.0] * 49 + [INF]) * 20, 0.95).value == 1
        with pytest.raises(Unsure, match="4 % of the requests got no good answer"):
            weigh(([1.0] * 24 + [INF]) * 40, 0.95)

    def test_vary_as_parts_of_the_run_do(self) -> None:
        latencies = [1 + (number * 7919 % 1000) / 1000 for number in range(2000)]
        steady, moody = weigh(latencies, 0.5), weigh(sorted(latencies), 0.5)
        assert steady.value == moody.value
        assert moody.most - moody.least > 3 * (steady.most - steady.least)

    @pytest.mark.no_false_green
    def test_are_not_known_where_a_part_of_the_run_failed(self) -> None:
        with pytest.raises(Unsure, match="in a part of the run"):
            weigh([1.0] * 1800 + [INF] * 200, 0.5)

    def test_may_be_lower_by_what_the_client_added_but_never_higher(self) -> None:
        found = weigh([3.0] * 100, 0.95, [1.0] * 100)
        assert (found.value, found.least, found.most) == (3, 2, 3)


class TestRecord:
    def test_a_client_at_its_limit_cannot_say_what_the_server_bears(self) -> None:
        record = Record(latencies=[0.001] * 1000, elapsed=1.0, idle=0.01)
        found = measured(record, None, 1.0)
        assert found.bounds == {"rate": (1000.0, 1e9)}
        assert "the client itself was the limit" in found.evidence[0].text

    def test_nothing_is_told_of_the_noise_where_nothing_is_known_of_p95(self) -> None:
        record = Record(latencies=[0.001] * 10, delays=[0.0] * 10, elapsed=1.0)
        found = measured(record, 10.0, 1.0)
        assert found.unknown["noise"] == found.unknown["p95"]
        assert found.values["rate"] == 10


K6: dict[str, Any] = {
    "metrics": {
        "http_reqs": {"count": 3000, "rate": 99.8},
        "http_req_duration": {"avg": 3.2, "min": 1.1, "med": 2.9, "max": 40.5, "p(90)": 4.0, "p(95)": 4.8},
        "http_req_failed": {"passes": 3, "fails": 2997, "value": 0.001},
        "dropped_iterations": {"count": 7, "rate": 0.2},
    },
    "root_group": {"name": ""},
}
WRK = """Running 2s test @ http://127.0.0.1:37661/
  1 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.33ms  766.72us  15.00ms   96.67%
    Req/Sec     1.75k   106.88     1.86k    85.00%
  Latency Distribution
     50%    2.22ms
     75%    2.26ms
     90%    2.33ms
     99%    5.63ms
  3488 requests in 2.00s, 136.25KB read
Requests/sec:   1741.53
Transfer/sec:     68.03KB
"""
HEY = """
Summary:
  Total:\t2.0013 secs
  Slowest:\t0.0044 secs
  Fastest:\t0.0022 secs
  Average:\t0.0024 secs
  Requests/sec:\t1630.4691

Latency distribution:
  50% in 0.0024 secs
  95% in 0.0028 secs
  99% in 0.0035 secs

Status code distribution:
  [200]\t3200 responses
  [503]\t63 responses
"""
ENTRY = {
    "name": "/",
    "method": "GET",
    "last_request_timestamp": 1795343347.0,
    "start_time": 1795343345.0,
    "num_requests": 73,
    "num_none_requests": 0,
    "num_failures": 1,
    "total_response_time": 507.0,
    "max_response_time": 680.6,
    "response_times": {"5": 70, "68": 2, "680": 1},
}
CSV = """Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,\
Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%
GET,/,51,0,5,7.05,3.27,68.06,2.0,25.55,0.0,5,5,8,8,9,10,19,68,68,68,68
,Aggregated,102,1,5,6.98,3.27,68.06,2.0,51.12,0.0,5,7,8,9,10,11,13,19,68,68,68
"""


class TestReports:
    def test_of_k6(self) -> None:
        found = read(json.dumps(K6).encode(), "k6.json")
        assert found.values == {
            "requests": 3000, "rate": 99.8, "p50": 2.9, "p95": 4.8, "mean": 3.2, "max": 40.5, "error_rate": 0.1,
        }  # fmt: skip
        assert "--summary-trend-stats" in found.unknown["p99"]
        assert "k6 dropped 7 iterations" in found.notes[0]

    def test_of_k6_as_handle_summary_gives_it(self) -> None:
        metrics = {
            "http_reqs": {"type": "counter", "values": {"count": 10, "rate": 1.0}},
            "http_req_duration": {"type": "trend", "values": {"avg": 1, "med": 1, "max": 2, "p(95)": 2, "p(99)": 2}},
        }
        found = read(json.dumps({"metrics": metrics}).encode(), "k6.json")
        assert (found.values["p99"], found.unknown) == (2, {"error_rate": "there is no http_req_failed in it"})

    def test_of_locust(self) -> None:
        found = read(json.dumps([ENTRY, {**ENTRY, "num_requests": 27, "num_failures": 0}]).encode(), "locust.json")
        assert (found.values["requests"], found.values["rate"], found.values["error_rate"]) == (100, 50, 1)
        assert (found.values["p50"], found.bounds["p50"]) == (5, (4.5, 5.5))
        assert found.age_from == 1795343347.0

    @pytest.mark.parametrize(("time", "bounds"), [(680, (675, 685)), (2300, (2250, 2350)), (12000, (11500, 12500))])
    def test_of_locust_are_rounded(self, time: int, bounds: tuple[float, float]) -> None:
        found = read(json.dumps([{**ENTRY, "response_times": {str(time): 1}}]).encode(), "locust.json")
        assert found.bounds["p95"] == bounds

    def test_of_locust_as_csv(self) -> None:
        found = read(CSV.encode(), "locust_stats.csv")
        assert (found.values["requests"], found.values["p95"], found.values["rate"]) == (102, 11, 51.12)

    def test_of_locust_without_a_duration_have_no_rate(self) -> None:
        assert "rate" in read(json.dumps([{**ENTRY, "last_request_timestamp": None}]).encode(), "l").unknown

    def test_of_wrk(self) -> None:
        found = read(WRK.encode(), "wrk.txt")
        assert found.values == {
            "requests": 3488, "rate": 1741.53, "error_rate": 0, "mean": 2.33, "max": 15, "p50": 2.22, "p99": 5.63,
        }  # fmt: skip
        assert "p95" in found.unknown

    def test_of_wrk_with_errors(self) -> None:
        text = WRK.replace(
            "Requests/sec",
            "  Socket errors: connect 0, read 12, write 0, timeout 0\n  Non-2xx or 3xx responses: 23\nRequests/sec",
        )
        assert read(text.encode(), "wrk.txt").values["error_rate"] == 1

    def test_of_hey(self) -> None:
        found = read(HEY.encode(), "hey.txt")
        assert found.values["requests"] == 3263
        assert found.values["error_rate"] == pytest.approx(100 * 63 / 3263)
        assert found.bounds["p95"] == pytest.approx((2.75, 2.85))
        refused = HEY + "\nError distribution:\n  [737]\tGet http://x: connection refused\n"
        assert read(refused.encode(), "hey.txt").values["error_rate"] == 20

    @pytest.mark.parametrize(
        "text", ["[]", "Type,Name,Request Count\n,Aggregated,0", "{}", "hello", "", "{", '{"metrics": {}}', "null"]
    )
    def test_that_are_none_or_empty_are_never_good(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "report").write_text(text)
        result = run_probe(Load(report="report"), root=tmp_path)
        assert result.outcome is Outcome.ERROR, result.reason

    @pytest.mark.parametrize(
        "text",
        [CSV.replace("Aggregated", "x"), WRK.replace("2.22ms", "2.22fortnights"), WRK.replace("requests in", "in")],
    )
    def test_that_are_broken_are_an_error(self, text: str) -> None:
        with pytest.raises(CannotMeasure, match="cannot be read as a report"):
            read(text.encode(), "x")

    def test_with_numbers_that_are_none_are_an_error(self) -> None:
        with pytest.raises(CannotMeasure, match="says that rate is nan"):
            read(
                json.dumps({"metrics": {**K6["metrics"], "http_reqs": {"count": 1, "rate": float("nan")}}}).encode(),
                "x",
            )

    def test_that_are_huge_are_not_read(self) -> None:
        with pytest.raises(CannotMeasure, match="more than 16 MiB"):
            read(b" " * (16 * 2**20 + 1), "x")


class TestStored:
    def report(self, folder: Path, *, days: float) -> None:
        (folder / "k6.json").write_text(json.dumps(K6))
        then = time.time() - days * 86400
        os.utime(folder / "k6.json", (then, then))

    def test_a_fresh_report_is_judged_like_a_run(self, tmp_path: Path) -> None:
        self.report(tmp_path, days=1)
        expect = {"error_rate": "<= 0.1 %", "p95": "< 5 ms", "rate": ">= 50/s", "age": "<= 14 d"}
        result = run_probe(Load(report="k6.json"), root=tmp_path, expect=expect)
        assert result.outcome is Outcome.PASSED, result.reason
        assert "time stamp of the file" in result.evidence[0].text

    @pytest.mark.no_false_green
    def test_an_old_report_fails_even_if_nobody_said_so(self, tmp_path: Path) -> None:
        self.report(tmp_path, days=31)
        result = run_probe(Load(report="k6.json"), root=tmp_path, expect={"error_rate": "<= 1 %"})
        assert (result.outcome, "age is" in result.reason) == (Outcome.FAILED, True)

    def test_a_report_from_the_future_has_no_age(self, tmp_path: Path) -> None:
        self.report(tmp_path, days=-1)
        result = run_probe(Load(report="k6.json"), root=tmp_path, expect={"error_rate": "<= 1 %"})
        assert (result.outcome, "from the future" in result.reason) == (Outcome.ERROR, True)

    @pytest.mark.no_false_green
    def test_a_time_that_was_rounded_onto_the_limit_cannot_be_told(self, tmp_path: Path) -> None:
        (tmp_path / "locust.json").write_text(json.dumps([{**ENTRY, "num_failures": 0}]))
        result = run_probe(Load(report="locust.json"), root=tmp_path, expect={"p50": "<= 5 ms", "age": "< 3650 d"})
        assert result.outcome is Outcome.ERROR
        assert "cannot tell: p50 is 5 ms" in result.reason

    def test_what_the_tool_does_not_say_is_an_error(self, tmp_path: Path) -> None:
        self.report(tmp_path, days=0)
        result = run_probe(Load(report="k6.json"), root=tmp_path, expect={"overhead": "< 1 ms"})
        assert "overhead was not measured: k6 does not say" in result.reason

    def test_a_report_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        result = run_probe(Load(report="k6.json"), root=tmp_path)
        assert result.reason == "k6.json cannot be read: No such file or directory"
