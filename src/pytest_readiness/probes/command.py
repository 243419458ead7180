"""What a command says and how it ends."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_readiness import patterns
from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.process import Completed
from pytest_readiness.redact import looks_secret

#: A longer output is not a measurement any more: ``number`` and ``extract`` take out of it what matters.
STDOUT_LIMIT = 64 * 1024

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)|[\x00-\x08\x0b-\x1f\x7f]")
_NO_MODULE = re.compile(r"^(?:ModuleNotFoundError|ImportError): |python[\d.]*(?:\.exe)?: No module named \S+$")
#: What a shell ends with for a command that is not executable, or not there (POSIX, 2.8.2).
_NOT_FOUND = frozenset({126, 127})
_TAIL_LINES = 20
_TAIL_WIDTH = 300


@dataclass(frozen=True, kw_only=True)
class Command(Probe):
    """
    Does a command end well, and say what it should?

    The command is a list of arguments; no shell reads it unless ``shell: true``, and then it is one
    text. ``number`` is a regex with one group that takes a number out of the output; ``extract`` names
    JMESPath queries over an output that is JSON. ``exit_code: "!= 0"`` alone proves little, since it holds for
    a program that could not even begin: expect something of ``stderr``, too.

    Fails when the exit code, or what was taken out of the output, is not as expected. A command that
    cannot be started, is not done in time, or prints nothing that ``number`` or ``extract`` could be
    taken from is an error; so is one whose shell does not find it, or whose Python lacks a module.
    A command that should fail may fail for another reason than the one meant: beside ``exit_code: "!= 0"`` say
    what it prints, as in ``stderr: contains SECRET_KEY``.

    To fix: run the command by hand and read what it prints.
    """

    measures = {
        "exit_code": Measure(int, "how the command ended; negative is the signal that ended it"),
        "duration": Measure(float, "how long it took", unit="s", better=Better.LOWER, exclusive=True),
        "lines": Measure(int, "lines printed to standard output"),
        "number": Measure(float, "the number that the regex under number takes out of standard output"),
        "stdout": Measure(str, "standard output, without white space at its end, if it is at most 64 KiB"),
        "stderr": Measure(str, "standard error, likewise"),
        "output": Measure(str, "standard output and then standard error, likewise"),
    }
    expect = {"exit_code": 0}

    run: str | tuple[str, ...] = option("The program and its arguments, as a list.", example=["alembic", "check"])
    cwd: str | None = option("The folder to run in; the spec's own folder if left out.", None)
    env: Mapping[str, str] = option("Variables to add to the environment.", factory=dict)
    stdin: str | None = option("What the command reads from standard input; nothing if left out.", None)
    shell: bool = option("Let a shell read the command, which is then one text.", default=False)
    extract: Mapping[str, Query] = option(
        "Names for what JMESPath queries find in the output, which has to be JSON.",
        factory=dict,
        example={"pending": "length(migrations)"},
    )
    number: re.Pattern[str] | None = option(
        "A regex with one group, which is the number.", None, example="([0-9]+) warnings"
    )

    def __post_init__(self) -> None:
        self._check_run()
        if self.number is not None and self.number.groups != 1:
            raise OptionError(f"has {self.number.groups} groups, needs one around the number: (...)", "number")
        taken = sorted(set(self.extract) & set(self.measures))
        if taken:
            raise OptionError(f"{taken[0]} is the name of a measurement of every command: use another", "extract")

    def _check_run(self) -> None:
        if self.shell and not isinstance(self.run, str):
            raise OptionError("is one text with shell: true, not a list", "run")
        if not self.shell and isinstance(self.run, str):
            words = ", ".join(json.dumps(word, ensure_ascii=False) for word in self.run.split())
            raise OptionError(f"is a list of arguments, since no shell reads it: [{words}]", "run")
        if not self.run or not self.run[0].strip() or any("\0" in word for word in self.run):
            raise OptionError("names no program", "run")

    @property
    def args(self) -> tuple[str, ...]:
        """The arguments, or the one text for the shell."""
        return (self.run,) if isinstance(self.run, str) else self.run

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements, with those that ``extract`` names."""
        return {**self.measures, **{name: Measure(object, f"what {name} finds") for name in self.extract}}

    def touches(self) -> Iterable[Touch]:
        """Yield the command."""
        yield Touch("command", self._shown())

    def measure(self, context: Context) -> Measurements:
        """Run the command and take out of its output what was asked for."""
        for name, value in self.env.items():
            if looks_secret(name):
                context.keep_secret(value)
        done = context.run(self.args, cwd=self.cwd, env=self.env, stdin=self.stdin, shell=self.shell)
        values: dict[str, Value] = {"exit_code": done.returncode, "duration": done.duration, **_printed(done)}
        unknown: dict[str, str] = {}
        never = _never_began(done, shell=self.shell)
        if never and not {"stderr", "output"} & context.asked:
            del values["exit_code"]
            unknown["exit_code"] = f"the command did not begin: {never}"
        if "output" not in context.asked:
            values.pop("output", None)
        if self.number is not None:
            values["number"] = _number(self.number, done, context.deadline)
        if self.extract:
            data = _json(done)
            values.update({name: _find(name, query, data) for name, query in self.extract.items()})
        return Measurements(values, looked_at=1, evidence=self._evidence(done), unknown=unknown)

    def _shown(self) -> str:
        return self.run if isinstance(self.run, str) else shlex.join(self.run)

    def _evidence(self, done: Completed) -> list[Evidence]:
        parts = [("command", f"{self._shown()}\n{_end(done)}"), ("stdout", done.stdout), ("stderr", done.stderr)]
        return [Evidence(title, tail(text)) for title, text in parts if text.strip()]


