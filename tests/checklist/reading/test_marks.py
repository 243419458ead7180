from __future__ import annotations

import pytest

from pytest_readiness.checklist.model import Kind, Status
from tests.checklist.readings import item, items, statuses

DONE, OPEN, DEFERRED = Status.DONE, Status.OPEN, Status.DEFERRED


@pytest.mark.parametrize(
    ("line", "status", "marks"),
    [
        ("- [x] Backups", DONE, ["[x]"]),
        ("- [X] Backups", DONE, ["[X]"]),
        ("* [ ] Backups", OPEN, ["[ ]"]),
        ("+ [] Backups", OPEN, ["[]"]),
        ("1. [x] Backups", DONE, ["[x]"]),
        ("  2) [ ] Backups", OPEN, ["[ ]"]),
        ("[ ] Backups", OPEN, ["[ ]"]),
        ("> - [x] Backups", DONE, ["[x]"]),
        ("- [-] Backups", Status.NOT_APPLICABLE, ["[-]"]),
        ("- [~] Backups", OPEN, ["[~]"]),
        ("- [>] Backups", DEFERRED, ["[>]"]),
        ("- [✅] Backups", DONE, ["[✅]"]),
        (r"- \[ \] Backups", OPEN, [r"\[ \]"]),
        ("- **[x] Backups**", DONE, ["[x]"]),
        ("- [ ]Backups", OPEN, ["[ ]"]),
        ("-[x] Backups", DONE, ["[x]"]),
        ("- Backups [x]", DONE, ["[x]"]),
        ("- Backups: [ ]", OPEN, ["[ ]"]),
        ('<li><input type="checkbox" checked> Backups</li>', DONE, ['<input type="checkbox" checked>']),
        ('<input type="checkbox"> Backups', OPEN, ['<input type="checkbox">']),
    ],
)
def test_a_box_in_any_form(line: str, status: Status, marks: list[str]) -> None:
    found = item(line)
    assert (found.kind, found.status, found.text) == (Kind.BOX, status, "Backups")
    assert [mark.text for mark in found.marks] == marks


@pytest.mark.parametrize(
    "line",
    [
        "- [x](https://example.org)",
        "- [ ](docs.md)",
        "- [x][ref]",
        "- `[x]` is a box",
        "- [a] b",
        "[x]: https://example.org",
    ],
)
def test_what_only_looks_like_a_box(line: str) -> None:
    assert not any(each.kind is Kind.BOX for each in items(line))


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("- [ ] ✅ Health endpoint", OPEN),
        ("- [x] ❌ Health endpoint", OPEN),
        ("- [x] 🔄 Health endpoint", OPEN),
        ("- [ ] Health endpoint → **DONE**", OPEN),
        ("- [x] Health endpoint → **COMPLETED**", DONE),
        ("- [x] Health endpoint - TODO", OPEN),
        ("- [ ] Health endpoint (deferred: no traffic)", DEFERRED),
        ("- [x] Health endpoint (skipped)", DEFERRED),
        ("- [ ] Health endpoint ⏸️", DEFERRED),
        ("- [ ] Health endpoint - N/A", Status.NOT_APPLICABLE),
        ("- [ ] ~~Health endpoint~~", Status.NOT_APPLICABLE),
        ("- [x] ~~Health endpoint~~", DONE),
    ],
)
def test_where_box_and_words_differ_the_one_that_claims_less_counts(line: str, status: Status) -> None:
    found = item(line)
    assert found.status is status
    assert found.text == "Health endpoint"


