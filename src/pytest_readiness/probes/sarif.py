"""Findings of scanners: from any SARIF report, or of a scanner that is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Family, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._tools import finding, formats
from pytest_readiness.probes._tools.finding import LEVELS, Finding, Report


@dataclass(frozen=True, kw_only=True)
class Sarif(Probe):
    """
    What did a scanner find?

    Reads reports in SARIF 2.1.0, of any tool, and the JSON of bandit, Ruff, pip-audit, pylint, flake8 and ESLint;
    or runs a scanner that is installed. ``rules``, ``levels`` and ``paths`` choose among the findings.
    ``rule:S101`` and ``level:error`` are measurements, too, and ``rule:S*`` counts all that fit. What is
    suppressed (in SARIF, or by ``# nosec``) is not among the findings, but counted and shown.

    Fails when there are more findings than expected. A report that says its scan was not successful, saw only a
    part, or holds no run is an error, and so is a scanner that looked at no file.

    To fix: mend what the evidence lists, or let the scanner run again.
    """

    measures = {
        "results": Measure(int, "findings that are not suppressed", better=Better.LOWER),
        "error": Measure(int, "findings of level error", better=Better.LOWER),
        "warning": Measure(int, "findings of level warning", better=Better.LOWER),
        "note": Measure(int, "findings of level note", better=Better.LOWER),
        "none": Measure(int, "findings without a level", better=Better.LOWER),
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
        chosen = [found for found in every if self._wanted(found)]
        open_ones = [found for found in chosen if not found.suppressed]
        suppressed = [found for found in chosen if found.suppressed]
        values = _values(open_ones, len(suppressed) + sum(report.hidden for report in reports))
        values |= finding.families(context, open_ones)
        ages, unknown = formats.age(reports, context)
        files, unsaid = finding.files(reports)
        looked_at = sum(report.files != 0 for report in reports)
        return Measurements(
            {**values, **files, **ages, "runs": looked_at},
            looked_at=looked_at,
            evidence=_evidence(reports, open_ones, suppressed),
            unknown={**unknown, **unsaid},
        )

    def _reports(self, context: Context) -> list[Report]:
        if self.run is None:
            return formats.reports(self.report, context)
        from pytest_readiness.probes._tools.scanners import SCANNERS

        return [SCANNERS[self.run](self.targets, self.args, context)]

    def _wanted(self, found: Finding) -> bool:
        return (
            finding.matches(self.rules, found.rule)
            and (not self.levels or found.level in self.levels)
            and finding.below(self.paths, found.path)
        )


def _values(found: Sequence[Finding], suppressed: int) -> dict[str, Value]:
    levels = Counter(one.level for one in found)
    return {
        "results": len(found),
        **{level: levels[level] for level in LEVELS},
        "suppressed": suppressed,
        "rules": len({one.rule for one in found}),
    }


def _evidence(reports: Sequence[Report], found: Sequence[Finding], suppressed: Sequence[Finding]) -> list[Evidence]:
    skipped = [note for report in reports for note in report.notes]
    return [
        *_inputs.present({"runs": finding.told(reports), "not looked at": skipped}),
        *finding.present(found),
        *_inputs.present({"suppressed": [str(one) for one in suppressed]}),
    ]
