"""The keys that a spec may have: what stands under each, and the sentence that explains it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pytest_readiness.options import FAILED, Duration, Form, Kind, Path
from pytest_readiness.probe import option
from pytest_readiness.session import selection

Severities = Literal["critical", "high", "medium", "low", "P0", "P1", "P2", "P3"]


class _Raw(Kind):
    """A mapping that is looked at later, with its places."""

    words = "a mapping"
    native = frozenset({dict})

    def convert(self, value: object, path: Path, problems: list[tuple[Path, str]]) -> Any:
        return value if isinstance(value, dict) else self.refuse(value, path, problems)

    def schema(self) -> dict[str, object]:
        return {"type": "object"}


class _Gates(Kind):
    """The list of gates and groups, looked at later."""

    words = "a list of gates and groups"
    native = frozenset({list})

    def convert(self, value: object, path: Path, problems: list[tuple[Path, str]]) -> Any:
        return value if isinstance(value, list) else self.refuse(value, path, problems)

    def schema(self) -> dict[str, object]:
        return {"type": "array", "items": {"$ref": "#/$defs/item"}}


class _Version(Kind):
    words = "1"
    native = frozenset({int})

    def convert(self, value: object, path: Path, problems: list[tuple[Path, str]]) -> Any:
        if value != 1 or isinstance(value, bool):
            return self.refuse(value, path, problems, ", the only version there is")
        return 1

    def schema(self) -> dict[str, object]:
        return {"const": 1}


class _Target(Kind):
    """A share of the score, in percent."""

    words = "a share such as 95%"
    native = frozenset({str})

    def convert(self, value: object, path: Path, problems: list[tuple[Path, str]]) -> Any:
        from pytest_readiness import units

        try:
            number, unit = units.parse_quantity(value) if isinstance(value, str) else (None, "")
        except ValueError:
            return self.refuse(value, path, problems)
        if number is None or unit != "%":
            advice = f": write {value}%" if isinstance(value, int | float) and not isinstance(value, bool) else ""
            return self.refuse(value, path, problems, advice)
        if not 0 <= number <= 100:  # noqa: PLR2004 - percent
            problems.append((path, "expected a share between 0% and 100%"))
            return FAILED
        return float(number)

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": r"%\s*$|\$\{"}


class _Command(Kind):
    words = "a list of words such as [python, -m, app]"
    native = frozenset({list})

    def convert(self, value: object, path: Path, problems: list[tuple[Path, str]]) -> Any:
        if isinstance(value, str):
            problems.append((path, "expected a list of words: [python, -m, app], not one text; no shell reads it"))
            return FAILED
        if not isinstance(value, list):
            return self.refuse(value, path, problems)
        if not value:
            problems.append((path, f"expected {self.words}, found an empty one"))
            return FAILED
        before = len(problems)
        words = []
        for index, word in enumerate(value):
            if isinstance(word, str) or type(word) is int:
                words.append(str(word))
            else:
                problems.append(((*path, index), "expected a word: put it in quotes"))
        return tuple(words) if len(problems) == before else FAILED

    def schema(self) -> dict[str, object]:
        return {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1}


class _Scope(Kind):
    """A selection of tests, as on pytest's command line."""

    words = 'a selection of tests such as tests/unit -m "not slow"'

    def convert(self, value: object, path: Path, problems: list[tuple[Path, str]]) -> Any:
        chosen = selection([value]) if isinstance(value, str) else ()
        return chosen or self.refuse(value, path, problems)

    def schema(self) -> dict[str, object]:
        return {"type": "string"}


@dataclass(frozen=True)
class Waiver:
    """A dated, owned, reasoned permission for one failing gate."""

    reason: str = option("Why it may fail for now.")
    owner: str = option("Who will see to it.")
    approved_by: str = option("Who allows it.")
    expires: dt.date = option("The last day on which it holds, in UTC.", example="2026-12-31")  # noqa: RUF009 - as field()


@dataclass(frozen=True)
class Deferral:
    """A gate put off to a later day."""

    reason: str = option("Why it is put off.")
    until: dt.date = option("The last day on which it holds, in UTC.", example="2026-12-31")  # noqa: RUF009 - as field()
    approved_by: str | None = option("Who allows it; needed where the gate is critical or blocking.", None)


@dataclass(frozen=True)
class Retry:
    """Ask again until the gate passes."""

    within: Duration = option("How long to go on asking.", example="20s")  # noqa: RUF009 - as field()
    every: Duration = option("How long to wait in between.", 1.0)  # noqa: RUF009 - as field()


