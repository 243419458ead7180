"""The formats in which tools leave their findings: recognised by their shape, read to one ``Report``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._inputs import Asked, Input
from pytest_readiness.probes._tools import sarif
from pytest_readiness.probes._tools.finding import Finding, Report, level
from pytest_readiness.probes._tools.sarif import relative

#: A larger report is not read.
LIMIT = 128 * 1024 * 1024

_UNREAD = frozenset({"E902", "E999", "E0001", "F0001", "F0002", "F0010", "F0011", "invalid-syntax", "None"})
_MYPY = re.compile(r"(?P<path>.+?):(?:(?P<line>\d+):)?(?:\d+:)? (?P<level>error|note|warning): (?P<text>.*)")
_CODE = re.compile(r"(?P<text>.*?)  \[(?P<code>[\w-]+)\]")
_MYPY_END = re.compile(
    r"(?:Success: no issues found in|Found (?P<errors>\d+) errors? in \d+ files?"
    r" \(checked) (?P<files>\d+) source files?\)?"
)
_TSC = re.compile(r"(?:(?P<path>.+?)\((?P<line>\d+),\d+\): )?error (?P<code>TS\d+): (?P<text>.*)")


def reports(named: Sequence[str], context: Context) -> list[Report]:
    """Return the reports in all files that *named* (paths and patterns) stands for; each must stand for one."""
    found: dict[Path, Input] = {}
    for text in named:
        as_pattern = any(character in text for character in "*?{[") and not context.path(text).exists()
        asked = Asked(None, (), text) if as_pattern else Asked(text, (), None)
        inputs = asked.all(context)
        if not inputs:
            raise CannotMeasure(f"no report is at {text}")
        found.update((each.path, each) for each in inputs)
    return [report for each in found.values() for report in _stored(each, context)]


def _stored(found: Input, context: Context) -> list[Report]:
    if context.deadline.passed:
        raise CannotMeasure(f"the deadline came before {found.name} was read")

    def compute(_deadline: object) -> list[Report]:
        return read(_inputs.text(_inputs.data(found, LIMIT)), found.name, context.root)

    known: list[Report] = context.fact(("findings", *found.key), compute)
    return [_dated(report, found.changed) for report in known]


def _dated(report: Report, changed: float) -> Report:
    moment = changed if report.moment is None else min(report.moment, changed)
    return replace(report, moment=moment)


def age(found: Iterable[Report], context: Context) -> tuple[dict[str, float], dict[str, str]]:
    """Return ``age`` of the oldest report as a measurement, or why it is not known."""
    moments = [report.moment for report in found if report.moment is not None]
    try:
        return {"age": _inputs.age(context, min(moments)) if moments else 0.0}, {}
    except ValueError as error:
        return {}, {"age": str(error)}


def read(text: str, source: str, root: Path) -> list[Report]:
    """Return the reports in *text*; raises ``CannotMeasure`` where it is of no known format."""
    if not text.strip():
        raise CannotMeasure(f"{source} is empty: a tool that ran leaves more than that")
    try:
        data = json.loads(text)
    except RecursionError:
        raise CannotMeasure(f"{source} is nested too deeply to be read") from None
    except ValueError:
        return [_lines(text, source, root)]
    if isinstance(data, dict) and "runs" in data:
        return sarif.read(data, source, root)
    try:
        for fits, reader in _FORMATS:
            if fits(data):
                return [reader(data, source, root)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CannotMeasure(
            f"{source} is not as its kind of report should be: {type(error).__name__}: {error}"
        ) from None
    raise CannotMeasure(f"{source} is JSON, but not of a tool whose reports are known")


# --- JSON ---------------------------------------------------------------------------------------


def ruff(data: Sequence[Mapping[str, Any]], source: str, root: Path) -> Report:
    """Return what ``ruff check --output-format json`` found; a list of nothing fits other tools too."""
    return Report(source, tuple(_ruff(item, root) for item in data))


def _ruff(item: Mapping[str, Any], root: Path) -> Finding:
    rule = str(item["code"])
    return Finding(
        rule,
        level(item.get("severity") or "error"),
        item["message"],
        relative(item["filename"], root),
        int((item.get("location") or {}).get("row") or 0),
        fixable=(item.get("fix") or {}).get("applicability") == "safe",
        fatal=rule in _UNREAD,
    )


def flake8(data: Mapping[str, Sequence[Mapping[str, Any]]], source: str, root: Path) -> Report:
    """Return what ``flake8 --format=json`` found: findings by file."""
    found = (
        Finding(
            item["code"],
            "error",
            item["text"],
            relative(item["filename"], root),
            item["line_number"],
            fatal=item["code"] in _UNREAD,
        )
        for items in data.values()
        for item in items
    )
    return Report(source, tuple(found), files=len(data))


def pylint(data: Any, source: str, root: Path) -> Report:
    """Return what pylint found, in its formats ``json`` and ``json2``."""
    items = data if isinstance(data, list) else data["messages"]
    files = None if isinstance(data, list) else data["statistics"]["modulesLinted"]
    return Report(source, tuple(_pylint(item, root) for item in items), files=files)


def _pylint(item: Mapping[str, Any], root: Path) -> Finding:
    number = item.get("messageId") or item.get("message-id")
    return Finding(
        item["symbol"],
        level(item["type"]),
        item["message"],
        relative(item["path"], root),
        item["line"],
        fatal=number in _UNREAD,
    )


def eslint(data: Sequence[Mapping[str, Any]], source: str, root: Path) -> Report:
    """Return what ``eslint --format json`` found: one entry for each file looked at."""
    found = (
        Finding(
            str(item["ruleId"]),
            "error" if item["severity"] == 2 else "warning",  # noqa: PLR2004 - ESLint's number for an error
            item["message"],
            relative(entry["filePath"], root),
            int(item.get("line") or 0),
            fixable="fix" in item,
            fatal=bool(item.get("fatal")),
        )
        for entry in data
        for item in entry["messages"]
    )
    return Report(source, tuple(found), files=len(data))


def bandit(data: Mapping[str, Any], source: str, root: Path) -> Report:
    """Return what ``bandit -f json`` found; the levels are those of its SARIF."""
    levels = {"HIGH": "error", "MEDIUM": "warning", "LOW": "note"}
    found = [
        Finding(
            item["test_id"],
            levels.get(item["issue_severity"], "warning"),
            item["issue_text"],
            relative(item["filename"], root),
            item["line_number"],
            stated=item["issue_severity"] in levels,
        )
        for item in data["results"]
    ]
    unread = [
        Finding("unread", "error", item["reason"], relative(item["filename"], root), fatal=True)
        for item in data["errors"]
    ]
    totals = data["metrics"]["_totals"]
    hidden = totals.get("nosec", 0) + totals.get("skipped_tests", 0)
    return Report(source, (*found, *unread), files=len(data["metrics"]) - 1, hidden=hidden)


def pip_audit(data: Mapping[str, Any], source: str, _root: Path) -> Report:
    """Return what ``pip-audit --format json`` found: one finding for each vulnerability of a package."""
    known = [item for item in data["dependencies"] if "vulns" in item]
    skipped = [f"{item['name']}: {item['skip_reason']}" for item in data["dependencies"] if "skip_reason" in item]
    found = (
        Finding(
            vulnerability["id"],
            "error",
            f"{item['name']} {item['version']}, fixed in {', '.join(vulnerability['fix_versions']) or 'no version'}",
            fixable=bool(vulnerability["fix_versions"]),
        )
        for item in known
        for vulnerability in item["vulns"]
    )
    return Report(source, tuple(found), files=len(known), notes=tuple(skipped))


def pyright(data: Mapping[str, Any], source: str, root: Path) -> Report:
    """Return what ``pyright --outputjson`` found."""
    found = (
        Finding(
            item.get("rule") or "syntax",
            level(item["severity"]),
            item["message"],
            relative(item["file"], root),
            item["range"]["start"]["line"] + 1 if "range" in item else 0,
        )
        for item in data["generalDiagnostics"]
    )
    return Report(source, tuple(found), files=data["summary"]["filesAnalyzed"], moment=int(data["time"]) / 1000)


def _keys(*names: str) -> Callable[[Any], bool]:
    return lambda data: isinstance(data, dict) and all(name in data for name in names)


def _items(*names: str) -> Callable[[Any], bool]:
    return lambda data: isinstance(data, list) and bool(data) and _keys(*names)(data[0])


def _by_file(data: Any) -> bool:
    return isinstance(data, dict) and bool(data) and all(isinstance(items, list) for items in data.values())


_FORMATS: tuple[tuple[Callable[[Any], bool], Callable[[Any, str, Path], Report]], ...] = (
    (_keys("generalDiagnostics", "summary"), pyright),
    (_keys("results", "metrics", "errors"), bandit),
    (_keys("messages", "statistics"), pylint),
    (_keys("dependencies"), pip_audit),
    (_items("filePath", "messages"), eslint),
    (_items("symbol", "message-id"), pylint),
    (_items("code", "filename"), ruff),
    (lambda data: data == [], ruff),
    (_keys("file", "severity", "message"), lambda data, source, root: Report(source, (_mypy_json(data, root),))),
    (_by_file, flake8),
)


# --- lines --------------------------------------------------------------------------------------


def _lines(text: str, source: str, root: Path) -> Report:
    lines = [line for line in text.splitlines() if line.strip()]
    if all(line.startswith("{") for line in lines):
        try:
            return Report(source, tuple(_mypy_json(json.loads(line), root) for line in lines))
        except (KeyError, TypeError, ValueError, RecursionError):
            raise CannotMeasure(f"{source} is neither one JSON document nor one on each line") from None
    if any(_MYPY_END.fullmatch(line) for line in lines):
        return mypy(text, source, root)
    found = tsc(text, source, root)
    if not found.findings:
        raise CannotMeasure(f"{source} is of no format that is known, or was cut off")
    return found


def _mypy_json(item: Mapping[str, Any], root: Path) -> Finding:
    code = item["code"] or "misc"
    place = relative(item["file"], root)
    return Finding(code, level(item["severity"]), item["message"], place, max(item["line"], 0), fatal=code == "syntax")


def mypy(text: str, source: str, root: Path) -> Report:
    """
    Return what mypy printed, by its own last line; its notes are left out, as in its own count.

    Raises ``CannotMeasure`` where that line is missing or counts other errors than were printed.
    """
    lines = text.splitlines()
    end = next((last for line in reversed(lines) if (last := _MYPY_END.fullmatch(line.strip()))), None)
    if end is None:
        raise CannotMeasure(f"{source} has not the last line that mypy ends with: it was cut off, or is not mypy's")
    found = [_mypy(match, root) for line in lines if (match := _MYPY.fullmatch(line))]
    errors = tuple(one for one in found if one.level == "error")
    counted = int(end["errors"] or 0)
    if len(errors) != counted:
        raise CannotMeasure(f"{source} counts {counted} errors, and {len(errors)} can be read in it")
    return Report(source, errors, files=int(end["files"]))


def _mypy(match: re.Match[str], root: Path) -> Finding:
    coded = _CODE.fullmatch(match["text"])
    text, code = (coded["text"], coded["code"]) if coded else (match["text"], "misc")
    return Finding(code, level(match["level"]), text, relative(match["path"], root), int(match["line"] or 0))


def tsc(text: str, source: str, root: Path) -> Report:
    """Return what ``tsc --pretty false`` printed; with ``--listFiles``, how many files it looked at, too."""
    found: list[Finding] = []
    files = 0
    for line in text.splitlines():
        match = _TSC.fullmatch(line)
        if match:
            place = relative(match["path"] or "", root)
            found.append(
                # Without a place it is about the project file: no source was looked at.
                Finding(match["code"], "error", match["text"], place, int(match["line"] or 0), fatal=not match["path"])
            )
        elif line.startswith("/") and "/node_modules/" not in line:
            files += 1
    return Report(source, tuple(found), files=files or None)
