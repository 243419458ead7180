from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pytest_readiness.deadline import Deadline
from pytest_readiness.engine import Engine, Listener, Setup
from pytest_readiness.errors import CannotMeasure, ConditionError, OptionError
from pytest_readiness.model import Each, Evidence, Gate, Measurement, Outcome, Result, Retry
from pytest_readiness.options import Secret
from pytest_readiness.plan import Plan
from pytest_readiness.probe import Context, Measure, Measurements, Probe
from pytest_readiness.redact import Redactor
from pytest_readiness.registry import Registry
from pytest_readiness.testing import NOW, fake_gate, fake_plan


@dataclass(frozen=True, kw_only=True)
class Does(Probe):
    """Does what a test wants."""

    measures: ClassVar = {
        "n": Measure(int, "a count"),
        "share": Measure(float, "a share", unit="%"),
        "ok": Measure(bool, "a truth"),
        "text": Measure(str, "a text"),
        "any": Measure(object, "anything"),
        "alone": Measure(int, "a count that stands no company", exclusive=True),
    }
    expect: ClassVar = {"n": 1}
    counter = "n"

    what: object = None

    def measure(self, context: Context) -> Measurements:
        if self.what is None:
            return Measurements({"n": 1}, looked_at=1)
        if not callable(self.what):
            return Measurements({"n": 1, **self.what}, looked_at=1)  # type: ignore[dict-item]
        made: Measurements = self.what(context)
        return made


@dataclass(frozen=True, kw_only=True)
class Tells(Probe):
    """Tells its options."""

    measures: ClassVar = {"text": Measure(str, "the option"), "key": Measure(str, "the other one")}
    expect: ClassVar = {"text": "~ .", "key": "~ ."}

    text: str = "nothing"
    key: Secret = field(default=Secret("none"))

    def measure(self, context: Context) -> Measurements:
        context.keep_secret("not much")
        return Measurements({"text": self.text, "key": str(self.key)}, looked_at=1)


def gate(what: object = None, id: str = "a", **more: Any) -> Gate:  # noqa: A002 - the word of the spec
    changes = {name: more.pop(name) for name in ("inapplicable", "exclusive", "binds") if name in more}
    probe = what if isinstance(what, Probe) else Does(what=what)
    return replace(fake_gate(probe, id=id, **more), **changes)


def engine(*gates: Gate, listener: Listener | None = None, plan: Plan | None = None, **more: Any) -> Engine:
    facts = {"registry": Registry(), "env": {}, "now": NOW, **more}
    return Engine(plan or fake_plan(*gates), Setup(**facts), listener)


def run(*gates: Gate, **more: Any) -> dict[str, Result]:
    one = engine(*gates, **more)
    one.run()
    return {result.gate.id: result for result in one.results()}


def only(what: object = None, **more: Any) -> Result:
    setup = {
        name: more.pop(name) for name in ("env", "redactor", "exec_allowed", "session", "deadline") if name in more
    }
    return run(gate(what, **more), **setup)["a"]


def one(n: int = 1, **more: Any) -> Measurements:
    return Measurements({"n": n}, looked_at=1, **more)


