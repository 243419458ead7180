"""
From a document to proposals: for each item, the gate that could judge it.

What an item shows in code is decided by its command; a variable is a variable; what has parts stands for them,
unless it measures something itself; all else goes by the words of the item and of what is around it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pytest_readiness.checklist.model import Confidence, Document, Item, Kind, Proposal, Status
from pytest_readiness.checklist.proposing.bases import named
from pytest_readiness.checklist.proposing.fill import Filling, Found
from pytest_readiness.checklist.proposing.fill.makers import SAID, SHOWN
from pytest_readiness.checklist.proposing.match import code, score
from pytest_readiness.checklist.proposing.match.ecosystem import ELSEWHERE, elsewhere
from pytest_readiness.checklist.proposing.match.facts import Facts
from pytest_readiness.checklist.proposing.match.features import look
from pytest_readiness.checklist.proposing.match.rules import Rule
from pytest_readiness.memory import no_collections

#: Below this score nothing is proposed but a question to a person.
THRESHOLD = 1.2
#: From this score on, with the next best this far behind, a proposal is sure.
SURE, MARGIN = 5.0, 1.5
#: Digits of a score that count: sums of the same numbers in another order differ behind them.
_DIGITS = 6
#: The score that is told as 1.
_FULL = 10
#: What a command in the text of an item adds to the rules of its probe.
QUOTED = 6.0
#: What a listing or a command below an item adds.
LISTED = 9.0
#: What an item has to score for its bullets to be details of it.
DETAILED = 4.0
#: What a text has to score for what is below it to be parts of what it names.
OWNS = 6.0
#: What a parent of others has to score for something that it measures itself.
MEASURES_ITSELF = 5.0

_TICKED = frozenset({Kind.BOX, Kind.MARK, Kind.ROW})
_SHOWN = frozenset({Kind.CODE, Kind.VARIABLE})
#: What else shows what a command shows, where that is not the command itself.
_ALSO_SHOWN = {"command": "http", "env": None, "dotenv": "file"}
_MEASURING = frozenset({"file", "types", "lint", "coverage", "syntax", "tests"})
_NUMBERS = frozenset({"<lines>", "<count>", "<ratio>"})
_OWN, _OUTER = 1.0, 0.5
_HEADS = 0.7
_STATES = re.compile(r"\b[A-Z]{4,}\s*(?:\u2192|->)\s*[A-Z]{4,}")
_EVIDENCE_HEADS = frozenset(
    {"evidence", "notes", "note", "details", "comment", "comments", "location", "where", "remarks", "reference"}
)
_STATUS_HEADS = frozenset({"status", "state", "done", "result", "complete", "priority", "#", "id", "severity"})


class _Choice(NamedTuple):
    """A probe with the rule that speaks for it most."""

    probe: str
    score: float
    rule: Rule | None
    number: int


def propose(document: Document) -> tuple[Proposal, ...]:
    """Return one proposal for each item of *document*, in their order."""
    with no_collections():
        return _Proposer(document).all()


class _Proposer:
    def __init__(self, document: Document) -> None:
        self.items = document.items
        self.index = score.index()
        self.elsewhere = False
        self.folder = ""
        self.owners: dict[str, int] = {}
        self.children: dict[int, list[Item]] = {}
        for item in self.items:
            if item.parent is not None:
                self.children.setdefault(item.parent, []).append(item)

    def all(self) -> tuple[Proposal, ...]:
        """Return all proposals."""
        words = [self._words(number, item) for number, item in enumerate(self.items)]
        evidence = (look(cell) for item in self.items for head, cell in item.cells.items() if _is_evidence(head))
        self.elsewhere = elsewhere(itertools.chain(words, evidence))
        return named([self._one(number, item, words[number]) for number, item in enumerate(self.items)])

    def _one(self, number: int, item: Item, words: set[str]) -> Proposal:
        if "<folder>" in words or ("<path>" in words and "/" in item.text):
            self.folder = next((path.rpartition("/")[0] for path in Facts(item.text).paths if "/" in path), self.folder)
        if item.kind is Kind.VARIABLE:
            return self._shown(number, item, words, "env")
        if item.kind is Kind.CODE:
            probe = _shown_by(item)
            if probe:
                return self._shown(number, item, words, probe)
        parts = self.children.get(number, [])
        choices = self._choices(item, words)
        if item.kind is Kind.HEADING or _stands_for(parts, choices):
            return self._whole(number, item, words, choices)
        return self._said(number, item, words, choices)

    def _words(self, number: int, item: Item) -> set[str]:
        words = look(_text(item))
        words.add(f"<{item.kind}>")
        if number in self.children:
            words.add("<parent>")
        return words

    def _choices(self, item: Item, words: set[str]) -> list[_Choice]:
        """Return the probes that something speaks for, the best first."""
        found = self.index.scores(words, tuple(self._around(item)))
        rules = self.index.rules
        best: dict[str, tuple[float, int]] = {}
        for number in sorted(found):  # the first rule wins a tie, however Python happens to order words today
            points = round(found[number], _DIGITS)
            probe = rules[number].probe
            if probe not in best or points > best[probe][0]:
                best[probe] = (points, number)
        owner = self._owner(item)
        if owner >= 0:
            points, _ = best.get(rules[owner].probe, (0.0, owner))
            best[rules[owner].probe] = (points + rules[owner].parts, owner)
        for probe, weight in _shows(item):
            points, number = best.get(probe, (0.0, -1))
            best[probe] = (points + weight, number)
        choices = [_Choice(probe, points, rules[at] if at >= 0 else None, at) for probe, (points, at) in best.items()]
        choices.sort(key=lambda choice: (-choice.score, choice.number))
        return choices

    def _owner(self, item: Item) -> int:
        """Return the rule for what a plain bullet is a part of: a file that its parent or heading names, or -1."""
        if item.kind is not Kind.BULLET:
            return -1
        above = [item.lead, item.section[-1] if item.section else ""]
        if item.parent is not None and self.items[item.parent].kind is not Kind.HEADING:
            above.insert(0, self.items[item.parent].text)
        return next((owner for text in above if text and (owner := self._owning(text)) >= 0), -1)

    def _owning(self, text: str) -> int:
        """Return the rule that *text* speaks for most, if what it speaks of has parts, else -1."""
        known = self.owners.get(text)
        if known is None:
            found = self.index.scores(look(text), ())
            best = max(found, key=lambda number: (round(found[number], _DIGITS), -number), default=-1)
            owns = best >= 0 and self.index.rules[best].parts > 0 and found[best] >= OWNS
            known = self.owners[text] = best if owns else -1
        return known

    def _around(self, item: Item) -> Iterable[tuple[str, float]]:
        """Yield the texts around *item*, with what they count for."""
        section = item.section
        if item.lead:
            yield item.lead, _OWN
        if section:
            yield section[-1], _OWN
        for heading in section[:-1]:
            yield heading, _OUTER
        if item.parent is not None:
            parent = self.items[item.parent]
            if parent.kind is not Kind.HEADING or parent.text not in section:
                yield parent.text, _OWN
        if item.cells:
            yield " ".join(head for head in item.cells if head.lower() not in _STATUS_HEADS), _HEADS

    def _found(self, number: int, item: Item, words: set[str], rule: Rule | None, name: str) -> Found:
        parent = None if item.parent is None else self.items[item.parent]
        return Found(item, rule, words, self.children.get(number, ()), self.folder, name, parent)

    def _shown(self, number: int, item: Item, words: set[str], probe: str) -> Proposal:
        """Propose what a piece of code shows."""
        made = _make(probe, self._found(number, item, words, None, probe), shown=True)
        second = _ALSO_SHOWN.get(probe, "command")
        rests = (item.text.split("\n")[0][:60],)
        return _proposal(number, probe, made, confidence=Confidence.HIGH, points=1.0, words=rests, second=second)

    def _whole(self, number: int, item: Item, words: set[str], choices: Sequence[_Choice]) -> Proposal:
        if "<lines>" in words:
            choices = sorted(choices, key=lambda choice: choice.probe != "file")
        if _measures(choices, words) or ("<first>" in words and (item.kind is Kind.HEADING or " " not in item.text)):
            return self._said(number, item, words, choices)
        return self._group(number, item, words, choices)

    def _group(self, number: int, item: Item, words: set[str], choices: Sequence[_Choice]) -> Proposal:
        made = _make("group", self._found(number, item, words, None, "group"), shown=False)
        second = next((choice.probe for choice in choices if choice.probe not in {"group", "manual"}), None)
        return _proposal(number, "group", made, confidence=Confidence.HIGH, points=1.0, words=("parts",), second=second)

    def _said(self, number: int, item: Item, words: set[str], choices: Sequence[_Choice]) -> Proposal:
        """Propose what the words of an item speak for most."""
        best = choices[0] if choices else None
        if best is None or best.score < THRESHOLD:
            return self._asked(number, item, words, best)
        if self.elsewhere and best.probe in ELSEWHERE:
            best = _Choice(ELSEWHERE[best.probe], best.score, best.rule, best.number)
        rule = best.rule
        maker = rule.fill if rule is not None and rule.probe == best.probe else best.probe
        made = _make(maker, self._found(number, item, words, rule, maker), shown=_is_shown(item, best.probe))
        runner_up = choices[1] if len(choices) > 1 else None
        second = self._second(best, runner_up)
        margin = best.score - (runner_up.score if runner_up else 0)
        confidence = Confidence.HIGH if best.score >= SURE and margin >= MARGIN else Confidence.MEDIUM
        rests = self.index.phrases(best.number, words) if best.number >= 0 else ()
        points = min(best.score / _FULL, 1.0)
        return _proposal(number, best.probe, made, confidence=confidence, points=points, words=rests, second=second)

    @staticmethod
    def _second(best: _Choice, runner_up: _Choice | None) -> str | None:
        """Return the next best probe: the one that the words speak for, else the one that the rule names."""
        if runner_up is not None and runner_up.score >= max(THRESHOLD, best.score * 0.4):
            return runner_up.probe
        named = best.rule.second if best.rule is not None else None
        return named or (runner_up.probe if runner_up is not None else None)

    def _asked(self, number: int, item: Item, words: set[str], best: _Choice | None) -> Proposal:
        """Propose a question to a person; a test may be what answers it."""
        made = _make("manual", self._found(number, item, words, None, "manual"), shown=False)
        points = 0.0 if best is None else min(best.score / _FULL, 1.0)
        tests = ELSEWHERE["tests"] if self.elsewhere else "tests"
        second = tests if best is None or best.probe == "manual" else best.probe
        return _proposal(number, "manual", made, confidence=Confidence.LOW, points=points, second=second)


def _is_evidence(head: str) -> bool:
    """Tell whether the cells below *head* say what was found, and not what is asked."""
    return head.lower() in _EVIDENCE_HEADS


def _text(item: Item) -> str:
    """Return what an item says, the cells of its row included."""
    if not item.cells:
        return item.text
    cells = [
        cell
        for head, cell in item.cells.items()
        if head.lower() not in _STATUS_HEADS and cell != item.text and not _is_evidence(head)
    ]
    return " | ".join([item.text, *cells])


def _shown_by(item: Item) -> str:
    """Return the probe for the code of an item; a request whose answer goes through states is for a job."""
    if item.code is None:
        return ""
    probe = code.known(item.code.language, item.code.command).probe
    if probe == "http" and any(_STATES.search(line) for line in item.code.expected):
        return "job"
    return probe


def _shows(item: Item) -> Iterable[tuple[str, float]]:
    """Yield the probes for the commands that an item quotes, or has beside it, and what that counts for."""
    if item.code is not None and item.kind not in _SHOWN:
        probe = code.known(item.code.language, item.code.command).probe
        if probe:
            yield probe, LISTED
    text = _text(item)
    if "`" not in text:
        return
    for quoted in text.split("`")[1::2]:
        words = quoted.split()
        if len(words) > 1:
            probe = code.line_of(quoted.strip()).probe
            if probe:
                yield probe, QUOTED
            elif words[1].startswith("-"):
                yield "command", QUOTED


def _is_shown(item: Item, probe: str) -> bool:
    return item.code is not None and probe == code.known(item.code.language, item.code.command).probe


def _stands_for(parts: Sequence[Item], choices: Sequence[_Choice]) -> bool:
    """Tell whether an item stands for its *parts*, which may as well be its details."""
    said = [part for part in parts if part.kind not in _SHOWN]
    if any(part.status is not Status.UNSAID or part.kind in _TICKED for part in said):
        return True
    return bool(said) and (not choices or choices[0].score < DETAILED)


def _measures(choices: Sequence[_Choice], words: set[str]) -> bool:
    """Tell whether a parent measures something of its own."""
    best = choices[0] if choices else None
    return (
        best is not None
        and best.score >= MEASURES_ITSELF
        and best.probe in _MEASURING
        and not words.isdisjoint(_NUMBERS)
        and (best.probe != "tests" or "<ratio>" in words)
    )


def _make(name: str, found: Found, *, shown: bool) -> Filling:
    maker = SHOWN.get(name) if shown else None
    return (maker or SAID[name])(found)


def _proposal(
    number: int,
    probe: str,
    made: Filling,
    *,
    confidence: Confidence,
    points: float,
    words: Sequence[str] = (),
    second: str | None = None,
) -> Proposal:
    return Proposal(
        item=number,
        probe=probe,
        options=made.options,
        expect=made.expect,
        confidence=confidence,
        score=points,
        words=tuple(words),
        second=second if second != probe else None,
        variables=made.variables,
        side_effects=made.side_effects,
    )
