"""The same thing done here and open there; different things are not the same."""

from __future__ import annotations

import pytest

from pytest_readiness.checklist.judging.contradictions import Contradiction, contradictions
from pytest_readiness.checklist.model import Item, Kind, Mark, Status
from tests.checklist.samples import document, item


def contradict(one: str, other: str, **more: object) -> bool:
    """Whether *one*, which is done, and *other*, which is open, are taken for the same thing."""
    first = item(3, one, status=Status.DONE, **{name: value for name, value in more.items() if name[-1] != "2"})
    second = item(9, other, **{name[:-1]: value for name, value in more.items() if name[-1] == "2"})
    return bool(contradictions(document(first, second)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rate limiting for the public API implemented", "Implement rate limiting for the public API"),
        ("Structured logging with request ids", "Add structured logging with request id"),
        ("Docker build issues fixed", "Fix docker builds"),
        ("Fix Docker build issues → the cache was stale", "Fix Docker build"),
        ("Created `.env.example`", "`.env.example`"),
        ("Migrate ledger tables to the new schema", "Ledger table migration to new schema"),
        ("Backups of the ledger run each night", "backups of ledger run every night"),
        ("Run `scripts/rehearse_restore.py`", "Run `rehearse_restore.py` again"),
        ("Queue worker drains refunds_outbox", "queue workers drain refunds_outbox at shutdown"),
    ],
)
def test_the_same_in_other_words(one: str, other: str) -> None:
    assert contradict(one, other)
    assert contradict(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Unit tests for the billing code", "Unit tests for the shipping code"),
        ("`orders.py` written", "Remove `orders.py`"),
        ("No secrets in the repository", "Secrets in the repository"),
        ("Docker image builds on every push", "Test docker image"),
        ("Backups of the ledger", "Backups of the ledger restored every month in another region"),
        ("Database migrations run (staging)", "Database migrations run (production)"),
        ("Load test of phase 1 passes", "Load test of phase 2 passes"),
        ("`a.yaml` validated", "`b.yaml` validated"),
        ("Health endpoint answers on port 8000", "Health endpoint answers on port 9000"),
    ],
)
def test_different_things(one: str, other: str) -> None:
    assert not contradict(one, other)


def test_few_words_need_headings_that_do_not_tell_them_apart() -> None:
    assert contradict("Unit tests", "Unit tests", section=("Summary", "Billing"), section2=("Next", "Billing code"))
    assert contradict("Unit tests", "Unit tests", section=("Billing",), section2=("Remaining tasks",))
    assert not contradict("Unit tests", "Unit tests", section=("Summary", "Billing"), section2=("Next", "Shipping"))


def test_the_same_thing_in_two_environments_is_two_things() -> None:
    words = "Smoke tests of all endpoints pass"
    assert not contradict(words, words, section=("Rollout", "Staging"), section2=("Rollout", "Production"))
    assert contradict(words, words, section=("Rollout", "Staging"), section2=("Rollout", "Before staging"))


def test_the_same_thing_in_two_phases_is_two_things() -> None:
    words = "Smoke tests of all endpoints pass"
    assert not contradict(words, words, phase="Phase 1", phase2="Phase 2")
    assert contradict(words, words, phase="Phase 1", phase2="Week 2")


@pytest.mark.parametrize("status", [Status.UNSAID, Status.NOT_APPLICABLE, Status.DONE])
def test_only_done_and_open_contradict_each_other(status: Status) -> None:
    words = "Structured logging with request ids"
    assert not contradict(words, words, status2=status)


def test_what_was_put_off_is_not_done() -> None:
    words = "Structured logging with request ids"
    assert contradict(words, words, status2=Status.DEFERRED)


def test_a_parent_may_say_the_same_as_its_child() -> None:
    words = "Structured logging with request ids"
    found = document(item(3, words), item(4, words, parent=0, status=Status.DONE))
    assert contradictions(found) == ()


BOX = (Mark(1, 2, 5, "[ ]", Status.OPEN),)


def test_what_is_done_above_what_is_open_is_told_once() -> None:
    found = document(
        item(3, "Payments", status=Status.DONE, marks=BOX),
        item(4, "Refunds arrive", parent=0, marks=BOX, status=Status.DONE),
        item(5, "Charges leave", parent=0, marks=BOX),
        item(6, "Ledger balances", parent=0, marks=BOX),
    )
    assert contradictions(found) == (Contradiction(0, 2),)


def test_what_bears_no_mark_is_not_open_in_so_many_words() -> None:
    found = document(
        item(3, "Payments", status=Status.DONE, marks=BOX), item(4, "See the log", parent=0, kind=Kind.FIELD)
    )
    assert contradictions(found) == ()


def test_nor_is_what_was_put_off() -> None:
    found = document(
        item(3, "Payments", status=Status.DONE, marks=BOX),
        item(4, "Refunds arrive", parent=0, marks=BOX, status=Status.DEFERRED),
    )
    assert contradictions(found) == ()


def test_a_sentence_of_prose_contradicts_nothing() -> None:
    words = "Structured logging with request ids"
    assert not contradict(words, words, kind2=Kind.SENTENCE)


def test_all_pairs_are_told_in_the_order_of_their_lines() -> None:
    words = "Structured logging with request ids"
    found = document(item(3, words), item(5, words, status=Status.DONE), item(8, words))
    assert contradictions(found) == (Contradiction(1, 0), Contradiction(1, 2))


def test_a_name_that_everything_has_tells_nothing_apart() -> None:
    items: list[Item] = [item(3 + index, f"Part {index} of `orders.py` moved") for index in range(60)]
    found = document(*items, item(99, "Part of `orders.py` moved", status=Status.DONE))
    assert contradictions(found) == ()
