from __future__ import annotations

from datetime import date

import pytest

from pytest_readiness.checklist.model import Kind, Role, Status
from pytest_readiness.model import Severity
from tests.checklist.readings import document, item, items, statuses

DONE, OPEN, UNSAID = Status.DONE, Status.OPEN, Status.UNSAID


def test_lines_that_go_on_belong_to_their_bullet() -> None:
    found = item("- [ ] Backups are\n  restored every\n  month.")
    assert found.text == "Backups are restored every month."
    assert (found.line, found.end) == (1, 3)


def test_nesting_follows_indent_by_spaces_and_tabs() -> None:
    found = items("- [ ] a\n    - [ ] b\n\t- [ ] c\n        - [ ] d\n- [ ] e")
    assert [each.parent for each in found] == [None, 0, 0, 2, None]
    assert [each.depth for each in found] == [0, 1, 1, 2, 0]


def test_what_stands_below_an_item_tells_about_it() -> None:
    found = document(
        """
        - [ ] Rotate keys
          - Owner: Ann Lee
          - Due: 2026-03-01
          - Priority: High
          - Reason: the vendor is slow
          - File: `keys.py`
        """
    )
    (only,) = found.items
    assert (only.owner, only.due, only.severity) == ("Ann Lee", date(2026, 3, 1), Severity.HIGH)
    assert only.reason == "the vendor is slow"
    assert [line.role for line in found.lines[1:]] == [Role.CONTEXT] * 5


@pytest.mark.parametrize(
    ("line", "owner", "due"),
    [
        ("- [ ] Rotate keys (Owner: Ann, due 2026-01-15)", "Ann", date(2026, 1, 15)),
        ("- [ ] Rotate keys (@ann) by Dec 5, 2026", "@ann", date(2026, 12, 5)),
        ("- [ ] Rotate keys – Verantwortlich: Jana, fällig: 15.04.2026", "Jana", date(2026, 4, 15)),
        ("- [ ] Rotate keys. Owner: Ann Lee; deadline 12/31/2026", "Ann Lee", date(2026, 12, 31)),
        ("- [ ] Mail ann@example.org until 5 March 2026", "", date(2026, 3, 5)),
        ("- [ ] Signed by Ann (2026-01-15)", "", None),
        ("- [ ] 密钥轮换 负责人：张伟", "张伟", None),
    ],
)
def test_owner_and_due_date_in_the_line_itself(line: str, owner: str, due: date | None) -> None:
    found = item(line)
    assert (found.owner, found.due) == (owner, due)


def test_a_date_without_a_year_is_of_the_latest_year_that_is_named() -> None:
    first, *_ = items("# Plan 2026\n- [ ] Rotate keys by Dec 5")
    assert first.due == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("- [ ] **P1** Rotate keys", "P1"),
        ("- [ ] P2-3: Rotate keys", "P2"),
        ("- [ ] Rotate keys (P1/P2)", "P1/P2"),
        ("- [ ] Rotate keys (Priority: 🔥 Critical)", "Critical"),
        ("- [ ] [HIGH] Rotate keys", "HIGH"),
        ("- [ ] Low: rotate keys", "Low"),
        ("- [ ] No critical bugs or vulnerabilities", ""),
        ("- [ ] Commit P2 improvements", ""),
        ("- [ ] Priority #4: rotate keys", "#4"),
    ],
)
def test_the_priority_that_an_item_states_itself(line: str, word: str) -> None:
    assert item(line).priority == word


@pytest.mark.parametrize(
    ("line", "condition", "optional"),
    [
        ("- [ ] Firewall if applicable", "if applicable", False),
        ("- [ ] LDAP (if using Windows)", "if using Windows", False),
        ("- [ ] If using Docker, run as a user", "If using Docker", False),
        ("- [ ] Firewall (optional)", "", True),
        ("- [ ] Optional: firewall", "", True),
        ("- [ ] Firewall", "", False),
    ],
)
def test_conditions_and_options(line: str, condition: str, optional: bool) -> None:
    found = item(line)
    assert (found.condition, found.optional) == (condition, optional)


def test_plain_bullets_are_meant_as_their_heading_says() -> None:
    text = """
    ## Features
    - Search by name
    ## Recommendations
    - Search by date
    ## Success metrics
    - **Uptime:** 99.9%
    ## Root cause
    - A full disk
    ## Completed
    - Fix the disk
    """
    assert statuses(text) == {
        "Search by name": DONE,
        "Search by date": OPEN,
        "Uptime: 99.9%": UNSAID,
        "Fix the disk": DONE,
    }


