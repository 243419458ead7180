"""Every percentage that a document states, counted anew by its boxes, and measured by the weight of its gates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pytest_readiness.checklist.judging.branches import Branch
from pytest_readiness.checklist.judging.standing import Measured, Standing, weighed
from pytest_readiness.checklist.model import Document, Kind, Stated, Status
from pytest_readiness.units import exact

#: Two numbers, and what is between them.
RATIO = re.compile(
    r"(?<![\d.,/])(\d+)(\s*(?:/|\bof\b|\bout of\b|\bvon\b|\bsur\b|\bde\b)\s*)(\d+)(?![\d/]|[.,]\d)", re.IGNORECASE
)
_DECIMALS = re.compile(r"\d+(?:[.,](\d+))?\s*%")
#: What is said of the whole document, wherever that is, and what may be said of a part.
_OVERALL = re.compile(
    r"\b(?:overall|altogether|in total|insgesamt|gesamt\w*|au total|en total|in totale)\b", re.IGNORECASE
)
_READINESS = re.compile(r"\b(?:readiness|production[- ]ready|ready for production|completion)\b", re.IGNORECASE)
_WHOLE = 100
_SCALES = {10, 100}
_DONE = (Status.DONE, Status.FALSE_POSITIVE)
_CLAIMING = (*_DONE, Status.OPEN, Status.DEFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """
    What a stated share is in truth.

    ``ticked`` of ``boxes`` are done by the document's own word: its boxes, or its marks and rows
    where it has no boxes. ``passed`` of ``applicable`` is the weight of the gates there. ``proven`` of
    ``counted`` are the same boxes, as far as the evidence goes and they apply; ``without`` have no gate.
    """

    stated: Stated
    boxes: int
    ticked: int
    gates: int
    passed: Fraction
    applicable: Fraction
    proven: int
    counted: int
    without: int

    @property
    def by_boxes(self) -> Fraction | None:
        """Return the percentage that the document's own boxes come to, None if there are none."""
        return Fraction(100 * self.ticked, self.boxes) if self.boxes else None

    @property
    def by_weight(self) -> Fraction | None:
        """Return the percentage that was measured, None if no gate there applies."""
        return 100 * self.passed / self.applicable if self.applicable else None

    @property
    def miscounted(self) -> bool:
        """Whether the document contradicts its own boxes by more than rounding."""
        if self.by_boxes is None:
            return False
        if self.stated.part is not None and self.stated.whole is not None:
            return (self.stated.part, self.stated.whole) != (self.ticked, self.boxes)
        return not rounds_to(self.by_boxes, self.stated)

    @property
    def proven_share(self) -> Fraction | None:
        """
        Return the percentage that may be stated, None if nothing was measured.

        It is of the weight that passed. But where a ratio is stated, or where boxes have no gate and so no
        weight, it is of the boxes: one gate that passes does not make a whole list complete.
        """
        if self.by_weight is None or not self.counted:
            return self.by_weight
        return Fraction(100 * self.proven, self.counted) if self.without or self.ratio else self.by_weight

    @property
    def ratio(self) -> bool:
        """Whether two numbers are stated, and not a percentage alone."""
        return self.stated.whole is not None

    @property
    def refuted(self) -> bool:
        """Whether what was measured is something else, by more than rounding."""
        return self.proven_share is not None and not rounds_to(self.proven_share, self.stated)

    @property
    def off(self) -> bool:
        """Whether the statement is not true."""
        return self.miscounted or self.refuted


def rounds_to(number: Fraction, stated: Stated) -> bool:
    """Whether *number*, in percent, may be stated so; only all is 100 %, and only nothing is 0 %."""
    said = exact(stated.percent)
    if said in {0, _WHOLE} or number in {0, _WHOLE}:
        return number == said
    return abs(number - said) <= Fraction(1, 2 * 10 ** decimals(stated.text))


def decimals(text: str) -> int:
    """Return with how many decimals a percentage is stated in *text*."""
    found = _DECIMALS.search(text)
    return len(found[1] or "") if found else 0


