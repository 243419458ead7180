"""Which severities a sentence sums up."""

from __future__ import annotations

import pytest

from pytest_readiness.checklist.drafting.summing import severities
from pytest_readiness.model import Severity


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("All critical (P0) defects resolved", (Severity.CRITICAL,)),
        ("No blocking issues", (Severity.CRITICAL,)),
        ("Zero open P0 and P1 bugs", (Severity.CRITICAL, Severity.HIGH)),
        ("Every medium finding is closed", (Severity.MEDIUM,)),
        ("No low-priority leftovers", (Severity.LOW,)),
    ],
)
def test_what_is_said_of_all_or_none_is_of_a_severity(text: str, wanted: tuple[Severity, ...]) -> None:
    assert severities(text) == wanted


@pytest.mark.parametrize("text", ["Overall readiness: 82 %", "Critical path agreed", "All features ready", ""])
def test_other_sentences_sum_up_nothing_by_severity(text: str) -> None:
    assert severities(text) == ()
