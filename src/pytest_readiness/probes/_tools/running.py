"""Running a tool that is installed: in this environment, among the project's node modules, or on the path."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes import _glob, _inputs
from pytest_readiness.process import Completed

#: More output than this is not taken for complete.
LIMIT = 64 * 1024 * 1024

_NOTE_LINES = 20
_PYTHON = frozenset({".py", ".pyi"})


def python_tool(name: str, module: str, context: Context) -> list[str]:
    """
    Return the command that runs a tool written for Python: the one of this environment, else on the path.

    Raises ``CannotMeasure`` with the command that installs it.
    """
    if importlib.util.find_spec(module) is not None:
        # -P: a file of the project that happens to have the tool's name is not taken for it.
        return [sys.executable, "-P", "-m", module]
    return program(name, context, f"pip install {name}")


def program(name: str, context: Context, install: str) -> list[str]:
    """Return the command that runs the program *name*; raises ``CannotMeasure`` with how to *install* it."""
    found = shutil.which(name, path=context.env.get("PATH", ""))
    if found is None:
        raise CannotMeasure(f"{name} is not installed: {install}")
    return [found]


def run(args: Sequence[str], context: Context) -> Completed:
    """
    Run a tool in the spec's folder, once for all gates of a run that ask for the same.

    Raises ``CannotMeasure`` where it could not be run, or said more than is read.
    """
    if not context.exec_allowed:
        context.run(args)  # says so
    try:
        done = context.fact(("tool", tuple(args), str(context.root)), lambda deadline: _run(args, context, deadline))
    except CannotMeasure as error:
        if not context.deadline.passed:
            raise
        raise CannotMeasure(f"{_name(args)} was not done in time: give the gate a longer timeout") from error
    if done.truncated:
        raise CannotMeasure(f"{_name(args)} printed more than {LIMIT // 1024 // 1024} MiB, the most that is read")
    return done


def _run(args: Sequence[str], context: Context, deadline: Deadline) -> Completed:
    return replace(context, deadline=deadline).run(args, limit=LIMIT)


def _name(args: Sequence[str]) -> str:
    return args[args.index("-m") + 1] if "-m" in args[:3] else Path(args[0]).name


def failed(tool: str, done: Completed) -> CannotMeasure:
    """Return the error for a tool that could not do its work, with what it said last."""
    lines = [line.strip() for line in (done.stderr.strip() or done.stdout.strip()).splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "cause" in line.lower()] or lines
    said = f": {telling[0]}" if telling else ""
    error = CannotMeasure(f"{tool} could not do its work (exit code {done.returncode}){said}"[:500])
    if len(lines) > 1:
        error.add_note("\n".join(lines[-_NOTE_LINES:]))
    return error


def answer(tool: str, done: Completed) -> Any:
    """Return the JSON that a tool printed; raises ``CannotMeasure`` for anything else."""
    try:
        return json.loads(done.stdout)
    except (ValueError, RecursionError):
        raise failed(tool, done) from None


def meant(paths: Sequence[str], context: Context) -> tuple[str, ...]:
    """
    Return *paths* with the Python files in place of patterns, each once.

    Raises ``CannotMeasure`` for a pattern that no file matches.
    """
    found: dict[str, None] = {}
    for path in paths:
        if not _glob.is_pattern(path) or context.path(path).exists():
            found[path] = None
            continue
        files = [one for one in _glob.find(context.root, path, context.deadline) if one.suffix in _PYTHON]
        if not files:
            raise CannotMeasure(f"no Python file matches {path}")
        found.update((_inputs.shown(one, context.root), None) for one in sorted(files))
    return tuple(found)


def check_there(paths: Sequence[str], context: Context) -> None:
    """Raise ``CannotMeasure`` if one of *paths* is not there, or would be read as an option."""
    for path in paths:
        if path.startswith("-"):
            raise CannotMeasure(f"{path} is no path: write ./{path}")
        if not context.path(path).exists():
            raise CannotMeasure(f"{path} is not there")
