"""What is not there: only where there is a folder to look into is that more than a mistyped name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Value
from pytest_readiness.probe import Context, Measurements
from pytest_readiness.probes import _glob, _inputs


def look(asked: Iterable[str], context: Context) -> Measurements:
    """
    Return what is ``present`` of *asked*: files, folders or patterns of which none should be there.

    Raises ``CannotMeasure`` where the folder above one of them is not there.
    """
    wanted = list(dict.fromkeys(asked))
    missing = nowhere(wanted, context)
    if missing:
        raise CannotMeasure(f"nothing was looked for: there is no folder {', '.join(missing)}")
    found = [name for text in wanted for name in _present(text, context)]
    values: dict[str, Value] = {"present": len(found)}
    evidence = {"there, but should not be": found, "not there": [] if found else wanted}
    return Measurements(values, looked_at=len(wanted), evidence=_inputs.present(evidence))


def nowhere(asked: Iterable[str], context: Context) -> list[str]:
    """Return the folders, each once, that are not there, though they are above something in *asked*."""
    above = (each for text in asked for each in _glob.above(context.root, text))
    return list(dict.fromkeys(name for name, folder in above if not folder.is_dir()))


def place(name: str, context: Context) -> Path:
    """Return where the file or folder *name* is to be looked for."""
    return context.path(os.path.expanduser(name))  # noqa: PTH111 - Path.expanduser raises for an unknown user


def _present(text: str, context: Context) -> Iterator[str]:
    if _glob.is_pattern(text):
        for path in sorted(_glob.find(context.root, text, context.deadline, _glob.is_there)):
            yield _inputs.shown(path, context.root)
    elif _glob.is_there(place(text, context)):
        yield text
