"""Lines of log files: streamed with little memory, with the time and the level that each of them tells."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import IO, Any, Literal, NamedTuple, TypeAlias, cast

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._inputs import Input

#: A longer line, in bytes, is no line of a log.
LONGEST = 1024 * 1024
#: How much of a file is read at a time, in bytes, looking from its end for where a time begins.
BLOCK = 1024 * 1024

#: Levels and their other names, from the least to the worst.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "TRACE": ("TRACE", "VERBOSE"),
    "DEBUG": ("DEBUG",),
    "INFO": ("INFO", "INFORMATION", "INFORMATIONAL"),
    "NOTICE": ("NOTICE",),
    "WARNING": ("WARNING", "WARN"),
    "ERROR": ("ERROR", "ERR", "SEVERE"),
    "CRITICAL": ("CRITICAL", "CRIT", "FATAL", "ALERT", "EMERGENCY", "EMERG", "PANIC"),
}
ERRORS = ("ERROR", "CRITICAL")

_CANONICAL = {name: level for level, names in LEVELS.items() for name in names}
_NAMES = "|".join(sorted(_CANONICAL, key=len, reverse=True))
_LEVEL = re.compile(
    rf"(?:(?<![\w-])({_NAMES})|(?:[\[<|(][ \t]*|\blevel\"?[ \t]*[=:][ \t]*\"?)((?i:{_NAMES})))(?![\w-])"
)
_STAMP = re.compile(
    r"(?<![0-9])([0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2})([.,][0-9]{1,9})?"
    r"(?:[ ]?(Z|[+-][0-9]{2}:?[0-9]{2})(?![0-9:]))?"
)
_EPOCH = re.compile(r"\s*\[?(1[0-9]{9}(?:\.[0-9]{1,9})?|1[0-9]{12}|1[0-9]{15}|1[0-9]{18})(?![0-9.])")
_LEVEL_WITHIN, _TIME_WITHIN = 200, 100
_TIME_FIELDS = ("timestamp", "time", "@timestamp", "ts", "asctime", "datetime", "date")
_LEVEL_FIELDS = ("level", "levelname", "severity", "log.level", "lvl", "loglevel")
_MISSING: Any = object()

#: The zone of times that do not say one, None if they must.
Zone: TypeAlias = tzinfo | Literal["local"] | None


class NoZone(CannotMeasure):
    """A time has no zone, so that nobody can tell when it was."""


def canonical(name: str) -> str | None:
    """Return the level that *name* stands for, None if there is no such level."""
    return _CANONICAL.get(name.strip().upper())


# --- text ---------------------------------------------------------------------------------------


def level_of(line: str) -> str | None:
    """Return the first level that the beginning of *line* names: in capitals, in brackets, or after ``level=``."""
    found = _LEVEL.search(line, 0, _LEVEL_WITHIN)
    return _CANONICAL[(found[1] or found[2]).upper()] if found else None


def moment_of(line: str, zone: Zone) -> float | None:
    """
    Return the time at the beginning of *line* in seconds since the epoch, None if there is none.

    Raises ``NoZone`` for one without a zone where *zone* does not say which.
    """
    found = _STAMP.search(line, 0, _TIME_WITHIN)
    if found:
        text, fraction, said = found.groups()
        second = _second(text, said, zone)
        return second if second is None or fraction is None else second + float(f"0.{fraction[1:]}")
    epoch = _EPOCH.match(line)
    return _epoch(float(epoch[1])) if epoch else None


@lru_cache(maxsize=4096)
def _second(text: str, said: str | None, zone: Zone) -> float | None:
    year, month, day, hour, minute, second = map(int, re.findall("[0-9]+", text))
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(said) if said else None)
        if moment.tzinfo is None and zone != "local":
            if zone is None:
                raise NoZone(f"{moment} has no time zone: say zone, such as UTC or local")
            moment = moment.replace(tzinfo=zone)
        return moment.timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _zone(said: str) -> tzinfo:
    if said == "Z":
        return UTC
    minutes = int(said[1:3]) * 60 + int(said[-2:])
    return timezone(timedelta(minutes=-minutes if said[0] == "-" else minutes))


def _epoch(number: float) -> float:
    """Return *number* in seconds: it may be in milli-, micro- or nanoseconds, which its size tells."""
    for digits, unit in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3)):
        if number >= digits:
            return number / unit
    return number


# --- records ------------------------------------------------------------------------------------


def record(line: str) -> dict[str, Any] | None:
    """Return the JSON object that *line* is, None if it is none."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def field(said: Mapping[str, Any], name: str) -> Any:
    """Return field *name* of a record, where dots may lead into parts of it; None if it is not there."""
    if name in said:
        return said[name]
    found: Any = said
    for step in name.split("."):
        found = found.get(step, _MISSING) if isinstance(found, dict) else _MISSING
    return None if found is _MISSING else found


