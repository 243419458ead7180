"""What log files say: lines, levels, records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, ClassVar, NamedTuple

from pytest_readiness import patterns
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.options import Duration
from pytest_readiness.probe import Context, Family, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs, _logs
from pytest_readiness.probes._inputs import Asked, Input
from pytest_readiness.probes._logs import ERRORS, LEVELS, Line, Zone

_FAMILY = "level:"
_KEPT = 1000


@dataclass(frozen=True, kw_only=True)
class Logs(Probe):
    """
    What do log files say, all of them or since some time ago?

    ``matches`` are the lines in which ``regex`` is found, that have one of the levels of ``level``, and whose
    fields are as ``where`` says, whichever of the three are given. With ``json``, every line has to be a JSON
    object that has all ``fields``. With ``since``, only lines at least that young count; a line without a
    time belongs to the one before it, as the lines of a traceback do. The lines are taken to be in the
    order of their times, give or take a megabyte. Times are ISO 8601 or seconds since
    1970, at the beginning of a line or in a field of the record. Blank lines do not count, and files that
    end in .gz are unpacked.

    Fails when the lines, matches, errors or levels are not as expected, or when a line is no proper
    record. Nothing to read, lines whose time cannot be told, and levels where no line has one are errors.
    A gate that wants no match says ``matches: 0``.

    To fix: look at the lines that the evidence names.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "lines": Measure(int, "lines looked at, those without a time not counted where since asks for it"),
        "matches": Measure(int, "lines that are as regex, level and where say"),
        "errors": Measure(int, "lines of level ERROR or CRITICAL", better=Better.LOWER),
        "malformed": Measure(int, "lines that are no JSON object, or lack a field", better=Better.LOWER),
        "undated": Measure(int, "lines whose time cannot be told", better=Better.LOWER),
        "age": Measure(float, "time since the newest of the files was written to", unit="s", better=Better.LOWER),
        "level:WARNING": Measure(int, "lines of that level; the same for each of the others"),
    }
    expect: ClassVar[Mapping[str, Value]] = {"lines": ">= 1"}
    counter: ClassVar[str | None] = "lines"

    path: str | None = option("One file, relative to the spec's folder.", None, example="logs/app.log")
    paths: tuple[str, ...] = option("Several files, all of which must be there.", ())
    glob: str | None = option("A pattern with *, ?, [a-z], {a,b} and **.", None, example="logs/*.log*")
    regex: re.Pattern[str] | None = option("What to look for in each line.", None, example="(?i)clm")
    level: tuple[str, ...] = option("Which levels to look for: ERROR, CRITICAL and the like.", (), example="CRITICAL")
    where: Mapping[str, object] = option(
        "What the fields of a record must be, with json; dots lead into parts.",
        factory=dict,
        example={"event": "auth.login"},
    )
    since: Duration | None = option("Only lines at least this young.", None, example="24 h")
    zone: str | None = option("The zone of times that do not say one: local, UTC or a name.", None, example="UTC")
    json: bool = option("Whether every line has to be a JSON object.", default=False)
    fields: tuple[str, ...] = option("Fields that every record must have, with json.", (), example=["timestamp"])
    time: str | None = option("The field with the time, with json; the usual ones if left out.", None)

    def __post_init__(self) -> None:
        self._asked().check()
        unknown = [name for name in self.level if _logs.canonical(name) is None]
        if unknown:
            raise OptionError(f"{unknown[0]} is not a level; there is {', '.join(LEVELS)}", "level")
        if self.regex is not None and self.regex.search("") is not None:
            raise OptionError("matches the empty text, so it would match everywhere", "regex")
        if not self.json:
            for name in ("where", "fields", "time"):
                if getattr(self, name):
                    raise OptionError("is about records: say json: true", name)
        if self.zone is not None:
            _zone(self.zone)

    def _asked(self) -> Asked:
        return Asked(self.path, self.paths, self.glob)

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: what is looked for is found, every record is one, every time known."""
        wanted: dict[str, Value] = {"matches": ">= 1"} if self._seeks() else {}
        proper: dict[str, Value] = {"malformed": 0} if self.json else {}
        dated: dict[str, Value] = {"undated": 0} if self.since is not None else {}
        return {**self.expect, **wanted, **proper, **dated}

    def _seeks(self) -> bool:
        return self.regex is not None or bool(self.level) or bool(self.where)

    @classmethod
    def families(cls) -> Iterable[Family]:
        """Yield the counts of single levels."""
        meaning = f"lines of that level: {', '.join(LEVELS)}"
        yield Family({"level:NAME": Measure(int, meaning, better=Better.LOWER)})

    def declare(self, name: str) -> Measure | None:
        """Return the declaration of *name*; ``level:NAME`` counts the lines of a level."""
        level = name.removeprefix(_FAMILY)
        if level != name:
            return Measure(int, f"lines of level {level}", better=Better.LOWER) if level in LEVELS else None
        return self.declared().get(name)

    def touches(self) -> Iterable[Touch]:
        """Yield the files."""
        return self._asked().touches()

    def measure(self, context: Context) -> Measurements:
        """Go through the files once."""
        files = self._asked().all(context)
        tally = _Tally()
        for found in files:
            self._read(found, tally, context)
        if self.since is not None and tally.undated and not tally.dated:
            raise CannotMeasure("no line has a time that can be read, so since cannot be judged")
        values: dict[str, Value] = {"lines": tally.lines}
        unknown = tally.levels_unknown()
        if not unknown:
            values["errors"] = sum(tally.levels[level] for level in ERRORS)
            values |= {f"{_FAMILY}{level}": tally.levels[level] for level in LEVELS}
        if self._seeks() and not (self.level and unknown):
            values["matches"] = tally.matches
        elif self.level:
            unknown["matches"] = unknown["errors"]
        values |= {"malformed": tally.malformed} if self.json else {}
        values |= {"undated": tally.undated} if self.since is not None else {}
        try:
            values |= {"age": _inputs.age(context, max(found.changed for found in files))} if files else {}
        except ValueError as error:
            unknown["age"] = str(error)
        if not tally.lines:
            places = ", ".join(self._asked().texts())
            older = "no line that is young enough is in" if self.since is not None else "no line is in"
            unknown["lines"] = f"{older} {places}" if files else f"no file is at {places}"
        evidence = tally.evidence() if files else self._asked().nothing()
        return Measurements(values, looked_at=tally.lines, evidence=evidence, unknown=unknown)

    def _read(self, found: Input, tally: _Tally, context: Context) -> None:
        """Add to *tally* what is in one file."""
        zone = _zone(self.zone) if self.zone is not None else None
        cut = None if self.since is None else context.now.timestamp() - self.since

        def is_old(text: str) -> bool | None:
            said = _logs.record(text) if self.json else None
            moment = self._moment(text, said, zone)
            return None if moment is None or cut is None else moment < cut

        start = 0 if cut is None else _logs.beginning(found, is_old, context.deadline)
        name = f"{found.name}, from byte {start}" if start else found.name
        young: bool | None = False if start else None
        for batch in _logs.batches(found, start, context.deadline):
            rows: list[_Row] = []
            for line in batch:
                said = _logs.record(line.text) if self.json else None
                if cut is not None:
                    moment = self._moment(line.text, said, zone)
                    tally.dated += moment is not None
                    young = _is_young(moment, cut, before=young, alone=said is not None)
                    if young is None:
                        tally.undated += 1
                        tally.note("time unknown", name, line)
                    if not young:
                        continue
                rows.append(_Row(line, said))
            self._count(name, rows, tally, context)

    def _moment(self, text: str, said: Mapping[str, Any] | None, zone: Zone) -> float | None:
        if not self.json:
            return _logs.moment_of(text, zone)
        return None if said is None else _logs.record_moment(said, self.time, zone)

    def _count(self, name: str, rows: Sequence[_Row], tally: _Tally, context: Context) -> None:
        """Add to *tally* the levels and matches of *rows*, which all count."""
        wanted = {_logs.canonical(level) for level in self.level}
        seeks = self._seeks()
        tally.lines += len(rows)
        for (line, said), hit in zip(rows, self._hits(rows, context), strict=True):
            level = _logs.level_of(line.text) if said is None else _logs.record_level(said)
            if level is not None:
                tally.level(level)
                if level in ERRORS:
                    tally.note("errors", name, line)
            if self.json and not self._is_proper(said):
                tally.malformed += 1
                tally.note("no proper record", name, line)
            if seeks and hit and (not wanted or level in wanted) and self._fits(said):
                tally.matches += 1
                tally.note("matches", name, line)

    def _is_proper(self, said: Mapping[str, Any] | None) -> bool:
        return said is not None and all(_logs.field(said, key) not in (None, "") for key in self.fields)

    def _hits(self, rows: Sequence[_Row], context: Context) -> Iterator[bool]:
        """Yield for each row whether the regex is found in it."""
        if self.regex is None:
            yield from (True for _ in rows)
            return
        try:
            found = patterns.find_all(self.regex, [row.line.text for row in rows], context.deadline.cap())
        except (TimeoutError, ValueError) as error:
            raise CannotMeasure(str(error)) from None
        yield from (bool(places) for places in found)

    def _fits(self, said: Mapping[str, Any] | None) -> bool:
        if not self.where:
            return True
        return said is not None and all(_same(_logs.field(said, name), value) for name, value in self.where.items())


class _Row(NamedTuple):
    """A line that counts; ``said`` is the record that it is, if it is one."""

    line: Line
    said: Mapping[str, Any] | None


@dataclass
class _Tally:
    """Counts, and the first places of each kind."""

    lines: int = 0
    matches: int = 0
    malformed: int = 0
    dated: int = 0
    undated: int = 0
    numbers: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)

    def level(self, level: str | int) -> None:
        """Count a line of that level."""
        self.levels[str(level)] += 1
        self.numbers += isinstance(level, int)

    def note(self, title: str, name: str, line: Line) -> None:
        """Keep where a line is, never its text, which may hold a secret."""
        kept = self.places.setdefault(title, [])
        if len(kept) < _KEPT:
            kept.append(f"{name}: line {line.number}")

    def levels_unknown(self) -> dict[str, str]:
        """Return why errors and levels cannot be told, if that is so."""
        why = ""
        if self.numbers:
            why = "levels are numbers, which loggers do not agree about: use where, such as {level: 50}"
        elif self.lines and not any(self.levels[level] for level in LEVELS):
            why = "no line says its level"
        return dict.fromkeys(("errors", *(f"{_FAMILY}{level}" for level in LEVELS)), why) if why else {}

    def evidence(self) -> list[Evidence]:
        """Return the levels, and where the lines are that matter."""
        levels = [f"{level}: {self.levels[level]}" for level in LEVELS if self.levels[level]]
        return _inputs.present({"levels": levels, **self.places})


def _is_young(moment: float | None, cut: float, *, before: bool | None, alone: bool) -> bool | None:
    """
    Return whether a line counts, None if nobody can tell.

    One without a time belongs to the line *before* it, unless it is a record, which stands *alone*.
    """
    if moment is not None:
        return moment >= cut
    return None if alone else before


def _same(found: object, wanted: object) -> bool:
    return type(found) is type(wanted) and found == wanted


def _zone(name: str) -> Zone:
    """Return the zone; ``OptionError`` if there is no such."""
    if name.lower() == "local":
        return "local"
    if name.upper() in {"UTC", "Z"}:
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        message = f"there is no zone {name!r}: say local, UTC or a name such as Europe/Berlin"
        raise OptionError(message, "zone") from None
