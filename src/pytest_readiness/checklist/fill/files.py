"""Files, documents, configuration and images."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.fill import Filling, Found, Maker, todo
from pytest_readiness.checklist.match.facts import Quantity

_GUIDES = (
    "guide",
    "manual",
    "documentation",
    "docs",
    "section",
    "tutorial",
    "diagram",
    "runbook",
    "runbooks",
    "reference",
    "readme",
)
_DULL = re.compile(
    r"\b(?:create[ds]?|update[ds]?|add(?:ed)?|write|written|complete[d]?|comprehensive|document(?:ed|s)?|all|the|a|an|for|of|with|new|full|needs?|is|are|up|to|date|available|exists?|provided?|list(?:ed)?|and|in|place|accurate|prepared)\b",
    re.IGNORECASE,
)


def file(found: Found) -> Filling:
    """Files by path or pattern: that they are there, how many, how long, how large."""
    facts, expect = found.facts, found.expect
    options = found.options or _where(found)
    lines = facts.first("lines")
    size = facts.first("kB", "MB", "GB", "KiB", "MiB", "B")
    count = _count(found)
    if lines is not None:
        expect["lines"] = _about(lines)
    if size is not None:
        expect["size"] = _about(size)
    if count is not None and not _single(options):
        expect["count"] = count.condition("")
    if "count" not in expect and "glob" in options:
        expect["count"] = ">= 1"
    if "path" in options and "size" not in expect and not options["path"].startswith("TODO"):
        expect["size"] = "> 0 B" if not options["path"].endswith("__init__.py") else ">= 0 B"
        expect["count"] = 1
    if not expect:
        expect["missing" if "paths" in options else "count"] = 0 if "paths" in options else ">= 1"
    return Filling(options, expect)


def _about(quantity: Quantity) -> str | int:
    return quantity.condition("" if quantity.op or quantity.high is not None else "")


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
        named = [child for item in found.children for child in _own_paths(item.text)]
        if len(named) > 1:
            return (
                {"paths": [_anywhere(path) for path in named]}
                if all("/" in path for path in named)
                else {"glob": _braces(named)}
            )
        above = [path for path in found.above.paths if not path.endswith(("txt", "md"))]
        if above:
            return {"glob": f"{above[0]}**/*"} if above[0].endswith("/") else _one(above[0])
        return {"glob": todo("which files")}
    if len(paths) > 1 and all("/" in path and "*" not in path and not path.endswith("/") for path in paths):
        return {"paths": paths}
    return _one(paths[0])


def _own_paths(text: str) -> list[str]:
    from pytest_readiness.checklist.match.facts import Facts

    return Facts(text).files[:1]


def _braces(names: list[str]) -> str:
    ends = {name.rsplit(".", 1)[-1] for name in names}
    if len(ends) == 1:
        stems = ",".join(dict.fromkeys(name.rsplit("/", 1)[-1].rsplit(".", 1)[0] for name in names))
        return f"**/{{{stems}}}.{ends.pop()}"
    return f"**/{{{','.join(dict.fromkeys(name.rsplit('/', 1)[-1] for name in names))}}}"


def _one(path: str) -> dict[str, Any]:
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


def absent(found: Found) -> Filling:
    """Files that must be gone."""
    paths = found.facts.paths
    pattern = todo("which files must be gone")
    if paths:
        only = paths[0].removeprefix("./")
        pattern = f"{only}**/*" if only.endswith("/") else only if "/" in only else f"**/{only}"
    elif found.has("bytecod", "pycach", "cach"):
        pattern = "**/__pycache__/*.pyc"
    return Filling({"glob": pattern}, {"count": 0})


def schema_file(found: Found) -> Filling:
    """Definitions in a SQL file: as many as the item says."""
    files = [*found.facts.ending(".sql"), *found.above.ending(".sql")]
    where = _one(files[0]) if files else {"glob": "**/*.sql"}
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


def docs(found: Found) -> Filling:
    """Documents: those named, or those with a section of the item's own words."""
    if found.options:
        return Filling(found.options, found.expect)
    named = [path for path in found.facts.paths if path.lower().endswith((".md", ".rst", ".txt", ".adoc"))]
    if named:
        return Filling(
            {"path": named[0]} if "/" in named[0] or "*" not in named[0] else {"glob": named[0]},
            {"files": ">= 1", "words": ">= 20"},
        )
    if found.has("readm", "readme"):
        return Filling({"path": "README.md"}, {"files": ">= 1", "words": ">= 50"})
    if found.has("changelog"):
        return Filling({"path": "CHANGELOG.md"}, {"files": ">= 1", "words": ">= 10"})
    if found.has("contribut"):
        return Filling({"path": "CONTRIBUTING.md"}, {"files": ">= 1", "words": ">= 20"})
    above = found.above.ending(".md")
    where: dict[str, Any] = {"path": above[0]} if above else {"glob": "{README.md,docs/**/*.md}", "together": True}
    section = _topic(found.item.text)
    if section:
        where["sections"] = [section]
        return Filling(where, {"missing_sections": 0, "words": ">= 50"})
    return Filling(where, {"files": ">= 1", "words": ">= 200"})


