"""Files: that they are there or gone, how many, how large, and what they hold."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, todo
from pytest_readiness.checklist.proposing.match.facts import Facts, Quantity


def file(found: Found) -> Filling:
    """Files by path or pattern: that they are there, how many, how long, how large."""
    facts, expect = found.facts, found.expect
    options = found.options or _where(found)
    lines = facts.first("lines")
    size = facts.first("kB", "MB", "GB", "KiB", "MiB", "B")
    count = _count(found)
    if lines is not None:
        expect["lines"] = lines.condition("")
    if size is not None:
        expect["size"] = size.condition("")
    if count is not None and not _single(options):
        expect["count"] = count.condition("")
    if "count" not in expect and "glob" in options:
        expect["count"] = ">= 1"
    if "path" in options and not options["path"].startswith("TODO"):
        if not options["path"].endswith("__init__.py"):
            expect.setdefault("size", "> 0 B")
        expect["count"] = 1
    if not expect:
        expect["missing" if "paths" in options else "count"] = 0 if "paths" in options else ">= 1"
    return Filling(options, expect)


def _single(options: dict[str, Any]) -> bool:
    return "path" in options or "paths" in options


def _count(found: Found) -> Quantity | None:
    nouns = (
        "file",
        "module",
        "python",
        "service",
        "microservice",
        "suite",
        "package",
        "orchestrator",
        "new",
        "component",
        "focused",
        "model",
        "script",
        "`",
        "__init__",
    )
    return found.facts.counted(*nouns)


def _where(found: Found) -> dict[str, Any]:
    """Return options that say which files."""
    paths = found.facts.paths
    if not paths:
        return _elsewhere(found)
    if paths[0] == "__init__.py":
        return {"path": f"{found.folder}/__init__.py" if found.folder else todo("in which folder __init__.py is")}
    if len(paths) > 1 and all("/" in path and "*" not in path and not path.endswith("/") for path in paths):
        return {"paths": paths}
    return where_is(paths[0])


def _elsewhere(found: Found) -> dict[str, Any]:
    """Return options for an item that names no file: those that its children name, or what is above it."""
    named = [child for item in found.children for child in _own_paths(item.text)]
    if len(named) > 1:
        return (
            {"paths": [_anywhere(path) for path in named]}
            if all("/" in path for path in named)
            else {"glob": _braces(named)}
        )
    above = [path for path in found.above.paths if not path.endswith(("txt", "md"))]
    if above:
        return {"glob": f"{above[0]}**/*"} if above[0].endswith("/") else where_is(above[0])
    if found.has("test", "suite"):
        return {"glob": "tests/integration/**/test_*.py" if found.has("integration") else "tests/**/test_*.py"}
    return {"glob": todo("which files")}


def _own_paths(text: str) -> list[str]:
    return Facts(text).files[:1]


def _braces(names: list[str]) -> str:
    ends = {name.rsplit(".", 1)[-1] for name in names}
    if len(ends) == 1:
        stems = ",".join(dict.fromkeys(name.rsplit("/", 1)[-1].rsplit(".", 1)[0] for name in names))
        return f"**/{{{stems}}}.{ends.pop()}"
    return f"**/{{{','.join(dict.fromkeys(name.rsplit('/', 1)[-1] for name in names))}}}"


def where_is(path: str) -> dict[str, Any]:
    """Return the option for the file at *path*; a name without a folder may be anywhere."""
    path = path.removeprefix("./")
    if path.startswith(("~", "/")):
        return {"path": todo(f"where {path} is, seen from here")}
    if path.endswith("/"):
        return {"glob": f"{path}**/*"}
    if any(sign in path for sign in "*?[{"):
        return {"glob": path}
    return {"path": path} if "/" in path or path.startswith(".") or path[0].isupper() else {"glob": f"**/{path}"}


def _anywhere(path: str) -> str:
    return path.removeprefix("./")


#: What stands before the file that something is to be removed from; the file itself is to stay.
_FROM = re.compile(r"\b(?:from|in|inside|within|of)\s+(?:the\s+)?[`'\"]?([^\s`'\",;]+)")


def gone(found: Found) -> Filling:
    """Text that must be gone from files, which themselves have to be there."""
    facts = found.facts
    named = [one.rstrip(".):") for one in _FROM.findall(found.text)]
    holders = [one for one in named if one in facts.paths]
    where = where_is(holders[0]) if holders else {"glob": todo("in which files")}
    wanted = [one for one in facts.quoted if one not in facts.paths] or [*facts.calls, *facts.variables]
    return Filling(
        {**where, "not_regex": _mention(wanted[0]) if wanted else todo("a regex for what must be gone")},
        {"forbidden": 0, "count": ">= 1"},
    )


def _mention(text: str) -> str:
    """Return a regex for *text*; a call is gone when there is none left, whatever its arguments."""
    name = text.partition("(")[0] or text
    return rf"\b{name}\b" if name.replace(".", "").isidentifier() else re.escape(text)


def absent(found: Found) -> Filling:
    """Files that must be gone, or what must be gone from a file."""
    paths = found.facts.paths
    if any(one.rstrip(".):") in paths for one in _FROM.findall(found.text)):
        return gone(found)
    pattern = todo("which files must be gone")
    if paths:
        only = paths[0].removeprefix("./")
        pattern = f"{only}**/*" if only.endswith("/") else only if "/" in only else f"**/{only}"
    elif found.has("bytecode", "pycache", "cache"):
        pattern = "**/__pycache__/*.pyc"
    return Filling({"glob": pattern}, {"count": 0})


def schema_file(found: Found) -> Filling:
    """Definitions in a SQL file: as many as the item says."""
    files = [*found.facts.ending(".sql"), *found.above.ending(".sql")]
    where = where_is(files[0]) if files else {"glob": "**/*.sql"}
    count = next((one for one in found.facts.quantities if not one.unit), None)
    kinds = [
        kind
        for word, kind in (
            ("tabl", "TABLE"),
            ("table", "TABLE"),
            ("view", "VIEW"),
            ("function", "FUNCTION"),
            ("funct", "FUNCTION"),
            ("index", "INDEX"),
            ("trigger", "TRIGGER"),
        )
        if found.has(word)
    ]
    kind = kinds[0] if kinds else "TABLE"
    regex = rf"(?i)create\s+(?:or\s+replace\s+)?(?:unique\s+)?(?:materialized\s+)?{kind.lower()}\b"
    return Filling({**where, "regex": regex}, {"matches": count.condition("") if count else ">= 1"})


def text_in_file(found: Found) -> Filling:
    """A text that a file has to hold."""
    wanted = [text for text in found.facts.quoted if "/" not in text and "." not in text]
    regex = re.escape(wanted[0]) if wanted else todo("what to look for")
    return Filling({**_where(found), "regex": regex}, {"matches": ">= 1"})


def dotenv(found: Found) -> Filling:
    """A .env file that every reader reads alike."""
    path = next((path for path in found.facts.paths if "env" in path.lower()), None)
    example = path is None and found.has("exampl", "templat", "template", "comprehens", "includ", "variabl", "add")
    options = {"path": path or (".env.example" if example else ".env")}
    return Filling(options, {"problems": 0, "keys": ">= 1"})


MAKERS: dict[str, Maker] = {
    "file": file,
    "absent": absent,
    "gone": gone,
    "schema_file": schema_file,
    "text_in_file": text_in_file,
    "dotenv": dotenv,
}
