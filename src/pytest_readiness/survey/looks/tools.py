"""Linters, formatters, type checkers and their like, where they are configured."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "configuration of a linter, formatter or type checker"


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on each tool that the project has configured."""
    hooks = repository.text(".pre-commit-config.yaml")
    ruff = repository.configured(("ruff",), ("ruff.toml", ".ruff.toml"), r"ruff(?:$|\])")
    if ruff:
        yield _gate("lint", "Ruff has nothing to say", ruff, "lint", musts={"problems": 0})
    if repository.tool("ruff", "format") is not None or "id: ruff-format" in hooks:
        why = "pyproject.toml has [tool.ruff.format]"
        why = ".pre-commit-config.yaml has ruff-format" if "id: ruff-format" in hooks else why
        yield _gate("format", "All code is formatted", why, "format", musts={"unformatted": 0})
    if black := repository.configured(("black",), (), "black"):
        yield _gate("format-black", "All code is formatted", black, "format", {"tool": "black"}, {"unformatted": 0})
    if flake8 := repository.configured(("flake8",), (".flake8",), "flake8"):
        yield _gate("flake8", "flake8 has nothing to say", flake8, "command", {"run": ["flake8"]}, {"exit_code": 0})
    if mypy := repository.configured(("mypy",), ("mypy.ini", ".mypy.ini"), "mypy"):
        paths = () if _says_what(repository) else repository.layout.paths
        yield _gate("types", "The types hold", mypy, "types", {"paths": list(paths)} if paths else {}, {"errors": 0})
    for tool in ("pyright", "basedpyright"):
        if why := repository.configured((tool,), ("pyrightconfig.json",) if tool == "pyright" else (), tool):
            yield _gate(f"types-{tool}", f"{tool} finds no error", why, "types", {"tool": tool}, {"errors": 0})
    if linter := repository.configured(("importlinter",), (".importlinter",), "importlinter"):
        config = _config(linter)
        options = {"config": config}
        yield _gate("import-contracts", "Imports go where they may", linter, "import_contract", options, {"broken": 0})


def _says_what(repository: Repository) -> bool:
    """Tell whether mypy's configuration says which files to check."""
    if any(name in (repository.tool("mypy") or {}) for name in ("files", "packages", "modules")):
        return True
    texts = (repository.text(name) for name in ("mypy.ini", ".mypy.ini", "setup.cfg"))
    return any(line.split("=")[0].strip() in {"files", "packages"} for text in texts for line in text.splitlines())


def _config(why: str) -> str:
    """Return the file that is named in a sentence of ``Repository.configured``."""
    return why.removeprefix("there is ").split(" has ")[0]


def _gate(
    gate: str,
    title: str,
    why: str,
    probe: str,
    options: dict[str, object] | None = None,
    musts: dict[str, object] | None = None,
) -> Found:
    return Found(
        id=gate,
        section=Section.CODE,
        title=title,
        why=why,
        probe=probe,
        options=options or {},
        musts=musts or {},
        severity=Severity.MEDIUM,
        timeout="180s" if probe in {"types", "import_contract"} else None,
    )
