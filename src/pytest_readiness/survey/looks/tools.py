"""Linters, formatters, type checkers and their like, where they are configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "configuration of a linter, formatter or type checker"

#: Tools that take their time.
_SLOW = frozenset({"types", "import_contract"})


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on each tool that the project has configured."""
    yield from _linters(repository)
    yield from _formatters(repository)
    yield from _checkers(repository)


def _linters(repository: Repository) -> Iterator[Found]:
    if ruff := repository.configured(("ruff",), ("ruff.toml", ".ruff.toml"), "ruff"):
        yield _gate("lint", "Ruff has nothing to say", ruff, "lint", {}, problems=0)
    if flake8 := repository.configured(("flake8",), (".flake8",), "flake8"):
        yield _gate("flake8", "flake8 has nothing to say", flake8, "command", {"run": ["flake8"]}, exit_code=0)
    if linter := repository.configured(("importlinter",), (".importlinter",), "importlinter"):
        config = {"config": linter.removeprefix("there is ").split(" has ")[0]}
        yield _gate("import-contracts", "Imports go only where they may", linter, "import_contract", config, broken=0)


def _formatters(repository: Repository) -> Iterator[Found]:
    title = "All code is formatted"
    if "id: ruff-format" in repository.text(".pre-commit-config.yaml"):
        yield _gate("format", title, ".pre-commit-config.yaml has ruff-format", "format", {}, unformatted=0)
    elif repository.tool("ruff", "format") is not None:
        yield _gate("format", title, "pyproject.toml has [tool.ruff.format]", "format", {}, unformatted=0)
    if black := repository.configured(("black",), (), "black"):
        yield _gate("format-black", title, black, "format", {"tool": "black"}, unformatted=0)


def _checkers(repository: Repository) -> Iterator[Found]:
    if mypy := repository.configured(("mypy",), ("mypy.ini", ".mypy.ini"), "mypy"):
        paths = () if _says_what(repository) else repository.layout.paths
        yield _gate("types", "The types hold", mypy, "types", {"paths": list(paths)} if paths else {}, errors=0)
    for tool, files in (("pyright", ("pyrightconfig.json",)), ("basedpyright", ())):
        if why := repository.configured((tool,), files, tool):
            yield _gate(f"types-{tool}", f"{tool} finds no error", why, "types", {"tool": tool}, errors=0)


def _says_what(repository: Repository) -> bool:
    """Tell whether mypy's configuration says which files to check."""
    if {"files", "packages", "modules"} & (repository.tool("mypy") or {}).keys():
        return True
    texts = (repository.text(name) for name in ("mypy.ini", ".mypy.ini", "setup.cfg"))
    return any(line.split("=")[0].strip() in {"files", "packages"} for text in texts for line in text.splitlines())


def _gate(gate: str, title: str, why: str, probe: str, options: Mapping[str, object], **musts: object) -> Found:
    return Found(
        id=gate,
        section=Section.CODE,
        title=title,
        why=why,
        probe=probe,
        options=options,
        musts=musts,
        timeout="180s" if probe in _SLOW else None,
    )
