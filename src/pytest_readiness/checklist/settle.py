"""
The whole way back: a checklist rewritten until it stays as it is.

What an item says may change how those around it are read. So the result is read again, as the next run will
read it, and rewritten where that makes a difference: then the next run finds nothing to change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_readiness.checklist.judging.audit import Audit, audit
from pytest_readiness.checklist.model import Text
from pytest_readiness.checklist.opening import Opened
from pytest_readiness.checklist.pairs import paired
from pytest_readiness.checklist.reading.read import read
from pytest_readiness.checklist.rewriting.notes import bare
from pytest_readiness.checklist.rewriting.rewrite import rewrite
from pytest_readiness.model import Gate, Report

#: So often a document is rewritten at the most; a second time is rare.
_MOST = 5


def held(checklist: Opened, gates: Sequence[Gate], report: Report) -> Audit:
    """Return *checklist* held against *report*; *gates* are all those of the spec, selected or not."""
    return audit(checklist.document, paired(checklist, gates), report)


def settled(checklist: Opened, gates: Sequence[Gate], report: Report) -> Text:
    """Return the text of *checklist* with everything in it true that was measured."""
    text = checklist.text
    for _ in range(_MOST):
        made = rewrite(text, held(checklist, gates, report))
        if made.lines == text.lines:
            break
        text = made
        checklist = replace(checklist, text=text, document=read(bare(text)))
    return text
