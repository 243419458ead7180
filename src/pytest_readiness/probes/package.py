"""Installed packages: there, and in the versions required."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _imported, _inputs, _requirements

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
        "not_imported": Measure(int, "packages declared that no source imports", better=Better.LOWER),
    }
    expect = {"missing": 0, "unsatisfied": 0}
    counter = "checked"

    requires: tuple[str, ...] = option("Requirements.", (), example=["fastapi>=0.115", "uvicorn[standard]"])
    files: tuple[str, ...] = option(
        "Files of requirements, as pip reads them, or a pyproject.toml.", (), example=["requirements.txt"]
    )
    sources: tuple[str, ...] = option(
        "Code whose imports have to be declared: files, folders or patterns.", (), example=["src"]
    )
    exclude: tuple[str, ...] = option("Files and folders of sources to leave out.", (), example=["src/orders/_vendor"])

    def __post_init__(self) -> None:
        if not self.requires and not self.files:
            raise OptionError("say what is required: requires, files, or both")
        if self.exclude and not self.sources:
            raise OptionError("goes with sources", "exclude")
        for name in ("sources", "exclude"):
            if not all(text.strip() and "\0" not in text for text in getattr(self, name)):
                raise OptionError("an entry may not be empty", name)
        for text in self.requires:
            try:
                Requirement(text)
            except InvalidRequirement as error:
                raise OptionError(_requirements.explain(text, error), "requires") from None

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: what is required is there, and what sources import is declared."""
        return {**self.expect, **({"undeclared": 0} if self.sources else {})}

    def touches(self) -> Iterable[Touch]:
        """Yield the files of requirements, the sources, and the packages by name."""
        yield from (Touch("file", path) for path in (*self.files, *self.sources))
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
            for absent, line in _faults(requirement, set()):
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
        if self.sources:
            evidence += self._declared([*required, *optional], context, values, unknown)
        return Measurements(values, looked_at=len(checked), evidence=evidence, unknown=unknown)

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


def _faults(requirement: Requirement, known: set[tuple[str, str]]) -> Iterator[tuple[bool, str]]:
    """Yield what is wrong: whether the package is not there at all, and the sentence that says it."""
    try:
        distribution = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        yield True, f"{requirement.name}: not installed, required is {_wanted(requirement)}"
        return
    version = _version(requirement.name, distribution)
    if requirement.specifier and not requirement.specifier.contains(version, prereleases=True):
        yield False, f"{requirement.name}: {version} is installed, required is {_wanted(requirement)}"
    if requirement.url is not None and not _comes_from(distribution, requirement.url):
        yield False, f"{requirement.name}: not installed from the address required"
    offered = {canonicalize_name(name) for name in distribution.metadata.get_all("Provides-Extra") or ()}
    for extra in sorted(map(canonicalize_name, requirement.extras)):
        if (requirement.name, extra) in known:
            continue
        known.add((requirement.name, extra))
        if extra not in offered:
            yield False, f"{requirement.name}: {version} has no extra called {extra}"
        for needed in _needed_for(extra, requirement.name, distribution.requires or ()):
            yield from _faults(needed, known)


def _version(name: str, distribution: metadata.Distribution) -> Version:
    try:
        versions: Sequence[str] = distribution.metadata.get_all("Version") or [""]
        return Version(versions[0])
    except (InvalidVersion, OSError, AttributeError):
        # Without the file METADATA there is None instead of an empty one, from some Python on.
        raise CannotMeasure(f"the metadata of {name} are damaged: no version can be read from them") from None


def _needed_for(extra: str, name: str, texts: Sequence[str]) -> Iterator[Requirement]:
    """Yield what *extra* of the package called *name* needs over and above the package itself."""
    for text in texts:
        try:
            needed = Requirement(text)
        except InvalidRequirement:
            raise CannotMeasure(f"the metadata of {name} are damaged: {text!r} is not a requirement") from None
        marker = needed.marker
        if marker is not None and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""}):
            yield needed


def _comes_from(distribution: metadata.Distribution, url: str) -> bool:
    """Tell whether the package was installed from *url*, whatever login either of the two has in it."""
    try:
        direct = json.loads(distribution.read_text("direct_url.json") or "{}")
        source = direct.get("url", "")
        info = direct.get("vcs_info")
        if info:
            revision = info.get("requested_revision")
            source = f"{info['vcs']}+{source}{'@' + revision if revision else ''}"
    except (ValueError, AttributeError, KeyError, TypeError):
        raise CannotMeasure(f"direct_url.json of {distribution.metadata['Name']} is damaged") from None
    return _plain(source) == _plain(url)


def _plain(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/")


def _wanted(requirement: Requirement) -> str:
    return str(requirement.specifier) or "any version"
