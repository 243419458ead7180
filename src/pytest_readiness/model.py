"""
The values that travel the one road: Spec -> Plan -> Results -> Report.

All are frozen and can be printed; nothing here knows YAML, probes, pytest or a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum
from pathlib import Path

from pytest_readiness.errors import Position

#: What a measurement or a condition may hold: one JSON scalar, or a flat tuple of them.
Scalar = bool | int | float | str | None
Value = Scalar | tuple[Scalar, ...]


class Each(tuple[Scalar, ...]):
    """
    The different values that one measurement had, where many things were looked at.

    A condition holds for it only if it holds for every one of them. It is not a list: where all
    things agree, a probe returns the plain value.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(map(str, self))


class Severity(StrEnum):
    """How bad it is when a gate does not pass; the aliases P0 to P3 are accepted in specs."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Outcome(StrEnum):
    """What happened to one gate."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    BLOCKED = "blocked"
    NOT_RUN = "not_run"
    NOT_APPLICABLE = "not_applicable"


class Disposition(StrEnum):
    """What policy makes of an outcome."""

    OK = "ok"
    BREAKS = "breaks"
    TOLERATED = "tolerated"


class Verdict(StrEnum):
    """The whole run in two words."""

    READY = "READY"
    NOT_READY = "NOT READY"
    PARTIAL = "PARTIAL"


class Better(Enum):
    """Which direction of a measurement is the better one."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


# --- what a spec says -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expectation:
    """A condition on one measurement, as the spec words it; ``default`` if the probe brought it."""

    measurement: str
    condition: Value
    default: bool = False


@dataclass(frozen=True, slots=True)
class Waiver:
    """A dated, owned, reasoned permission for one failing gate; in force to the end of ``expires``, UTC."""

    reason: str
    owner: str
    approved_by: str
    expires: date


@dataclass(frozen=True, slots=True)
class Deferral:
    """A gate put off to a later day; in force to the end of ``until``, UTC."""

    reason: str
    until: date
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask again every ``every`` seconds until the gate passes or ``within`` seconds are over."""

    within: float
    every: float = 1.0


@dataclass(frozen=True, slots=True)
class Ready:
    """How a service shows that it is ready: one of ``http`` (URL), ``tcp`` (host:port) or ``log`` (regex)."""

    http: str | None = None
    tcp: str | None = None
    log: str | None = None
    within: float = 30.0


@dataclass(frozen=True, slots=True)
class Service:
    """
    A real process, started for the gates that use it.

    ``${port}`` in its command, environment and ``ready`` is a free port, and ``$$`` is one ``$``.
    """

    name: str
    command: tuple[str, ...]
    ready: Ready
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    source: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """
    One checklist item: a probe, and what is expected of what it measures.

    ``options`` is an instance of the probe's class (a frozen dataclass of its options).
    ``binds`` is the raw mapping under ``with`` where it refers to a service (``${api.url}``) or to
    what another gate measures (``${login.token}``): the engine makes ``options`` anew from it once
    that is known. ``timeout`` is in seconds and
    is for one attempt. ``inapplicable`` is the reason why the gate does not apply, if it does not.
    """

    id: str
    title: str
    probe: str
    options: object
    expectations: tuple[Expectation, ...]
    group: tuple[str, ...] = ()
    severity: Severity = Severity.HIGH
    weight: float = 1.0
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    owner: str | None = None
    links: tuple[str, ...] = ()
    impact: str | None = None
    fix: str | None = None
    blocking: bool = False
    exclusive: bool = False
    inapplicable: str | None = None
    enforce_from: date | None = None
    waiver: Waiver | None = None
    deferral: Deferral | None = None
    retry: Retry | None = None
    timeout: float = 60.0
    scope: tuple[str, ...] = ()
    claimed: str | None = None
    source: str | None = None
    binds: Mapping[str, object] | None = None
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """
    A heading; ``expectations`` are its own, on its score (``">= 75%"``) and on how many gates came to what.

    ``of`` are the ids of gates that count in it though they stand elsewhere; before ``enforce_from`` its own
    expectations need not hold.
    """

    path: tuple[str, ...]
    severity: Severity = Severity.HIGH
    expectations: tuple[Expectation, ...] = ()
    of: frozenset[str] = frozenset()
    enforce_from: date | None = None
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """
    One readiness.yaml with its includes, one profile applied, free of problems.

    ``gates`` and ``groups`` are in the order of the file. ``target`` is in percent.
    ``root`` is the folder that relative paths start from: the one the spec is in.
    ``secrets`` are values that must not reach any sink. ``timeout`` is for the whole run, in seconds.
    """

    path: Path
    root: Path
    name: str
    gates: tuple[Gate, ...]
    groups: tuple[Group, ...]
    services: Mapping[str, Service]
    enforce: frozenset[Severity]
    target: float | None = None
    profile: str | None = None
    profiles: tuple[str, ...] = ()
    sha256: str = ""
    secrets: frozenset[str] = frozenset()
    timeout: float | None = None


# --- what a run finds -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value; ``unit`` is a symbol of ``units`` or empty for counts, texts and truths."""

    value: Value
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something a reader can check: a titled text."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """An expectation after judgement; ``held`` is None where it could not be decided, ``why`` says it in words."""

    measurement: str
    condition: str
    held: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What happened to one gate; every gate of a plan gets exactly one. ``duration`` is in seconds."""

    gate: Gate
    outcome: Outcome
    reason: str
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    expectations: tuple[Held, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    attempts: int = 0
    started: datetime | None = None
    duration: float = 0.0


# --- what is told of it -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """A result and what policy makes of it; ``note`` says why the disposition is not the plain one."""

    result: Result
    disposition: Disposition
    note: str | None = None


@dataclass(frozen=True, slots=True)
class GroupScore:
    """
    A group's score in percent (None: nothing in it applies) and whether anything in it breaks.

    ``expectations`` are its own, after judgement.
    """

    path: tuple[str, ...]
    score: float | None
    outcome: Outcome
    reason: str = ""
    expectations: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What was judged: the commit and whether the tree was dirty (None: not a git checkout), and by which spec."""

    spec: str
    spec_sha256: str
    profile: str | None = None
    commit: str | None = None
    dirty: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    The one object that verdict, exit code, terminal and every report are written from.

    ``score`` and ``target`` are in percent, ``duration`` in seconds, ``started`` in UTC.
    ``gates`` and ``groups`` are in the order of the spec. ``problems`` are one-line sentences.
    """

    name: str
    verdict: Verdict
    exit_code: int
    score: float | None
    target: float | None
    subject: Subject
    started: datetime
    duration: float
    counts: Mapping[Outcome, int]
    gates: tuple[Judged, ...]
    groups: tuple[GroupScore, ...]
    problems: tuple[str, ...] = ()
