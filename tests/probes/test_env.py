"""Environment variables: required, valid, declared, and never shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome, Result
from pytest_readiness.options import convert
from pytest_readiness.probe import Measurements, Touch
from pytest_readiness.probes.env import Env, Rule, entropy
from pytest_readiness.testing import run_probe

from .conftest import MakeContext


def listed(measured: Measurements) -> list[str]:
    return [line for item in measured.evidence for line in item.text.splitlines()]


class TestNames:
    def test_variables_that_are_there_are_counted(self, make_context: MakeContext) -> None:
        measured = Env(variables=("A", "B")).measure(make_context({"A": "1", "B": "2", "C": "3"}))
        assert measured.values == {"required": 2, "missing": 0, "invalid": 0}
        assert measured.looked_at == 2
        assert measured.evidence == []

    def test_missing_and_empty_ones_are_named(self, make_context: MakeContext) -> None:
        measured = Env(variables=("A", "B", "C")).measure(make_context({"A": "1", "B": " "}))
        assert measured.values == {"required": 3, "missing": 2, "invalid": 0}
        assert listed(measured) == ["B: empty, which counts as missing", "C: missing"]

    def test_a_long_list_is_cut_and_says_so(self, make_context: MakeContext) -> None:
        measured = Env(variables=tuple(f"V{number}" for number in range(120))).measure(make_context())
        assert listed(measured)[-1] == "and 20 more"


class TestPrefix:
    def test_variables_that_begin_so_are_counted_and_named(self, tmp_path: Path) -> None:
        env = {"FEATURE_A": "on", "FEATURE_B": "secret-of-b", "FEATURE_C": " ", "FEATURES": "x"}
        result = run_probe(Env(prefix="FEATURE_"), root=tmp_path, env=env, expect={"found": 2})
        assert result.outcome is Outcome.PASSED, result.reason
        assert result.evidence[0].text == "FEATURE_A: there\nFEATURE_B: there"
        assert "secret-of-b" not in str(result.evidence)

    @pytest.mark.no_false_green
    def test_none_that_begins_so_fails(self, tmp_path: Path) -> None:
        result = run_probe(Env(prefix="FEATURE_"), root=tmp_path, env={"FEATURES": "x"})
        assert (result.outcome, result.reason) == (Outcome.FAILED, "found is 0, expected >= 1")

    @pytest.mark.no_false_green
    def test_a_file_without_a_variable_is_nothing_to_look_at(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("# later\n")
        assert run_probe(Env(prefix="A", file=".env"), root=tmp_path, expect={"found": 0}).outcome is Outcome.ERROR

    def test_an_empty_one_is_refused(self) -> None:
        with pytest.raises(OptionError, match="may not be empty"):
            Env(prefix=" ")

    def test_it_is_touched(self) -> None:
        assert list(Env(prefix="F_").touches()) == [Touch("variable", "F_*")]


class TestRules:
    @pytest.mark.parametrize(
        ("rule", "value"),
        [
            (Rule(), "x"),
            (Rule(pattern=re.compile("[a-z]+")), "abc"),
            (Rule(equals="on"), "on"),
            (Rule(equals=8000), "8000"),
            (Rule(equals=True), "TRUE"),
            (Rule(choices=("a", "b")), "b"),
            (Rule(choices=(1, 2)), "2"),
            (Rule(min_length=3), "abc"),
            (Rule(min_entropy=2), "abcd"),
            (Rule(min_entropy=3.5), "9f1c07ab52de48366b0ad84c71e5f392"),
            (Rule(min_entropy=0), "aaaa"),
            (Rule(not_=("changeme",)), "changed"),
            (Rule(type="url"), "https://example.org:8443/x?y"),
            (Rule(type="url"), "sqlite:///data.db"),
            (Rule(type="url"), "postgresql:///orders"),
            (Rule(type="int", min=1, max=10), "10"),
            (Rule(type="float", min=0.5), "1e3"),
            (Rule(type="float"), ".5"),
            (Rule(type="bool"), "Yes"),
            (Rule(type="json"), '{"a": [1]}'),
            (Rule(type="path"), "."),
        ],
    )
    def test_a_value_that_fits_is_valid(self, make_context: MakeContext, rule: Rule, value: str) -> None:
        measured = Env(variables={"NAME": rule}).measure(make_context({"NAME": value}))
        assert measured.values == {"required": 1, "missing": 0, "invalid": 0}

    @pytest.mark.parametrize(
        ("rule", "value", "reason"),
        [
            (Rule(pattern=re.compile("[a-z]+")), "abc1", "does not match [a-z]+ as a whole"),
            (Rule(pattern=re.compile("a|b")), "ax", "does not match a|b as a whole"),
            (Rule(equals="on"), "ON", "has another value than it must have"),
            (Rule(equals=8000), "8001", "has another value than it must have"),
            (Rule(equals=8000), "many", "has another value than it must have"),
            (Rule(equals=True), "1", "has another value than it must have"),
            (Rule(choices=("a", "b")), "c", "is none of the 2 choices"),
            (Rule(min_length=3), "ab", "is shorter than 3 characters"),
            (Rule(min_entropy=0.1), "aaaaaaaaaaaaaaaa", "has less than 0.1 bits of entropy per character"),
            (Rule(min_entropy=3), "changeme", "has less than 3 bits of entropy per character"),
            (Rule(min_entropy=2.01), "abcd", "has less than 2.01 bits of entropy per character"),
            (Rule(not_=("changeme",)), "ChangeMe", "has a value it must not have"),
            (Rule(type="url"), "example.org", "is not a URL such as https://host/path"),
            (Rule(type="url"), "https://exa mple.org", "is not a URL such as https://host/path"),
            (Rule(type="url"), "https:///path", "is a URL without a host"),
            (Rule(type="url"), "redis://", "is a URL without a host"),
            (Rule(type="url"), "http://host:99999", "is not a URL: the host or the port cannot be read"),
            (Rule(type="url"), "http://host:0", "is a URL with port 0"),
            (Rule(type="int"), "1.0", "is not a whole number"),
            (Rule(type="int", min=5), "4", "is less than 5"),
            (Rule(type="int", max=5), "6", "is greater than 5"),
            (Rule(type="float"), "nan", "is not a number"),
            (Rule(type="float"), "1e999", "is not a number"),
            (Rule(type="float"), "1" * 100_000 + "x", "is not a number"),
            (Rule(type="bool"), "maybe", "is not a truth: one of 0, 1, false, no, off, on, true, yes"),
            (Rule(type="json"), "{", "is not JSON"),
            (Rule(type="json"), "[" * 100000, "is not JSON"),
            (Rule(type="path"), "nowhere", "is a path to nothing that can be looked at"),
            (Rule(type="path"), "a\0b", "is a path to nothing that can be looked at"),
            (Rule(type="path"), "x" * 5000, "is a path to nothing that can be looked at"),
        ],
    )
    def test_a_value_that_does_not_fit_is_invalid_and_never_shown(
        self, make_context: MakeContext, rule: Rule, value: str, reason: str
    ) -> None:
        measured = Env(variables={"NAME": rule}).measure(make_context({"NAME": value}))
        assert measured.values == {"required": 1, "missing": 0, "invalid": 1}
        assert listed(measured) == [f"NAME: {reason}"]

    def test_all_that_is_wrong_is_said(self, make_context: MakeContext) -> None:
        rule = Rule(min_length=9, choices=("a",))
        measured = Env(variables={"NAME": rule}).measure(make_context({"NAME": "x"}))
        assert listed(measured) == ["NAME: is none of the 1 choices, is shorter than 9 characters"]

    def test_a_text_instead_of_rules_is_the_pattern(self, make_context: MakeContext) -> None:
        probe = Env(variables={"LEVEL": "INFO|DEBUG", "OTHER": None})
        assert probe.measure(make_context({"LEVEL": "INFO", "OTHER": "x"})).values["invalid"] == 0
        assert probe.measure(make_context({"LEVEL": "INFORMATION", "OTHER": "x"})).values["invalid"] == 1

    def test_a_pattern_that_runs_away_is_stopped(self, make_context: MakeContext) -> None:
        probe = Env(variables={"NAME": "(a|a)+"})
        with pytest.raises(CannotMeasure, match="did not come to an end") as caught:
            probe.measure(make_context({"NAME": "a" * 60 + "!"}, seconds=1))
        assert "aaaa" not in str(caught.value)

    def test_the_spec_writes_them_by_their_names(self) -> None:
        problems: list[object] = []
        probe = convert(Env, {"variables": {"A": {"not": ["changeme"], "type": "int"}}}, problems)  # type: ignore[arg-type]
        assert problems == []
        assert probe is not None
        assert probe.rules["A"] == Rule(not_=("changeme",), type="int")


class TestSecrets:
    def test_secret_values_are_hidden_wherever_they_turn_up(self, make_context: MakeContext) -> None:
        secrets: list[str] = []
        env = {"API_KEY": "hunter22", "PLAIN": "visible", "ODD": "also-hidden", "URL": "db://u:pass-word@h"}
        probe = Env(variables={"PLAIN": None, "ODD": Rule(secret=True)})
        probe.measure(make_context(env, secrets=secrets))
        assert sorted(set(secrets)) == ["also-hidden", "hunter22", "pass-word"]

    @pytest.mark.parametrize(
        "rule", [Rule(equals="expected-secret"), Rule(choices=("expected-secret",)), Rule(not_=("found-secret",))]
    )
    def test_neither_what_was_found_nor_what_was_wanted_is_shown(self, make_context: MakeContext, rule: Rule) -> None:
        measured = Env(variables={"NAME": rule}).measure(make_context({"NAME": "found-secret"}))
        assert measured.values["invalid"] == 1
        assert "secret" not in repr(measured)


class TestFiles:
    def test_a_file_is_judged_instead_of_the_process(self, make_context: MakeContext) -> None:
        context = make_context({"A": "from the process"})
        (context.root / ".env").write_text("B=1\n")
        measured = Env(variables=("A", "B"), file=".env").measure(context)
        assert measured.values == {"required": 2, "missing": 1, "invalid": 0}

    def test_the_names_of_an_example_are_required(self, make_context: MakeContext) -> None:
        context = make_context({"A": "1"})
        (context.root / ".env.example").write_text("A=\nB=\n")
        measured = Env(example=".env.example").measure(context)
        assert measured.values == {"required": 2, "missing": 1, "invalid": 0}
        assert listed(measured) == ["B: missing"]

    def test_what_the_example_does_not_have_is_undeclared(self, make_context: MakeContext) -> None:
        context = make_context()
        (context.root / ".env.example").write_text("A=\n")
        (context.root / ".env").write_text("A=1\nRULED=2\nOLD=3\n")
        measured = Env(variables=("RULED",), file=".env", example=".env.example").measure(context)
        assert measured.values == {"required": 2, "missing": 0, "invalid": 0, "undeclared": 1}
        assert listed(measured) == ["OLD: not in .env.example"]

    def test_an_empty_example_is_nothing_to_look_at(self, make_context: MakeContext) -> None:
        context = make_context({"A": "1"})
        (context.root / ".env.example").write_text("# nothing yet\n")
        assert Env(example=".env.example").measure(context).looked_at == 0

    @pytest.mark.parametrize("missing", [{"file": ".env"}, {"example": ".env.example"}])
    def test_a_file_that_is_not_there_cannot_be_judged(
        self, make_context: MakeContext, missing: dict[str, Any]
    ) -> None:
        with pytest.raises(CannotMeasure, match="is not there"):
            Env(variables=("A",), **missing).measure(make_context())

    def test_a_file_whose_values_are_in_doubt_cannot_be_judged(self, make_context: MakeContext) -> None:
        context = make_context()
        (context.root / ".env").write_bytes(b"A=1\nB=\x96\n")
        with pytest.raises(CannotMeasure, match=r"^\.env:2:3: byte 0x96"):
            Env(variables=("A",), file=".env").measure(context)

    def test_white_space_and_duplicates_leave_no_doubt(self, make_context: MakeContext) -> None:
        context = make_context()
        (context.root / ".env").write_text("A = 1\nA=2\n")
        rule = Rule(equals="2")
        assert Env(variables={"A": rule}, file=".env").measure(context).values["invalid"] == 0


class TestOptions:
    def test_nothing_to_look_at_is_refused(self) -> None:
        with pytest.raises(OptionError, match="say which variables"):
            Env(file=".env")

    @pytest.mark.parametrize("name", ["", "A=B", "A\0"])
    def test_what_cannot_be_a_name_is_refused(self, name: str) -> None:
        with pytest.raises(OptionError, match="is not the name of a variable"):
            Env(variables=(name,))

    def test_a_broken_pattern_is_refused_with_the_name(self) -> None:
        with pytest.raises(OptionError, match=r"^A: .*not a regular expression"):
            Env(variables={"A": "("})

    @pytest.mark.parametrize(
        ("rule", "message"),
        [
            ({"min": 1}, "min and max need type"),
            ({"max": 1, "type": "url"}, "min and max need type"),
            ({"type": "int", "min": 2, "max": 1}, "min is greater than max"),
            ({"min_length": 0}, "an empty variable counts as missing"),
            ({"min_entropy": -1}, "is between 0 and 20 bits per character"),
            ({"min_entropy": 33}, "is between 0 and 20 bits per character"),
        ],
    )
    def test_rules_that_cannot_be_kept_are_refused(self, rule: dict[str, object], message: str) -> None:
        with pytest.raises(OptionError, match=message):
            Rule(**rule)  # type: ignore[arg-type]

    def test_files_and_names_are_what_it_touches(self) -> None:
        assert list(Env(variables=("A",), example=".env.example").touches()) == [
            Touch("file", ".env.example"),
            Touch("variable", "A"),
        ]
        assert list(Env(variables=("A",), file=".env").touches()) == [Touch("file", ".env")]


class TestAsAGate:
    def test_it_passes_and_fails_by_what_is_there(self) -> None:
        assert run_probe(Env(variables=("A",)), env={"A": "1"}).outcome is Outcome.PASSED
        result = run_probe(Env(variables=("A", "B")), env={"A": "1"})
        assert result.outcome is Outcome.FAILED
        assert result.reason == "missing is 1, expected 0"

    def test_an_empty_example_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / ".env.example").write_text("")
        assert run_probe(Env(example=".env.example"), root=tmp_path, env={}).outcome is Outcome.ERROR

    def test_its_result_holds_no_value(self) -> None:
        result = run_probe(Env(variables={"PIN": Rule(type="int")}), env={"PIN": "not-a-pin-at-all"})
        assert result.outcome is Outcome.FAILED
        assert "not-a-pin" not in repr(result)


class TestEntropy:
    @pytest.mark.parametrize(("value", "bits"), [("a", 0), ("ab", 1), ("abcd", 2), ("aab", 0.9182958340544896)])
    def test_is_shannon_s(self, value: str, bits: float) -> None:
        assert entropy(value) == pytest.approx(bits)

    def test_of_a_weak_secret_fails_the_gate_and_shows_nothing_of_it(self) -> None:
        probe = Env(variables={"API_KEY": Rule(min_entropy=3)})
        weak = run_probe(probe, env={"API_KEY": "hunterhunterhunter"})
        assert (weak.outcome, weak.reason) == (Outcome.FAILED, "invalid is 1, expected 0")
        assert "hunter" not in repr((weak.reason, weak.evidence, weak.measurements))
        assert run_probe(probe, env={"API_KEY": "kX9-mQ2_vL7+tR4/"}).outcome is Outcome.PASSED
        assert run_probe(probe, env={}).outcome is Outcome.FAILED


class TestOptional:
    def test_a_variable_may_be_missing_and_must_be_right_where_it_is_there(self) -> None:
        probe = Env(variables={"TTL": Rule(type="int", optional=True)})
        assert run_probe(probe, env={}).outcome is Outcome.PASSED
        assert run_probe(probe, env={"TTL": ""}).outcome is Outcome.PASSED
        assert run_probe(probe, env={"TTL": "3600"}, expect={"required": 0}).outcome is Outcome.PASSED
        assert run_probe(probe, env={"TTL": "an hour"}).reason == "invalid is 1, expected 0"


class TestUnlikeTheExample:
    def judged(self, folder: Path, **env: str) -> Result:
        (folder / ".env.example").write_text("API_KEY=put-yours-here\nOTHER_TOKEN=\nPORT=8000\n")
        variables = {"NAME": Rule(secret=True, optional=True)}
        probe = Env(variables=variables, example=".env.example", unlike_example=True)
        return run_probe(probe, root=folder, env={"OTHER_TOKEN": "x", "PORT": "8000", **env})

    def test_a_secret_that_was_changed_passes_and_others_may_stay(self, tmp_path: Path) -> None:
        assert self.judged(tmp_path, API_KEY="kX9-mQ2_vL7").outcome is Outcome.PASSED

    def test_a_secret_as_in_the_example_fails(self, tmp_path: Path) -> None:
        result = self.judged(tmp_path, API_KEY="put-yours-here")
        assert (result.outcome, result.reason) == (Outcome.FAILED, "invalid is 1, expected 0")
        assert result.evidence[0].text == "API_KEY: has the value that .env.example has"

    def test_without_an_example_it_is_refused(self) -> None:
        with pytest.raises(OptionError, match="goes with example"):
            Env(variables=("A",), unlike_example=True)


class TestCode:
    CODE = """\
