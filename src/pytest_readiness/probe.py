"""
The front door for authors of probes.

A probe is one frozen dataclass in one file::

    @dataclass(frozen=True, kw_only=True)
    class Files(Probe):
        '''
        How many files are there?

        Fails when fewer files match than the gate expects.

        To fix: create the files, or correct ``glob``.
        '''

        measures = {"count": Measure(int, "files that match", better=Better.HIGHER)}
        expect = {"count": ">= 1"}
        counter = "count"

        glob: str = option("Which files, relative to the spec's folder.")

        def measure(self, context: Context) -> Measurements:
            found = sorted(context.root.glob(self.glob))
            return Measurements({"count": len(found)}, looked_at=len(found))

Its fields are the options under ``with``; its ``measures`` are what gates may expect something of.
A probe measures and never judges: no outcome, no severity, no exit code.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.process import Completed, run
from pytest_readiness.session import Session

T = TypeVar("T")

_MISSING: Any = dataclasses.MISSING


def option(doc: str, default: Any = _MISSING, *, factory: Callable[[], Any] = _MISSING, example: Any = None) -> Any:
    """
    Declare one option of a probe: a dataclass field with one sentence of documentation.

    *example* is a value for the reference page and the editor.
    """
    metadata = {"doc": doc, "example": example}
    if factory is not _MISSING:
        return field(default_factory=factory, metadata=metadata)
    if default is not _MISSING:
        return field(default=default, metadata=metadata)
    return field(metadata=metadata)


@dataclass(frozen=True, slots=True)
class Measure:
    """
    The declaration of one measurement.

    ``type`` is bool, int, float, str or object (any JSON value); ``unit`` is a symbol that
    ``pytest_readiness.units`` knows (``ms``, ``s``, ``B``, ``%``, ``/s``), empty for plain numbers.
    A gate that expects something of an ``exclusive`` measurement runs while nothing else does.
    """

    type: type
    meaning: str
    unit: str = ""
    better: Better = Better.NEITHER
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """
    Measurements that a probe can make besides its ``measures``, for the reference.

    What stands in capitals in a name is for the gate to choose (``header:NAME``). ``when`` says what brings
    them, in words that follow "with": ``"`extract`"``; empty where they are always there.
    """

    measures: Mapping[str, Measure]
    when: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing a probe will reach for: kind is host, file, command, process, variable, query or module."""

    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class Measurements:
    """
    What a probe returns.

    ``looked_at`` is how many things were really examined. 0 makes the gate an error, unless it
    says in so many words that it expects zero of the probe's ``counter``. A measurement that
    could not be had is left out, never set to 0; ``unknown`` may say why, by name, in words that
    follow "NAME was not measured: ". A value of a measurement with a unit is given in the declared
    unit. Where many things were looked at and differ, a value is an ``Each`` of the different ones.
    ``bounds`` are the least and the most that an uncertain number may be in truth: a condition that does not
    hold alike for both and the value itself cannot be told.
    """

    values: Mapping[str, Value]
    looked_at: int
    evidence: Sequence[Evidence] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class Facts:
    """
    Facts worth sharing between gates (an import graph, a parsed file), each computed once.

    A fact is computed in a thread of its own under the whole run's deadline, so that a gate
    with a short deadline neither spoils it for the others nor waits longer than it may.
    """

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._known: dict[object, _Fact] = {}

    def get(self, key: object, compute: Callable[[Deadline], T], deadline: Deadline) -> T:
        """
        Return the fact under *key*, computing it at the first call.

        Raises whatever *compute* raised, to everyone who asks, and ``CannotMeasure`` to whoever
        could not wait long enough.
        """
        with self._lock:
            fact = self._known.get(key)
            if fact is None:
                fact = self._known[key] = _Fact()
                work = threading.Thread(
                    target=fact.settle, args=(compute, self._deadline), name=f"readiness-fact-{key}", daemon=True
                )
                work.start()
        if not fact.done.wait(deadline.remaining()):
            message = "the deadline came while a fact shared with other gates was still being computed"
            raise CannotMeasure(message)
        if fact.error is not None:
            raise fact.error
        return cast("T", fact.value)

    def close(self) -> None:
        """Call ``close()`` of every fact that has it, such as a pool of connections: the run is over."""
        with self._lock:
            known = [fact.value for fact in self._known.values()]
        for value in known:
            close = getattr(value, "close", None)
            if callable(close):
                with contextlib.suppress(Exception):
                    close()


