"""Code that is there more than once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._tools import clones, history, sources
from pytest_readiness.probes._tools.clones import LEXERS, Clones, Text

_LEAST = 10


@dataclass(frozen=True, kw_only=True)
class Duplication(Probe):
    """
    How much of the code is there more than once?

    Compares Python, JavaScript, TypeScript, Java, Kotlin, Scala, Go, Rust, C, C++, C#, Swift, Vue and Svelte by their
    tokens: names and literals have to be equal, comments and layout need not. A line counts as duplicated wherever
    it is in a run of at least ``min_tokens`` equal tokens, on both sides of it; a docstring is one token. The
    numbers do not depend on what is installed. With ``against``, only what is in both trees counts, as percent of
    ``paths``; with ``since``, the same is measured at a commit of git, too.

    Fails when more is duplicated than the gate expects. A path with no source file, or none with a line of
    code, is an error.

    To fix: give the code that the evidence names one home.
    """

    measures = {
        "percent": Measure(float, "lines of code that are also elsewhere", unit="%", better=Better.LOWER),
        "lines": Measure(int, "lines of code that are also elsewhere", better=Better.LOWER),
        "code_lines": Measure(int, "lines of code, without blank ones and comments"),
        "clones": Measure(int, "pairs of places with equal code", better=Better.LOWER),
        "largest": Measure(int, "lines of the largest clone", better=Better.LOWER),
        "files": Measure(int, "files compared", better=Better.HIGHER),
        "before": Measure(float, "what percent was at the commit under since", unit="%"),
        "reduction": Measure(float, "duplicated lines fewer than at that commit", unit="%", better=Better.HIGHER),
    }
    counter = "files"

    paths: tuple[str, ...] = option(sources.PATHS_DOC, (), example=["src"])
    exclude: tuple[str, ...] = option(sources.EXCLUDE_DOC, ())
    against: tuple[str, ...] = option("Another tree: only what is in both counts.", ())
    since: str | None = option("A commit, tag or branch of git to compare with.", None)
    min_tokens: int = option("How many equal tokens make a clone.", 50)
    min_lines: int = option("How many lines it has at least, on both sides.", 5)

    def __post_init__(self) -> None:
        sources.check((*self.paths, *self.against), self.exclude)
        if self.min_tokens < _LEAST:
            raise OptionError(f"is at least {_LEAST}: fewer are equal everywhere", "min_tokens")
        if self.min_lines < 1:
            raise OptionError("is at least 1", "min_lines")
        history.check(self.since)
        if self.since is not None and self.against:
            raise OptionError("since compares a tree with itself: not together with against", "since")

    def touches(self) -> Iterable[Touch]:
        """Yield what is read."""
        yield from sources.touches((*(self.paths or (".",)), *self.against))
        yield from history.touches(self.since)

    def measure(self, context: Context) -> Measurements:
        """Read the files, compare their tokens, and count the lines."""
        mine = self._texts(self.paths, context)
        others = self._texts(self.against, context) if self.against else []
        both = sorted({text.name for text in mine} & {text.name for text in others})
        if both:
            raise CannotMeasure(f"{both[0]} is in paths and in against")
        border = len(others) if self.against else None
        found = clones.find([*others, *mine], self.min_tokens, self.min_lines, _tick(context), apart=border)
        values = _values(found, len(others))
        values["files"] = len(mine) + len(others)
        unknown = {} if self.since else dict.fromkeys(("before", "reduction"), "give since")
        if self.since is not None and mine:
            self._compare(values, unknown, context)
        largest = sorted(found.clones, key=lambda clone: -clone.size)
        evidence = _inputs.present({"largest clones": [str(clone) for clone in largest]})
        if not values["code_lines"]:
            unknown["files"] = f"{len(mine)} files, and not a line of code in them" if mine else "there is no file"
        looked_at = len(mine) if values["code_lines"] else 0
        return Measurements(values, looked_at=looked_at, evidence=evidence, unknown=unknown)

    def _texts(self, paths: tuple[str, ...], context: Context) -> list[Text]:
        files = sources.find(paths, self.exclude, LEXERS, context)
        return sources.each("tokens", files, _lexed, context)

    def _compare(self, values: dict[str, Value], unknown: dict[str, str], context: Context) -> None:
        """Put into *values* what was at the commit, and how much less is duplicated now."""
        paths = self.paths or (("src",) if context.path("src").is_dir() else (".",))
        old = history.files(str(self.since), paths, self.exclude, frozenset(LEXERS), context)
        texts = [clones.lex(text, name, PurePath(name).suffix) for name, text in old]
        before = _values(clones.find(texts, self.min_tokens, self.min_lines, _tick(context)), 0)
        if "percent" in before:
            values["before"] = before["percent"]
        was, now = int(str(before["lines"])), int(str(values["lines"]))
        if was:
            values["reduction"] = 100.0 * (was - now) / was
        else:
            unknown["reduction"] = f"nothing was duplicated at {self.since}"


def _lexed(raw: bytes, name: str) -> Text:
    return clones.lex(_inputs.text(raw), name, PurePath(name).suffix)


def _values(found: Clones, first: int) -> dict[str, Value]:
    """Return the numbers of all files but the *first* ones, which are only compared with."""
    code = sum(map(len, found.code[first:]))
    doubled = sum(map(len, found.doubled[first:]))
    values: dict[str, Value] = {
        "lines": doubled,
        "code_lines": code,
        "clones": len(found.clones),
        "largest": max((clone.size for clone in found.clones), default=0),
    }
    if code:
        values["percent"] = 100.0 * doubled / code
    return values


def _tick(context: Context) -> Callable[[], None]:
    def tick() -> None:
        if context.deadline.passed:
            raise CannotMeasure("the deadline came before all files were compared")

    return tick
