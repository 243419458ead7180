"""Commands that are described, and the state of the repository."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, todo
from pytest_readiness.checklist.proposing.fill.lines import arguments, run_of


def git(found: Found) -> Filling:
    """The repository as a release needs it."""
    for wanted in (_named_in_git, _figures_of_git):
        made = wanted(found)
        if made is not None:
            return made
    if found.has("main", "merge", "behind", "branch", "pull"):
        return Filling({}, {"clean": True, "behind": 0})
    return Filling({}, {"clean": True, "untracked": 0})


def _named_in_git(found: Found) -> Filling | None:
    """Return what is asked of files, hooks and tags, None if nothing is."""
    dotenv = [path for path in found.facts.paths if ".env" in path and "example" not in path]
    if found.has("hook", "precommit"):
        return Filling({"hooks": ["pre-commit"]}, {"missing": 0, "hooks": ">= 1"})
    if dotenv or found.has("secret"):
        options = {"not_committed": dotenv or [".env", ".env.*"], "allow": [".env.example"]}
        return Filling(options, {"unwanted": 0, "secrets": 0, "files": ">= 1"})
    if found.has("bytecode") or ".pyc" in found.text:
        return Filling({"not_committed": ["*.pyc", "__pycache__"]}, {"unwanted": 0, "files": ">= 1"})
    if found.facts.paths:
        return _in_git(found)
    if found.has("tag", "version"):
        return Filling({}, {"tagged": True})
    return None


#: Words of headings over files that must not be in git.
_UNWANTED = re.compile(r"(?i)\b(?:not|never|no|ignored?|exclude[ds]?|gitignore)\b")


def _in_git(found: Found) -> Filling:
    """Return what is asked of the files that are named: that they are in git, or that they are not."""
    above = " ".join((*found.item.section, found.item.lead))
    if _UNWANTED.search(above) or _UNWANTED.search(found.item.text):
        patterns = [path.rstrip("/") for path in found.facts.paths]
        return Filling({"not_committed": patterns}, {"unwanted": 0, "files": ">= 1"})
    return Filling({"committed": [path.rstrip("/") for path in found.facts.paths]}, {"missing": 0})


def _figures_of_git(found: Found) -> Filling | None:
    """Return what is asked of sizes, times and counts, None if nothing is."""
    size, time, lines = (found.facts.first(*units) for units in (("MB", "GB", "MiB", "kB"), ("s", "ms"), ("lines",)))
    if found.has("revert", "rollback"):
        return Filling({"reverts": [todo("the commit that it must be possible to revert")]}, {"revert_clean": True})
    if size is not None:
        return Filling({}, {"size": size.condition("<="), "files": ">= 1"})
    if found.has("crlf", "ending"):
        return Filling({}, {"crlf": 0, "files": ">= 1"})
    if found.has("timeout", "slow") and time is not None:
        return Filling({}, {"duration": f"< {time.low:g} {time.unit}", "files": ">= 1"})
    if lines is not None:
        return Filling({"since": todo("a day or a tag to count from")}, {"added": f">= {int(lines.low)}"})
    return None


def _run(found: Found, fallback: list[str]) -> list[str]:
    """Return the command that the item quotes or names, as arguments."""
    for quoted in found.facts.quoted:
        split = arguments(quoted)
        if split and (" " in quoted or quoted.endswith((".sh", ".py"))):
            return run_of(split)
    scripts = [path for path in found.facts.files if path.endswith((".sh", ".py", ".js", ".ts"))]
    return run_of([scripts[0]]) if scripts else fallback


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


def dns(_found: Found) -> Filling:
    """A name that leads where it should."""
    return Filling(
        {"run": ["dig", "+short", todo("the name")]}, {"exit_code": 0, "stdout": todo("contains the address")}
    )


def containers(found: Found) -> Filling:
    """Containers that run, as many as there have to be."""
    ratio = found.facts.ratio
    count = found.facts.counted("container", "service")
    told = ratio[1] if ratio else None if count is None else int(count.low)
    run = ["docker", "compose", "ps", "--quiet", "--status", "running"]
    return Filling({"run": run}, {"exit_code": 0, "lines": todo("how many run") if told is None else f">= {told}"})


_BYTES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def image_size(found: Found) -> Filling:
    """How large an image is."""
    run = ["docker", "image", "inspect", "--format", "{{.Size}}", todo("the image")]
    size = found.facts.first(*_BYTES)
    wanted = todo("< bytes") if size is None else f"{size.op or '<'} {size.low * _BYTES[size.unit]:.0f}"
    return Filling({"run": run, "number": r"^(\d+)$"}, {"exit_code": 0, "number": wanted})


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
    variable = next(iter(found.facts.variables), "SECRET_KEY")
    options = {
        "run": [todo("the command that starts it, word by word")],
        "env": {variable: todo("a value that must be refused")},
    }
    return Filling(options, {"exit_code": "!= 0"})


def cloud(found: Found) -> Filling:
    """What the provider's own command line says of a resource."""
    tool = "gcloud" if found.has("gcp", "gke") else "az" if found.has("azure", "aks") else "aws"
    return Filling(
        {"run": [tool, todo("the command that describes it, word by word")]},
        {"exit_code": 0, "stdout": todo("contains what it has to say")},
    )


MAKERS: dict[str, Maker] = {
    "git": git,
    "command": command,
    "script": command,
    "build": build,
    "terraform": terraform,
    "celery": celery,
    "rollback": rollback,
    "refuses": refuses,
    "cloud": cloud,
    "dns": dns,
    "containers": containers,
    "image_size": image_size,
}
