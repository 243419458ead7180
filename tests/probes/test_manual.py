"""Questions for people: nobody's answer is no answer."""

from __future__ import annotations

import pytest

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Outcome
from pytest_readiness.probes.manual import Manual
from pytest_readiness.testing import run_probe

from .conftest import MakeContext


def test_nobody_has_attested_anything(make_context: MakeContext) -> None:
    probe = Manual(role="operations", question="Has the restore been rehearsed?")
    with pytest.raises(CannotMeasure, match=r"^nobody has attested: Has the restore been rehearsed\? \(operations\)$"):
        probe.measure(make_context())


@pytest.mark.parametrize(("role", "question"), [("", "Done?"), ("ops", " ")])
def test_a_question_to_nobody_and_an_empty_question_are_refused(role: str, question: str) -> None:
    with pytest.raises(OptionError, match="may not be empty"):
        Manual(role=role, question=question)


def test_nothing_is_touched() -> None:
    assert list(Manual(role="ops", question="Done?").touches()) == []


def test_its_gate_is_an_error_until_somebody_attests() -> None:
    result = run_probe(Manual(role="ops", question="Done?"))
    assert result.outcome is Outcome.ERROR
    assert result.reason == "nobody has attested: Done? (ops)"
