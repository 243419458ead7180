from __future__ import annotations

from datetime import date

import pytest

from pytest_readiness.checklist.model import Kind, Status
from pytest_readiness.model import Severity
from tests.checklist.readings import document, item, items, statuses

DONE, OPEN, UNSAID = Status.DONE, Status.OPEN, Status.UNSAID


def test_a_row_with_a_status_and_all_its_cells() -> None:
    found = item(
        """
        | # | Task | Status | Owner | Due | Priority |
        |---|---|---|---|---|---|
        | 1 | **Rotate keys** | ✅ Complete | Ann | 2026-03-01 | P0 |
        """
    )
    assert (found.kind, found.text, found.status) == (Kind.ROW, "Rotate keys", DONE)
    assert (found.owner, found.due, found.severity) == ("Ann", date(2026, 3, 1), Severity.CRITICAL)
    assert found.cells["status"] == "✅ Complete"
    assert [mark.text for mark in found.marks] == ["✅"]


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("✅", DONE),
        ("✅ CLEAN", DONE),
        ("done", DONE),
        ("☑", DONE),
        ("❌", OPEN),
        ("In progress", OPEN),
        ("90%", OPEN),
        ("100%", DONE),
        ("3/5", OPEN),
        ("⏸️ Deferred", Status.DEFERRED),
        ("✅ False Positive", Status.FALSE_POSITIVE),
        ("N/A", Status.NOT_APPLICABLE),
        ("✅ Incomplete", OPEN),
        ("", OPEN),
        ("yes / no", OPEN),
        ("fertig", DONE),
        ("terminé", DONE),
        ("进行中", OPEN),
    ],
)
def test_the_status_of_a_cell(cell: str, status: Status) -> None:
    first, _ = items(f"| Task | Status |\n|---|---|\n| Keys | {cell} |\n| Locks | done |")
    assert first.status is status


def test_a_status_is_found_in_a_column_of_any_name() -> None:
    assert statuses("| Area | v2 |\n|---|---|\n| Keys | ✅ |\n| Locks | ❌ |") == {"Keys": DONE, "Locks": OPEN}


def test_boxes_in_cells_are_boxes() -> None:
    found = items("| Check | Expected |\n|---|---|\n| [ ] **Health** | `200` |\n| [x] Login | `302` |")
    assert [(each.kind, each.text, each.status) for each in found] == [
        (Kind.BOX, "Health", OPEN),
        (Kind.BOX, "Login", DONE),
    ]


def test_a_matrix_of_levels_says_for_whom_a_row_counts() -> None:
    tick = ":white_check_mark:"
    found = statuses(f"| Requirement | A | B |\n|---|---|---|\n| Tests | {tick} | {tick} |\n| Audit | | {tick} |")
    assert found == {"Tests": UNSAID, "Audit": UNSAID}


def test_columns_that_wait_to_be_filled_in_are_open() -> None:
    found = statuses(
        "| Check | Dev | QA | Staging | Prod |\n|---|---|---|---|---|\n| Smoke | | | | |\n| Login | | | | |"
    )
    assert found == {"Smoke": OPEN, "Login": OPEN}


def test_totals_and_summaries_are_no_items() -> None:
    found = document(
        """
        | Area | Total | Done |
        |---|---|---|
        | API | 10 | 7 |
        | **Total** | 10 | 7 |
        """
    )
    assert found.items == ()
    assert [line.why for line in found.lines[2:]] == ["row of a summary", "total of a table"]


def test_a_total_that_states_a_status_is_an_item() -> None:
    found = items("| Service | Status |\n|---|---|\n| API | ✅ |\n| **Total** | **✅ 0 errors** |")
    assert [each.text for each in found] == ["API", "Total"]


@pytest.mark.parametrize(
    "table",
    [
        "| Option | Pros | Cons |\n|---|---|---|\n| Blue | ✅ fast | ❌ dear |",
        "| Symbol | Meaning |\n|---|---|\n| ✅ | done |",
        "| If | Then |\n|---|---|\n| red | stop |",
        "| Parameter | Default |\n|---|---|\n| `size` | 4 |",
    ],
)
def test_tables_that_weigh_or_explain_have_no_items(table: str) -> None:
    assert items(table) == ()


def test_issues_and_targets_are_items_without_a_status_column() -> None:
    assert statuses("| Issue | Severity |\n|---|---|\n| Slow | HIGH |") == {"Slow": OPEN}
    assert statuses("| Metric | Target |\n|---|---|\n| Latency | < 200 ms |") == {"Latency": UNSAID}


