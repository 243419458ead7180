"""The project's own tests as evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _warnings
from pytest_readiness.probes._tests import chooser, insist_on_markers, select_from
from pytest_readiness.session import Session, TestCase, TestOutcome, Warned

_LISTED = 20
_SWITCHED_OFF = "warnings are switched off in this run (-p no:warnings)"


@dataclass(frozen=True, kw_only=True)
class Tests(Probe):
    """
    Did the project's own tests pass?

    ``select`` says which: ``all``; ``marker:NAME`` (or an expression, as ``-m`` takes); ``node:GLOB`` over
    node ids; ``keyword:EXPR`` as ``-k`` takes. Without it, the tests marked
    ``@pytest.mark.readiness("the-id-of-this-gate")``. A test counts once, under the worst of its phases; a
    failed subtest fails its test. ``deselected`` and ``warnings`` are those of the whole run;
    ``categories`` counts only some of the warnings, and expects none of them.

    Fails when a test failed or errored, when there is a warning of ``categories``, or when the numbers are
    not as expected. No test selected, only skipped ones or such as were expected to fail, a narrowed run, a
    crashed worker or a collection error is an error; so are warnings that a filter keeps from being seen.

    To fix: repair the tests listed, mend what the warnings are about, or correct ``select``.
    """

    __test__ = False

    measures = {
        "selected": Measure(int, "tests selected, that came to their end"),
        "passed": Measure(int, "tests that passed", better=Better.HIGHER),
        "failed": Measure(int, "tests that failed", better=Better.LOWER),
        "errors": Measure(int, "tests whose setup or teardown failed", better=Better.LOWER),
        "skipped": Measure(int, "tests skipped", better=Better.LOWER),
        "xfailed": Measure(int, "tests that failed, as they were expected to", better=Better.LOWER),
        "xpassed": Measure(int, "tests that passed, though expected to fail", better=Better.LOWER),
        "rerun": Measure(int, "attempts that failed and were repeated", better=Better.LOWER),
        "deselected": Measure(int, "tests that the run's configuration left out", better=Better.LOWER),
        "warnings": Measure(int, "warnings during the run, of categories if that is given", better=Better.LOWER),
        "duration": Measure(float, "time of the selected tests, all phases together", unit="s", better=Better.LOWER),
        "pass_rate": Measure(float, "tests passed, of those selected", unit="%", better=Better.HIGHER),
    }
    expect = {"failed": 0, "errors": 0}
    counter = "selected"

    select: str | tuple[str, ...] | None = option(
        "Which tests: all, marker:NAME, node:GLOB or keyword:EXPR, or a list of which all must hold; default: those "
        "marked for this gate.",
        None,
        example="marker:golden_path",
    )
    categories: tuple[str, ...] = option(
        "Which warnings count, with all derived from them.",
        (),
        example=["DeprecationWarning", "sqlalchemy.exc.SAWarning"],
    )

    def __post_init__(self) -> None:
        for select in self._selects:
            chooser(select)
        if self.select == ():
            raise OptionError("selects nothing", "select")
        _warnings.check(self.categories)

    @property
    def _selects(self) -> tuple[str, ...]:
        return (self.select,) if isinstance(self.select, str) else self.select or ()

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: no warning of categories that are named."""
        return {**self.expect, **({"warnings": 0} if self.categories else {})}

    def touches(self) -> Iterable[Touch]:
        """Yield the modules of categories: the tests have run by then."""
        return (Touch("module", name.rpartition(".")[0]) for name in self.categories if "." in name)

    def measure(self, context: Context) -> Measurements:
        """Count the outcomes of the selected tests."""
        session = context.session
        if session is None:
            raise CannotMeasure("no tests ran: run pytest --readiness, or give a JUnit XML file of a run")
        session.speaks_for(context.scope)
        tests = self._chosen(session, context.gate)
        values = {name: value for name, value in _values(session, tests) if name not in session.unknown}
        unknown = dict.fromkeys(session.unknown & {*self.measures}, f"{session.origin} does not tell")
        evidence = list(_evidence(session, tests, self._selects))
        warned = self._warned(session, context)
        if isinstance(warned, str):
            values.pop("warnings", None)
            unknown["warnings"] = warned
        else:
            values["warnings"] = len(warned) if self.categories else session.warnings
            evidence += [_listed("warnings", _warnings.told(warned))] if warned else []
        looked_at = sum(test.outcome not in _idle(context.asked) for test in tests)
        if tests and not looked_at:
            unknown["selected"] = f"of {len(tests)} tests selected all were skipped, or failed as they were expected to"
        return Measurements(values, looked_at=looked_at, evidence=evidence, unknown=unknown)

    def _warned(self, session: Session, context: Context) -> Sequence[Warned] | str:
        """Return the warnings that count, or why they cannot be told."""
        if "warnings" in session.unknown:
            return f"{session.origin} does not tell" if session.origin != "this run" else _SWITCHED_OFF
        chosen = _warnings.categories(self.categories, context)
        if why := _warnings.hidden(session, chosen):
            return why
        return [each for each in session.warned if not chosen or any(category.has(each) for category in chosen)]

    def _chosen(self, session: Session, gate: str) -> Sequence[TestCase]:
        if self._selects:
            return select_from(session, self._selects)
        insist_on_markers(session)
        marked = [test for test in session.tests if gate in test.gates]
        if not marked:
            raise CannotMeasure(f'no test is marked @pytest.mark.readiness("{gate}"): mark some, or give select')
        return marked