import os
from os import environ, getenv
a = os.environ["A"], os.environ.get("B"), os.getenv("C", "x"), environ["D"], getenv("E")
if "F" in os.environ:
    os.environ["SET"] = os.environ[a]
config.get("NOT"); self.environ["NOR"]; os.getenv(); os.environ.keys()
"""

    def judged(self, folder: Path, *names: str, code: str = CODE, **more: Any) -> Result:
        (folder / "src").mkdir(exist_ok=True)
        (folder / "src" / "a.py").write_text(code)
        return run_probe(Env(variables=names, code=("src",)), root=folder, env=dict.fromkeys(names, "1"), **more)

    def test_that_asks_only_for_listed_variables_passes(self, tmp_path: Path) -> None:
        result = self.judged(tmp_path, *"ABCDEF")
        assert result.outcome is Outcome.PASSED, result.reason
        assert result.evidence[0].text == "a name that only the running code knows: src/a.py:5"

    def test_that_asks_for_others_fails_with_the_place(self, tmp_path: Path) -> None:
        result = self.judged(tmp_path, *"BCEF")
        assert (result.outcome, result.reason) == (Outcome.FAILED, "unlisted is 2, expected 0")
        assert result.evidence[0].text.splitlines()[:2] == [
            "A: asked for at src/a.py:3, and not listed",
            "D: asked for at src/a.py:3, and not listed",
        ]

    def test_that_is_not_there_or_no_python_is_an_error(self, tmp_path: Path) -> None:
        assert run_probe(Env(variables=("A",), code=("lib",)), root=tmp_path, env={"A": "1"}).outcome is Outcome.ERROR
        assert "cannot be parsed" in self.judged(tmp_path, "A", code="def (").reason

    def test_that_is_not_read_in_time_is_an_error(self, tmp_path: Path) -> None:
        assert self.judged(tmp_path, "A", timeout=0.0).outcome is Outcome.ERROR

    def test_an_empty_entry_is_refused(self) -> None:
        with pytest.raises(OptionError, match="may not be empty"):
            Env(variables=("A",), code=(" ",))

    def test_is_said_to_be_read(self) -> None:
        assert Touch("file", "src") in list(Env(variables=("A",), code=("src",)).touches())
