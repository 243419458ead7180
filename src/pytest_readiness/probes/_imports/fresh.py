"""Modules imported in interpreters of their own, a few at a time."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context

#: Imports one module with its output thrown away, and prints what came of it as one line of JSON.
_CODE = """
import os, sys
told = os.fdopen(os.dup(1), "w", encoding="utf-8")
nowhere = os.open(os.devnull, os.O_RDWR)
os.dup2(nowhere, 1)
name = sys.argv.pop()
sys.argv[:] = [name]
answer = []
try:
    __import__(name)
except BaseException as error:
    import json, traceback
    frames = traceback.extract_tb(error.__traceback__)[1:]
    frames = [frame for frame in frames if not frame.filename.startswith("<frozen importlib")]
    place = [frames[-1].filename, frames[-1].lineno] if frames else [None, None]
    if isinstance(error, SyntaxError) and error.filename:
        place = [error.filename, error.lineno]
    if isinstance(error, SystemExit):
        text = "it calls sys.exit(%s) while it is being imported" % ("" if error.code is None else repr(error.code))
    else:
        text = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    answer = [text, *place]
    told.write(json.dumps(answer) + "\\n")
else:
    told.write("[]\\n")
told.flush()
os._exit(0)
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """A module that cannot be imported: the last line of the error, and where (None: not in any file)."""

    module: str
    error: str
    path: str | None = None
    line: int | None = None

    @property
    def of_a_cycle(self) -> bool:
        """Whether the error is what an import cycle looks like."""
        return "partially initialized module" in self.error or "circular import" in self.error

    def shown(self, root: Path) -> str:
        """Return it in one line, its path relative to *root*."""
        where = f" ({relative(self.path, root)}:{self.line})" if self.path else ""
        return f"{self.module}: {self.error}{where}"


def relative(path: str, root: Path) -> str:
    """Return *path* as seen from *root*, as it is if it is elsewhere."""
    below = f"{root}{os.sep}"
    return path.removeprefix(below)


def failures(context: Context, modules: Iterable[str], roots: Sequence[Path], within: float) -> list[Failure]:
    """
    Import each of *modules* first in a fresh interpreter and return those that fail, in the order given.

    *roots* come first on ``sys.path``; an import may take *within* seconds. Raises
    ``CannotMeasure`` where commands are not allowed or the gate's time is over before the last module.
    """
    names = list(dict.fromkeys(modules))
    if not context.exec_allowed:
        raise CannotMeasure("commands are switched off by --readiness-no-exec: no module was imported")
    work: queue.SimpleQueue[str] = queue.SimpleQueue()
    for name in names:
        work.put(name)
    done: queue.SimpleQueue[tuple[str, Failure | CannotMeasure | None]] = queue.SimpleQueue()
    for _worker in range(min(len(names), os.cpu_count() or 1)):
        arguments = (context, work, done, roots, within)
        threading.Thread(target=_work, args=arguments, name=f"readiness-import-{context.gate}", daemon=True).start()
    found: dict[str, Failure | CannotMeasure | None] = {}
    while len(found) < len(names):
        try:
            name, answer = done.get(timeout=context.deadline.cap())
        except queue.Empty:
            break
        found[name] = answer
    missing = [name for name in names if name not in found or isinstance(found[name], CannotMeasure)]
    if missing:
        raise CannotMeasure(_unfinished(missing, len(names)))
    return [answer for name in names if isinstance(answer := found[name], Failure)]


def _unfinished(missing: Sequence[str], total: int) -> str:
    rest = f" and {len(missing) - 3} more" if len(missing) > 3 else ""  # noqa: PLR2004 - enough names for one line
    return f"the time was over before {len(missing)} of {total} modules were imported: {', '.join(missing[:3])}{rest}"


def _work(
    context: Context,
    work: queue.SimpleQueue[str],
    done: queue.SimpleQueue[tuple[str, Failure | CannotMeasure | None]],
    roots: Sequence[Path],
    within: float,
) -> None:
    while not context.deadline.passed:
        try:
            name = work.get_nowait()
        except queue.Empty:
            return
        try:
            done.put((name, _one(context, name, roots, within)))
        except CannotMeasure as error:
            done.put((name, error))


def _one(context: Context, name: str, roots: Sequence[Path], within: float) -> Failure | None:
    """Return how the import of *name* fails, None if it does not; raises ``CannotMeasure`` at the gate's deadline."""
    paths = [*map(str, roots), context.env.get("PYTHONPATH", "")]
    env = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONDONTWRITEBYTECODE": "1"}
    limited = replace(context, deadline=context.deadline.sooner(within))
    try:
        ended = limited.run([sys.executable, "-P", "-c", _CODE, name], env=env, limit=64 * 1024)
    except CannotMeasure:
        if context.deadline.remaining() <= 0 or not limited.deadline.passed:
            raise
        return Failure(name, f"not imported after {within:g} s")
    lines = ended.stdout.splitlines()
    if not lines:
        return Failure(name, f"it ended the interpreter with exit code {ended.returncode} while it was being imported")
    answer = json.loads(lines[-1])
    return Failure(name, answer[0], answer[1], answer[2]) if answer else None
