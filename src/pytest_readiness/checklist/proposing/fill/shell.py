"""What a document shows in a code fence: a command or a listing, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, place, todo
from pytest_readiness.checklist.proposing.fill.addresses import of
from pytest_readiness.checklist.proposing.fill.lines import OPEN, arguments, expected_of, known_of, run_of
from pytest_readiness.checklist.proposing.fill.requests import http
from pytest_readiness.checklist.proposing.fill.statements import sql
from pytest_readiness.checklist.proposing.fill.variables import exactly

_SAFE = frozenset(
    [
        "--version",
        "-V",
        "version",
        "check",
        "status",
        "list",
        "ps",
        "show",
        "get",
        "describe",
        "validate",
        "plan",
        "test",
        "inspect",
        "config",
        "-n",
        "--check",
        "--dry-run",
        "--help",
        "-c",
    ]
)


_TIMES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def command(found: Found) -> Filling:
    """A command as it stands, and the output that is shown for it."""
    line = known_of(found).line
    split = arguments(line)
    expect: dict[str, Any] = {"exit_code": 0}
    if not split:
        return Filling(
            {"run": [todo(f"as a list of arguments: {' '.join(line.split())[:80]}")]},
            {"exit_code": 0},
            side_effects=True,
        )
    if split[0] in {"source", ".", "cd", "export"}:
        return Filling(
            {"run": ["python", "-c", "import sys; print(sys.prefix != sys.base_prefix)"]},
            {"exit_code": 0, "stdout": "True"},
        )
    run = [todo(f"a real value for {one}") if OPEN.search(one) else one for one in run_of(split)]
    shown = [text for text in expected_of(found) if text.strip()]
    if len(shown) == 1 and len(shown[0]) <= 60 and not _TIMES.search(shown[0]):  # noqa: PLR2004 - a short answer
        expect["stdout"] = f"contains {shown[0].strip()}"
    return Filling({"run": run}, expect, side_effects=not any(word in split[1:] for word in _SAFE))


def tests(found: Found) -> Filling:
    """The tests that a command of pytest runs."""
    line = known_of(found).line
    words = arguments(line) or line.split()
    select = _selection(words)
    expect: dict[str, Any] = {"failed": 0, "passed": ">= 1"}
    told = " ".join(expected_of(found))
    passed = re.search(r"(\d+)(?:/\d+)?\s+(?:tests? )?pass", told)
    if passed:
        expect["passed"] = f">= {passed[1]}"
    return Filling({"select": select}, expect)


def _selection(words: Sequence[str]) -> str:
    paths = [
        word for word in words[1:] if not word.startswith("-") and ("/" in word or word.endswith(".py") or "::" in word)
    ]
    for flag, kind in (("-m", "marker"), ("-k", "keyword")):
        if flag in words[2:] or (flag in words and words[0] == "pytest"):
            index = words.index(flag, 2 if words[:2] == ["python", "-m"] else 0)
            if index + 1 < len(words) and words[index + 1] != "pytest":
                return f"{kind}:{words[index + 1]}"
    if paths:
        path = paths[0].removeprefix("./")
        return f"node:{path}*" if not path.endswith(".py") or "/" in path else f"node:*{path}*"
    return "all"


def package(found: Found) -> Filling:
    """The packages that a command installs."""
    line = known_of(found).line
    words = (arguments(line) or line.split())[1:]
    files = [words[index + 1] for index, word in enumerate(words[:-1]) if word in {"-r", "--requirement"}]
    names = [
        word
        for index, word in enumerate(words)
        if re.fullmatch(r"[A-Za-z][\w.-]*(?:\[[\w,]+\])?(?:[<>=~!]=?[\w.*,<>=!]+)?", word)
        and words[index - 1] not in {"-r", "-c", "-i", "--requirement"}
        and word
        not in {
            "install",
            "pip",
            "add",
            "sync",
            "check",
            "list",
            "freeze",
            "show",
            "-m",
            "uv",
            "poetry",
            "lock",
            "compile",
            "env",
            "create",
            "update",
        }
    ]
    options: dict[str, Any] = {}
    if names:
        options["requires"] = names
    if files or not names:
        options["files"] = files or ["requirements.txt"]
    return Filling(options, {"missing": 0, "unsatisfied": 0, "checked": f">= {max(1, len(names))}"})


def env(found: Found) -> Filling:
    """A variable with the value that the document gives it."""
    code = found.item.code
    text = found.item.text if code is None else code.command
    values = re.findall(r"(?m)^\s*(?:export +|set +|-e +)?([A-Za-z_]\w*)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s#]*)", text)
    read = re.search(r"(?:^|\s)((?:[\w-]+/)*\.env[\w.-]*)", text)
    where = {"file": read[1]} if read and not values else {}
    if not values:
        named = re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_?\b", re.sub(r"\b(?:env|printenv|echo|grep)\b", " ", text))
        whole = [name for name in named if len(name) > 2 and not name.endswith("_")]  # noqa: PLR2004 - two letters are options
        if whole and (where or "grep" not in text):
            return Filling({"variables": whole, **where}, {"missing": 0, "required": f">= {len(whole)}"})
        wanted = todo(f"a variable that begins with {named[0]}" if named else "which variables")
        return Filling({"variables": [wanted], **where}, {"missing": 0, "required": ">= 1"})
    rules = {name: _value(name, value.strip("\"'")) for name, value in values}
    return Filling({"variables": rules}, {"missing": 0, "invalid": 0, "required": f">= {len(rules)}"})


def _value(name: str, value: str) -> Any:
    if (
        not value
        or "..." in value
        or "…" in value
        or OPEN.search(value)
        or re.match(r"(?i)change|your|xxx|<|example|placeholder|secret", value)
    ):
        scheme = re.match(r"([a-z][a-z0-9+]*)://", value)
        return {"pattern": f"{re.escape(scheme[1])}://.+"} if scheme else {"min_length": 1}
    return exactly(name, value)


def logs(found: Found) -> Filling:
    """What a command looks for in a log."""
    line = known_of(found).line
    path = re.search(r"[\w./*-]*(?:\.log|logs/[\w./*-]*)\b", line)
    grep = re.search(r"grep\s+(?:-\w+\s+)*(?:\"([^\"]+)\"|'([^']+)'|(\S+))", line)
    options: dict[str, Any] = (
        {"path": path[0]} if path and "*" not in path[0] else {"glob": path[0] if path else todo("which log files")}
    )
    if grep:
        wanted = (grep[1] or grep[2] or grep[3]).replace("\\|", "|")
        options["regex"] = f"(?i){re.escape(wanted) if '|' not in wanted else wanted}"
        gone = re.search(r"(?i)error|exception|critical|fail", wanted)
        return Filling(options, {"lines": ">= 1", "matches": 0 if gone else ">= 1"})
    return Filling(options, {"lines": ">= 1", "errors": 0})


def file(found: Found) -> Filling:
    """The files that a command makes, lists or looks into."""
    line = known_of(found).line
    to = re.search(r"[^>]>\s*([\w./-]+\.\w+)", line)
    words = [
        word
        for word in (arguments(line) or line.split())[1:]
        if not word.startswith(("-", ">", "|", "'", '"')) and not re.fullmatch(r"[0-7]{3,4}|[ugoa]*[+-][rwx]+", word)
    ]
    if len(words) > 1 and line.startswith(("cp ", "copy ")):
        return _copy(words[-2], words[-1])
    path = to[1] if to else next((word for word in words if "/" in word or "." in word), words[-1] if words else "")
    if not path or path.startswith(("~", "/")):
        return Filling({"path": todo(f"where {path or 'it'} is, seen from here")}, {"count": 1})
    if line.startswith("mkdir") or path.endswith("/") or "." not in path.rsplit("/", 1)[-1]:
        return Filling({"glob": f"{path.rstrip('/')}/**"}, {"count": ">= 1"})
    return Filling({"glob": path} if "*" in path else {"path": path}, {"count": ">= 1", "size": "> 0 B"})


def _copy(source: str, target: str) -> Filling:
    path = f"{target}{source.rpartition('/')[2]}" if target.endswith("/") else target
    if OPEN.search(path) or path.startswith(("~", "/", "..", "$")) or path == ".":
        path = todo(f"where {path} is, seen from here")
    return Filling({"path": path}, {"count": 1, "size": "> 0 B"})


def junit(found: Found) -> Filling:
    """The report that another runner leaves."""
    line = known_of(found).line
    code = "" if found.item.code is None else found.item.code.command
    cd = re.search(r"\bcd +([\w./-]+)", code)
    told = " ".join([*expected_of(found), found.item.text])
    count = re.search(r"(\d+)(?:/\d+)? (?:\w+ ){0,3}(?:tests?|specs?|pass)", told)
    options: dict[str, Any] = {"glob": f"{cd[1]}/**/*junit*.xml" if cd else "**/*junit*.xml"}
    spec = re.search(r"[\w./-]+\.(?:spec|test)\.[jt]sx?", line)
    if spec:
        options["suites"] = [f"*{spec[0].rsplit('/', 1)[-1]}*"]
    return Filling(options, {"failed": 0, "errors": 0, "passed": f">= {count[1]}" if count else ">= 1"})


def git(found: Found) -> Filling:
    """What a command of git is about: what is committed, the branch, or the state of all."""
    words = (arguments(known_of(found).line) or known_of(found).line.split())[1:]
    verb = words[0] if words else "status"
    paths = [word for word in words[1:] if not word.startswith("-") and word not in {".", "origin", "main", "master"}]
    if verb == "add" and paths:
        return Filling({"committed": paths}, {"missing": 0})
    if verb in {"push", "pull", "fetch"}:
        return Filling({}, {"ahead": 0, "behind": 0})
    if verb == "tag":
        return Filling({}, {"tagged": True})
    return Filling({}, {"clean": True, "files": ">= 1"})


def redis(found: Found) -> Filling:
    """What a command asks of Redis."""
    keys = re.search(r"(?i)\bkeys\s+[\"']?([^\"'\s]+)", known_of(found).line)
    options: dict[str, Any] = {"url": "${redis_url}"}
    expect: dict[str, Any] = {"connected": True, "ping": True}
    if keys:
        options["keys"] = keys[1]
        expect["keys"] = ">= 1"
    return Filling(options, expect, place("redis_url"))


def sarif(found: Found) -> Filling:
    """What a scanner finds."""
    line = known_of(found).line
    tool = next((name for name in ("bandit", "gitleaks", "pip-audit") if name in line), None)
    if tool is None:
        return Filling(
            {
                "report": [
                    f"**/*{line.split()[0]}*.sarif"
                    if line.split() and line.split()[0] not in {"npm", "yarn", "docker", "pnpm"}
                    else "**/*.sarif"
                ]
            },
            {"results": 0, "runs": ">= 1"},
        )
    targets = [word for word in (arguments(line) or line.split())[1:] if "/" in word and not word.startswith("-")]
    return Filling(
        {"run": tool, **({"targets": targets} if targets and tool == "bandit" else {})}, {"results": 0, "runs": ">= 1"}
    )


def document(found: Found) -> Filling:
    """A listing of configuration: the file that it is in, or is to go into."""
    paths = [
        *found.facts.ending(".yaml", ".yml", ".json", ".toml"),
        *found.above.ending(".yaml", ".yml", ".json", ".toml"),
    ]
    code = found.item.code
    where: dict[str, Any] = (
        {"path": paths[0]} if paths and "*" not in paths[0] else {"path": todo("which file this belongs into")}
    )
    keys = [] if code is None else re.findall(r"(?m)^\s*\"?([A-Za-z_][\w-]*)\"?\s*[:=]", code.command)
    query = [f"contains(to_string(@), '{key}')" for key in dict.fromkeys(keys)][:3] or [
        todo("a JMESPath query that must be true")
    ]
    return Filling({**where, "assert": query}, {"violations": 0, "documents": ">= 1"})


def job(found: Found) -> Filling:
    """A job that goes through the states that are shown, to the last of them."""
    words = known_of(found).line.split()
    url = next((word.strip("\"'") for word in words if "://" in word), "")
    address = of(url) if url else None
    states = [state for line in expected_of(found) for state in re.findall(r"\b[A-Z]{4,}\b", line)]
    poll = address.url if address is not None else todo("where to ask for its state: a URL, or a command as a list")
    variables = address.variables if address is not None else {}
    last = next(
        (
            state
            for state in states[::-1]
            if state in {"COMPLETED", "SUCCESS", "SUCCEEDED", "DONE", "FINISHED", "READY"}
        ),
        "COMPLETED",
    )
    return Filling({"poll": poll, "state": "status", "until": [last]}, {"state": last}, variables)


MAKERS: dict[str, Maker] = {
    "job": job,
    "command": command,
    "http": http,
    "sql": sql,
    "tests": tests,
    "package": package,
    "env": env,
    "logs": logs,
    "file": file,
    "junit": junit,
    "git": git,
    "redis": redis,
    "sarif": sarif,
    "document": document,
}
