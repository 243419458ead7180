"""The coordinator: one thread that keeps the books of a run."""

from __future__ import annotations

import contextlib
import functools
import heapq
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from graphlib import TopologicalSorter
from queue import Empty, SimpleQueue
from typing import Any

from pytest_readiness import options, process
from pytest_readiness.deadline import Deadline
from pytest_readiness.engine._attempt import Attempt, attempt, broken, cut, tidy, undecided
from pytest_readiness.engine._captures import Captures
from pytest_readiness.engine._course import Course
from pytest_readiness.engine._queue import Waiting
from pytest_readiness.engine._setup import Listener, Setup
from pytest_readiness.engine._signals import termination_as_interrupt
from pytest_readiness.engine._workers import Answer, Workers
from pytest_readiness.model import Evidence, Gate, Outcome, Result
from pytest_readiness.plan import Plan
from pytest_readiness.probe import Context, Facts
from pytest_readiness.process import seconds
from pytest_readiness.services import Services

#: Seconds that a probe which keeps to its deadline has to say so itself, before it is written off.
GRACE = 0.3

#: Seconds to see whether it was a service's end that kept a gate from passing.
LINGER = 0.1

#: Seconds that one wait of the coordinator takes at the most.
NAP = 0.25

#: Seconds for the whole run, where neither the spec nor the caller says.
DEADLINE = 1_800.0


