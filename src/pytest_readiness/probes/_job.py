"""What jobs say of themselves: answers of URLs and commands, and the states, ids and times in them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.options import Query
from pytest_readiness.probe import Context
from pytest_readiness.probes._http.ask import ask, good
from pytest_readiness.probes._http.body import line, unpacked
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.url import parse

_SKEW = 60.0
_SHORT = 100
_MILLISECONDS = 1e11


@dataclass(frozen=True, slots=True)
class Answer:
    """What a place said; ``data`` is its JSON, read when it is needed."""

    text: str
    place: str

    def data(self) -> object:
        """Return the answer as JSON."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            shown = line(self.text.encode(), _SHORT)
            raise CannotMeasure(f"{self.place} says {shown!r}, which is not JSON") from None


def said_by_url(context: Context, url: str, request: Request, *, ca: str | None, deadline: Deadline) -> Answer:
    """Return what *url* answers; raises ``CannotMeasure`` where that is nothing good."""
    try:
        target = parse(url)
    except ValueError as error:
        raise CannotMeasure(str(error)) from None
    answer = good(ask(context, target, request, ca=ca, deadline=deadline)).answer
    return Answer(unpacked(answer.body, answer.headers).decode("utf-8", "replace"), str(target))


def said_by_command(context: Context, args: tuple[str, ...]) -> Answer:
    """Return what a command prints; raises ``CannotMeasure`` where it does not end well."""
    done = context.run(args)
    if done.returncode or done.truncated:
        said = line(done.stderr.encode()) or line(done.stdout.encode())
        raise CannotMeasure(f"{args[0]} ended with {done.returncode}{said and ': '}{said}")
    return Answer(done.stdout, args[0])


def between(began: Query, ended: Query, answer: Answer, *, utc: bool) -> float:
    """Return the seconds from one time to the other."""
    took = moment(ended, answer, utc=utc) - moment(began, answer, utc=utc)
    if took < 0:
        raise CannotMeasure("it ended before it began, say its times")
    return took


def since(query: Query, answer: Answer, *, utc: bool) -> float:
    """Return the seconds since the time that *query* finds."""
    age = time.time() - moment(query, answer, utc=utc)
    if age < -_SKEW:
        raise CannotMeasure(f"{query.text} is in the future")
    return max(0.0, age)


def search(query: Query, data: object) -> object:
    """Return what *query* finds; raises ``CannotMeasure`` where it does not fit the data."""
    from jmespath.exceptions import JMESPathError

    try:
        return query.search(data)
    except (JMESPathError, RecursionError) as error:
        raise CannotMeasure(f"{query.text}: {error}") from None


def named(value: object, query: Query) -> str:
    """Return the id of a job, which may be a number; it must be fit to stand in a URL."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text or len(text) > _SHORT or not all(letter.isalnum() or letter in "-_.:" for letter in text):
        raise CannotMeasure(f"{query.text} finds no id in what the start answered, but {value!r:.60}")
    return text


def moment(query: Query, answer: Answer, *, utc: bool) -> float:
    """Return the time that *query* finds, in seconds since 1970: an ISO 8601 text, or a number of (milli)seconds."""
    value = search(query, answer.data())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1000 if value > _MILLISECONDS else float(value)
    if not isinstance(value, str):
        raise CannotMeasure(f"{query.text} finds no time, but {value!r:.60}")
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        raise CannotMeasure(f"{query.text} is no time as of ISO 8601: {value[:60]!r}") from None
    if moment.tzinfo is None:
        if not utc:
            raise CannotMeasure(f"{query.text} names no time zone: {value!r}; say `utc: true` if it is UTC")
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()
