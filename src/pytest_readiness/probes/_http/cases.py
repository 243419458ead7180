"""``cases``: requests that must be let through, and requests that must not, in one gate."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_readiness.condition import Condition, parse
from pytest_readiness.errors import CannotMeasure, ConditionError, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Measure, Measurements, option
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes._http.body import line, printable, unpacked
from pytest_readiness.probes._http.client import Exchange
from pytest_readiness.probes._http.content import Answered, Check, check_said, contained, differences, fragment, texts
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.request import Ask, made, over, target_of
from pytest_readiness.probes._http.rounds import Round
from pytest_readiness.redact import looks_secret

MEASURES: Mapping[str, Measure] = {
    "cases": Measure(int, "cases tried", better=Better.HIGHER),
    "failed": Measure(int, "cases that were not answered as they should be", better=Better.LOWER),
}

_FEW = 5
_SHORT = 100
_HEADER = re.compile(r"[A-Za-z0-9-]+")
_MOST_BURST = 1000
_BAD = 400


@dataclass(frozen=True, kw_only=True)
class Case:
    """One request, and what has to come of it."""

    name: str = option("What the case is about.", example="without a key")
    url: str | None = option("The URL to ask; that of the gate if left out.", None)
    path: str | None = option("What to add to the URL of the gate.", None, example="/api/v1/orders")
    method: str | None = option("GET where nothing is said, POST where there is a body.", None)
    headers: Mapping[str, str] = option("Headers to send, besides those of the gate.", factory=dict)
    body: str | None = option("A body to send, as UTF-8.", None)
    json: object = option("A body to send, as JSON.", None)
    auth: Auth | None = option("Credentials to send.", None)
    status: int | str | tuple[int, ...] = option("The status, a list to choose from, or a condition.", 200, example=401)
    answer_headers: Mapping[str, str] = option(
        "Headers of the answer and a condition for each.", factory=dict, example={"Location": "~ ^https://"}
    )
    contains: object = option("What the JSON body has to hold, as for the gate.", None)
    text: tuple[str, ...] = option("Texts that the body has to hold.", ())
    burst: int = option("Send it so often at once; one of the answers has to be as it should.", 1)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise OptionError("is empty", "name")
        if self.url is not None and self.path is not None:
            raise OptionError("say either `url` or `path`")
        if not 1 <= self.burst <= _MOST_BURST:
            raise OptionError(f"{self.burst} is not between 1 and {_MOST_BURST}", "burst")
        self.condition()
        self.header_conditions()
        if self.contains is not None:
            fragment(self.contains)
        check_said(self.text)
        made(self.method, self.headers, self.body, self.json, self.auth)

    def condition(self) -> Condition:
        """Return what is expected of the status."""
        if isinstance(self.status, tuple) and not self.status:
            raise OptionError("the list is empty", "status")
        text = f"in {', '.join(map(str, self.status))}" if isinstance(self.status, tuple) else self.status
        try:
            return parse(text, int)
        except ConditionError as error:
            raise OptionError(str(error), "status") from None

    def header_conditions(self) -> dict[str, Condition]:
        """Return what is expected of headers of the answer, by their names in small letters."""
        found: dict[str, Condition] = {}
        for name, text in self.answer_headers.items():
            if not _HEADER.fullmatch(name):
                raise OptionError(f"{name!r} is not the name of a header", "answer_headers")
            try:
                found[name.lower()] = parse(text, str)
            except ConditionError as error:
                raise OptionError(f"{name}: {error}", "answer_headers") from None
        return found

    def ask(self, base: str | None, headers: Mapping[str, str], *, in_process: bool) -> Ask:
        """Return the request; *base* and *headers* are those of the gate."""
        if self.url is None and base is None and not (in_process and self.path):
            raise OptionError(f"case {self.name!r} has no URL: say `url`, or `path` and the gate's `url`", "cases")
        url = self.url or (base or "").removesuffix("/" if self.path else "") + (self.path or "")
        if self.path is not None and not self.path.startswith("/"):
            raise OptionError(
                f"the path of case {self.name!r} lacks the slash at its beginning: write /{self.path}", "cases"
            )
        target = target_of(url, in_process=in_process, option="cases")
        request = made(self.method, over(headers, self.headers), self.body, self.json, self.auth)
        return Ask(self.name, target, request)

    def checks(self) -> list[Check]:
        """Return what looks at the body."""
        found = [] if self.contains is None else [contained(fragment(self.contains))]
        return [*found, *([texts(self.text)] if self.text else [])]


class Book:
    """Notes what comes of cases, asked one after another."""

    def __init__(self, cases: Sequence[Case], asks: Sequence[Ask]) -> None:
        self._cases = dict(zip((ask.label for ask in asks), cases, strict=True))
        self._asks = asks
        self._answers: defaultdict[str, list[Exchange]] = defaultdict(list)
        self._unanswered: defaultdict[str, list[str]] = defaultdict(list)

    def rounds(self) -> list[Round]:
        """Return one round for each case."""
        return [Round([ask] * self._cases[ask.label].burst, self._cases[ask.label].burst) for ask in self._asks]

    def hear(self, ask: Ask, answer: Exchange | NoAnswer, _number: int) -> None:
        """Note one answer."""
        if isinstance(answer, Exchange):
            self._answers[ask.label].append(answer)
        else:
            self._unanswered[ask.label].append(printable(str(answer)))

    def measurements(self) -> Measurements:
        """Return what came of all cases, with a line for each. Raises ``CannotMeasure`` where none was answered."""
        verdicts = [self._verdict(ask) for ask in self._asks]
        values: dict[str, Value] = {"cases": len(verdicts)}
        unknown = {}
        if open_ := [text for held, text in verdicts if held is None]:
            unknown["failed"] = "; ".join(open_[:_FEW]) + (f"; and {len(open_) - _FEW} more" * (len(open_) > _FEW))
        else:
            values["failed"] = sum(held is False for held, _ in verdicts)
        words = {True: "ok", False: "FAILED", None: "unknown"}
        lines = "\n".join(f"{words[held]}: {text}" for held, text in verdicts)
        clear = sum(held is not None for held, _ in verdicts)
        if not clear:
            raise CannotMeasure(unknown["failed"])
        return Measurements(values, looked_at=clear, evidence=[Evidence("cases", lines)], unknown=unknown)

    def _verdict(self, ask: Ask) -> tuple[bool | None, str]:
        """Return whether a case is as it should be, None where that is unknown, and the line about it."""
        case = self._cases[ask.label]
        about = f"{ask.label}: {ask.request.method} {ask.target.shown}"
        tried = [self._wrong(ask, case, exchange) for exchange in self._answers[ask.label]]
        if case.burst > 1:
            about = f"{about}, {case.burst} times at once: {self._counted(ask.label)}"
        for wrong in tried:
            if not wrong:
                return True, about if case.burst > 1 else f"{about}: {_said(self._answers[ask.label][0])}"
        if self._unanswered[ask.label]:
            return None, f"{about}: {self._unanswered[ask.label][0]}"
        if unclear := [wrong for wrong in tried if isinstance(wrong, str)]:
            return None, f"{about}: {unclear[0]}"
        said = "" if case.burst > 1 else f"{_said(self._answers[ask.label][0], quote=True)}; "
        return False, f"{about}: {said}{'; '.join(_few(list(tried[0])))}"

    def _wrong(self, ask: Ask, case: Case, exchange: Exchange) -> list[str] | str:
        """Return what is wrong with one answer; a text where that cannot be told."""
        condition = case.condition()
        if not condition.holds(exchange.answer.status):
            return [f"expected status {condition.text}"]
        wrong = list(_wrong_headers(case.header_conditions(), exchange.answer.headers))
        try:
            return [*wrong, *differences(Answered(ask, exchange), case.checks())]
        except CannotMeasure as error:
            return str(error)

    def _counted(self, label: str) -> str:
        counts = Counter(exchange.answer.status for exchange in self._answers[label])
        told = [f"{status} x {times}" for status, times in sorted(counts.items())]
        missing = len(self._unanswered[label])
        return ", ".join([*told, *([f"no answer x {missing}"] if missing else [])])


def asks_of(cases: Iterable[Case], base: str | None, headers: Mapping[str, str], *, in_process: bool) -> Iterator[Ask]:
    """Yield the request of each case. Raises ``OptionError`` where two have one name."""
    names: set[str] = set()
    for case in cases:
        if case.name in names:
            raise OptionError(f"two cases are called {case.name!r}", "cases")
        names.add(case.name)
        yield case.ask(base, headers, in_process=in_process)


def _wrong_headers(wanted: Mapping[str, Condition], given: Mapping[str, str]) -> Iterator[str]:
    for name, condition in wanted.items():
        if name not in given:
            yield f"has no header {name}"
        elif not condition.holds(given[name]):
            shown = "" if looks_secret(name) or name == "set-cookie" else f", but {printable(given[name])[:_SHORT]}"
            yield f"header {name} is not {condition.text}{shown}"


def _few(lines: Sequence[str]) -> list[str]:
    return [*lines[:_FEW], *([f"and {len(lines) - _FEW} more"] if len(lines) > _FEW else [])]


def _said(exchange: Exchange, *, quote: bool = False) -> str:
    answer = exchange.answer
    said = f"{answer.status} {printable(answer.phrase)}".rstrip() + f" in {exchange.latency * 1000:.1f} ms"
    if not quote or answer.status < _BAD or not answer.body:
        return said
    try:
        return f"{said} ({line(unpacked(answer.body, answer.headers))})"
    except NoAnswer:
        return said
