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
from pytest_readiness.model import Better, Evidence
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _requirements

_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Package(Probe):
    """
    Are the packages that the project requires installed, in versions that will do?

    Looked at are the packages of the Python that runs the gates. Requirements are written as in
    pyproject.toml (PEP 508); those whose marker does not hold here are left out. What an extra needs
    is looked at too. A pre-release that is installed satisfies a requirement that its number fits.

    Fails when a package is missing or has another version than required. A requirement that cannot
    be read, or a package whose metadata are damaged, is an error.

    To fix: install what is listed.
    """

    measures = {
        "checked": Measure(int, "requirements that hold here", better=Better.NEITHER),
        "missing": Measure(int, "packages that are not installed", better=Better.LOWER),
        "unsatisfied": Measure(int, "packages installed in another version than required", better=Better.LOWER),
    }
    expect = {"missing": 0, "unsatisfied": 0}
    counter = "checked"

    requires: tuple[str, ...] = option("Requirements.", (), example=["fastapi>=0.115", "uvicorn[standard]"])
    files: tuple[str, ...] = option("Files of requirements, as pip reads them.", (), example=["requirements.txt"])

    def __post_init__(self) -> None:
        if not self.requires and not self.files:
            raise OptionError("say what is required: requires, files, or both")
        for text in self.requires:
            try:
                Requirement(text)
            except InvalidRequirement as error:
                raise OptionError(_requirements.explain(text, error), "requires") from None

    def touches(self) -> Iterable[Touch]:
        """Yield the files of requirements, and the packages by name."""
        yield from (Touch("file", path) for path in self.files)
        yield from (Touch("module", Requirement(text).name) for text in self.requires)

    def measure(self, context: Context) -> Measurements:
        """Look up each requirement among the packages installed."""
        required = [Requirement(text) for text in self.requires]
        for path in self.files:
            required += _requirements.read(context.path(path), path)
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
        return Measurements(
            {"checked": len(checked), "missing": len(set(missing)), "unsatisfied": len(set(unsatisfied))},
            looked_at=len(checked),
            evidence=[Evidence("packages", "\n".join(shown))] if lines else [],
        )


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
