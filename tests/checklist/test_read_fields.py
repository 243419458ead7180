from __future__ import annotations

import pytest

from pytest_readiness.checklist.model import Kind, Status
from tests.checklist.reading import document, item, items


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
        ("**Next Priority**: Fix the `.env` file", Status.OPEN),
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
