"""Backups: is there a fresh one, and can it be restored?"""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._backup import Copy, in_bucket, in_folder, in_s3
from pytest_readiness.process import Completed

_CLOCK_SKEW = 60.0
_TAIL = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Backup(Probe):
    """
    Is there a fresh backup, and can it be restored?

    `age` and `size` are those of the newest file below `location`, a folder, a file or an `s3://` prefix. A
    backup that nobody ever restored is a hope: `restore` is a command that does so, into a scratch
    database or folder, and `check` one that looks at what came of it. `{backup}` in them is the newest backup,
    `{scratch}` an empty folder that is removed afterwards; BACKUP and SCRATCH hold the same.

    Unless the gate says otherwise, the newest backup may be 25 hours old, must not be empty, and
    has to be restored if `restore` says how.

    Fails when the newest backup is too old or too small, when `restore` or `check` ends with another exit code than
    0, and when a restore into `{scratch}` leaves nothing there. No backup at all, a place that cannot be
    looked at, and a command that cannot be started or is not done in time, are errors.

    To fix: look at the job that writes the backups; run the restore by hand.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "count": Measure(int, "backups found", better=Better.HIGHER),
        "age": Measure(float, "time since the newest backup was written", "s", Better.LOWER),
        "size": Measure(int, "size of the newest backup", "B", Better.HIGHER),
        "restored": Measure(bool, "whether restore, and then check, ended well"),
        "duration": Measure(float, "how long the restore took", "s", Better.LOWER),
    }
    expect: ClassVar[Mapping[str, Value]] = {"count": ">= 1", "age": "<= 25 h", "size": "> 0 B"}
    counter: ClassVar[str | None] = "count"

    location: str = option(
        "A folder or a file, relative to the spec's folder, or s3://BUCKET/PREFIX (needs the extra s3).",
        example="/backups/db",
    )
    glob: str = option("Which of the files there are backups.", "**", example="*.dump")
    restore: tuple[str, ...] | None = option(
        "A command that restores the newest backup, as a list of arguments.",
        None,
        example=["pg_restore", "--dbname=scratch", "--clean", "{backup}"],
    )
    check: tuple[str, ...] | None = option("A command that looks at what was restored.", None)
    env: Mapping[str, str] = option("Variables to add to the environment of both.", factory=dict)

    def __post_init__(self) -> None:
        for name in ("location", "glob"):
            if not getattr(self, name).strip():
                raise OptionError("may not be empty", name)
        if in_bucket(self.location) and not self.location.removeprefix("s3://").partition("/")[0]:
            raise OptionError("names no bucket", "location")
        if self.check is not None and self.restore is None:
            raise OptionError("means nothing without `restore`", "check")
        for name in ("restore", "check"):
            command = getattr(self, name)
            if command is None:
                continue
            if not command or not command[0].strip():
                raise OptionError("names no program", name)
            if len(command) == 1 and " " in command[0]:
                raise OptionError("is a list of arguments, since no shell reads it", name)

    def expected(self) -> Mapping[str, Value]:
        """Return the default expectations: a restore that is asked for has to end well."""
        return {**self.expect, **({"restored": True} if self.restore else {})}

    def touches(self) -> Iterator[Touch]:
        """Yield the place and the commands."""
        yield Touch("host" if in_bucket(self.location) else "file", self.location)
        yield from (Touch("command", shlex.join(command)) for command in (self.restore, self.check) if command)

    def measure(self, context: Context) -> Measurements:
        """Look for the newest backup, and rehearse its restore."""
        found = (in_s3 if in_bucket(self.location) else in_folder)(context, self.location, self.glob)
        if not found:
            return Measurements({"count": 0}, 0, [Evidence("backups", f"nothing at {self.location}")])
        newest = max(found, key=lambda copy: (copy.written, copy.name))
        values: dict[str, Value] = {"count": len(found), "size": newest.size}
        unknown: dict[str, str] = {}
        age = max(time.time(), context.now.timestamp()) - newest.written
        if age > -_CLOCK_SKEW:
            values["age"] = max(0.0, age)
        else:
            unknown["age"] = f"{newest.name} was written in the future, says its time stamp"
        written = datetime.fromtimestamp(newest.written, UTC).isoformat(timespec="seconds")
        evidence = [Evidence("newest backup", f"{newest.name}, {newest.size} bytes, {written}")]
        if self.restore is not None:
            evidence += self._rehearse(self.restore, newest, context, values)
        return Measurements(values, len(found), evidence, unknown)

    def _rehearse(
        self, restore: tuple[str, ...], newest: Copy, context: Context, values: dict[str, Value]
    ) -> Iterator[Evidence]:
        """Restore and check; add to *values* what came of it."""
        scratch = Path(tempfile.mkdtemp(prefix="readiness-restore-"))
        try:
            done = self._run(restore, newest, scratch, context)
            values |= {"restored": done.returncode == 0, "duration": done.duration}
            yield _evidence("restore", done)
            into = any("{scratch}" in argument for argument in restore)
            if values["restored"] and into and not any(scratch.iterdir()):
                values["restored"] = False
                yield Evidence("restore left nothing", "the folder {scratch} is still empty")
            if values["restored"] and self.check:
                done = self._run(self.check, newest, scratch, context)
                values["restored"] = done.returncode == 0
                yield _evidence("check", done)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _run(self, command: tuple[str, ...], newest: Copy, scratch: Path, context: Context) -> Completed:
        words = [word.replace("{backup}", newest.where).replace("{scratch}", str(scratch)) for word in command]
        try:
            return context.run(words, env={**self.env, "BACKUP": newest.where, "SCRATCH": str(scratch)})
        except CannotMeasure as error:
            raise _named(error, "restore" if command is self.restore else "check") from None


def _named(error: CannotMeasure, what: str) -> CannotMeasure:
    named = CannotMeasure(f"{what}: {error}")
    for note in getattr(error, "__notes__", ()):
        named.add_note(note)
    return named


def _evidence(title: str, done: Completed) -> Evidence:
    """Return how a command ended and the last lines of what it said."""
    said = _CONTROL.sub("", f"{done.stdout.rstrip()}\n{done.stderr.rstrip()}").strip().splitlines()
    ended = f"ended by signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
    return Evidence(title, "\n".join([f"{shlex.join(done.args)}: {ended}", *said[-_TAIL:]]))
