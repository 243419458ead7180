"""
How probes are found: built-ins by file name, loaded only when used; others through the hook.

Listing the names imports no probe.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points

from pytest_readiness import probes
from pytest_readiness.errors import UsageError
from pytest_readiness.probe import Probe

#: The group of entry points by which packages bring probes.
GROUP = "pytest_readiness"


@cache
def builtin_names() -> tuple[str, ...]:
    """Return the names of the built-in probes, sorted."""
    return tuple(
        sorted(module.name for module in pkgutil.iter_modules(probes.__path__) if not module.name.startswith("_"))
    )


@dataclass(frozen=True)
class Registry:
    """
    All probes that a spec may name.

    ``others`` are the probes that came through ``pytest_readiness_probes``; ``broken`` are names
    whose package could not be loaded, and why.
    """

    others: Mapping[str, type[Probe]] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, answers: Iterable[Mapping[str, type[Probe]]], broken: Mapping[str, str] | None = None) -> Registry:
        """Build a registry from the hook's *answers*; a name that is taken raises ``UsageError``."""
        found: dict[str, type[Probe]] = {}
        for answer in answers:
            for name, probe in answer.items():
                if name in builtin_names():
                    message = f"probe {name!r} of {probe.__module__} has the name of a built-in probe"
                    raise UsageError(message)
                if found.get(name, probe) is not probe:
                    message = f"probe {name!r} comes from {found[name].__module__} and from {probe.__module__}"
                    raise UsageError(message)
                found[name] = probe
        return cls(found, broken or {})

    def names(self) -> tuple[str, ...]:
        """Return all names, sorted."""
        return tuple(sorted({*builtin_names(), *self.others}))

    def get(self, name: str) -> type[Probe] | None:
        """Return the probe called *name*, loading its module if need be; None if there is no such."""
        if name in self.others:
            return self.others[name]
        return builtin(name) if name in builtin_names() else None

    def near(self, name: str) -> str | None:
        """Return the known name nearest to *name*, if any is near."""
        close = difflib.get_close_matches(name, self.names(), 1)
        return close[0] if close else None


@cache
def builtin(name: str) -> type[Probe]:
    """Return the built-in probe of the file called *name*."""
    module = importlib.import_module(f"pytest_readiness.probes.{name}")
    (probe,) = (
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Probe) and thing.__module__ == module.__name__
    )
    return probe


def installed() -> tuple[list[Mapping[str, type[Probe]]], dict[str, str]]:
    """
    Return the probes that installed packages bring, and the entry points that cannot be loaded with the reason.

    An entry point of the group ``pytest_readiness`` names a probe's class (under its name in YAML), or a
    module with a ``pytest_readiness_probes`` function.
    """
    answers: list[Mapping[str, type[Probe]]] = []
    broken: dict[str, str] = {}
    for entry in entry_points(group=GROUP):
        try:
            thing = entry.load()
            answers.append({entry.name: thing} if isinstance(thing, type) else thing.pytest_readiness_probes())
        except Exception as error:  # noqa: BLE001 - somebody else's package may raise anything
            broken[entry.name] = f"{type(error).__name__}: {error}"
    return answers, broken
