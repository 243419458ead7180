"""
What is looked for: one module each, found by its name.

A look says in ``WHAT`` what it looks for, in words that follow "no", and has one function,
``look(repository)``, which yields a ``Found`` for each gate and a ``Remark`` for what no gate comes of.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Protocol, cast

from pytest_readiness.survey.model import Found, Remark
from pytest_readiness.survey.repository import Repository


class Look(Protocol):
    """What the module of a look offers."""

    WHAT: str

    def look(self, repository: Repository) -> Iterator[Found | Remark]:
        """Yield what *repository* has of it."""
        ...


def names() -> tuple[str, ...]:
    """Return the names of all looks, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))


def get(name: str) -> Look:
    """Return the look called *name*."""
    return cast("Look", importlib.import_module(f"{__name__}.{name}"))
