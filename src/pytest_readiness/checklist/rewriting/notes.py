"""
What is written into a checklist beside its own text: a summary on top, and a note at the end of a line.

Both can be recognised, so that they are taken off before the document is read, and written anew.
A note is ``<sub>readiness: ...</sub>``, small where Markdown is shown; in a heading it is a comment, since the
text of a heading is what links to it are made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_readiness.checklist.model import Text
from pytest_readiness.errors import UsageError

BEGIN, END = "<!-- readiness:begin -->", "<!-- readiness:end -->"
#: A note is cut after so many characters; the report has all of it.
LENGTH = 200

_FENCE = re.compile(r"[\s>]*(?:[-*+]\s+|\d{1,9}[.)]\s+)*(`{3,}|~{3,})([^\n]*)$")
_VISIBLE, _HIDDEN = (" <sub>readiness: ", "</sub>"), (" <!-- readiness: ", " -->")
_CLOSING = re.compile(r"(?:</(?:li|td|th|tr|p|div|label|dd|dt|summary|ul|ol|tbody|table)>|<br ?/?>)$", re.IGNORECASE)
_LONGEST_TAG = 12
_HASHES = re.compile(r"[ \t]+#+$")
_SPECIAL = re.compile(r"[\\`*\[\]|~]|(?<!\w)_|_(?!\w)")


def bare(text: Text) -> Text:
    """Return *text* as it was before anything was written into it; a summary is left blank, so that no line moves."""
    lines = [
        line if inside else without_note(line) for line, inside in zip(text.lines, fenced(text.lines), strict=True)
    ]
    first, last = summary_lines(text)
    return replace(text, lines=tuple("" if first <= index < last else line for index, line in enumerate(lines)))


def summary_lines(text: Text) -> tuple[int, int]:
    """Return where the summary is, as a slice of the lines; an empty one if there is none. Raises ``UsageError``."""
    places: dict[str, list[int]] = {BEGIN: [], END: []}
    for index, (line, inside) in enumerate(zip(text.lines, fenced(text.lines), strict=True)):
        if not inside and line.strip() in places:
            places[line.strip()].append(index)
    begins, ends = places[BEGIN], places[END]
    if not begins and not ends:
        return 0, 0
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0]:
        number = min(begins + ends) + 1
        raise UsageError(
            f"{text.name}:{number}: {BEGIN} and {END} are to be there once each, in this order, or not at all"
        )
    return begins[0], ends[0] + 1


def fenced(lines: Sequence[str]) -> Iterator[bool]:
    """Yield for each line whether it belongs to a code fence."""
    fence = ""
    for line in lines:
        found = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if not fence:
            opens = found is not None and not (found[1][0] == "`" and "`" in found[2])
            fence = found[1] if found and opens else ""
            yield bool(fence)
        else:
            yield True
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""


def with_note(line: str, note: str, *, hidden: bool = False) -> str:
    """Return *line* with *note* at its end: before what closes a cell, a heading or a tag, and before blanks."""
    opening, closing = _HIDDEN if hidden else _VISIBLE
    body, tail = _parted(line)
    return f"{body}{opening}{_commented(note) if hidden else _escaped(note)}{closing}{tail}"


def without_note(line: str) -> str:
    """Return *line* without its note."""
    if "readiness: " not in line:
        return line
    body, tail = _parted(line)
    for opening, closing in (_VISIBLE, _HIDDEN):
        start = body.rfind(opening)
        if start >= 0 and body.endswith(closing) and body.find(closing, start) == len(body) - len(closing):
            return body[:start] + tail
    return line


def _parted(line: str) -> tuple[str, str]:
    """Return *line* up to where a note may stand, and the rest."""
    body = line.rstrip()
    while found := _CLOSING.search(body, max(len(body) - _LONGEST_TAG, 0)):
        body = body[: found.start()].rstrip()
    if body.endswith("|") or (body.endswith("\\") and not body.endswith("\\\\")):
        body = body[:-1].rstrip()
    if body.lstrip().startswith("#"):
        body = _HASHES.sub("", body)
    return body, line[len(body) :]


def _escaped(note: str) -> str:
    """Return *note* so that Markdown shows it as it stands; it cannot end a cell, a row or itself."""
    text = _SPECIAL.sub(r"\\\g<0>", _clipped(note))
    # "<" is read as a tag only before a letter or a sign, but ours must not be found in what was measured.
    return re.sub(r"&(?=[#\w])", "&amp;", text).replace("<", "&lt;")


def _commented(note: str) -> str:
    return re.sub(r"-(?=-)", "- ", _clipped(note))


def _clipped(note: str) -> str:
    text = " ".join(note.split())
    return text if len(text) <= LENGTH else text[: LENGTH - 3].rstrip() + "..."
