"""What becomes of each gate, by what was measured: written as it holds, marked, or left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from pytest_readiness.judge import Weighed, weigh
from pytest_readiness.model import Expectation, Outcome, Result
from pytest_readiness.survey.measure import Candidate, expectations
from pytest_readiness.survey.model import Found, LeftOut, Settled, State
from pytest_readiness.survey.threshold import shown, threshold

#: How much of a reason a comment shows, and how many of the things that are wrong.
_LONGEST, _NAMED = 200, 2

#: Titles of evidence that is there whatever is wrong.
_GENERAL = frozenset(
    {
        *("repository", "changed", "untracked", "documents", "found", "counted", "checked"),
        *("answer", "answers", "coverage data"),
    }
)

LATER = "not measured yet: readiness init --run, or readiness check"
TESTS_LATER = "not measured yet: readiness init --run, or pytest --readiness"


def settle(candidate: Candidate, result: Result | None) -> Settled | LeftOut:
    """Return what becomes of *candidate*, whose *result* is None where it was not measured."""
    found = candidate.found
    if found.profile is not None:
        return Settled(found=found, state=State.HOLDS, expect=found.musts, comments=(_only_in(found.profile),))
    if result is None:
        return _unmeasured(candidate, "")
    if result.reason.startswith("nothing was looked at"):
        return LeftOut(found, _short(result.reason))
    return _measured(candidate, result) if result.measurements else _without_values(candidate, result)


def _measured(candidate: Candidate, result: Result) -> Settled | LeftOut:
    found = candidate.found
    expect: dict[str, object] = {
        **found.musts,
        **dict(_held(candidate, result)),
        **dict(_ratcheted(candidate, result)),
    }
    if not expect and (found.keeps or found.ratchets or not candidate.probe.expected()):
        return LeftOut(found, "" if found.keeps else "nothing of it could be measured")
    weighed = _weighed(candidate, expectations(candidate.probe, expect), result)
    today = tuple(_today(found, result))
    if weighed.outcome is Outcome.PASSED:
        return Settled(found=found, state=State.HOLDS, expect=expect, comments=today)
    bad = "; ".join(one.why for one in weighed.expectations if not one.held)
    return _to_fix(found, expect, ": ".join(filter(None, (bad, _example(result, weighed)))), today)


def _only_in(profile: str) -> str:
    return f"judged only with --profile {profile}, where these have to be set"


def _unmeasured(candidate: Candidate, why: str) -> Settled | LeftOut:
    found = candidate.found
    if not found.musts and not candidate.probe.expected():
        return LeftOut(found, why or "what to expect is not known without --run")
    later = TESTS_LATER if found.probe == "tests" else LATER
    comment = f"not measured yet: {why}" if why else later
    return Settled(found=found, state=State.NOT_MEASURED, expect=found.musts, comments=(comment,), reason=why)


def _without_values(candidate: Candidate, result: Result) -> Settled | LeftOut:
    found = candidate.found
    reason = _short(result.reason)
    if "is not installed: pip install" in reason:
        return _unmeasured(candidate, reason)
    if not found.musts and not candidate.probe.expected():
        return LeftOut(found, reason)
    if found.here:
        return _unmeasured(candidate, f"on this machine, {reason}")
    return _to_fix(found, found.musts, reason, ())


def _to_fix(found: Found, expect: Mapping[str, object], reason: str, today: tuple[str, ...]) -> Settled:
    whole = _short(reason)
    if found.here:
        comment = f"not so on this machine: {whole}"
        return Settled(found=found, state=State.NOT_MEASURED, expect=expect, comments=(comment, *today), reason=whole)
    comments = (f"fix first: {whole}", *today)
    return Settled(found=found, state=State.FIX_FIRST, expect=expect, comments=comments, reason=whole)


def _example(result: Result, weighed: Weighed) -> str:
    """Return the first lines of the evidence on what does not hold, which name what is wrong."""
    words = [one.measurement.replace("_", " ").removesuffix("s") for one in weighed.expectations if not one.held]
    about = [one for one in result.evidence if any(word in one.title for word in words)]
    others = [one for one in result.evidence if one.title not in _GENERAL]
    for evidence in (about or others)[:1]:
        lines = [line.strip() for line in evidence.text.splitlines() if line.strip()]
        more = f" and {len(lines) - _NAMED} more" if len(lines) > _NAMED else ""
        return f"{'; '.join(lines[:_NAMED])}{more}"
    return ""


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."


def _held(candidate: Candidate, result: Result) -> Iterator[tuple[str, object]]:
    """Yield those of ``keeps`` that hold today."""
    for name, wanted in candidate.found.keeps.items():
        alone = tuple(one for one in expectations(candidate.probe, {name: wanted}) if not one.default)
        if _weighed(candidate, alone, result).outcome is Outcome.PASSED:
            yield name, wanted


def _ratcheted(candidate: Candidate, result: Result) -> Iterator[tuple[str, object]]:
    """Yield the thresholds that come of today's values."""
    for name in candidate.found.ratchets:
        measure, today = candidate.probe.declare(name), result.measurements.get(name)
        if (
            measure is not None
            and today is not None
            and (wanted := threshold(measure, today, candidate.found.enough.get(name))) is not None
        ):
            yield name, wanted


def _today(found: Found, result: Result) -> Iterator[str]:
    values = [
        f"{name.replace('_', ' ')} {shown(result.measurements[name])}"
        for name in found.ratchets
        if name in result.measurements
    ]
    if values:
        yield f"today: {', '.join(values)}"


def _weighed(candidate: Candidate, wanted: tuple[Expectation, ...], result: Result) -> Weighed:
    gate = dataclasses.replace(candidate.gate, expectations=wanted)
    return weigh(gate, result.measurements, 1, candidate.probe.counter)
