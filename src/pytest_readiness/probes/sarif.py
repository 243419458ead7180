"""Findings of scanners: from any SARIF report, or of a scanner that is run."""

from __future__ import annotations

import difflib
import fnmatch
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Family, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._tools import finding, formats
from pytest_readiness.probes._tools.finding import LEVELS, Finding, Report

#: Where each severity begins, by GitHub's code scanning (docs.github.com, "SARIF support for code scanning").
_SEVERITIES = {"low": 0.0, "medium": 4.0, "high": 7.0, "critical": 9.0}


@dataclass(frozen=True, kw_only=True)
class Sarif(Probe):
    """
    What did a scanner find?

    Reads reports in SARIF 2.1.0, of any tool, and the JSON of bandit, Ruff, pip-audit, pylint, flake8 and ESLint;
    or runs a scanner that is installed. ``rules``, ``levels`` and ``paths`` choose among the findings.
    ``rule:S101`` and ``level:error`` are measurements, too, and ``rule:S*`` counts all that fit. What is
    suppressed (in SARIF, or by ``# nosec``) is not among the findings, but counted and shown.
    ``critical``, ``high``, ``medium`` and ``low`` go by the ``security-severity`` (CVSS) of the rules, as in GitHub's
    code scanning; a rule without one, of a tool that rates others, is about something else than security.

    Many scanners, those for secrets among them, state no level, which SARIF takes for a warning: ``error`` is an
    error then, unless the gate expects something of ``unstated``. Expect ``results: 0`` where nothing may be found.

    Fails when there are more findings than expected, or a report is older than 30 days (unless the gate expects
    another ``age``). A report that says its scan was not successful, saw only a
    part, or holds no run is an error, and so are a scanner that looked at no file, a rule that a report which
    lists all of its rules does not have, and a severity asked of findings that nobody rated.

    To fix: mend what the evidence lists, or let the scanner run again.
    """

    measures = {
        "results": Measure(int, "findings that are not suppressed", better=Better.LOWER),
        "error": Measure(int, "findings of level error", better=Better.LOWER),
        "warning": Measure(int, "findings of level warning", better=Better.LOWER),
        "note": Measure(int, "findings of level note", better=Better.LOWER),
        "none": Measure(int, "findings of level none", better=Better.LOWER),
        "unstated": Measure(int, "findings whose level nobody states, read as warnings", better=Better.LOWER),
        "critical": Measure(int, "findings with a security-severity of 9.0 or more", better=Better.LOWER),
        "high": Measure(int, "findings with one of 7.0 up to 9.0", better=Better.LOWER),
        "medium": Measure(int, "findings with one of 4.0 up to 7.0", better=Better.LOWER),
        "low": Measure(int, "findings with one below 4.0", better=Better.LOWER),
        "unrated": Measure(int, "findings without a security-severity", better=Better.LOWER),
        "suppressed": Measure(int, "findings that are suppressed", better=Better.LOWER),
        "rules": Measure(int, "different rules among the findings", better=Better.LOWER),
        "runs": Measure(int, "runs of scanners that were looked at", better=Better.HIGHER),
        "files": Measure(int, "files or packages scanned, if all runs say so", better=Better.HIGHER),
        "age": Measure(float, "time since the oldest of the runs", unit="s", better=Better.LOWER),
    }
    counter = "runs"

    report: tuple[str, ...] = option(
        "Report files, or patterns with *, ?, [a-z], {a,b} and **; there must be one at each.",
        (),
        example=["reports/*.sarif"],
    )
    run: Literal["bandit", "gitleaks", "pip-audit", "ruff"] | None = option(
        "A scanner to run instead, which has to be installed.", None
    )
    targets: tuple[str, ...] = option("What the scanner is to look at, with run.", (".",), example=["src"])
    args: tuple[str, ...] = option("More arguments for the scanner; for ruff: the rules to select.", ())
    rules: tuple[str, ...] = option(
        "Only findings of rules that fit; a pattern with ! before it leaves out.", (), example=["S*", "!S101"]
    )
    levels: tuple[Literal["error", "warning", "note", "none"], ...] = option("Only findings of these levels.", ())
    paths: tuple[str, ...] = option(
        "Only findings in these files and folders, or fitting these patterns; ! before one leaves out.", ()
    )

    def __post_init__(self) -> None:
        if bool(self.report) == (self.run is not None):
            raise OptionError("give report, or a scanner to run, and not both")
        if self.run is None and (self.args or self.targets != (".",)):
            raise OptionError("targets and args are for a scanner to run, and run says none")
        for name in ("report", "targets", "rules", "paths"):
            if not all(text.strip("! ") and "\0" not in text for text in getattr(self, name)):
                raise OptionError("an entry may not be empty", name)

    @classmethod
    def families(cls) -> Iterable[Family]:
        """Yield the counts of single rules and levels."""
        yield from (finding.RULES, finding.OF_LEVELS)

    def declare(self, name: str) -> Measure | None:
        """Return the declaration of a measurement, ``rule:NAME`` and ``level:NAME`` among them."""
        return self.measures.get(name) or finding.family(name, "rule", "level")

    def presumed(self) -> Mapping[str, Value]:
        """Return that a stored report is not an old one."""
        return _inputs.RECENT if self.report else {}

    def touches(self) -> Iterable[Touch]:
        """Yield the reports, or the scanner and what it looks at."""
        if self.run is not None:
            yield Touch("command", self.run)
            if self.run == "pip-audit":
                yield Touch("host", "pypi.org")
        yield from (Touch("file", text) for text in (self.targets if self.run else self.report))

    def measure(self, context: Context) -> Measurements:
        """Read the reports or run the scanner, and count the findings that were chosen."""
        reports = self._reports(context)
        finding.refuse_unread(reports)
        every = [found for report in reports for found in report.findings]
        finding.check_places(self.paths, every, context)
        _refuse_unheard_of(self.rules, reports)
        fitting = [found for found in every if self._fits(found)]
        chosen = [found for found in fitting if not self.levels or found.level in self.levels]
        open_ones = [found for found in chosen if not found.suppressed]
        suppressed = [found for found in chosen if found.suppressed]
        values = _values(open_ones, len(suppressed) + sum(report.hidden for report in reports))
        values |= finding.families(context, open_ones)
        severities, unrated = _severities(reports, open_ones)
        values |= severities
        silent = sum(not found.stated and not found.suppressed for found in fitting)
        values["unstated"] = silent
        if silent and "unstated" not in context.asked:
            unrated |= self._without_levels(silent, values)
        ages, unknown = formats.age(reports, context)
        files, unsaid = finding.files(reports)
        looked_at = sum(report.files != 0 for report in reports)
        return Measurements(
            {**values, **files, **ages, "runs": looked_at},
            looked_at=looked_at,
            evidence=[*_evidence(reports, open_ones, suppressed), *_unheard_of(self.rules, reports)],
            unknown={**unknown, **unsaid, **unrated},
        )

    def _reports(self, context: Context) -> list[Report]:
        if self.run is None:
            return formats.reports(self.report, context)
        from pytest_readiness.probes._tools.scanners import SCANNERS

        return [SCANNERS[self.run](self.targets, self.args, context)]

    def _fits(self, found: Finding) -> bool:
        return finding.matches(self.rules, found.rule) and finding.below(self.paths, found.path)

    def _without_levels(self, silent: int, values: dict[str, Value]) -> dict[str, str]:
        """Take out of *values* what cannot be told where *silent* findings state no level; return why."""
        why = f"{silent} {'finding states' if silent == 1 else 'findings state'} no level"
        if self.levels and "warning" not in self.levels:
            raise CannotMeasure(f"{why}, so that levels cannot choose: leave it out, or expect something of unstated")
        names = [name for name in ("error", "level:error") if name in values]
        for name in names:
            del values[name]
        return dict.fromkeys(names, f"{why}: expect results, or something of unstated")


