from __future__ import annotations

import pytest

from pytest_readiness.checklist.reading.stated import shares


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("**Overall Completion**: **93% (67/72 tasks)**", [(93.0, 67, 72)]),
        ("85% COMPLETE (from 40%)", [(85.0, None, None)]),
        ("Progress: 5 of 7 done", [(71.43, 5, 7)]),
        ("Completed 7 out of 9 items.", [(77.78, 7, 9)]),
        ("Total: 12/20 (60%)", [(60.0, 12, 20)]),
        ("Quality Score: 95/100", [(95.0, 95, 100)]),
        ("All 56/56 tests passing", [(100.0, 56, 56)]),
        ("Grown from 40% → 65% production readiness", [(65.0, None, None)]),
        ("Fortschritt: 40 %", [(40.0, None, None)]),
        ("- Achieve 80%+ unit test coverage", []),
        ("- 99.9% uptime", []),
        ("- Error rate < 0.1%", []),
        ("- Updated 2025/10/09, available 24/7", []),
        ("- CPU below 80%", []),
        ("1 of the tasks", []),
    ],
)
def test_shares_and_no_thresholds(line: str, expected: list[tuple[float, int | None, int | None]]) -> None:
    assert [(each.percent, each.part, each.whole) for each in shares(line)] == expected


def test_a_heading_may_state_bare_numbers() -> None:
    assert [each.percent for each in shares("### API (4/6)", heading=True)] == [66.67]
    assert [each.percent for each in shares("## Readiness: 6.5 / 10", heading=True)] == [65.0]


@pytest.mark.parametrize("line", ["TARGET: 95%+ for launch", "Goal: 80%", "🎯 Ziel: 90 %"])
def test_a_target_is_a_goal(line: str) -> None:
    assert [each.goal for each in shares(line)] == [True]
