from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_readiness import spec
from pytest_readiness.errors import SpecError
from pytest_readiness.options import plain
from pytest_readiness.registry import Registry
from pytest_readiness.spec._yaml import read

from .samples import REGISTRY

CASES = Path(__file__).parents[1] / "cases"
SCHEMA = spec.schema(REGISTRY)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def data(path: Path) -> Any:
    return plain(read(path.read_text("utf-8"), 0, lambda _place, message: pytest.fail(message)))


def test_the_schema_is_itself_valid_and_plain_json() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_the_schema_with_the_built_in_probes_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(spec.schema(Registry()))


@pytest.mark.parametrize("case", sorted((CASES / "good").glob("*.yaml")), ids=lambda case: case.stem)
def test_every_spec_that_loads_is_valid(case: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(data(case))] == []


@pytest.mark.parametrize(
    ("probe", "given", "required"),
    [
        ("complexity", {"max_complexity": 10}, False),
        ("git", {"committed": ["src"]}, False),
        ("sarif", {"report": ["scan.sarif"]}, True),
        ("lint", {"report": ["lint.json"]}, False),
        ("duplication", {"paths": ["src"]}, True),
    ],
)
def test_expect_is_required_where_the_loader_requires_it(
    tmp_path: Path, probe: str, given: dict[str, object], *, required: bool
) -> None:
    text = {"version": 1, "gates": [{"id": "gate", "probe": probe, "with": given}]}
    (tmp_path / "readiness.yaml").write_text(json.dumps(text))
    try:
        spec.load(tmp_path / "readiness.yaml", registry=Registry(), env={})
        loads = True
    except SpecError as error:
        assert "'expect' is missing" in str(error)  # noqa: PT017 - one of two ends
        loads = False
    validator = jsonschema.Draft202012Validator(spec.schema(Registry()))
    assert (validator.is_valid(text), loads) == (not required, not required)


@pytest.mark.parametrize("case", ["twenty_mistakes", "keys_and_values", "services"])
def test_bad_specs_are_not_valid(case: Path) -> None:
    path = CASES / f"{case}.yaml"
    bad = read(path.read_text("utf-8"), 0, lambda _place, _message: None)
    assert list(VALIDATOR.iter_errors(plain(bad)))


def errors(**changes: Any) -> list[str]:
    """Return where the good gate is not valid once *changes* are made to it."""
    gate: dict[str, Any] = {"id": "page", "probe": "page", "with": {"url": "http://x"}, "expect": {"status": 200}}
    gate.update(copy.deepcopy(changes))
    gate = {key: value for key, value in gate.items() if value is not None}
    found = VALIDATOR.iter_errors({"version": 1, "gates": [gate]})
    return [error.json_path for error in found]


@pytest.mark.parametrize(
    "changes",
    [
        {"probe": "pgae"},
        {"with": {"url": "x", "timeuot": "5s"}},
        {"with": {}},
        {"with": None},
        {"with": {"url": "x", "port": "many"}},
        {"expect": {"status": {"a": 1}}},
        {"severity": "urgent"},
        {"id": None},
        {"waiver": {"reason": "x"}},
        {"probe": "lines", "with": {}, "expect": {"lnie": "> 1 %"}},
        {"probe": "lines", "with": {}, "expect": None},
        {"nonsense": 1},
    ],
)
def test_an_editor_is_told_of_a_mistake(changes: dict[str, Any]) -> None:
    assert errors() == []
    assert errors(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"with": {"url": "x", "port": "${PORT}"}},
        {"expect": {"status": [200, 201]}},
        {"expect": {"extracted": "x"}},
        {"probe": "absent", "with": {"what": "ever"}},
        {"id": None, "title": "There is a page"},
        {"probe": "ask", "with": None, "expect": None},
    ],
)
def test_an_editor_leaves_alone_what_may_be_right(changes: dict[str, Any]) -> None:
    assert errors(**changes) == []


def test_the_words_of_options_and_measurements_are_there_for_editors() -> None:
    text = json.dumps(SCHEMA)
    for words in ("Which page.", "how long it took (ms)", "the status; expected: 200", "Does a page answer?"):
        assert words in text
