"""What a linter says of the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Value
from pytest_readiness.probe import Context, Family, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._tools import finding, formats, running
from pytest_readiness.probes._tools.ruff import Ruff

_SELECTOR = re.compile(r"[A-Z]+[0-9]*")


@dataclass(frozen=True, kw_only=True)
class Lint(Probe):
    """
    Does the linter have anything to say?

    Runs Ruff as the project has configured it, or with the rules under ``select`` in place of the project's own; or
    reads the JSON of Ruff, flake8, pylint or ESLint, or SARIF. ``rule:E722`` is a measurement, too, and
    ``rule:S*`` counts all rules that fit.

    Fails when there are problems, or a report is older than 30 days (unless the gate expects another ``age``). A file
    that the linter cannot read, a rule that is not switched on, and nothing looked at are errors.

    To fix: the evidence names the file, line and rule of each problem; `ruff check --fix` mends those that are
    ``fixable``.
    """

    measures = {
        "files": Measure(int, "files checked", better=Better.HIGHER),
        "problems": Measure(int, "problems found", better=Better.LOWER),
        "fixable": Measure(int, "problems that the linter can safely mend by itself", better=Better.LOWER),
        "rules": Measure(int, "different rules among the problems", better=Better.LOWER),
        "age": Measure(float, "time since the oldest report was made", unit="s", better=Better.LOWER),
    }
    expect = {"problems": 0}
    counter = "files"

    paths: tuple[str, ...] = option(
        "What Ruff is to check: files, folders or patterns.", (".",), example=["src", "tests"]
    )
    select: tuple[str, ...] = option(
        "Rules, or the beginnings of their names, in place of the project's own selection: F821 for undefined names, "
        "INP for folders without `__init__.py`. One that Ruff does not know makes the gate an error when it runs.",
        (),
        example=["E722", "BLE001", "S110"],
    )
    ignore: tuple[str, ...] = option("Rules to leave out.", ())
    config: str | None = option("Ruff's configuration, if it is not where Ruff looks by itself.", None)
    report: tuple[str, ...] = option("Read these files (or patterns) instead of running Ruff.", ())

    def __post_init__(self) -> None:
        if self.report and (self.paths != (".",) or self.config):
            raise OptionError("is read as it is: paths and config are for running Ruff", "report")
        for name in ("select", "ignore"):
            for text in getattr(self, name):
                if not self.report and not _SELECTOR.fullmatch(text):
                    raise OptionError(f"{text!r} is no rule of Ruff, and not the beginning of one", name)
        for name in ("paths", "report", "select", "ignore"):
            texts = getattr(self, name)
            if not all(text.strip() and "\0" not in text for text in texts) or (name == "paths" and not texts):
                raise OptionError("an entry may not be empty", name)

    @classmethod
    def families(cls) -> Iterable[Family]:
        """Yield the counts of single rules."""
        yield finding.RULES

    def declare(self, name: str) -> Measure | None:
        """Return the declaration of a measurement, ``rule:NAME`` among them."""
        return self.measures.get(name) or finding.family(name, "rule")

    def presumed(self) -> Mapping[str, Value]:
        """Return that a stored report is not an old one."""
        return _inputs.RECENT if self.report else {}

    def touches(self) -> Iterable[Touch]:
        """Yield the reports, or the command."""
        if self.report:
            yield from (Touch("file", text) for text in self.report)
        else:
            yield Touch("command", self._ruff().command())

    def measure(self, context: Context) -> Measurements:
        """Run Ruff or read the reports, and count."""
        reports = formats.reports(self.report, context) if self.report else [self._ruff(context).report(context)]
        finding.refuse_unread(reports)
        found = [one for report in reports for one in report.findings if not one.suppressed and self._wanted(one.rule)]
        values: dict[str, Value] = {
            "problems": len(found),
            "fixable": sum(one.fixable for one in found),
            "rules": len({one.rule for one in found}),
        }
        values |= finding.families(context, found)
        ages, unknown = formats.age(reports, context)
        files, unsaid = finding.files(reports)
        unknown |= unsaid
        for name in self._not_switched_on(values, context):
            del values[name]
            unknown[name] = "the rule is not switched on"
        evidence = [*_inputs.present({"checked": finding.told(reports)}), *finding.present(found, "problems")]
        return Measurements({**values, **files, **ages}, finding.looked_at(reports), evidence, unknown)

    def _ruff(self, context: Context | None = None) -> Ruff:
        paths = self.paths if context is None else running.meant(self.paths, context)
        return Ruff(paths, self.select, self.ignore, self.config)

    def _wanted(self, rule: str) -> bool:
        """Whether a problem counts; Ruff itself has already left out what does not."""
        if not self.report:
            return True
        return (not self.select or rule.startswith(self.select)) and not (self.ignore and rule.startswith(self.ignore))

    def _not_switched_on(self, values: dict[str, Value], context: Context) -> list[str]:
        """Return the ``rule:NAME`` that found nothing because Ruff did not look for it."""
        silent = [name for name, number in values.items() if name.startswith("rule:") and number == 0]
        if self.report or not silent:
            return []
        try:
            enabled = self._ruff(context).enabled(context)
        except CannotMeasure:
            return silent
        return [name for name in silent if not any(fnmatchcase(code, name.partition(":")[2]) for code in enabled)]