def test_pipes_in_code_and_escaped_ones_part_no_cells() -> None:
    found = item("| Check | Command | Status |\n|---|---|---|\n| Env \\| vars | `env | grep X` | ✅ |")
    assert found.cells["command"] == "`env | grep X`"
    assert found.text == "Env \\| vars"


def test_the_reason_of_a_deferral_has_its_own_column() -> None:
    found = item("| Task | Status | Deferral Reason |\n|---|---|---|\n| Profiling | ⏸️ Deferred | No load yet |")
    assert (found.status, found.reason) == (Status.DEFERRED, "No load yet")


def test_a_column_for_each_environment_is_done_only_in_all() -> None:
    found = statuses("| Check | iOS | Android |\n|---|---|---|\n| Login | ✅ | ✅ |\n| Pay | ✅ | ❌ |")
    assert found == {"Login": DONE, "Pay": OPEN}


def test_what_a_variable_is_like_is_no_status() -> None:
    assert items("| Variable | Required | Default |\n|---|---|---|\n| `A` | ✅ | 1 |\n| `B` | ❌ | 2 |") == ()


def test_a_row_that_names_a_variable_is_one() -> None:
    found = item("| Field | Value |\n|---|---|\n| `APP_MODE` | `live` |")
    assert (found.kind, found.text, found.status) == (Kind.VARIABLE, "APP_MODE", UNSAID)


def test_checks_without_a_status_are_still_to_be_made() -> None:
    assert statuses("| # | Check | How |\n|---|---|---|\n| 1 | Keys are rotated | look |") == {"Keys are rotated": OPEN}


def test_numbers_of_passed_and_failed_tests_state_how_it_went() -> None:
    text = """
    | Suite | Tests | Passed | Failed |
    |---|---|---|---|
    | unit | 9 | 9 | 0 |
    | e2e | 9 | 8 | 1 |
    | **Total** | 18 | 17 | 1 |
    """
    assert statuses(text) == {"unit": DONE, "e2e": OPEN}


def test_a_share_beside_a_tick_is_no_status() -> None:
    assert statuses("| Metric | Status |\n|---|---|\n| Memory | ✅ -90% |\n| Disk | ✅ |") == {
        "Memory": DONE,
        "Disk": DONE,
    }


def test_a_column_for_progress_states_shares_and_no_marks() -> None:
    found = document("| Area | Status | Completion |\n|---|---|---|\n| API | 🟡 Partial | 60% |")
    assert [(each.text, each.percent, each.item) for each in found.stated] == [("60%", 60.0, 0)]
    assert [mark.text for mark in found.items[0].marks] == ["🟡"]


def test_a_row_has_the_priority_of_its_own_cells_and_not_of_what_it_cites() -> None:
    first, second = items("| Task | Status |\n|---|---|\n| P1-2: Keys | done |\n| Locks | FAIL — P1-2 is open |")
    assert (first.priority, second.priority) == ("P1", "")


def test_a_column_of_boxes_without_a_head_leaves_the_subject_to_the_next() -> None:
    found = statuses("| | Task |\n|---|---|\n| [x] | Keys |\n| ☐ | Locks |")
    assert found == {"Keys": DONE, "Locks": OPEN}


def test_rows_of_an_html_table_are_read_line_by_line() -> None:
    text = "<table>\n<tr><td>Keys</td><td>✅</td></tr>\n<tr><td>Locks</td><td>❌</td></tr>\n</table>"
    assert statuses(text) == {"Keys": DONE, "Locks": OPEN}


def test_columns_of_the_same_name_keep_all_their_cells() -> None:
    found = item("| Task | Status | Status |\n|---|---|---|\n| Keys | ✅ | |")
    assert found.cells == {"task": "Keys", "status": "✅", "status 3": ""}


def test_a_row_may_name_its_phase() -> None:
    assert item("| Task | Status | Phase |\n|---|---|---|\n| Keys | ✅ | 2 |").phase == "2"


def test_a_table_without_a_head_is_read_by_its_cells() -> None:
    assert statuses("|---|---|\n| Keys | ✅ |\n| Locks | ❌ |") == {"Keys": DONE, "Locks": OPEN}


def test_counts_that_are_no_numbers_say_nothing() -> None:
    assert statuses("| Suite | Passed | Failed |\n|---|---|---|\n| unit | all | none |") == {"unit": UNSAID}


