"""
What a proposed gate says under ``with`` and ``expect``, made from what its item says.

Each module has the makers for one family of probes; a rule names its maker under ``fill``. A maker invents
nothing: what the text leaves open is ``todo(...)``, and what it asks for can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pytest_readiness.checklist.model import Item
from pytest_readiness.checklist.proposing.match.facts import Facts
from pytest_readiness.checklist.proposing.match.rules import Rule
from pytest_readiness.checklist.proposing.match.words import stem

Options = Mapping[str, Any]

#: Where things answer: what the environment says, and nothing where it says nothing, lest a local server passes
#: for another.
PLACES = {
    "base_url": "${BASE_URL:-TODO}",
    "staging_url": "${STAGING_URL:-TODO}",
    "production_url": "${PRODUCTION_URL:-TODO}",
    "frontend_url": "${FRONTEND_URL:-TODO}",
    "database_url": "${DATABASE_URL:-TODO}",
    "redis_url": "${REDIS_URL:-TODO}",
    "prometheus_url": "${PROMETHEUS_URL:-TODO}",
    "alertmanager_url": "${ALERTMANAGER_URL:-TODO}",
    "grafana_url": "${GRAFANA_URL:-TODO}",
    "loki_url": "${LOKI_URL:-TODO}",
    "mlflow_url": "${MLFLOW_TRACKING_URI:-TODO}",
}


def todo(what: str) -> str:
    """Return a value that only the reader can fill in."""
    return f"TODO: {what}"


def place(name: str) -> dict[str, str]:
    """Return the variable for one of ``PLACES``."""
    return {name: PLACES[name]}


@dataclass(frozen=True, slots=True)
class Filling:
    """What a gate says: options, expectations, the variables they refer to, and whether it changes something."""

    options: Options = field(default_factory=dict)
    expect: Options = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    side_effects: bool = False


@dataclass(frozen=True)
class Found:
    """An item with the rule that fits it, and what is around it; ``folder`` is the last one named before it."""

    item: Item
    rule: Rule | None = None
    words: frozenset[str] | set[str] = frozenset()
    children: Sequence[Item] = ()
    folder: str = ""
    name: str = ""
    parent: Item | None = None

    @cached_property
    def text(self) -> str:
        """All that the item says itself."""
        cells = [cell for cell in self.item.cells.values() if cell and cell not in self.item.text]
        return " ".join([self.item.text, *cells])

    @cached_property
    def facts(self) -> Facts:
        """The facts of the item's own text."""
        return Facts(self.text)

    @cached_property
    def above(self) -> Facts:
        """The facts of the parent and the nearest heading."""
        parent = "" if self.parent is None else self.parent.text
        return Facts(f"{parent} | {self.item.lead} | {' '.join(self.item.section[-1:])}")

    @property
    def options(self) -> dict[str, Any]:
        """A copy of the options that the rule gives."""
        return {} if self.rule is None else dict(self.rule.options)

    @property
    def expect(self) -> dict[str, Any]:
        """A copy of the expectations that the rule gives."""
        return {} if self.rule is None else dict(self.rule.expect)

    def has(self, *words: str) -> bool:
        """Tell whether one of *words*, in any form, is in the item."""
        there = self.words
        for word in words:  # noqa: SIM110 - asked a dozen times for each item, and a loop takes half as long
            if word in there or stem(word) in there:
                return True
        return False


Maker = Callable[[Found], Filling]
