"""Source files to be looked into by a probe itself: found below folders, parsed once a run."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.probe import Context, Touch
from pytest_readiness.probes import _glob, _inputs
from pytest_readiness.probes._imports import source
from pytest_readiness.probes._inputs import Input
from pytest_readiness.probes._tools.finding import below

T = TypeVar("T")

PYTHON = frozenset({".py", ".pyi"})

_LIMIT = 10 * 1024 * 1024
#: Folders that hold no source of the project's own; naming one looks into it all the same.
_FOREIGN = _glob.PASSED_OVER | {"build", "dist", "site-packages"}

PATHS_DOC = (
    "Files, folders, or patterns with *, ?, [a-z], {a,b} and **; src/, or the spec's folder if there is none, if left "
    "out. Hidden folders, build output, node_modules and virtual environments are not entered."
)
EXCLUDE_DOC = "Files and folders to leave out, or patterns of them."


def check(paths: Sequence[str], exclude: Sequence[str]) -> None:
    """Raise ``OptionError`` if an entry of the options ``paths`` and ``exclude`` is empty."""
    for name, texts in (("paths", paths), ("exclude", exclude)):
        if not all(text.strip() and "\0" not in text for text in texts):
            raise OptionError("an entry may not be empty", name)


def touches(paths: Sequence[str]) -> Iterator[Touch]:
    """Yield what is read."""
    return (Touch("file", path) for path in paths or (".",))


def find(paths: Sequence[str], exclude: Sequence[str], suffixes: Iterable[str], context: Context) -> list[Input]:
    """
    Return the files with one of *suffixes* that *paths* stand for, sorted.

    Raises ``CannotMeasure`` for an entry of *paths* that stands for no file.
    """
    wanted = frozenset(suffixes)
    found: dict[str, Input] = {}
    for text in paths or (("src",) if context.path("src").is_dir() else (".",)):
        files = [path for path in _meant(text, context) if path.suffix in wanted]
        if not files and paths:
            what = "Python" if wanted <= PYTHON else "source"
            raise CannotMeasure(f"there is no {what} file at {text}")
        for path in files:
            name = _inputs.shown(path, context.root)
            if name not in found and not (exclude and below(exclude, name)):
                found[name] = _inputs.one(str(path), context)
    return [found[name] for name in sorted(found)]


def _meant(text: str, context: Context) -> Iterator[Path]:
    path = context.path(os.path.normpath(os.path.expanduser(text)))  # noqa: PTH111 - Path raises for an unknown user
    if path.is_dir():
        yield from _below(path, context)
    elif _glob.is_file(path):
        yield path
    else:
        yield from _glob.find(context.root, text, context.deadline)


def _below(folder: Path, context: Context) -> Iterator[Path]:
    for here, folders, files in os.walk(folder, onerror=_cannot):
        if context.deadline.passed:
            raise CannotMeasure(f"the deadline came while looking for files below {folder.name}")
        folders[:] = [name for name in folders if not is_foreign(name) and not Path(here, name, "pyvenv.cfg").exists()]
        yield from (Path(here, name) for name in files)


def is_foreign(folder: str) -> bool:
    """Whether a folder of this name holds no source of the project's own."""
    return folder in _FOREIGN or folder.startswith(".")


def _cannot(error: OSError) -> None:
    raise CannotMeasure(f"folder {error.filename} cannot be read: {error.strerror}")


def each(kind: str, files: Sequence[Input], compute: Callable[[bytes, str], T], context: Context) -> list[T]:
    """Return what *compute* makes of the bytes and the name of each file, computed once a run under *kind*."""
    return [_fact(kind, file, compute, context) for file in files]


def _fact(kind: str, file: Input, compute: Callable[[bytes, str], T], context: Context) -> T:
    if context.deadline.passed:
        raise CannotMeasure(f"the deadline came before {file.name} was read")
    return context.fact((kind, file.name, *file.key), lambda _deadline: compute(_inputs.data(file, _LIMIT), file.name))


def tree(raw: bytes, name: str) -> ast.Module:
    """Return the syntax tree of a file; raises ``CannotMeasure`` that names it if it is no Python."""
    data = source.normal(raw, name)
    parsed = None if isinstance(data, source.Broken) else source.parse(data)
    if parsed is None:
        broken = data if isinstance(data, source.Broken) else source.check(raw, name)
        raise CannotMeasure(f"cannot be parsed: {broken or name}")
    return parsed
