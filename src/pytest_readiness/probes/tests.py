"""The project's own tests as evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NoReturn

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.session import Session, TestCase, TestOutcome

_LISTED = 20
_KINDS = ("marker", "node", "keyword")
_WORD = re.compile(r"\s*(?:([()])|([^\s()]+))")
_DEEPEST = 50

Test = Callable[[TestCase], bool]


@dataclass(frozen=True, kw_only=True)
class Tests(Probe):
    """
    Did the project's own tests pass?

    ``select`` says which: ``all``; ``marker:NAME`` (or an expression, as ``-m`` takes); ``node:GLOB`` over
    node ids; ``keyword:EXPR`` as ``-k`` takes. Without it, the tests marked
    ``@pytest.mark.readiness("the-id-of-this-gate")``. A test counts once, under the worst of its phases; a
    failed subtest fails its test. ``deselected`` and ``warnings`` are those of the whole run.

    Fails when a test failed or errored, or when the numbers are not as expected. No test selected, a
    narrowed run, a crashed worker or a collection error is an error.

    To fix: repair the tests listed, or correct ``select``.
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
        "warnings": Measure(int, "warnings during the run", better=Better.LOWER),
        "duration": Measure(float, "time of the selected tests, all phases together", unit="s", better=Better.LOWER),
        "pass_rate": Measure(float, "tests passed, of those selected", unit="%", better=Better.HIGHER),
    }
    expect = {"failed": 0, "errors": 0}
    counter = "selected"

    select: str | None = option(
        "Which tests: all, marker:NAME, node:GLOB or keyword:EXPR; default: those marked for this gate.",
        None,
        example="marker:golden_path",
    )

    def __post_init__(self) -> None:
        if self.select is not None:
            chooser(self.select)

    def touches(self) -> Iterable[Touch]:
        """Yield nothing: the tests have run by then."""
        return ()

    def measure(self, context: Context) -> Measurements:
        """Count the outcomes of the selected tests."""
        session = context.session
        if session is None:
            raise CannotMeasure("no tests ran: run pytest --readiness, or give a JUnit XML file of a run")
        session.speaks_for(context.scope)
        tests = self._chosen(session, context.gate)
        values = {name: value for name, value in _values(session, tests) if name not in session.unknown}
        unknown = dict.fromkeys(session.unknown & {*self.measures}, f"{session.origin} does not tell")
        evidence = list(_evidence(session, tests, self.select))
        return Measurements(values, looked_at=len(tests), evidence=evidence, unknown=unknown)

    def _chosen(self, session: Session, gate: str) -> Sequence[TestCase]:
        needs_markers = self.select is None or self.select.startswith("marker:")
        if needs_markers and "markers" in session.unknown:
            raise CannotMeasure(f"{session.origin} does not tell the markers of its tests: select by node: or keyword:")
        if self.select is not None:
            fits = chooser(self.select)
            return [test for test in session.tests if fits(test)]
        marked = [test for test in session.tests if gate in test.gates]
        if not marked:
            raise CannotMeasure(f'no test is marked @pytest.mark.readiness("{gate}"): mark some, or give select')
        return marked


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


def _evidence(session: Session, tests: Sequence[TestCase], select: str | None) -> Iterator[Evidence]:
    count = Counter(test.outcome.value for test in tests)
    chosen = f" ({select})" if select is not None else ""
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
        more = [f"and {len(names) - _LISTED} more"] if len(names) > _LISTED else []
        if names:
            yield Evidence(outcome.value, "\n".join([*names[:_LISTED], *more]))


# --- which tests --------------------------------------------------------------------------------


def chooser(select: str) -> Test:
    """Return the test for what *select* says. Raises ``OptionError`` if it cannot be read."""
    if select == "all":
        return lambda _: True
    kind, colon, what = select.partition(":")
    if not colon or kind not in _KINDS or not what.strip():
        raise OptionError(f"{select!r} is not one of all, marker:NAME, node:GLOB, keyword:EXPR", "select")
    if kind == "node":
        return _node(what.strip())
    if kind == "marker":
        return _Expression(what, lambda name: lambda test: name in test.markers).read()
    return _Expression(what, _keyword).read()


def _node(glob: str) -> Test:
    # [ belongs to the ids of parametrised tests here, not to the pattern.
    pattern = glob.replace("[", "[[]")
    return lambda test: any(
        fnmatchcase(test.nodeid, text)
        for text in (pattern, f"{pattern}[[]*", f"{pattern}::*", f"{pattern.rstrip('/')}/*")
    )


def _keyword(word: str) -> Test:
    lower = word.lower()
    return lambda test: any(lower in name.lower() for name in test.keywords)


class _Expression:
    """Reads ``and``, ``or``, ``not`` and parentheses over words, as pytest does for ``-k`` and ``-m``."""

    def __init__(self, text: str, meaning: Callable[[str], Test]) -> None:
        self._text = text
        self._meaning = meaning
        self._words = [mark or word for mark, word in _WORD.findall(text)]
        self._depth = 0

    def read(self) -> Test:
        """Return what the whole text means."""
        found = self._either()
        if self._words:
            self._refuse(f"{self._words[0]!r} is not expected there")
        return found

    def _either(self) -> Test:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda test: any(part(test) for part in parts)

    def _both(self) -> Test:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda test: all(part(test) for part in parts)

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._refuse("it is nested too deeply")
        found = self._term()
        self._depth -= 1
        return found

    def _term(self) -> Test:
        if self._take("not"):
            inner = self._one()
            return lambda test: not inner(test)
        if self._take("("):
            inner = self._either()
            if not self._take(")"):
                self._refuse("a parenthesis is not closed")
            return inner
        if not self._words or self._words[0] in {"and", "or", ")"}:
            self._refuse(f"a word is missing {f'before {self._words[0]!r}' if self._words else 'at the end'}")
        word = self._words.pop(0)
        if self._words[:1] == ["("]:
            self._refuse(f"arguments, as in {word}(...), cannot be selected by")
        return self._meaning(word)

    def _take(self, word: str) -> bool:
        found = self._words[:1] == [word]
        del self._words[:found]
        return found

    def _refuse(self, why: str) -> NoReturn:
        raise OptionError(f"{self._text!r} cannot be read: {why}", "select")
