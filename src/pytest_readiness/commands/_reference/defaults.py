"""What a probe expects unless a gate says otherwise, and which options that depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pytest_readiness.commands._reference import trials
from pytest_readiness.commands._reference.entries import flow
from pytest_readiness.commands._reference.trials import Trial
from pytest_readiness.model import Value
from pytest_readiness.probe import Probe


@dataclass(frozen=True, slots=True)
class Depends:
    """Default expectations that each of some ``options`` adds, and names of those that it takes away."""

    options: tuple[str, ...]
    added: Mapping[str, Value]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """
    Default expectations: those that there ``always`` are, and those that options add or take away.

    ``enough`` is whether any of them spares a gate an ``expect`` of its own; what is only presumed does not.
    """

    always: Mapping[str, Value]
    by: tuple[Depends, ...] = ()
    enough: bool = False


@dataclass(frozen=True, slots=True)
class _Effect:
    """What one value of one option adds to the default expectations, and takes away; perhaps only ``alone``."""

    key: str
    value: object
    added: Mapping[str, Value]
    removed: tuple[str, ...] = ()
    alone: bool = False

    def says(self) -> bool:
        """Tell whether what is added holds the value itself."""
        parts = self.value if isinstance(self.value, list) else [self.value]
        return any(isinstance(part, str) and part in str(self.added.values()) for part in parts)

    def label(self, *, whole: bool) -> str:
        """Return the option as the reference has it, with its value if the *whole* is wanted."""
        text = f"{self.key}: {flow(self.value)}" if whole else self.key
        return f"`{text}` alone" if self.alone else f"`{text}`"


def expected(probe: type[Probe]) -> Expected:
    """Return the default expectations of *probe*."""
    base = trials.base(probe)
    if base is None or (probe.expected is Probe.expected and probe.presumed is Probe.presumed):
        return Expected(dict(probe.expect), enough=bool(probe.expect))
    tried = list(trials.trials(probe))
    own = {key: _only_with(key, base, [trial for _, trial in tried]) for key in base.given}
    always = {name: value for name, value in base.expected.items() if not any(name in names for names in own.values())}
    effects = [
        _Effect(key, base.given[key], {name: base.expected[name] for name in names}) for key, names in own.items()
    ]
    # those that stand beside the smallest options come first: what they add needs no other explanation
    tried.sort(key=lambda pair: (not base.given.items() <= pair[1].given.items(), len(pair[1].given)))
    for key, trial in tried:
        effects.append(_effect(key, trial, always, effects))
    enough = any(trial.made.expected() for trial in (base, *(trial for _, trial in tried)))
    return Expected(always, _merged([*effects, *_alone(probe, always, effects)]), enough)


def _only_with(key: str, base: Trial, tried: list[Trial]) -> set[str]:
    """Return what is expected in *base* for no other reason than *key*."""
    without = [trial for trial in tried if key not in trial.given]
    named = {name for name, value in base.expected.items() if _Effect(key, base.given[key], {name: value}).says()}
    return named | {name for name in base.expected if without and all(name not in trial.expected for trial in without)}


def _effect(key: str, trial: Trial, always: Mapping[str, Value], known: list[_Effect]) -> _Effect:
    """Return what *key* does, leaving out what other options of the *trial* are known to do."""
    others = [effect for effect in known if effect.key in trial.given and effect.key != key]
    explained = {pair for effect in others for pair in effect.added.items()}
    added = {
        name: value
        for name, value in trial.expected.items()
        if always.get(name) != value and (name, value) not in explained
    }
    return _Effect(key, trial.given[key], added, _lacking(always, trial))


def _alone(probe: type[Probe], always: Mapping[str, Value], known: list[_Effect]) -> Iterator[_Effect]:
    """Yield the options that are no reason to expect what goes without saying beside others."""
    told = {effect.key for effect in known if effect.removed}
    for key, trial in trials.alone(probe):
        if key not in told and (lacking := _lacking(always, trial)):
            yield _Effect(key, trial.given[key], {}, lacking, alone=True)


def _lacking(always: Mapping[str, Value], trial: Trial) -> tuple[str, ...]:
    return tuple(name for name in always if name not in trial.expected)


def _merged(effects: list[_Effect]) -> tuple[Depends, ...]:
    """Return *effects* with the options that have the same one together, a value named only where it matters."""
    alike: dict[str, dict[str, _Effect]] = {}
    for effect in effects:
        same = {_sign(other) for other in effects if other.key == effect.key and not other.alone}
        if effect.added or effect.removed:
            label = effect.label(whole=effect.says() or len(same) > 1)
            alike.setdefault(_sign(effect), {})[label] = effect
    found = [(tuple(labels), next(iter(labels.values()))) for labels in alike.values()]
    return tuple(Depends(labels, first.added, first.removed) for labels, first in found)


def _sign(effect: _Effect) -> str:
    return f"{effect.added} {effect.removed}"
