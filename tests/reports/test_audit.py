"""An audit on the terminal and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from pytest_readiness.checklist.judging import fail_on
from pytest_readiness.checklist.judging.audit import Audit
from pytest_readiness.model import Outcome
from pytest_readiness.reports import _audit_json, audit
from pytest_readiness.reports._screen import cells
from pytest_readiness.reports.terminal import Screen
from tests.checklist.evidence import WAIVER, measuring
from tests.checklist.written import hold, opened, spec
from tests.reports.golden import FOLDER, assert_golden
from tests.reports.test_terminal import Paper

OUTCOMES = {
    "Changelog": Outcome.PASSED,
    "Licence": Outcome.FAILED,
    "Runbook": Outcome.ERROR,
    "Restore": Outcome.FAILED,
    "Refunds": Outcome.PASSED,
    "Charges": Outcome.BLOCKED,
    "Ledger": Outcome.PASSED,
    "Dashboards": Outcome.PASSED,
}


def everything() -> Audit:
    """An audit in which there is one of everything."""
    source = (FOLDER / "checklist.md").read_text(encoding="utf-8") + "\n## Later\n\n- [ ] Licence is there\n"
    data = source.encode()
    checklist = opened(data)
    before = opened(source.split("\n## Later")[0].encode())
    gates, report = spec(before, OUTCOMES, Restore={"waiver": WAIVER})
    gates.append(measuring("gone", title="Taken out since", source="CHECKLIST.md:99"))
    audited = hold(data, gates, report)[1]
    text = replace(audited.document.text, damage=("UTF-8 that was read as Windows-1252, 3 lines",))
    assert checklist.document.items
    return replace(audited, document=replace(audited.document, text=text))


def drawn(found: Audit, *, words: str = "contradicted,internal,stated", **options: Any) -> tuple[str, Paper]:
    paper = Paper()
    screen = Screen(paper, **options)
    audit.summary(found, screen)
    chosen = fail_on.parse(words)
    order = [word for word in fail_on.WORDS if word in chosen]
    audit.verdict_line(found, fail_on.failures(found, chosen), order, screen)
    audit.scope(found.report, screen)
    return paper.text, paper


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("audit.txt", {}),
        ("audit-verbose.txt", {"verbosity": 1}),
        ("audit-quiet.txt", {"verbosity": -1}),
        ("audit-40-columns.txt", {"width": 40}),
        ("audit-ascii.txt", {"encoding": "ascii"}),
    ],
)
def test_everything_looks_like_the_golden_file(name: str, options: dict[str, Any]) -> None:
    assert_golden(name, drawn(everything(), **options)[0])


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("verbosity", [-1, 0, 1])
def test_no_line_is_wider_than_the_screen(width: int, verbosity: int) -> None:
    text, _ = drawn(everything(), width=width, verbosity=verbosity)
    assert [line for line in text.splitlines() if cells(line) >= width] == []


def test_a_terminal_that_knows_only_ascii_is_sent_nothing_else() -> None:
    assert drawn(everything(), encoding="ascii")[0].isascii()


def test_what_fails_is_red_and_what_passes_is_green() -> None:
    failing, passing = drawn(everything())[1], drawn(everything(), words="confirmed,open")[1]
    assert "red" in failing.colours("CLAIMS OF CHECKLIST.md FAIL")
    quiet = drawn(hold(b"- [ ] One\n", *spec(opened(b"- [ ] One\n"), {}))[1])
    assert "green" in quiet[1].colours("claims of CHECKLIST.md pass")
    assert passing.text.count("FAIL") == 1


@pytest.mark.no_false_green
def test_it_says_that_the_exit_code_speaks_of_claims_only() -> None:
    text, _ = drawn(everything(), width=200)
    assert "The exit code speaks of the claims only. The gates: NOT READY" in text


class TestJson:
    def data(self) -> dict[str, Any]:
        found = everything()
        words = ("contradicted", "unproven")
        told = fail_on.failures(found, frozenset(words))
        data: dict[str, Any] = json.loads(_audit_json.render([(found, told)], found.report, words, 1))
        return data

    def test_fits_its_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(_audit_json.SCHEMA)
        jsonschema.validate(self.data(), _audit_json.SCHEMA)

    def test_has_its_keys_in_the_order_of_the_schema(self) -> None:
        data = self.data()
        (one,) = data["audits"]
        audits = _audit_json.SCHEMA["properties"]["audits"]["items"]["properties"]
        assert list(data) == list(_audit_json.SCHEMA["properties"])
        assert list(one) == list(audits)
        for name in ("claims", "stated", "contradictions", "lost"):
            assert list(one[name][0]) == list(audits[name]["items"]["properties"])

    def test_tells_what_each_claim_came_to(self) -> None:
        (one,) = self.data()["audits"]
        (claim,) = [claim for claim in one["claims"] if claim["line"] == 11]
        assert claim == {
            "line": 11,
            "text": "Licence is there",
            "claim": "done",
            "measured": "not done",
            "word": "contradicted",
            "why": "line is 71.40 %, expected >= 80 %",
            "gates": ["gate-11-1"],
        }
        assert sum(one["counts"].values()) == len(one["claims"])
        assert one["lost"] == [{"id": "gone", "source": "CHECKLIST.md:99"}]
        assert one["contradictions"] == [
            {"done": 8, "open": 13, "text": "Papers"},
            {"done": 11, "open": 32, "text": "Licence is there"},
            {"done": 15, "open": 22, "text": "Money - 100% Complete"},
        ]
        assert one["damage"] == ["UTF-8 that was read as Windows-1252, 3 lines"]

    def test_tells_shares_unrounded(self) -> None:
        (one,) = self.data()["audits"]
        overall = one["stated"][0]
        assert (overall["text"], overall["off"], overall["proven"]) == ("86%", True, 25.0)
