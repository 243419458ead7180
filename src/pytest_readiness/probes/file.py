"""Files that must be there, must not be there, or must hold something."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness import patterns
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _absence, _changes, _glob, _inputs

#: Contents are read up to this many bytes, all files of a gate together.
READ_LIMIT = 64 * 1024 * 1024

_SOURCES = ("path", "paths", "glob", "folder", "absent")
_LISTED = 20
_CLOCK_SKEW = 60.0


@dataclass(frozen=True, kw_only=True)
class File(Probe):
    """
    Are the files there, and do they hold what they should?

    ``path`` and ``paths`` name files, ``glob`` looks for them; a folder is not a file, and ``folder`` names one.
    ``absent`` is for what must not be there. ``lines``, ``size`` and ``matches`` are sums over all files found.
    ``regex`` is looked for in the whole text of each file, ``^`` and ``$`` meaning each line. None of ``paths`` may
    be missing, and a regex has to match at least once, unless the gate says otherwise; ``not_regex`` has to match
    nowhere. ``newer_than`` is for documents of any kind, and for what is generated: of committed files it is the
    last commit that counts, however new the checkout.

    Fails when a file is missing, when nothing matches, when the contents are not as expected, when
    the newest of the files is older than ``newer_than``, or when something ``absent`` is there.
    A gate that wants no file says ``absent`` (or ``count: 0``), one that wants no match says ``matches: 0``.
    That something is not in a folder which is not there itself is an error: its name may be mistyped.

    To fix: create the file, or correct ``path``, ``paths``, ``glob`` or ``regex``; delete what has to be ``absent``.
    """

    measures = {
        "count": Measure(int, "files found", better=Better.HIGHER),
        "missing": Measure(int, "files named in paths that are not there", better=Better.LOWER),
        "lines": Measure(int, "lines in all files found"),
        "size": Measure(int, "size of all files found", unit="B"),
        "largest": Measure(int, "size of the largest of the files", unit="B"),
        "smallest": Measure(int, "size of the smallest of the files", unit="B"),
        "mode": Measure(str, "permissions of each of them, in octal, such as '644'"),
        "writable": Measure(bool, "whether each of them can be written to by the user who runs the gate"),
        "matches": Measure(int, "places where regex matches, over all files found"),
        "unmatched": Measure(int, "files found in which regex matches nowhere", better=Better.LOWER),
        "forbidden": Measure(int, "places where not_regex matches, over all files found", better=Better.LOWER),
        "present": Measure(int, "things that should be absent, but are there", better=Better.LOWER),
        "age": Measure(float, "time since the newest of the files was changed", unit="s", better=Better.LOWER),
        "behind": Measure(float, "how much older than newer_than the newest is", unit="s", better=Better.LOWER),
    }
    expect = {"count": ">= 1"}
    counter = "count"

    path: str | None = option("One file; relative paths start at the spec's folder.", None, example="Dockerfile")
    paths: tuple[str, ...] = option("Several files, all of which must be there.", (), example=["LICENSE", "NOTICE"])
    glob: str | None = option(
        "A pattern with *, ?, [a-z], {a,b} and ** (any folders, except .git, node_modules and the like).",
        None,
        example="docs/**/*.md",
    )
    folder: str | None = option("One folder that must be there.", None, example="data/models")
    absent: tuple[str, ...] = option(
        "Files, folders or patterns of which none may be there; the folder above has to be.", (), example=["setup.py"]
    )
    regex: re.Pattern[str] | None = option("What to look for in the text of each file.", None, example="^## Rollback")
    not_regex: re.Pattern[str] | None = option("What must not be in the text of any file.", None, example="TODO")
    newer_than: str | None = option("A file or folder that the files must not be older than.", None, example="src")

    def __post_init__(self) -> None:
        given = [name for name in _SOURCES if getattr(self, name) not in {None, ()}]
        if len(given) != 1:
            known = f"{', '.join(_SOURCES[:-1])} and {_SOURCES[-1]}"
            raise OptionError(f"give exactly one of {known}, not {' and '.join(given) or 'none'}")
        for text in self._asked():
            if not text.strip() or "\0" in text:
                raise OptionError("a path may not be empty", given[0])
        looked_for = [name for name in ("regex", "not_regex") if getattr(self, name) is not None]
        if self.absent and (looked_for or self.newer_than is not None):
            raise OptionError("names nothing that could be looked into", "absent")
        if self.folder is not None and looked_for:
            raise OptionError("is for the text of files: say which, with glob", looked_for[0])
        for name in looked_for:
            if getattr(self, name).search("") is not None:
                raise OptionError("matches the empty text, so it would match everywhere", name)
        if self.newer_than is not None and (not self.newer_than.strip() or "\0" in self.newer_than):
            raise OptionError("a path may not be empty", "newer_than")

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: none of several missing, a regex that matches somewhere, none behind."""
        if self.absent:
            return {"present": 0}
        missing: dict[str, Value] = {"missing": 0} if self.paths else {}
        matches: dict[str, Value] = {"matches": ">= 1"} if self.regex is not None else {}
        behind: dict[str, Value] = {"behind": 0} if self.newer_than is not None else {}
        forbidden: dict[str, Value] = {"forbidden": 0} if self.not_regex is not None else {}
        return {**self.expect, **missing, **matches, **forbidden, **behind}

    def touches(self) -> Iterable[Touch]:
        """Yield the paths or the pattern, and what they are compared with."""
        yield from (Touch("file", text) for text in (*self._asked(), *filter(None, [self.newer_than])))
        if self.newer_than is not None:
            yield Touch("command", "git log")

    def measure(self, context: Context) -> Measurements:
        """Look for the files, then into them."""
        if self.absent:
            return _absence.look(self.absent, context)
        found, missing = self._find(context)
        values: dict[str, Value] = {"count": len(found), **({"missing": len(missing)} if self.paths else {})}
        evidence = [_listed("not there", missing)] if missing else []
        if found and self.newer_than is not None:
            values["behind"] = _changes.behind(_changes.newest(found, context), self.newer_than, context)
        if found:
            evidence.append(_listed("found", [_shown(path, context.root) for path in found]))
            evidence += self._look_into(found, context, values)
        kind = "no file matches" if self.glob else f"there is no{' folder' if self.folder else ''}"
        nothing = f"{kind} {', '.join(missing)}"
        if not found and (nowhere := _absence.nowhere(self._asked(), context)):
            nothing += f", and no folder {', '.join(nowhere)} to look into"
            values.clear()
        return Measurements(
            values, looked_at=len(found), evidence=evidence, unknown={} if found else {"count": nothing}
        )

    def _named(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.paths)) or ((self.path,) if self.path is not None else ())

    def _asked(self) -> tuple[str, ...]:
        """Return all that names or means something to look for."""
        return (*self._named(), *filter(None, [self.glob, self.folder]), *self.absent)

    def _find(self, context: Context) -> tuple[list[Path], list[str]]:
        """Return the files found, sorted, and the names (or the pattern) that nothing was found for."""
        if self.glob is not None:
            found = sorted(_glob.find(context.root, self.glob, context.deadline))
            return found, [] if found else [self.glob]
        if self.folder is not None:
            place = _absence.place(self.folder, context)
            if place.exists() and not place.is_dir():
                raise CannotMeasure(f"{self.folder} is not a folder: a file is what path is for")
            return ([place], []) if place.is_dir() else ([], [_absent(self.folder, place)])
        there: list[Path] = []
        missing: list[str] = []
        for name in self._named():
            path = _absence.place(name, context)
            if _glob.is_file(path):
                there.append(path)
            elif path.exists():
                raise CannotMeasure(_not_a_file(name, path))
            else:
                missing.append(_absent(name, path))
        return there, missing

    def _look_into(self, found: Sequence[Path], context: Context, values: dict[str, Value]) -> Iterator[Evidence]:
        """Add to *values* what the files hold; yield what could not be measured, and where regex matches."""
        try:
            stats = [path.stat() for path in found]
        except OSError as error:
            raise CannotMeasure(f"{error.filename} cannot be looked at: {error.strerror}") from None
        values["mode"] = _inputs.each(f"{stat.S_IMODE(each.st_mode):03o}" for each in stats)
        values["writable"] = _inputs.each(os.access(path, os.W_OK) for path in found)
        sizes = [each.st_size for each in stats]
        if self.folder is None:
            values |= {"size": sum(sizes), "largest": max(sizes), "smallest": min(sizes)}
        age = max(time.time(), context.now.timestamp()) - max(each.st_mtime for each in stats)
        if age > -_CLOCK_SKEW:
            values["age"] = max(0.0, age)
        else:
            yield Evidence("age", "not measured: a file was changed in the future, says its time stamp")
        if self.folder is not None:
            return
        size = sum(sizes)
        if size > READ_LIMIT:
            yield Evidence("contents", f"not read: {size} bytes are more than the limit of {READ_LIMIT}")
            return
        yield from self._read(found, context, values)

    def _read(self, found: Sequence[Path], context: Context, values: dict[str, Value]) -> Iterator[Evidence]:
        """Add to *values* the lines and matches; yield where the regex matches."""
        texts: list[str] = []
        for path in found:
            if context.deadline.passed:
                raise CannotMeasure(f"the deadline came before {_shown(path, context.root)} was read")
            texts.append(_text(path))
        values["lines"] = sum(text.count("\n") + (not text.endswith("\n") and text != "") for text in texts)
        names = [_shown(path, context.root) for path in found]
        if self.not_regex is not None:
            wrong = _matches(self.not_regex, texts, context)
            values["forbidden"] = sum(map(len, wrong))
            places = [_places(*each) for each in zip(names, texts, wrong, strict=True) if each[2]]
            yield from [_listed("not_regex matches", places)] if places else []
        if self.regex is not None:
            hits = _matches(self.regex, texts, context)
            values["matches"] = sum(map(len, hits))
            values["unmatched"] = sum(not starts for starts in hits)
            places = [_places(*each) for each in zip(names, texts, hits, strict=True) if each[2]]
            nowhere = [name for name, starts in zip(names, hits, strict=True) if not starts]
            yield from (_listed(*part) for part in (("matches", places), ("no match in", nowhere)) if part[1])


