from __future__ import annotations

from typing import Any

import pytest

from pytest_readiness import registry
from pytest_readiness.checklist.proposing.fill.makers import SAID
from pytest_readiness.checklist.proposing.match import rules
from pytest_readiness.checklist.proposing.match.data import load
from pytest_readiness.checklist.proposing.match.rules import Rule

KNOWN = rules.load()
#: ``gates`` sums up gates that stand elsewhere: for items that is their group.
PROBES = {*registry.builtin_names(), "group"} - {"gates"}
FEATURES = {
    "firstenv", "firstcall", "firstname", "firstcommit", "labelled",
    "path", "first", "begins", "link", "setting", "promql", "url", "address", "library",
    "ratio", "date", "number", "count", "httpcode", "endpoint", "env", "call", "requirement", "version",
    "module", "identifier", "name", "percent",
    "duration", "size", "rate", "lines", "times", "bound", "quoted", "folder", "glob", "dotenv", "testfile", "jstest",
    "dockerfile", "compose", "workflow", "k8s", "requirements", "packagejson", "doc", "gitfile", "init", "migration",
    "openapi", "logfile", *load("vocabulary.yaml")["suffixes"],
}  # fmt: skip


@pytest.mark.parametrize("rule", KNOWN, ids=lambda rule: rule.name)
class TestEveryRule:
    def test_names_probes_that_there_are(self, rule: Rule) -> None:
        assert {rule.probe, rule.second or rule.probe} <= PROBES

    def test_has_a_maker(self, rule: Rule) -> None:
        assert rule.fill in SAID

    def test_has_a_second_choice_that_is_another(self, rule: Rule) -> None:
        assert rule.second != rule.probe

    def test_asks_for_features_that_there_are(self, rule: Rule) -> None:
        phrases = (*rule.words, *rule.context, *rule.against)
        asked = {word for phrase in phrases for word in phrase.stems if word.startswith("<")} | rule.needs
        assert {word.strip("<>") for word in asked} <= FEATURES

    def test_has_words_in_every_phrase(self, rule: Rule) -> None:
        assert [phrase.text for phrase in (*rule.words, *rule.context, *rule.against) if not phrase.stems] == []

    def test_has_no_phrase_that_is_both_for_and_against_it(self, rule: Rule) -> None:
        assert {phrase.stems for phrase in rule.words} & {phrase.stems for phrase in rule.against} == set()


def test_each_name_is_there_once() -> None:
    assert len({rule.name for rule in KNOWN}) == len(KNOWN)


def test_every_probe_has_a_rule() -> None:
    assert {rule.probe for rule in KNOWN} >= PROBES


def test_a_choice_makes_two_phrases() -> None:
    entry = {"rule": "x", "probe": "http", "words": {2: ["red/green lamp"]}}
    assert [sorted(phrase.stems) for phrase in rules.made(entry).words] == [["lamp", "red"], ["green", "lamp"]]


def test_what_a_rule_speaks_of_has_no_parts_unless_it_says_so() -> None:
    entry: dict[str, Any] = {"rule": "x", "probe": "http", "words": {}}
    assert rules.made(entry).parts == 0
    assert rules.made({**entry, "parts": 3}).parts == 3


def test_an_unknown_key_is_refused() -> None:
    entry: dict[str, Any] = {"rule": "x", "probe": "http", "words": {}, "wrods": {}}
    with pytest.raises(ValueError, match="'x' has unknown keys: wrods"):
        rules.made(entry)
