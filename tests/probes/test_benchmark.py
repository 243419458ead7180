"""Stored benchmark runs: numbers, ratios, regressions, and files that tell none."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Each, Outcome, Result
from pytest_readiness.probe import Touch
from pytest_readiness.probes.benchmark import Benchmark
from pytest_readiness.testing import run_probe

NOW = datetime.now(UTC).isoformat()
MACHINE = {
    "node": "ci-7",
    "machine": "x86_64",
    "system": "Linux",
    "python_implementation": "CPython",
    "python_version": "3.11.7",
    "cpu": {"brand_raw": "Intel(R) Xeon(R) Processor", "count": 2},
}


def timed(name: str, mean: float, /, group: str | None = None, data: list[Any] | None = None, **stats: Any) -> Any:
    """Return one benchmark as pytest-benchmark 5.3 stores it."""
    numbers = {"min": mean * 0.9, "max": mean * 1.5, "mean": mean, "stddev": mean / 20, "rounds": 100}
    numbers |= {"median": mean, "iqr": 0.0, "q1": mean, "q3": mean, "ops": 1 / mean, "total": mean * 100, **stats}
    return {
        "group": group,
        "name": name,
        "fullname": f"tests/test_speed.py::{name}",
        "params": None,
        "extra_info": {},
        "stats": {**numbers, "iterations": 1, **({"data": data} if data is not None else {})},
    }


def stored(*benchmarks: Any, when: str = NOW, machine: Any = MACHINE) -> str:
    return json.dumps({"machine_info": machine, "benchmarks": benchmarks, "datetime": when, "version": "5.3.1"})


POLARS, PYTHON = timed("test_polars", 0.001, group="agg"), timed("test_python[1000]", 0.0025, group="agg")


def judged(folder: Path, text: str, *, expect: Any = None, **options: Any) -> Result:
    (folder / "run.json").write_text(text, encoding="utf-8")
    return run_probe(Benchmark(path="run.json", **options), root=folder, expect=expect)


def value(result: Result, name: str) -> object:
    return result.measurements[name].value


def texts(result: Result) -> dict[str, str]:
    return {item.title: item.text for item in result.evidence}


class TestNumbers:
    def test_are_those_stored(self, tmp_path: Path) -> None:
        result = judged(tmp_path, stored(POLARS), expect={"mean": "< 5 ms", "rounds": ">= 50", "ops": "> 900 /s"})
        assert result.outcome is Outcome.PASSED
        assert (value(result, "mean"), value(result, "median"), value(result, "rounds")) == (0.001, 0.001, 100)

    def test_of_several_have_to_hold_for_each(self, tmp_path: Path) -> None:
        result = judged(tmp_path, stored(POLARS, PYTHON), expect={"mean": "< 2 ms"})
        assert result.outcome is Outcome.FAILED
        assert result.reason == "mean is 2.5 ms, expected < 2 ms"
        assert value(result, "mean") == Each((0.001, 0.0025))
        assert texts(result)["benchmarks"].splitlines()[1].startswith("test_python[1000]: mean 2.5 ms, 100 rounds")

    def test_of_p95_need_the_timings(self, tmp_path: Path) -> None:
        result = judged(tmp_path, stored(POLARS), expect={"p95": "< 2 ms"})
        assert result.outcome is Outcome.ERROR
        assert "fewer than 20 timings are stored of test_polars" in result.reason

    def test_of_p95_are_timings_that_were_measured(self, tmp_path: Path) -> None:
        one = timed("test_a", 1.0, data=[n / 100 + 0.9 for n in range(1, 21)])
        assert value(judged(tmp_path, stored(one)), "p95") == pytest.approx(1.09)

    def test_of_age_are_what_the_run_says(self, tmp_path: Path) -> None:
        (tmp_path / "run.json").write_text(stored(POLARS, when="2020-01-01T00:00:00"))
        result = run_probe(Benchmark(path="run.json"), root=tmp_path, expect={"age": "< 7 d"}, now=datetime.now(UTC))
        assert result.outcome is Outcome.FAILED

    def test_of_age_in_the_future_are_not_known(self, tmp_path: Path) -> None:
        (tmp_path / "run.json").write_text(stored(POLARS, when="no time"))
        os.utime(tmp_path / "run.json", (5e9, 5e9))
        result = run_probe(Benchmark(path="run.json"), root=tmp_path, expect={"age": "< 7 d"})
        assert result.outcome is Outcome.ERROR


class TestChoice:
    @pytest.mark.parametrize(
        ("options", "count"),
        [
            ({"name_": "test_polars"}, 1),
            ({"name_": "test_python[1000]"}, 1),
            ({"name_": "tests/test_speed.py::test_p*"}, 2),
            ({"group": "agg"}, 2),
            ({"group": "a*", "name_": "*polars"}, 1),
        ],
    )
    def test_is_by_name_and_group(self, tmp_path: Path, options: dict[str, str], count: int) -> None:
        assert value(judged(tmp_path, stored(POLARS, PYTHON, timed("test_x", 1)), **options), "benchmarks") == count

    def test_of_nothing_is_an_error(self, tmp_path: Path) -> None:
        for text, options in ((stored(POLARS), {"name_": "nobody"}), (stored(), {})):
            result = judged(tmp_path, text, **options)
            assert result.outcome is Outcome.ERROR
            assert "nothing was looked at" in result.reason

    def test_of_several_files_is_the_newest(self, tmp_path: Path) -> None:
        (tmp_path / "b.json").write_text(stored(POLARS, when="2026-01-01T00:00:00Z"))
        (tmp_path / "a.json").write_text(stored(POLARS, PYTHON, when="2026-01-02T00:00:00Z"))
        assert value(run_probe(Benchmark(glob="*.json"), root=tmp_path), "benchmarks") == 2

    def test_of_no_file_is_an_error(self, tmp_path: Path) -> None:
        assert run_probe(Benchmark(glob="*.json"), root=tmp_path).outcome is Outcome.ERROR
        assert run_probe(Benchmark(path="run.json"), root=tmp_path).reason == "run.json is not there"


class TestRatio:
    def test_is_how_many_times_as_long_one_takes(self, tmp_path: Path) -> None:
        result = judged(tmp_path, stored(POLARS, PYTHON), of="test_python*", to="test_polars", expect={"ratio": "2..3"})
        assert result.outcome is Outcome.PASSED
        assert value(result, "ratio") == 2.5
        assert "test_python[1000] takes 2.5 times as long as test_polars" in texts(result)["benchmarks"]

    def test_needs_one_benchmark_on_each_side(self, tmp_path: Path) -> None:
        result = judged(tmp_path, stored(POLARS, PYTHON), of="test_*", to="test_polars", expect={"ratio": "> 2"})
        assert result.reason == "test_* names 2 benchmarks: test_polars, test_python[1000]: a ratio needs one"
        result = judged(tmp_path, stored(POLARS), of="test_python*", to="test_polars", expect={"ratio": "> 2"})
        assert result.reason == "test_python* names 0 benchmarks: a ratio needs one"

    def test_to_something_that_took_no_time_is_not_known(self, tmp_path: Path) -> None:
        nothing = timed("test_a", 1.0, mean=0, median=0, min=0)
        result = judged(tmp_path, stored(POLARS, nothing), of="test_polars", to="test_a", expect={"ratio": "> 2"})
        assert result.outcome is Outcome.ERROR
        assert "took no time at all" in result.reason


class TestRegression:
    def against(self, folder: Path, before: str, now: str, **more: Any) -> Result:
        (folder / "before.json").write_text(before)
        return judged(folder, now, against="before.json", **more)

    def test_is_how_much_slower_each_benchmark_is(self, tmp_path: Path) -> None:
        before = stored(timed("test_a", 1.0), timed("test_b", 1.0))
        result = self.against(tmp_path, before, stored(timed("test_a", 0.5), timed("test_b", 1.25)))
        assert result.outcome is Outcome.FAILED
        assert result.reason == "regression is 25 %, expected <= 10 %"
        assert value(result, "regression") == Each((-50.0, 25.0))
        assert "test_b: +25.00 % against before.json" in texts(result)["benchmarks"]

    def test_within_its_bounds_passes(self, tmp_path: Path) -> None:
        result = self.against(
            tmp_path, stored(timed("a", 1.0)), stored(timed("a", 1.04)), expect={"regression": "<= 5 %"}
        )
        assert result.outcome is Outcome.PASSED
        assert value(result, "same_machine") is True

    def test_may_be_by_another_number(self, tmp_path: Path) -> None:
        now = stored(timed("a", 1.0, mean=1.4))
        assert self.against(tmp_path, stored(timed("a", 1.0)), now, by="median").outcome is Outcome.PASSED

    def test_a_benchmark_that_was_lost_or_is_new_fails(self, tmp_path: Path) -> None:
        before = stored(timed("a", 1.0), timed("lost", 1.0))
        result = self.against(tmp_path, before, stored(timed("a", 1.01), timed("new", 1.0)))
        assert result.reason == "unmatched is 2, expected 0"
        assert texts(result)["without a partner"] == "new: only in run.json\nlost: only in before.json"

    def test_with_no_benchmark_in_common_is_not_known(self, tmp_path: Path) -> None:
        result = self.against(tmp_path, stored(timed("a", 1.0)), stored(timed("b", 1.0)), expect={"unmatched": 2})
        assert result.outcome is Outcome.ERROR
        assert "before.json has none of the benchmarks" in result.reason

    def test_against_the_very_same_run_is_an_error(self, tmp_path: Path) -> None:
        result = self.against(tmp_path, stored(POLARS), stored(POLARS))
        assert result.outcome is Outcome.ERROR
        assert "are the same run" in result.reason

    def test_against_a_run_that_took_no_time_is_an_error(self, tmp_path: Path) -> None:
        before = stored(timed("a", 1.0, mean=0, median=0, min=0))
        result = self.against(tmp_path, before, stored(timed("a", 1.0)))
        assert "took no time at all" in result.reason

    def test_on_another_machine_is_told(self, tmp_path: Path) -> None:
        other = stored(timed("a", 1.0), machine={**MACHINE, "python_version": "3.14.0"})
        result = self.against(tmp_path, other, stored(timed("a", 1.01)), expect={"same_machine": True})
        assert result.outcome is Outcome.FAILED
        assert "3.14.0" in texts(result)["different machines"]

    def test_on_an_unknown_machine_is_not_known(self, tmp_path: Path) -> None:
        other = stored(timed("a", 1.0), machine=None)
        result = self.against(tmp_path, other, stored(timed("a", 1.01)), expect={"same_machine": True})
        assert result.outcome is Outcome.ERROR

    def test_against_a_run_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        assert judged(tmp_path, stored(POLARS), against="none.json").reason == "none.json is not there"


class TestFilesThatTellNothing:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("no", "run.json is not JSON: Expecting value"),
            ("[" * 100_000, "run.json is not JSON"),
            ("[]", "was not written by pytest-benchmark"),
            ('{"benchmarks": [1]}', "benchmark 1 has no name or no stats"),
            (stored({"name": "a", "stats": {}}), "min of a is not a number"),
            (stored(timed("a", 1.0, mean=float("nan"))), "mean of a is not a number"),
            (stored(timed("a", 1.0, min=-1)), "min of a is not a number"),
            (stored(timed("a", 1.0, rounds=0)), "a was never timed"),
            (stored(timed("a", 1.0, mean=9)), "mean of a is not between its min and max"),
            (stored(timed("a", 1.0, data=[None])), "data of a is not a number"),
        ],
    )
    def test_are_errors(self, tmp_path: Path, text: str, reason: str) -> None:
        result = judged(tmp_path, text)
        assert result.outcome is Outcome.ERROR
        assert reason in result.reason

    def test_are_those_that_are_too_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pytest_readiness.probes._benchmark.LIMIT", 10)
        assert "is larger than" in judged(tmp_path, stored(POLARS)).reason

    def test_are_those_that_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "run.json").mkdir()
        assert "is not a file" in run_probe(Benchmark(path="run.json"), root=tmp_path).reason


def test_the_deadline_ends_reading(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(stored(*(timed(f"t{n}", 1.0) for n in range(20_000))))
    assert run_probe(Benchmark(path="run.json"), root=tmp_path, timeout=0.01).outcome is Outcome.ERROR


def test_a_secret_in_a_name_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(stored(timed("test[abc123secret]", 1.0)))
    result = run_probe(Benchmark(path="run.json"), root=tmp_path, secrets=["abc123secret"])
    assert "abc123secret" not in repr(result)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "exactly one of path and glob, not none"),
        ({"path": "a", "of": "x"}, "a ratio needs both of and to"),
        ({"path": "a", "to": "x"}, "a ratio needs both of and to"),
        ({"path": "a", "of": "x", "to": "x"}, "is the benchmark that of names, too"),
        ({"path": "a", "name_": ""}, "may not be empty"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Benchmark(**options)


def test_the_files_are_what_is_touched() -> None:
    assert list(Benchmark(path="a", against="b").touches()) == [Touch("file", "a"), Touch("file", "b")]
    assert Benchmark(glob="*").expected() == {"benchmarks": ">= 1"}
