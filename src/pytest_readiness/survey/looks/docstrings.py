"""Docstrings, where the project cares for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "rule for docstrings"


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a ratchet on the share of what is documented, if a tool is configured that looks at docstrings."""
    why = repository.configured(("interrogate",), (), "interrogate") or repository.configured(
        ("pydocstyle",), (".pydocstyle",), "pydocstyle"
    )
    if why is None and _ruff_asks(repository):
        why = "Ruff's rules D are selected in pyproject.toml"
    if why is not None and repository.layout.paths:
        yield Found(
            id="docstrings",
            section=Section.DOCUMENTATION,
            title="The code keeps its docstrings",
            why=why,
            probe="docstrings",
            options={"paths": list(repository.layout.paths)},
            ratchets=("percent",),
        )


def _ruff_asks(repository: Repository) -> bool:
    lint: Any = (repository.tool("ruff") or {}).get("lint", {})
    chosen = [*_list(lint, "select"), *_list(lint, "extend-select")] if isinstance(lint, dict) else []
    return any(rule in {"D", "ALL"} for rule in chosen) and "D" not in _list(lint, "ignore")


def _list(table: dict[str, Any], name: str) -> list[Any]:
    found = table.get(name)
    return found if isinstance(found, list) else []
