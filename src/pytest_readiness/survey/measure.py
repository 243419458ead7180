"""Puts gates to their probes, today: those that only read, and the others where running things is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pytest_readiness import options
from pytest_readiness.engine import Engine, Setup
from pytest_readiness.errors import Position
from pytest_readiness.model import Expectation, Gate, Result, Spec, Value
from pytest_readiness.plan import Plan
from pytest_readiness.probe import Probe
from pytest_readiness.registry import Registry
from pytest_readiness.session import Session
from pytest_readiness.survey.model import Found

#: Probes that read files and nothing else, even where they name modules.
READERS = frozenset(
    {
        *("complexity", "coverage", "dockerfile", "docs", "docstrings", "document", "dotenv", "env", "file", "git"),
        *("import_cycles", "package", "symbol", "syntax"),
    }
)
#: Commands that come with the machine, not with the repository.
_HARMLESS = frozenset({"git", "git log"})
_RUNS = frozenset({"command", "host"})

#: Seconds that all gates together may take: those that read, and those that run something.
READING, RUNNING = 60.0, 900.0

_POSITION = Position("readiness.yaml", 1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gate that may be written, and its probe with the options; ``gate`` expects all that is of interest."""

    found: Found
    probe: Probe
    gate: Gate


def candidate(found: Found, known: Registry) -> Candidate:
    """Return *found* as a gate that the engine takes; raises ``ValueError`` if its options cannot be used."""
    kind = known.get(found.probe)
    assert kind is not None, found.probe
    problems: list[tuple[options.Path, str]] = []
    probe = options.convert(kind, found.options, problems)
    if probe is None:
        raise ValueError("; ".join(message for _, message in problems))
    return Candidate(found, probe, _gate(found, probe))


def _gate(found: Found, probe: Probe) -> Gate:
    musts = {**probe.expected(), **found.musts}
    asked = [*musts, *found.keeps, *found.ratchets]
    return Gate(
        id=found.id,
        title=found.title,
        probe=found.probe,
        options=probe,
        expectations=expectations(probe, {name: musts.get(name, True) for name in asked}),
        needs=found.needs,
        binds=found.options if options.named(found.options) else None,
        timeout=READING,
        position=_POSITION,
    )


def expectations(probe: Probe, wanted: Mapping[str, object]) -> tuple[Expectation, ...]:
    """Return the expectations of a gate that says *wanted*, with those that its probe brings."""
    brought = probe.expected()
    return (
        *(Expectation(name, value, default=True) for name, value in brought.items() if name not in wanted),
        *(Expectation(name, _value(value)) for name, value in wanted.items()),
    )


def _value(said: object) -> Value:
    assert said is None or isinstance(said, bool | int | float | str)
    return said


def only_reads(candidate: Candidate) -> bool:
    """Tell whether measuring *candidate* runs nothing of the repository's and asks nobody else."""
    touched = candidate.probe.touches()
    return candidate.found.probe in READERS and not any(
        touch.kind in _RUNS and touch.what not in _HARMLESS for touch in touched
    )


def measure(
    candidates: Sequence[Candidate],
    *,
    root: Path,
    known: Registry,
    env: Mapping[str, str],
    run: bool,
    session: Session | None,
) -> dict[str, Result]:
    """Return a result for each of *candidates* that may be measured, by the gate's id; the others with *run* only."""
    chosen = [each.gate for each in candidates if run or only_reads(each)]
    ids = {gate.id for gate in chosen}
    gates = tuple(gate for gate in chosen if ids.issuperset(gate.needs))
    if not gates:
        return {}
    engine = Engine(
        _plan(gates, root),
        Setup(
            registry=known,
            env=env,
            now=datetime.now(UTC),
            session=session,
            deadline=RUNNING if run else READING,
            jobs=4,
        ),
    )
    engine.run()
    return {result.gate.id: result for result in engine.results()}


def _plan(gates: tuple[Gate, ...], root: Path) -> Plan:
    spec = Spec(
        path=root / "readiness.yaml",
        root=root,
        name=root.name,
        gates=gates,
        groups=(),
        services={},
        enforce=frozenset(),
    )
    return Plan(spec, gates, partial=False, graph={gate.id: gate.needs for gate in gates})
