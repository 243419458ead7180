"""Variables, packages, manifests, pipelines, the repository, and commands that are only described."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.fill import Filling, Found, Maker, todo

_NO_VALUES = frozenset({"", "...", "…", "changeme", "xxx"})


def env(found: Found) -> Filling:
    """Variables that must be set, with the values that the item gives them."""
    variables = {name: value for name, value in found.facts.variables.items() if not name.endswith("*")}
    if variables:
        rules = {name: _rule(found, name, value) for name, value in variables.items()}
        return Filling({"variables": rules}, {"missing": 0, "invalid": 0, "required": f">= {len(rules)}"})
    if found.has("debug"):
        return Filling({"variables": {"DEBUG": "(?i)false|0|no|off"}}, {"missing": 0, "invalid": 0})
    options: dict[str, Any] = {"example": ".env.example"}
    if found.has("populate", "<dotenv>", "credential") or found.facts.paths:
        options["file"] = next((path for path in found.facts.paths if path.startswith(".env")), ".env")
    return Filling(options, {"missing": 0, "invalid": 0, "required": ">= 1"})


def _rule(found: Found, name: str, value: str) -> Any:
    """Return what is expected of one variable."""
    length = re.search(r"(\d+)\+?\s*(?:chars|characters|bytes)", found.text)
    if length:
        return {"min_length": int(length[1])}
    value = value.strip("\"'`")
    if (
        found.has("default", "change", "placeholder")
        or value.lower() in _NO_VALUES
        or re.match(r"your[_-]|<|\[|xxx|change", value, re.IGNORECASE)
    ):
        return {"min_length": 1}
    return exactly(name, value)


def exactly(name: str, value: str) -> Any:
    """Return the rule for a variable that a document gives a value, as far as the value can be meant."""
    if re.match(r"[a-z][a-z0-9+]*://", value):
        return {"pattern": re.escape(value.split("://", 1)[0]) + "://.+"}
    if re.search(r"SECRET|TOKEN|PASSWORD|_KEY$|CREDENTIAL", name):
        return {"min_length": 1}
    return {"equals": value}


def package(found: Found) -> Filling:
    """Packages in versions that will do, by name or by file."""
    facts = found.facts
    if facts.requirements:
        return Filling(
            {"requires": facts.requirements},
            {"missing": 0, "unsatisfied": 0, "checked": f">= {len(facts.requirements)}"},
        )
    row = _row(found)
    if row:
        return Filling({"requires": [row]}, {"missing": 0, "unsatisfied": 0, "checked": 1})
    named = re.match(r"[*`\s]*([A-Za-z][\w.-]*)[*`\s]*[:|]\s*[v^]?(\d+(?:\.\d+)*)\+?", found.text)
    if named:
        return Filling({"requires": [f"{pypi(named[1])}>={named[2]}"]}, {"missing": 0, "unsatisfied": 0, "checked": 1})
    files = [path for path in facts.paths if path.endswith(".txt")]
    known = [pypi(name) for name in re.findall(r"[A-Za-z][\w.-]*", found.item.text) if _library(name)]
    if known and not files:
        return Filling({"requires": known}, {"missing": 0, "unsatisfied": 0, "checked": f">= {len(known)}"})
    return Filling({"files": files or ["requirements.txt"]}, {"missing": 0, "unsatisfied": 0, "checked": ">= 1"})


def _row(found: Found) -> str:
    cells = [cell.strip(" `*") for cell in found.item.cells.values()]
    if (
        len(cells) > 1
        and re.fullmatch(r"[A-Za-z][\w.-]*(?:\[[\w,]+\])?", cells[0])
        and re.fullmatch(r"(?:[<>=~^]=?)?\s*v?\d+(?:\.[\dx*]+)*\+?", cells[1])
    ):
        version = re.sub(r"[^\d.<>=~]", "", cells[1]).strip(".")
        return f"{pypi(cells[0])}{version if version[0] in '<>=~' else f'>={version}'}"
    return ""


_INSTALLED_AS = {"pytorch": "torch", "sklearn": "scikit-learn", "opencv": "opencv-python", "yaml": "pyyaml"}


def pypi(name: str) -> str:
    """Return the name that a package is installed by."""
    return _INSTALLED_AS.get(name.lower(), name.lower() if name[0].isupper() else name)


def _library(name: str) -> bool:
    from pytest_readiness.checklist.match.features import LIBRARIES

    return name.lower() in LIBRARIES and name.lower() not in {"asyncio", "dataclasses"}


_NAME = re.compile(r"[A-Z][\w-]{2,}|[a-z]+[-_][\w-]+")


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
    "unixodbc",
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


def git(found: Found) -> Filling:
    """The repository as a release needs it."""
    facts = found.facts
    size = facts.first("MB", "GB", "MiB", "kB")
    time = facts.first("s", "ms")
    dotenv = [path for path in facts.paths if ".env" in path]
    if found.has("hook", "precommit", "hooks"):
        return Filling({"hooks": ["pre-commit"]}, {"missing": 0, "hooks": ">= 1"})
    if dotenv or found.has("secret", "secrets"):
        return Filling(
            {"not_committed": dotenv or [".env", ".env.*"], "allow": [".env.example"]},
            {"unwanted": 0, "secrets": 0, "files": ">= 1"},
        )
    if found.has("bytecode", "pyc") or ".pyc" in facts.text:
        return Filling({"not_committed": ["*.pyc", "__pycache__"]}, {"unwanted": 0, "files": ">= 1"})
    if facts.files:
        return Filling({"committed": facts.files}, {"missing": 0})
    if found.has("tag", "tagged", "version"):
        return Filling({}, {"tagged": True})
    if found.has("revert", "rollback"):
        return Filling({"reverts": [todo("the commit that it must be possible to revert")]}, {"revert_clean": True})
    if size is not None:
        return Filling({}, {"size": size.condition("<="), "files": ">= 1"})
    if found.has("crlf", "ending", "endings"):
        return Filling({}, {"crlf": 0, "files": ">= 1"})
    if found.has("timeout", "slow") and time is not None:
        return Filling({}, {"duration": f"< {time.low:g} {time.unit}", "files": ">= 1"})
    if lines := facts.first("lines"):
        return Filling({"since": todo("a day or a tag to count from")}, {"added": f">= {int(lines.low)}"})
    if found.has("main", "merge", "behind", "branch", "pull"):
        return Filling({}, {"clean": True, "behind": 0})
    return Filling({}, {"clean": True, "untracked": 0})


def _run(found: Found, fallback: list[str]) -> list[str]:
    """Return the command that the item quotes or names, as arguments."""
    from pytest_readiness.checklist.fill.shell import arguments

    for quoted in found.facts.quoted:
        split = arguments(quoted)
        if split and (" " in quoted or quoted.endswith((".sh", ".py"))):
            return run_of(split)
    scripts = [path for path in found.facts.files if path.endswith((".sh", ".py", ".js", ".ts"))]
    return run_of([scripts[0]]) if scripts else fallback


def run_of(arguments: list[str]) -> list[str]:
    """Return *arguments* with the program that runs them, where they begin with a script."""
    first = arguments[0]
    if first.endswith(".py"):
        return ["python", *arguments]
    if first.endswith((".sh", ".bash")):
        return ["bash", *arguments]
    return [("python" if first == "python3" else first), *arguments[1:]]


def command(found: Found) -> Filling:
    """A command that is quoted or named, or one to fill in."""
    return Filling({"run": _run(found, [todo("the command, word by word")])}, _ends_well(found), side_effects=True)


def _ends_well(found: Found) -> dict[str, Any]:
    return {"exit_code": 0, "duration": "> 0 s"} if not found.facts.quoted else {"exit_code": 0}


def build(found: Found) -> Filling:
    """A build that succeeds."""
    if found.has("docker", "image", "container"):
        fallback = ["docker", "build", "."]
    elif found.has("compose"):
        fallback = ["docker", "compose", "build"]
    elif found.has("frontend", "npm", "bundle", "javascript", "typescript", "react"):
        fallback = ["npm", "run", "build"]
    else:
        fallback = [todo("the command that builds, word by word")]
    return Filling({"run": _run(found, fallback)}, {"exit_code": 0}, side_effects=True)


def terraform(found: Found) -> Filling:
    """Infrastructure as code that is valid."""
    return Filling({"run": _run(found, ["terraform", "validate"])}, {"exit_code": 0})


def celery(found: Found) -> Filling:
    """Workers that answer."""
    if found.has("celery"):
        run = ["celery", "-A", todo("the application"), "inspect", "ping"]
        return Filling({"run": run}, {"exit_code": 0, "stdout": "contains pong"})
    return Filling(
        {"run": [todo("a command that asks the workers, word by word")]},
        {"exit_code": 0, "stdout": todo("contains what they answer")},
    )


def rollback(found: Found) -> Filling:
    """A way back that was tried."""
    return Filling(
        {"run": _run(found, [todo("a rehearsal of the rollback, word by word")])}, {"exit_code": 0}, side_effects=True
    )


def refuses(found: Found) -> Filling:
    """A start that must fail."""
    options = {
        "run": [todo("the command that starts it, word by word")],
        "env": {todo("the variable"): todo("a value that must be refused")},
    }
    return Filling({**options, "env": {"SECRET_KEY": "short"}}, {"exit_code": "!= 0"})


def cloud(found: Found) -> Filling:
    """What the provider's own command line says of a resource."""
    tool = "gcloud" if found.has("gcp", "gke") else "az" if found.has("azure", "aks") else "aws"
    return Filling(
        {"run": [tool, todo("the command that describes it, word by word")]},
        {"exit_code": 0, "stdout": todo("contains what it has to say")},
    )


MAKERS: dict[str, Maker] = {
    "cloud": cloud,
    "env": env,
    "package": package,
    "kubernetes": kubernetes,
    "kubernetes_or_todo": lambda _found: Filling(
        {"glob": todo("which manifests"), "assert": [todo("a JMESPath query that must be true")]}, {"violations": 0}
    ),
    "compose": compose,
    "workflow": workflow,
    "git": git,
    "command": command,
    "script": command,
    "build": build,
    "terraform": terraform,
    "celery": celery,
    "rollback": rollback,
    "refuses": refuses,
}
