"""Short ways to have gates proposed for items that a test writes down, and to put them into a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from pytest_readiness import spec
from pytest_readiness.checklist.model import Code, Document, Item, Kind, Proposal, Status, Text
from pytest_readiness.checklist.proposing.propose import propose
from pytest_readiness.model import Spec
from pytest_readiness.registry import Registry


def box(text: str, **more: Any) -> Item:
    return Item(
        line=more.pop("line", 1), end=1, kind=more.pop("kind", Kind.BOX), text=text, raw=f"- [ ] {text}",
        status=more.pop("status", Status.OPEN), **more,
    )  # fmt: skip


def shown(command: str, *expected: str, language: str = "bash", **more: Any) -> Item:
    return box(command, kind=Kind.CODE, code=Code(language, command, expected), **more)


def document(*items: Item) -> Document:
    numbered = tuple(replace(item, line=number, end=number) for number, item in enumerate(items, 1))
    return Document(text=Text("list.md", (), ()), lines=(), items=numbered)


def proposals(*items: Item) -> tuple[Proposal, ...]:
    return propose(document(*items))


def proposed(text: str, *section: str, **more: Any) -> Proposal:
    (only,) = proposals(box(text, section=section, **more))
    return only


def for_code(command: str, *expected: str, language: str = "bash") -> Proposal:
    (only,) = proposals(shown(command, *expected, language=language))
    return only


def listed(proposal: Proposal, option: str) -> list[Any]:
    """Return an option that is a list."""
    value = proposal.options[option]
    assert isinstance(value, list)
    return value


#: Values that may take the place of a TODO, by the name of the option or measurement.
_PLAUSIBLE = {
    "port": 5432, "burst": 50, "objective": "99.9 %", "rate": "50/s", "max_lines": 500, "poll": "http://localhost/job",
    "query": "SELECT 1", "origin": "https://shop.example.org", "url": "http://localhost:8000/x", "select": "all",
    "last_success": "ended", "basic": "user:password",
}  # fmt: skip


def filled(value: Any, key: str = "", number: int = 0) -> Any:
    """Return *value* with something plausible in place of each TODO."""
    if isinstance(value, Mapping):
        return {name: filled(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [filled(one, key, place) for place, one in enumerate(value)]
    if isinstance(value, str) and value.startswith("TODO"):
        return _PLAUSIBLE.get(key) or _said(value) or (f"shop.part{number}" if key in _MODULES else "something")
    return value


_MODULES = frozenset({"modules", "packages", "independent", "layers", "to"})


def _said(wanted: str) -> str:
    """Return the example that a TODO gives, empty if it gives none."""
    if "such as " in wanted:
        return wanted.split("such as ")[1]
    return "found" if "JSON" in wanted or "JMESPath" in wanted else ""


def _place(name: str, text: str) -> str:
    """Return the definition of a variable with a place where there is none yet."""
    scheme = {"database_url": "postgresql", "redis_url": "redis"}.get(name, "http")
    return text.replace("TODO", f"{scheme}://localhost:5000")


def loaded(many: Mapping[str, Proposal], folder: Path) -> Spec:
    """Return the spec that the proposals make, by title; one that is not right raises ``SpecError``."""
    gates = [
        {"title": title, "probe": one.probe, "with": filled(one.options), "expect": filled(one.expect)}
        for title, one in many.items()
        if one.probe != "group"
    ]
    variables = {name: _place(name, text) for one in many.values() for name, text in one.variables.items()}
    path = folder / "readiness.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "vars": variables, "gates": gates}, sort_keys=False), "utf-8")
    return spec.load(path, registry=Registry(), env={})
