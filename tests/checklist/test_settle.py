"""A document is rewritten until the next run finds nothing to change."""

from __future__ import annotations

from pytest_readiness.checklist.model import Text
from pytest_readiness.checklist.reading.text import encode
from pytest_readiness.checklist.rewriting.notes import bare
from pytest_readiness.checklist.rewriting.rewrite import rewrite
from pytest_readiness.checklist.settle import held, settled
from pytest_readiness.model import Outcome

from .written import opened, spec

PLAIN = b"# Orders\n\n- [x] Refunds arrive\n- [ ] Charges leave\n"
#: Its first bullet is a claim only as long as the one beside it is.
WOVEN = b"# Orders\n\n## \xe2\x9c\x85 Delivered\n\n- Refunds arrive\n- \xe2\x9c\x85 Charges leave\n"


def once(data: bytes, outcomes: dict[str, Outcome]) -> tuple[Text, Text]:
    checklist = opened(data)
    gates, report = spec(checklist, outcomes)
    return rewrite(checklist.text, held(checklist, gates, report)), settled(checklist, gates, report)


def test_one_pass_is_enough_for_most() -> None:
    first, last = once(PLAIN, {"Refunds": Outcome.FAILED, "Charges": Outcome.PASSED})
    assert first == last


def test_what_is_true_already_is_given_back_as_it_is() -> None:
    checklist = opened(PLAIN)
    gates, report = spec(checklist, {"Refunds": Outcome.FAILED})
    settled_once = opened(encode(settled(checklist, gates, report)))
    assert settled(settled_once, gates, report) is settled_once.text


def test_the_next_run_changes_nothing_whatever_depends_on_what() -> None:
    for outcome in Outcome:
        checklist = opened(WOVEN)
        gates, report = spec(checklist, {"Charges": outcome})
        last = settled(checklist, gates, report)
        again = opened(encode(last))
        assert rewrite(again.text, held(again, gates, report)).lines == last.lines
        assert len(bare(last).lines) == len(checklist.text.lines) + 5
