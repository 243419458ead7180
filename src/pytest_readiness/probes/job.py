"""Jobs that take their time: started, watched until they end, or last seen to succeed."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.options import Duration, Query
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._http.auth import Auth, check_headers, keep_secrets
from pytest_readiness.probes._http.body import found, printable
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.url import Target, parse
from pytest_readiness.probes._job import Answer, between, named, said_by_command, said_by_url, search, since

#: Where the id of the job goes in `poll`.
ID = "{id}"

_PAUSE = 0.05
_STUBBORN = 3
_LONGEST_POLL = 10.0
_SHORT = 100


@dataclass(frozen=True, kw_only=True)
class Start:
    """What starts a job: a request, or a command."""

    url: str | None = option("A URL to send a request to.", None)
    run: tuple[str, ...] = option("A command, as a list.", ())
    method: str = option("The method of the request.", "POST")
    headers: Mapping[str, str] = option("Headers to send.", factory=dict)
    json: object = option("A body to send, as JSON.", None)

    def __post_init__(self) -> None:
        if (self.url is None) == (not self.run):
            raise OptionError("say either `url` or `run`")
        if self.run and (self.headers or self.json is not None):
            raise OptionError("`headers` and `json` go with `url`")
        if not (self.method.isascii() and self.method.isalpha()):
            raise OptionError(f"{self.method!r} is not a method, such as POST", "method")


@dataclass(frozen=True, kw_only=True)
class Job(Probe):
    """
    Does a job come to the end it should, and when did it last?

    The state is taken from what `poll` says (a URL as a text, a command as a list), again and again
    until it is one of `until` or of `failed`. `start` starts the job before, which changes
    something: it needs `side_effects: true` here, and a run that allows it. `id` takes the id of the
    job out of the answer to that, and `{id}` in `poll` stands for it. Say with the gate's own `timeout` how long
    the job may take.

    Fails when the job ends in another state than one of `until`, or when what is measured is not as expected. A job
    that has not ended at the deadline, three polls in a row without an answer, and an answer without a state are
    errors; so is `order` where only the end was seen. States that came and went between two polls are not seen.

    To fix: look into the log of the job, under the id that the evidence shows.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "state": Measure(str, "the state at the end"),
        "states": Measure(object, "the states that were seen, one after another"),
        "in_order": Measure(bool, "whether the states that were seen came in this order, up to its end"),
        "duration": Measure(
            float, "from `began` to `ended`, or from the start to the poll that saw the end", "s", Better.LOWER
        ),
        "age": Measure(float, "time since `last_success`", "s", Better.LOWER),
        "polls": Measure(int, "answers that were looked at"),
    }
    counter: ClassVar[str | None] = "polls"

    poll: str | tuple[str, ...] = option(
        "Where to ask for the state: a URL, or a command as a list.", example="https://example.org/jobs/7"
    )
    state: Query | None = option(
        "JMESPath of the state in the JSON; the whole text where nothing is said.", None, example="status"
    )
    until: tuple[str, ...] = option("The states that a job ends in if all is well.", (), example=["COMPLETED"])
    failed: tuple[str, ...] = option("The states that it ends in otherwise.", (), example=["FAILED"])
    order: tuple[str, ...] = option(
        "The states in the order in which they come, the last one of `until`; those that no poll saw may be missing.",
        (),
        example=["PENDING", "RUNNING", "COMPLETED"],
    )
    every: Duration = option("The time from one poll to the next.", 1.0)
    start: Start | None = option("What starts the job.", None)
    id: Query | None = option("JMESPath of the job's id in the JSON that the start answers.", None, example="job_id")
    side_effects: bool = option("Really start it; the run has to allow it.", default=False)
    began: Query | None = option("JMESPath of the time at which it began.", None, example="started_at")
    ended: Query | None = option("JMESPath of the time at which it ended.", None, example="finished_at")
    last_success: Query | None = option("JMESPath of the time of the last success, of a schedule, say.", None)
    utc: bool = option("Whether times that name no zone are UTC.", default=False)
    extract: Mapping[str, Query] = option(
        "Names of your own for what JMESPath finds in the last answer.",
        factory=dict,
        example={"models": "models_succeeded"},
    )
    headers: Mapping[str, str] = option("Headers to send with each poll.", factory=dict)
    auth: Auth | None = option("Credentials for the start and for each poll.", None)
    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)

    def __post_init__(self) -> None:
        self._check_start()
        self._check_places()
        if not self.until and (self.failed or self.start is not None):
            raise OptionError("say which states a job ends in if all is well", "until")
        if not self.until and self.last_success is None:
            raise OptionError("say `until`, or `last_success`")
        if both := sorted({*self.until} & {*self.failed}):
            raise OptionError(f"{both[0]} is under `until`, too", "failed")
        self._check_order()
        if (self.began is None) != (self.ended is None):
            raise OptionError("say both `began` and `ended`")
        if taken := sorted({*self.extract} & {*self.measures}):
            raise OptionError(f"{taken[0]!r} is a measurement of job already; choose another name", "extract")
        if self.every < _PAUSE:
            raise OptionError("is 50 ms at least", "every")

    def _check_order(self) -> None:
        if not self.order:
            return
        if len(self.order) != len({*self.order}) or len(self.order) == 1:
            raise OptionError("names two different states at least, each once", "order")
        if self.order[-1] not in self.until:
            raise OptionError(f"ends in {self.order[-1]}, which is not under `until`", "order")

    def _check_start(self) -> None:
        if self.start is None and (self.id is not None or self.side_effects):
            raise OptionError("means nothing without `start`", "id" if self.id is not None else "side_effects")
        if self.start is not None and not self.side_effects:
            raise OptionError("starting a job changes something: say `side_effects: true` beside it", "start")
        placed = any(ID in word for word in ((self.poll,) if isinstance(self.poll, str) else self.poll))
        if placed != (self.id is not None):
            raise OptionError(f"`id` and {ID} in `poll` go together", "poll")

    def _check_places(self) -> None:
        targets: list[Target] = []
        for name, text in (("poll", self.poll), ("start", self.start.url if self.start else None)):
            if isinstance(text, str):
                try:
                    targets.append(parse(text.replace(ID, "0")))
                except ValueError as error:
                    raise OptionError(str(error), name) from None
            elif text is not None and not (text and text[0].strip()):
                raise OptionError("names no program", name)
        if self.auth is not None and len({target.origin for target in targets}) > 1:
            raise OptionError("the start and the polls go to different hosts; give each its own header", "auth")
        if self.auth is not None and any(target.login for target in targets):
            raise OptionError("a URL has a login of its own; say it there or under `auth`, once", "auth")
        check_headers(self.headers, self.auth)
        check_headers(self.start.headers if self.start else {}, self.auth)

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements, those of ``extract`` included."""
        return {
            **self.measures,
            **{name: Measure(object, f"what {it.text} finds") for name, it in self.extract.items()},
        }

    def expected(self) -> Mapping[str, Value]:
        """Return the default expectation: that the job ends in one of ``until``."""
        if not self.until:
            return {}
        quoted = [json.dumps(state, ensure_ascii=False) for state in self.until]
        ordered: dict[str, Value] = {"in_order": True} if self.order else {}
        return {"state": f"= {quoted[0]}" if len(quoted) == 1 else f"in {', '.join(quoted)}", **ordered}

    def touches(self) -> Iterator[Touch]:
        """Yield the hosts and commands."""
        for what in (self.start and (self.start.url or self.start.run), self.poll):
            if isinstance(what, str):
                origin = parse(what.replace(ID, "0")).origin
                yield Touch("host", f"{origin.host}:{origin.port}")
            elif what:
                yield Touch("command", shlex.join(what))

    def measure(self, context: Context) -> Measurements:
        """Start the job, if told to, and watch it to its end. Raises ``CannotMeasure`` where that cannot be seen."""
        self._keep_secrets(context)
        watch = _Watch(self, context)
        if self.start is not None:
            watch.begin(self.start)
        last = watch.until_it_ends()
        values: dict[str, Value] = {"polls": watch.polls}
        unknown: dict[str, str] = {}
        if self.until:
            values.update(state=watch.states[-1], states=tuple(watch.states))
        self._put_in_order(watch.states, values, unknown)
        self._times(last, watch, values, unknown)
        for name, query in self.extract.items():
            try:
                values[name] = found(search(query, last.data()))
            except (ValueError, CannotMeasure) as error:
                unknown[name] = str(error)
        return Measurements(values, watch.polls, [Evidence("course", "\n".join(watch.course))], unknown)

    def _keep_secrets(self, context: Context) -> None:
        for url, headers in (
            (self.poll, self.headers),
            (self.start and self.start.url, self.start.headers if self.start else {}),
        ):
            if isinstance(url, str):
                keep_secrets(context, [parse(url.replace(ID, "0"))], self.auth, headers)

    def _put_in_order(self, states: Sequence[str], values: dict[str, Value], unknown: dict[str, str]) -> None:
        if not self.order:
            unknown["in_order"] = "give `order`"
        elif len(states) == 1 and states[0] == self.order[-1]:
            unknown["in_order"] = f"no poll saw anything before {states[0]}: poll more often, with `every`"
        else:
            places = [self.order.index(state) if state in self.order else -1 for state in states]
            values["in_order"] = -1 not in places and places == sorted({*places}) and states[-1] == self.order[-1]

    def _times(self, last: Answer, watch: _Watch, values: dict[str, Value], unknown: dict[str, str]) -> None:
        try:
            if self.began is not None and self.ended is not None:
                values["duration"] = between(self.began, self.ended, last, utc=self.utc)
            elif self.start is not None:
                values["duration"] = watch.took
            else:
                unknown["duration"] = "the job was not started here; give `began` and `ended`"
        except CannotMeasure as error:
            unknown["duration"] = str(error)
        if self.last_success is None:
            unknown["age"] = "give `last_success`"
            return
        try:
            values["age"] = since(self.last_success, last, utc=self.utc)
        except CannotMeasure as error:
            unknown["age"] = str(error)


@dataclass(slots=True)
class _Watch:
    """One job being watched; ``course`` tells of it line by line, ``took`` is in seconds since it was started."""

    job: Job
    context: Context
    id: str = ""
    polls: int = 0
    states: list[str] = field(default_factory=list)
    course: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    took: float = 0.0

    def begin(self, start: Start) -> None:
        """Start the job, and learn its id."""
        if not self.context.side_effects_allowed:
            raise CannotMeasure(
                "starting a job changes something, and the run does not allow it (--readiness-allow-side-effects)"
            )
        body = None if start.json is None else json.dumps(start.json).encode()
        headers = {"Content-Type": "application/json", **start.headers} if body else start.headers
        self.started = time.monotonic()
        answer = self._ask(start.url or start.run, start.method.upper(), headers, body)
        if self.job.id is not None:
            self.id = named(search(self.job.id, answer.data()), self.job.id)
        self._tell(f"started{self.id and ' as '}{self.id}")

    def until_it_ends(self) -> Answer:
        """Poll until a state is one of the last, and return the answer that said so."""
        troubles = 0
        while True:
            try:
                answer = self._poll()
                troubles = 0
                if not self.job.until or self.states[-1] in {*self.job.until, *self.job.failed}:
                    return answer
            except CannotMeasure as error:
                troubles += 1
                self._tell(f"no answer: {error}")
                if troubles == _STUBBORN or not self.job.until or self._late():
                    raise
            if self._late():
                seen = " -> ".join(self.states) or "no state"
                raise CannotMeasure(f"the job had not ended at the deadline, after {self.polls} polls: {seen}")
            time.sleep(min(self.job.every, self.context.deadline.remaining()))

    def _late(self) -> bool:
        return self.context.deadline.remaining() <= self.job.every

    def _poll(self) -> Answer:
        poll = self.job.poll
        place = (
            poll.replace(ID, self.id) if isinstance(poll, str) else tuple(word.replace(ID, self.id) for word in poll)
        )
        answer = self._ask(place, "GET", self.job.headers, None)
        if self.job.until:
            state = answer.text.strip() if self.job.state is None else search(self.job.state, answer.data())
            if not isinstance(state, str) or not state or len(state) > _SHORT or "\n" in state:
                what = self.job.state.text if self.job.state else "the text"
                raise CannotMeasure(f"{what} is not a state, but {state!r:.60}")
            if not self.states or self.states[-1] != state:
                self.states.append(state)
                self._tell(state)
        self.polls += 1
        self.took = time.monotonic() - self.started
        return answer

    def _ask(self, place: str | tuple[str, ...], method: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if not isinstance(place, str):
            return said_by_command(self.context, place)
        request = Request(method, headers, body, self.job.auth.header() if self.job.auth else None)
        longest = self.context.deadline if method != "GET" else self.context.deadline.sooner(_LONGEST_POLL)
        return said_by_url(self.context, place, request, ca=self.job.ca, deadline=longest)

    def _tell(self, what: str) -> None:
        self.course.append(f"{time.monotonic() - self.started:8.2f} s  {printable(what)}")
