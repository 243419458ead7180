"""Log files: which lines count, what level they are, when they were written."""

from __future__ import annotations

import gzip
import json
import os
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pytest_readiness import options
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome, Result
from pytest_readiness.probe import Touch
from pytest_readiness.probes import _logs
from pytest_readiness.probes.logs import Logs
from pytest_readiness.testing import NOW, run_probe

TEXT = """2026-11-22T09:00:00Z INFO  CLM started
2026-11-22T09:30:00Z WARNING clm slow

2026-11-22T09:40:00Z ERROR payment abc123secret
Traceback (most recent call last):
  ValueError: no
2026-11-22T09:50:00Z CRITICAL gone
"""


def judged(folder: Path, text: str = TEXT, *, expect: Any = None, **more: Any) -> Result:
    (folder / "app.log").write_text(text, encoding="utf-8")
    return run_probe(Logs(path="app.log", **more), root=folder, expect=expect)


def value(result: Result, name: str) -> object:
    return result.measurements[name].value


def places(result: Result) -> dict[str, str]:
    return {item.title: item.text for item in result.evidence}


def records(*said: Any) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in said)


class TestLines:
    def test_are_counted_by_level(self, tmp_path: Path) -> None:
        result = judged(tmp_path, expect={"level:ERROR": "<= 1", "level:DEBUG": 0, "errors": "<= 2"})
        assert result.outcome is Outcome.PASSED
        assert [value(result, name) for name in ("lines", "errors", "level:INFO", "level:CRITICAL")] == [6, 2, 1, 1]

    def test_of_a_level_too_many_fail_and_are_named_by_number_not_by_text(self, tmp_path: Path) -> None:
        result = judged(tmp_path, expect={"errors": 0})
        assert result.outcome is Outcome.FAILED
        assert places(result)["errors"] == "app.log: line 4\napp.log: line 7"
        assert "abc123secret" not in repr(result)

    def test_with_no_level_anywhere_do_not_make_no_errors(self, tmp_path: Path) -> None:
        for expect in ({"errors": 0}, {"level:CRITICAL": 0}):
            result = judged(tmp_path, "all is well\n", expect=expect)
            assert result.outcome is Outcome.ERROR
            assert "no line says its level" in result.reason

    def test_that_are_not_there_are_nothing_to_look_at(self, tmp_path: Path) -> None:
        for text in ("", "\n  \n"):
            result = judged(tmp_path, text, expect={"errors": 0})
            assert result.outcome is Outcome.ERROR
            assert "nothing was looked at" in result.reason

    def test_of_several_files_are_one_log(self, tmp_path: Path) -> None:
        (tmp_path / "app.log").write_text(TEXT)
        (tmp_path / "app.log.1.gz").write_bytes(gzip.compress(TEXT.encode()))
        result = run_probe(Logs(glob="app.log*", since=3600.0), root=tmp_path)
        assert value(result, "lines") == 12

    def test_of_a_damaged_archive_are_an_error(self, tmp_path: Path) -> None:
        for data in (b"no archive", gzip.compress(TEXT.encode())[:-12]):
            (tmp_path / "app.log.gz").write_bytes(data)
            result = run_probe(Logs(path="app.log.gz"), root=tmp_path)
            assert result.outcome is Outcome.ERROR
            assert "app.log.gz cannot be read" in result.reason

    def test_without_an_end_are_no_log(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_logs, "LONGEST", 10)
        assert "a line is longer than" in judged(tmp_path).reason

    @pytest.mark.parametrize(
        ("line", "level"),
        [
            ("2026-11-22 10:00:00,123 - app - WARNING - slow", "WARNING"),
            ("WARN slow", "WARNING"),
            ("ERROR:root:no", "ERROR"),
            ("2026/11/22 10:00:00 [error] 7#0: no", "ERROR"),
            ("<crit> x", "CRITICAL"),
            ('time=1 level=info msg="an ERROR"', "INFO"),
            ('level="fatal"', "CRITICAL"),
            ("INFO no ERROR found", "INFO"),
            ("ERROR_CODE is 1", None),
            ("an error happened", None),
            ("x" * 300 + " ERROR", None),
        ],
    )
    def test_say_their_level_in_many_ways(self, line: str, level: str | None) -> None:
        assert _logs.level_of(line) == level


