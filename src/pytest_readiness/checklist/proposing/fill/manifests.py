"""Images, manifests, services of Compose and pipelines."""

from __future__ import annotations

from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, todo


def dockerfile(found: Found) -> Filling:
    """What a Dockerfile says."""
    paths = [path for path in found.facts.paths if "dockerfile" in path.lower() and not path.endswith(".md")]
    options: dict[str, Any] = {"path": paths[0]} if paths else {}
    expect: dict[str, Any] = {"files": ">= 1"}
    asked: tuple[tuple[set[str], str, Any], ...] = (
        ({"multistag", "multistage", "stage", "optim", "layer", "size"}, "stages", ">= 2"),
        ({"nonroot", "root", "user"}, "non_root", True),
        ({"healthcheck", "health"}, "healthcheck", True),
        ({"latest", "pin", "pinn", "tag", "base", "update"}, "unpinned", 0),
        ({"layer", "cach", "order"}, "late_installs", 0),
    )
    expect |= {name: wanted for words, name, wanted in asked if found.has(*words)}
    if len(expect) == 1:
        expect |= {"instructions": ">= 2", "unpinned": 0}
    return Filling(options, expect)


def kubernetes(found: Found) -> Filling:
    """What manifests of Kubernetes say, or files of Compose where the item speaks of containers alone."""
    expect: dict[str, Any] = {"workloads": ">= 1"}
    for words, names in (
        (("limit", "limits", "quota"), {"without_limits": 0}),
        (("request", "requests"), {"without_requests": 0}),
        (("liveness", "healthcheck", "probe"), {"without_liveness": 0}),
        (("readiness", "zero-downtime"), {"without_readiness": 0}),
        (("root", "nonroot", "security"), {"run_as_root": 0, "privileged": 0}),
        (("replica", "availability", "horizontal", "redundancy"), {"min_replicas": ">= 2"}),
        (("hpa", "scale", "autoscale", "scaling"), {"autoscalers": ">= 1"}),
        (("disruption", "pdb"), {"disruption_budgets": ">= 1"}),
        (("latest", "tag"), {"latest_tags": 0}),
    ):
        if found.has(*words):
            expect |= names
    paths = found.facts.ending(".yaml", ".yml", "/")
    glob = (
        (f"{paths[0]}**/*.yaml" if paths[0].endswith("/") else paths[0])
        if paths
        else "{k8s,kubernetes,deploy}/**/*.{yaml,yml}"
    )
    options: dict[str, Any] = {"glob": glob, "subject": "kubernetes"}
    if found.has("ingress", "policy", "secret", "helm") and len(expect) == 1:
        kind = "NetworkPolicy" if found.has("policy") else "Ingress" if found.has("ingress") else "Secret"
        return Filling({**options, "names": {"kinds": [kind]}}, {"missing": 0})
    if len(expect) == 1:
        expect["without_limits"] = 0
        expect["latest_tags"] = 0
    return Filling(options, expect)


def compose(found: Found) -> Filling:
    """What a file of Compose says."""
    expect: dict[str, Any] = {"services": ">= 1"}
    for words, name in (
        (("restart",), "without_restart"),
        (("healthcheck", "health"), "without_healthcheck"),
        (("limit", "limits", "memory"), "without_limits"),
        (("latest", "image"), "latest_tags"),
        (("socket", "privileged", "root"), "privileged"),
    ):
        if found.has(*words):
            expect[name] = 0
    paths = found.facts.ending(".yaml", ".yml")
    options: dict[str, Any] = (
        {"path": paths[0]}
        if paths and "/" in paths[0]
        else {"glob": paths[0] if paths else "{docker-compose,compose}*.{yaml,yml}"}
    )
    if len(expect) == 1 and found.has("secret", "network", "authentication", "password", "trust", "socket"):
        options["assert"] = [todo("a JMESPath query that must be true")]
        expect["violations"] = 0
    elif len(expect) == 1:
        expect["latest_tags"] = 0
    return Filling({**options, "subject": "compose"}, expect)


_STEPS = (
    "test",
    "lint",
    "deploy",
    "build",
    "release",
    "coverage",
    "scan",
    "docker",
    "staging",
    "production",
    "format",
)


def workflow(found: Found) -> Filling:
    """What the pipeline does."""
    if found.has("dependabot") or (found.has("dependency") and found.has("update")):
        return Filling(
            {"path": ".github/dependabot.yml", "assert": ["length(updates) > `0`"]}, {"violations": 0, "documents": 1}
        )
    if found.has("renovate"):
        return Filling(
            {"path": "renovate.json", "assert": ["length(keys(@)) > `0`"]}, {"violations": 0, "documents": 1}
        )
    paths = found.facts.ending(".yml", ".yaml")
    options: dict[str, Any] = (
        {"path": paths[0]} if paths and "/" in paths[0] else {"glob": ".github/workflows/*.{yml,yaml}"}
    )
    if found.has("gitlab"):
        options = {"path": ".gitlab-ci.yml"}
    steps = [f"*{word}*" for word in _STEPS if found.has(word)]
    options["subject"] = "workflow"
    if steps:
        return Filling(
            {**options, "names": {"steps": [step.strip("*") for step in steps[:2]]}}, {"missing": 0, "jobs": ">= 1"}
        )
    return Filling(options, {"jobs": ">= 1", "steps": ">= 2"})


def at_rest(_found: Found) -> Filling:
    """Manifests that say that data is encrypted where it is kept."""
    options = {"glob": todo("which manifests"), "assert": [todo("a JMESPath query that must be true")]}
    return Filling(options, {"violations": 0})


MAKERS: dict[str, Maker] = {
    "dockerfile": dockerfile,
    "kubernetes": kubernetes,
    "compose": compose,
    "workflow": workflow,
    "at_rest": at_rest,
}
