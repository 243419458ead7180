from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.checklist.proposing.match.features import look, piece


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("`src/shop/cart.py`", {"<path>", "<py>", "<quoted>", "<first>"}),
        ("see docs/deploy.md", {"<path>", "<md>", "<doc>"}),
        ("[guide](docs/guide.md)", {"<link>", "<md>"}),
        ("tests/test_cart.py", {"<testfile>"}),
        ("cart.spec.ts", {"<jstest>", "<ts>"}),
        (".env.example", {"<dotenv>", "<path>"}),
        (".github/workflows/ci.yml", {"<workflow>", "<yaml>"}),
        ("docker-compose.prod.yml", {"<compose>"}),
        ("requirements-dev.txt", {"<requirements>"}),
        ("migrations/", {"<folder>"}),
        ("GET /api/orders", {"<endpoint>"}),
        ("https://example.org/x", {"<url>"}),
        ("postgresql+psycopg://db/x", {"<address>", "postgresql"}),
        ("`DATABASE_URL` set", {"<env>"}),
        ("Cart.add(item)", {"<call>"}),
        ("shop.billing", {"<module>"}),
        ("`max_rows`", {"<identifier>"}),
        ("OrderBook", {"<name>"}),
        ("fastapi>=0.110", {"<requirement>"}),
        ("version 2.4.1", {"<version>"}),
        ("56/56", {"<ratio>"}),
        ("80%+", {"<percent>", "<bound>"}),
        ("<3ms", {"<duration>", "<bound>"}),
        ("5 minutes", {"<duration>"}),
        ("103 RPS", {"<rate>"}),
        ("~8,800 lines", {"<lines>"}),
        ("195MB", {"<size>"}),
        ("returns 403", {"<httpcode>"}),
        ("returns 200", {"<httpcode>"}),
        ("works (201)", {"<httpcode>"}),
        ("2031-04-02", {"<date>"}),
        ("4x faster", {"<times>"}),
        ("Pandas, NumPy", {"<library>"}),
        ("`enable_cache = false`", {"<setting>"}),
        ("`rate(jobs_failed_total[5m]) > 1`", {"<promql>"}),
        ("`queue_length > 100`", {"<promql>"}),
        ("Document the release", {"<begins>"}),
        ("4f0c2ab - Round half up", {"<commit>", "<firstcommit>"}),
        ("File: `shop/cart.py`", {"<labelled>", "<py>"}),
        ("Cleanup script: tools/sweep.sh", {"<labelled>", "<script>"}),
        ("`Cart.add()` checks the stock", {"<firstcall>"}),
        ("`max_rows` is read from the settings", {"<firstname>"}),
    ],
)
def test_what_is_written_is_told(text: str, features: set[str]) -> None:
    assert features <= look(text)


@pytest.mark.parametrize("text", ["Node.js", "and/or", "client/server", "CI/CD", "e.g.", "input/output", "console.log"])
def test_what_only_looks_like_a_path_is_none(text: str) -> None:
    assert "<path>" not in look(text)


@pytest.mark.parametrize("text", ["12345678 rows", "defaced walls", "deadbeef"])
def test_a_number_or_a_word_is_no_commit(text: str) -> None:
    assert "<commit>" not in look(text)


@pytest.mark.parametrize("text", ["The file is shop/cart.py", "Files: see the list", "Profile: `shop/cart.py`"])
def test_a_path_without_a_label_before_it_is_just_a_path(text: str) -> None:
    assert "<labelled>" not in look(text)


def test_the_words_in_a_path_say_nothing_of_what_is_asked() -> None:
    assert "migr" not in look("`tools/migration_guide.py` removed")


def test_the_line_behind_a_path_is_no_part_of_it() -> None:
    assert "<py>" in look("shop/cart.py:120")


@pytest.mark.parametrize("text", ["400 lines", "200 users", "500 rows", "201"])
def test_a_count_is_no_status(text: str) -> None:
    assert "<httpcode>" not in look(text)


def test_zero_is_a_word() -> None:
    assert "no" in look("0 errors")
    assert "no" not in look("100 errors")


@given(st.text(max_size=60))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert all(isinstance(word, str) for word in look(text))


def test_nothing_is_made_of_signs_alone() -> None:
    assert piece("---") == (frozenset(), "")
