from __future__ import annotations

import pytest

from pytest_readiness.checklist.model import Kind, Status
from pytest_readiness.model import Severity
from tests.checklist.readings import document, item, items


@pytest.mark.parametrize(
    ("line", "text", "status"),
    [
        ("## ✅ Package layout", "Package layout", Status.DONE),
        ("### [✅] Package layout", "Package layout", Status.DONE),
        ("### Package layout - ✅ **COMPLETED**", "Package layout", Status.DONE),
        ("### Package layout → DONE", "Package layout", Status.DONE),
        ("## ⚠️ Package layout", "Package layout", Status.OPEN),
        ("## ⏸️ Package layout", "Package layout", Status.DEFERRED),
        ("### Package layout: 40% Complete", "Package layout: 40% Complete", Status.OPEN),
        ("### Package layout: 100% Complete", "Package layout: 100% Complete", Status.DONE),
        ("### Package layout (4/6)", "Package layout (4/6)", Status.OPEN),
        ("## Readiness: 6.5 / 10", "Readiness: 6.5 / 10", Status.DONE),
        ("### 🎯 TARGET: 95%+ for launch", "TARGET: 95%+ for launch", Status.OPEN),
        ("## Phase 2: Package layout", "Phase 2: Package layout", Status.OPEN),
        ("### `src/app/` (12 files)", "`src/app/` (12 files)", Status.DONE),
        ("### Package layout - 🔥 **CRITICAL** (Days 1-2)", "Package layout - CRITICAL (Days 1-2)", Status.OPEN),
        ("## ⏳ **PENDING**", "PENDING", Status.OPEN),
    ],
)
def test_a_heading_that_says_something_is_an_item(line: str, text: str, status: Status) -> None:
    found = item("# Title\n\n" + line)
    assert (found.kind, found.text, found.status) == (Kind.HEADING, text, status)


@pytest.mark.parametrize(
    "line",
    [
        "## 🚀 Deployment",
        "## Database",
        "## 🔄 Next steps",
        "### 1. Database",
        "## 📋 MEDIUM PRIORITY",
        "### 🔴 High",
        "## CI/CD",
    ],
)
def test_a_heading_that_only_opens_a_section_is_none(line: str) -> None:
    assert items("# Title\n\n" + line) == ()


def test_a_tick_over_open_boxes_is_not_trusted() -> None:
    heading, *_ = items("## ✅ Validation\n- [ ] Tables exist\n- [ ] Views exist")
    assert heading.status is Status.OPEN
    assert heading.because == "0 of 2 boxes below are ticked"


def test_a_tick_over_some_ticked_boxes_is_reported_as_it_stands() -> None:
    heading, *_ = items("## ✅ Validation\n- [x] Tables exist\n- [ ] Views exist")
    assert heading.status is Status.DONE


def test_a_tick_over_recommendations_is_open() -> None:
    heading, advice = items("### ✅ Recommendations\n- Use a staged rollout")
    assert heading.status is Status.OPEN
    assert advice.status is Status.OPEN


def test_what_is_open_below_a_deferred_heading_is_deferred() -> None:
    _, box = items("## ⏸️ Deferred\n- [ ] Profiling")
    assert box.status is Status.DEFERRED


def test_sections_are_the_headings_above_without_the_title() -> None:
    found = document("# Title\n## 1. **One** ✅\n### Two {#anchor}\n- [x] a\n## Three\n- [x] b")
    assert found.title == "Title"
    assert [each.section for each in found.items if each.kind is Kind.BOX] == [("One", "Two"), ("Three",)]


def test_underlined_headings_open_sections_too() -> None:
    found = document("Title\n=====\n\nPart\n----\n- [x] a")
    assert found.title == "Title"
    assert found.items[0].section == ("Part",)


def test_an_item_below_a_heading_that_is_an_item_has_it_for_its_parent() -> None:
    heading, box, nested = items("## ✅ Part\n- [x] a\n  - [x] b")
    assert (heading.parent, box.parent, nested.parent) == (None, 0, 1)
    assert (box.depth, nested.depth) == (0, 1)


@pytest.mark.parametrize(
    ("heading", "severity", "word"),
    [
        ("## Security - ⚠️ **HIGH** (Days 1-3)", Severity.HIGH, "HIGH"),
        ("## MEDIUM PRIORITY REQUIREMENTS", Severity.MEDIUM, "MEDIUM"),
        ("## Phase 1: Repairs (P0)", Severity.CRITICAL, "P0"),
        ("## P3 — Nice to have", Severity.LOW, "P3"),
        ("## ⚠️ Minor concerns", Severity.LOW, "Minor"),
        ("### Critical", Severity.CRITICAL, "Critical"),
    ],
)
def test_severity_comes_down_from_headings(heading: str, severity: Severity, word: str) -> None:
    found = items(f"# Title\n{heading}\n- [ ] a\n  - [ ] b")
    assert {(each.severity, each.priority) for each in found} == {(severity, word)}


@pytest.mark.parametrize("heading", ["## Critical infrastructure", "## Critical path", "## High availability"])
def test_a_heading_may_say_critical_without_meaning_a_severity(heading: str) -> None:
    assert items(f"# Title\n{heading}\n- [ ] a")[0].severity is None