def test_files_with_their_changes_are_done() -> None:
    assert statuses("| File | Changes |\n|---|---|\n| `a.py` | Added keys |") == {"`a.py`": DONE}
    assert statuses("| Area | Score |\n|---|---|\n| Keys | 7/10 |") == {"Keys": DONE}


def test_an_empty_row_is_context() -> None:
    assert document("| Task | Status |\n|---|---|\n| | |\n| Keys | ✅ |").lines[2].why == "empty row"


def test_a_table_of_remedies_says_nothing_of_a_status() -> None:
    assert statuses("| Issue | Symptom | Solution |\n|---|---|---|\n| Leak | slow | restart |") == {"Leak": UNSAID}


def test_a_row_that_names_a_command_is_code() -> None:
    found = item("| Operation | Command |\n|---|---|\n| Health | `app check --all` |")
    assert (found.kind, found.text, found.status) == (Kind.CODE, "Health", UNSAID)
    assert found.code is not None
    assert found.code.command == "app check --all"


def test_rows_with_running_codes_and_sentences_are_to_be_worked_through() -> None:
    table = "| # | Poort |\n|---|---|\n| A1 | Elke sleutel is vervangen |\n| A2 | Geen fout in het journaal |"
    assert statuses(table) == {"Elke sleutel is vervangen": OPEN, "Geen fout in het journaal": OPEN}
    assert not items("| Level | Means |\n|---|---|\n| P0 | The whole shop is down now |\n| P1 | One till is down now |")
    assert not items("| Kind | Lock |\n|---|---|\n| A1 | Steel |\n| A2 | Brass |")


def test_rows_with_a_priority_are_still_to_be_done() -> None:
    table = "| Kind | Priority | Count |\n|---|---|---|\n| Locks | HIGH | 3 |\n| Keys | LOW | 2 |"
    assert [(each.text, each.status, each.priority) for each in items(table)] == [
        ("Locks", OPEN, "HIGH"),
        ("Keys", OPEN, "LOW"),
    ]


def test_bars_around_a_word_do_not_split_a_row() -> None:
    found = item("| Check | Status |\n|---|---|\n| Drift of |t| stays below 2 | done |")
    assert (found.text, found.status) == ("Drift of |t| stays below 2", DONE)


def test_a_sign_speaks_for_a_row_before_the_share_beside_it() -> None:
    table = "| Area | Status | Completion |\n|---|---|---|\n| Keys | ✅ Good | 90% |\n| Locks | ⏳ | 40% |"
    assert statuses(table) == {"Keys": DONE, "Locks": OPEN}


def test_variables_that_are_wanted_claim_nothing() -> None:
    found = item("## Required changes\n| Variable | Value |\n|---|---|\n| `VAULT_KEY` | a secret |")
    assert (found.kind, found.text, found.status) == (Kind.VARIABLE, "VAULT_KEY", UNSAID)


def test_a_metric_short_of_its_target_is_open() -> None:
    table = """
        | Metric | Current | Target |
        |---|---|---|
        | Lock coverage | 62% | 80% |
        | Opening time | 340ms | <200ms |
        | Keys made | 12 | 10+ |
        | Keys lost | 3 | 5 |
        | Weight | 3 kg | >4 lb |
        """
    found = [each.status for each in items(table)]
    assert found == [OPEN, OPEN, DONE, DONE, DONE]


def test_every_loud_name_in_a_table_of_variables_is_one() -> None:
    found = items("| Variable | Required |\n|---|---|\n| `VAULT_KEY` | Yes |\n| PORT | No |")
    assert [(each.kind, each.text) for each in found] == [(Kind.VARIABLE, "VAULT_KEY"), (Kind.VARIABLE, "PORT")]


def test_a_column_that_asks_is_a_status() -> None:
    table = "| Lock | Fitted? | Oiled? |\n|---|---|---|\n| Front | Yes | No |\n| Back | Yes | Yes |"
    assert statuses(table) == {"Front": OPEN, "Back": DONE}
    assert statuses("| Lock | Health |\n|---|---|\n| Front | healthy |\n| Back | degraded |") == {
        "Front": DONE,
        "Back": OPEN,
    }


def test_a_share_in_a_plan_is_an_aim() -> None:
    table = "| Milestone | Deliverable |\n|---|---|\n| May | Locks at 80% |"
    assert item(f"## Next steps\n{table}").status is OPEN
