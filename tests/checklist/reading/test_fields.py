from __future__ import annotations

from datetime import date

import pytest

from pytest_readiness.checklist.model import Kind, Status
from tests.checklist.readings import document, item, items


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("**Status:** ✅ **PRODUCTION READY**", Status.DONE),
        ("**Status**: not ready", Status.OPEN),
        ("**Decision**: NO-GO", Status.OPEN),
        ("**Decision:** READY / NOT READY", Status.OPEN),
        ("**Confidence Level:** 95%", Status.DONE),
        ("**Quality Score:** 95/100", Status.DONE),
        ("**Audited by:** Ann Lee", Status.DONE),
        ("**Signature:** ________", Status.OPEN),
        ("**Last Updated:** May 4, 2026", Status.UNSAID),
        ("*Last updated: May 4, 2026*", Status.UNSAID),
        ("**Next Priority**: Renew the `staging` keys", Status.OPEN),
        ("**File**: `app/api.py`", Status.DONE),
        ("**Статус:** 🟢 готово", Status.DONE),
        ("Result: FAIL", Status.OPEN),
    ],
)
def test_a_field_that_stands_for_something_is_an_item(line: str, status: Status) -> None:
    found = item(line)
    assert (found.kind, found.status) == (Kind.FIELD, status)
    assert found.label


@pytest.mark.parametrize(
    "line",
    [
        "**Impact**: Nobody can log in",
        "**Scope:** all of it",
        "**Date:** ________",
        "**Root cause**: a full disk",
        "**Workaround**: wait",
    ],
)
def test_a_field_that_only_adds_something_is_none(line: str) -> None:
    assert items("# A\n## B\n" + line) == ()


def test_a_field_below_a_heading_speaks_of_its_section() -> None:
    found = items("# A\n## Part\nOwner: Ann\n\n- [ ] a\n\n## Other\n- [ ] b")
    assert [each.owner for each in found] == ["Ann", ""]


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("The system is **ready for production**.", Status.DONE),
        ("The system is not ready for production.", Status.OPEN),
    ],
)
def test_a_verdict_in_a_conclusion_is_an_item(sentence: str, status: Status) -> None:
    found = item("## Conclusion\n\n" + sentence)
    assert (found.kind, found.status) == (Kind.SENTENCE, status)


def test_the_same_words_elsewhere_are_prose() -> None:
    assert items("## Summary\n\nThis list tells when we are ready for production.") == ()


def test_an_issue_in_bold_is_an_item() -> None:
    found = items("## Troubleshooting\n\n**Issue: It hangs**\n- Solution: Wait\n- Location: `a.py`")
    assert [(each.text, each.status) for each in found] == [
        ("Issue: It hangs", Status.UNSAID),
        ("Solution: Wait", Status.UNSAID),
    ]


def test_a_folded_part_ends_where_it_is_closed() -> None:
    found = items("<details>\n<summary>Checks (2 of 3)</summary>\n\n- [x] a\n</details>\n\n- [ ] b")
    assert [each.lead for each in found] == ["Checks (2 of 3)", ""]


def test_stated_shares_name_their_section_and_item() -> None:
    found = document("# T\n**Overall**: **93% (67/72 tasks)**\n## API: 70% Complete\n- [ ] a\n### TARGET: 95%+\n")
    assert [(each.text, each.part, each.whole, each.section, each.goal) for each in found.stated] == [
        ("93%", 67, 72, (), False),
        ("70%", None, None, ("API: 70% Complete",), False),
        ("95%", None, None, ("API: 70% Complete", "TARGET: 95%+"), True),
    ]
    assert found.stated[0].item == 0


@pytest.mark.parametrize(
    ("field", "attribute", "value"),
    [
        ("**Severity**: Critical", "priority", "Critical"),
        ("**Phase**: 3", "phase", "3"),
        ("**Due**: 2026-02-01", "due", date(2026, 2, 1)),
    ],
)
def test_fields_of_a_section_come_down_to_its_items(field: str, attribute: str, value: object) -> None:
    found = items(f"# A\n## Part\n{field}\n\n- [ ] a")
    assert getattr(found[-1], attribute) == value


def test_the_reason_of_a_deferred_section_is_to_be_answered_for() -> None:
    heading, reason, box = items("## ⏸️ Later\n**Rationale**: no load yet\n\n- [ ] a")
    assert (reason.status, heading.reason, box.reason) == (Status.DEFERRED, "no load yet", "no load yet")


@pytest.mark.parametrize("below", ["**Expected**: `PONG`", "Should return `PONG`.", "Expected response: PONG"])
def test_what_code_should_give_may_stand_below_it(below: str) -> None:
    found = item(f"```bash\nredis-cli ping\n```\n\n{below}")
    assert found.code is not None
    assert "PONG" in found.code.expected[0]


