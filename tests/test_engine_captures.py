"""What one gate measures, used by another: real values at run time, or an error that names what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pytest

from pytest_readiness.engine import Engine, Setup
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Each, Gate, Outcome, Result, Retry, Value
from pytest_readiness.options import Secret
from pytest_readiness.probe import Context, Measure, Measurements, Probe
from pytest_readiness.registry import Registry
from pytest_readiness.testing import NOW, fake_gate, fake_plan


@dataclass(frozen=True, kw_only=True)
class Gives(Probe):
    """Gives what a test wants."""

    measures: ClassVar = {"n": Measure(int, "a count"), "any": Measure(object, "anything")}
    expect: ClassVar = {"n": 1}

    any: object = None
    secret: bool = False
    asked: list[frozenset[str]] = field(default_factory=list)

    def measure(self, context: Context) -> Measurements:
        self.asked.append(frozenset(context.asked))
        if self.secret:
            context.keep_secret(str(self.any))
        if isinstance(self.any, Exception):
            raise self.any
        values: dict[str, Any] = {"n": 1} if self.any is None else {"n": 1, "any": self.any}
        return Measurements(values, looked_at=1)


@dataclass(frozen=True, kw_only=True)
class Takes(Probe):
    """Tells what it was given."""

    measures: ClassVar = {"text": Measure(str, "the text"), "kind": Measure(str, "its type"), "n": Measure(int, "list")}
    expect: ClassVar = {"kind": "~ ."}

    text: str = ""
    value: object = None
    number: int = 0
    several: tuple[str, ...] = ()
    key: Secret = field(default=Secret("none"))

    def measure(self, context: Context) -> Measurements:
        del context
        kind = f"{type(self.value).__name__} {self.value!r} {self.number}"
        return Measurements({"text": self.text, "kind": kind, "n": len(self.several)}, looked_at=1)


def user(needs: tuple[str, ...] = ("a",), id: str = "b", **binds: Any) -> Gate:  # noqa: A002 - the word of the spec
    return replace(fake_gate(Takes(), id=id, needs=needs), binds=binds)


def run(*gates: Gate) -> dict[str, Result]:
    engine = Engine(fake_plan(*gates), Setup(registry=Registry(), env={}, now=NOW))
    engine.run()
    return {result.gate.id: result for result in engine.results()}


def taken(given: Value, **binds: Any) -> Result:
    return run(fake_gate(Gives(any=given), id="a"), user(**binds))["b"]


def values(result: Result) -> dict[str, Value]:
    assert result.outcome is Outcome.PASSED, result.reason
    return {name: measured.value for name, measured in result.measurements.items()}


def test_a_later_gate_gets_what_an_earlier_one_measured() -> None:
    assert values(taken("x${y}$z", text="<${a.any}>"))["text"] == "<x${y}$z>"


@pytest.mark.parametrize(
    ("given", "kind"),
    [("5", "str '5' 0"), (5, "int 5 0"), (0.5, "float 0.5 0"), (True, "bool True 0"), ((1, "b"), "list [1, 'b'] 0")],
)
def test_a_value_alone_stays_what_it_is(given: Value, kind: str) -> None:
    assert values(taken(given, value="${a.any}"))["kind"] == kind


@pytest.mark.parametrize(("given", "text"), [(True, "is true"), (5, "is 5"), (0.5, "is 0.5"), ("", "is ")])
def test_a_value_in_a_text_is_written_as_json_would(given: Value, text: str) -> None:
    assert values(taken(given, text="is ${a.any}"))["text"] == text


def test_a_number_is_read_out_of_a_value() -> None:
    assert values(taken(7, value="x", number="${a.any}"))["kind"] == "str 'x' 7"
    assert values(taken("7", value="x", number="${a.any}"))["kind"] == "str 'x' 7"


def test_a_list_becomes_a_list() -> None:
    assert values(taken(("x", "y"), several="${a.any}"))["n"] == 2


def test_a_value_is_used_whole_though_the_report_cuts_it() -> None:
    result = run(fake_gate(Gives(any="x" * 9000), id="a"), user(value="${a.any}", several="${a.any}"))
    assert len(str(result["a"].measurements["any"].value)) < 5000
    assert "x" * 1000 in str(values(result["b"])["kind"])
    long = run(fake_gate(Gives(any=tuple(range(2000))), id="a"), user(several="${a.any}"))
    assert values(long["b"])["n"] == 2000


def test_a_gate_that_is_needed_on_the_way_may_be_used() -> None:
    middle = fake_gate(Gives(), id="m", needs=("a",))
    results = run(user(("m",), text="${a.any}"), middle, fake_gate(Gives(any="far"), id="a"))
    assert values(results["b"])["text"] == "far"


def test_what_was_measured_at_last_counts() -> None:
    class Grows(Gives):
        def measure(self, context: Context) -> Measurements:
            self.asked.append(frozenset(context.asked))
            return Measurements({"n": len(self.asked) - 1, "any": f"try {len(self.asked)}"}, looked_at=1)

    first = fake_gate(Grows(), id="a", retry=Retry(within=5, every=0.01), expect={"n": 1})
    assert values(run(first, user(text="${a.any}"))["b"])["text"] == "try 2"


def test_a_secret_is_used_and_shown_nowhere() -> None:
    results = run(fake_gate(Gives(any="tok-s3cret", secret=True), id="a"), user(text="Bearer ${a.any}", key="${a.any}"))
    assert values(results["b"])["text"] == "Bearer ***"
    assert values(results["a"])["any"] == "***"


def test_a_captured_option_that_is_a_secret_is_kept_one() -> None:
    class Shouts(Takes):
        def measure(self, context: Context) -> Measurements:
            del context
            raise CannotMeasure(f"no luck with {self.key!s}")

    results = run(
        fake_gate(Gives(any="tok-s3cret"), id="a"),
        replace(fake_gate(Shouts(), id="b", needs=("a",)), binds={"key": "${a.any}"}),
    )
    assert results["b"].reason == "no luck with ***"


@pytest.mark.no_false_green
class TestUnknown:
    def test_a_value_that_was_not_measured_is_an_error_that_names_it(self) -> None:
        result = taken(None, text="${a.any}")
        assert result.outcome is Outcome.ERROR
        assert result.reason == "${a.any} has no value: a did not measure any"
        assert result.attempts == 0

    def test_it_is_not_waited_for(self) -> None:
        patient = replace(user(text="${a.any}"), retry=Retry(within=50, every=20))
        assert run(fake_gate(Gives(), id="a"), patient)["b"].outcome is Outcome.ERROR

    def test_several_values_are_not_one(self) -> None:
        result = taken(Each(("x", "y")), several="${a.any}")
        assert result.reason == "${a.any} is not one value: a measured several"
        assert result.outcome is Outcome.ERROR

    def test_a_gate_that_does_not_apply_has_no_value(self) -> None:
        first = replace(fake_gate(Gives(any="x"), id="a"), inapplicable="not today")
        result = run(first, user(text="${a.any}"))["b"]
        assert result.outcome is Outcome.ERROR
        assert result.reason == "${a.any} has no value: a is not applicable"

    def test_a_gate_that_failed_blocks_as_ever(self) -> None:
        results = run(fake_gate(Gives(any="x"), id="a", expect={"n": 2}), user(text="${a.any}"))
        assert results["b"].outcome is Outcome.BLOCKED

    def test_a_gate_that_is_not_there_has_no_value(self) -> None:
        result = run(user((), text="${a.any}"))["b"]
        assert result.outcome is Outcome.ERROR
        assert result.reason == "${a.any} has no value: a is not part of this run"

    def test_a_value_that_does_not_fit_is_an_error_that_names_the_option(self) -> None:
        result = taken("seven", number="${a.any}")
        assert result.outcome is Outcome.ERROR
        assert result.reason == "number: expected a whole number, found a text from a variable"

    def test_a_list_does_not_fit_into_a_text(self) -> None:
        result = taken((1, 2), text="is ${a.any}")
        assert result.outcome is Outcome.ERROR
        assert result.reason == "${a.any} is a list: it cannot be put into a text"


def test_a_probe_is_told_what_is_asked_of_it() -> None:
    giver = Gives(any=1)
    run(fake_gate(giver, id="a"), user(text="${a.any}"))
    assert giver.asked == [frozenset({"n", "any"})]
