"""
How well checklists are read and matched, against tables that people made of the same documents.

    python -m pytest_readiness.checklist.evaluate FILE.csv [--misses]

A table has a row for each item: ``seed`` (the document, in the table's folder or in ``repaired/`` beside it), ``line``,
``text``, ``kind``, ``claimed``, ``probe`` and ``automatable``. Each row is paired with the item on its line.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pytest_readiness.checklist.model import Document, Item, Proposal, Status
from pytest_readiness.checklist.proposing.match.words import parts, stem
from pytest_readiness.checklist.proposing.propose import propose
from pytest_readiness.checklist.reading.read import read
from pytest_readiness.checklist.reading.text import decode
from pytest_readiness.registry import builtin_names

_USAGE = 4
#: Other names for the same probe, as tables have them.
_SAME = {"audit": "sarif", "composite": "group"}
_STATUS = {
    Status.DONE: "done",
    Status.OPEN: "open",
    Status.DEFERRED: "deferred",
    Status.FALSE_POSITIVE: "false-positive",
    Status.NOT_APPLICABLE: "n.a.",
    Status.UNSAID: "n.a.",
}
_NEEDED = ("seed", "line")
_OPTIONAL = ("text", "kind", "claimed", "probe", "automatable")

Row = Mapping[str, str]


class UsageError(Exception):
    """The table or a document cannot be used, and why."""


@dataclass
class Figures:
    """What was counted."""

    rows: int = 0
    documents: int = 0
    found: Counter[str] = field(default_factory=Counter)
    of_kind: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    status: Counter[tuple[str, str]] = field(default_factory=Counter)
    probes: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: int = 0
    second: int = 0
    judged: int = 0
    judged_found: int = 0
    misses: list[str] = field(default_factory=list)


def evaluate(table: Path) -> tuple[Figures, list[str]]:
    """Return the figures for *table*, and remarks about the table itself."""
    rows, remarks = _rows(table)
    figures = Figures(rows=len(rows))
    for name in dict.fromkeys(row["seed"] for row in rows):
        document = read(decode(_document(table, name).read_bytes(), name))
        figures.documents += 1
        _count(figures, document, [row for row in rows if row["seed"] == name])
    return figures, remarks


def _rows(table: Path) -> tuple[list[Row], list[str]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows: list[Row] = list(reader)
            columns = reader.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{table}: {error}") from None
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise UsageError(f"{table}: there is no column {' and no column '.join(missing)}")
    if not rows:
        raise UsageError(f"{table}: there is no row")
    bad = next((number for number, row in enumerate(rows, 2) if not (row["line"] or "").isdigit()), None)
    if bad is not None:
        raise UsageError(f"{table}:{bad}: the line is no number: {rows[bad - 2]['line']!r}")
    absent = [name for name in _OPTIONAL if name not in columns]
    remarks = [f"no column {', '.join(absent)}: left out"] if absent else []
    known = {*builtin_names(), "group"}
    strange = sorted({row.get("probe") or "" for row in rows} - known - set(_SAME) - {""})
    return rows, remarks + ([f"unknown probes: {', '.join(strange)}"] if strange else [])


def _document(table: Path, name: str) -> Path:
    stem_ = Path(name).stem
    for path in (table.parent / name, table.parent / "repaired" / name, table.parent / "repaired" / f"{stem_}.md"):
        if path.is_file():
            return path
    raise UsageError(f"{table}: there is no document {name} in its folder")


def _count(figures: Figures, document: Document, rows: Sequence[Row]) -> None:
    proposals = propose(document)
    pairs = dict(_pairs(document, rows))
    taken = set(pairs.values())
    for number, item in enumerate(document.items):
        if number not in taken:
            figures.invented[item.kind] += 1
    for index, row in enumerate(rows):
        kind = row.get("kind") or "?"
        figures.of_kind[kind] += 1
        pair = pairs.get(index)
        if pair is not None:
            figures.found[kind] += 1
            if row.get("claimed"):
                figures.status[row["claimed"], _STATUS[document.items[pair].status]] += 1
        if row.get("automatable", "yes") == "yes" and row.get("probe"):
            _judge(figures, row, None if pair is None else proposals[pair])


def _judge(figures: Figures, row: Row, proposal: Proposal | None) -> None:
    wanted = _SAME.get(row["probe"], row["probe"])
    figures.judged += 1
    if proposal is None:
        figures.misses.append(f"{_place(row)}: {wanted}, no item on this line: {_short(row)}")
        return
    figures.judged_found += 1
    figures.probes[wanted, proposal.probe] += 1
    if proposal.probe == wanted:
        figures.first += 1
        figures.second += 1
        return
    sign = "second" if proposal.second == wanted else "miss"
    figures.second += proposal.second == wanted
    rests = ", ".join(proposal.words[:3])
    told = f"proposed {proposal.probe} ({proposal.confidence}, {rests}), then {proposal.second} [{sign}]"
    figures.misses.append(f"{_place(row)}: {wanted}, {told}: {_short(row)}")


def _place(row: Row) -> str:
    return f"{row.get('id') or row['seed']}:{row['line']}"


def _short(row: Row) -> str:
    return " ".join((row.get("text") or "").split())[:80]


def _pairs(document: Document, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Yield which row goes with which item: one on its line, or around it, that shares most words."""
    by_line: dict[int, list[int]] = {}
    for number, item in enumerate(document.items):
        for line in range(item.line, item.end + 1):
            by_line.setdefault(line, []).append(number)
    free = set(range(len(document.items)))
    left = list(range(len(rows)))
    for exact in (True, False):  # an item that begins on the line comes before one that only reaches over it
        waiting, left = left, []
        for index in waiting:
            line = int(rows[index]["line"])
            near = [n for n in by_line.get(line, ()) if n in free and (not exact or document.items[n].line == line)]
            if not near:
                left.append(index)
                continue
            chosen = max(near, key=lambda n, row=rows[index]: (_alike(document.items[n], row), -n))  # type: ignore[misc]
            free.discard(chosen)
            yield index, chosen
    for index in left:  # a second row of a line that is one gate with two expectations
        line = int(rows[index]["line"])
        yield from ((index, n) for n in by_line.get(line, ())[:1] if document.items[n].line == line)


