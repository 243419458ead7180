"""How large and how entangled the code is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Better, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._tools import history, sources
from pytest_readiness.probes._tools.mccabe import Function, size_of

#: How many of the largest are named where there is no limit.
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Complexity(Probe):
    """
    How large are files, functions and classes, and how entangled are the functions?

    Complexity is McCabe's, with the numbers of Ruff's rule C901: 1, and 1 more for every branch, loop, handler
    and function inside. Lines are all lines of a file; those of a function, from its ``def`` to its end.
    Where ``max_lines`` or another limit is given, nothing may be over it, unless the gate says otherwise:
    `over_lines: "<= 35"` is a ratchet. With ``since``, the functions are held against those at a commit of git.

    Fails when something is over a limit, or when a number is not as expected. A file that cannot be parsed
    is an error.

    To fix: take apart what the evidence lists.
    """

    measures = {
        "files": Measure(int, "files looked into", better=Better.HIGHER),
        "functions": Measure(int, "functions and methods looked into"),
        "classes": Measure(int, "classes looked into"),
        "lines": Measure(int, "lines of all files together"),
        "max_complexity": Measure(int, "complexity of the most entangled function", better=Better.LOWER),
        "mean": Measure(float, "complexity of the functions on average", better=Better.LOWER),
        "longest_file": Measure(int, "lines of the longest file", better=Better.LOWER),
        "longest_function": Measure(int, "lines of the longest function", better=Better.LOWER),
        "most_methods": Measure(int, "methods of the class with the most", better=Better.LOWER),
        "over_lines": Measure(int, "files of more lines than max_lines", better=Better.LOWER),
        "over_complexity": Measure(int, "functions more complex than max_complexity", better=Better.LOWER),
        "over_function_lines": Measure(int, "functions of more lines than max_function_lines", better=Better.LOWER),
        "over_methods": Measure(int, "classes of more methods than max_methods", better=Better.LOWER),
        "before": Measure(float, "what mean was at the commit under since"),
        "reduction": Measure(float, "how much lower mean is than at that commit", unit="%", better=Better.HIGHER),
        "grown": Measure(int, "functions, by file and name, more complex than at that commit", better=Better.LOWER),
    }
    counter = "files"

    paths: tuple[str, ...] = option(sources.PATHS_DOC, ())
    exclude: tuple[str, ...] = option(sources.EXCLUDE_DOC, ())
    max_complexity: int | None = option("How complex a function may be, for over_complexity.", None, example=10)
    max_lines: int | None = option("How many lines a file may have, for over_lines.", None, example=500)
    max_function_lines: int | None = option("How many lines a function may have, for over_function_lines.", None)
    max_methods: int | None = option("How many methods a class may have, for over_methods.", None)

    since: str | None = option("A commit, tag or branch of git to compare with.", None, example="main")

    def __post_init__(self) -> None:
        sources.check(self.paths, self.exclude)
        history.check(self.since)
        for name in self._limits():
            if getattr(self, name) < 1:
                raise OptionError("is at least 1", name)

    def _limits(self) -> list[str]:
        names = ("max_complexity", "max_lines", "max_function_lines", "max_methods")
        return [name for name in names if getattr(self, name) is not None]

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: nothing is over a limit that is given."""
        return {name.replace("max_", "over_"): 0 for name in self._limits()}

    def touches(self) -> Iterable[Touch]:
        """Yield what is read."""
        yield from sources.touches(self.paths)
        yield from history.touches(self.since)

    def measure(self, context: Context) -> Measurements:
        """Parse the files and count."""
        files = sources.find(self.paths, self.exclude, sources.PYTHON, context)
        sizes = sources.each("complexity", files, size_of, context)
        functions = [one for size in sizes for one in size.functions]
        classes = [one for size in sizes for one in size.classes]
        values: dict[str, Value] = {
            "files": len(sizes),
            "functions": len(functions),
            "classes": len(classes),
            "lines": sum(size.lines for size in sizes),
        }
        unknown: dict[str, str] = {}
        parts: dict[str, Sequence[str]] = {}
        if functions:
            values["mean"] = fmean(one.complexity for one in functions)
        else:
            unknown["mean"] = "there is no function"
        self._compare(functions, values, unknown, parts, context)
        for scale in (
            Scale("complexity", "max_complexity", "function", [(one.complexity, str(one)) for one in functions]),
            Scale("lines", "longest_file", "file", [(size.lines, size.file) for size in sizes]),
            Scale("function_lines", "longest_function", "function", [(one.lines, str(one)) for one in functions]),
            Scale("methods", "most_methods", "class", [(one.methods, str(one)) for one in classes]),
        ):
            scale.measure(getattr(self, f"max_{scale.name}"), values, unknown, parts)
        return Measurements(values, len(sizes), _inputs.present(parts), unknown)

    def _compare(
        self,
        functions: Sequence[Function],
        values: dict[str, Value],
        unknown: dict[str, str],
        parts: dict[str, Sequence[str]],
        context: Context,
    ) -> None:
        """Put into *values* what was at the commit under ``since``, and what has become of it."""
        if self.since is None or not functions:
            why = "give since" if self.since is None else "there is no function"
            unknown |= dict.fromkeys(("before", "reduction", "grown"), why)
            return
        paths = self.paths or (("src",) if context.path("src").is_dir() else (".",))
        files = history.files(self.since, paths, self.exclude, sources.PYTHON, context)
        old = [one for name, text in files for one in size_of(text.encode(), name).functions]
        if not old:
            unknown |= dict.fromkeys(("before", "reduction", "grown"), f"there was no function at {self.since}")
            return
        values["before"] = before = fmean(one.complexity for one in old)
        values["reduction"] = 100.0 * (before - fmean(one.complexity for one in functions)) / before
        then, now = _worst(old), _worst(functions)
        pairs = [(then[key].complexity, one) for key, one in now.items() if key in then]
        grown = [f"{was} -> {one.complexity}  {one}" for was, one in pairs if one.complexity > was]
        values["grown"] = len(grown)
        parts["more complex than before"] = grown


def _worst(functions: Sequence[Function]) -> dict[tuple[str, str], Function]:
    """Return by file and name the most complex function of that name."""
    ordered = sorted(functions, key=lambda one: one.complexity)
    return {(one.place.rpartition(":")[0], one.name): one for one in ordered}


@dataclass(frozen=True, slots=True)
class Scale:
    """One thing that is counted, by the name of its limit: for each file, function or class, how many and where."""

    name: str
    most: str
    what: str
    counted: Sequence[tuple[int, str]]

    def measure(
        self, limit: int | None, values: dict[str, Value], unknown: dict[str, str], parts: dict[str, Sequence[str]]
    ) -> None:
        """Put the largest number into *values*, and how many are over the *limit*; name them in *parts*."""
        over = f"over_{self.name}"
        if limit is None:
            unknown[over] = f"give max_{self.name}"
        if not self.counted:
            unknown |= {self.most: f"there is no {self.what}", over: f"there is no {self.what}"}
            return
        worst = sorted(self.counted, key=lambda each: (-each[0], each[1]))
        values[self.most] = worst[0][0]
        named = [f"{number:>5}  {place}" for number, place in worst]
        if limit is None:
            parts[self.most] = named[:_SHOWN]
        else:
            values[over] = sum(number > limit for number, _ in worst)
            parts[f"{over} {limit}"] = [line for line, (number, _) in zip(named, worst, strict=True) if number > limit]