class Engine:
    """
    Runs a plan once.

    ``problems`` are sentences about the run itself that belong into its report.
    """

    def __init__(self, plan: Plan, setup: Setup, listener: Listener | None = None) -> None:
        self._plan = plan
        self._setup = setup
        self._listener = listener
        self._redactor = setup.redactor
        self._learn()
        known = {gate.id for gate in plan.gates}
        waits = {gate.id: tuple(plan.graph.get(gate.id, (*gate.needs, *gate.after))) for gate in plan.gates}
        self._courses = {gate.id: Course(gate, _blocking(gate, waits[gate.id])) for gate in plan.gates}
        self._captures = Captures(plan.gates, self._courses)
        self._sorter = TopologicalSorter({id_: known & {*others} for id_, others in waits.items()})
        self._place = {gate.id: place for place, gate in enumerate(plan.gates)}
        self._left = len(self._courses)
        self._waiting: Waiting[Course] = Waiting(max(1, setup.jobs))
        self._answers: SimpleQueue[Answer[Any]] = SimpleQueue()
        self._workers: Workers[Any] = Workers(self._answers)
        self._open: dict[int, Callable[[Any], None]] = {}
        self._tickets = itertools.count(1)
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._services = Services(
            plan.spec.services, root=plan.spec.root, env=setup.env, exec_allowed=setup.exec_allowed
        )
        self._settled: dict[str, str | None] = {}
        self._for_service: dict[str, list[Course]] = {}
        self._limit = setup.deadline or plan.spec.timeout or DEADLINE
        self._why_not = ""
        self.problems: list[str] = []

    def _learn(self) -> None:
        self._redactor.learn(self._setup.env)
        for secret in self._plan.spec.secrets:
            self._redactor.add(secret)
        for gate in self._plan.gates:
            # A probe with options of some other kind was not made from a spec, so none of them is a Secret.
            with contextlib.suppress(TypeError):
                for secret in options.secrets(gate.options):
                    self._redactor.add(secret)

    def run(self) -> None:
        """
        Run all gates.

        Services and children are ended whatever happens. Ctrl-C (and SIGTERM, in the main thread)
        comes out as ``KeyboardInterrupt``; ``results`` is complete then too.
        """
        self._start = time.monotonic()
        self._deadline = Deadline.after(self._limit)
        self._facts = Facts(self._deadline)
        try:
            with termination_as_interrupt():
                try:
                    self._coordinate()
                except BaseException as error:
                    self._cut_short(error)
                    raise
                finally:
                    self._workers.close()
                    self._facts.close()
                    self._services.stop()
        except BaseException:
            # Commands of gates are still running, and a second Ctrl-C may have cut even the tidying short.
            process.end_all(GRACE)
            raise

    def results(self, why_not: str | None = None) -> tuple[Result, ...]:
        """
        Return exactly one result for each gate of the plan, in its order.

        A gate that was never reached is NOT_RUN; *why_not* says why where the engine cannot know, because it
        was not run at all.
        """
        reason = self._why_not or why_not or "the gates were not run"
        return tuple(
            course.result or self._result(course, Attempt(Outcome.NOT_RUN, reason, {}, undecided(course.gate)))
            for course in self._courses.values()
        )

    # --- the loop -------------------------------------------------------------------------------

    def _coordinate(self) -> None:
        self._sorter.prepare()
        self._at(self._deadline.at + GRACE, self._run_over)
        while self._left:
            self._consider()
            self._begin()
            if self._left:
                self._hear()
                self._ring()

    def _consider(self) -> None:
        """Settle or queue every gate whose needs are settled."""
        while ready := self._sorter.get_ready():
            for id_ in sorted(ready, key=self._place.__getitem__):
                course = self._courses[id_]
                if course.result is None:
                    self._admit(course)

    def _admit(self, course: Course) -> None:
        gate = course.gate
        if gate.inapplicable is not None:
            self._settle(course, Attempt(Outcome.NOT_APPLICABLE, gate.inapplicable or "it does not apply"))
        elif blockers := list(self._blockers(course)):
            reason = f"needs {', '.join(blockers)}"
            self._settle(course, Attempt(Outcome.BLOCKED, reason, {}, undecided(gate)))
        elif trouble := self._captures.trouble(gate):
            self._settle(course, Attempt(Outcome.ERROR, trouble, {}, undecided(gate)))
        else:
            self._queue(course)

    def _blockers(self, course: Course) -> Iterator[str]:
        for need in course.needs:
            other = self._courses.get(need)
            if other is None or other.result is None:
                yield f"{need} (not part of this run)"
            elif other.result.outcome not in {Outcome.PASSED, Outcome.NOT_APPLICABLE}:
                yield f"{need} ({other.result.outcome.replace('_', ' ')})"

    def _queue(self, course: Course, *, again: bool = False) -> None:
        """Let *course* begin as soon as there is room for it and its services are there."""
        if course.result is not None:
            return
        for name in course.gate.uses:
            if name not in self._settled and name not in self._for_service:
                self._for_service[name] = []
                self._start_service(name)
        missing = [name for name in course.gate.uses if name not in self._settled]
        if missing:
            # Whoever waits for several asks again when the first of them is there.
            self._for_service[missing[0]].append(course)
            return
        self._waiting.add(course, exclusive=course.gate.exclusive, again=again)

    def _begin(self) -> None:
        while not self._deadline.passed:
            course = self._waiting.next(quiet=not self._for_service)
            if course is None:
                return
            if course.result is None:
                self._try(course)
            else:
                self._waiting.over(course)

    def _hear(self) -> None:
        """Wait for an answer or the next moment at which something is due; take all answers there are."""
        wait = max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else GRACE
        # A Ctrl-C that comes between two instructions of Python and the wait itself does not end the wait.
        wait = min(wait, NAP)
        with contextlib.suppress(Empty):
            self._take(*self._answers.get(timeout=wait))
            while True:
                self._take(*self._answers.get_nowait())

    def _take(self, ticket: int, answer: object) -> None:
        self._workers.came_back()
        done = self._open.pop(ticket, None)
        if done is not None:
            done(answer)

    def _at(self, moment: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._timers, (moment, next(self._tickets), call))

    def _ring(self) -> None:
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()

    def _send(
        self, call: Callable[[], Any], done: Callable[[Any], None], until: float, late: Callable[[], None]
    ) -> int:
        """Have *call* made elsewhere: *done* gets its answer, or *late* is called when *until* comes first."""
        ticket = next(self._tickets)
        self._open[ticket] = done

        def ring() -> None:
            if self._open.pop(ticket, None) is not None:
                late()

        try:
            self._workers.submit(ticket, call)
        except RuntimeError as error:
            del self._open[ticket]
            done(error)
        else:
            self._at(until, ring)
        return ticket

    # --- services -------------------------------------------------------------------------------

    def _start_service(self, name: str) -> None:
        service = self._plan.spec.services.get(name)
        if service is None:
            self._service_settled(name, LookupError("there is no such service"))
            return
        within = self._deadline.sooner(service.ready.within)
        self._send(
            functools.partial(self._services.start, name, within),
            functools.partial(self._service_settled, name),
            within.at + GRACE,
            functools.partial(self._service_settled, name, TimeoutError("it did not get ready in time")),
        )

    def _service_settled(self, name: str, answer: object) -> None:
        trouble = str(answer) or type(answer).__name__ if isinstance(answer, BaseException) else None
        self._settled[name] = trouble
        for course in self._for_service.pop(name):
            self._queue(course)

    def _service_trouble(self, gate: Gate) -> str | None:
        for name in gate.uses:
            trouble = self._settled.get(name) or self._services.trouble(name)
            if trouble:
                return f"service {name}: {trouble}"
        return None

    def _service_logs(self, gate: Gate) -> tuple[Evidence, ...]:
        logs = ((name, self._services.tail(name)) for name in gate.uses)
        return tuple(Evidence(f"log of service {name}", log) for name, log in logs if log)

    # --- attempts -------------------------------------------------------------------------------

    def _try(self, course: Course) -> None:
        gate = course.gate
        course.opened = time.monotonic()
        course.attempts += 1
        if course.attempts == 1:
            course.began = course.opened
            course.until = course.opened + (gate.retry.within if gate.retry else 0.0)
            self._tell("started", self._redactor.gate(gate))
        if trouble := self._service_trouble(gate):
            self._attempted(course, tidy(Attempt(Outcome.ERROR, trouble, {}, undecided(gate)), self._redactor))
            return
        deadline = self._deadline.sooner(gate.timeout)
        values = self._captures.values(gate)
        for name in gate.uses:
            values.update(self._services.values(name))
        course.ticket = self._send(
            functools.partial(self._attempt, gate, self._context(gate, deadline), values),
            functools.partial(self._attempted, course),
            deadline.at + GRACE,
            functools.partial(self._hung, course),
        )

    def _attempt(self, gate: Gate, context: Context, values: Mapping[str, object]) -> Attempt:
        """Make one attempt, in a worker."""
        made = attempt(gate, context, values, self._redactor, self._captures.used.get(gate.id, ()))
        if made.outcome is not Outcome.PASSED and gate.uses:
            self._services.linger(gate.uses, LINGER)
        return made

    def _context(self, gate: Gate, deadline: Deadline) -> Context:
        setup = self._setup
        return Context(
            root=self._plan.spec.root,
            env=setup.env,
            deadline=deadline,
            now=setup.now,
            facts=self._facts,
            gate=gate.id,
            scope=gate.scope,
            asked=self._captures.used.get(gate.id, set()).union(item.measurement for item in gate.expectations),
            session=setup.session,
            exec_allowed=setup.exec_allowed,
            side_effects_allowed=setup.side_effects_allowed,
            cache=setup.cache,
            keep_secret=self._redactor.add,
            results=dict(self._settled_before(gate)),
        )

    def _settled_before(self, gate: Gate) -> Iterator[tuple[str, Result]]:
        for name in gate.after:
            course = self._courses.get(name)
            if course is not None and course.result is not None:
                yield name, course.result

    def _hung(self, course: Course) -> None:
        where = self._workers.where(course.ticket or 0)
        limit = course.gate.timeout
        reason = f"timed out after {seconds(limit)}"
        if self._deadline.at < course.opened + limit:
            reason = f"it was still running at the run's deadline ({seconds(self._limit)})"
        evidence = (Evidence("where it was", where),) if where else ()
        made = Attempt(Outcome.ERROR, reason, {}, undecided(course.gate), evidence)
        self._attempted(course, tidy(made, self._redactor))

    def _attempted(self, course: Course, answer: Attempt | BaseException) -> None:
        """Take what came of an attempt, and see whether there is another."""
        self._waiting.over(course)
        if course.result is not None:
            return
        gate = course.gate
        made = tidy(broken(gate, answer), self._redactor) if isinstance(answer, BaseException) else answer
        if made.outcome is not Outcome.PASSED and gate.uses:
            made = self._with_services(gate, made)
        course.last = made
        now = time.monotonic()
        if gate.retry is not None:
            course.log.append((course.attempts, seconds(course.opened - course.began), self._summary(made)))
            again = now + gate.retry.every
            if made.outcome is not Outcome.PASSED and again <= min(course.until, self._deadline.at):
                self._tell("attempted", self._redactor.gate(gate), course.attempts, self._redactor.text(made.reason))
                self._at(again, functools.partial(self._queue, course, again=True))
                return
        self._settle(course, made)

    def _summary(self, made: Attempt) -> str:
        if made.outcome is Outcome.PASSED:
            return made.outcome.value
        return f"{made.outcome.value}: {cut(self._redactor.text(made.reason), 300)}"

    def _with_services(self, gate: Gate, made: Attempt) -> Attempt:
        trouble = self._service_trouble(gate)
        reason = made.reason if not trouble or trouble in made.reason else f"{trouble} ({made.reason})"
        return tidy(
            Attempt(
                Outcome.ERROR if trouble else made.outcome,
                reason,
                made.measurements,
                made.expectations,
                (*made.evidence, *self._service_logs(gate)),
            ),
            self._redactor,
        )

    # --- results --------------------------------------------------------------------------------

    def _settle(self, course: Course, made: Attempt) -> None:
        course.values.update(made.raw)
        course.result = self._result(course, made)
        self._left -= 1
        self._sorter.done(course.gate.id)
        self._tell("finished", course.result)

    def _result(self, course: Course, made: Attempt) -> Result:
        evidence = made.evidence
        if len(course.log) > 1:
            evidence = (Evidence("attempts", course.history()), *evidence)
        began = course.attempts > 0
        result = Result(
            gate=course.gate,
            outcome=made.outcome,
            reason=cut(made.reason, 4_000),
            measurements=made.measurements,
            expectations=made.expectations,
            evidence=evidence,
            attempts=course.attempts,
            started=self._setup.now + timedelta(seconds=course.began - self._start) if began else None,
            duration=time.monotonic() - course.began if began else 0.0,
        )
        return self._redactor.result(result)

    def _run_over(self) -> None:
        """End the run at its deadline: every gate gets the result it has, or learns why it has none."""
        limit = seconds(self._limit)
        for course in self._courses.values():
            if course.result is not None:
                continue
            if course in self._waiting.running:
                self._hung(course)
            elif course.last is not None:
                self._settle_late(course, course.last)
            else:
                reason = f"it was not started before the run's deadline ({limit})"
                self._settle_late(course, Attempt(Outcome.NOT_RUN, reason, {}, undecided(course.gate)))

    def _settle_late(self, course: Course, made: Attempt) -> None:
        # The order of needs no longer matters: the sorter would refuse a gate whose needs were not done.
        course.result = self._result(course, made)
        self._left -= 1
        self._tell("finished", course.result)

    def _cut_short(self, error: BaseException) -> None:
        """Let what is without a result say why."""
        what = "the run was interrupted" if isinstance(error, KeyboardInterrupt) else f"the run broke: {error!r:.500}"
        self._why_not = f"{what} before it was started"
        for course in self._courses.values():
            if course.result is None and course.attempts:
                made = Attempt(Outcome.ERROR, f"{what} while it was being measured", {}, undecided(course.gate))
                course.result = self._result(course, made)

    def _tell(self, what: str, *facts: object) -> None:
        hear = getattr(self._listener, what, None)
        if hear is None:
            return
        try:
            hear(*facts)
        except Exception as error:  # noqa: BLE001 - a broken progress display must not cost the results
            problem = f"progress could not be shown: {type(error).__name__}: {error}"
            if problem not in self.problems:
                self.problems.append(problem)


def _blocking(gate: Gate, waits: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the gates that *gate* waits for which have to pass."""
    return tuple(name for name in waits if name in gate.needs or name not in gate.after)
