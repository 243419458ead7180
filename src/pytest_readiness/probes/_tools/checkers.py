"""Running type checkers as the project has configured them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes._tools import formats
from pytest_readiness.probes._tools.finding import Report
from pytest_readiness.probes._tools.running import answer, check_there, failed, program, python_tool, run

_FOUND = 1
#: So that its lines can be read, whatever the project has configured for people to look at.
_MYPY = (
    "--no-pretty",
    "--no-color-output",
    "--hide-error-context",
    "--show-error-codes",
    "--error-summary",
    "--show-column-numbers",
)


def mypy(paths: Sequence[str], config: str | None, context: Context, *, strict: bool) -> Report:
    """Return what mypy finds; raises ``CannotMeasure`` where it gave up, as it does at a syntax error."""
    check_there([*paths, *([config] if config else [])], context)
    chosen = [*(["--config-file", config] if config else []), *(["--strict"] if strict else [])]
    command = [*python_tool("mypy", "mypy", context), *_MYPY, *chosen, *(["--", *paths] if paths else [])]
    done = run(command, context)
    if done.returncode not in {0, _FOUND}:
        raise failed("mypy", done)
    return formats.mypy(done.stdout, "mypy", context.root)


def mypy_knows(code: str, context: Context) -> bool:
    """Whether mypy has an error code *code*: one that it does not know would be counted as 0 for ever."""
    command = [*python_tool("mypy", "mypy", context), f"--enable-error-code={code}", "-c", ""]
    return run(command, context).returncode == 0


def pyright(tool: str, paths: Sequence[str], config: str | None, context: Context) -> Report:
    """Return what pyright (or basedpyright) finds."""
    check_there([*paths, *([config] if config else [])], context)
    command = [*python_tool(tool, tool, context), "--outputjson", *(["--project", config] if config else [])]
    done = run([*command, *paths], context)
    if done.returncode not in {0, _FOUND}:
        raise failed(tool, done)
    return formats.pyright(answer(tool, done), tool, context.root)


def tsc(projects: Sequence[str], context: Context) -> list[Report]:
    """Return what TypeScript's compiler finds in each of *projects*, folders or ``tsconfig.json`` files."""
    check_there(projects, context)
    return [_tsc(project, context) for project in projects]


def _tsc(project: str, context: Context) -> Report:
    command = [*_tsc_of(project, context), "--noEmit", "--pretty", "false", "--listFiles", "-p", project]
    done = run(command, context)
    found = formats.tsc(done.stdout, f"tsc -p {project}", context.root)
    if any(one.fatal for one in found.findings) or (done.returncode and not found.findings):
        raise failed(f"tsc -p {project}", done)
    if not found.files:
        raise CannotMeasure(f"tsc -p {project} looks at no file (a project of references only checks nothing itself)")
    return found


def _tsc_of(project: str, context: Context) -> list[str]:
    """Return the compiler of the project itself: the nearest ``node_modules/.bin`` above it, else on the path."""
    start = context.path(project)
    for folder in (start, *start.parents):
        found = shutil.which("tsc", path=str(folder / "node_modules" / ".bin"))
        if found:
            return [found]
        if folder == context.root:
            break
    return program("tsc", context, f"npm install --prefix {Path(project).as_posix()} --save-dev typescript")
