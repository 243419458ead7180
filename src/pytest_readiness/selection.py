"""Which gates a selection such as ``tag:smoke and not severity:low`` picks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NoReturn

from pytest_readiness.errors import UsageError
from pytest_readiness.model import Gate, Severity

_ALIASES = {"p0": "critical", "p1": "high", "p2": "medium", "p3": "low"}
_MANY = 500
_TOKEN = re.compile(r'\s*(?:([(),])|((?:"[^"]*"|[^\s(),"])+))')
_LONGEST = 4000
_DEEPEST = 50


def pick(gates: Sequence[Gate], text: str) -> set[str]:
    """
    Return the ids of the gates that the selection *text* picks.

    Raises ``UsageError`` if it cannot be read, or if it, or a term in it, picks nothing.
    """
    return _Selection(gates, text).ids()


def near(name: str, names: Iterable[str]) -> str | None:
    """Return the one of *names* that *name* probably means, if any is near."""
    candidates = list(names)
    if len(candidates) > _MANY:
        candidates = [other for other in candidates if other[:1] == name[:1] and abs(len(other) - len(name)) <= 2]  # noqa: PLR2004 - a typo or two
    close = difflib.get_close_matches(name, candidates[: 4 * _MANY], 1)
    return close[0] if close else None


class _Selection:
    """
    Reads a selection: ``or`` binds looser than ``and``, ``and`` looser than ``not``.

    Words that stand beside each other are one term, so that ``group:Code Quality`` needs no quotes.
    """

    def __init__(self, gates: Sequence[Gate], text: str) -> None:
        self._gates = gates
        self._text = text
        self._tokens = self._split()
        self._next = 0
        self._depth = 0
        self._negated = False

    def ids(self) -> set[str]:
        """Return the ids of the gates that are picked."""
        picked = self._any()
        if self._peek():
            self._refuse(f"{self._peek()!r} is not expected there")
        if not picked:
            self._refuse("it selects no gate")
        return picked

    def _split(self) -> list[str]:
        """Return operators, lower-case and between blanks, and terms: ``[" and ", "tag:a"]``."""
        if len(self._text) > _LONGEST:
            self._refuse(f"it is longer than {_LONGEST} characters")
        tokens: list[str] = []
        place = 0
        text = self._text.rstrip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                self._refuse("a quote is not closed")
            place = match.end()
            mark, word = match.groups()
            if mark or word.lower() in {"and", "or", "not"}:
                tokens.append(f" {(mark or word).lower()} ")
            elif tokens and not tokens[-1].startswith(" "):
                tokens[-1] += " " + word.replace('"', "")
            else:
                tokens.append(word.replace('"', "").strip())
        return tokens

    def _peek(self) -> str:
        return self._tokens[self._next].strip() if self._next < len(self._tokens) else ""

    def _take(self, *operators: str) -> bool:
        """Step over the next token if it is one of *operators*."""
        found = self._next < len(self._tokens) and self._tokens[self._next] in {f" {name} " for name in operators}
        self._next += found
        return found

    def _any(self) -> set[str]:
        picked = self._all()
        while self._take("or", ","):
            picked = picked | self._all()
        return picked

    def _all(self) -> set[str]:
        picked = self._one()
        while self._take("and"):
            picked = picked & self._one()
        return picked

    def _one(self) -> set[str]:
        if self._take("not"):
            return self._nested(self._rest)
        if self._take("("):
            picked = self._nested(self._any)
            if not self._take(")"):
                self._refuse("a parenthesis is not closed")
            return picked
        if self._next >= len(self._tokens) or self._tokens[self._next].startswith(" "):
            self._refuse("a gate, a glob, tag:, group: or severity: is missing" + self._where())
        self._next += 1
        return self._term(self._tokens[self._next - 1])

    def _where(self) -> str:
        return f" before {self._peek()!r}" if self._peek() else " at the end"

    def _nested(self, read: Callable[[], set[str]]) -> set[str]:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._refuse("it is nested too deeply")
        picked = read()
        self._depth -= 1
        return picked

    def _rest(self) -> set[str]:
        """Read what ``not`` stands before; a term that picks nothing does no harm there."""
        self._negated = not self._negated
        left_out = self._one()
        self._negated = not self._negated
        return {gate.id for gate in self._gates} - left_out

    def _term(self, term: str) -> set[str]:
        kind, colon, name = term.partition(":")
        if colon and kind in {"tag", "group", "severity"}:
            known = {"tag": self._tags, "group": self._titles, "severity": self._severities}[kind](name)
        else:
            kind, name, known = "gate", term, {gate.id: {gate.id} for gate in self._gates}
        folded = name if kind == "gate" else name.casefold()
        picked = known[name] if name in known else set[str]()
        for other, ids in () if picked else known.items():
            if fnmatchcase(other if kind == "gate" else other.casefold(), folded):
                picked = picked | ids
        if not picked and not self._negated and kind != "severity":
            close = near(name, known)
            what = {"gate": "no gate is called", "tag": "no gate has the tag", "group": "no group is called"}[kind]
            self._refuse(f"{what} {name!r}" + (f": did you mean {close!r}?" if close else ""))
        return picked

    def _tags(self, _name: str) -> dict[str, set[str]]:
        known: dict[str, set[str]] = {}
        for gate in self._gates:
            for tag in gate.tags:
                known.setdefault(tag, set()).add(gate.id)
        return known

    def _titles(self, _name: str) -> dict[str, set[str]]:
        known: dict[str, set[str]] = {}
        for gate in self._gates:
            for title in gate.group:
                known.setdefault(title, set()).add(gate.id)
        return known

    def _severities(self, name: str) -> dict[str, set[str]]:
        level = _ALIASES.get(name.casefold(), name.casefold())
        if level not in set(Severity):
            self._refuse(f"there is no severity {name!r}: it is one of {', '.join(Severity)} (or P0 to P3)")
        return {name: {gate.id for gate in self._gates if gate.severity == level}}

    def _refuse(self, why: str) -> NoReturn:
        shown = self._text if len(self._text) <= 80 else f"{self._text[:80]}..."  # noqa: PLR2004 - a line
        message = f"selection {shown!r}: {why}"
        raise UsageError(message)
