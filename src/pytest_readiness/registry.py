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

from pytest_readiness import probes
from pytest_readiness.errors import UsageError
from pytest_readiness.probe import Probe


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
    def of(cls, answers: Iterable[Mapping[str, type[Probe]]]) -> Registry:
        """Build a registry from the hook's *answers*; a name that is taken raises ``UsageError``."""
        found: dict[str, type[Probe]] = {}
        for answer in answers:
            for name, probe in answer.items():
                if name in builtin_names():
                    message = f"probe {name!r} of {probe.__module__} has the name of a built-in probe"
                    raise UsageError(message)
                if name in found:
                    message = f"probe {name!r} comes from {found[name].__module__} and from {probe.__module__}"
                    raise UsageError(message)
                found[name] = probe
        return cls(found)

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
