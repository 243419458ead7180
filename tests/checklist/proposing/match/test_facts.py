from __future__ import annotations

import pytest

from pytest_readiness.checklist.proposing.match.facts import Facts


@pytest.mark.parametrize(
    ("text", "op", "condition"),
    [
        ("80%+ coverage", ">=", ">= 80 %"),
        ("coverage > 95%", ">=", "> 95 %"),
        ("at least 70% of it", "<=", ">= 70 %"),
        ("<3ms P95", "<=", "< 3 ms"),
        ("under 2 seconds", "<=", "< 2 s"),
        ("103+ RPS", ">=", ">= 103 /s"),
        ("60 requests/minute", "<=", "<= 60 /min"),
        ("~8,800 lines", "", "8800 ± 10%"),
        ("400 lines", "", 400),
        ("5-10 minutes", "", "5..10 min"),
        ("2 to 5 MB", "", "2..5 MB"),
        ("90 days", ">=", ">= 90 d"),
        ("2 weeks", "<=", "<= 14 d"),
        ("1.5 GB", "<=", "<= 1.5 GB"),
        ("10k rows", ">=", ">= 10000"),
    ],
)
def test_a_number_becomes_a_condition(text: str, op: str, condition: str | int) -> None:
    (first, *_) = Facts(text).quantities
    assert first.condition(op) == condition  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["2031-04-02", "version 1.2.3", "P1: urgent", "Phase 2", "(line 10-20)", "see #42"])
def test_numbers_that_only_name_something_do_not_count(text: str) -> None:
    assert Facts(text).quantities == []


def test_paths_are_taken_out_of_words_quotes_and_links() -> None:
    text = "`src/a.py`, docs/b.md and [c](guides/c.md#top) but not Node.js"
    assert Facts(text).paths == ["guides/c.md", "src/a.py", "docs/b.md"]


def test_endpoints_come_with_their_methods() -> None:
    assert Facts("POST /orders and `/health`, not src/a.py").endpoints == [("POST", "/orders"), ("", "/health")]


def test_the_path_of_an_address_is_no_endpoint() -> None:
    facts = Facts("http://localhost:8000/health")
    assert facts.endpoints == []
    assert facts.urls == ["http://localhost:8000/health"]


def test_variables_come_with_their_values() -> None:
    assert Facts("set `LOG_LEVEL=INFO` and DATABASE_URL").variables == {"LOG_LEVEL": "INFO", "DATABASE_URL": ""}


@pytest.mark.parametrize(("text", "codes"), [("returns 401", [401]), ("HTTP 503", [503]), ("450ms", []), ("250", [])])
def test_statuses_are_those_of_http(text: str, codes: list[int]) -> None:
    assert Facts(text).status == codes


def test_a_ratio_is_two_numbers() -> None:
    assert Facts("56/56 pass").ratio == (56, 56)
    assert Facts("2/3/4").ratio is None


def test_names_modules_calls_and_requirements_are_told_apart() -> None:
    facts = Facts("OrderBook.add(item) in shop.books needs attrs>=23.1")
    assert facts.names == ["OrderBook"]
    assert facts.modules == ["shop.books"]
    assert facts.calls == ["OrderBook.add"]
    assert facts.requirements == ["attrs>=23.1"]


def test_what_is_counted_is_told_by_the_word_behind_the_number() -> None:
    facts = Facts("3 folders with 12 modules")
    assert facts.counted("module") is not None
    assert facts.counted("file") is None
