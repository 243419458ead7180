from __future__ import annotations

import pytest

from pytest_readiness.checklist.proposing.match.languages import dense, english


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("respaldos", "backup"),
        ("тестирования", "test"),
        ("ошибок", "error"),
        ("datenbank", "database"),
        ("omgevingsvariabelen", "variable"),
        ("documentazione", "documentation"),
        ("yedekleri", "backup"),
        ("certyfikat", "certificate"),
        ("마이그레이션을", "migration"),
        ("unknown", "unknown"),
        ("щука", "щука"),
    ],
)
def test_a_word_is_known_by_its_beginning(word: str, known: str) -> None:
    assert english(word) == known


def test_a_script_without_blanks_is_searched_for_words() -> None:
    assert set(dense("单元测试覆盖率")) == {"unit", "test", "coverage"}
    assert set(dense("本番データベースのバックアップ")) == {"production", "database", "backup"}
    assert dense("plain") == []