def test_the_words_of_a_plain_bullet_count_where_no_heading_tells() -> None:
    text = "- Configure alerts\n- Configured alerts\n- Alerts need tests\n- Test coverage is high\n- Test the alerts"
    assert list(statuses(text).values()) == [OPEN, DONE, OPEN, DONE, OPEN]


def test_a_weak_heading_gives_way_to_a_firm_one_further_out() -> None:
    assert item("## Remaining concerns\n### Test coverage\n- End-to-end workflow").status is OPEN


def test_a_lead_that_is_a_status_gives_it_to_its_list() -> None:
    text = "**✅ Completed:**\n- Login\n\n**Deferred**\n- Passkeys\n\n**False positives**:\n- Cache"
    assert list(statuses(text).values()) == [DONE, Status.DEFERRED, Status.FALSE_POSITIVE]


def test_steps_say_what_is_to_be_done() -> None:
    found = items("## Rollout\n1. **Deploy** to staging\n   - Click on Deploy\n2. Monitor")
    assert [(each.kind, each.status) for each in found] == [(Kind.STEP, OPEN), (Kind.STEP, OPEN)]


def test_impact_and_solution_belong_to_their_issue() -> None:
    found = items("## Known issues\n- **Issue**: Slow start\n- **Impact**: Nobody waits\n- **Solution**: Wait")
    assert [each.label for each in found] == ["Issue"]


def test_a_numbered_line_that_introduces_code_is_none() -> None:
    found = items("## Troubleshooting\n1. Check the log:\n   ```bash\n   grep ERROR app.log\n   ```")
    assert [(each.kind, each.lead) for each in found] == [(Kind.CODE, "Check the log")]


def test_blanks_to_be_filled_in_are_open() -> None:
    first, second = items("- Engineering: ____________\n\n**Signature:** ______")
    assert (first.status, second.status) == (OPEN, OPEN)


@pytest.mark.parametrize(
    ("line", "status"), [("- UI: 60% complete", OPEN), ("- Docs — 3/5", OPEN), ("- API: 4/4", DONE)]
)
def test_a_share_tells_whether_a_bullet_is_done(line: str, status: Status) -> None:
    assert item(line).status is status


def test_a_step_that_names_a_deferred_item_is_deferred_with_it() -> None:
    row, step = items(
        "| Task | Status |\n|---|---|\n| P2-3: Key rotation | ⏸️ Deferred |\n\n## Plan\n1. Rotate them (P2-3)"
    )
    assert (row.status, step.status) == (Status.DEFERRED, Status.DEFERRED)


def test_a_legend_in_bullets_claims_nothing() -> None:
    assert items("## Legend\n- ✅ finished\n- ❌ not begun\n\n## Key\n- [x] yes") == ()


def test_a_status_told_below_a_plain_step_is_the_steps() -> None:
    found = items("## Checks\n1. Alerts reach us\n   - Status: done")
    assert [each.status for each in found] == [DONE]


def test_owner_and_priority_in_bullets_right_below_a_heading_are_its_own() -> None:
    heading, box = items("## ✅ Part\n- **Owner**: Ann\n- **Priority**: High\n- **Due**: 2026-05-01\n- [x] a")
    assert (heading.owner, heading.priority, heading.due) == ("Ann", "High", date(2026, 5, 1))
    assert (box.owner, box.priority, box.due) == ("Ann", "High", date(2026, 5, 1))


def test_phase_and_condition_may_stand_below_an_item() -> None:
    found = item("- [ ] Firewall\n  - Phase: 2\n  - Only if: public")
    assert (found.phase, found.condition) == ("2", "public")


def test_the_phase_comes_from_the_heading() -> None:
    assert items("## Phase 2: Repairs\n- [ ] a")[1].phase == "Phase 2"
    assert items("## Week 3-4: Polish\n- [ ] a")[0].phase == "Week 3-4"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("- [ ] Limits\n  - per user", 1),
        ("- [x] Tokens\n  - Access: 60 min → 15 min", 2),
        ("- [ ] Open only these ports:\n  - Port 4001", 2),
        ("## Next steps\n1. Search\n   - Index by date", 2),
        ("## Setup\n1. Search\n   - Index by date", 1),
        ("## Setup\n1. Search\n   - Verify the index", 2),
        ("- Search\n  - Index of 3 fields", 2),
        ("- Search\n  - Index", 1),
        ("## Setup\n- Go to the console", 0),
        ("### `src/app/`\n- Handlers\n- 5 services", 2),
        ("- READY / NOT READY", 0),
        ("- <https://example.org>", 0),
        ("- ", 0),
        ("## Troubleshooting\n- Solution: wait", 1),
    ],
)
def test_which_bullets_stand_for_themselves(text: str, count: int) -> None:
    assert len(items(text)) == count


