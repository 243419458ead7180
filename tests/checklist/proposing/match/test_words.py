from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.checklist.proposing.match.words import parts, stem


@pytest.mark.parametrize(
    "forms",
    [
        "test tests testing tested",
        "validate validates validated validation valid",
        "migrate migration migrations migrated",
        "configure configured configuration configs config",
        "deploy deploys deployed deployment",
        "cache caches cached caching",
        "log logs logging logged",
        "query queries",
        "rate rates rated",
        "update updates updated updating",
        "scale scaling scalable scalability",
        "pass passes passed passing",
        "run runs running ran",
        "dependency dependencies deps",
        "vulnerability vulnerabilities CVEs",
        "Kubernetes k8s",
    ],
)
def test_all_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("production", "product"),
        ("https", "http"),
        ("secure", "secret"),
        ("coverage", "cover"),
        ("readiness", "read"),
        ("response", "responsible"),
        ("accessibility", "access"),
        ("invalid", "invalidation"),
        ("author", "alert"),
        ("settings", "set"),
    ],
)
def test_different_words_have_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("snake_case", ["snake", "case"]),
        ("kebab-case", ["kebab", "case"]),
        ("OrderBook", ["OrderBook", "Order", "Book"]),
        ("pkg.module", ["pkg", "module"]),
        ("API", ["API"]),
        ("Plain", ["Plain"]),
    ],
)
def test_names_are_taken_apart(name: str, words: list[str]) -> None:
    assert parts(name) == words


@given(st.text(max_size=30))
def test_any_text_has_parts_and_stems(text: str) -> None:
    assert all(isinstance(stem(part), str) for part in parts(text))


@pytest.mark.parametrize(("one", "other"), [("file", "filter"), ("author", "authorization"), ("store", "storm")])
def test_words_that_mean_something_else_are_kept_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)
