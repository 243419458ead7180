"""What is installed beside the Python that runs the gates, held against requirements."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context


def conflicts(context: Context) -> tuple[int, list[str]]:
    """
    Return how many requirements installed packages have of one another, and a line for each that is not met.

    That is what ``pip check`` looks at; requirements of extras and of other platforms don't count. Raises
    ``CannotMeasure`` where a package does not say what it requires.
    """
    checked = 0
    lines: dict[str, None] = {}
    for name, distribution in sorted(_all().items()):
        if context.deadline.passed:
            raise CannotMeasure(f"the deadline came before what {name} requires was looked at")
        for needed in _required(name, distribution):
            checked += 1
            lines.update((f"{name} {_version(name, distribution)}: {line}", None) for _, line in faults(needed, set()))
    return checked, list(lines)


def _all() -> Mapping[str, metadata.Distribution]:
    """Return all packages by name, of several with one name the one that is imported."""
    found: dict[str, metadata.Distribution] = {}
    for each in metadata.distributions():
        try:
            name: str = canonicalize_name(each.metadata["Name"] or "")
        except (AttributeError, TypeError):  # without the file METADATA, from some Python on
            name = ""
        if not name:
            raise CannotMeasure("the metadata of an installed package are damaged: it has no name")
        found.setdefault(name, each)
    return found


def _required(name: str, distribution: metadata.Distribution) -> Iterator[Requirement]:
    for text in distribution.requires or ():
        try:
            needed = Requirement(text)
        except InvalidRequirement:
            raise CannotMeasure(f"the metadata of {name} are damaged: {text!r} is not a requirement") from None
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            yield needed


def faults(requirement: Requirement, known: set[tuple[str, str]]) -> Iterator[tuple[bool, str]]:
    """Yield what is wrong: whether the package is not there at all, and the sentence that says it."""
    try:
        distribution = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        yield True, f"{requirement.name}: not installed, required is {wanted(requirement)}"
        return
    version = _version(requirement.name, distribution)
    if requirement.specifier and not requirement.specifier.contains(version, prereleases=True):
        yield False, f"{requirement.name}: {version} is installed, required is {wanted(requirement)}"
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
            yield from faults(needed, known)


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


def wanted(requirement: Requirement) -> str:
    return str(requirement.specifier) or "any version"