class TestMatches:
    def test_are_the_lines_in_which_the_regex_is_found(self, tmp_path: Path) -> None:
        result = judged(tmp_path, regex=re.compile("(?i)clm"))
        assert result.outcome is Outcome.PASSED
        assert value(result, "matches") == 2
        assert places(result)["matches"] == "app.log: line 1\napp.log: line 2"

    def test_are_expected_unless_a_gate_says_so(self, tmp_path: Path) -> None:
        assert judged(tmp_path, regex=re.compile("nowhere")).reason == "matches is 0, expected >= 1"
        assert judged(tmp_path, regex=re.compile("nowhere"), expect={"matches": 0}).outcome is Outcome.PASSED

    def test_are_those_of_the_level_too(self, tmp_path: Path) -> None:
        assert value(judged(tmp_path, regex=re.compile("(?i)clm"), level=("warn",)), "matches") == 1
        assert value(judged(tmp_path, level=("ERROR", "CRITICAL")), "matches") == 2

    def test_of_a_level_are_not_known_where_no_line_has_one(self, tmp_path: Path) -> None:
        result = judged(tmp_path, "all is well\n", level=("ERROR",), expect={"matches": 0})
        assert result.outcome is Outcome.ERROR

    def test_of_a_regex_that_runs_away_end_at_the_deadline(self, tmp_path: Path) -> None:
        (tmp_path / "app.log").write_text("a" * 60 + "!\n")
        result = run_probe(Logs(path="app.log", regex=re.compile(r"(a+)+$")), root=tmp_path, timeout=1)
        assert result.outcome is Outcome.ERROR


class TestSince:
    def test_only_younger_lines_count_with_what_belongs_to_them(self, tmp_path: Path) -> None:
        result = judged(tmp_path, since=1500.0, expect={"errors": 0})
        assert result.outcome is Outcome.FAILED
        assert [value(result, name) for name in ("lines", "errors", "undated")] == [4, 2, 0]

    def test_nothing_since_then_is_nothing_to_look_at(self, tmp_path: Path) -> None:
        result = judged(tmp_path, since=60.0, expect={"errors": 0})
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    def test_lines_before_the_first_time_are_counted_as_unknown_and_fail(self, tmp_path: Path) -> None:
        result = judged(tmp_path, "ERROR when?\n" + TEXT, since=86400.0)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "undated is 1, expected 0"
        assert places(result)["time unknown"] == "app.log: line 1"

    def test_a_log_without_times_cannot_be_judged(self, tmp_path: Path) -> None:
        result = judged(tmp_path, "INFO a\nINFO b\n", since=60.0)
        assert result.reason == "no line has a time that can be read, so since cannot be judged"

    def test_a_time_without_a_zone_is_not_guessed(self, tmp_path: Path) -> None:
        text = "2026-11-22 09:59:50,123 INFO a\n"
        result = judged(tmp_path, text, since=60.0)
        assert result.outcome is Outcome.ERROR
        assert result.reason == "2026-11-22 09:59:50 has no time zone: say zone, such as UTC or local"
        assert judged(tmp_path, text, since=60.0, zone="UTC").outcome is Outcome.PASSED
        assert judged(tmp_path, text, since=60.0, zone="Asia/Tokyo").outcome is Outcome.ERROR

    def test_a_local_time_is_that_of_this_machine(self, tmp_path: Path) -> None:
        text = f"{datetime.fromtimestamp(NOW.timestamp()):%Y-%m-%d %H:%M:%S} INFO a\n"  # noqa: DTZ006
        assert judged(tmp_path, text, since=60.0, zone="local").outcome is Outcome.PASSED

    @pytest.mark.parametrize(
        "line",
        [
            "2026-11-22T10:00:00Z a",
            "[2026/11/22 11:00:00 +01:00] a",
            "2026-11-22T09:00:00.000-0100 a",
            "INFO 2026-11-22 10:00:00,000 a",
            "1795341600 a",
            "[1795341600.000] a",
            "1795341600000 a",
            "1795341600000000 a",
            "1795341600000000000 a",
        ],
    )
    def test_times_are_read_in_many_forms(self, line: str) -> None:
        assert _logs.moment_of(line, UTC) == NOW.timestamp()

    @pytest.mark.parametrize(
        "line", ["", "2026-13-45 10:00:00 a", "4915112345 a", "  at x.py 3", "x" * 100 + TEXT[:20]]
    )
    def test_what_is_no_time_is_none(self, line: str) -> None:
        assert _logs.moment_of(line, UTC) is None

    def test_a_large_file_is_read_from_where_the_time_begins(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_logs, "BLOCK", 4096)
        old = "".join(
            f"{NOW - timedelta(days=9, seconds=-n):%Y-%m-%dT%H:%M:%SZ} ERROR old\n  more\n" for n in range(2000)
        )
        result = judged(tmp_path, old + TEXT, since=7200.0, expect={"errors": 2, "lines": 6})
        assert result.outcome is Outcome.PASSED
        assert re.fullmatch(r"app.log, from byte \d{5}: line \d+", places(result)["errors"].splitlines()[0])
        everything = judged(tmp_path, old + TEXT, since=30 * 86400.0)
        assert value(everything, "lines") == 4006

    def test_the_deadline_ends_the_search_for_the_beginning(self, tmp_path: Path) -> None:
        line = f"{NOW:%Y-%m-%dT%H:%M:%SZ} INFO a\n"
        (tmp_path / "app.log").write_text(line * 200_000)
        result = run_probe(Logs(path="app.log", since=60.0), root=tmp_path, timeout=0.05)
        assert result.outcome is Outcome.ERROR


