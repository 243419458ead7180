from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from pytest_readiness.options import Unusual, plain
from pytest_readiness.spec import _places, _yaml
from pytest_readiness.spec._places import Map, Seq

from .samples import HEAD, problems


@pytest.fixture(params=[True, False], ids=["C", "Python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param and not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without its parser in C")
    monkeypatch.setattr(yaml, "__with_libyaml__", request.param)


def read(text: str) -> object:
    return _yaml.read(text, 3, lambda _place, message: pytest.fail(message))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("2.", 2.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("2026-12-31", "2026-12-31"),
        ("2026-12-31 10:00:00", "2026-12-31 10:00:00"),
        ("'no'", "no"),
        ('"12:30"', "12:30"),
        ("!!str 12", "12"),
        ("nobody", "nobody"),
        ("y", "y"),
        ("1.2.3", "1.2.3"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("a_b", "a_b"),
        ("10..50", "10..50"),
        ("-", None),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    if text == "-":
        assert read("a:\n  -\n") == {"a": [None]}
        return
    result = read(f"a: {text}\n")
    assert isinstance(result, Map)
    assert result["a"] == value
    assert type(result["a"]) is type(value)


@pytest.mark.parametrize(("text", "value"), [("0x1F", 31), ("0o17", 15), ("+5", 5), ("-0", 0)])
def test_numbers_written_in_an_unusual_way_are_numbers_only(text: str, value: int) -> None:
    result = read(f"a: {text}")
    assert isinstance(result, Map)
    assert result["a"] == value
    assert isinstance(result["a"], Unusual)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "No",
        "NO",
        "yes",
        "Yes",
        "on",
        "ON",
        "off",
        "Off",
        "012",
        "-07",
        "08",
        "1_000",
        "1_0.5",
        "12:30",
        "1:2:3",
        "-190:20:30.15",
        ".inf",
        "-.INF",
        ".nan",
        "0b1",
        "1e999",
    ],
)
def test_what_yaml_readers_disagree_about_is_refused(text: str, tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f"vars: {{a: {text}}}\n{HEAD}- {{id: a, probe: ask}}")
    assert problem.startswith("readiness.yaml:1:11: ")
    assert "quotes" in problem or "too large" in problem


def test_a_number_without_end_is_refused_at_once(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f"vars: {{a: {'1' * 100_000}}}\n{HEAD}- {{id: a, probe: ask}}")
    assert "this number is too long" in problem


def test_a_key_is_a_text_whatever_it_looks_like() -> None:
    assert read("{no: a, 200: b, on: c, null: d}") == {"no": "a", "200": "b", "on": "c", "null": "d"}


def test_each_key_value_and_item_knows_its_place() -> None:
    data = read("a:\n  - b\n  - {c: d}\n")
    assert isinstance(data, Map)
    items = data["a"]
    assert isinstance(items, Seq)
    assert [_places.unpack(place) for place in items.at] == [(3, 2, 5), (3, 3, 5)]
    inner = items[1]
    assert isinstance(inner, Map)
    assert _places.unpack(inner.place("c") or 0) == (3, 3, 9)
    assert _places.unpack(inner.place("c", of_key=True) or 0) == (3, 3, 6)
    assert inner.place("x") is None


def test_a_duplicate_key_is_refused_with_both_places(tmp_path: Path) -> None:
    found = problems(tmp_path, "version: 1\ngates: []\nvars:\n  a: b\n  a: c\n")
    assert found == ["readiness.yaml:5:3: duplicate key 'a': it stands at 4:3 already"]


def test_merged_keys_give_way_to_own_ones_and_to_earlier_ones() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 0}\nd: {<<: *b}\n"
    data = plain(read(text))
    assert data["c"] == {"x": 0, "y": 2, "z": 4}
    assert data["d"] == {"y": 3, "z": 4}


def test_keys_and_scalars_may_be_anchors() -> None:
    assert read("&k a: &v b\nc: *v\nd: *k\n") == {"a": "b", "c": "b", "d": "a"}


def bomb(levels: int, width: int) -> str:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * width)}]" for i in range(1, levels)]
    return "\n".join(lines)


def test_an_alias_bomb_is_refused_at_once() -> None:
    found: list[str] = []
    start = time.process_time()
    assert _yaml.read(bomb(30, 10), 0, lambda _place, message: found.append(message)) is None
    assert time.process_time() - start < 1
    assert found == ["the aliases of this file stand for more than 500,000 values"]


def test_aliases_cannot_nest_deeper_than_the_file_may() -> None:
    found: list[str] = []
    _yaml.read(bomb(80, 1), 0, lambda _place, message: found.append(message))
    assert found == ["nested more than 64 levels deep, aliases counted"]


def test_deep_nesting_is_refused_before_it_costs_anything() -> None:
    found: list[str] = []
    _yaml.read("[" * 500_000, 0, lambda _place, message: found.append(message))
    assert found == ["nested more than 64 levels deep"]


def test_a_file_full_of_mistakes_is_told_its_first_thousand_and_soon() -> None:
    found: list[str] = []
    text = "".join(f"k{i}: x\n" for i in range(5_000)) * 2
    start = time.process_time()
    assert _yaml.read(text, 0, lambda _place, message: found.append(message)) is None
    assert time.process_time() - start < 10
    assert len(found) == 1000
