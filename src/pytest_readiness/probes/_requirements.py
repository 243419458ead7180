"""Requirements in texts and files, as pip reads them; what cannot be read is never passed over."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier
from packaging.version import Version

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes import _glob

_LIMIT = 1024 * 1024
_INDENT = 4
_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTION_OF_ONE = re.compile(r"\s--(hash|config-settings?|global-option)([= ]).*$")
_INCLUDE = re.compile(r"(?:-r|--requirement)(?:\s+|=)?(?P<path>\S+)$")
# What says where packages come from, not which.
_HOW = re.compile(
    r"(-i|--(extra-)?index-url|-f|--find-links|--no-index|--pre|--prefer-binary|--trusted-host"
    r"|--no-binary|--only-binary|--require-hashes|--use-feature)([= ].*)?$"
)


def explain(text: str, error: InvalidRequirement) -> str:
    """Return in one line why *text* is not a requirement, and from which column on."""
    message, *rest = str(error).splitlines()
    # The rest repeats the text, and marks the place below it; both are indented.
    column = rest[-1].find("^") - _INDENT + 1 if rest else 0
    return f"{text!r} is not a requirement: {message}" + (f" (column {column})" if column > 0 else "")


def read(path: Path, shown: str) -> list[Requirement]:
    """Return the requirements in the file at *path* and those it includes; ``CannotMeasure`` names the line."""
    return list(_read(path, shown, set()))


def of_project(path: Path, shown: str) -> tuple[list[Requirement], list[Requirement]]:
    """
    Return what the pyproject.toml at *path* requires: always, and for one of its extras or groups.

    Raises ``CannotMeasure`` where it does not tell by itself.
    """
    try:
        data = tomllib.loads(_text(path, shown))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CannotMeasure(f"{shown} is not TOML: {error}") from None
    project = data.get("project")
    if not isinstance(project, dict):
        raise CannotMeasure(f"{shown} has no [project], so it requires nothing that can be read")
    dynamic = {"dependencies", "optional-dependencies"} & set(project.get("dynamic", ()))
    if dynamic:
        raise CannotMeasure(f"{shown}: {min(dynamic)} are dynamic: name the file that they come from")
    extras = [*project.get("optional-dependencies", {}).values(), *data.get("dependency-groups", {}).values()]
    always = [_requirement(str(text), f"{shown}: project.dependencies") for text in project.get("dependencies", ())]
    # A group may include another one by a table; that one is among them, too.
    texts = [text for group in extras for text in group if isinstance(text, str)]
    return always, [_requirement(text, f"{shown}: an extra or group") for text in texts]


def _read(path: Path, shown: str, known: set[Path]) -> Iterator[Requirement]:
    if path.resolve() in known:
        return
    known.add(path.resolve())
    for number, line in _lines(path, shown):
        place = f"{shown}:{number}"
        include = _INCLUDE.match(line)
        if include:
            yield from _read(path.parent / include["path"], str(Path(shown).parent / include["path"]), known)
        elif _HOW.match(line):
            continue
        elif line.startswith("-"):
            raise CannotMeasure(f"{place}: {line.split()[0]} cannot be judged: it is neither a requirement nor -r")
        else:
            yield _requirement(_OPTION_OF_ONE.sub("", line), place)


def as_strict(stated: Requirement, wanted: Requirement) -> bool:
    """Whether *stated*, of the same name, allows no version and lacks no extra that *wanted* does not."""
    return wanted.extras <= stated.extras and all(
        any(_implies(own, clause) for own in stated.specifier) for clause in wanted.specifier
    )


def _implies(own: Specifier, wanted: Specifier) -> bool:
    """Whether all versions that *own* allows are allowed by *wanted*, of which only the plain cases are known."""
    if own == wanted:
        return True
    if "*" in own.version or "*" in wanted.version or "===" in {own.operator, wanted.operator}:
        return False
    here, there = Version(own.version), Version(wanted.version)
    if wanted.operator in {">=", ">"}:
        above = here > there or (here == there and (wanted.operator == ">=" or own.operator == ">"))
        return own.operator in {">=", ">", "==", "~="} and above
    if wanted.operator in {"<=", "<"}:
        below = here < there or (here == there and (wanted.operator == "<=" or own.operator == "<"))
        return own.operator in {"<=", "<", "=="} and below
    return own.operator == "==" and wanted.contains(here, prereleases=True)


def _requirement(text: str, place: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement:
        # Not shown: an address may have a login in it.
        raise CannotMeasure(f"{place}: not a requirement with a name, as in name>=1.0") from None


def _lines(path: Path, shown: str) -> Iterator[tuple[int, str]]:
    """Yield the logical lines that are not empty, without comments, each with the number it begins at."""
    begun, joined = 0, ""
    for number, line in enumerate(_text(path, shown).splitlines(), 1):
        begun = begun or number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            joined += line[:-1]
            continue
        text = _COMMENT.sub("", joined + line).strip()
        if text:
            yield begun, text
        begun, joined = 0, ""
    if joined.strip():
        yield begun, joined.strip()


def _text(path: Path, shown: str) -> str:
    if not _glob.is_file(path):
        raise CannotMeasure(f"{shown} is not there")
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise CannotMeasure(f"{shown} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CannotMeasure(f"{shown} is not UTF-8: byte 0x{error.object[error.start]:02x}") from None
    if len(data) > _LIMIT:
        raise CannotMeasure(f"{shown} is larger than {_LIMIT // 1024} KiB")
    return text
