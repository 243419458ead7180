from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.projects import found

RULES = """
groups:
- name: shop
  rules:
  - alert: ShopDown
    expr: up == 0
    labels: {severity: page}
    annotations: {summary: '{{ $labels.job }} is down'}
"""


@pytest.mark.parametrize(
    "content",
    [
        RULES,
        "apiVersion: v1\nkind: PrometheusRule\nspec:\n groups: [{rules: [{alert: A, expr: up}]}]\n",
    ],
)
def test_alerts_say_how_bad_it_is(tmp_path: Path, content: str) -> None:
    gate = found("alerts", tmp_path, {"monitoring/shop.yml": content, "other.yaml": "alert: expr:\n"})["alerts"]
    assert gate.options == {"paths": ["monitoring/shop.yml"], "subject": "alerts"}
    assert gate.musts == {"without_severity": 0}


@pytest.mark.parametrize("content", ["alert: a\nexpr: b\n", "- alert: a\n  expr: b\n", "groups: [alert: , expr:"])
def test_other_files_with_these_words_are_left_alone(tmp_path: Path, content: str) -> None:
    assert found("alerts", tmp_path, {"a.yaml": content}) == {}
