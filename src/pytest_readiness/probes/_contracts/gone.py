"""Imports of modules that are not there any more, which no graph of imports knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from pytest_readiness.probe import Context
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._imports.modules import Modules
from pytest_readiness.probes._tools import sources


def imports(modules: Modules, importers: Sequence[str], gone: Sequence[str], context: Context) -> list[str]:
    """Return where one of *importers*, or what is in them, imports one of *gone*."""
    found: list[str] = []
    for number, name in enumerate(modules.names):
        dotted = name.decode()
        path = modules.paths[number]
        if not path or not any(fnmatchcase(dotted, text) or fnmatchcase(dotted, f"{text}.*") for text in importers):
            continue
        file = _inputs.one(path, context)
        package = modules.parent(number).decode()
        (wanted,) = sources.each("imported names", [file], lambda raw, shown: list(_imported(raw, shown)), context)
        for line, level, text in wanted:
            full = _absolute(text, level, package)
            found += [
                f"{dotted} imports {one} (line {line})" for one in gone if full == one or full.startswith(f"{one}.")
            ]
    return list(dict.fromkeys(found))


def _imported(raw: bytes, name: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, level of a relative import, and each name that could be a module."""
    for node in ast.walk(sources.tree(raw, name)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, 0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = f"{node.module}." if node.module else ""
            yield from ((node.lineno, node.level, f"{start}{alias.name}") for alias in node.names)


def _absolute(text: str, level: int, package: str) -> str:
    if not level:
        return text
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - level + 1], text])


def absent(modules: Modules, names: Sequence[str], packages: Sequence[str]) -> list[str]:
    """Return those of *names* that would be in one of *packages* and are not there."""
    return [
        name
        for name in names
        if "*" not in name
        and any(name == package or name.startswith(f"{package}.") for package in packages)
        and name.encode() not in modules.index
    ]
