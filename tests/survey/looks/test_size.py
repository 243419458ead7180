from __future__ import annotations

from pathlib import Path

import pytest

from pytest_readiness.survey.looks import size
from tests.survey.projects import found, remarks

FILES = {f"shop/{name}.py": "x = 1\n" for name in ("__init__", "a", "b", "c")}


def test_code_does_not_get_worse_than_the_worst_today(tmp_path: Path) -> None:
    gate = found("size", tmp_path, FILES)["complexity"]
    assert gate.ratchets == ("longest_file", "max_complexity")
    assert gate.why == "the code is in shop: 4 modules"


def test_a_few_lines_need_no_limit(tmp_path: Path) -> None:
    assert found("size", tmp_path, {"shop.py": ""}) == {}


@pytest.mark.parametrize("limit", ["_MOST", "_LARGEST"])
def test_a_huge_project_is_not_parsed_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(size, limit, 3)
    assert found("size", tmp_path, FILES) == {}
    assert remarks("size", tmp_path, FILES) == ["the code is large (4 modules): how entangled it is was not looked at"]
