from __future__ import annotations

from typing import Any

from pytest_readiness.checklist.proposing.match import rules
from pytest_readiness.checklist.proposing.match.features import look
from pytest_readiness.checklist.proposing.match.score import MORE, MOST_AROUND, Index


def index(*entries: dict[str, Any]) -> Index:
    return Index([rules.made({"probe": "http", **entry}) for entry in entries])


LAMP = {"rule": "lamp", "words": {4: ["red lamp"], 2: ["lamp"]}, "against": {3: ["broken"]}, "context": {1.5: ["shop"]}}


def test_the_strongest_phrase_counts_in_full_and_others_in_part() -> None:
    assert index(LAMP).scores(look("a red lamp"), ()) == {0: 4 + MORE * 2}


def test_a_phrase_fits_in_any_order() -> None:
    assert index(LAMP).scores(look("lamps are red"), ())[0] > 4


def test_what_speaks_against_a_rule_is_taken_off() -> None:
    assert index(LAMP).scores(look("a red lamp, broken"), ()) == {0: 4 + MORE * 2 - 3}


def test_a_rule_with_more_against_it_than_for_it_is_out() -> None:
    assert index(LAMP).scores(look("broken lamp"), ()) == {}


def test_what_stands_around_adds_to_what_is_there() -> None:
    assert index(LAMP).scores(look("lamp"), (("Our shop", 1.0),)) == {0: 2 + 1.5}


def test_what_stands_around_is_never_enough_by_itself() -> None:
    assert index(LAMP).scores(look("table"), (("Our shop", 1.0),)) == {}


def test_what_stands_around_adds_only_so_much() -> None:
    loud = {"rule": "loud", "words": {1: ["lamp"]}, "context": {5: ["shop"]}}
    around = tuple((f"shop {number}", 1.0) for number in range(3))
    assert index(loud).scores(look("lamp"), around) == {0: 1 + MOST_AROUND}


def test_what_stands_around_adds_more_where_one_of_it_does_so_by_itself() -> None:
    loud = {"rule": "loud", "words": {1: ["lamp"]}, "context": {50: ["shop"]}}
    around = tuple((f"shop {number}", 1.0) for number in range(3))
    assert index(loud).scores(look("lamp"), around) == {0: 1 + 50}


def test_what_stands_around_may_speak_against_a_rule() -> None:
    shy = {"rule": "shy", "words": {3: ["lamp"]}, "context": {-2: ["shop"], 1: ["lamps"]}}
    assert index(shy).scores(look("lamp"), (("shop with lamps", 1.0),)) == {0: 3 - 2}


def test_a_rule_may_need_one_of_some_features() -> None:
    picky = {"rule": "picky", "words": {3: ["lamp"]}, "needs": ["<percent>", "<path>"]}
    assert index(picky).scores(look("lamp"), ()) == {}
    assert index(picky).scores(look("lamp at 80%"), ()) == {0: 3}


def test_the_phrases_that_fit_are_told_the_strongest_first() -> None:
    assert index(LAMP).phrases(0, look("a red lamp")) == ("red lamp", "lamp")
