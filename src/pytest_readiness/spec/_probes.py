"""The probes that a spec names: looked up once, with what a gate may say to each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from pytest_readiness.errors import CannotMeasure, ConditionError
from pytest_readiness.model import Expectation, Value
from pytest_readiness.options import Kind, kind_of
from pytest_readiness.probe import Context, Measure, Measurements, Probe
from pytest_readiness.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Broken(Probe):
    """
    Stands for a probe that could not be loaded, or whose options are still to be filled in.

    Its gates are errors with the reason; the others go on.
    """

    measures: ClassVar[Mapping[str, Measure]] = {}

    why: str

    def measure(self, context: Context) -> Measurements:
        """Say why there is nothing that could be run."""
        del context
        raise CannotMeasure(self.why)


class Known:
    """A probe's class, and what the loader asks of it again and again."""

    def __init__(self, name: str, probe: type[Probe]) -> None:
        self.name = name
        self.probe = probe
        self.kind: Kind = kind_of(cast("Hashable", probe))
        self.measures: Mapping[str, Measure] = dict(probe.measures)
        self.defaults = _defaults(probe.expect)
        #: Whether no instance expects anything by itself.
        self.silent = not self.defaults and probe.expected is Probe.expected
        self.exclusive = any(measure.exclusive for measure in self.measures.values())
        #: Whether all instances make the same measurements.
        self.fixed = probe.declared is Probe.declared and probe.declare is Probe.declare

    def expected(self, instance: Probe | None) -> tuple[Expectation, ...]:
        """Return the default expectations of *instance*, whose options may add some to those of its class."""
        if instance is None or self.probe.expected is Probe.expected:
            return self.defaults
        return _defaults(instance.expected())

    def presumed(self, instance: Probe | None) -> tuple[Expectation, ...]:
        """Return what is expected of *instance* beside that."""
        return () if instance is None else _defaults(instance.presumed())

    def declare(self, name: str, instance: Probe | None) -> Measure | None:
        """Return the declaration of measurement *name* of *instance*; ``ConditionError`` if the probe fails to say."""
        if self.fixed or instance is None:
            return self.measures.get(name)
        try:
            return instance.declare(name)
        except Exception as error:
            raise ConditionError(f"{self.name} cannot tell: {type(error).__name__}: {error}") from error

    def alone(self, expected: Iterable[Expectation], instance: Probe | None) -> bool:
        """Tell whether anything *expected* is of a measurement that wants no other gate beside it."""
        if self.fixed and not self.exclusive:
            return False
        try:
            measures = [self.declare(each.measurement, instance) for each in expected]
        except ConditionError:
            return False
        return any(measure is not None and measure.exclusive for measure in measures)

    def names(self, instance: Probe | None) -> tuple[str, ...]:
        """Return the names of all measurements of *instance*, or of all that the class declares."""
        try:
            return tuple(self.measures if self.fixed or instance is None else instance.declared())
        except Exception:  # noqa: BLE001 - as above
            return tuple(self.measures)


class Probes:
    """The probes of a registry, by name; a class is looked at once."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._known: dict[str, Known | Broken | None] = {}

    def get(self, name: str) -> Known | Broken | None:
        """Return the probe called *name*; ``Broken`` with the reason if it cannot be loaded, None if there is none."""
        if name not in self._known:
            self._known[name] = self._get(name)
        return self._known[name]

    def _get(self, name: str) -> Known | Broken | None:
        try:
            probe = self.registry.get(name)
            if probe is not None:
                return Known(name, probe)
        except Exception as error:  # noqa: BLE001 - somebody else's module may raise anything
            return Broken(why=f"probe {name!r} cannot be used: {type(error).__name__}: {error}")
        if name in self.registry.broken:
            return Broken(why=f"probe {name!r} could not be loaded: {self.registry.broken[name]}")
        return None


def _defaults(conditions: Mapping[str, Value]) -> tuple[Expectation, ...]:
    return tuple(Expectation(name, _frozen(condition), default=True) for name, condition in conditions.items())


def _frozen(condition: Any) -> Any:
    return tuple(condition) if isinstance(condition, list) else condition
