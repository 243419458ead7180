"""
The document given back with its boxes true: the same text, layout and line endings.

Only the marks of judged items, the stated shares that were measured, the notes and the summary are
written; each depends on what was measured and not on what was claimed, so that doing it twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from pytest_readiness.checklist.judging.audit import Audit, Finding
from pytest_readiness.checklist.judging.standing import Measured
from pytest_readiness.checklist.model import Document, Kind, Mark, Role, Text
from pytest_readiness.checklist.rewriting import notes
from pytest_readiness.checklist.rewriting.shares import truths
from pytest_readiness.checklist.rewriting.summary import summary
from pytest_readiness.checklist.rewriting.wording import Truth, with_words, written
from pytest_readiness.units import exact

if TYPE_CHECKING:
    from fractions import Fraction

#: Of several findings that share a mark, the first of these decides.
_ORDER = (Truth.FAILED, Truth.UNPROVEN, Truth.EXCUSED, Truth.DONE)
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_SETEXT = re.compile(r" {0,3}(?:=+|-+)\s*$")

_Span = tuple[int, int, int]


def rewrite(original: Text, audit: Audit) -> Text:
    """Return *original*, which *audit* is of, with everything in it true that was measured."""
    document = audit.document
    lines = _corrected(audit)
    headings = {item.line for item in document.items if item.kind is Kind.HEADING}
    inside = list(notes.fenced(document.text.lines))
    for line, said in _notes(audit).items():
        if not inside[line - 1]:
            hidden = line in headings or bool(_HEADING.match(lines[line - 1]))
            note = _encodable("; ".join(dict.fromkeys(said)), original.encoding)
            lines[line - 1] = notes.with_note(lines[line - 1], note, hidden=hidden)
    return _with_summary(original, document, lines, _summary(original, audit))


def is_true(original: Text, audit: Audit) -> bool:
    """
    Whether *original* says nothing else than what was measured: its marks, its shares, and its summary if it has one.

    Notes do not count: a latency is another one each time.
    """
    first, last = notes.summary_lines(original)
    told = original.lines[first + 1 : last - 1]
    return _corrected(audit) == [*audit.document.text.lines] and (first == last or [*told] == _summary(original, audit))


def _corrected(audit: Audit) -> list[str]:
    """Return the lines with their marks and shares as they were measured."""
    lines = list(audit.document.text.lines)
    edits = _edits(audit)
    for line, start, end in sorted(edits, reverse=True):
        text = lines[line - 1]
        lines[line - 1] = text[:start] + edits[line, start, end] + text[end:]
    return lines


def _summary(original: Text, audit: Audit) -> list[str]:
    return [_encodable(line, original.encoding) for line in summary(audit)]


# --- marks and shares -------------------------------------------------------------------------------


def truth(finding: Finding) -> Truth | None:
    """Return what the marks of an item are to say; None leaves them: those of an item without a claim are none."""
    if not finding.gates or finding.word is None or finding.measured is Measured.NOT_APPLICABLE:
        return None
    if finding.measured is Measured.UNKNOWN:
        return Truth.EXCUSED if finding.excused and not finding.group else Truth.UNPROVEN
    return Truth.DONE if finding.measured is Measured.DONE else Truth.FAILED


def _edits(audit: Audit) -> dict[_Span, str]:
    """Return what is to be written where: a stated share goes before a mark that it is part of."""
    lines = audit.document.text.lines
    shares = truths(audit.recounts, _goals(audit), lines)
    stated = [*shares, *((share.line, share.start, share.end) for share in audit.document.stated)]
    decided: dict[_Span, tuple[Mark, Truth]] = {}
    for finding in audit.findings:
        wanted = truth(finding)
        if wanted is None:
            continue
        for mark in with_words(audit.document.items[finding.item], lines):
            span = mark.line, mark.start, mark.end
            other = decided[span][1] if span in decided else wanted
            decided[span] = mark, min(wanted, other, key=_ORDER.index)
    marks = {span: written(mark, wanted) for span, (mark, wanted) in decided.items()}
    return shares | _apart(marks, stated)


def _apart(marks: dict[_Span, str], stated: Iterable[_Span]) -> dict[_Span, str]:
    """Return those of *marks* that touch neither a stated share nor a mark before them."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for line, start, end in stated:
        taken.setdefault(line, []).append((start, end))
    kept = {}
    for (line, start, end), text in sorted(marks.items()):
        if all(end <= first or start >= last for first, last in taken.get(line, ())):
            kept[line, start, end] = text
            taken.setdefault(line, []).append((start, end))
    return kept


def _goals(audit: Audit) -> list[Fraction]:
    goals = [share.percent for share in audit.document.stated if share.goal]
    return [exact(goal) for goal in (*goals, audit.report.target) if goal is not None]


# --- notes ------------------------------------------------------------------------------------------


def _notes(audit: Audit) -> dict[int, list[str]]:
    """Return what is to be noted at the end of which line."""
    found: dict[int, list[str]] = {}
    for finding in audit.findings:
        if finding.gates:
            found.setdefault(_last_line(audit.document, finding.item), []).append(_note(finding))
    return found


def _last_line(document: Document, index: int) -> int:
    """Return the line that the sentence of an item ends in, where it goes on in further ones."""
    number = document.items[index].line
    following = document.lines[number : document.items[index].end]
    for line in following:
        if line.item != index or line.role is not Role.ITEM or not document.text.lines[line.number - 1].strip():
            break
        number = line.number
    return number


def _note(finding: Finding) -> str:
    word = {Measured.DONE: "passed", Measured.NOT_DONE: "failed", Measured.NOT_APPLICABLE: "not applicable"}
    if finding.group:
        return finding.why
    return f"{word.get(finding.measured, 'unproven')}: {finding.why}"


def _encodable(text: str, encoding: str) -> str:
    """Return *text* as a file in *encoding* can hold it, so that nothing of ours changes the encoding."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


# --- summary ----------------------------------------------------------------------------------------


def _with_summary(original: Text, document: Document, lines: Sequence[str], made: Sequence[str]) -> Text:
    """Return *lines* with the summary *made* where there is one already, else on top."""
    first, last = notes.summary_lines(original)
    block = [notes.BEGIN, *made, notes.END]
    if first == last:
        first = last = _top(document)  # no blank lines around it, so that it can be told by how much lines moved
    newline = next((ending for ending in original.endings if ending), "\n")
    endings = [*original.endings[:first], *([newline] * len(block)), *original.endings[last:]]
    whole = [*lines[:first], *block, *lines[last:]]
    if last == len(lines):  # at the end of the file
        endings[-1] = original.endings[-1] if original.endings else ""
        endings[:-1] = [ending or newline for ending in endings[:-1]]
    return replace(original, lines=tuple(whole), endings=tuple(endings), damage=())


def _top(document: Document) -> int:
    """Return where a summary belongs: after front matter and the title, if there are any."""
    lines = document.text.lines
    start = sum(1 for _ in takewhile(lambda line: line.why == "front matter", document.lines))
    title = next((index for index in range(start, len(lines)) if lines[index].strip()), None)
    if title is None:
        return start
    if _HEADING.match(lines[title]):
        return title + 1
    below = lines[title + 1] if title + 1 < len(lines) else ""
    return title + 2 if _SETEXT.match(below) and lines[title][0].isalnum() else start
