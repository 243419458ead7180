"""
An audit: each claim of a checklist beside what was measured. Pure: no clock, no files.

Nothing is confirmed that was not seen to be done, and an item without a gate is unproven.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pytest_readiness.checklist.judging.branches import Branch, branches
from pytest_readiness.checklist.judging.claims import Recount, recount
from pytest_readiness.checklist.judging.contradictions import Contradiction, contradictions
from pytest_readiness.checklist.judging.standing import Measured, standings
from pytest_readiness.checklist.model import Document, Status
from pytest_readiness.model import Gate, Report

if TYPE_CHECKING:
    from pytest_readiness.checklist.pairing import Pairing

#: More names than these in one line help nobody.
_NAMES = 5
#: What a claim of being done, of not being done, and of not mattering comes to beside what was measured.
_HOLDS = (Status.DONE, Status.FALSE_POSITIVE)
_LACKS = (Status.OPEN, Status.DEFERRED)


class Word(StrEnum):
    """What a claim comes to."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    UNDERSTATED = "understated"
    UNPROVEN = "unproven"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One item beside what was measured of it; ``word`` is None for an item that claims nothing.

    ``gates`` are the ids of those that it was judged by, its children's among them if it is a
    group; with none, nothing could be known of it. ``excused`` tells that a waiver or a deferral is in
    force for one of them.
    """

    item: int
    claim: Status
    measured: Measured
    word: Word | None
    why: str
    gates: tuple[str, ...] = ()
    group: bool = False
    excused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """
    A document held against a report.

    ``findings`` has one entry for each item of the document, in its order. ``lost`` are gates that
    came from an item that the document does not have any more.
    """

    document: Document
    report: Report
    findings: tuple[Finding, ...]
    recounts: tuple[Recount, ...]
    contradictions: tuple[Contradiction, ...]
    lost: tuple[Gate, ...]

    @property
    def claims(self) -> tuple[Finding, ...]:
        """Return the findings of the items that claim something."""
        return tuple(finding for finding in self.findings if finding.word)

    def by_word(self) -> Mapping[Word, tuple[Finding, ...]]:
        """Return the findings of each word, in the order of the document."""
        return {word: tuple(finding for finding in self.findings if finding.word is word) for word in Word}

    def counts(self) -> Mapping[Word, int]:
        """Return how many claims there are of each word."""
        counted = Counter(finding.word for finding in self.findings)
        return {word: counted[word] for word in Word}


def audit(document: Document, pairing: Pairing, report: Report) -> Audit:
    """Hold every claim of *document* against *report*; *pairing* is of the document and all gates of the spec."""
    known = standings(report, pairing)
    grown = branches(document, pairing, known)
    findings = tuple(_finding(document, index, branch) for index, branch in enumerate(grown))
    return Audit(
        document=document,
        report=report,
        findings=findings,
        recounts=recount(document, grown),
        contradictions=contradictions(document),
        lost=pairing.lost,
    )


def word(claim: Status, measured: Measured) -> Word | None:
    """Return what a claim comes to, None for an item that makes none."""
    if claim in _LACKS:
        return Word.UNDERSTATED if measured is Measured.DONE else Word.OPEN
    if claim in _HOLDS:
        return {Measured.DONE: Word.CONFIRMED, Measured.NOT_DONE: Word.CONTRADICTED}.get(measured, Word.UNPROVEN)
    if claim is Status.NOT_APPLICABLE:
        return {
            Measured.NOT_APPLICABLE: Word.CONFIRMED,
            Measured.NOT_DONE: Word.CONTRADICTED,
            Measured.DONE: Word.UNDERSTATED,
        }.get(measured, Word.UNPROVEN)
    return None


def _finding(document: Document, index: int, branch: Branch) -> Finding:
    claim = document.items[index].status
    return Finding(
        item=index,
        claim=claim,
        measured=branch.measured,
        word=word(claim, branch.measured),
        why=_why(branch),
        gates=tuple(part.gate.id for part in branch.gates),
        group=branch.group,
        excused=any(part.excused for part in branch.gates),
    )


def _why(branch: Branch) -> str:
    """Return in one line what the finding rests on."""
    gates = branch.gates
    if not gates:
        return "none of its items has a gate" if branch.group else "no gate measures it"
    if len(gates) == 1 and not branch.group:
        return gates[0].why
    passed = sum(part.measured is Measured.DONE for part in gates)
    parts = [f"{passed} of {len(gates)} gate{'s' if len(gates) > 1 else ''} passed"]
    for measured, name in (
        (Measured.NOT_DONE, "failed"),
        (Measured.UNKNOWN, "unproven"),
        (Measured.NOT_APPLICABLE, "not applicable"),
    ):
        ids = [part.gate.id for part in gates if part.measured is measured]
        parts += [f"{name}: {names(ids)}"] if ids else []
    if branch.bare:
        parts.append(f"{branch.bare} item{' has' if branch.bare == 1 else 's have'} no gate")
    return "; ".join(parts)


def names(ids: Sequence[str]) -> str:
    """Return the first few of *ids*, and how many more there are."""
    more = f" and {len(ids) - _NAMES} more" if len(ids) > _NAMES else ""
    return ", ".join(ids[:_NAMES]) + more
