"""Which files a coverage gate speaks of: patterns as coverage.py reads them, and the files on disk."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure

_TOKENS = [
    (re.compile(r"^\*+/"), r"(?:.*/)?"),
    (re.compile(r"/\*+$"), r"/.*"),
    (re.compile(r"\*\*/"), r"(?:.*/)?"),
    (re.compile(r"\*"), r"[^/]*"),
    (re.compile(r"\?"), r"[^/]"),
]
_SET = re.compile(r"\[[^]]+\]")
_PASSED_OVER = {"__pycache__", "node_modules", "site-packages"}


@cache
def matcher(pattern: str) -> Callable[[str], object]:
    """
    Return a test for paths with slashes, by *pattern* as coverage.py reads it.

    ``*`` stops at a slash, except in ``*/`` at the start and ``/*`` at the end, which stand for any
    folders, as ``**/`` does everywhere; a pattern without a slash matches in any folder.
    """
    if "/" not in pattern:
        pattern = f"**/{pattern}"
    found, place = "", 0
    while place < len(pattern):
        if one := _SET.match(pattern, place):
            found, place = found + one[0].replace("[!", "[^"), one.end()
            continue
        for token, meaning in _TOKENS:
            if match := token.match(pattern, place):
                found, place = found + meaning, match.end()
                break
        else:
            found, place = found + re.escape(pattern[place]), place + 1
    return re.compile(found, re.DOTALL).fullmatch


def shown(path: str, root: str) -> str:
    """Return *path* relative to *root* if it is below, else as it is."""
    return path[len(root) + 1 :] if path.startswith(root + "/") else path


def matches(path: str, pattern: str, root: str) -> bool:
    """Tell whether the absolute *path* is one of those that *pattern*, relative to *root*, stands for."""
    plain = pattern.removeprefix("./").rstrip("/")
    name = shown(path, root)
    if matcher(plain)(name) or name.startswith(f"{plain}/"):
        return True
    return pattern.startswith(("/", "*")) and matcher(plain)(path) is not None


def choose(patterns: Iterable[str], measured: Collection[str], on_disk: Collection[str], root: str) -> set[str]:
    """
    Return the files, *measured* or only *on_disk*, that *patterns* stand for.

    Raises ``CannotMeasure`` for a pattern that matches nothing, naming what is near.
    """
    chosen: set[str] = set()
    for pattern in patterns:
        found = {path for path in {*measured, *on_disk} if matches(path, pattern, root)}
        if not found:
            raise CannotMeasure(_nothing(pattern, measured, root))
        chosen |= found
    if not chosen.intersection(measured):
        reason = f"none of the files that match include was measured: {_some(chosen, root)}"
        raise CannotMeasure(f"{reason}{_elsewhere(chosen, measured, root)}")
    return chosen


def _elsewhere(chosen: Collection[str], measured: Collection[str], root: str) -> str:
    """Tell of a copy outside of *root* that the tests ran in place of the *chosen* files: an installed one, mostly."""
    names = {tuple(Path(path).parts[-2:]) for path in chosen}
    for path in sorted(measured):
        if not path.startswith(f"{root}/") and tuple(Path(path).parts[-2:]) in names:
            advice = "install the project with `pip install -e .`, or name both folders in coverage.py's [paths]"
            return f"; the tests ran another copy, {path}: {advice}"
    return ""


def _some(paths: Iterable[str], root: str) -> str:
    names = sorted(shown(path, root) for path in paths)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004 - as said


def _nothing(pattern: str, measured: Collection[str], root: str) -> str:
    names = sorted(shown(path, root) for path in measured)
    near = difflib.get_close_matches(
        pattern, {*names, *(f"{Path(name).parent.as_posix()}/*" for name in names)}, 3, 0.5
    )
    hint = f"did you mean {', '.join(near)}?" if near else f"measured were {_some(measured, root)}"
    return f"include: {pattern} matches no measured file; {hint}"


def sources(root: str, deadline: Deadline) -> Iterator[str]:
    """Yield the Python files below *root*, without hidden folders and virtual environments."""
    for folder, folders, names in os.walk(root):
        if deadline.passed:
            raise CannotMeasure("the deadline came while looking for source files")
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and name not in _PASSED_OVER and not Path(folder, name, "pyvenv.cfg").exists()
        ]
        yield from (f"{folder}/{name}" for name in names if name.endswith(".py"))