def test_a_list_below_a_result_is_led_by_it() -> None:
    found = items("```bash\npytest\n```\n**Result**: ✅ **7 suites** covering:\n- Login with 2 factors")
    assert [each.lead for each in found] == ["", "Result"]


def test_a_status_in_bold_alone_is_an_item() -> None:
    assert item("**PRODUCTION READY**").status is Status.DONE
    assert item("**Not ready for production**").status is Status.OPEN
    assert item("**✅ PRODUCTION LIVE**").status is Status.DONE


def test_paragraphs_of_names_and_values_are_fields() -> None:
    found = items("# Status\nErrors: 0 ✅\nWarnings: 3 left\nTests: 12 pass")
    assert [each.label for each in found] == ["Errors", "Warnings", "Tests"]


def test_a_line_that_dates_the_document_is_an_item() -> None:
    assert item("*Checklist created September 12, 2025*\n*Keep it up to date*").status is Status.UNSAID


def test_a_paragraph_below_a_bullet_is_about_it() -> None:
    found = document("- [ ] a\n\n  More words.\n\n  Due: 2026-03-01\n")
    assert found.items[0].end == 5
    assert found.items[0].due is not None


def test_a_whole_sentence_in_bold_says_something() -> None:
    found = item("**Only when all of the boxes above are ticked are we live.**")
    assert (found.kind, found.status) == (Kind.SENTENCE, Status.OPEN)
    assert items("**Is everything that we wrote down here really done?**") == ()


def test_a_verdict_on_a_condition_says_nothing_yet() -> None:
    assert item("**✅ PRODUCTION READY**: When all boxes are ticked, it may go live").status is Status.UNSAID
    assert item("**Our new service is ready for production and for tests!**").status is Status.DONE


def test_an_issue_with_its_text_behind_it_is_open() -> None:
    assert item("## Part\n**Issue**: nobody has access").status is Status.OPEN


def test_what_is_and_what_has_to_be_are_open_side_by_side() -> None:
    first, second = items("## Vault\n**Current:** One brass lock\n**Required:** Two steel locks")
    assert (first.status, second.status) == (Status.OPEN, Status.OPEN)
    assert not items("## Vault\n**Current:** One brass lock\n**Colour:** Blue")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("**Blocked until:** the smith is back", Status.OPEN),
        ("**Status:** Doors complete, locks pending", Status.OPEN),
        ("**Status:** Complete, no locks missing", Status.DONE),
        ("**Locks**: Oiled and configured", Status.DONE),
    ],
)
def test_the_rest_of_a_value_counts(line: str, status: Status) -> None:
    assert item(f"## Vault\n{line}").status is status


@pytest.mark.parametrize(
    "line",
    ["**Total Commits:** 23", "**Scenario 1: Burglars**", "**Start after:** keys are configured", "**Wozu:** Ruhe"],
)
def test_fields_that_only_tell_about_something(line: str) -> None:
    assert not items(f"## Vault\n{line}")


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        ("The new system is now **production-ready**.", [Status.DONE]),
        ("Our service is not yet ready for production.", [Status.OPEN]),
        ("Before the service is production-ready, the keys are changed.", []),
        ("The lock is ready for the door.", []),
    ],
)
def test_a_sentence_that_speaks_of_the_whole_is_a_verdict_anywhere(line: str, statuses: list[Status]) -> None:
    assert [each.status for each in items(f"## Vault\n{line}")] == statuses


def test_fields_among_what_is_wanted_are_open() -> None:
    assert item("## Planned\n**Output**: A list of locks").status is Status.OPEN


def test_an_expected_output_with_a_tick_claims_nothing() -> None:
    assert item("## Vault\nThe door\n\n✅ Expected: the door opens").status is Status.UNSAID


def test_conditions_and_failures_open_a_verdict() -> None:
    assert item("Status: GO (conditional on two locks)").status is Status.OPEN
    assert item("## Vault\n**Test Results**: 12 passed, 3 failed").status is Status.OPEN
    assert item("## Vault\n**Test Results**: 12 passed, 0 failed").status is Status.DONE


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("Locks: 45/50 passing", Status.OPEN),
        ("Locks: 50/50 passing", Status.DONE),
        ("Scan: 2 high, 0 critical", Status.OPEN),
        ("Scan: 0 high, 0 critical", Status.DONE),
        ("Build: failing", Status.OPEN),
        ("Build: clean", Status.DONE),
    ],
)
def test_fields_beside_one_another_are_told_by_their_values(line: str, status: Status) -> None:
    found = items(f"## Tests\nDoors: 3 of 3 tested\n{line}")
    assert found[-1].status is status


def test_a_verdict_that_waits_for_something_is_open() -> None:
    assert item("## Conclusion\nOnce all locks are fitted, you're ready for production.").status is Status.OPEN
