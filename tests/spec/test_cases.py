"""Bad specs and the exact messages: each file of tests/cases says in its last lines (``#! ``) what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness import spec
from pytest_readiness.errors import SpecError

from .samples import REGISTRY

CASES = Path(__file__).parents[1] / "cases"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")), ids=lambda case: case.stem)
def test_a_bad_spec_is_told_all_its_problems_in_the_order_of_the_file(case: Path) -> None:
    expected = [line[3:] for line in case.read_text("utf-8").splitlines() if line.startswith("#! ")]
    with pytest.raises(SpecError) as caught:
        spec.load(case, registry=REGISTRY, env={})
    assert [str(each).replace(f"{each.position.file}:", "") for each in caught.value.problems] == expected
    assert expected


def test_twenty_different_mistakes_are_twenty_lines_with_positions() -> None:
    path = CASES / "twenty_mistakes.yaml"
    with pytest.raises(SpecError) as caught:
        spec.load(path, registry=REGISTRY, env={})
    found = caught.value.problems
    assert len({problem.message for problem in found}) >= 20
    assert len(str(caught.value).splitlines()) == len(found)
    assert [problem.position.line for problem in found] == sorted(problem.position.line for problem in found)


@pytest.mark.parametrize("case", sorted((CASES / "good").glob("*.yaml")), ids=lambda case: case.stem)
def test_a_good_spec_has_no_problems(case: Path) -> None:
    assert spec.load(case, registry=REGISTRY, profile=None, env={"SHELL_SAYS": "x"}).gates