class TestRecords:
    GOOD: ClassVar[Any] = {
        "timestamp": "2026-11-22T09:59:00Z",
        "level": "info",
        "correlation_id": "1",
        "event": "auth.login",
    }

    def test_have_all_fields(self, tmp_path: Path) -> None:
        fields = ("timestamp", "level", "correlation_id")
        assert judged(tmp_path, records(self.GOOD), json=True, fields=fields).outcome is Outcome.PASSED
        lines = [{**self.GOOD, "correlation_id": ""}, {**self.GOOD, "level": None}, self.GOOD, [1]]
        result = judged(tmp_path, records(*lines) + "not JSON\n" + "[" * 5000, json=True, fields=fields)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "malformed is 5, expected 0"
        assert places(result)["no proper record"].splitlines()[:2] == ["app.log: line 1", "app.log: line 2"]

    def test_match_by_what_their_fields_are(self, tmp_path: Path) -> None:
        lines = records(self.GOOD, {**self.GOOD, "event": "auth.logout", "user": {"id": 7}})
        assert value(judged(tmp_path, lines, json=True, where={"event": "auth.login"}), "matches") == 1
        assert value(judged(tmp_path, lines, json=True, where={"user.id": 7}), "matches") == 1
        assert judged(tmp_path, lines, json=True, where={"user.id": "7"}).outcome is Outcome.FAILED
        assert judged(tmp_path, "[]\n", json=True, where={"event": "x"}).outcome is Outcome.FAILED

    def test_tell_their_level_under_the_usual_names(self, tmp_path: Path) -> None:
        lines = records({"levelname": "ERROR"}, {"severity": "warning"}, {"log": {"level": "fatal"}}, {"level": "odd"})
        result = judged(tmp_path, lines, json=True)
        assert [value(result, name) for name in ("errors", "level:WARNING", "level:CRITICAL")] == [2, 1, 1]

    def test_whose_levels_are_numbers_do_not_tell_errors(self, tmp_path: Path) -> None:
        result = judged(tmp_path, records({"level": 30}), json=True, expect={"errors": 0})
        assert result.outcome is Outcome.ERROR
        assert "levels are numbers" in result.reason
        assert value(judged(tmp_path, records({"level": 50}), json=True, where={"level": 50}), "matches") == 1

    def test_tell_their_time_in_a_field(self, tmp_path: Path) -> None:
        lines = records(
            self.GOOD, {"ts": NOW.timestamp()}, {"time": NOW.timestamp() * 1000}, {"at": "2026-11-22T09:59:00Z"}
        )
        result = judged(tmp_path, lines, json=True, since=3600.0)
        assert result.outcome is Outcome.FAILED
        assert (value(result, "lines"), value(result, "undated")) == (3, 1)
        assert value(judged(tmp_path, lines, json=True, since=3600.0, time="at"), "lines") == 1

    def test_that_are_malformed_belong_to_the_one_before(self, tmp_path: Path) -> None:
        result = judged(tmp_path, records(self.GOOD) + "Traceback\n", json=True, since=3600.0)
        assert (value(result, "malformed"), value(result, "undated")) == (1, 0)

    def test_with_a_truth_for_a_time_or_a_level_have_none(self) -> None:
        assert _logs.record_moment({"time": True}, None, UTC) is None
        assert _logs.record_level({"level": True}) is None

    def test_of_a_large_file_are_read_from_where_the_time_begins(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_logs, "BLOCK", 1024)
        old = records(*({"time": "2026-01-01T00:00:00Z", "n": n} for n in range(1000)))
        assert value(judged(tmp_path, old + records(self.GOOD), json=True, since=3600.0), "lines") == 1


