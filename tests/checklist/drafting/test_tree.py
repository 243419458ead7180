"""Headings and parents become groups, all else gates, with what the document says of them."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_readiness.checklist.drafting import tree, write
from pytest_readiness.checklist.model import Confidence, Document, Kind, Proposal, Stated, Status
from pytest_readiness.model import Severity
from tests.checklist.samples import NAME, document, item, proposal


def grown(found: Document, *made: Proposal) -> dict[str, tuple[tuple[str, ...], dict[str, object]]]:
    root = tree.grow(found, made or [proposal(n) for n in range(len(found.items))], source=NAME)
    return {draft.id: (path, dict(draft.keys)) for path, draft in root.drafts()}


def keys(*made: Proposal, **more: object) -> dict[str, object]:
    (each,) = grown(document(item(3, "It works", **more)), *made).values()
    return each[1]


def test_headings_are_groups() -> None:
    found = document(item(3, "One", section=("A", "B")), item(9, "Two", section=("A",)))
    assert {name: path for name, (path, _) in grown(found).items()} == {"one": ("A", "B"), "two": ("A",)}


def test_the_title_of_the_document_is_no_group() -> None:
    found = document(item(3, "One", section=("List", "B")), item(9, "Two", section=("List",)), title="List")
    assert {name: path for name, (path, _) in grown(found).items()} == {"one": ("B",), "two": ()}


def test_a_parent_is_a_group_for_what_is_nested_in_it() -> None:
    found = document(item(3, "Docker"), item(4, "Builds", parent=0), item(5, "Starts", parent=0))
    made = grown(found, proposal(0, "group"), proposal(1), proposal(2))
    assert {name: path for name, (path, _) in made.items()} == {"builds": ("Docker",), "starts": ("Docker",)}


def test_a_parent_that_measures_something_itself_is_a_gate_in_its_group() -> None:
    made = grown(
        document(item(3, "11 modules"), item(4, "clm.py", parent=0)), proposal(0, "file"), proposal(1, "imports")
    )
    assert {name: (path, each["probe"]) for name, (path, each) in made.items()} == {
        "11-modules": (("11 modules",), "file"),
        "clm-py": (("11 modules",), "imports"),
    }


def test_a_heading_with_a_status_is_its_own_section_s_group() -> None:
    found = document(
        item(1, "Security", kind=Kind.HEADING, severity=Severity.CRITICAL),
        item(2, "No keys", section=("Security",), parent=0),
    )
    root = tree.grow(found, [proposal(0, "group"), proposal(1)], source=NAME)
    (branch,) = root.children
    assert isinstance(branch, tree.Branch)
    assert (branch.title, branch.severity, len(branch.children)) == ("Security", Severity.CRITICAL, 1)


def test_something_judged_as_a_group_with_nothing_in_it_is_for_a_person() -> None:
    made = keys(proposal(0, "group"))
    assert made["probe"] == "manual"
    assert made["with"] == {"role": "TODO", "question": "It works"}


class TestAnItemThatSumsUpOthersBySeverity:
    SUM = item(3, "All critical (P0) defects resolved")

    def test_counts_the_gates_of_that_severity(self) -> None:
        found = document(self.SUM, item(4, "Backups restored", severity=Severity.CRITICAL))
        made = grown(found, proposal(0, "group"), proposal(1))["all-critical-p0-defects-resolved"][1]
        assert (made["probe"], made["with"]) == ("gates", {"of": ["severity:critical"]})
        assert "expect" not in made

    def test_may_be_of_that_severity_itself(self) -> None:
        one = item(3, "No blocking issues", severity=Severity.CRITICAL)
        found = document(one, item(4, "Backups restored", severity=Severity.CRITICAL))
        assert grown(found, proposal(0, "group"), proposal(1))["no-blocking-issues"][1]["probe"] == "gates"

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("severity", [None, Severity.HIGH])
    def test_is_for_a_person_where_no_gate_is_of_that_severity(self, severity: Severity | None) -> None:
        found = document(self.SUM, item(4, "Backups restored", severity=severity))
        made = grown(found, proposal(0, "group"), proposal(1))
        assert made["all-critical-p0-defects-resolved"][1]["probe"] == "manual"

    def test_is_for_a_person_where_two_would_wait_for_each_other(self) -> None:
        one, two = (item(n, text, severity=Severity.CRITICAL) for n, text in ((3, "No blockers"), (4, "No P0 bugs")))
        found = document(one, two, item(5, "Backups restored", severity=Severity.CRITICAL))
        made = grown(found, proposal(0, "group"), proposal(1, "group"), proposal(2))
        assert [made[name][1]["probe"] for name in ("no-blockers", "no-p0-bugs")] == ["manual", "manual"]

    def test_is_for_a_person_where_one_of_a_severity_would_wait_for_the_other_s(self) -> None:
        one, two = item(3, "No P1 bugs", severity=Severity.CRITICAL), item(4, "No P0 bugs")
        many = [item(5, "Backups", severity=Severity.CRITICAL), item(6, "Alarms", severity=Severity.HIGH)]
        made = grown(document(one, two, *many), *(proposal(n, "group") for n in (0, 1)), proposal(2), proposal(3))
        assert [made[name][1]["probe"] for name in ("no-p1-bugs", "no-p0-bugs")] == ["manual", "manual"]

    def test_is_for_a_person_where_those_are_not_written_now(self) -> None:
        found = document(self.SUM, item(4, "Backups restored", severity=Severity.CRITICAL))
        root = tree.grow(found, [proposal(0, "group"), proposal(1)], source=NAME, only=[0])
        assert [draft.keys["probe"] for _, draft in root.drafts()] == ["manual"]


def test_the_share_that_the_document_states_of_itself_is_counted_anew() -> None:
    stated = Stated(line=3, start=0, end=3, text="93%", percent=93.0, item=0)
    made = grown(document(item(3, "Overall: 93%"), stated=[stated]), proposal(0, "group"))
    assert made["overall-93"][1]["with"] == {"path": NAME}


def test_what_the_document_says_becomes_keys() -> None:
    made = keys(severity=Severity.LOW, phase="Phase 2", owner="ops", due=date(2027, 1, 31), status=Status.DONE)
    assert made["severity"] == "low"
    assert made["tags"] == ["phase-2"]
    assert made["owner"] == "ops"
    assert made["enforce_from"] == date(2027, 1, 31)
    assert (made["claimed"], made["source"]) == ("done", f"{NAME}:3")


def test_a_severity_that_the_group_hands_down_is_not_said_again() -> None:
    found = document(
        item(1, "Security", kind=Kind.HEADING, severity=Severity.CRITICAL),
        item(2, "No keys", section=("Security",), parent=0, severity=Severity.CRITICAL),
        item(3, "No ports", section=("Security",), parent=0, severity=Severity.LOW),
    )
    made = grown(found, proposal(0, "group"), proposal(1), proposal(2))
    assert "severity" not in made["no-keys"][1]
    assert made["no-ports"][1]["severity"] == "low"


def test_what_is_put_off_says_why_and_what_is_missing() -> None:
    deferred = keys(status=Status.DEFERRED, reason="no load yet")["deferred"]
    assert deferred == {"reason": "no load yet", "until": "TODO"}
    deferred = keys(status=Status.DEFERRED, due=date(2027, 1, 31), severity=Severity.CRITICAL)["deferred"]
    assert deferred == {"reason": "TODO", "until": date(2027, 1, 31), "approved_by": "TODO"}


def test_claims_are_done_or_open_or_none() -> None:
    claimed = {status: keys(status=status).get("claimed") for status in Status}
    assert claimed == {
        Status.DONE: "done",
        Status.OPEN: "open",
        Status.DEFERRED: "open",
        Status.FALSE_POSITIVE: "done",
        Status.NOT_APPLICABLE: None,
        Status.UNSAID: None,
    }


def test_what_is_optional_is_of_low_severity() -> None:
    assert keys(optional=True)["severity"] == "low"


def test_how_sure_a_proposal_is_stands_above_it() -> None:
    found = document(item(3, "No cycles", condition="if Python is used"))
    made = proposal(0, confidence=Confidence.HIGH, words=("cycles",), second="imports")
    text = write.spec(found, tree.grow(found, [made], source=NAME), source=NAME)
    assert "  # high: cycles; or imports\n  # only if Python is used\n  - id: no-cycles\n" in text


def test_a_goal_of_the_whole_is_the_target() -> None:
    goal = Stated(line=1, start=0, end=3, text="95%", percent=95.0, goal=True)
    found = document(item(3, "One"), stated=[goal], title="Shop")
    text = write.spec(found, tree.grow(found, [proposal(0)], source=NAME), source=NAME)
    assert 'name: Shop\ntarget: "95%"\n' in text


def test_what_looks_like_a_variable_in_the_document_is_a_text() -> None:
    found = document(item(3, "Set ${HOME} and $5", section=("A ${B}",)))
    ((path, each),) = grown(found).values()
    assert (path, each["title"]) == (("A $ {B}",), "Set $${HOME} and $$5")


def test_what_all_gates_of_a_group_say_is_said_once() -> None:
    found = document(
        item(2, "One", section=("A", "B"), severity=Severity.LOW),
        item(3, "Two", section=("A", "B"), severity=Severity.LOW),
        item(4, "Three", section=("A",)),
        item(5, "Four", section=("C",), severity=Severity.LOW),
        item(6, "Five", section=("C",), severity=Severity.CRITICAL),
    )
    root = tree.grow(found, [proposal(n) for n in range(5)], source=NAME)
    tree.share(root)
    text = write.spec(found, root, source=NAME)
    below = "          # low\n          - id: one\n            title: One\n            probe"
    assert f"      - group: B\n        severity: low\n        gates:\n{below}" in text
    assert "  - group: A\n    gates:" in text
    assert text.count("severity: ") == 3