class Hang:
    """Hangs until the test is over, and answers then."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.answered = threading.Event()
        self.entered = 0

    def __call__(self, _context: Context) -> Measurements:
        self.entered += 1
        self.over.wait(30)
        self.answered.set()
        return one()


@pytest.fixture
def hang() -> Any:
    hanging = Hang()
    yield hanging
    hanging.over.set()


class Busy:
    """Counts how many run at once."""

    def __init__(self, seconds: float = 0.02) -> None:
        self.seconds = seconds
        self.now = 0
        self.most = 0
        self.log: list[str] = []
        self.lock = threading.Lock()

    def __call__(self, context: Context) -> Measurements:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.log.append(context.gate)
        time.sleep(self.seconds)
        with self.lock:
            self.now -= 1
        return one()


class TestAGate:
    def test_passes_with_what_was_measured(self) -> None:
        result = only({"share": 71.4, "text": "x"}, expect={"share": ">= 70%"})
        assert result.outcome is Outcome.PASSED
        assert result.measurements == {
            "n": Measurement(1),
            "share": Measurement(71.4, "%"),
            "text": Measurement("x"),
        }
        assert [held.held for held in result.expectations] == [True, True]
        assert result.attempts == 1
        assert result.duration >= 0
        assert result.started
        assert NOW <= result.started < NOW + timedelta(seconds=5)

    def test_fails_with_the_reason(self) -> None:
        result = only({"share": 71.4}, expect={"share": ">= 80%"})
        assert result.outcome is Outcome.FAILED
        assert "share is 71.40 %, expected >= 80 %" in result.reason

    def test_that_looked_at_nothing_is_an_error(self) -> None:
        result = only(lambda _: Measurements({"n": 1}, looked_at=0))
        assert result.outcome is Outcome.ERROR
        assert "nothing was looked at" in result.reason

    def test_that_expects_nothing_is_an_error(self) -> None:
        assert run(replace(gate(), expectations=()))["a"].outcome is Outcome.ERROR

    def test_without_the_measurement_it_expects_is_an_error_that_says_why(self) -> None:
        result = only(lambda _: one(unknown={"text": "the page is empty"}), expect={"text": "x"})
        assert result.outcome is Outcome.ERROR
        assert "text was not measured: the page is empty" in result.reason

    def test_sees_the_world_through_its_context(self, tmp_path: Path) -> None:
        seen: list[Context] = []

        def look(context: Context) -> Measurements:
            seen.append(context)
            return one()

        setup = {"env": {"A": "1"}, "exec_allowed": False, "side_effects_allowed": True, "cache": tmp_path}
        run(plan=fake_plan(gate(look, scope=("-m fast",), timeout=7.0), root=tmp_path), **setup)
        (context,) = seen
        assert context.gate == "a"
        assert context.root == tmp_path
        assert context.env == {"A": "1"}
        assert context.now == NOW
        assert context.scope == ("-m fast",)
        assert context.cache == tmp_path
        assert context.side_effects_allowed
        assert 0 < context.deadline.remaining() <= 7
        with pytest.raises(CannotMeasure, match="switched off by --readiness-no-exec"):
            context.run(["true"])

    def test_shares_facts_with_others(self) -> None:
        computed: list[int] = []

        def compute(_deadline: Deadline) -> int:
            computed.append(1)
            return len(computed)

        def look(context: Context) -> Measurements:
            return one(context.fact("key", compute))

        results = run(*(gate(look, f"g{n}") for n in range(20)))
        assert {result.outcome for result in results.values()} == {Outcome.PASSED}
        assert computed == [1]

    def test_that_was_never_run_says_so(self) -> None:
        (result,) = engine(gate()).results()
        assert (result.outcome, result.reason, result.attempts) == (Outcome.NOT_RUN, "the gates were not run", 0)
        assert [held.held for held in result.expectations] == [None]
        (result,) = engine(gate()).results("tests were interrupted")
        assert result.reason == "tests were interrupted"


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise ValueError


class BrokenTracebackError(Exception):
    @property
    def __cause__(self) -> BaseException | None:  # type: ignore[override]
        raise ValueError


def throws(error: BaseException) -> Callable[[Context], Measurements]:
    def throw(_context: Context) -> Measurements:
        raise error

    return throw


def recurse(context: Context) -> Measurements:
    return recurse(context)


class TestAProbeThatBreaks:
    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (ZeroDivisionError("division by zero"), "the probe broke: ZeroDivisionError: division by zero"),
            (SystemExit(0), "the probe broke: SystemExit: 0"),
            (SystemExit(), "the probe broke: SystemExit"),
            (KeyboardInterrupt(), "the probe broke: KeyboardInterrupt"),
            (UnprintableError(), "the probe broke: UnprintableError"),
            (BrokenTracebackError("odd"), "the probe broke: BrokenTracebackError: odd"),
            (pytest.skip.Exception("later"), "the probe broke: Skipped: later"),
            (CannotMeasure("no answer"), "no answer"),
            (CannotMeasure(), "the probe could not find out, and does not say why"),
            (OptionError("must be positive", "port"), "port: must be positive"),
            (ConditionError("odd"), "ConditionError: odd"),
        ],
    )
    def test_is_an_error_that_names_it(self, error: BaseException, reason: str) -> None:
        results = run(gate(throws(error)), gate(id="b"))
        assert results["a"].outcome is Outcome.ERROR
        assert results["a"].reason == reason
        assert [held.held for held in results["a"].expectations] == [None]
        assert results["b"].outcome is Outcome.PASSED

    def test_shows_where(self) -> None:
        (evidence,) = only(throws(ZeroDivisionError("x"))).evidence
        assert evidence.title == "traceback"
        assert "raise error" in evidence.text
        assert evidence.text.endswith("ZeroDivisionError: x")

    def test_without_an_end_is_an_error(self) -> None:
        result = only(recurse)
        assert result.outcome is Outcome.ERROR
        assert "RecursionError" in result.reason
        assert len(result.evidence[0].text) < 4000

    def test_may_add_notes_to_its_reason(self) -> None:
        error = CannotMeasure("no answer")
        error.add_note("last lines of the log:\nout of memory")
        assert only(throws(error)).evidence == (Evidence("details", "last lines of the log:\nout of memory"),)


class TestWhatAProbeReturns:
    @pytest.mark.parametrize(
        ("returned", "reason"),
        [
            (None, "the probe returned nothing (None), not Measurements"),
            ({"n": 1}, "the probe returned a dict, not Measurements"),
            (Measurements([("n", 1)], looked_at=1), "the probe's values are a list, not a mapping"),  # type: ignore[arg-type]
            (Measurements({1: 1}, looked_at=1), "the name of a measurement is a int, not a text"),  # type: ignore[dict-item]
            (Measurements({"m": 1}, looked_at=1), "the probe measured 'm', which it does not declare"),
            (Measurements({"n": None}, looked_at=1), "n is nothing (None) (None), not a whole number"),
            (Measurements({"n": "1"}, looked_at=1), "n is a str ('1'), not a whole number"),
            (Measurements({"n": True}, looked_at=1), "n is a bool (True), not a whole number"),
            (Measurements({"n": 1.0}, looked_at=1), "n is a float (1.0), not a whole number"),
            (Measurements({"share": "x"}, looked_at=1), "share is a str ('x'), not a number"),
            (Measurements({"share": float("nan")}, looked_at=1), "share is nan, which is no number"),
            (Measurements({"share": float("inf")}, looked_at=1), "share is inf, which is no number"),
            (Measurements({"ok": 1}, looked_at=1), "ok is a int (1), not true or false"),
            (Measurements({"text": 1}, looked_at=1), "text is a int (1), not a text"),
            (Measurements({"any": {}}, looked_at=1), "any is a dict, not one value or a flat list of values"),  # type: ignore[dict-item]
            (Measurements({"any": [[1]]}, looked_at=1), "any is a list, not one value or a flat list of values"),  # type: ignore[dict-item]
            (Measurements({"any": float("nan")}, looked_at=1), "any is nan, which is no number"),
            (Measurements({"n": Each()}, looked_at=1), "n is not several single values"),
            (Measurements({"n": 1}, looked_at=True), "the probe does not say how much it looked at, but True"),
            (Measurements({"n": 1}, looked_at=-1), "the probe does not say how much it looked at, but -1"),
            (Measurements({"n": 1}, looked_at="1"), "the probe does not say how much it looked at, but '1'"),  # type: ignore[arg-type]
            (Measurements({"n": 1}, looked_at=1, evidence="x"), "the probe's evidence is a str, not a list"),  # type: ignore[arg-type]
            (
                Measurements({"n": 1}, looked_at=1, evidence=["x"]),  # type: ignore[list-item]
                "the probe's evidence holds something that is not Evidence",
            ),
            (
                Measurements({"n": 1}, looked_at=1, unknown={"n": 1}),  # type: ignore[dict-item]
                "the probe's reasons for what is unknown are not texts by name",
            ),
            (
                Measurements({"n": 1}, looked_at=1, bounds={"n": (1, float("inf"))}),
                "the probe's bounds are not pairs of numbers by name",
            ),
            (
                Measurements({"n": 1}, looked_at=1, bounds={"n": 2}),  # type: ignore[dict-item]
                "the probe's bounds are not pairs of numbers by name",
            ),
            (
                Measurements({"n": 1}, looked_at=1, unknown=["n"]),  # type: ignore[arg-type]
                "the probe's reasons for what is unknown are not texts by name",
            ),
        ],
    )
    def test_is_an_error_if_it_is_not_what_was_declared(self, returned: object, reason: str) -> None:
        result = only(lambda _: returned)
        assert (result.outcome, result.reason) == (Outcome.ERROR, reason)

    def test_may_be_anything_json_can_say_where_that_is_declared(self) -> None:
        result = only({"any": ["a", 1, None, 2.5, True], "share": 3})
        assert result.outcome is Outcome.PASSED
        assert result.measurements["any"] == Measurement(("a", 1, None, 2.5, True))
        assert result.measurements["share"] == Measurement(3, "%")

    def test_may_be_several_values_of_one_measurement(self) -> None:
        assert only({"n": Each((1, 1))}).outcome is Outcome.PASSED
        assert only({"n": Each((1, 2))}).outcome is Outcome.FAILED

    def test_is_cut_to_size(self) -> None:
        huge = "x" * 100_000
        result = only(
            lambda _: Measurements(
                {"n": 1, "text": huge, "any": (huge, *range(2000))},
                looked_at=1,
                evidence=[Evidence(huge, huge)] * 60,
            )
        )
        assert result.outcome is Outcome.PASSED
        assert result.measurements["text"].value == "x" * 4000 + "… (96000 more characters)"
        several = result.measurements["any"].value
        assert isinstance(several, tuple)
        assert len(several) == 1001
        assert several[-1] == "… (1001 more)"
        assert several[0] == result.measurements["text"].value
        assert len(result.evidence) == 51
        assert result.evidence[-1] == Evidence("more", "10 more pieces of evidence are not shown")
        assert len(repr(result)) < 51 * 17_000

    def test_is_judged_before_it_is_cut(self) -> None:
        assert only({"text": "x" * 10_000 + "y"}, expect={"text": "~ y$"}).outcome is Outcome.PASSED

    def test_has_a_reason_of_bounded_length(self) -> None:
        result = only({"text": "x" * 50_000}, expect={"text": "y"})
        assert result.outcome is Outcome.FAILED
        assert len(result.reason) < 2100
        assert len(result.expectations[-1].why) < 2100


class TestSecrets:
    def check(self, result: Result) -> None:
        assert "hunter2" not in repr((result.reason, result.measurements, result.evidence, result.expectations))
        assert "***" in repr(result)

    def test_of_the_environment_are_hidden(self) -> None:
        env = {"API_KEY": "hunter2-and-more"}
        self.check(only(lambda context: one(evidence=[Evidence("env", str(context.env))]), env=env))

    def test_in_a_traceback_are_hidden(self) -> None:
        self.check(only(throws(ValueError("hunter2")), redactor=Redactor(["hunter2"])))

    def test_in_a_measurement_are_hidden(self) -> None:
        self.check(only({"text": "hunter2"}, expect={"text": "x"}, redactor=Redactor(["hunter2"])))

    def test_that_a_probe_comes_across_are_hidden(self) -> None:
        def look(context: Context) -> Measurements:
            context.keep_secret("hunter2")
            raise CannotMeasure("hunter2 was refused")

        self.check(only(look))

    def test_of_the_spec_are_hidden(self) -> None:
        plan = fake_plan(gate(throws(CannotMeasure("hunter2"))))
        plan = replace(plan, spec=replace(plan.spec, secrets=frozenset({"hunter2"})))
        self.check(run(plan=plan)["a"])

    def test_in_options_are_hidden(self) -> None:
        self.check(run(gate(Tells(key=Secret("hunter2"))))["a"])

    def test_are_hidden_before_an_attempt_is_summed_up(self) -> None:
        text = "x" * 297 + "hunter2"
        result = only(throws(CannotMeasure(text)), retry=Retry(within=0.05, every=0.01), redactor=Redactor(["hunter2"]))
        assert result.attempts > 1
        assert "hun" not in repr((result.reason, result.evidence))

    def test_are_hidden_before_a_text_is_cut_in_their_middle(self) -> None:
        text = "x" * 15_997 + "hunter2"
        assert "hun" not in repr(only(lambda _: one(evidence=[Evidence("t", text)]), redactor=Redactor(["hunter2"])))


class TestNeeds:
    def test_are_met_first(self) -> None:
        busy = Busy()
        results = run(gate(busy, "c", needs=("b",)), gate(busy, "b", needs=("a",)), gate(busy))
        assert busy.log == ["a", "b", "c"]
        assert list(results) == ["c", "b", "a"]

    def test_that_are_not_met_block_and_are_named(self) -> None:
        busy = Busy()
        results = run(
            gate({"n": 2}, "red"),
            gate(throws(CannotMeasure("x")), "broken"),
            gate(id="fine"),
            gate(busy, "c", needs=("red", "fine", "broken")),
            gate(id="d", needs=("c",)),
        )
        assert results["c"].outcome is Outcome.BLOCKED
        assert results["c"].reason == "needs red (failed), broken (error)"
        assert results["d"].reason == "needs c (blocked)"
        assert [held.held for held in results["d"].expectations] == [None]
        assert busy.log == []

    def test_that_do_not_apply_are_met(self) -> None:
        results = run(gate(inapplicable="no database"), gate(id="b", needs=("a",)))
        assert results["a"].outcome is Outcome.NOT_APPLICABLE
        assert results["b"].outcome is Outcome.PASSED

    def test_that_nobody_knows_are_never_met(self) -> None:
        result = run(gate(needs=("ghost",)))["a"]
        assert (result.outcome, result.reason) == (Outcome.BLOCKED, "needs ghost (not part of this run)")

    def test_in_a_long_chain_are_no_trouble(self) -> None:
        chain = [gate({"n": 2}, "g0"), *(gate(id=f"g{n}", needs=(f"g{n - 1}",)) for n in range(1, 3000))]
        assert Counter(result.outcome for result in run(*chain).values()) == {Outcome.FAILED: 1, Outcome.BLOCKED: 2999}

    def test_in_a_circle_stop_the_run_but_not_the_results(self) -> None:
        broken = engine(gate(needs=("b",)), gate(id="b", needs=("a",)))
        with pytest.raises(ValueError, match="cycle"):
            broken.run()
        assert [result.outcome for result in broken.results()] == [Outcome.NOT_RUN] * 2
        assert "the run broke: CycleError" in broken.results()[0].reason


class TestAnInapplicableGate:
    def test_is_not_applicable_with_its_reason_and_never_measured(self) -> None:
        hang = Hang()
        result = run(gate(hang, inapplicable="no database in this profile"))["a"]
        assert (result.outcome, result.reason) == (Outcome.NOT_APPLICABLE, "no database in this profile")
        assert hang.entered == 0

    def test_always_has_a_reason(self) -> None:
        assert run(gate(inapplicable=""))["a"].reason == "it does not apply"

    def test_needs_nothing(self) -> None:
        results = run(gate({"n": 2}), gate(id="b", needs=("a",), inapplicable="no database"))
        assert results["b"].outcome is Outcome.NOT_APPLICABLE


class TestConcurrency:
    def test_gates_run_at_the_same_time(self) -> None:
        together = threading.Barrier(30)

        def meet(_context: Context) -> Measurements:
            together.wait(5)
            return one()

        results = run(*(gate(meet, f"g{n}") for n in range(30)))
        assert {result.outcome for result in results.values()} == {Outcome.PASSED}

    def test_no_more_than_allowed_run_at_once(self) -> None:
        busy = Busy()
        results = run(*(gate(busy, f"g{n}") for n in range(12)), jobs=3)
        assert busy.most == 3
        assert len(results) == 12

    def test_at_least_one_may_run(self) -> None:
        assert run(gate(), gate(id="b"), jobs=0)["b"].outcome is Outcome.PASSED

    def test_threads_end_with_the_run(self) -> None:
        before = set(threading.enumerate())
        run(*(gate(id=f"g{n}") for n in range(50)))
        for thread in set(threading.enumerate()) - before:
            thread.join(5)
            assert not thread.is_alive()

    def test_a_system_out_of_threads_makes_errors(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_thread: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", refuse)
        result = run(gate())["a"]
        assert (result.outcome, result.reason) == (
            Outcome.ERROR,
            "the probe broke: RuntimeError: can't start new thread",
        )

    def test_no_gates_are_no_trouble(self) -> None:
        assert run() == {}


class TestExclusiveGates:
    def test_run_alone(self) -> None:
        busy = Busy()
        alone: list[int] = []

        def measure_alone(_context: Context) -> Measurements:
            alone.append(busy.now)
            time.sleep(0.05)
            alone.append(busy.now)
            return one()

        gates = [gate(busy, f"g{n}") for n in range(6)]
        gates[2:2] = [gate(measure_alone, "x", exclusive=True), gate(measure_alone, "y", exclusive=True)]
        results = run(*gates)
        assert {result.outcome for result in results.values()} == {Outcome.PASSED}
        assert alone == [0, 0, 0, 0]
        assert busy.most > 1

    def test_are_those_whose_measurement_says_so(self) -> None:
        assert gate({"alone": 1}, expect={"alone": 1}).exclusive
        assert not gate({"alone": 1}).exclusive

    def test_are_not_kept_off_by_gates_that_ask_again_and_again(self) -> None:
        done = threading.Event()

        def again(context: Context) -> Measurements:
            # Each takes another time, so that there is no moment at which all of them pause.
            time.sleep(0.03 + int(context.gate) / 100)
            return one(1 if done.is_set() else 2)

        def measure_alone(_context: Context) -> Measurements:
            done.set()
            return one()

        gates = [gate(again, str(n), retry=Retry(within=3, every=0.001)) for n in range(8)]
        results = run(*gates, gate(measure_alone, "x", exclusive=True))
        assert {result.outcome for result in results.values()} == {Outcome.PASSED}

    @pytest.mark.parametrize("count", [1, 4])
    def test_do_not_keep_off_gates_that_ask_again(self, count: int) -> None:
        log: list[str] = []

        def note(context: Context) -> Measurements:
            log.append(context.gate)
            return one(2 if log.count("g") < 2 else 1)

        def slow(context: Context) -> Measurements:
            log.append(f"{context.gate} begins")
            time.sleep(0.1)
            log.append(f"{context.gate} ends")
            return one()

        alone = [gate(slow, f"x{n}", exclusive=True) for n in range(count)]
        run(gate(note, "g", retry=Retry(within=20, every=0.001)), *alone)
        # The second attempt is due while the first exclusive gate runs, waits for its end, and is not put off further.
        assert log[:4] == ["g", "x0 begins", "x0 ends", "g"]

    def test_are_not_kept_off_by_a_hung_gate_for_ever(self, hang: Hang) -> None:
        results = run(gate(hang, timeout=0.2), gate(id="x", exclusive=True))
        assert results["x"].outcome is Outcome.PASSED
        assert results["a"].outcome is Outcome.ERROR


class TestTheDeadlineOfAGate:
    def test_ends_the_wait_for_a_probe_that_hangs(self, hang: Hang) -> None:
        begun = time.monotonic()
        result = only(hang, timeout=0.2)
        assert time.monotonic() - begun < 1.5
        assert (result.outcome, result.reason) == (Outcome.ERROR, "timed out after 0.2 s")
        assert result.evidence[0].title == "where it was"
        assert "self.over.wait(30)" in result.evidence[0].text

    def test_lets_a_late_answer_go_unheard(self, hang: Hang) -> None:
        def release(_context: Context) -> Measurements:
            hang.over.set()
            assert hang.answered.wait(5)
            time.sleep(0.05)
            return one()

        results = run(gate(hang, timeout=0.1), gate(id="w", needs=("a",)), gate(release, "r", exclusive=True))
        assert results["r"].outcome is Outcome.PASSED
        assert results["a"].reason == "timed out after 0.1 s"
        assert results["w"].outcome is Outcome.BLOCKED

    def test_frees_the_place_of_a_probe_that_hangs(self, hang: Hang) -> None:
        results = run(gate(hang, timeout=0.1), gate(id="b"), jobs=1)
        assert results["b"].outcome is Outcome.PASSED

    def test_lets_a_probe_speak_for_itself(self) -> None:
        def patient(context: Context) -> Measurements:
            time.sleep(context.deadline.remaining())
            raise CannotMeasure("no answer from db:5432 within 0.2 s")

        assert only(patient, timeout=0.2).reason == "no answer from db:5432 within 0.2 s"

    def test_holds_for_commands(self) -> None:
        def command(context: Context) -> Measurements:
            context.run(["sleep", "60"])
            return one()

        result = only(command, timeout=0.2, env={"PATH": os.environ["PATH"]})
        assert (result.outcome, result.reason) == (Outcome.ERROR, "sleep timed out after 0.2 s")

    def test_two_hundred_gates_of_which_a_third_hangs_end_in_time(self, hang: Hang) -> None:
        gates = [gate(hang if n % 3 == 0 else None, f"g{n}", timeout=1.0) for n in range(200)]
        begun = time.monotonic()
        results = run(*gates)
        assert time.monotonic() - begun < 2
        assert Counter(result.outcome for result in results.values()) == {Outcome.PASSED: 133, Outcome.ERROR: 67}


class TestTheDeadlineOfTheRun:
    def test_ends_what_runs_and_keeps_the_rest_from_starting(self, hang: Hang) -> None:
        begun = time.monotonic()
        results = run(
            gate(hang),
            gate(hang, "b"),
            gate(id="c"),
            gate(id="d", needs=("a",)),
            gate(id="e", inapplicable="no"),
            jobs=2,
            deadline=0.3,
        )
        assert time.monotonic() - begun < 2
        assert results["a"].outcome is Outcome.ERROR
        assert results["a"].reason == "it was still running at the run's deadline (0.3 s)"
        assert results["c"].outcome is Outcome.NOT_RUN
        assert results["c"].reason == "it was not started before the run's deadline (0.3 s)"
        assert results["d"].outcome is Outcome.NOT_RUN
        assert results["e"].outcome is Outcome.NOT_APPLICABLE

    def test_leaves_a_gate_that_asks_again_with_its_last_answer(self) -> None:
        result = only({"n": 2}, retry=Retry(within=60, every=0.25), deadline=0.3)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "n is 2, expected 1"

    def test_is_the_one_of_the_spec_if_nobody_says_otherwise(self, hang: Hang) -> None:
        plan = fake_plan(gate(hang))
        plan = replace(plan, spec=replace(plan.spec, timeout=0.1))
        assert run(plan=plan)["a"].reason == "it was still running at the run's deadline (0.1 s)"


class TestRetry:
    def test_asks_again_until_the_gate_passes(self) -> None:
        answers = iter([2, 3, 1])
        heard: list[tuple[str, int, str]] = []

        class Hears:
            def attempted(self, gate: Gate, number: int, reason: str) -> None:
                heard.append((gate.id, number, reason))

        result = run(gate(lambda _: one(next(answers)), retry=Retry(within=10, every=0.01)), listener=Hears())["a"]
        assert (result.outcome, result.attempts) == (Outcome.PASSED, 3)
        assert heard == [("a", 1, "n is 2, expected 1"), ("a", 2, "n is 3, expected 1")]
        assert result.evidence[0].title == "attempts"
        lines = result.evidence[0].text.splitlines()
        assert lines[0] == "1. after 0 s: failed: n is 2, expected 1"
        assert lines[1].endswith("failed: n is 3, expected 1")
        assert lines[2].endswith("s: passed")

    def test_ends_with_the_last_answer(self) -> None:
        result = only({"n": 2}, retry=Retry(within=0.2, every=0.01))
        assert (result.outcome, result.reason) == (Outcome.FAILED, "n is 2, expected 1")
        assert result.attempts > 2
        assert result.duration >= 0.1

    def test_of_a_gate_that_passes_at_once_is_not_mentioned(self) -> None:
        result = only(retry=Retry(within=1, every=0.01))
        assert (result.attempts, result.evidence) == (1, ())

    def test_asks_again_after_errors_and_hung_probes(self, hang: Hang) -> None:
        calls: list[int] = []

        def moody(context: Context) -> Measurements:
            calls.append(1)
            if len(calls) == 1:
                raise CannotMeasure("connection refused")
            return hang(context) if len(calls) == 2 else one()

        result = only(moody, timeout=0.1, retry=Retry(within=10, every=0.01))
        assert (result.outcome, result.attempts) == (Outcome.PASSED, 3)
        assert "error: connection refused" in result.evidence[0].text
        assert "error: timed out after 0.1 s" in result.evidence[0].text

    def test_is_not_disturbed_by_the_deadlines_of_attempts_that_are_over(self) -> None:
        result = only({"n": 2}, timeout=0.1, retry=Retry(within=1.0, every=0.3))
        assert result.attempts > 2
        assert "timed out" not in result.evidence[0].text

    def test_is_not_ended_by_the_late_answer_of_an_attempt_that_hung(self, hang: Hang) -> None:
        def moody(context: Context) -> Measurements:
            if not hang.entered:
                return hang(context)
            hang.over.set()
            assert hang.answered.wait(5)
            time.sleep(0.05)
            return one(2)

        result = only(moody, timeout=0.2, retry=Retry(within=1.2, every=0.01))
        assert (result.outcome, result.reason) == (Outcome.FAILED, "n is 2, expected 1")
        assert "passed" not in result.evidence[0].text

    def test_tells_attempts_that_came_to_the_same_in_one_line(self) -> None:
        result = only({"n": 2}, retry=Retry(within=0.2, every=0.01))
        (line,) = result.evidence[0].text.splitlines()
        assert line.startswith(f"1. to {result.attempts}. after 0 s to ")
        assert line.endswith(": failed: n is 2, expected 1")

    def test_lists_a_bounded_number_of_attempts(self) -> None:
        numbers = itertools.count(2)
        result = run(gate(lambda _: one(next(numbers)), retry=Retry(within=0.3, every=0.001)))["a"]
        lines = result.evidence[0].text.splitlines()
        assert result.attempts > 21
        assert len(lines) == 21
        assert lines[5] == f"… ({result.attempts - 20} more lines)"
        assert lines[-1].startswith(f"{result.attempts}. ")


class TestServiceValues:
    def test_of_a_service_nobody_declared_are_an_error(self) -> None:
        result = run(gate(uses=("ghost",)), gate(id="b", uses=("ghost",)))["b"]
        assert (result.outcome, result.reason) == (Outcome.ERROR, "service ghost: there is no such service")

    def test_that_are_missing_make_an_error(self) -> None:
        result = run(gate(Tells(), binds={"text": "${api.url}"}))["a"]
        assert result.outcome is Outcome.ERROR
        assert "api.url" in result.reason

    def test_bound_options_are_kept_secret_too(self) -> None:
        result = run(gate(Tells(), binds={"text": "x", "key": "hunter2"}))["a"]
        assert result.outcome is Outcome.PASSED
        assert result.measurements["key"] == Measurement("***")


class TestTheListener:
    def test_hears_of_every_gate(self) -> None:
        heard: list[tuple[str, str]] = []

        class Hears:
            def started(self, gate: Gate) -> None:
                heard.append(("started", gate.title))

            def attempted(self, *_: object) -> None:
                raise AssertionError

            def finished(self, result: Result) -> None:
                heard.append((result.outcome, result.gate.title))

        titled = replace(gate(), title="with hunter2")
        run(titled, gate(id="b", inapplicable="no"), listener=Hears(), redactor=Redactor(["hunter2"]))
        assert sorted(heard) == [("not_applicable", "B"), ("passed", "with ***"), ("started", "with ***")]

    def test_that_breaks_does_no_harm_and_is_reported_once(self) -> None:
        class Breaks:
            def finished(self, _result: Result) -> None:
                raise OSError("the terminal is gone")

        one_ = engine(gate(), gate(id="b"), listener=Breaks())  # type: ignore[arg-type]
        one_.run()
        assert [result.outcome for result in one_.results()] == [Outcome.PASSED] * 2
        assert one_.problems == ["progress could not be shown: OSError: the terminal is gone"]


class TestAnInterruption:
    def interrupted(self, hang: Hang) -> Engine:
        class Interrupts:
            def finished(self, _result: Result) -> None:
                raise KeyboardInterrupt

        stopped = engine(gate(id="fine"), gate(hang), gate(id="b", needs=("a",)), listener=Interrupts())  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            stopped.run()
        return stopped

    def test_leaves_one_result_for_every_gate(self, hang: Hang) -> None:
        fine, running, waiting = self.interrupted(hang).results()
        assert fine.outcome is Outcome.PASSED
        assert (running.outcome, running.reason) == (
            Outcome.ERROR,
            "the run was interrupted while it was being measured",
        )
        assert (waiting.outcome, waiting.reason) == (Outcome.NOT_RUN, "the run was interrupted before it was started")

    def test_ends_commands_at_once(self, tmp_path: Path) -> None:
        def command(context: Context) -> Measurements:
            context.run(["sh", "-c", "echo $$ > tmp; mv tmp pid; trap '' TERM; sleep 71; sleep 72"])
            return one()

        class Interrupts:
            def finished(self, _result: Result) -> None:
                deadline = Deadline.after(5)
                while not (tmp_path / "pid").exists() and not deadline.passed:
                    time.sleep(0.01)
                raise KeyboardInterrupt

        gates = (gate(command), gate(id="b"))
        stopped = engine(
            plan=fake_plan(*gates, root=tmp_path),
            env={"PATH": os.environ["PATH"]},
            listener=Interrupts(),  # type: ignore[arg-type]
        )
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            stopped.run()
        assert time.monotonic() - begun < 5
        pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    def test_by_sigterm_is_one_too(self) -> None:
        def terminate(_context: Context) -> Measurements:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
            return one()

        before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            stopped = engine(gate(terminate))
            with pytest.raises(KeyboardInterrupt, match="SIGTERM"):
                stopped.run()
            assert stopped.results()[0].outcome is Outcome.ERROR
            assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        finally:
            signal.signal(signal.SIGTERM, before)

    def test_leaves_a_signal_handler_of_somebody_else_alone(self) -> None:
        before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            assert (
                only(lambda _: one(int(signal.getsignal(signal.SIGTERM) == signal.SIG_IGN))).outcome is Outcome.PASSED
            )
        finally:
            signal.signal(signal.SIGTERM, before)

    def test_needs_not_be_in_the_main_thread(self) -> None:
        results: list[Result] = []
        thread = threading.Thread(target=lambda: results.append(only()), daemon=True)
        thread.start()
        thread.join(5)
        assert [result.outcome for result in results] == [Outcome.PASSED]


def test_the_interpreter_exits_at_once_though_probes_hang() -> None:
    code = """
        import sys, time
        sys.path.insert(0, "tests")
        from test_engine import Hang, gate, run
        results = run(*(gate(Hang(), f"g{n}", timeout=0.2) for n in range(50)))
        print(len(results), {result.outcome.value for result in results.values()}, time.time())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
        cwd=Path(__file__).parents[1],
    )
    count, outcomes, at = done.stdout.rsplit(maxsplit=2)
    assert (count, outcomes) == ("50", "{'error'}")
    assert time.time() - float(at) < 1.5
    assert done.stderr == ""


def test_a_thousand_trivial_gates_cost_next_to_nothing() -> None:
    gates = [gate(id=f"g{n}") for n in range(1000)]
    run(*gates[:10])
    begun = time.process_time()
    assert len(run(*gates)) == 1000
    # Measured: 45 to 80 ms. The limit leaves room for a slow machine and for coverage.
    assert time.process_time() - begun < 1.0
