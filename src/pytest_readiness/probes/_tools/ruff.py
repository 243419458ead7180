"""Running Ruff's linter, and seeing to it that it really looked, at what, and by which rules."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes._tools import formats
from pytest_readiness.probes._tools.finding import Report
from pytest_readiness.probes._tools.running import answer, check_there, failed, python_tool, run

_ENABLED = re.compile(r"^linter\.rules\.enabled = \[\n(.*?)^\]", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"\(([A-Z]+[0-9]+)\)")
_FOUND = 1


@dataclass(frozen=True, slots=True)
class Ruff:
    """What Ruff is asked to look at, and how: ``select`` takes the place of the project's own selection."""

    paths: tuple[str, ...] = (".",)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    config: str | None = None

    def command(self) -> str:
        """Return the command as a reader knows it."""
        return shlex.join(("ruff", "check", *self._chosen(), *self.paths))

    def report(self, context: Context) -> Report:
        """Return what Ruff finds; raises ``CannotMeasure`` where it did not look as it was asked to."""
        check_there(self.paths, context)
        done = run(self._args(context, "--output-format", "json", "--no-fix"), context)
        if done.returncode not in {0, _FOUND}:
            raise failed("ruff", done)
        found = formats.ruff(answer("ruff", done), self.command(), context.root)
        files = len(self.files(context))
        if files:
            self._check_selection(context)
        return Report(found.source, found.findings, files)

    def files(self, context: Context) -> list[str]:
        """Return the files that Ruff looks at, without the project file."""
        done = run(self._args(context, "--show-files"), context)
        if done.returncode:
            raise failed("ruff", done)
        return [line for line in done.stdout.splitlines() if line.strip() and not line.endswith("pyproject.toml")]

    def enabled(self, context: Context) -> frozenset[str]:
        """Return the codes of the rules that are switched on, as Ruff itself tells."""
        done = run(self._args(context, "--show-settings"), context)
        section = _ENABLED.search(done.stdout)
        if section is None:
            raise CannotMeasure("ruff does not tell which rules are switched on")
        return frozenset(_CODE.findall(section[1]))

    def _check_selection(self, context: Context) -> None:
        """Raise ``CannotMeasure`` if one of ``select`` switches no rule on, as those still in preview do."""
        enabled = self.enabled(context) if self.select else frozenset()
        for selector in self.select:
            if selector != "ALL" and not any(code.startswith(selector) for code in enabled):
                raise CannotMeasure(f"select: {selector} switches no rule of ruff on (is it in preview, or ignored?)")

    def _args(self, context: Context, *more: str) -> list[str]:
        return [*python_tool("ruff", "ruff", context), "check", *self._chosen(), *more, "--", *self.paths]

    def _chosen(self) -> Sequence[str]:
        return [
            *(["--select", ",".join(self.select)] if self.select else []),
            *(["--ignore", ",".join(self.ignore)] if self.ignore else []),
            *(["--config", self.config] if self.config else []),
        ]
