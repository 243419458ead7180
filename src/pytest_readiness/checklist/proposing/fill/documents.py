"""Documents to be read, and documents that hold values."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, place, todo
from pytest_readiness.checklist.proposing.fill.files import where_is

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


#: Documents that have their own place, by a word for them.
_USUAL = {"readme": "README.md", "changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md"}
#: What every document has to have: something in it.
_SOMETHING = {"files": ">= 1", "words": ">= 1"}
_SHORTEST, _LONG, _WHOLE = 3, 5, 100


def docs(found: Found) -> Filling:
    """Documents: those named, or those with a section of the item's own words."""
    if found.options:
        return Filling(found.options, found.expect)
    named = [path for path in found.facts.paths if path.lower().endswith((".md", ".rst", ".txt", ".adoc"))]
    if named:
        options = {"glob": named[0]} if "*" in named[0] else {"path": named[0]}
        return Filling(options, _SOMETHING)
    usual = next((path for word, path in _USUAL.items() if found.has(word)), None)
    if usual is not None:
        return Filling({"path": usual}, _SOMETHING)
    above = found.above.ending(".md")
    where: dict[str, Any] = {"path": above[0]} if above else {"glob": "{README.md,docs/**/*.md}", "together": True}
    section = _topic(found.item.text)
    if section:
        return Filling({**where, "sections": [section]}, {"missing_sections": 0, "words": ">= 1"})
    return Filling(
        {**where, "sections": [todo("a regex for the heading of what has to be written")]}, {"missing_sections": 0}
    )


def _topic(text: str) -> str:
    """Return a regex for the heading of what the item wants to be written about."""
    bare = re.sub(r"\(.*?\)|`[^`]*`|[^\w\s/-]", " ", _DULL.sub(" ", text)).lower()
    words = [word for word in re.split(r"[\s/-]+", bare) if word not in _GUIDES and len(word) >= _SHORTEST]
    ones = (word[:-1] if word.endswith("s") and len(word) >= _LONG else word for word in words[:3])
    return "|".join(dict.fromkeys(ones))


def dated(_found: Found) -> Filling:
    """A document that is looked after: its last change is not long ago."""
    return Filling(
        {"path": todo("this document, seen from the spec's folder")},
        {"age": todo("how old it may be, such as <= 90 d")},
    )


def checklist(found: Found) -> Filling:
    """A checklist whose boxes bear out what it claims."""
    paths = found.facts.ending(".md")
    return Filling(
        {"path": paths[0] if paths else todo("this document, seen from the spec's folder")},
        {"difference": "<= 0.5 %", "boxes": ">= 1"},
    )


def document(found: Found) -> Filling:
    """A configuration or a report that can be read and holds what it should."""
    paths = found.facts.ending(".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".conf")
    code = found.item.code
    options: dict[str, Any] = where_is(paths[0]) if paths else {"path": todo("which file")}
    if code is not None and code.language in {"json", "yaml", "yml", "toml"} and not paths:
        above = found.above.ending(".yaml", ".yml", ".json", ".toml")
        options = where_is(above[0]) if above else options
    wanted = [text for text in found.facts.quoted if re.fullmatch(r"[\w-]+", text)]
    if wanted:
        options["assert"] = [f"contains(to_string(@), '{wanted[0]}')"]
    else:
        options["assert"] = [todo("a JMESPath query that must be true")]
    return Filling(options, {"violations": 0, "documents": ">= 1"})


def report_values(found: Found) -> Filling:
    """Values in a report in JSON."""
    paths = [*found.facts.ending(".json"), *found.above.ending(".json")]
    where = where_is(paths[0]) if paths else {"glob": todo("which report, such as **/metrics.json")}
    keys = [
        key
        for key in ("accuracy", "precision", "recall", "f1", "auc", "rmse", "mae", "loss")
        if key in found.text.lower()
    ]
    bound = next(
        (one for one in found.facts.quantities if one.unit in {"", "%"} and one.op in {">", ">=", "<", "<="}), None
    )
    query = [f"contains(to_string(@), '{key}')" for key in keys] or [todo("a JMESPath query that must be true")]
    if bound is not None and keys:
        share = bound.low / 100 if bound.unit else bound.low
        query = [todo(f"a JMESPath query such as {keys[0]} {bound.op} `{share:g}`")]
    return Filling({**where, "assert": query}, {"violations": 0, "documents": ">= 1"})


#: One endpoint, and not all of them: that the API has some path says nothing of it.
_ONE_ENDPOINT = re.compile(r"\bendpoint\b", re.IGNORECASE)


def openapi(found: Found) -> Filling:
    """A description of the API: how many paths it has."""
    count = next((one for one in found.facts.quantities if not one.unit), None)
    urls = [url for url in found.facts.urls if url.startswith("http")]
    paths = found.facts.ending(".json", ".yaml", ".yml")
    source: dict[str, Any] = (
        {"url": urls[0]} if urls else where_is(paths[0]) if paths else {"url": "${base_url}/openapi.json"}
    )
    wanted = count.condition(">=") if count and count.low > 0 else ">= 1"
    variables = place("base_url") if source.get("url", "").startswith("$") else {}
    expect: dict[str, Any] = {"paths": wanted, "operations": ">= 1"}
    if count is None and _ONE_ENDPOINT.search(found.text):
        source["assert"] = [todo("a JMESPath query that finds the path of this endpoint")]
        expect["violations"] = 0
    return Filling({**source, "subject": "openapi"}, expect, variables)


def lighthouse(found: Found) -> Filling:
    """A budget in a report of Lighthouse, or of sizes."""
    time = found.facts.first("ms", "s")
    size = found.facts.first("kB", "MB", "KiB", "B")
    share = next((one for one in found.facts.quantities if one.unit in {"", "%"} and 1 < one.low <= _WHOLE), None)
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


MAKERS: dict[str, Maker] = {
    "docs": docs,
    "dated": dated,
    "checklist": checklist,
    "document": document,
    "report_values": report_values,
    "openapi": openapi,
    "lighthouse": lighthouse,
}
