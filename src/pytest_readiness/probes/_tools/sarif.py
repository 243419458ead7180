"""Reports in SARIF 2.1.0 (OASIS): what counts as a finding, how bad and where it is, and what makes a report void."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._tools.finding import LEVELS, Finding, Report

#: A result of one of these kinds says that something is in order, or does not concern this code.
_NO_FINDING = frozenset({"pass", "notApplicable", "informational"})


def read(data: Any, source: str, root: Path) -> list[Report]:
    """
    Return the runs of the SARIF log *data*; raises ``CannotMeasure`` where one of them was not completed.

    *root* is the folder that absolute locations are shown relative to.
    """
    if not isinstance(data, dict) or not isinstance(data.get("runs"), list):
        raise CannotMeasure(f"{source} is not SARIF: it has no list of runs")
    if data.get("version") != "2.1.0":
        raise CannotMeasure(f"{source} is SARIF {data.get('version')}, and only 2.1.0 is read")
    if not data["runs"]:
        raise CannotMeasure(f"{source} holds no run: nothing was scanned")
    try:
        return [_run(run, source, root) for run in data["runs"]]
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise CannotMeasure(f"{source} is not valid SARIF: {type(error).__name__}: {error}") from None


def _run(run: Mapping[str, Any], source: str, root: Path) -> Report:
    driver = run["tool"]["driver"]
    named = f"{source} ({driver['name']})"
    _refuse_unfinished(run, named)
    results = run.get("results")
    if results is None:
        raise CannotMeasure(f"{named} holds no list of results: the scan was not completed")
    if (run.get("externalPropertyFileReferences") or {}).get("results"):
        raise CannotMeasure(f"{named} keeps results in other files, which are not read")
    rules = _rules(run)
    bases = run.get("originalUriBaseIds") or {}
    findings = tuple(_finding(result, rules, bases, root) for result in results if _counts(result))
    artifacts = run.get("artifacts")
    every = [rule for some in rules for rule in some]
    return Report(
        named,
        findings,
        files=len(artifacts) if artifacts else None,
        moment=_moment(run),
        rates=any(_rating(rule) is not None for rule in every),
        rules=frozenset(str(rule["id"]) for rule in every if rule.get("id")),
    )


def _refuse_unfinished(run: Mapping[str, Any], named: str) -> None:
    for invocation in run.get("invocations") or ():
        notes = [
            *(invocation.get("toolExecutionNotifications") or ()),
            *(invocation.get("toolConfigurationNotifications") or ()),
        ]
        errors = [_text(note["message"]) for note in notes if note.get("level") == "error"]
        said = f": {errors[0]}" if errors else ""
        if invocation.get("executionSuccessful") is False:
            raise CannotMeasure(f"{named} says that its run was not successful{said}"[:500])
        if errors:
            raise CannotMeasure(f"{named} says that it may have seen only a part{said}"[:500])


def _counts(result: Mapping[str, Any]) -> bool:
    return result.get("kind", "fail") not in _NO_FINDING and result.get("baselineState") != "absent"


def _rules(run: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    """Return the rules of the driver, then those of each extension."""
    tool = run["tool"]
    return [list(part.get("rules") or ()) for part in (tool["driver"], *(tool.get("extensions") or ()))]


def _finding(
    result: Mapping[str, Any], rules: list[list[Mapping[str, Any]]], bases: Mapping[str, Any], root: Path
) -> Finding:
    rule = _rule(result, rules)
    said = _level(result, rule)
    name = str(result.get("ruleId") or (result.get("rule") or {}).get("id") or rule.get("id") or "(no rule)")
    path, line = _place(result, bases, root)
    return Finding(
        name,
        said or "warning",
        _text(result.get("message") or {}) or _text(rule.get("shortDescription") or {}),
        path,
        line,
        fixable=bool(result.get("fixes")),
        suppressed=_suppressed(result),
        rating=_rating(rule),
        stated=said is not None,
    )


def _rule(result: Mapping[str, Any], rules: list[list[Mapping[str, Any]]]) -> Mapping[str, Any]:
    """Return what the tool says of the rule of *result*, by its index, else by its id."""
    reference = result.get("rule") or {}
    index = result.get("ruleIndex", reference.get("index", -1))
    part = (reference.get("toolComponent") or {}).get("index", -1) + 1
    if index >= 0:
        return rules[part][index] if index < len(rules[part]) else {}
    wanted = result.get("ruleId") or reference.get("id")
    return next((rule for some in rules for rule in some if rule.get("id") == wanted), {})


def _level(result: Mapping[str, Any], rule: Mapping[str, Any]) -> str | None:
    """Return the level by the standard's own order: of the result, by its kind, of the rule; None, a warning."""
    if result.get("kind", "fail") != "fail":
        return "none"
    found = result.get("level") or (rule.get("defaultConfiguration") or {}).get("level")
    if not found:
        return None
    if found not in LEVELS:
        raise ValueError(f"there is no level {found!r}")
    return str(found)


def _rating(rule: Mapping[str, Any]) -> float | None:
    """Return the CVSS score in a rule's properties, where GitHub's code scanning looks for it, if there is one."""
    said = (rule.get("properties") or {}).get("security-severity")
    if said is None:
        return None
    rating = float(said)
    if not 0 <= rating <= 10:  # noqa: PLR2004 - the range of CVSS
        raise ValueError(f"there is no security-severity {said!r}")
    return rating


def _suppressed(result: Mapping[str, Any]) -> bool:
    """Whether all suppressions are in force: not one is rejected or still under review."""
    said = result.get("suppressions") or ()
    return bool(said) and all(one.get("status", "accepted") == "accepted" for one in said)


def _place(result: Mapping[str, Any], bases: Mapping[str, Any], root: Path) -> tuple[str, int]:
    for location in result.get("locations") or ():
        physical = location.get("physicalLocation") or {}
        artifact = physical.get("artifactLocation") or {}
        if artifact.get("uri"):
            return _path(artifact, bases, root), int((physical.get("region") or {}).get("startLine") or 0)
    return "", 0


def _path(artifact: Mapping[str, Any], bases: Mapping[str, Any], root: Path) -> str:
    uri = str(artifact["uri"])
    if not urlsplit(uri).scheme:
        base = str((bases.get(str(artifact.get("uriBaseId"))) or {}).get("uri") or "")
        uri = f"{base.rstrip('/')}/{uri}" if base else uri
    return relative(unquote(urlsplit(uri).path) if uri.startswith("file:") else unquote(uri), root)


def relative(path: str, root: Path) -> str:
    """Return *path* relative to *root* where it is below it, else as it is."""
    for base in (root, root.resolve()):
        if Path(path).is_relative_to(base):
            return Path(path).relative_to(base).as_posix()
    return path.removeprefix("./")


def _text(message: Mapping[str, Any]) -> str:
    text = str(message.get("text") or message.get("markdown") or message.get("id") or "")
    for index, argument in enumerate(message.get("arguments") or ()):
        text = text.replace(f"{{{index}}}", str(argument))
    return text


def _moment(run: Mapping[str, Any]) -> float | None:
    """Return when the run ended, by its own words; None if it does not say."""
    return max(_moments(run.get("invocations") or ()), default=None)


def _moments(invocations: Iterable[Mapping[str, Any]]) -> Iterator[float]:
    for invocation in invocations:
        said = invocation.get("endTimeUtc") or invocation.get("startTimeUtc")
        if said:
            moment = datetime.fromisoformat(str(said))
            yield (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
