"""What is asked of the body of an answer: named values, fragments of JSON, texts, a JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Protocol

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Value
from pytest_readiness.options import Query
from pytest_readiness.probes._http.body import found, parsed, printable, unpacked
from pytest_readiness.probes._http.client import Exchange
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.foreach import filled
from pytest_readiness.probes._http.lenient import read
from pytest_readiness.probes._http.request import Ask
from pytest_readiness.probes._http.subset import mismatches

#: The most differences that are looked for in one body.
MOST = 1000


@dataclass(slots=True)
class Seen:
    """
    What checks found in one answer.

    ``values`` are measurements, ``counts`` those that are added up over all answers, ``lacking`` says why
    others could not be had; ``troubles`` go into the line about the answer, ``told`` are lines of their own.
    """

    values: dict[str, Value] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


class Answered:
    """A request and its answer, whose body is unpacked and read once."""

    def __init__(self, ask: Ask, exchange: Exchange) -> None:
        self.ask = ask
        self.exchange = exchange

    @cached_property
    def _json(self) -> tuple[object, NoAnswer | None]:
        try:
            return parsed(self.exchange.answer.body, self.exchange.answer.headers), None
        except NoAnswer as error:
            return None, error

    @property
    def json(self) -> object:
        """The body as JSON. Raises ``NoAnswer`` where it is none."""
        data, error = self._json
        if error is not None:
            raise error
        return data

    @property
    def text(self) -> str:
        """The body as a text. Raises ``NoAnswer`` where it cannot be unpacked."""
        headers = self.exchange.answer.headers
        _, _, charset = headers.get("content-type", "").lower().partition("charset=")
        data = unpacked(self.exchange.answer.body, headers)
        try:
            return data.decode(charset.partition(";")[0].strip("\"' ") or "utf-8", "replace")
        except LookupError:
            return data.decode("utf-8", "replace")


class Check(Protocol):
    """Looks at an answer; ``names`` are the measurements it makes, ``open`` whether their values may be anything."""

    @property
    def names(self) -> Collection[str]: ...

    @property
    def open(self) -> bool: ...

    def look(self, answered: Answered, seen: Seen) -> None:
        """Add to *seen* what there is to say."""


class Extract:
    """Puts JMESPath queries to the body."""

    open = True

    def __init__(self, queries: Mapping[str, Query]) -> None:
        self.names = tuple(queries)
        self._queries = queries

    def look(self, answered: Answered, seen: Seen) -> None:
        """Ask the queries; what one does not find is lacking."""
        try:
            data = answered.json
        except NoAnswer as error:
            seen.lacking.update(dict.fromkeys(self.names, str(error)))
            seen.troubles.append(str(error))
            return
        for name, query in self._queries.items():
            try:
                seen.values[name] = found(query.search(data))
            except (ValueError, RecursionError) as error:
                seen.lacking[name] = str(error)
                seen.troubles.append(f"{name}: {error}")


class _Counting:
    """Counts what is wrong with the body."""

    open = False

    def __init__(self, name: str, differences: Callable[[Answered], Iterable[str]]) -> None:
        self.names = (name,)
        self._name = name
        self._differences = differences

    def look(self, answered: Answered, seen: Seen) -> None:
        try:
            wrong = list(islice(self._differences(answered), MOST))
        except (NoAnswer, RecursionError) as error:
            seen.lacking[self._name] = str(error)
            seen.troubles.append(str(error))
            return
        seen.counts[self._name] = len(wrong)
        seen.told += map(printable, wrong)
        if wrong:
            seen.troubles.append(f"{self._name}: {len(wrong)}")


def fragment(contains: object) -> object:
    """Return what ``contains`` means: itself, or what its text shows. Raises ``OptionError``."""
    if isinstance(contains, str):
        try:
            contains = read(contains)
        except ValueError as error:
            message = f"not JSON, even read leniently: {error}; for a text in the body say `text`"
            raise OptionError(message, "contains") from None
    if not isinstance(contains, dict | list | tuple):
        raise OptionError("write an object or a list, or JSON as a text", "contains")
    if not contains:
        raise OptionError("is empty, which says nothing", "contains")
    return contains


def check_said(text: Iterable[str], schema: object = None) -> None:
    """Raise ``OptionError`` for texts or a schema that every body would have or fit."""
    if not all(text):
        raise OptionError("an empty text is in every body", "text")
    if schema in ({}, ""):
        raise OptionError("is empty, which says nothing", "schema")


def contained(wanted: object) -> Check:
    """Return the check that counts the ``mismatches`` with *wanted*."""
    return _Counting("mismatches", lambda answered: mismatches(answered.json, filled(wanted, answered.ask.values)))


def texts(wanted: Iterable[str]) -> Check:
    """Return the check that counts the ``missing_texts``."""

    def missing(answered: Answered) -> Iterator[str]:
        body = answered.text
        every = (filled(text, answered.ask.values, whole=False) for text in wanted)
        yield from (f"{text!r} is not in the body" for text in every if str(text) not in body)

    return _Counting("missing_texts", missing)


def fitting(errors: Callable[[object], Iterable[str]]) -> Check:
    """Return the check that counts the ``schema_errors`` that *errors* finds."""
    return _Counting("schema_errors", lambda answered: errors(answered.json))


def differences(answered: Answered, checks: Iterable[Check]) -> list[str]:
    """Return all that *checks* find wrong. Raises ``CannotMeasure`` where one of them cannot tell."""
    seen = Seen()
    for check in checks:
        check.look(answered, seen)
    if seen.lacking:
        raise CannotMeasure(next(iter(seen.lacking.values())))
    return seen.told