def recount(document: Document, grown: Sequence[Branch]) -> tuple[Recount, ...]:
    """Return the truth on each share that *document* states of itself, of a section or of a group of items."""
    sections = _sections(document)
    found = []
    for stated in _with_ratios(document):
        scope = () if stated.goal else _scope(stated, document, grown, sections)
        if scope and not _rating(stated, len(_countable(document, scope))):
            found.append(_recount(stated, document, grown, scope))
    return tuple(found)


def _with_ratios(document: Document) -> Iterator[Stated]:
    """Yield what is stated, each percentage with the ratio beside it that it was reckoned from: ``75% done (3/4)``."""
    taken = {(share.line, share.start, share.end) for share in document.stated}
    for stated in document.stated:
        told = stated
        for found in () if stated.whole is not None else RATIO.finditer(document.text.lines[stated.line - 1]):
            part, whole = int(found[1]), int(found[3])
            apart = (stated.line, *found.span()) not in taken
            if apart and whole and rounds_to(Fraction(100 * part, whole), stated):
                told = replace(stated, part=part, whole=whole)
        yield told


def _rating(stated: Stated, boxes: int) -> bool:
    """Whether a share is a mark that somebody gave, ``8/10`` or ``6.5 / 10``, and not a count of anything."""
    if stated.whole is None:
        return "%" not in stated.text
    return stated.whole in _SCALES and stated.whole != boxes


def _scope(
    stated: Stated, document: Document, grown: Sequence[Branch], sections: Mapping[tuple[str, ...], Sequence[int]]
) -> Sequence[int]:
    """Return the items that a share is of; one that a single item states is something else, a measurement perhaps."""
    nested = grown[stated.item].below if stated.item is not None else ()
    below = sections.get(stated.section, ()) if stated.item is None else nested
    line = document.text.lines[stated.line - 1]
    # A group, or a section in whose heading it stands, speaks for itself, whatever it is called.
    part = nested or (line.lstrip().startswith("#") and _countable(document, below))
    if _OVERALL.search(line) or (speaks_of_all(line) and not part):
        return range(len(document.items))
    return below


def speaks_of_all(line: str) -> bool:
    """Whether what *line* states is probably said of the whole document."""
    return bool(_OVERALL.search(line) or _READINESS.search(line))


def _sections(document: Document) -> dict[tuple[str, ...], list[int]]:
    """Return the items below each heading, those of the headings in it included; all are below ()."""
    found: dict[tuple[str, ...], list[int]] = {}
    for index, item in enumerate(document.items):
        for depth in range(len(item.section) + 1):
            found.setdefault(item.section[:depth], []).append(index)
    return found


def _recount(stated: Stated, document: Document, grown: Sequence[Branch], scope: Sequence[int]) -> Recount:
    counted = _countable(document, scope)
    own = () if stated.item is None else (stated.item,)
    gates = _gates(grown, (*own, *scope))
    passed, applicable = weighed(gates)
    measured = [grown[index].measured for index in counted]
    return Recount(
        stated=stated,
        boxes=len(counted),
        ticked=sum(document.items[index].status in _DONE for index in counted),
        gates=len(gates),
        passed=passed,
        applicable=applicable,
        proven=measured.count(Measured.DONE),
        counted=len(measured) - measured.count(Measured.NOT_APPLICABLE),
        without=sum(not grown[index].gates for index in counted),
    )


def _countable(document: Document, scope: Sequence[int]) -> list[int]:
    """Return the items that a reader would count: the boxes, or the marks and rows where there are none."""
    claiming = [index for index in scope if document.items[index].status in _CLAIMING]
    boxes = [index for index in claiming if document.items[index].kind is Kind.BOX]
    return boxes or [index for index in claiming if document.items[index].kind in {Kind.MARK, Kind.ROW}]


def _gates(grown: Sequence[Branch], scope: Sequence[int]) -> tuple[Standing, ...]:
    return tuple({part.gate.id: part for index in scope for part in grown[index].gates}.values())
