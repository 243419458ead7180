"""Which words fail, and what is said then."""

from __future__ import annotations

import pytest

from pytest_readiness.checklist.judging.fail_on import DEFAULT, WORDS, failures, parse
from pytest_readiness.checklist.model import Status
from pytest_readiness.errors import UsageError
from pytest_readiness.model import Outcome
from tests.checklist.evidence import held
from tests.checklist.samples import document, item

from .test_claims import stated

DONE = Status.DONE


def test_words_are_read() -> None:
    assert parse("contradicted, unproven") == {"contradicted", "unproven"}
    assert parse(",".join(WORDS)) == set(WORDS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("contradictd", "--fail-on contradictd: 'contradictd' is none of its words: did you mean 'contradicted'?"),
        ("Stated", "did you mean 'stated'?"),
        ("zzz", "there is confirmed, contradicted, understated, unproven, open, internal, stated"),
        ("", "'' is none of its words: there is"),
        ("open,", "'' is none of its words: there is"),
    ],
)
def test_other_words_are_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_each_word_fails_on_its_own() -> None:
    found = document(
        item(3, "One", status=DONE),
        item(4, "Two", status=DONE),
        item(5, "Three"),
        item(6, "Four", status=DONE),
        item(7, "Five"),
        item(8, "Structured logging with ids", status=DONE),
        item(9, "Structured logging with ids"),
        stated=[stated("93%", line=2)],
    )
    outcomes = {"a": Outcome.PASSED, "b": Outcome.FAILED, "c": Outcome.PASSED}
    audit = held(found, outcomes, {"a": 0, "b": 1, "c": 2})
    told = {word: failures(audit, frozenset({word})) for word in WORDS}
    assert told == {
        "confirmed": ("1 claim is confirmed (line 3)",),
        "contradicted": ("1 claim is contradicted (line 4)",),
        "understated": ("1 claim is understated (line 5)",),
        "unproven": ("2 claims are unproven (lines 6, 8)",),
        "open": ("2 claims are open (lines 7, 9)",),
        "internal": ("the document contradicts itself 1 time (line 8)",),
        "stated": ("1 stated share is not true (line 2)",),
    }


def test_what_was_not_found_does_not_fail() -> None:
    assert failures(held(document(item(3, "One")), {}, {}), DEFAULT) == ()


def test_claims_of_which_none_was_held_against_anything_fail_by_themselves() -> None:
    claimed = document(item(3, "One", status=DONE), item(4, "Two", status=DONE))
    assert failures(held(claimed, {}, {}), DEFAULT) == ("nothing was measured, so no claim was held against anything",)
    assert failures(held(claimed, {"g": Outcome.ERROR}, {"g": 0}), DEFAULT) != ()
    assert failures(held(claimed, {"g": Outcome.PASSED}, {"g": 0}), DEFAULT) == ()


def test_many_lines_are_cut() -> None:
    found = document(*(item(3 + index, f"Item {index}", status=DONE) for index in range(8)))
    assert failures(held(found, {}, {}), frozenset({"unproven"})) == (
        "8 claims are unproven (lines 3, 4, 5, 6, 7 and 3 more)",
    )
