from __future__ import annotations

import pytest

from pytest_readiness.checklist.model import Status
from pytest_readiness.checklist.reading import vocabulary
from pytest_readiness.checklist.reading.marks import choice, said
from pytest_readiness.checklist.reading.moods import Mood, imperative, mood, past


def test_words_are_in_small_letters_and_no_sign_has_a_selector() -> None:
    assert [each for each in vocabulary.PHRASES if each != each.lower()] == []
    assert [each for each in vocabulary.SIGNS if each.endswith("\ufe0f")] == []


def test_no_phrase_has_two_statuses() -> None:
    phrases = [each for name, entries in vocabulary.LISTS.items() if name.startswith("phrase ") for each in entries]
    assert sorted(each for each in set(phrases) if phrases.count(each) > 1) == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("done", Status.DONE),
        ("not done", Status.OPEN),
        ("Incomplete", Status.OPEN),
        ("Completed on Monday", Status.DONE),
        ("needs review", Status.OPEN),
        ("blocked by legal", Status.OPEN),
        ("n/a", Status.NOT_APPLICABLE),
        ("skipped", Status.DEFERRED),
        ("100%", Status.DONE),
        ("99%", Status.OPEN),
        ("completeness", None),
        ("", None),
    ],
)
def test_a_text_that_begins_with_a_phrase_states_its_status(text: str, status: Status | None) -> None:
    found = said(text)
    assert (found.status if found else None) is status


@pytest.mark.parametrize(
    ("text", "offered"), [("READY / NOT READY", True), ("Yes/No", True), ("N/A", False), ("done / merged", False)]
)
def test_alternatives_state_nothing(text: str, offered: bool) -> None:
    assert choice(text) is offered


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Known Issues", Mood.WANT),
        ("Nächste Schritte", Mood.WANT),
        ("下一步", Mood.WANT),
        ("Success Metrics", Mood.EXPECT),
        ("Troubleshooting", Mood.TROUBLE),
        ("Completed items", Mood.CLAIM),
        ("Errors fixed", Mood.CLAIM),
        ("References", Mood.ASIDE),
        ("Complete the styling", None),
        ("Database", None),
    ],
)
def test_titles_set_moods(title: str, expected: Mood | None) -> None:
    assert mood(title) is expected


def test_verbs_and_the_nouns_that_look_like_them() -> None:
    assert imperative("Configure alerts")
    assert imperative("Test the alerts")
    assert not imperative("Test coverage report")
    assert past("Fixed alerts")
    assert not past("Advanced alerts")


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("klaar", Status.DONE),
        ("nog niet", Status.OPEN),
        ("n.v.t.", Status.NOT_APPLICABLE),
        ("gotowe", Status.DONE),
        ("w toku", Status.OPEN),
        ("tamamlandı", Status.DONE),
        ("devam ediyor", Status.OPEN),
        ("완료", Status.DONE),
        ("진행 중", Status.OPEN),
        ("보류", Status.DEFERRED),
    ],
)
def test_statuses_of_more_languages(cell: str, status: Status) -> None:
    found = said(cell, exact=True)
    assert found is not None
    assert found.status is status