def record_moment(said: Mapping[str, Any], name: str | None, zone: Zone) -> float | None:
    """Return the time of a record: of field *name*, or of the first that is usual."""
    value = next((each for key in ((name,) if name else _TIME_FIELDS) if (each := field(said, key)) is not None), None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(float(value))
    return moment_of(value, zone) if isinstance(value, str) else None


def record_level(said: Mapping[str, Any]) -> str | int | None:
    """Return the level of a record; a number where it is one, which means different things to different loggers."""
    value = next((each for key in _LEVEL_FIELDS if (each := field(said, key)) is not None), None)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return canonical(value) if isinstance(value, str) else None


# --- files --------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One line and its number, counted from where reading began."""

    number: int
    text: str


def beginning(found: Input, is_old: Callable[[str], bool | None], deadline: Deadline) -> int:
    """
    Return the offset from which on *found* has to be read so that no line that is not old is missed.

    Looks from the end for a block in which every line that has a time is old: the lines of a log
    are in order, but for less than that. *is_old* returns None for a line without a time.
    """
    if found.name.endswith(".gz"):
        return 0
    end = found.size
    with _open(found) as file:
        while end > BLOCK:
            _in_time(found, deadline)
            file.seek(end - BLOCK)
            lines = file.read(BLOCK).decode("utf-8", "replace").split("\n")[1:-1]  # whole lines only
            told = (old for line in lines if (old := is_old(line)) is not None)
            if next(told, False) and all(told):
                return end - BLOCK
            end -= BLOCK
    return 0


def batches(found: Input, start: int, deadline: Deadline) -> Iterator[Sequence[Line]]:
    """Yield the lines of *found* after offset *start* that are not blank, some megabyte of them at a time."""
    with _open(found) as file:
        try:
            file.seek(start)
            if start:
                file.readline(LONGEST)
            yield from _batches(file, found, deadline)
        except (OSError, EOFError, zlib.error) as error:
            raise CannotMeasure(f"{found.name} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _batches(file: IO[bytes], found: Input, deadline: Deadline) -> Iterator[Sequence[Line]]:
    batch: list[Line] = []
    size = number = 0
    while raw := file.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST:
            raise CannotMeasure(f"{found.name}: a line is longer than {LONGEST // 1024} KiB: that is no log")
        if raw.strip():
            text = raw.decode("utf-8", "replace").rstrip("\r\n")
            batch.append(Line(number, text.removeprefix("\ufeff") if number == 1 else text))
            size += len(raw)
        if size >= BLOCK:
            _in_time(found, deadline)
            yield batch
            batch, size = [], 0
    yield batch


def _in_time(found: Input, deadline: Deadline) -> None:
    if deadline.passed:
        raise CannotMeasure(f"the deadline came before {found.name} was read")


def _open(found: Input) -> IO[bytes]:
    try:
        return cast("IO[bytes]", gzip.open(found.path)) if found.name.endswith(".gz") else found.path.open("rb")
    except OSError as error:
        raise CannotMeasure(f"{found.name} cannot be read: {error.strerror}") from None
