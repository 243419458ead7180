"""What a type checker says of the project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Better, Value
from pytest_readiness.probe import Context, Family, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._tools import checkers, finding, formats, running
from pytest_readiness.probes._tools.finding import Report

_NOT_TSC = frozenset({"mypy", "pyright", "basedpyright"})


@dataclass(frozen=True, kw_only=True)
class Types(Probe):
    """
    Does the type checker have anything to say?

    Runs mypy, pyright, basedpyright or TypeScript's ``tsc`` as the project has configured it, or reads what one of
    them has printed: mypy's lines or ``--output json``, ``pyright --outputjson``, ``tsc --pretty false``.
    ``rule:arg-type`` is a measurement, too: the errors and warnings of that rule.

    Fails when there are errors, or a report is older than 30 days (unless the gate expects another ``age``). A
    checker that gave up, at a syntax error for instance, or that looked at no file, is an error. How strict it is,
    the project's configuration says, or ``config`` and ``strict`` here.

    To fix: the evidence names the file and line of each error.
    """

    measures = {
        "files": Measure(int, "files checked", better=Better.HIGHER),
        "errors": Measure(int, "errors", better=Better.LOWER),
        "warnings": Measure(int, "warnings, which mypy and tsc do not have", better=Better.LOWER),
        "rules": Measure(int, "different rules among the errors and warnings", better=Better.LOWER),
        "age": Measure(float, "time since the oldest report was made", unit="s", better=Better.LOWER),
    }
    expect = {"errors": 0}
    counter = "files"

    tool: Literal["mypy", "pyright", "basedpyright", "tsc"] = option("Which type checker to run.", "mypy")
    paths: tuple[str, ...] = option(
        "What to check: files, folders or patterns; what the project has configured, if left out.", (), example=["src"]
    )
    projects: tuple[str, ...] = option(
        "For tsc: folders with a tsconfig.json, or such files; the spec's folder, if left out.", ()
    )
    config: str | None = option("The checker's configuration, if it is not where the checker looks by itself.", None)
    strict: bool = option("For mypy: with --strict, whatever the project has configured.", default=False)
    report: tuple[str, ...] = option("Read these files (or patterns) instead of running the checker.", ())

    def __post_init__(self) -> None:
        for name, tools in (("projects", {"tsc"}), ("paths", _NOT_TSC), ("config", _NOT_TSC), ("strict", {"mypy"})):
            if getattr(self, name) and self.tool not in tools:
                raise OptionError(f"is not for {self.tool}", name)
        if self.report and (self.paths or self.projects or self.config or self.strict):
            raise OptionError(
                "is read as it is: paths, projects, config and strict are for running a checker", "report"
            )
        for name in ("paths", "projects", "report"):
            if not all(text.strip() and "\0" not in text for text in getattr(self, name)):
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
        """Yield the reports, or the checker and what it looks at."""
        if self.report:
            yield from (Touch("file", text) for text in self.report)
        else:
            yield Touch("command", " ".join((self.tool, *self.paths, *self.projects)))

    def measure(self, context: Context) -> Measurements:
        """Run the checker or read its reports, and count."""
        reports = formats.reports(self.report, context) if self.report else self._run(context)
        finding.refuse_unread(reports)
        found = [one for report in reports for one in report.findings if one.level in {"error", "warning"}]
        values: dict[str, Value] = {
            "errors": sum(one.level == "error" for one in found),
            "warnings": sum(one.level == "warning" for one in found),
            "rules": len({one.rule for one in found}),
        }
        values |= finding.families(context, found)
        ages, unknown = formats.age(reports, context)
        files, unsaid = finding.files(reports)
        unknown |= unsaid
        for name in self._mistaken(values, context):
            del values[name]
            unknown[name] = "mypy has no such rule"
        evidence = [*_inputs.present({"checked": finding.told(reports)}), *finding.present(found)]
        return Measurements({**values, **files, **ages}, finding.looked_at(reports), evidence, unknown)

    def _run(self, context: Context) -> list[Report]:
        paths = running.meant(self.paths, context)
        if self.tool == "mypy":
            return [checkers.mypy(paths, self.config, context, strict=self.strict)]
        if self.tool == "tsc":
            return checkers.tsc(self.projects or (".",), context)
        return [checkers.pyright(self.tool, paths, self.config, context)]

    def _mistaken(self, values: dict[str, Value], context: Context) -> list[str]:
        """Return the ``rule:NAME`` that found nothing because mypy has no such rule."""
        if self.report or self.tool != "mypy":
            return []
        rules = [name for name, number in values.items() if name.startswith("rule:") and number == 0]
        return [
            name
            for name in rules
            if not any(character in name for character in "*?[")
            and not checkers.mypy_knows(name.partition(":")[2], context)
        ]
