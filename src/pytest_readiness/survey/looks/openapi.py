"""Descriptions of an API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytest_readiness.survey.looks._words import slug
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "OpenAPI description"

_NAMES = r"(?:.*/)?[\w.-]*(?:openapi|swagger)[\w.-]*\.(?:ya?ml|json)"


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on each description that has paths."""
    for name in repository.matching(_NAMES):
        found: list[Any] = [repository.json(name)] if name.endswith(".json") else repository.yaml(name)
        if not any(_describes(one) for one in found):
            continue
        which = "" if name.rpartition("/")[2].split(".")[0].lower() in {"openapi", "swagger"} else name
        yield Found(
            id=slug("openapi", which),
            section=Section.DOCUMENTATION,
            title=f"{name} describes every operation",
            why=f"{name} is an OpenAPI description",
            probe="document",
            options={"path": name, "subject": "openapi"},
            ratchets=("undocumented", "operations"),
        )


def _describes(data: object) -> bool:
    return isinstance(data, dict) and bool({"openapi", "swagger"} & data.keys()) and bool(data.get("paths"))
