"""Environment variables and packages."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, todo
from pytest_readiness.checklist.proposing.match.features import LIBRARIES

_NO_VALUES = frozenset({"", "...", "…", "changeme", "xxx"})


def env(found: Found) -> Filling:
    """Variables that must be set, with the values that the item gives them."""
    named = found.facts.variables.items()
    variables = {name: value for name, value in named if not name.endswith("*") and f"{name}_*" not in found.item.raw}
    if named and not variables:
        wanted = [todo(f"a variable that begins with {name.rstrip('_*')}") for name, _ in named]
        return Filling({"variables": wanted}, {"missing": 0, "required": f">= {len(wanted)}"})
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
    if named and named[1].lower() in _ITSELF:
        own = todo(f"the name of the project's own package, with =={named[2]}")
        return Filling({"requires": [own]}, {"missing": 0, "unsatisfied": 0, "checked": 1})
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


#: What a version is named by where it is that of the project itself.
_ITSELF = frozenset({"version", "release", "runtime", "python", "app", "api"})


_INSTALLED_AS = {"pytorch": "torch", "sklearn": "scikit-learn", "opencv": "opencv-python", "yaml": "pyyaml"}


def pypi(name: str) -> str:
    """Return the name that a package is installed by."""
    return _INSTALLED_AS.get(name.lower(), name.lower() if name[0].isupper() else name)


def _library(name: str) -> bool:
    return name.lower() in LIBRARIES and name.lower() not in {"asyncio", "dataclasses"}


MAKERS: dict[str, Maker] = {
    "env": env,
    "package": package,
}
