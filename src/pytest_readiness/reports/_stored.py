"""
A JSON report read back, for who has no project to measure but the report of somebody who had.

It is judged anew by the spec, so that a waiver that has ended since has no force. It is only as good as its file:
whoever can write that can write anything into it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_readiness.errors import UsageError
from pytest_readiness.judge import judge
from pytest_readiness.model import Evidence, Gate, Held, Measurement, Outcome, Report, Result, Subject, Verdict

if TYPE_CHECKING:
    from pytest_readiness.plan import Plan

#: A report is read up to this many bytes.
LIMIT = 100 * 1024 * 1024


def profile(path: Path) -> str | None:
    """Return the profile that the report at *path* was made with; raises ``UsageError`` if it cannot be read."""
    found: str | None = _data(path)["subject"]["profile"]
    return found


def read(path: Path, plan: Plan, *, now: datetime, max_age: float | None = None) -> Report:
    """
    Return the report at *path*, judged by *plan*, which must be of the very spec that it was made with.

    *max_age* is in seconds. Raises ``UsageError`` for a report that is of another spec or profile, of some
    gates only, too old, or not to be had.
    """
    data = _data(path)
    started = datetime.fromisoformat(data["started"])
    for why in _refused(data, plan, now - started, max_age):
        raise UsageError(f"{path} is not used: {why}")
    gates = {gate.id: gate for gate in plan.gates}
    results = [_result(gates[told["id"]], told) for told in data["gates"]]
    judgement = judge(plan, results, today=now.astimezone(UTC).date())
    outcomes = Counter(judged.result.outcome for judged in judgement.judged)
    ready = data["verdict"] == Verdict.READY
    return Report(
        name=plan.spec.name,
        verdict=judgement.verdict if ready else Verdict.NOT_READY,
        exit_code=max(int(data["exit_code"]), int(judgement.breaks)),
        score=judgement.score,
        target=plan.spec.target,
        subject=Subject(**{name: data["subject"][name] for name in Subject.__slots__}),
        started=started,
        duration=data["duration"],
        counts={outcome: outcomes[outcome] for outcome in Outcome},
        gates=judgement.judged,
        groups=judgement.groups,
        # What broke that run besides its gates, failed tests perhaps, still does.
        problems=(*(data["problems"] if data["exit_code"] and not judgement.breaks else ()), *judgement.problems),
    )


def _refused(data: Mapping[str, Any], plan: Plan, age: timedelta, max_age: float | None) -> Iterator[str]:
    """Yield why the report cannot stand for a run of *plan*."""
    subject, spec = data["subject"], plan.spec
    if subject["spec_sha256"] != spec.sha256:
        yield f"{spec.path} is not the spec that it was made with, or was changed since"
    if subject["profile"] != spec.profile:
        yield f"it was made with {_profile(subject['profile'])}, and this is {_profile(spec.profile)}"
    if data["verdict"] == Verdict.PARTIAL:
        yield "it is PARTIAL: it speaks only of the gates that were selected"
    if age < timedelta():
        yield f"it was made in the future, at {data['started']}"
    if max_age is not None and age > timedelta(seconds=max_age):
        yield f"it was made at {data['started']}, longer ago than --max-age allows"
    told = Counter(gate["id"] for gate in data["gates"])
    wrong = [name for name in {gate.id: None for gate in plan.gates} | told if told[name] != 1]
    wrong += [name for name in told if name not in {gate.id for gate in plan.gates} and name not in wrong]
    if wrong:
        yield f"it does not have each gate of the spec once, see {wrong[0]}"


def _profile(name: str | None) -> str:
    return f"profile {name}" if name else "no profile"


def _result(gate: Gate, told: Mapping[str, Any]) -> Result:
    return Result(
        gate=gate,
        outcome=Outcome(told["outcome"]),
        reason=told["reason"],
        measurements={
            name: Measurement(_value(one["value"]), one["unit"]) for name, one in told["measurements"].items()
        },
        expectations=tuple(Held(one["measurement"], one["condition"], one["held"]) for one in told["expectations"]),
        evidence=tuple(Evidence(one["title"], one["text"]) for one in told["evidence"]),
        attempts=told["attempts"],
        started=None if told["started"] is None else datetime.fromisoformat(told["started"]),
        duration=told["duration"],
    )


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _data(path: Path) -> dict[str, Any]:
    """Return what is in the file, which fits the schema; raises ``UsageError``."""
    import jsonschema

    from pytest_readiness.reports.json import schema

    try:
        if path.stat().st_size > LIMIT:
            raise UsageError(f"{path} is larger than {LIMIT // 1024 // 1024} MiB, which no report is")
        data = json.loads(path.read_bytes())
        jsonschema.validate(data, schema())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is not JSON") from None
    except jsonschema.ValidationError as error:
        at = "/".join(map(str, error.absolute_path))
        raise UsageError(
            f"{path} is not a report of readiness: {at + ': ' if at else ''}{error.message[:200]}"
        ) from None
    found: dict[str, Any] = data
    return found