def _idle(asked: AbstractSet[str]) -> set[TestOutcome]:
    """Return the outcomes that are no evidence of anything, unless the gate speaks of them."""
    idle = {TestOutcome.SKIPPED, TestOutcome.XFAILED}
    if asked & {"passed", "pass_rate"}:
        return set()
    return {outcome for outcome in idle if outcome.value not in asked}


def _values(session: Session, tests: Sequence[TestCase]) -> Iterator[tuple[str, Value]]:
    count = Counter(test.outcome for test in tests)
    yield "selected", len(tests)
    yield "passed", count[TestOutcome.PASSED]
    yield "failed", count[TestOutcome.FAILED]
    yield "errors", count[TestOutcome.ERROR]
    yield "skipped", count[TestOutcome.SKIPPED]
    yield "xfailed", count[TestOutcome.XFAILED]
    yield "xpassed", count[TestOutcome.XPASSED]
    yield "rerun", sum(test.reruns for test in tests)
    yield "deselected", session.deselected
    yield "warnings", session.warnings
    yield "duration", sum(test.duration for test in tests)
    if tests:
        yield "pass_rate", 100.0 * count[TestOutcome.PASSED] / len(tests)


def _evidence(session: Session, tests: Sequence[TestCase], selects: Sequence[str]) -> Iterator[Evidence]:
    count = Counter(test.outcome.value for test in tests)
    chosen = f" ({' and '.join(selects)})" if selects else ""
    outcomes = ", ".join(f"{number} {word}" for word, number in count.items())
    lines = [": ".join(filter(None, (f"{len(tests)} of {len(session.tests)} tests{chosen}", outcomes)))]
    if subtests := sum(test.subtests for test in tests):
        lines.append(f"{subtests} subtests, counted with their tests")
    if session.deselected:
        how = f" ({' '.join(session.configured)})" if session.configured else ""
        lines.append(f"{session.deselected} deselected by configuration{how}")
    if session.origin != "this run":
        lines.append(f"from {session.origin.rstrip(',')}")
    yield Evidence("counted", "\n".join(lines))
    for outcome in (
        TestOutcome.FAILED,
        TestOutcome.ERROR,
        TestOutcome.XPASSED,
        TestOutcome.XFAILED,
        TestOutcome.SKIPPED,
    ):
        names = sorted(test.nodeid for test in tests if test.outcome is outcome)
        if names:
            yield _listed(outcome.value, names)


def _listed(title: str, lines: Sequence[str]) -> Evidence:
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return Evidence(title, "\n".join([*lines[:_LISTED], *more]))
