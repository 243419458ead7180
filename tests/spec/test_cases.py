"""Bad specs and the exact messages: each file of tests/cases says in its last lines (``#! ``) what is told of it."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from pytest_readiness import spec
from pytest_readiness.errors import Problem, SpecError

from .samples import REGISTRY

BITS = ["null", "no", "[]", "{}", "[a, b]", "{a: b}", "1.5", "-1", "'x'", "${A}", "${api.url}", "$$", "*with", "<<"]
BITS += ["-", ":", "{", "}", "[", "]", '"', "'", "!!str", "0x10", "~", "5s", "# ", "é"]
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


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_spec_is_told_or_harmless_and_never_a_crash(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    text = (CASES / "good" / "everything.yaml").read_text("utf-8")
    for _ in range(chance.randint(1, 3)):
        start, end = chance.choice([found.span() for found in re.finditer(r"[^\s,{}\[\]:]+", text)])
        text = text[:start] + chance.choice(BITS) + text[end:]
    path = tmp_path / "readiness.yaml"
    path.write_text(text, "utf-8")
    told: tuple[Problem, ...] = ()
    try:
        spec.load(path, registry=REGISTRY, profile=chance.choice([None, "prod"]), env={})
    except SpecError as error:
        told = error.problems
    assert len("\n".join(map(str, told)).splitlines()) == len(told)