@dataclass(frozen=True)
class Profile:
    """Variables and policy of one environment."""

    vars: Mapping[str, str] = option("Variables that win over those of the spec.", factory=dict)
    enforce: tuple[Severities, ...] | None = option("Severities whose failure fails the run.", None)
    target: object = option("The score the whole must reach.", None, example="95%")


@dataclass(frozen=True)
class Ready:
    """How a service shows that it is ready: one of http, tcp and log."""

    http: str | None = option("An address that answers below 400.", None, example="http://127.0.0.1:${port}/health")
    tcp: str | None = option("HOST:PORT that takes a connection.", None, example="127.0.0.1:${port}")
    log: str | None = option("A regular expression that a line of its output matches.", None)
    within: Duration = option("How long it may take.", 30.0)  # noqa: RUF009 - as field()


#: Words that a later version will know.
LATER = ("attestation", "attestations", "baseline", "baselines", "initiative", "initiatives", "audit", "import")

VARIABLES = Mapping[str, str]
VERSION, TARGET, ENFORCE = _Version(), _Target(), tuple[Severities, ...]

SERVICE = Form.of(
    {
        "command": (_Command(), "The program and its arguments; ${port} is a free port."),
        "ready": (Ready, "How it shows that it is ready."),
        "env": (Mapping[str, str], "Environment variables, added to the ones there are."),
        "cwd": (str, "The folder to start it in, relative to the spec."),
    },
    required=("command", "ready"),
)

_INHERITED: dict[str, tuple[Any, str]] = {
    "severity": (Severities, "How bad it is when it does not pass; high where nothing is said."),
    "weight": (float, "Its share in the score; 1 where nothing is said."),
    "tags": (tuple[str, ...], "Words to select gates by."),
    "owner": (str, "Who sees to it."),
    "needs": (tuple[str, ...], "Gates that have to pass first."),
    "uses": (tuple[str, ...], "Services to start for it."),
    "profiles": (tuple[str, ...], "The only profiles in which it applies."),
    "when": (_Raw(), "Variables and the conditions under which it applies; with `reason`."),
    "reason": (str, "Why it does not apply otherwise."),
    "enforce_from": (dt.date, "Tolerated before that day."),
    "retry": (Retry, "Ask again until it passes."),
    "timeout": (Duration, "How long one attempt may take; 60 s where nothing is said."),
    "scope": (_Scope(), 'The selection of tests that is the whole for it: tests/unit -m "not slow".'),
}

GATE = Form.of(
    {
        "id": (str, "What needs, selections and reports call it."),
        "title": (str, "The checklist's own sentence."),
        "probe": (str, "What measures."),
        "with": (_Raw(), "The probe's options."),
        "expect": (_Raw(), "Measurements and the conditions they must meet."),
        **_INHERITED,
        "links": (tuple[str, ...], "Where to read more."),
        "impact": (str, "What happens if it is not so."),
        "fix": (str, "What to do about it."),
        "blocking": (bool, "Breaks the verdict whatever the severity and score."),
        "exclusive": (bool, "Runs while no other gate does."),
        "deferred": (Deferral, "Put off to a later day; listed, and not counted as passed."),
        "waiver": (Waiver, "Permission to fail until a day."),
        "claimed": (Literal["done", "open"], "What the checklist says of it."),
        "source": (str, "Where the checklist says so: FILE:LINE."),
    },
    required=("probe",),
    later=LATER,
)

GROUP = Form.of(
    {
        "group": (str, "The heading."),
        "gates": (_Gates(), "The gates and groups under it."),
        "of": (tuple[str, ...], "Gates that stand elsewhere and count in it: ids, globs, group:, tag:, severity:."),
        "expect": (_Raw(), "What its score and its gates must come to: {score: '>= 75%', deferred: '<= 5'}."),
        **_INHERITED,
    },
    required=("group",),
    later=LATER,
)

SPEC = Form.of(
    {
        "version": (VERSION, "The version of this format: 1."),
        "name": (str, "What is judged; the folder's name where nothing is said."),
        "target": (TARGET, "The score the whole must reach, such as 95%."),
        "enforce": (ENFORCE, "Severities whose failure fails the run; all where nothing is said."),
        "timeout": (Duration, "How long all gates together may take."),
        "vars": (VARIABLES, "Variables for ${NAME}."),
        "profiles": (Mapping[str, Profile], "Variables and policy of environments, by name."),
        "include": (tuple[str, ...], "More files with gates, relative to this one."),
        "services": (Mapping[str, object], "Processes that gates use, by name."),
        "gates": (_Gates(), "The gates and groups."),
    },
    later=LATER,
)
