"""Whether the code is formatted as its formatter would have it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._tools.running import check_there, failed, meant, python_tool, run
from pytest_readiness.probes._tools.sarif import relative
from pytest_readiness.process import Completed

_CHANGED = 1
_WOULD = re.compile(r"(\d+) files? would be reformatted")
_IS = re.compile(r"(\d+) files? (?:already formatted|would be left unchanged)")
_NAME = re.compile(r"^(?:[Ww]ould reformat:? (?P<plain>.+)|\s*--> (?P<place>.+?):\d+:\d+)$", re.MULTILINE)
_NOTHING = "No Python files"


@dataclass(frozen=True, kw_only=True)
class Format(Probe):
    """
    Is the code formatted as its formatter would have it?

    Runs `ruff format --check` or `black --check` as the project has configured it. Nothing is changed.

    Fails when a file would be reformatted. A file that cannot be parsed, or no file at all, is an error.

    To fix: run the formatter without ``--check``.
    """

    measures = {
        "files": Measure(int, "files looked at", better=Better.HIGHER),
        "unformatted": Measure(int, "files that would be reformatted", better=Better.LOWER),
    }
    expect = {"unformatted": 0}
    counter = "files"

    tool: Literal["ruff", "black"] = option("Which formatter.", "ruff")
    paths: tuple[str, ...] = option("Files, folders or patterns to look at.", (".",), example=["src", "tests"])
    config: str | None = option("The formatter's configuration, if it is not where it looks by itself.", None)

    def __post_init__(self) -> None:
        if not self.paths or not all(text.strip() and "\0" not in text for text in self.paths):
            raise OptionError("an entry may not be empty", "paths")

    def touches(self) -> Iterable[Touch]:
        """Yield the command."""
        yield Touch("command", " ".join((*self._words(), *self.paths)))

    def measure(self, context: Context) -> Measurements:
        """Run the formatter without letting it change anything, and count by its own last line."""
        paths = meant(self.paths, context)
        check_there([*paths, *([self.config] if self.config else [])], context)
        tool, *words = self._words()
        chosen = ["--config", self.config] if self.config else []
        done = run([*python_tool(tool, tool, context), *words, *chosen, "--", *paths], context)
        if done.returncode not in {0, _CHANGED}:
            raise failed(tool, done)
        text = f"{done.stdout}\n{done.stderr}"
        values = _values(tool, done, text)
        names = [relative(match["plain"] or match["place"], context.root) for match in _NAME.finditer(text)]
        evidence = _inputs.present({"would be reformatted": sorted(set(names))})
        return Measurements(values, looked_at=int(str(values["files"])), evidence=evidence)

    def _words(self) -> tuple[str, ...]:
        return ("ruff", "format", "--check") if self.tool == "ruff" else ("black", "--check")


def _values(tool: str, done: Completed, text: str) -> dict[str, Value]:
    """Return the counts; raises ``CannotMeasure`` where the exit code and the last line disagree."""
    would, formatted = _WOULD.search(text), _IS.search(text)
    unformatted = int(would[1]) if would else 0
    if bool(unformatted) != (done.returncode == _CHANGED) or (
        would is None and formatted is None and _NOTHING not in text
    ):
        raise CannotMeasure(f"{tool} ended with exit code {done.returncode} and does not say of how many files")
    return {"files": unformatted + (int(formatted[1]) if formatted else 0), "unformatted": unformatted}
