"""Where a project keeps its code and its tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Folders whose Python is not the product: at the top, or anywhere in a package.
ASIDE = frozenset(
    {
        *("tests", "test", "testing", "docs", "doc", "examples", "example", "samples", "demo", "demos"),
        *("benchmarks", "benchmark", "scripts", "tools", "notebooks", "ci", "e2e"),
    }
)
#: Folders with Python that is run by hand or by a tool.
_OPERATIONS = frozenset({"alembic", "migrations", "bin", "deploy", "infra", "ops", "hooks", "conf", "config"})
#: Modules at the top that build, or test, and are not delivered.
_NOT_MODULES = frozenset(
    {"setup", "conftest", "noxfile", "tasks", "fabfile", "manage", "dodo", "versioneer", "ez_setup"}
)
_TEST = re.compile(r"test_.*\.py|.*_tests?\.py|tests\.py")


@dataclass(frozen=True, slots=True)
class Layout:
    """
    ``base`` is what imports start from: ``src/``, or nothing for the top.

    ``packages`` are the importable packages there, ``modules`` single modules, both without dots. ``sources`` are
    the Python files in them, tests left out; ``tests`` are files with tests. ``elsewhere`` are folders that look like
    projects of their own.
    """

    base: str
    packages: tuple[str, ...]
    modules: tuple[str, ...]
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The packages and modules, as imports name them."""
        return (*self.packages, *self.modules)

    @property
    def paths(self) -> tuple[str, ...]:
        """The packages and modules, as files name them."""
        return (
            *(f"{self.base}{name}" for name in self.packages),
            *(f"{self.base}{name}.py" for name in self.modules),
        )

    def module(self, name: str) -> str | None:
        """Return the dotted name of the Python file *name*, None if it cannot be imported."""
        if not name.startswith(self.base):
            return None
        parts = name.removeprefix(self.base).removesuffix(".py").split("/")
        if parts[-1] == "__init__":
            parts = parts[:-1]
        return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None

    @classmethod
    def of(cls, files: Sequence[str]) -> Layout:
        """Return the layout of a repository with these *files*."""
        python = [name for name in files if name.endswith(".py")]
        in_src = any(name.startswith("src/") for name in python) and "src/__init__.py" not in files
        base = "src/" if in_src else ""
        packages = tuple(sorted(filter(None, {_package(name, base) for name in python})))
        if not packages:
            packages = tuple(sorted(filter(None, {_namespace(name, base) for name in python})))
        modules = tuple(sorted(filter(None, {_module(name, base) for name in python})))
        starts = tuple(f"{base}{package}/" for package in packages)
        own = [name for name in python if name.startswith(starts) or _module(name, base)]
        tests = tuple(name for name in python if _is_test(name))
        sources = tuple(name for name in own if not _is_test(name) and not _is_aside(name.removeprefix(base)))
        return cls(base, packages, modules, sources, tests, _elsewhere(python, base, starts))


def _package(name: str, base: str) -> str | None:
    """Return the package at the top, with an ``__init__.py``, that *name* makes known."""
    parts = name.removeprefix(base).split("/")
    regular = name.startswith(base) and len(parts) == 2 and parts[1] == "__init__.py"  # noqa: PLR2004
    return parts[0] if regular and parts[0].isidentifier() and parts[0] not in ASIDE else None


def _namespace(name: str, base: str) -> str | None:
    """Return the folder at the top, without an ``__init__.py``, that *name* is directly in."""
    parts = name.removeprefix(base).split("/")
    plain = name.startswith(base) and len(parts) == 2 and not _is_test(name)  # noqa: PLR2004
    return parts[0] if plain and parts[0].isidentifier() and parts[0] not in ASIDE | _OPERATIONS else None


def _module(name: str, base: str) -> str | None:
    """Return the single module at the top that *name* is."""
    stem = name.removeprefix(base).removesuffix(".py")
    if not name.startswith(base) or not stem.isidentifier() or stem in _NOT_MODULES or _TEST.fullmatch(f"{stem}.py"):
        return None
    return None if stem.startswith("__") else stem


def _is_test(name: str) -> bool:
    return bool(_TEST.fullmatch(name.rpartition("/")[2]))


def _is_aside(name: str) -> bool:
    return bool(ASIDE & set(name.split("/")[:-1])) or name.rpartition("/")[2] == "conftest.py"


def _elsewhere(python: Sequence[str], base: str, starts: tuple[str, ...]) -> tuple[str, ...]:
    """Return folders at the top that hold packages but are none, such as ``backend/`` with ``backend/app/``."""
    found = {
        name.split("/")[0]
        for name in python
        if name.count("/") == 2 and name.endswith("/__init__.py") and not (starts and name.startswith(starts))  # noqa: PLR2004
    }
    return tuple(sorted(name for name in found if name not in ASIDE and f"{name}/" != base))
