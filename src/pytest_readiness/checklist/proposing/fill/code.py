"""What can be told from source: imports, contracts, types, lint, size, definitions, scanners."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, todo
from pytest_readiness.checklist.proposing.match.facts import Facts

#: What linters are asked for in words, as Ruff's rules.
_RULES = (
    ({"print", "console"}, ["T20"]),
    ({"except", "exception"}, ["E722", "BLE", "S110"]),
    ({"import", "isort"}, ["I", "F401", "TID"]),
    ({"async"}, ["ASYNC"]),
    ({"unus", "dead"}, ["F401", "F841", "ERA"]),
    ({"name", "nam", "pep8", "pep"}, ["N", "E"]),
    ({"todo"}, ["FIX", "TD"]),
    ({"comment"}, ["ERA"]),
    ({"log"}, ["LOG", "G", "T20"]),
    ({"timeout"}, ["S113"]),
    ({"error", "handl", "handle"}, ["E722", "BLE", "S110"]),
)


def _packages(found: Found) -> list[str]:
    """Return the packages that the item or what is above it names, as modules."""
    for facts in (found.facts, found.above):
        names = [*facts.modules, *(module for path in facts.paths if (module := dotted(path)))]
        if names:
            return list(dict.fromkeys(names))
    return []


def dotted(path: str) -> str:
    """Return the module that the path of a Python file or folder is, empty if it is none."""
    if not path.endswith((".py", "/")) or "*" in path or path.startswith((".", "/")):
        return ""
    bare = path.removesuffix(".py").strip("/").removesuffix("/__init__").removeprefix("src/")
    return bare.replace("/", ".") if re.fullmatch(r"[A-Za-z_][\w/]*", bare) else ""


def import_cycles(found: Found) -> Filling:
    """No cycle, in the packages that are named or in all."""
    packages = [name.split(".")[0] for name in _packages(found)]
    options = {"packages": list(dict.fromkeys(packages))} if packages else {}
    return Filling(options, {"cycles": 0, "modules": ">= 1"})


def imports(found: Found) -> Filling:
    """Modules that can be imported."""
    code = found.item.code
    text = found.text if code is None else code.command
    modules = re.findall(r"(?:^|[\s\"';])import +([\w.]+)|(?:^|[\s\"';])from +([\w.]+) +import", text, re.MULTILINE)
    names = [one or other for one, other in modules] if code is not None else []
    if names:
        return Filling({"modules": list(dict.fromkeys(names))}, {"failed": 0, "modules": len(set(names))})
    paths = found.facts.ending(".py")
    files = [dotted(path) if "/" in path else todo(f"the dotted name of {path}") for path in paths if dotted(path)]
    named = [*found.facts.modules, *files]
    if named:
        return Filling({"modules": list(dict.fromkeys(named))}, {"failed": 0, "modules": f">= {len(set(named))}"})
    folders = _packages(found)
    key = "packages"
    wanted = folders or [todo("which package")]
    return Filling({key: wanted}, {"failed": 0, "modules": ">= 1"})


def import_contract(found: Found) -> Filling:
    """Layers, independence, or a number of imports between packages."""
    count = next((one for one in found.facts.quantities if not one.unit), None)
    if found.has("cross") and count is not None:
        return Filling({"across": todo("which package")}, {"crossing": f"<= {int(count.low)}"})
    if found.has("isol", "independ", "coupl", "decoupl", "separ"):
        return Filling(
            {"independent": [todo("a module"), todo("another that it must not import, nor the other way round")]},
            {"broken": 0, "contracts": ">= 1"},
        )
    modules = [module for path in found.facts.ending(".py") if (module := dotted(path))]
    if modules:
        forbidden = [{"from": modules, "to": [todo("what it must no longer import")]}]
        return Filling({"forbidden": forbidden}, {"broken": 0, "contracts": ">= 1"})
    return Filling(
        {"layers": [todo("the highest layer"), todo("the layer below it")]}, {"broken": 0, "contracts": ">= 1"}
    )


def types(found: Found) -> Filling:
    """A type checker without errors, or with as many as the item allows."""
    options: dict[str, Any] = {}
    script = found.has("typescript", "tsc", "tsx", "<ts>", "frontend", "vue") or bool(found.facts.ending(".ts", ".tsx"))
    if script:
        options["tool"] = "tsc"
        cd = re.search(r"\bcd +([\w./-]+)", "" if found.item.code is None else found.item.code.command)
        if cd:
            options["projects"] = [cd[1]]
    elif found.has("pyright", "basedpyright"):
        options["tool"] = "pyright"
    elif files := found.facts.ending(".py", "/"):
        options["paths"] = [files[0] if "/" in files[0] else todo(f"where {files[0]} is")]
    if found.has("strict") and not script and "tool" not in options:
        options["strict"] = True
    return Filling(options, {"errors": 0, "files": ">= 1"})


def syntax(found: Found) -> Filling:
    """Every file compiles."""
    files = [path for path in found.facts.paths if path.endswith((".py", "/"))]
    return Filling({"paths": files} if files else {}, {"errors": 0, "files": ">= 1"})


def lint(found: Found) -> Filling:
    """A linter without problems, by the rules that the item speaks of."""
    if found.has("typescript", "javascript", "react", "frontend") or "eslint" in found.text.lower():
        return Filling({"report": ["**/eslint*.json"]}, {"problems": 0})
    options: dict[str, Any] = {}
    if "lint" not in found.words:
        rules = [rule for words, many in _RULES if not found.words.isdisjoint(words) for rule in many]
        if rules:
            options["select"] = list(dict.fromkeys(rules))
    folders = [path for path in found.facts.paths if path.endswith((".py", "/"))]
    if folders:
        options["paths"] = folders
    return Filling(options, {"problems": 0, "files": ">= 1"})


def formats(found: Found) -> Filling:
    """Nothing to reformat."""
    options = {"tool": "black"} if found.has("black") else {}
    return Filling(options, {"unformatted": 0, "files": ">= 1"})


def complexity(found: Found) -> Filling:
    """Nothing larger or more entangled than a limit."""
    facts = found.facts
    limit = next((int(one.low) for one in facts.quantities if one.unit == "" and one.op in {"<", "<="}), None)
    lines = facts.first("lines")
    files = [path for path in facts.paths if path.endswith((".py", "/"))]
    options: dict[str, Any] = {}
    if files:
        options["paths"] = [path if "/" in path else f"**/{path}" for path in files]
    if found.has("cyclomatic", "mccabe", "complex", "function", "method", "maintain", "refactor") and lines is None:
        options["max_complexity"] = limit or todo("how complex a function may be, such as 10")
        return Filling(options, {"over_complexity": 0, "functions": ">= 1"})
    allowed = next((int(one.low) for one in facts.quantities if one.unit == "" and not one.op), None)
    if lines is not None and lines.op in {"<", "<="}:
        options["max_lines"] = int(lines.low)
        return Filling(options, {"over_lines": 0, "files": ">= 1"})
    options["max_lines"] = todo("how many lines a file may have, such as 500")
    return Filling(options, {"over_lines": f"<= {allowed}" if allowed else 0, "files": ">= 1"})


def duplication(found: Found) -> Filling:
    """A share of the code, or less of it than before."""
    share = found.facts.first("%")
    if found.has("reduc", "eliminat", "reduct", "loc", "elimin", "remov") and share is not None:
        return Filling(
            {"since": todo("a commit or tag from before")},
            {"reduction": f">= {share.condition('', '%')}".replace(" ± 10%", "")},
        )
    if found.has("consolid", "common", "share"):
        return Filling({"since": todo("a commit or tag from before")}, {"reduction": "> 0 %"})
    wanted = share.condition("<=") if share else todo("how much, such as <= 5 %")
    return Filling({}, {"percent": wanted, "files": ">= 1"})


def docstrings(found: Found) -> Filling:
    """A share of what is defined."""
    share = found.facts.first("%")
    wanted = (
        share.condition(">=")
        if share
        else (">= 100 %" if found.has("all", "every") else todo("how much, such as >= 80 %"))
    )
    return Filling({}, {"percent": wanted, "definitions": ">= 1"})


def symbol(found: Found) -> Filling:
    """Definitions by name, by base class, or constants."""
    facts, options = found.facts, {}
    files = facts.ending(".py")
    if files:
        options["paths"] = [files[0] if "/" in files[0] else f"**/{files[0]}"]
    ttl = facts.first("s", "min", "h", "d")
    if found.has("ttl", "lifetime") and ttl is not None:
        seconds = int(ttl.low * {"s": 1, "min": 60, "h": 3600, "d": 86400}[ttl.unit])
        return Filling({"values": {"ttl": todo("the constant, such as CACHE_TTL")}, **options}, {"ttl": seconds})
    if found.has("pool"):
        return Filling({"values": {"pool_size": "create_engine(pool_size)"}, **options}, {"pool_size": ">= 1"})
    if found.has("protocol"):
        return Filling(
            {"symbols": [{"where": {"base": "typing.Protocol"}}], **options}, {"missing": 0, "matches": ">= 1"}
        )
    names = _symbols(facts)
    wanted: list[Any] = list(names) if names else [todo("the class, function or constant, by its dotted name")]
    return Filling({"symbols": wanted, **options}, {"missing": 0, "found": f">= {max(1, len(names))}"})


#: What gives way to what follows: only that has to be there.
_REPLACED = re.compile(r"\b(?:replac\w*|renam\w*|migrat\w*|switch\w*)\b.*?\b(?:with|by|to)\b", re.IGNORECASE)


def _symbols(facts: Facts) -> list[str]:
    facts = Facts(_REPLACED.sub(" ", facts.text))
    calls = [name for name in facts.calls if name not in {"print", "e"}]
    quoted = [
        text
        for text in facts.quoted
        if re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+)*", text) and not re.search(r"\.\w{1,4}$", text)
    ]
    return list(dict.fromkeys([*calls, *quoted, *facts.names]))[:5]


def sarif(found: Found) -> Filling:
    """Findings of a scanner: the one that is named, or reports."""
    worst = {"error": 0} if found.has("critic", "critical", "high") else {"results": 0}
    for words, scanner in (
        ({"bandit"}, "bandit"),
        ({"gitleak", "trufflehog"}, "gitleaks"),
        ({"pip", "dependenc", "package"}, "pip-audit"),
    ):
        if not found.words.isdisjoint(words) and not found.has("npm", "container", "image", "trivi", "frontend"):
            return Filling({"run": scanner}, {"results": 0, "runs": ">= 1"})
    if found.has("sql", "inject", "parameter"):
        return Filling({"run": "ruff", "args": ["S608"]}, {"results": 0, "files": ">= 1"})
    return Filling({"report": ["**/*.sarif"]}, {**worst, "runs": ">= 1"})


def secret_scan(_found: Found) -> Filling:
    """No secret in the code."""
    return Filling({"run": "gitleaks"}, {"results": 0, "runs": ">= 1"})


MAKERS: dict[str, Maker] = {
    "import_cycles": import_cycles,
    "imports": imports,
    "import_contract": import_contract,
    "types": types,
    "syntax": syntax,
    "lint": lint,
    "format": formats,
    "complexity": complexity,
    "duplication": duplication,
    "docstrings": docstrings,
    "symbol": symbol,
    "sarif": sarif,
    "secret_scan": secret_scan,
}
