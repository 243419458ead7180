from __future__ import annotations

import pytest

from pytest_readiness.parsing import insist


class Parser:
    """Fails as often as it is told, in the words it is told."""

    def __init__(self, failures: int, words: str) -> None:
        self.failures, self.words = failures, words

    def __call__(self) -> str:
        self.failures -= 1
        if self.failures >= 0:
            raise SystemError(self.words)
        return "a tree"


def test_a_tree_that_python_lost_count_of_is_made_again() -> None:
    assert insist(Parser(3, "AST constructor recursion depth mismatch (before=42, after=56)")) == "a tree"


def test_a_count_that_never_comes_right_is_an_error() -> None:
    with pytest.raises(SystemError, match="mismatch"):
        insist(Parser(1000, "AST constructor recursion depth mismatch (before=42, after=56)"))


def test_other_trouble_is_not_repeated() -> None:
    parser = Parser(3, "out of luck")
    with pytest.raises(SystemError, match="out of luck"):
        insist(parser)
    assert parser.failures == 2
