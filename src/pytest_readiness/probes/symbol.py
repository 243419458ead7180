"""Symbols: what source code defines, calls and imports, read from the syntax tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _glob
from pytest_readiness.probes._imports.modules import roots
from pytest_readiness.probes._symbol import look
from pytest_readiness.probes._symbol.facts import Facts, read
from pytest_readiness.redact import looks_secret

_MOST_FILE = 10 * 1024 * 1024
_LISTED = 20


@dataclass(frozen=True, kw_only=True)
class Symbol(Probe):
    """
    Does the code define, call and import what it should?

    Python files are parsed, never imported. ``symbols`` are classes, functions, methods and constants by
    dotted name, or by what they are like: ``{where: {base: typing.Protocol}}`` are all protocols, and
    ``must`` says what each of them has to be like. ``calls`` says which keywords every call of a function
    must have. ``values`` takes constants and arguments of calls as measurements. Names are in full
    where an import of the file tells; inherited traits and what is computed at run time are not seen.

    Fails when something is missing, or there but not as it must be. A file that cannot be parsed is an
    error that names it; so is a value that is not a literal.

    To fix: define what is missing, or change the code at the place that the evidence names.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "files": Measure(int, "files looked into", better=Better.HIGHER),
        "definitions": Measure(int, "classes, functions, methods and constants in them"),
        "matches": Measure(int, "definitions and calls that are wanted", better=Better.HIGHER),
        "found": Measure(
            int, "entries of symbols, calls and imports that something was found for", better=Better.HIGHER
        ),
        "missing": Measure(
            int, "entries of symbols, calls and imports that nothing was found for", better=Better.LOWER
        ),
        "violations": Measure(int, "definitions and calls that are not as they must be", better=Better.LOWER),
    }
    expect: ClassVar[Mapping[str, Value]] = {"missing": 0, "violations": 0}
    counter: ClassVar[str | None] = "files"

    symbols: tuple[str | look.Wanted, ...] = option(
        "Definitions to look for: a name, or what they are like.", (), example=["Ledger.post"]
    )
    paths: tuple[str, ...] = option(
        "Files, folders or patterns with *, ?, [a-z], {a,b} and **; all that is below src/, or the spec's folder, "
        "if neither paths nor modules are given.",
        (),
        example=["src/orders"],
    )
    modules: tuple[str, ...] = option("Modules by dotted name, under src/ or the spec's folder.", ())
    calls: tuple[look.Calls, ...] = option("Functions whose every call must have some keywords.", ())
    imports: tuple[str, ...] = option("Modules, or names in them, that must be imported.", ())
    values: Mapping[str, str] = option(
        "Names of your own for constants (`CACHE_TTL`) and arguments of calls (`create_engine(pool_size)`).",
        factory=dict,
        example={"pool": "create_engine(pool_size)"},
    )
    for_: Literal["any", "every"] = option(
        "Whether symbols and imports must be in any of the files, or in every one.", "any"
    )

    def __post_init__(self) -> None:
        if not (self.symbols or self.calls or self.imports or self.values):
            raise OptionError("say what to look for: symbols, calls, imports or values")
        for name in ("paths", "modules", "symbols", "imports"):
            if any(isinstance(text, str) and not text.strip() for text in getattr(self, name)):
                raise OptionError("an empty name cannot be looked for", name)
        for name, text in self.values.items():
            if name in self.measures:
                raise OptionError(f"{name!r} is measured already; choose another name", "values")
            try:
                look.source_of(text)
            except ValueError as error:
                raise OptionError(str(error), "values") from None

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements, those of ``values`` included."""
        return {
            **self.measures,
            **{name: Measure(object, f"the value of {text}") for name, text in self.values.items()},
        }

    def expected(self) -> Mapping[str, Value]:
        """Return the default expectations, none for what was not asked for."""
        return self.expect if self.symbols or self.calls or self.imports else {}

    def touches(self) -> Iterable[Touch]:
        """Yield where it looks."""
        places = self.paths or (() if self.modules else (".",))
        yield from (Touch("file", path) for path in places)
        yield from (Touch("module", module) for module in self.modules)

    def measure(self, context: Context) -> Measurements:
        """Read the files, then look for what is wanted."""
        files = [self._facts(path, context) for path in self._find(context)]
        values: dict[str, Value] = {"files": len(files), "definitions": sum(len(one.definitions) for one in files)}
        if not files:
            places = ", ".join((*self.paths, *self.modules)) or "the spec's folder"
            return Measurements(values, looked_at=0, unknown={"files": f"no Python file is at {places}"})
        found = self._look(files)
        values |= {"matches": len(found.matches), "found": found.found}
        values |= {"missing": len(found.missing), "violations": len(found.violations)}
        unknown: dict[str, str] = {}
        for name, text in self.values.items():
            try:
                values[name] = one = look.measured(text, files)
            except ValueError as error:
                unknown[name] = str(error)
                continue
            if isinstance(one, str) and (looks_secret(name) or looks_secret(text)):
                context.keep_secret(one)
        return Measurements(values, looked_at=len(files), evidence=list(_told(found)), unknown=unknown)

    def _look(self, files: Sequence[Facts]) -> look.Found:
        found = look.Found()
        every = self.for_ == "every"
        for wanted in self.symbols:
            look.definitions(look.Wanted(name=wanted) if isinstance(wanted, str) else wanted, files, found, every=every)
        for call in self.calls:
            look.calls(call, files, found)
        for module in self.imports:
            look.imports(module, files, found, every=every)
        return found

    def _find(self, context: Context) -> list[Path]:
        found: dict[Path, None] = {}
        everything = ("src",) if (context.root / "src").is_dir() else (".",)
        for text in self.paths or (() if self.modules else everything):
            files = dict.fromkeys(_files(text, context))
            if not files and len(self.paths) + len(self.modules) > 1:
                raise CannotMeasure(f"{text}: no Python file is there")
            found.update(files)
        for module in self.modules:
            found[_module(module, context.root)] = None
        return list(found)

    def _facts(self, path: Path, context: Context) -> Facts:
        """Return the facts of one file, read once a run, however many gates ask for them."""
        name = path.relative_to(context.root).as_posix() if path.is_relative_to(context.root) else str(path)
        if context.deadline.passed:
            raise CannotMeasure(f"the deadline came before {name} was read")
        try:
            stat = path.stat()
        except OSError as error:
            raise CannotMeasure(f"{name} cannot be looked at: {error.strerror}") from None
        key = ("symbols", str(path), name, stat.st_mtime_ns, stat.st_size)
        return context.fact(key, partial(_read, path, name))


def _files(text: str, context: Context) -> Iterator[Path]:
    """Yield the files that *text* means, sorted."""
    path = context.path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises for an unknown user
    if any(character in text for character in "*?{["):
        yield from sorted(one for one in _glob.find(context.root, text, context.deadline) if one.suffix == ".py")
    elif path.is_dir():
        yield from sorted(_glob.find(path, "**/*.py", context.deadline))
    elif _glob.is_file(path):
        yield path
    else:
        raise CannotMeasure(f"{text} is not there")


def _module(name: str, root: Path) -> Path:
    for place in roots(root):
        base = place.joinpath(*name.split("."))
        for path in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
            if _glob.is_file(path):
                return path
    raise CannotMeasure(f"there is no module {name} under src/ or the spec's folder")


def _read(path: Path, name: str, _deadline: Deadline) -> Facts:
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_FILE + 1)
    except OSError as error:
        raise CannotMeasure(f"{name} cannot be read: {error.strerror}") from None
    if len(raw) > _MOST_FILE:
        raise CannotMeasure(f"{name} is larger than {_MOST_FILE // 1024 // 1024} MiB, the most that is read")
    return read(raw, name)


def _told(found: look.Found) -> Iterator[Evidence]:
    for title, lines in (("missing", found.missing), ("violations", found.violations), ("found", found.matches)):
        if lines:
            more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
            yield Evidence(title, "\n".join([*lines[:_LISTED], *more]))
