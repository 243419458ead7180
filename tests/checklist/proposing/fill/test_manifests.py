from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import proposed


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("Kubernetes resource limits", {"workloads": ">= 1", "without_limits": 0}),
        ("Liveness probes in Kubernetes", {"workloads": ">= 1", "without_liveness": 0}),
        ("HPA configured", {"workloads": ">= 1", "autoscalers": ">= 1"}),
        ("At least two replicas in Kubernetes", {"workloads": ">= 1", "min_replicas": ">= 2"}),
        ("Network policies in Kubernetes", {"missing": 0}),
    ],
)
def test_kubernetes(text: str, expect: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert proposal.options["subject"] == "kubernetes"
    assert proposal.expect == expect


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("Docker restart policies", {"services": ">= 1", "without_restart": 0}),
        ("docker-compose.yml has no privileged service", {"services": ">= 1", "privileged": 0}),
        ("Docker compose file", {"services": ">= 1", "latest_tags": 0}),
        ("Docker secrets used", {"services": ">= 1", "violations": 0}),
    ],
)
def test_compose(text: str, expect: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert proposal.options["subject"] == "compose"
    assert proposal.expect == expect


@pytest.mark.parametrize(
    ("text", "options", "expect"),
    [
        (
            "CI pipeline runs",
            {"glob": ".github/workflows/*.{yml,yaml}", "subject": "workflow"},
            {"jobs": ">= 1", "steps": ">= 2"},
        ),
        (
            "CI pipeline runs the tests",
            {"glob": ".github/workflows/*.{yml,yaml}", "subject": "workflow", "names": {"steps": ["test"]}},
            {"missing": 0, "jobs": ">= 1"},
        ),
        (
            "Dependabot enabled",
            {"path": ".github/dependabot.yml", "assert": ["length(updates) > `0`"]},
            {"violations": 0, "documents": 1},
        ),
        (
            "Renovate enabled",
            {"path": "renovate.json", "assert": ["length(keys(@)) > `0`"]},
            {"violations": 0, "documents": 1},
        ),
    ],
)
def test_workflow(text: str, options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options, proposal.expect) == ("document", options, expect)


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("Image runs as non-root", {"files": ">= 1", "non_root": True}),
        ("Multi-stage Dockerfile", {"files": ">= 1", "stages": ">= 2"}),
        ("Dockerfile written", {"files": ">= 1", "instructions": ">= 2", "unpinned": 0}),
    ],
)
def test_dockerfile(text: str, expect: dict[str, Any]) -> None:
    assert proposed(text).expect == expect