def test_what_is_nested_in_an_open_list_is_not_said() -> None:
    assert [each.status for each in items("- [ ] Open only these ports:\n  - Port 4001")] == [OPEN, UNSAID]


def test_a_lead_within_a_list_tells_what_its_bullets_mean() -> None:
    found = items("- Common causes:\n  - Full disk\n- Remaining work:\n  - Clean up")
    assert [(each.text, each.lead) for each in found if each.lead] == [
        ("Full disk", "Common causes"),
        ("Clean up", "Remaining work"),
    ]


def test_an_aim_is_open() -> None:
    assert item("- 🎯 Faster builds").status is OPEN


def test_dated_and_verdict_bullets() -> None:
    assert statuses("- **Last Updated**: May 4\n- **Status**: Active\n- **Result**: failed") == {
        "Last Updated: May 4": UNSAID,
        "Status: Active": DONE,
        "Result": OPEN,
    }


def test_a_new_field_or_box_ends_what_goes_on() -> None:
    found = items("- [ ] a\n  [x] b\n- [ ] c\n  **Owner:** Ann\n- [ ] d\n  ✅ e\n- [ ] f\n  lower goes on")
    assert [each.text for each in found] == ["a", "b", "c", "d", "e", "f lower goes on"]
    assert found[2].owner == "Ann"


def test_a_numbered_line_that_ends_in_a_colon_is_a_step_of_its_own() -> None:
    found = items(
        """
        ## Release
        1. **Tag it**:
           ```bash
           git tag v1
           ```
        2. **Never commit**:
           - Passwords
        3. After review, merge it
        """
    )
    assert [(each.text, each.status) for each in found] == [
        ("Tag it", OPEN),
        ("git tag v1", UNSAID),
        ("Never commit", OPEN),
        ("Passwords", OPEN),
        ("After review, merge it", OPEN),
    ]


def test_a_sign_with_its_meaning_is_no_item() -> None:
    assert items("- ✅ GREEN files = staged for the commit\n- ❌ RED files = not staged") == ()


def test_numbers_are_ranks_in_order_of_priority() -> None:
    assert [each.priority for each in items("### Priority order:\n1. Keys\n2. Locks")] == ["#1", "#2"]


@pytest.mark.parametrize(
    "heading",
    [
        "Bekannte Probleme",
        "Problèmes connus",
        "Riesgos",
        "Problemas conhecidos",
        "Rischi",
        "Известные проблемы",
        "已知问题",
        "課題",
    ],
)
def test_what_stands_below_known_problems_is_open(heading: str) -> None:
    assert item(f"## {heading}\n- Logs").status is OPEN


def test_a_reason_may_follow_a_comma() -> None:
    found = item("- [ ] Prüfung — zurückgestellt, wartet auf das Labor")
    assert (found.status, found.reason) == (Status.DEFERRED, "wartet auf das Labor")
    assert found.text == "Prüfung — zurückgestellt, wartet auf das Labor"


def test_a_lead_with_a_sign_gives_its_status_to_its_list() -> None:
    found = items(
        "## Final recommendation\n**✅ It may run in production:**\n- For small teams\n\n**❌ Not yet:**\n- For banks"
    )
    assert [each.status for each in found if each.kind is Kind.BULLET] == [DONE, OPEN]


def test_what_is_nested_in_a_ticked_bullet_is_claimed_with_it() -> None:
    found = items("- ✅ **Hardening**\n  - Password hashing\n  - Needs a review")
    assert [each.status for each in found] == [DONE, DONE, OPEN]


def test_steps_of_what_is_complete_are_claims_to_their_last() -> None:
    done = "### ✅ Completed\n1. **Architecture**\n   - One store for all\n\n"
    found = items(done + "## Next steps\n1. **This week**:\n   - Add alerts")
    assert [each.status for each in found] == [DONE, DONE, DONE, OPEN, OPEN]