class _Fact:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.value: object = None
        self.error: BaseException | None = None

    def settle(self, compute: Callable[[Deadline], object], deadline: Deadline) -> None:
        try:
            self.value = compute(deadline)
        except BaseException as error:  # noqa: BLE001 - carried to whoever asked for the fact
            self.error = error
        finally:
            self.done.set()


@dataclass(frozen=True, kw_only=True)
class Context:
    """
    All that a probe may use of the world around it.

    Paths in options are relative to ``root``. ``env`` is the environment to judge and to hand to
    child processes. Every wait must end at ``deadline``. ``now`` is in UTC. ``session`` is the
    pytest run, None where there was none. ``keep_secret`` makes a value vanish from every sink.
    ``scope`` is the gate's own ``scope``. ``asked`` are the names of the measurements that matter to
    somebody: a probe with an open family of counts says 0 for those it did not see. ``cache`` is a
    folder for content-checked caches, or None.
    """

    root: Path
    env: Mapping[str, str]
    deadline: Deadline
    now: datetime
    facts: Facts
    gate: str = ""
    scope: tuple[str, ...] = ()
    asked: AbstractSet[str] = frozenset()
    session: Session | None = None
    exec_allowed: bool = True
    side_effects_allowed: bool = False
    cache: Path | None = None
    keep_secret: Callable[[str], None] = field(default=lambda _value: None)

    def fact(self, key: object, compute: Callable[[Deadline], T]) -> T:
        """Return the shared fact under *key*; see ``Facts.get``."""
        return self.facts.get(key, compute, self.deadline)

    def path(self, relative: str) -> Path:
        """Return *relative* as a path below ``root`` (an absolute path stays as it is)."""
        return self.root / relative

    def run(
        self,
        args: Sequence[str],
        *,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        shell: bool = False,
        limit: int = 1024 * 1024,
        started: Callable[[int], object] | None = None,
    ) -> Completed:
        """
        Run a command to its end or the deadline, and surely end its whole process group.

        *env* is added to the environment; *limit* is in bytes, for stdout and stderr each;
        *started* is called with the number of the process. Raises
        ``CannotMeasure`` where commands are not allowed, where the program is not there, or
        where the deadline came first.
        """
        if not self.exec_allowed:
            words = args.split() if isinstance(args, str) else args
            message = (
                f"commands are switched off by --readiness-no-exec: {words[0] if words else 'nothing'} was not run"
            )
            raise CannotMeasure(message)
        return run(
            args,
            cwd=self.root if cwd is None else self.root / cwd,
            env={**self.env, **(env or {})},
            stdin=stdin,
            shell=shell,
            limit=limit,
            deadline=self.deadline,
            started=started,
        )


@dataclass(frozen=True, kw_only=True)
class Probe(ABC):
    """
    The base of all probes.

    ``measures`` declares what is measured, ``expect`` the default expectations, ``counter`` the
    measurement that counts what was looked at, ``extra`` the optional dependency group it needs.
    Options that do not fit together are refused in ``__post_init__`` with ``OptionError``.
    """

    measures: ClassVar[Mapping[str, Measure]]
    expect: ClassVar[Mapping[str, Value]] = {}
    counter: ClassVar[str | None] = None
    extra: ClassVar[str | None] = None

    @abstractmethod
    def measure(self, context: Context) -> Measurements:
        """Measure, within ``context.deadline``; raise ``CannotMeasure`` with the reason where that fails."""

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements this very instance can make; options such as ``extract`` may add some."""
        return self.measures

    def expected(self) -> Mapping[str, Value]:
        """Return the default expectations of this very instance; options such as ``regex`` may add some."""
        return self.expect

    def presumed(self) -> Mapping[str, Value]:
        """
        Return what is expected beside the rest, such as that a stored report is not an old one.

        A gate may say otherwise by name. A gate that expects nothing but this expects nothing.
        """
        return {}

    def declare(self, name: str) -> Measure | None:
        """Return the declaration of measurement *name*, None if there is no such; override for open families."""
        return self.declared().get(name)

    @classmethod
    def families(cls) -> Iterable[Family]:
        """Yield what ``declared`` and ``declare`` know beyond ``measures``, in general terms."""
        return ()

    def touches(self) -> Iterable[Touch]:
        """Yield every host, file, command, variable and query the probe will reach for."""
        return ()

    @classmethod
    def name(cls) -> str:
        """Return the probe's name in YAML: the name of the file it is in."""
        return cls.__module__.rpartition(".")[2]
