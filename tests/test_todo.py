from __future__ import annotations

import pytest

from pytest_readiness.todo import concerns, find


def test_what_is_to_be_filled_in_is_found_wherever_it_is() -> None:
    value = {"with": {"paths": ["a", "TODO: which"], "url": "TODO/health"}, "expect": "TODO"}
    assert dict(find(value)) == {("with", "paths", 1): "which", ("with", "url"): "", ("expect",): ""}


@pytest.mark.parametrize("text", ["TODOS", "TODO|FIXME", "todo", "a TODO", "TODO list", 3, None, True])
def test_what_only_speaks_of_it_is_not(text: object) -> None:
    assert list(find({"with": {"regex": text}})) == []


def test_a_problem_is_about_it_where_one_holds_the_other() -> None:
    open_ = [("with", "url")]
    assert concerns(("with", "url"), open_)
    assert concerns(("with",), open_)
    assert concerns(("with", "url", 0), open_)
    assert not concerns(("with", "port"), open_)
