"""Jobs: started, watched to their end, and seen to have succeeded lately."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Result, Value
from pytest_readiness.options import Query, Secret
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes.job import Job, Start
from pytest_readiness.testing import run_probe

from .servers import Server, closed_port, http, serving

STATE = Query("status")


def said(**values: object) -> bytes:
    return http(json.dumps(values).encode())


def states(*names: str) -> list[bytes]:
    return [said(status=name) for name in names]


def watch(
    answers: list[bytes], expect: Mapping[str, Value] | None = None, *, timeout: float = 5.0, **options: object
) -> tuple[Result, Server]:
    """Watch a job at a server that gives these *answers*, one after another and the last for ever."""
    settings = {"state": STATE, "until": ("COMPLETED",), "failed": ("FAILED",), "every": 0.05, **options}
    with serving() as server:
        server.answer(*answers)
        start = settings.pop("start", None)
        if isinstance(start, dict):
            start = Start(url=f"{server.url}/jobs", **start)
        path = "/jobs/{id}" if "id" in settings else "/jobs/7"
        probe = Job(poll=server.url + path, start=start, **settings)  # type: ignore[arg-type]
        result = run_probe(probe, expect=expect, timeout=timeout, side_effects_allowed=True)
    return result, server


def value(result: Result, name: str) -> object:
    return result.measurements[name].value


class TestWatching:
    def test_a_job_that_completes_passes_with_the_states_it_went_through(self) -> None:
        result, _ = watch(
            states("PENDING", "RUNNING", "RUNNING", "COMPLETED"), {"states": ("PENDING", "RUNNING", "COMPLETED")}
        )
        assert result.outcome is Outcome.PASSED, result.reason
        assert value(result, "polls") == 4
        assert "RUNNING" in result.evidence[0].text

    @pytest.mark.no_false_green
    def test_a_job_that_fails_ends_the_wait_and_fails_the_gate(self) -> None:
        result, _ = watch(states("RUNNING", "FAILED"))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "state is FAILED, expected COMPLETED"

    @pytest.mark.no_false_green
    def test_a_job_that_never_ends_is_an_error_that_says_how_far_it_came(self) -> None:
        started = time.monotonic()
        result, _ = watch(states("PENDING", "RUNNING"), timeout=0.6)
        assert result.outcome is Outcome.ERROR
        assert re.search(r"had not ended at the deadline, after \d+ polls: PENDING -> RUNNING", result.reason)
        assert time.monotonic() - started < 5

    ORDER = ("QUEUED", "PENDING", "RUNNING", "COMPLETED")

    @pytest.mark.parametrize("seen", [ORDER, ("PENDING", "RUNNING", "COMPLETED"), ("QUEUED", "COMPLETED")])
    def test_states_that_come_in_order_pass_though_some_are_missed(self, seen: tuple[str, ...]) -> None:
        result, _ = watch(states(*seen), order=self.ORDER)
        assert (result.outcome, value(result, "in_order")) == (Outcome.PASSED, True)

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        "seen", [("RUNNING", "PENDING", "COMPLETED"), ("RUNNING", "ODD", "COMPLETED"), ("RUNNING", "QUEUED", "RUNNING")]
    )
    def test_states_that_come_otherwise_fail(self, seen: tuple[str, ...]) -> None:
        result, _ = watch(states(*seen, "COMPLETED"), order=self.ORDER)
        assert (result.outcome, result.reason) == (Outcome.FAILED, "in_order is false, expected true")

    def test_another_end_than_that_of_the_order_is_not_in_order(self) -> None:
        result, _ = watch(states("RUNNING", "FAILED"), order=self.ORDER)
        assert (result.outcome, value(result, "in_order")) == (Outcome.FAILED, False)

    @pytest.mark.no_false_green
    def test_the_end_alone_is_no_order(self) -> None:
        result, _ = watch(states("COMPLETED"), order=self.ORDER)
        assert result.outcome is Outcome.ERROR
        assert "no poll saw anything before COMPLETED: poll more often" in result.reason

    @pytest.mark.parametrize(
        ("order", "said"),
        [(("COMPLETED",), "two different states"), (("A", "A"), "two different states"), (("A", "B"), "ends in B")],
    )
    def test_an_order_that_says_nothing_is_refused(self, order: tuple[str, ...], said: str) -> None:
        with pytest.raises(OptionError, match=said):
            Job(poll="http://127.0.0.1/jobs/7", until=("COMPLETED",), order=order)

    def test_one_of_several_good_ends_is_enough(self) -> None:
        result, _ = watch(states("DONE, WITH NOTES"), until=("DONE", "DONE, WITH NOTES"))
        assert result.outcome is Outcome.PASSED, result.reason

    def test_a_state_may_be_the_whole_text(self) -> None:
        result, _ = watch([http(b"COMPLETED\n")], state=None)
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("answer", [said(state="COMPLETED"), said(status=1), said(status=""), said(status="a\nb")])
    def test_an_answer_without_a_state_is_an_error(self, answer: bytes) -> None:
        result, _ = watch([answer])
        assert result.outcome is Outcome.ERROR
        assert "status is not a state" in result.reason

    def test_a_hiccup_does_not_end_the_wait(self) -> None:
        result, _ = watch([*states("RUNNING"), http(b"busy", "503 Service Unavailable"), *states("COMPLETED")])
        assert result.outcome is Outcome.PASSED, result.reason
        assert "answered 503 Service Unavailable: busy" in result.evidence[0].text

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (http(b"who?", "404 Not Found"), "answered 404 Not Found: who?"),
            (http(b"<html>"), "says '<html>', which is not JSON"),
            (http(b""), "says '', which is not JSON"),
            (http(b"[]", "302 Found"), "answered 302 Found"),
        ],
    )
    def test_three_polls_without_an_answer_are_an_error(self, answer: bytes, words: str) -> None:
        result, server = watch([answer])
        assert result.outcome is Outcome.ERROR
        assert words in result.reason
        assert len(server.requests) == 3

    def test_nobody_there_is_an_error(self) -> None:
        probe = Job(poll=f"http://127.0.0.1:{closed_port()}/", until=("X",), every=0.05)
        assert "connection refused" in run_probe(probe).reason

    def test_a_query_that_does_not_fit_is_an_error(self) -> None:
        result, _ = watch(states("COMPLETED"), state=Query("length(status.x)"))
        assert (result.outcome, "length(status.x)" in result.reason) == (Outcome.ERROR, True)

    def test_values_are_taken_out_of_the_last_answer(self) -> None:
        answers = [said(status="RUNNING"), said(status="COMPLETED", models=4)]
        extract = {"models": Query("models"), "lost": Query("lost"), "wrong": Query("length(models)")}
        result, _ = watch(answers, {"models": 4}, extract=extract)
        assert result.outcome is Outcome.PASSED, result.reason
        result, _ = watch(answers, {"lost": 0, "wrong": 0}, extract=extract)
        assert result.outcome is Outcome.ERROR
        assert "lost was not measured: the query finds nothing" in result.reason


class TestStarting:
    def test_the_id_that_the_start_answers_is_asked_for(self) -> None:
        result, server = watch(
            [said(job_id="a-7"), *states("RUNNING", "COMPLETED")],
            {"duration": "< 5 s"},
            start={"json": {"models": "all"}, "headers": {"X-Who": "gate"}},
            id=Query("job_id"),
            side_effects=True,
        )
        assert result.outcome is Outcome.PASSED, result.reason
        assert server.requests[0].startswith(b"POST /jobs HTTP/1.1")
        assert server.requests[0].endswith(b'{"models": "all"}')
        assert b"X-Who: gate" in server.requests[0]
        assert server.requests[1].startswith(b"GET /jobs/a-7 HTTP/1.1")
        assert "started as a-7" in result.evidence[0].text

    def test_a_number_may_be_an_id(self) -> None:
        result, server = watch([said(id=7), *states("COMPLETED")], start={}, id=Query("id"), side_effects=True)
        assert result.outcome is Outcome.PASSED, result.reason
        assert b"GET /jobs/7 " in server.requests[1]

    @pytest.mark.parametrize("strange", [None, "", "../../admin", "a b", ["x"], True, "x" * 200])
    def test_what_is_no_id_is_not_asked_for(self, strange: object) -> None:
        result, server = watch([said(id=strange)], start={}, id=Query("id"), side_effects=True)
        assert result.outcome is Outcome.ERROR
        assert "finds no id" in result.reason
        assert len(server.requests) == 1

    def test_without_leave_nothing_is_started(self) -> None:
        with serving() as server:
            server.answer(*states("COMPLETED"))
            probe = Job(
                poll=server.url, state=STATE, until=("COMPLETED",), start=Start(url=server.url), side_effects=True
            )
            result = run_probe(probe)
        assert (result.outcome, server.requests) == (Outcome.ERROR, [])
        assert "--readiness-allow-side-effects" in result.reason

    def test_a_start_that_is_refused_is_an_error(self) -> None:
        result, server = watch([http(b"no gpu", "409 Conflict")], start={}, side_effects=True)
        assert (result.outcome, "409 Conflict: no gpu" in result.reason) == (Outcome.ERROR, True)
        assert len(server.requests) == 1

    def test_commands_may_start_and_poll(self, tmp_path: Path) -> None:
        code = "import pathlib, sys; p = pathlib.Path('n'); n = int(p.read_text()) + 1 if p.exists() else 0\n"
        code += "p.write_text(str(n))\n"
        start = Start(run=(sys.executable, "-c", 'print(\'{"id": "b1"}\')'))
        poll = (
            sys.executable,
            "-c",
            code + "print(['PENDING', 'COMPLETED'][min(n, 1)] if sys.argv[1] == 'b1' else 'LOST')",
            "{id}",
        )
        probe = Job(poll=poll, until=("COMPLETED",), every=0.05, start=start, id=Query("id"), side_effects=True)
        result = run_probe(probe, root=tmp_path, side_effects_allowed=True, expect={"states": ("PENDING", "COMPLETED")})
        assert result.outcome is Outcome.PASSED, result.reason

    def test_a_command_that_ends_badly_is_an_error(self) -> None:
        poll = (sys.executable, "-c", "import sys; sys.exit('no such job')")
        result = run_probe(Job(poll=poll, until=("X",), every=0.05))
        assert result.outcome is Outcome.ERROR
        assert "ended with 1: no such job" in result.reason

    def test_commands_can_be_forbidden(self) -> None:
        result = run_probe(Job(poll=("true",), until=("X",), every=0.05), exec_allowed=False)
        assert "--readiness-no-exec" in result.reason


class TestTimes:
    def test_duration_is_what_the_job_says_of_itself(self) -> None:
        answer = said(status="COMPLETED", began="2026-11-22T10:00:00Z", ended="2026-11-22T11:30:00+01:00")
        result, _ = watch([answer], {"duration": "30 min"}, began=Query("began"), ended=Query("ended"))
        assert result.outcome is Outcome.PASSED, result.reason

    def test_duration_of_a_job_that_others_started_is_not_guessed(self) -> None:
        result, _ = watch(states("COMPLETED"), {"duration": "< 1 h"})
        assert result.reason == "duration was not measured: the job was not started here; give `began` and `ended`"

    @pytest.mark.parametrize(
        ("ended", "words"),
        [
            ("2026-11-22T09:00:00Z", "ended before it began"),
            ("2026-11-22T09:00:00", "names no time zone"),
            ("yesterday", "no time as of ISO 8601"),
            (None, "finds no time"),
        ],
    )
    def test_times_that_make_no_sense_are_no_duration(self, ended: object, words: str) -> None:
        answer = said(status="COMPLETED", began="2026-11-22T10:00:00Z", ended=ended)
        result, _ = watch([answer], {"duration": "< 1 h"}, began=Query("began"), ended=Query("ended"))
        assert (result.outcome, words in result.reason) == (Outcome.ERROR, True)

    @pytest.mark.parametrize("kind", ["iso", "naive", "seconds", "milliseconds"])
    def test_the_age_of_the_last_success(self, kind: str) -> None:
        moment = datetime.now(UTC) - timedelta(hours=3)
        forms = {
            "iso": moment.isoformat(),
            "naive": moment.replace(tzinfo=None).isoformat(),
            "seconds": moment.timestamp(),
            "milliseconds": int(1000 * moment.timestamp()),
        }
        options: dict[str, Any] = {
            "state": None,
            "until": (),
            "failed": (),
            "last_success": Query("[0].at"),
            "utc": kind == "naive",
        }
        answers = [http(json.dumps([{"at": forms[kind]}]).encode())]
        assert watch(answers, {"age": "179 min..181 min"}, **options)[0].outcome is Outcome.PASSED
        assert watch(answers, {"age": "<= 2 h"}, **options)[0].outcome is Outcome.FAILED

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("at", [None, True, "2126-01-01T00:00:00Z"])
    def test_no_success_is_no_age(self, at: object) -> None:
        options: dict[str, Any] = {"state": None, "until": (), "failed": (), "last_success": Query("at")}
        assert watch([said(at=at)], {"age": "<= 2 h"}, **options)[0].outcome is Outcome.ERROR

    def test_a_schedule_that_does_not_answer_is_an_error_at_once(self) -> None:
        result, server = watch([http(b"", "500 Oh")], {"age": "< 1 h"}, until=(), failed=(), last_success=Query("at"))
        assert (result.outcome, len(server.requests)) == (Outcome.ERROR, 1)

    def test_age_needs_to_know_what_to_look_at(self) -> None:
        assert "give `last_success`" in watch(states("COMPLETED"), {"age": "< 1 h"})[0].reason


class TestAsking:
    def test_secrets_are_sent_and_not_shown(self) -> None:
        result, server = watch([http(b"no t0ps3cret", "403 No")], auth=Auth(bearer=Secret("t0ps3cret")))
        assert b"Authorization: Bearer t0ps3cret" in server.requests[0]
        assert "t0ps3cret" not in result.reason + result.evidence.__repr__()

    def test_what_is_touched(self) -> None:
        probe = Job(
            poll=("squeue", "{id}"),
            start=Start(url="http://slurm/jobs"),
            id=Query("id"),
            until=("CD",),
            side_effects=True,
        )
        assert [(touch.kind, touch.what) for touch in probe.touches()] == [
            ("host", "slurm:80"),
            ("command", "squeue '{id}'"),
        ]
        assert [touch.what for touch in Job(poll="http://a/", until=("x",)).touches()] == ["a:80"]

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({}, "say `until`, or"),
            ({"failed": ("F",), "last_success": STATE}, "if all is well"),
            ({"until": ("A",), "failed": ("A",)}, "under `until`, too"),
            ({"until": ("A",), "began": STATE}, "both `began` and `ended`"),
            ({"until": ("A",), "extract": {"state": STATE}}, "already"),
            ({"until": ("A",), "every": 0.01}, "50 ms"),
            ({"until": ("A",), "id": STATE}, "nothing without `start`"),
            ({"until": ("A",), "side_effects": True}, "nothing without `start`"),
            ({"until": ("A",), "start": Start(run=("a",))}, "say `side_effects: true`"),
            ({"until": ("A",), "poll": "http://a/{id}"}, "go together"),
            ({"until": ("A",), "poll": "here"}, "is not a URL"),
            ({"until": ("A",), "poll": ()}, "names no program"),
            ({"until": ("A",), "poll": "http://u:p@a/", "auth": Auth(bearer=Secret("t"))}, "once"),
            (
                {
                    "until": ("A",),
                    "start": Start(url="http://b/"),
                    "side_effects": True,
                    "auth": Auth(bearer=Secret("t")),
                },
                "different hosts",
            ),
        ],
    )
    def test_bad_options_are_refused(self, options: dict[str, object], words: str) -> None:
        with pytest.raises(OptionError, match=words):
            Job(**{"poll": "http://a/", **options})  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "options",
        [{}, {"url": "http://a", "run": ("a",)}, {"run": ("a",), "json": 1}, {"url": "http://a", "method": "P T"}],
    )
    def test_a_start_that_makes_no_sense_is_refused(self, options: dict[str, object]) -> None:
        with pytest.raises(OptionError):
            Start(**options)  # type: ignore[arg-type]