def _printed(done: Completed) -> dict[str, Value]:
    """Return what can be measured of the texts that a command printed: nothing, where they are not whole."""
    if done.truncated:
        return {}
    values: dict[str, Value] = {"lines": len(done.stdout.splitlines())}
    both = "\n".join(filter(None, (done.stdout.rstrip(), done.stderr.rstrip())))
    for name, text in (("stdout", done.stdout), ("stderr", done.stderr), ("output", both)):
        if len(text.encode(errors="replace")) <= STDOUT_LIMIT:
            values[name] = text.rstrip()
    return values


def _never_began(done: Completed, *, shell: bool) -> str:
    """Return why what was asked for never ran, empty if it did: a shell or a Python says so in its own way."""
    last = next(iter(reversed(done.stderr.strip().splitlines())), "")[:_TAIL_WIDTH]
    if (shell and done.returncode in _NOT_FOUND) or (done.returncode == 1 and _NO_MODULE.search(last)):
        return last or f"exit code {done.returncode}"
    return ""


def tail(text: str) -> str:
    """Return the last lines of *text*, each cut, without colours and other control characters."""
    lines = _ESCAPE.sub("", text[-_TAIL_LINES * _TAIL_WIDTH * 4 :].replace("\r\n", "\n")).rstrip().splitlines()
    cut = [line if len(line) <= _TAIL_WIDTH else f"{line[:_TAIL_WIDTH]}..." for line in lines[-_TAIL_LINES:]]
    return "\n".join(["..."] * (len(lines) > _TAIL_LINES) + cut)


def _whole(done: Completed, what: str) -> str:
    """Return the output, if there is any and it is whole."""
    if done.truncated:
        raise _unusable(f"the command printed more than can be read, so that {what} could be wrong", done)
    if not done.stdout.strip():
        raise _unusable(f"the command printed nothing to take {what} from", done)
    return done.stdout


def _number(regex: re.Pattern[str], done: Completed, deadline: Deadline) -> float:
    """Return the one number that *regex* takes out of the output."""
    each_line = re.compile(regex.pattern, regex.flags | re.MULTILINE)
    try:
        (hits,) = patterns.find_all(each_line, [_whole(done, "number")], deadline.cap())
    except (TimeoutError, ValueError) as error:
        raise CannotMeasure(str(error)) from None
    words = list(dict.fromkeys(word for _, word in hits))
    if not words:
        raise _unusable(f"nothing in the output matches number: {regex.pattern}", done)
    if len(words) > 1:
        shown = ", ".join(str(word)[:40] for word in words[:5])
        raise _unusable(f"number matches {len(words)} different texts ({shown}): make the regex match one", done)
    word = words[0] or ""
    if not _NUMBER.fullmatch(word):
        raise _unusable(f"number found {word[:40]!r}, which is not a plain number such as 12 or 0.5", done)
    return float(word) if re.search("[.eE]", word) else int(word)


def _json(done: Completed) -> object:
    try:
        return json.loads(_whole(done, "extract"))
    except json.JSONDecodeError as error:
        raise _unusable(
            f"the output is not JSON: {error.msg} at line {error.lineno} column {error.colno}", done
        ) from None
    except (RecursionError, ValueError) as error:
        raise _unusable(f"the output cannot be read as JSON: {error}", done) from None


def _find(name: str, query: Query, data: object) -> Value:
    """Return what *query* finds, a scalar or a flat list; raise where it finds nothing of that kind."""
    from jmespath.exceptions import JMESPathError

    try:
        found = query.search(data)
    except JMESPathError as error:
        raise CannotMeasure(f"extract {name}: {error}") from None
    if found is None:
        raise CannotMeasure(f"extract {name}: {query.text} finds nothing in the output")
    if isinstance(found, list) and not any(isinstance(item, dict | list) for item in found):
        return tuple(found)
    if isinstance(found, dict | list):
        raise CannotMeasure(f"extract {name}: {query.text} finds something with parts: take one value out of it")
    return found  # type: ignore[no-any-return]


def _unusable(reason: str, done: Completed) -> CannotMeasure:
    """Return the error that says why the output is of no use, with its end as a note."""
    error = CannotMeasure(f"{reason} ({_end(done)})")
    for title, text in (("stdout", done.stdout), ("stderr", done.stderr)):
        if text.strip():
            error.add_note(f"{title}:\n{tail(text)}")
    return error


def _end(done: Completed) -> str:
    return f"ended by signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