def test_an_issue_takes_its_severity_from_the_line_below() -> None:
    issue, *_ = items("## Known issues\n### 1. Slow start\n**Severity**: Low (once a day)")
    assert (issue.kind, issue.severity, issue.status) == (Kind.HEADING, Severity.LOW, Status.OPEN)


def test_the_id_in_a_heading_speaks_of_its_boxes_and_rows_alone() -> None:
    found = items("# Title\n## Cache (P2-1)\n- [ ] a\n\nThen:\n\n- Thread-safe")
    assert [each.priority for each in found] == ["P2", ""]


def test_a_ranked_heading_is_an_item_and_ranks_what_is_below() -> None:
    heading, bullet = items("# Title\n## Priority 2: **Mail setup**\n- Configure the server")
    assert (heading.priority, heading.status, bullet.priority, bullet.status) == ("#2", Status.OPEN, "#2", Status.OPEN)


def test_a_tick_over_checks_of_which_none_is_done_is_open() -> None:
    heading, *_ = items("# Title\n## ✅ Final verification\n```bash\nmake check\n```")
    assert heading.status is Status.OPEN


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("<h2>✅ Part</h2>", Status.DONE),
        ("## Warnings fixed (36 → 0)", Status.DONE),
        ("## Remaining warnings (205)", Status.OPEN),
        ("## Known issues\n### 3 crashes (HIGH)", Status.OPEN),
        ("## Issue: It hangs", Status.OPEN),
        ("## Troubleshooting\n### It hangs", Status.UNSAID),
        ("## P1 — Should fix\n\n1. Keys", Status.OPEN),
    ],
)
def test_headings_that_are_items_by_their_name(text: str, status: Status) -> None:
    found = [each for each in items("# Title\n\n" + text) if each.kind is Kind.HEADING]
    assert [each.status for each in found] == [status]


def test_a_severity_alone_is_no_item_but_goes_down() -> None:
    assert [(each.text, each.priority) for each in items("# T\n### 🔴 Crítico (antes)\n- Keys are old")] == [
        ("Keys are old", "Crítico")
    ]


def test_a_tick_over_what_to_do_in_trouble_says_nothing() -> None:
    assert items("# Title\n## ✅ Troubleshooting guide\nWords.")[0].status is Status.UNSAID


@pytest.mark.parametrize("title", ["⚠️ IMPORTANT NOTES", "⚠️ Attention", "⚠️ Wichtige Hinweise"])
def test_a_call_for_attention_is_no_item(title: str) -> None:
    assert not items(f"## {title}")


def test_common_issues_among_troubles_are_no_item_but_each_of_them_is() -> None:
    found = items("## Troubleshooting\n### Common issues\n### Rusty lock")
    assert [(each.text, each.status) for each in found] == [("Rusty lock", Status.UNSAID)]


def test_a_guide_that_is_planned_is_to_be_written() -> None:
    assert item("## Planned\n### Troubleshooting guide\n- Rusty locks").status is Status.OPEN
    assert item("## Troubleshooting guide\n- Rusty locks").status is Status.UNSAID


def test_a_tick_on_a_choice_that_is_recommended_stands() -> None:
    found = items("## ✅ Brass lock - recommended\n- Two keys")
    assert [each.status for each in found] == [Status.DONE, Status.DONE]


def test_a_tick_on_steps_none_of_which_is_done_is_not_trusted() -> None:
    assert items("## ✅ Moving Steps\n1. Move the keys")[0].status is Status.OPEN


def test_a_heading_that_names_its_file_is_a_file_and_keeps_its_list() -> None:
    found = items("## Parts\n### Door keeper (`app/doors.py`)\n- Opens doors for friends")
    assert [(each.kind, each.status) for each in found] == [(Kind.HEADING, Status.DONE), (Kind.BULLET, Status.DONE)]
    assert [each.kind for each in items("## Planned\n### Door keeper (`app/doors.py`)")] == []


def test_numbered_work_with_a_priority_is_an_item_but_the_priority_alone_is_none() -> None:
    found = item("## 2. Locks (HIGH PRIORITY)")
    assert (found.text, found.status, found.priority) == ("Locks (HIGH PRIORITY)", Status.OPEN, "HIGH")
    assert not items("## 🔴 HIGH PRIORITY (1-2 weeks)")


def test_a_phase_is_done_if_words_say_so() -> None:
    found = items("### Phase 1 - Doors (complete)\n### ✅ Phase 2 - Locks\n### Phase 3 - Keys (in progress)")
    assert [each.status for each in found] == [Status.DONE, Status.OPEN, Status.OPEN]


def test_a_severity_among_the_fields_below_makes_an_issue() -> None:
    found = items("## Issues\n### Rusty lock\n**File:** `lock.py`\n**Severity:** High\n\n### Colour\nGreen.")
    assert (found[0].text, found[0].status, found[0].priority) == ("Rusty lock", Status.OPEN, "High")
    assert "Colour" not in {each.text for each in found}


def test_a_tick_on_a_checklist_stands() -> None:
    assert items("# House\n## ✅ Moving checklist\n- [x] Keys")[0].status is Status.DONE
