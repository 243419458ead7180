"""Alert rules of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.survey.looks._words import listed
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "alert rule of Prometheus"


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on all files with alert rules together."""
    names = [
        name
        for name in repository.matching(r".*\.ya?ml")
        if "alert:" in (text := repository.text(name))
        and "expr:" in text
        and "{{" not in text.partition("annotations")[0]
        and any(
            isinstance(one, dict) and (one.get("groups") or one.get("kind") == "PrometheusRule")
            for one in repository.yaml(name)
        )
    ]
    if names:
        yield Found(
            id="alerts",
            section=Section.RUNTIME,
            title="Every alert says how bad it is, and what is wrong",
            why=f"{listed(names)} {'have' if len(names) > 1 else 'has'} alert rules",
            probe="document",
            options={"paths": names, "subject": "alerts"},
            musts={"without_severity": 0},
            keeps={"without_summary": 0, "without_runbook": 0, "without_for": 0},
            ratchets=("rules",),
        )
