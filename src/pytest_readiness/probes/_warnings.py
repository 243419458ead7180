"""Warnings of a test run, chosen by category; a category that nobody knows, or that is not shown, is an error."""

from __future__ import annotations

import builtins
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.options import near
from pytest_readiness.probe import Context
from pytest_readiness.session import Session, Warned, kinds_of

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_BUILTIN: Mapping[str, type[Warning]] = {
    name: found for name, found in vars(builtins).items() if isinstance(found, type) and issubclass(found, Warning)
}

#: Run by itself, so that no module of somebody else is imported here; prints what ``kinds_of`` returns.
_LOOK_UP = """
import importlib, json, sys
module, _, name = sys.argv[1].rpartition(".")
kind = getattr(importlib.import_module(module), name)
if not (isinstance(kind, type) and issubclass(kind, Warning)):
    raise TypeError("it is no Warning")
every = [each for each in kind.__mro__ if issubclass(each, Warning)]
print(json.dumps([f"{each.__module__}.{each.__qualname__}".removeprefix("builtins.") for each in every]))
"""


@dataclass(frozen=True, slots=True)
class Category:
    """One category: as the gate calls it, and it with its bases as they call themselves, nearest first."""

    said: str
    kinds: tuple[str, ...]

    def has(self, warned: Warned) -> bool:
        """Whether the warning is of this category, or of one derived from it."""
        return self.kinds[0] in warned.kinds


def check(names: Iterable[str]) -> None:
    """Raise ``OptionError`` for a name that is neither built-in nor dotted."""
    for name in names:
        if name not in _BUILTIN and not _DOTTED.fullmatch(name):
            advice = "write another's with its module, as in sqlalchemy.exc.SAWarning"
            message = f"{name!r} is not a category of Python itself{near(name, tuple(_BUILTIN))}; {advice}"
            raise OptionError(message, "categories")


def categories(names: Iterable[str], context: Context) -> list[Category]:
    """Return the categories of these names; raises ``CannotMeasure`` for one that is not there."""
    return [Category(name, _kinds(name, context)) for name in names]


def _kinds(name: str, context: Context) -> tuple[str, ...]:
    if name in _BUILTIN:
        return kinds_of(_BUILTIN[name])
    module, _, attribute = name.rpartition(".")
    found = getattr(sys.modules.get(module), attribute, None)
    if isinstance(found, type) and issubclass(found, Warning):
        return kinds_of(found)
    done = context.run([sys.executable, "-c", _LOOK_UP, name])
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:200]
        raise CannotMeasure(f"categories: {name} cannot be looked up: {why}")
    return tuple(json.loads(done.stdout.strip().splitlines()[-1]))


def hidden(session: Session, chosen: Sequence[Category]) -> str | None:
    """
    Return why warnings of the *chosen* categories (all, if none) would not be seen in *session*; None if they would.

    Speaks of filters that ignore a whole category; the last one that fits decides, as in Python.
    """
    for category in chosen or [Category("Warning", kinds_of(Warning))]:
        ignored = None
        for line in session.filters:
            action, message, kind, module = [part.strip() for part in (*line.split(":"), "", "", "")[:4]]
            if not message and not module and (kind or "Warning").removeprefix("builtins.") in category.kinds:
                ignored = line if action.startswith("i") else None
        if ignored is not None:
            return f"{category.said} is ignored by the filter {ignored!r}, so nobody saw any"
    return None


def told(warned: Iterable[Warned]) -> list[str]:
    """Return a line for each warning."""
    return [f"{each.kinds[0]}: {each.message}{f' ({each.where})' if each.where else ''}" for each in warned]
