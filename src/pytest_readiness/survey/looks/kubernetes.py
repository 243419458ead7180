"""Manifests of Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import listed
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "manifest of Kubernetes"

_LIKELY = re.compile(r"(?m)^apiVersion:\s")
_WORKLOADS = frozenset({"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Rollout"})
_SERVING = _WORKLOADS - {"Job", "CronJob"}
#: How many manifests are named one by one.
_MOST = 40


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield gates on the containers of all manifests together."""
    templates: list[str] = []
    kinds: dict[str, set[str]] = {}
    for name in repository.matching(r".*\.ya?ml"):
        text = repository.text(name)
        if not _LIKELY.search(text):
            continue
        if "{{" in text:
            templates.append(name)
            continue
        found = {str(one.get("kind")) for one in repository.yaml(name) if isinstance(one, dict)}
        if found & _WORKLOADS:
            kinds[name] = found
    if templates:
        yield Remark(f"{listed(templates)} are templates: look at what helm template makes of them")
    if len(kinds) > _MOST:
        yield Remark(f"{len(kinds)} manifests have workloads: gates were made for the first {_MOST}")
    yield from _gates(list(kinds)[:_MOST], serving=any(found & _SERVING for found in kinds.values()))


def _gates(names: Sequence[str], *, serving: bool) -> Iterator[Found]:
    if not names:
        return
    wanted = [
        ("manifests-pinned", "Containers run images with a fixed version", "latest_tags", Severity.HIGH),
        ("manifests-ready", "Kubernetes can tell whether containers are ready", "without_readiness", Severity.HIGH),
        ("manifests-memory", "Containers say what memory they take", "without_memory_limit", Severity.HIGH),
        ("manifests-not-root", "Containers do not run as root", "run_as_root", Severity.HIGH),
    ]
    for gate, title, measurement, severity in wanted:
        if measurement == "without_readiness" and not serving:
            continue
        yield Found(
            id=gate,
            section=Section.CONTAINERS,
            title=title,
            why=f"{listed(names)} {'have' if len(names) > 1 else 'has'} workloads of Kubernetes",
            probe="document",
            options={"paths": list(names), "subject": "kubernetes"},
            musts={measurement: 0},
            keeps={"run_as_root": {"privileged": 0}, "without_memory_limit": {"without_requests": 0}}.get(
                measurement, {}
            ),
            severity=severity,
        )
