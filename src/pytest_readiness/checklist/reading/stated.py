"""The shares that a document states: "93% (67/72 tasks)", "6/6", "5 of 7 done", "Quality Score: 95/100"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PERCENT = re.compile(r"(?<![\d.,/])(\d{1,3}(?:[.,]\d{1,2})?)\s?%")
_RATIO = re.compile(r"(?<![\w.,/:-])(\d{1,5}(?:\.\d)?)\s?(?:/|(?:out )?of|von|sur|de|из)\s?(\d{1,5})(?![\w/%]|[.,-]\d)")
_DONE = re.compile(
    r"^\s*\**\s*(?:overall\s+)?(?:production[- ])?(?:complet\w*|done|ready|readiness|finished|implemented|"
    r"progress|achieved|passed|erledigt|abgeschlossen|"
    r"fertig|termin\w+|complét\w*|complet\w*|conclu\w+|готово|выполнено|завершено|完成|完了|met\b|resolved|fixed)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:\b(?:overall|completion|readiness|progress|score|completeness|complete|total progress|maturity|"
    r"confidence|grade|rating|"
    r"fortschritt|avancement|progreso|progresso|puntuación|прогресс|готовность)|进度|完成度|進捗)\b[^%\d]{0,40}$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"^\s*\**\s*(?:\(\d{1,3}(?:\.\d{1,2})?\s?%\)|(?:\(?\d{1,3}%\)?\s*)?(?:tasks?|items?|checks?|tests?|boxes|"
    r"criteria|requirements?|gates?|"
    r"steps?|points?|features?|"
    r"components?|complet\w*|done|passed|passing|pass|ready|met|resolved|fixed|closed|implemented|verified|"
    r"erledigt|aufgaben|tâches|tareas|"
    r"tarefas|задач\w*|项|完成))",
    re.IGNORECASE,
)
_GOAL = re.compile(
    r"\b(?:target|goal|aim|objective|ziel|objectif|objetivo|obiettivo|цель)\b|目标|目標|\U0001f3af", re.IGNORECASE
)
_LIMIT = re.compile(
    r"(?:[<>\u2264\u2265~\u2248]|at least|minimum|min\.|more than|less than|under|over|below|above|up to)\s*$",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"(?:\bfrom|\bpreviously|\bwas|\bformerly|\bup from|\bpara|\btoward|\btowards|\bpour|\bbis zu|\buntil|"
    r"\bfalta|\bvon|\bof the remaining|\bremaining)\W*$",
    re.IGNORECASE,
)
_SCORE = re.compile(r"\b(?:score|rating|grade|readiness|quality|health|punt\w+|note)\b", re.IGNORECASE)
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Share:
    """A share and where it stands in its line."""

    start: int
    end: int
    percent: float
    text: str = ""
    part: int | None = None
    whole: int | None = None
    goal: bool = False


def shares(line: str, *, heading: bool = False, alone: bool = False) -> list[Share]:
    """
    The shares that a line states; a threshold ("80%+ coverage") is none.

    ``heading`` and ``alone`` (a cell of a column for progress) let a bare number count.
    """
    if "%" not in line and not _RATIO.search(line):
        return []
    return list(_shares(line[:2000], trusted=heading or alone))


def _shares(line: str, *, trusted: bool) -> Iterator[Share]:
    aim = _GOAL.search(line)
    taken: list[tuple[int, int]] = []
    for found in _PERCENT.finditer(line):
        value = float(found[1].replace(",", "."))
        before, after = line[: found.start()], line[found.end() :]
        if value > _HUNDRED or _FORMER.search(before):
            continue
        goal = aim is not None and aim.start() < found.start()
        if not goal and (after.startswith("+") or _LIMIT.search(before)):
            continue
        ratio = re.match(r"\W{0,6}\(\W?(\d{1,5})\s?/\s?(\d{1,5})", after)
        if goal or ratio or _DONE.match(after) or _NAME.search(before) or (trusted and _ends(after)):
            part, whole = (int(ratio[1]), int(ratio[2])) if ratio and int(ratio[2]) else (None, None)
            end = found.end() + (ratio.end() if ratio else 0)
            taken.append((found.start(), end))
            yield Share(found.start(), found.end(), value, found[0], part, whole, goal)
    for found in _RATIO.finditer(line):
        if any(a <= found.start() < b for a, b in taken):
            continue
        share = _ratio(line, found, trusted=trusted)
        if share is not None:
            yield share


def _ends(after: str) -> bool:
    return not re.search(r"\w", re.sub(r"\([^()]{0,80}\)", "", after))


def _ratio(line: str, found: re.Match[str], *, trusted: bool) -> Share | None:
    part, whole = float(found[1]), int(found[2])
    before, after = line[: found.start()], line[found.end() :]
    if not whole or part > whole:
        return None
    told = bool(_COUNTED.match(after))
    closed = before.rstrip().endswith("(") and after.lstrip().startswith(")")
    score = whole in {10, 100} and bool(_SCORE.search(before))
    word = re.search(r"of|von|sur|de|из", found[0])
    if word and not told and not closed:
        return None
    if not (told or score or (word and closed) or (trusted and (closed or _ends(after)))):
        return None
    if part != int(part):
        return Share(found.start(), found.end(), round(part / whole * _HUNDRED, 2), found[0])
    return Share(found.start(), found.end(), round(part / whole * _HUNDRED, 2), found[0], int(part), whole)