def test_numbered_ticks_on_what_somebody_is_told_to_do_are_open() -> None:
    assert item("## Launch\n1. ✅ **Configure TLS** - 15 minutes").status is OPEN
    assert item("## Launch\n- **Weekly**: review the logs").status is UNSAID


def test_names_in_code_tell_nobody_to_do_anything() -> None:
    found = items("1. `deploy.sh` - Automated start\n2. **OrderDesk** - Order management\n3. Deploy the desk")
    assert [each.status for each in found] == [DONE, DONE, OPEN]
    assert item("## Interface\n- `GET /locks` - All locks").status is DONE


def test_words_like_participles_do_not_make_wishes_done() -> None:
    found = items("## What's next\n- File-based locks\n- Unified keyring\n- Replaced the old keys")
    assert [each.status for each in found] == [OPEN, OPEN, DONE]


def test_problems_that_are_solved_are_no_items() -> None:
    fixed = "## Fixes Implemented\n### Keyring\n**Problem:**\n- Keys are missing\n\n**Solution:**\n- Added keys"
    assert statuses(fixed) == {"Added keys": DONE}
    assert statuses("## Vault\n**Problem:**\n- Keys are missing") == {"Keys are missing": OPEN}


@pytest.mark.parametrize(
    "line", ["Effort: 2 days", "**Estimated effort:** 2 days", "Error: timeout", "Impact: few users"]
)
def test_effort_and_effect_are_no_items(line: str) -> None:
    assert statuses(f"## Next steps\n- [ ] Rotate keys\n\n\n- {line}") == {"Rotate keys": OPEN}


def test_a_status_below_an_item_belongs_to_it() -> None:
    found = item("1. **Vault** - Keeps the keys\n   - Status: done, needs a second lock")
    assert found.text.startswith("Vault")
    assert item("## Plan\n- Vault\n  - Status: done").status is DONE


@pytest.mark.parametrize(
    "title", ["Contacts & Support", "Emergency contact list", "Target Users", "Intended audience:"]
)
def test_who_is_asked_and_who_is_meant_is_no_item(title: str) -> None:
    assert not items(f"## {title}\n- Ann Lee\n- The smiths")


def test_an_introduction_that_claims_something_is_a_claim() -> None:
    found = statuses("## Changes made\n- Added all locks:\n  - front lock\n- Locks:\n  - back lock")
    assert found == {"Added all locks": DONE, "front lock": DONE, "back lock": DONE}


def test_known_issues_that_nobody_has_to_care_about_are_neither() -> None:
    found = items(
        "## Known Issues\n1. **Rust on hinges**: Safe to ignore\n2. **Noise**: Expected during rain\n3. A leak"
    )
    assert [each.status for each in found] == [UNSAID, UNSAID, OPEN]


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("What's blocking the launch", OPEN),
        ("Locks to write", OPEN),
        ("Monitoring alerts", OPEN),
        ("Required components", OPEN),
        ("Vault (recommended)", DONE),
        ("发布必须包含", OPEN),
        ("Возможности", DONE),
    ],
)
def test_the_mood_of_a_title(title: str, status: Status) -> None:
    assert item(f"## {title}\n- Brass keyring").status is status


def test_what_is_mandatory_is_open() -> None:
    assert item("## Vault\n- A second lock is mandatory").status is OPEN


def test_a_lack_of_failures_is_no_lack() -> None:
    assert item("## Locks\n- 12 turning, 0 failing").status is DONE
    assert item("## Locks\n- 12 turning, 2 failing").status is OPEN


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("- Test failures: 4 suites", OPEN),
        ("- **Critical vulnerabilities**: 0", DONE),
        ("- Failures: none", DONE),
        ("- Error rate: 2 per day", DONE),
        ("- Errors fixed: 12", DONE),
    ],
)
def test_a_count_of_faults(line: str, status: Status) -> None:
    assert item(f"## Locks\n{line}").status is status


def test_work_that_is_left_is_open_among_what_is_claimed() -> None:
    found = items("## Completed\n- Old locks are gone\n- A few hinges need to be oiled")
    assert [each.status for each in found] == [DONE, OPEN]


def test_a_bracket_that_ends_in_doubt_overrules_a_tick() -> None:
    assert item("- ✅ Front lock (for friends - in progress)").status is OPEN
    assert item("- ✅ Front lock (for friends - blue)").status is DONE