def _values(found: Sequence[Finding], suppressed: int) -> dict[str, Value]:
    levels = Counter(one.level for one in found)
    return {
        "results": len(found),
        **{level: levels[level] for level in LEVELS},
        "suppressed": suppressed,
        "rules": len({one.rule for one in found}),
    }


def _severities(reports: Sequence[Report], found: Sequence[Finding]) -> tuple[dict[str, Value], dict[str, str]]:
    """Return the counts by severity, or why they cannot be told: a tool that rates nothing has found something."""
    rated = [one.rating for one in found if one.rating is not None]
    unrated: dict[str, Value] = {"unrated": len(found) - len(rated)}
    silent = {one for report in reports if not report.rates for one in report.findings}
    if count := sum(one in silent for one in found):
        why = f"{count} of {len(found)} findings are of a tool that gives no security-severity"
        return unrated, dict.fromkeys(_SEVERITIES, why)
    ends = (*_SEVERITIES.values(), float("inf"))
    counts = {
        name: sum(start <= rating < ends[place + 1] for rating in rated)
        for place, (name, start) in enumerate(_SEVERITIES.items())
    }
    return {**unrated, **counts}, {}


def _refuse_unheard_of(rules: Sequence[str], reports: Sequence[Report]) -> None:
    """
    Raise ``CannotMeasure`` for a pattern that fits no rule, where every report lists all of its rules.

    A report that lists a rule without a finding lists them all; others list only those that found something.
    """
    if all(report.rules - {found.rule for found in report.findings} for report in reports):
        known = sorted({rule for report in reports for rule in report.rules})
        for pattern in _unfitting(rules, reports):
            near = difflib.get_close_matches(pattern, known, 1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise CannotMeasure(f"rules: {pattern} is none of the {len(known)} rules of the report{hint}")


def _unheard_of(rules: Sequence[str], reports: Sequence[Report]) -> list[Evidence]:
    """Tell of patterns that fit no rule which a report names: they may be misspelt, or have found nothing."""
    return _inputs.present({"rules that no report names": _unfitting(rules, reports)})


def _unfitting(rules: Sequence[str], reports: Sequence[Report]) -> list[str]:
    """Return the patterns among *rules* that fit no rule which a report names."""
    known = {rule for report in reports for rule in (*report.rules, *(found.rule for found in report.findings))}
    return [rule for rule in rules if not rule.startswith("!") and not _any_fits(rule, known)]


def _any_fits(pattern: str, names: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for name in names)


def _evidence(reports: Sequence[Report], found: Sequence[Finding], suppressed: Sequence[Finding]) -> list[Evidence]:
    skipped = [note for report in reports for note in report.notes]
    return [
        *_inputs.present({"runs": finding.told(reports), "not looked at": skipped}),
        *finding.present(found),
        *_inputs.present({"suppressed": [str(one) for one in suppressed]}),
    ]
