"""Installed packages: there, and in the versions required."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _imported, _inputs, _installed, _requirements

_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Package(Probe):
    """
    Are the packages that the project requires installed, in versions that will do?

    Looked at are the packages of the Python that runs the gates. Requirements are written as in
    pyproject.toml (PEP 508); those whose marker does not hold here are left out. What an extra needs
    is looked at too. A pre-release that is installed satisfies a requirement that its number fits.

    With ``sources``, what the code imports has to be declared, too: by a requirement of its own, not only by
    one that brings it along. A pyproject.toml's extras and groups are declared, but not required. Imports are
    found in the syntax trees; not judged are those for type checkers alone, and those that the code can do
    without (``except ImportError``).

    Fails when a package is missing or has another version than required, or when something is imported
    that is not declared. A requirement that cannot be read, or a package whose metadata are damaged, is an error.

    To fix: install what is listed, and declare what is imported.
    """

    measures = {
        "checked": Measure(int, "requirements that hold here", better=Better.NEITHER),
        "missing": Measure(int, "packages that are not installed", better=Better.LOWER),
        "unsatisfied": Measure(int, "packages installed in another version than required", better=Better.LOWER),
        "imported": Measure(
            int, "modules imported, without Python's and the code's own, by the first part of the name"
        ),
        "undeclared": Measure(int, "those that no declared package brings", better=Better.LOWER),
        "not_declared": Measure(int, "entries of requires that no file of declared_in states", better=Better.LOWER),
        "conflicts": Measure(int, "requirements of installed packages that are not met", better=Better.LOWER),
        "not_imported": Measure(int, "packages declared that no source imports", better=Better.LOWER),
    }
    expect = {"missing": 0, "unsatisfied": 0}
    counter = "checked"

    requires: tuple[str, ...] = option("Requirements.", (), example=["fastapi>=0.115", "uvicorn[standard]"])
    files: tuple[str, ...] = option(
        "Files of requirements, as pip reads them, or a pyproject.toml.", (), example=["requirements.txt"]
    )
    declared_in: tuple[str, ...] = option(
        "Files of which one must state each of requires, in the same version or more strictly.",
        (),
        example="requirements.txt",
    )
    consistent: bool = option(
        "Whether what all installed packages require of one another must be met, as for pip check.", default=False
    )
    sources: tuple[str, ...] = option(
        "Code whose imports have to be declared: files, folders or patterns.", (), example=["src"]
    )
    exclude: tuple[str, ...] = option("Files and folders of sources to leave out.", (), example=["src/orders/_vendor"])

    def __post_init__(self) -> None:
        if not self.requires and not self.files and not self.consistent:
            raise OptionError("say what is required: requires, files, or both; or consistent: true")
        if self.declared_in and not self.requires:
            raise OptionError("goes with requires", "declared_in")
        if self.sources and not self.requires and not self.files:
            raise OptionError("are held against what requires and files declare", "sources")
        if self.exclude and not self.sources:
            raise OptionError("goes with sources", "exclude")
        for name in ("sources", "exclude", "declared_in"):
            if not all(text.strip() and "\0" not in text for text in getattr(self, name)):
                raise OptionError("an entry may not be empty", name)
        for text in self.requires:
            try:
                Requirement(text)
            except InvalidRequirement as error:
                raise OptionError(_requirements.explain(text, error), "requires") from None

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: what is required is there, and what sources import is declared."""
        asked = {"undeclared": self.sources, "not_declared": self.declared_in, "conflicts": self.consistent}
        return {**self.expect, **{name: 0 for name, given in asked.items() if given}}

    def touches(self) -> Iterable[Touch]:
        """Yield the files of requirements, the sources, and the packages by name."""
        yield from (Touch("file", path) for path in (*self.files, *self.declared_in, *self.sources))
        yield from (Touch("module", Requirement(text).name) for text in self.requires)

    def measure(self, context: Context) -> Measurements:
        """Look up each requirement among the packages installed."""
        required, optional = self._required(context)
        checked = [each for each in required if each.marker is None or each.marker.evaluate()]
        missing: list[str] = []
        unsatisfied: list[str] = []
        for requirement in checked:
            if context.deadline.passed:
                raise CannotMeasure(f"the deadline came before {requirement.name} was looked up")
            for absent, line in _installed.faults(requirement, set()):
                (missing if absent else unsatisfied).append(line)
        lines = [*dict.fromkeys([*missing, *unsatisfied])]
        shown = [*lines[:_LISTED], *([f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else [])]
        values: dict[str, Value] = {
            "checked": len(checked),
            "missing": len(set(missing)),
            "unsatisfied": len(set(unsatisfied)),
        }
        evidence = [Evidence("packages", "\n".join(shown))] if lines else []
        unknown: dict[str, str] = {}
        if self.declared_in:
            evidence += self._stated(context, values)
        if self.consistent:
            asked, broken = _installed.conflicts(context)
            values |= {"checked": len(checked) + asked, "conflicts": len(broken)}
            evidence += _inputs.present({"conflicts": broken})
        if self.sources:
            evidence += self._declared([*required, *optional], context, values, unknown)
        return Measurements(values, looked_at=int(str(values["checked"])), evidence=evidence, unknown=unknown)

    def _stated(self, context: Context, values: dict[str, Value]) -> list[Evidence]:
        """Hold ``requires`` against what the files of ``declared_in`` state; returns evidence."""
        stated = [each for path in self.declared_in for each in _in_file(path, context)]
        lines: list[str] = []
        for text in self.requires:
            wanted = Requirement(text)
            same = _of_name(stated, wanted)
            if not any(_requirements.as_strict(each, wanted) for each in same):
                found = ", ".join(f"{each.name}{each.specifier}" for each in same)
                lines.append(f"{text}: {found or 'not mentioned'} in {', '.join(self.declared_in)}")
        values["not_declared"] = len(lines)
        return _inputs.present({"not declared": lines})

    def _required(self, context: Context) -> tuple[list[Requirement], list[Requirement]]:
        """Return what is required, and what is declared without being required."""
        required = [Requirement(text) for text in self.requires]
        optional: list[Requirement] = []
        for path in self.files:
            if path.endswith(".toml"):
                always, sometimes = _requirements.of_project(context.path(path), path)
                required, optional = required + always, optional + sometimes
            else:
                required += _requirements.read(context.path(path), path)
        return required, optional

    def _declared(
        self, requirements: Sequence[Requirement], context: Context, values: dict[str, Value], unknown: dict[str, str]
    ) -> list[Evidence]:
        """Hold what the sources import against what is declared; returns evidence."""
        imports = _imported.foreign(self.sources, self.exclude, context)
        installed = context.fact("installed modules", lambda _: _imported.Installed())
        declared = {canonicalize_name(each.name) for each in requirements}
        absent = {name for name in declared if not _imported.is_installed(name)}
        undeclared: dict[str, str] = {}
        brought: set[str] = set()
        for each in imports:
            names = installed.bringing(each.module) or {canonicalize_name(each.top)}
            brought |= names & declared
            if not (names & declared or each.optional):
                undeclared.setdefault(each.top, f"{each.top} ({', '.join(sorted(names))}): {each.place}")
        values["imported"] = len({each.top for each in imports})
        unseen = sorted(declared - brought)
        # A package that is not installed may bring any module, and no module is known to be its own.
        strange = sorted(top for top in undeclared if not installed.bringing(top))
        why = f"{', '.join(sorted(absent)[:3])} {'is' if len(absent) == 1 else 'are'} declared and not installed"
        if strange and absent:
            unknown["undeclared"] = f"{why}, so it is not known what brings {', '.join(strange[:3])}"
        else:
            values["undeclared"] = len(undeclared)
        if absent & set(unseen):
            unknown["not_imported"] = f"{why}, so it is not known what they bring"
        else:
            values["not_imported"] = len(unseen)
        return _inputs.present({"undeclared": list(undeclared.values()), "declared and not imported": unseen})


def _in_file(path: str, context: Context) -> list[Requirement]:
    """Return all that a file declares, for extras and groups too."""
    if path.endswith(".toml"):
        always, sometimes = _requirements.of_project(context.path(path), path)
        return [*always, *sometimes]
    return _requirements.read(context.path(path), path)


def _of_name(stated: Sequence[Requirement], wanted: Requirement) -> list[Requirement]:
    name = canonicalize_name(wanted.name)
    return [each for each in stated if canonicalize_name(each.name) == name]
