"""What all looks have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.registry import Registry
from pytest_readiness.survey import looks
from pytest_readiness.survey.measure import candidate
from pytest_readiness.survey.model import Found
from tests.survey.projects import SHOP, repository


@pytest.mark.parametrize("name", looks.names())
def test_each_says_what_it_looks_for_and_sees_nothing_where_nothing_is(name: str, tmp_path: Path) -> None:
    look = looks.get(name)
    assert look.WHAT
    assert list(look.look(repository(tmp_path, {"a.bin": b"\x00"}))) == []


@pytest.mark.parametrize("name", looks.names())
def test_each_has_a_test_file_of_its_own(name: str) -> None:
    assert (Path(__file__).parent / f"test_{name}.py").is_file()


@pytest.mark.parametrize("name", looks.names())
def test_all_that_it_proposes_can_be_measured(name: str, tmp_path: Path) -> None:
    for one in looks.get(name).look(repository(tmp_path, SHOP)):
        if isinstance(one, Found):
            made = candidate(one, Registry())
            named = {*one.musts, *one.keeps, *one.ratchets}
            assert [name for name in named if made.probe.declare(name) is None] == []
            assert one.why
            assert "\n" not in one.why