class TestAge:
    def test_is_that_of_the_newest_file(self, tmp_path: Path) -> None:
        for name, ago in (("a.log", 9000), ("b.log", 600)):
            (tmp_path / name).write_text(TEXT)
            os.utime(tmp_path / name, (0, time.time() - ago))
        now = datetime.now(UTC)
        assert run_probe(Logs(glob="*.log"), root=tmp_path, expect={"age": "< 1 h"}, now=now).outcome is Outcome.PASSED
        assert run_probe(Logs(path="a.log"), root=tmp_path, expect={"age": "< 1 h"}, now=now).outcome is Outcome.FAILED

    def test_in_the_future_is_not_known(self, tmp_path: Path) -> None:
        (tmp_path / "app.log").write_text(TEXT)
        os.utime(tmp_path / "app.log", (5e9, 5e9))
        result = run_probe(Logs(path="app.log"), root=tmp_path, expect={"age": "< 1 h"})
        assert result.outcome is Outcome.ERROR


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert run_probe(Logs(path="none.log"), root=tmp_path).reason == "none.log is not there"
    assert run_probe(Logs(glob="*.log"), root=tmp_path).outcome is Outcome.ERROR


def test_a_file_that_vanishes_is_an_error(tmp_path: Path) -> None:
    from pytest_readiness.deadline import Deadline
    from pytest_readiness.probes._inputs import Input

    gone = Input(tmp_path / "gone", "gone", 1, 0.0, 0)
    with pytest.raises(CannotMeasure, match="gone cannot be read: No such file"):
        list(_logs.batches(gone, 0, Deadline.after(5)))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"level": ("LOUD",)}, "LOUD is not a level; there is TRACE"),
        ({"regex": re.compile("a*")}, "matches the empty text"),
        ({"fields": ("a",)}, "say json: true"),
        ({"where": {"a": 1}}, "say json: true"),
        ({"time": "a"}, "say json: true"),
        ({"zone": "Nowhere/At_All"}, "there is no zone"),
        ({"zone": "../etc"}, "there is no zone"),
        ({"glob": "a"}, "exactly one of"),
    ],
)
def test_options_that_do_not_fit_are_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Logs(path="a", **said)


def test_options_are_read_as_a_spec_has_them() -> None:
    problems: list[Any] = []
    said = {"path": "a", "since": "7 d", "level": "CRITICAL", "json": True, "where": {"event": "auth.login"}}
    made = options.convert(Logs, said, problems)
    assert problems == []
    assert made is not None
    assert (made.since, made.level, made.where) == (604800.0, ("CRITICAL",), {"event": "auth.login"})


def test_levels_are_a_family_of_measurements() -> None:
    probe = Logs(path="a")
    assert probe.declare("level:ERROR") is not None
    assert probe.declare("level:error") is None
    assert probe.declare("level:LOUD") is None
    assert probe.declare("lines") is not None


def test_the_files_are_what_is_touched() -> None:
    assert list(Logs(glob="*.log").touches()) == [Touch("file", "*.log")]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"glob": "logs/*.log"}, "no file is at logs/*.log"),
        ({"path": "empty.log"}, "no line is in empty.log"),
        ({"path": "old.log", "since": 3600.0}, "no line that is young enough is in old.log"),
    ],
)
def test_nothing_found_says_where_it_was_looked_for(tmp_path: Path, options: dict[str, Any], why: str) -> None:
    (tmp_path / "empty.log").touch()
    (tmp_path / "old.log").write_text("2020-01-01T00:00:00Z ERROR it was long ago\n")
    result = run_probe(Logs(**options), root=tmp_path, expect={"lines": ">= 1"})
    assert result.outcome is Outcome.ERROR
    assert why in result.reason