def _matches(regex: re.Pattern[str], texts: Sequence[str], context: Context) -> list[list[int]]:
    """Return the offsets at which *regex* matches in each text, ``^`` and ``$`` meaning lines."""
    each_line = re.compile(regex.pattern, regex.flags | re.MULTILINE)
    try:
        found = patterns.find_all(each_line, texts, context.deadline.cap())
    except (TimeoutError, ValueError) as error:
        raise CannotMeasure(str(error)) from None
    return [[start for start, _ in hits] for hits in found]


def _text(path: Path) -> str:
    """Return the text of *path* with plain newlines; what is not UTF-8 or UTF-16 becomes U+FFFD."""
    try:
        with path.open("rb") as file:
            data = file.read(READ_LIMIT + 1)
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be read: {error.strerror}") from None
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if utf16 else "utf-8-sig", errors="replace").replace("\r\n", "\n")


def _places(name: str, text: str, hits: Sequence[int]) -> str:
    """Say where in *name* the matches are: the lines, never their text, which may be a secret."""
    lines = dict.fromkeys(str(text.count("\n", 0, hit) + 1) for hit in hits[:_LISTED])
    more = f" and {len(hits) - _LISTED} more" if len(hits) > _LISTED else ""
    return f"{name}: line {', '.join(lines)}{more}"


def _not_a_file(name: str, path: Path) -> str:
    if path.is_dir():
        return f"{name} is a folder, not a file: say what must be in it, as in glob: {name.rstrip('/')}/*"
    return f"{name} is not a regular file"


def _absent(name: str, path: Path) -> str:
    if path.is_symlink():
        return f"{name} (a link to nothing)"
    return f"{name} (did you mean glob?)" if _glob.is_pattern(name) else name


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _listed(title: str, lines: Sequence[str]) -> Evidence:
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return Evidence(title, "\n".join([*lines[:_LISTED], *more]))
