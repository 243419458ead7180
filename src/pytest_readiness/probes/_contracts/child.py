"""
Run in an interpreter of its own: what import-linter says of a project's imports, as JSON on standard output.

Reads ``{"roots", "packages", "contracts", "config", "across", "type_checking"}`` from standard input; a problem is
``{"error": ...}``. The project's folders are put on the path last, and to be searched only: its code is read, not
imported. What else is printed goes to standard error.
"""

from __future__ import annotations

import copy
import dataclasses
import importlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_MODULES = "importlinter.contracts"
_TYPES = {
    "layers": f"{_MODULES}.layers.LayersContract",
    "forbidden": f"{_MODULES}.forbidden.ForbiddenContract",
    "independence": f"{_MODULES}.independence.IndependenceContract",
    "protected": f"{_MODULES}.protected.ProtectedContract",
    "acyclic_siblings": f"{_MODULES}.acyclic_siblings.AcyclicSiblingsContract",
}


def main() -> None:
    """Answer the question on standard input."""
    asked = json.load(sys.stdin)
    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        found = look(asked)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the engine and custom contracts may raise anything
        found = {"error": _said(error)}
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        json.dump(found, out)


def look(asked: Mapping[str, Any]) -> dict[str, object]:
    """Build the graph of imports, check the contracts, and count what crosses."""
    import grimp
    import importlinter.api

    session: dict[str, Any] = {"root_packages": asked["packages"], "include_external_packages": "True"}
    contracts: list[dict[str, Any]] = list(asked["contracts"])
    if asked["config"]:
        configured = importlinter.api.read_configuration(asked["config"])
        session, contracts = configured["session_options"], configured["contracts_options"]
    classes = {each["type"]: _class(each["type"], session) for each in contracts}
    sys.path[:0] = asked["roots"]
    _refuse_inner(session["root_packages"], asked["roots"])
    graph = grimp.build_graph(
        *session["root_packages"],
        include_external_packages=_true(session.get("include_external_packages")),
        exclude_type_checking_imports=_true(session.get("exclude_type_checking_imports")) or not asked["type_checking"],
        cache_dir=None,
    )
    found: list[dict[str, object]] = []
    for options in contracts:
        _refuse_empty(options, graph)
        contract = classes[options["type"]](options["name"], session, options)
        check = contract.check(copy.deepcopy(graph), verbose=False)
        chains = list(_chains(check.metadata))
        found.append({"name": contract.name, "kept": check.kept, "chains": chains, "warnings": check.warnings})
    return {
        "packages": session["root_packages"],
        "modules": sorted(graph.modules),
        "contracts": found,
        "crossing": sorted(_crossing(graph, asked["across"])) if asked["across"] else None,
    }


def _true(value: object) -> bool:
    return str(value).lower() == "true"


def _class(kind: str, session: Mapping[str, Any]) -> Any:
    own = dict(text.split(": ", 1) for text in session.get("contract_types", ()))
    if kind not in own and kind not in _TYPES:
        raise ValueError(f"there is no type of contract {kind!r}")
    module, _, name = str(own.get(kind) or _TYPES[kind]).rpartition(".")
    return getattr(importlib.import_module(module), name)


def _refuse_inner(packages: Sequence[str], roots: Sequence[str]) -> None:
    """Raise for a root package inside a package with code: looking for it would run that code."""
    for package in packages:
        parts = package.split(".")[:-1]
        for root in roots:
            for end in range(1, len(parts) + 1):
                if Path(root, *parts[:end], "__init__.py").exists():
                    raise ValueError(f"{package} is inside {parts[0]}: name {parts[0]} as the package")


def _refuse_empty(options: Mapping[str, Any], graph: Any) -> None:
    """Raise for a contract that could not be broken, since its names stand for too little."""
    for key in ("modules", "source_modules", "forbidden_modules"):
        named = options.get(key) or ()
        for text in [named] if isinstance(named, str) else named:
            if "*" in text and not graph.find_matching_modules(text):
                raise ValueError(f"{options['name']}: no module is like {text}")
    if options["type"] == "independence" and len(_matching(options["modules"], graph)) < 2:  # noqa: PLR2004 - a pair
        raise ValueError(f"{options['name']}: one module alone is always independent")
    if options["type"] == "forbidden" and not _pairs(options, graph):
        raise ValueError(f"{options['name']}: what is forbidden is the same as, or inside, what may not import it")


def _pairs(options: Mapping[str, Any], graph: Any) -> bool:
    return any(
        not (f"{source}.".startswith(f"{target}.") or f"{target}.".startswith(f"{source}."))
        for source in _matching(options["source_modules"], graph)
        for target in _matching(options["forbidden_modules"], graph)
    )


def _matching(named: str | Sequence[str], graph: Any) -> set[str]:
    texts = [named] if isinstance(named, str) else named
    return {name for text in texts for name in (graph.find_matching_modules(text) if "*" in text else (text,))}


def _chains(found: object) -> Iterator[str]:
    """Yield the chains of imports that are anywhere in what a contract says of itself, as lines."""
    if dataclasses.is_dataclass(found):
        found = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    if isinstance(found, list | tuple | set | frozenset):
        links = [one for one in found if isinstance(one, dict) and {"importer", "imported", "line_numbers"} <= set(one)]
        if links and len(links) == len(found):
            yield "; ".join(map(_link, links))
            return
        for one in found:
            yield from _chains(one)
    elif isinstance(found, dict):
        for one in found.values():
            yield from _chains(one)


def _link(link: Mapping[str, Any]) -> str:
    lines = [str(number) for number in link["line_numbers"] or () if number]
    return f"{link['importer']} imports {link['imported']}" + (f" (line {', '.join(lines)})" if lines else "")


def _crossing(graph: Any, package: str) -> Iterator[str]:
    """Yield the imports between different children of *package*."""
    if package not in graph.modules:
        raise ValueError(f"there is no package {package}")
    depth = package.count(".") + 2
    for importer in graph.find_descendants(package):
        for imported in graph.find_modules_directly_imported_by(importer):
            if imported.startswith(f"{package}.") and imported.split(".")[:depth] != importer.split(".")[:depth]:
                details = graph.get_import_details(importer=importer, imported=imported)
                numbers = [each["line_number"] for each in details]
                yield _link({"importer": importer, "imported": imported, "line_numbers": numbers})


def _said(error: BaseException) -> str:
    errors = getattr(error, "errors", None)
    if isinstance(errors, dict):
        return "; ".join(f"{name}: {text}" for name, text in errors.items())
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


if __name__ == "__main__":
    main()