@pytest.mark.parametrize(
    ("line", "text", "status"),
    [
        ("- ✅ Alerts", "Alerts", DONE),
        ("- Alerts ✅", "Alerts", DONE),
        ("- ✔️ Alerts", "Alerts", DONE),
        ("- :white_check_mark: Alerts", "Alerts", DONE),
        ("- 🟢 Alerts", "Alerts", DONE),
        ("✅ Alerts", "Alerts", DONE),
        ("- ❌ Alerts", "Alerts", OPEN),
        ("- Alerts: ⏳ soon", "Alerts: soon", OPEN),
        ("- ⏸️ Alerts", "Alerts", DEFERRED),
        ("- Alerts: ❌ None detected", "Alerts: None detected", DONE),
        ("- Open errors: ❌ None", "Open errors: None", DONE),
        ("- Alerts: ❌ None", "Alerts: None", OPEN),
        ("- Secrets: ❌ not rotated", "Secrets: not rotated", OPEN),
        ("- ✅ Alerts (not tested)", "Alerts", OPEN),
        ("- DONE: Alerts", "Alerts", DONE),
        ("- [DONE] Alerts", "Alerts", DONE),
        ("- TODO: Alerts", "Alerts", OPEN),
        ("- Alerts - DONE", "Alerts", DONE),
        ("- Alerts – in progress", "Alerts", OPEN),
        ("- Alerts: not started", "Alerts", OPEN),
        ("- Alerts: N/A", "Alerts", Status.NOT_APPLICABLE),
        ("- Alerts → **false positive**", "Alerts", Status.FALSE_POSITIVE),
        ("- ~~Alerts~~", "Alerts", Status.NOT_APPLICABLE),
        ("- Alarme: erledigt", "Alarme", DONE),
        ("- Alarme: verschoben", "Alarme", DEFERRED),
        ("- Alertes : à faire", "Alertes", OPEN),
        ("- Alertas: pendiente", "Alertas", OPEN),
        ("- Alertas: concluído", "Alertas", DONE),
        ("- Allarmi: da fare", "Allarmi", OPEN),
        ("- Алерты: в работе", "Алерты", OPEN),
        ("- 告警：未完成", "告警：", OPEN),
        ("- 监控：已完成", "监控：", DONE),
        ("- 監視：対応済み", "監視：", DONE),
    ],
)
def test_a_mark_in_signs_or_words(line: str, text: str, status: Status) -> None:
    found = item(line)
    assert (found.kind, found.text, found.status) == (Kind.MARK, text, status)


def test_a_long_sentence_that_mentions_a_sign_is_prose() -> None:
    assert (
        items("We put a ✅ behind whatever is finished, so that everybody can see at once how far we have come.") == ()
    )


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("- Is TLS enforced? [x] Yes [ ] No", DONE),
        ("- Is TLS enforced? [ ] Yes [x] No", OPEN),
        ("- Is TLS enforced? [ ] Yes [ ] No", OPEN),
    ],
)
def test_a_choice_of_boxes_is_one_item(line: str, status: Status) -> None:
    found = item(line)
    assert (found.text, found.status, len(found.marks)) == ("Is TLS enforced?", status, 1)


@pytest.mark.parametrize(
    "legend",
    [
        "Legend: [x] done | [ ] open | [~] in progress",
        "✅ Done · ⏳ In progress · ❌ Not started",
        "**Key:** ✅ = done, ❌ = missing",
    ],
)
def test_a_legend_claims_nothing(legend: str) -> None:
    assert items(legend) == ()


def test_ticks_on_what_is_to_be_done_are_open() -> None:
    found = statuses(
        """
        ## Next steps
        1. ✅ Run integration tests
        2. ✅ Gradual rollout
        3. ✅ Fixed the build
        """
    )
    assert list(found.values()) == [OPEN, OPEN, DONE]


def test_expected_results_are_no_claims() -> None:
    assert item("You should see:\n\n- ✅ `web` - healthy").status is Status.UNSAID


def test_ticks_below_a_condition_are_open() -> None:
    assert item("If all checks pass:\n\n- ✅ No secrets in the code").status is OPEN


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("Approved: ☐ Yes ☐ No", OPEN),
        ("Approved: ☑ Yes ☐ No", DONE),
        ("Approved: ☐ Yes ☑ No", OPEN),
        ("- ☐ Done by Friday", OPEN),
    ],
)
def test_drawn_boxes_count_before_words(line: str, status: Status) -> None:
    assert item(line).status is status
