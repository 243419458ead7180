"""Gates over other gates: counted, ordered, never blocked by them, and never green over nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_readiness.assess import assess
from pytest_readiness.errors import CannotMeasure, OptionError, SpecError
from pytest_readiness.model import Judged, Outcome, Report
from pytest_readiness.probe import Touch
from pytest_readiness.probes.gates import Gates
from pytest_readiness.testing import fake_context

ROWS = """
version: 1
enforce: [critical, high]
gates:
  - group: Code
    gates:
      - {id: readme, probe: file, with: {path: README.md}, severity: critical}
      - {id: license, probe: file, with: {paths: [README.md, LICENSE]}, tags: [legal]}
  - {id: later, probe: file, with: {path: none.md}, deferred: {reason: "later", until: 2999-01-01}}
  - {id: needs-license, probe: file, needs: [license], with: {path: README.md}}
  - {id: elsewhere, probe: file, profiles: [prod], with: {path: README.md}}
profiles: {prod: {}}
"""
ALL = "  - {id: sum, probe: gates, with: {of: [%s]}, expect: {%s}}\n"


def run(folder: Path, of: str, expect: str = "", *, rows: str = ROWS, select: str | None = None) -> Report:
    (folder / "README.md").write_text("# Read me\n")
    head, profiles, tail = rows.partition("\nprofiles:")
    (folder / "readiness.yaml").write_text(f"{head}\n{ALL % (of, expect)}{profiles.lstrip()}{tail}")
    return assess(folder / "readiness.yaml", env={}, select=select)


def summed(report: Report) -> Judged:
    return next(each for each in report.gates if each.result.gate.id == "sum")


def problems(folder: Path, of: str, **more: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        run(folder, of, **more)
    return [problem.message for problem in caught.value.problems]


class TestCounting:
    def test_each_gate_is_counted_under_one_word(self, tmp_path: Path) -> None:
        found = summed(run(tmp_path, '"*"', 'failed: 1, blocked: 1, score: ">= 25 %"')).result
        assert found.outcome is Outcome.PASSED, found.reason
        assert {name: each.value for name, each in found.measurements.items()} == {
            "score": 25.0, "gates": 5, "passed": 1, "failed": 1, "error": 0, "blocked": 1, "not_run": 0,
            "waived": 0, "deferred": 1, "not_applicable": 1,
        }  # fmt: skip
        told = {item.title: item.text.splitlines() for item in found.evidence}
        assert told["not passed"] == ["license: failed", "later: error", "needs-license: blocked"]
        assert told["looked at"] == ["readme", "license", "later", "needs-license", "elsewhere"]

    @pytest.mark.no_false_green
    def test_it_fails_where_one_of_them_did(self, tmp_path: Path) -> None:
        found = summed(run(tmp_path, '"*"')).result
        assert found.outcome is Outcome.FAILED
        assert found.reason == "failed is 1, expected 0; blocked is 1, expected 0"

    @pytest.mark.parametrize("of", ['"severity:critical"', "readme", '"read*"', '"group:Code and not tag:legal"'])
    def test_those_that_are_named_pass(self, tmp_path: Path, of: str) -> None:
        found = summed(run(tmp_path, of)).result
        assert (found.outcome, found.measurements["gates"].value) == (Outcome.PASSED, 1)

    def test_a_gate_of_two_selections_counts_once(self, tmp_path: Path) -> None:
        assert summed(run(tmp_path, 'readme, "re*"')).result.measurements["gates"].value == 1

    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("of", "outcome", "why"),
        [
            ("later", Outcome.FAILED, "passed is 0, expected >= 1"),
            ("elsewhere", Outcome.ERROR, "of 1 gates none applies"),
        ],
    )
    def test_over_nothing_that_counts_it_does_not_pass(
        self, tmp_path: Path, of: str, outcome: Outcome, why: str
    ) -> None:
        found = summed(run(tmp_path, of)).result
        assert (found.outcome, found.reason) == (outcome, why)

    def test_without_a_result_it_cannot_tell(self) -> None:
        with pytest.raises(CannotMeasure, match="no result of another gate"):
            Gates(of=("a",)).measure(fake_context())

    def test_its_own_policy_is_its_own(self, tmp_path: Path) -> None:
        rows = ROWS.replace("tags: [legal]", "severity: low").replace("needs: [license]", "severity: low")
        (tmp_path / "README.md").write_text("x")
        gate = '  - {id: sum, probe: gates, with: {of: ["*"]}, enforce_from: 2999-01-01, expect: {score: ">= 80 %"}}\n'
        (tmp_path / "readiness.yaml").write_text(rows.replace("\nprofiles: {", f"\n{gate}profiles: {{"))
        report = assess(tmp_path / "readiness.yaml", env={})
        assert (summed(report).result.outcome, report.exit_code) == (Outcome.FAILED, 0)


class TestOrder:
    def test_it_comes_after_those_that_it_names_wherever_it_stands(self, tmp_path: Path) -> None:
        slow = "  - {id: slow, probe: command, with: {run: [sleep, '0.3']}}\n"
        text = f"version: 1\ngates:\n{ALL % ('slow', '')}{slow}"
        (tmp_path / "readiness.yaml").write_text(text)
        report = assess(tmp_path / "readiness.yaml", env={"PATH": "/usr/bin:/bin"})
        assert summed(report).result.outcome is Outcome.PASSED

    def test_what_needs_it_is_blocked_by_it(self, tmp_path: Path) -> None:
        rows = ROWS.replace(
            "profiles: {", "  - {id: go, probe: file, needs: [sum], with: {path: README.md}}\nprofiles: {"
        )
        report = run(tmp_path, '"* and not go"', rows=rows)
        assert report.gates[-2].result.reason == "needs sum (failed)"

    def test_what_it_needs_itself_blocks_it(self, tmp_path: Path) -> None:
        (tmp_path / "readiness.yaml").write_text(
            "version: 1\ngates:\n  - {id: a, probe: file, with: {path: none}}\n"
            "  - {id: sum, probe: gates, needs: [a], with: {of: [a]}}\n"
        )
        report = assess(tmp_path / "readiness.yaml", env={})
        assert summed(report).result.outcome is Outcome.BLOCKED

    def test_selecting_it_brings_along_what_it_names(self, tmp_path: Path) -> None:
        report = run(tmp_path, "needs-license", select="sum")
        assert [each.result.gate.id for each in report.gates] == ["license", "needs-license", "sum"]


class TestMistakes:
    @pytest.mark.no_false_green
    @pytest.mark.parametrize(
        ("of", "why"),
        [
            ("", "names no gate"),
            ("nothing-like-it", "nothing-like-it"),
            ("'tag:none'", "tag:none"),
            ("sum", "no other"),
        ],
    )
    def test_naming_nothing_is_refused(self, tmp_path: Path, of: str, why: str) -> None:
        (message,) = problems(tmp_path, of)
        assert why in message

    def test_one_of_several_that_names_nothing_is_refused(self, tmp_path: Path) -> None:
        assert "'nope'" in problems(tmp_path, "readme, nope")[0]

    def test_gates_that_sum_up_each_other_are_a_cycle(self, tmp_path: Path) -> None:
        other = "\n  - {id: other, probe: gates, with: {of: [sum]}}\nprofiles: {"
        (message,) = problems(tmp_path, '"*"', rows=ROWS.replace("\nprofiles: {", other))
        assert "a cycle, so that none of them could ever run" in message

    def test_a_gate_that_needs_the_one_that_sums_it_up_is_a_cycle(self, tmp_path: Path) -> None:
        rows = ROWS.replace("with: {path: README.md}, severity", "needs: [sum], with: {path: README.md}, severity")
        assert "a cycle" in problems(tmp_path, "readme", rows=rows)[0]

    def test_an_empty_name_is_refused(self) -> None:
        with pytest.raises(OptionError, match="names no gate"):
            Gates(of=(" ",))

    def test_what_it_looks_at_is_touched(self) -> None:
        assert list(Gates(of=("tag:a",)).touches()) == [Touch("gates", "tag:a")]


def test_waived_gates_do_not_count_as_passed(tmp_path: Path) -> None:
    waiver = 'waiver: {reason: "x", owner: a, approved_by: b, expires: 2999-01-01}, tags: [legal]'
    found = summed(run(tmp_path, '"group:Code"', rows=ROWS.replace("tags: [legal]", waiver))).result
    assert found.outcome is Outcome.PASSED
    assert (found.measurements["waived"].value, found.measurements["score"].value) == (1, 50.0)
    assert replace(found, reason="").gate.after == ("readme", "license")