def _alike(item: Item, row: Row) -> float:
    ours = {stem(word) for word in parts(item.text)}
    theirs = {stem(word) for word in parts(row.get("text") or "")}
    return len(ours & theirs) / (len(ours | theirs) or 1)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f", {100 * part / whole:.1f} %" if whole else "")


def _lines(figures: Figures, remarks: Iterable[str]) -> Iterator[str]:
    yield from remarks
    yield f"{figures.rows} rows, {figures.documents} documents"
    yield f"found: {_share(sum(figures.found.values()), figures.rows)}"
    for kind, count in figures.of_kind.most_common():
        yield f"  {kind}: {_share(figures.found[kind], count)}"
    total = sum(figures.invented.values())
    yield f"invented: {total} ({', '.join(f'{kind} {count}' for kind, count in figures.invented.most_common())})"
    right = sum(count for (table, ours), count in figures.status.items() if table == ours)
    yield f"status: {_share(right, sum(figures.status.values()))}"
    yield from _table(figures.status)
    yield f"probe, first choice, of all to be automated: {_share(figures.first, figures.judged)}"
    yield f"probe, first or second choice, of all to be automated: {_share(figures.second, figures.judged)}"
    yield f"probe, first choice, of those found: {_share(figures.first, figures.judged_found)}"
    yield f"probe, first or second choice, of those found: {_share(figures.second, figures.judged_found)}"
    yield from _table(figures.probes)


def _table(confusion: Counter[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for each name of the table, with what was proposed for it."""
    for wanted in dict.fromkeys(name for (name, _), _ in confusion.most_common()):
        ours = {got: count for (name, got), count in confusion.most_common() if name == wanted}
        wrong = ", ".join(f"{got} {count}" for got, count in ours.items() if got != wanted)
        yield f"  {wanted}: {ours.get(wanted, 0)} of {sum(ours.values())}" + (f"; {wrong}" if wrong else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures for the table that *arguments* name."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    misses = "--misses" in given
    tables = [one for one in given if one != "--misses"]
    if len(tables) != 1 or tables[0].startswith("-"):
        return _refuse("usage: python -m pytest_readiness.checklist.evaluate FILE.csv [--misses]")
    try:
        figures, remarks = evaluate(Path(tables[0]))
    except UsageError as error:
        return _refuse(str(error))
    lines = [*_lines(figures, remarks), *(figures.misses if misses else ())]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _refuse(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return _USAGE


if __name__ == "__main__":
    raise SystemExit(main())