def _topic(text: str) -> str:
    """Return a regex for the heading of what the item wants to be written about."""
    bare = re.sub(r"\(.*?\)|`[^`]*`|[^\w\s/-]", " ", _DULL.sub(" ", text)).lower()
    words = [word for word in re.split(r"[\s/-]+", bare) if word and word not in _GUIDES and len(word) > 2]
    return "|".join(dict.fromkeys(word[:-1] if word.endswith("s") and len(word) > 4 else word for word in words[:3]))


def dated(found: Found) -> Filling:
    """A document that is looked after: its last change is not long ago."""
    return Filling({"path": todo("this document, seen from the spec's folder")}, {"age": "<= 90 d", "words": ">= 1"})


def checklist(found: Found) -> Filling:
    """A checklist whose boxes bear out what it claims."""
    paths = found.facts.ending(".md")
    return Filling(
        {"path": paths[0] if paths else todo("this document, seen from the spec's folder")},
        {"difference": "<= 0.5 %", "boxes": ">= 1"},
    )


def dotenv(found: Found) -> Filling:
    """A .env file that every reader reads alike."""
    path = next((path for path in found.facts.paths if "env" in path.lower()), None)
    example = path is None and found.has("exampl", "templat", "template", "comprehens", "includ", "variabl", "add")
    options = {"path": path or (".env.example" if example else ".env")}
    return Filling(options, {"problems": 0, "keys": ">= 1"})


def document(found: Found) -> Filling:
    """A configuration or a report that can be read and holds what it should."""
    paths = found.facts.ending(".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".conf")
    code = found.item.code
    options: dict[str, Any] = _one(paths[0]) if paths else {"path": todo("which file")}
    if code is not None and code.language in {"json", "yaml", "yml", "toml"} and not paths:
        above = found.above.ending(".yaml", ".yml", ".json", ".toml")
        options = _one(above[0]) if above else options
    wanted = [text for text in found.facts.quoted if re.fullmatch(r"[\w-]+", text)]
    if wanted:
        options["assert"] = [f"contains(to_string(@), '{wanted[0]}')"]
    else:
        options["assert"] = [todo("a JMESPath query that must be true")]
    return Filling(options, {"violations": 0, "documents": ">= 1"})


def report_values(found: Found) -> Filling:
    """Values in a report in JSON."""
    paths = [*found.facts.ending(".json"), *found.above.ending(".json")]
    where = _one(paths[0]) if paths else {"glob": todo("which report, such as **/metrics.json")}
    keys = [
        key
        for key in ("accuracy", "precision", "recall", "f1", "auc", "rmse", "mae", "loss")
        if key in found.text.lower()
    ]
    query = [f"contains(to_string(@), '{key}')" for key in keys] or [todo("a JMESPath query that must be true")]
    return Filling({**where, "assert": query}, {"violations": 0, "documents": ">= 1"})


def lighthouse(found: Found) -> Filling:
    """A budget in a report of Lighthouse, or of sizes."""
    time = found.facts.first("ms", "s")
    size = found.facts.first("kB", "MB", "KiB", "B")
    share = next((one for one in found.facts.quantities if one.unit in {"", "%"} and 1 < one.low <= 100), None)
    if time is not None:
        milliseconds = int(time.low * (1000 if time.unit == "s" else 1))
        return Filling(
            {"glob": "**/lighthouse*.json", "extract": {"interactive": 'audits."interactive".numericValue'}},
            {"interactive": f"< {milliseconds}"},
        )
    if size is not None:
        wanted = int(size.low * {"kB": 10**3, "MB": 10**6, "KiB": 2**10, "B": 1}[size.unit])
        return Filling(
            {"glob": "**/lighthouse*.json", "extract": {"bytes": 'audits."total-byte-weight".numericValue'}},
            {"bytes": f"<= {wanted}"},
        )
    wanted_share = f">= {share.low / 100:g}" if share else todo("the least score, such as >= 0.9")
    category = "accessibility" if found.has("accessibl", "access", "accessibilit", "a11y") else "performance"
    return Filling(
        {"glob": "**/lighthouse*.json", "extract": {"score": f"categories.{category}.score"}}, {"score": wanted_share}
    )


def dockerfile(found: Found) -> Filling:
    """What a Dockerfile says."""
    paths = [path for path in found.facts.paths if "dockerfile" in path.lower() and not path.endswith(".md")]
    options: dict[str, Any] = {"path": paths[0]} if paths else {}
    expect: dict[str, Any] = {"files": ">= 1"}
    for words, name, wanted in (
        ({"multistag", "multistage", "stage", "optim", "layer", "size"}, "stages", ">= 2"),
        ({"nonroot", "root", "user"}, "non_root", True),
        ({"healthcheck", "health"}, "healthcheck", True),
        ({"latest", "pin", "pinn", "tag", "base", "update"}, "unpinned", 0),
        ({"layer", "cach", "order"}, "late_installs", 0),
    ):
        if not found.words.isdisjoint(words):
            expect[name] = wanted
    if len(expect) == 1:
        expect |= {"instructions": ">= 2", "unpinned": 0}
    return Filling(options, expect)


MAKERS: dict[str, Maker] = {
    "file": file,
    "absent": absent,
    "schema_file": schema_file,
    "text_in_file": text_in_file,
    "docs": docs,
    "dated": dated,
    "checklist": checklist,
    "dotenv": dotenv,
    "document": document,
    "report_values": report_values,
    "lighthouse": lighthouse,
    "dockerfile": dockerfile,
}