def test_a_noun_that_looks_like_an_order_is_none() -> None:
    assert item("- Test infrastructure documented").status is DONE
    assert item("- Test in the yard").status is OPEN


def test_a_tick_below_what_is_next_promises() -> None:
    assert item("## What's next\n1. ✅ **Front lock** - Turn it once").status is OPEN


def test_troubles_in_a_list_are_introduced_and_no_trouble() -> None:
    assert statuses("## Troubleshooting\n1. **Common issues**\n2. Rusty lock") == {"Rusty lock": UNSAID}


@pytest.mark.parametrize(
    ("title", "status"),
    [("What doesn't work", OPEN), ("Was funktioniert", DONE), ("Unfinished", OPEN), ("What works", DONE)],
)
def test_what_works_and_what_does_not(title: str, status: Status) -> None:
    assert item(f"## {title}\n- Brass keyring").status is status


def test_to_be_without_something_good_is_a_lack() -> None:
    assert item("## State\n- No monitoring of the door").status is OPEN
    assert item("## State\n- No burglars in the house").status is DONE


def test_a_variable_that_is_only_described_claims_nothing() -> None:
    found = items("## Environment\n- `VAULT_KEY` - a long secret\n- **VAULT_DOOR**: configured")
    assert [each.status for each in found] == [UNSAID, DONE]


@pytest.mark.parametrize("title", ["Not done yet", "Not implemented", "Noch nicht fertig", "残タスク", "未実装"])
def test_a_denied_claim_is_a_wish(title: str) -> None:
    assert item(f"## {title}\n- Brass keyring").status is OPEN


def test_bullets_before_a_launch_are_steps() -> None:
    assert item("## Pre-launch\n- Backup database").status is OPEN
    assert item("## Parts\n- Backup database").status is DONE


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("- Coverage: 40% (target 60%)", OPEN),
        ("- Coverage: 60% (target: 60%)", DONE),
        ("- Cameras: planned", OPEN),
        ("- Broken locks: no", DONE),
    ],
)
def test_a_value_that_falls_short_of_the_claim_around_it(line: str, status: Status) -> None:
    assert item(f"## Completed\n{line}").status is status


def test_a_bullet_that_is_a_severity_gives_it_to_what_is_nested() -> None:
    found = items("## Recommendations\n- **High Priority**\n  - Fix lock\n- **Low Priority**:\n  - Paint the door")
    assert [(each.text, each.status, each.severity) for each in found] == [
        ("Fix lock", OPEN, Severity.HIGH),
        ("Paint the door", OPEN, Severity.LOW),
    ]


def test_round_boxes() -> None:
    found = items("## Locks\n- ( ) Front lock\n- (x) Back lock")
    assert [each.status for each in found] == [OPEN, DONE]


def test_weaknesses_are_open() -> None:
    assert item("## Weaknesses\n- Weak hinges allowed").status is OPEN


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("- Hinges: strength not verified", OPEN),
        ("- Cameras: deferred to v2", Status.DEFERRED),
        ("- Cellar: not applicable here", Status.NOT_APPLICABLE),
    ],
)
def test_a_value_that_begins_with_a_status(line: str, status: Status) -> None:
    assert item(f"## Locks\n{line}").status is status


@pytest.mark.parametrize(("title", "status"), [("Limitaciones", OPEN), ("Требования", UNSAID), ("要求", UNSAID)])
def test_moods_of_more_languages(title: str, status: Status) -> None:
    assert item(f"## {title}\n- Brass").status is status


@pytest.mark.parametrize("title", ["Must Have", "Should-haves", "Moving checklist"])
def test_what_somebody_must_have_is_not_there_yet(title: str) -> None:
    assert item(f"# House\n## {title}\n1. Front lock").status is OPEN


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("1. You should see the garden", UNSAID),
        ("1. Login with the second key", OPEN),
        ("- Hinges should be oiled", OPEN),
        ("- Overall: almost ready", OPEN),
    ],
)
def test_what_should_be_is_not_done(line: str, status: Status) -> None:
    assert item(f"## House\n{line}").status is status


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("- **Sign-off**: *Ann Lee, operations* \u2014 **STATUS: APPROVED**", DONE),
        ("- Release notes by Ann - status: pending", OPEN),
    ],
)
def test_a_status_under_its_own_name_counts_wherever_the_bullet_stands(line: str, status: Status) -> None:
    assert item(f"# Launch\n\n## Checklist of the domains\n\n{line}\n").status is status
