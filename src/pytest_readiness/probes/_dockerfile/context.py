"""What gets from the build context into an image: COPY and ADD, less what .dockerignore keeps out."""

from __future__ import annotations

import fnmatch
import os
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._dockerfile.image import Stage
from pytest_readiness.probes._dockerfile.parser import Instruction, expand

_REMOTE = re.compile(r"[a-z+]+://|git@", re.IGNORECASE)
_MOST_BYTES = 1024 * 1024


class Ignored:
    """The patterns of a .dockerignore: the last that matches a path, or a folder above it, decides."""

    def __init__(self, text: str) -> None:
        self._rules: list[tuple[bool, str]] = []
        for line in text.removeprefix("\ufeff").splitlines():
            pattern = line.strip()
            if not pattern or line.startswith("#"):
                continue
            excepted = pattern.startswith("!")
            clean = plain(pattern.removeprefix("!").strip())
            if clean:
                self._rules.append((not excepted, clean))

    def __call__(self, path: str) -> bool:
        """Return whether *path*, relative to the context, is kept out."""
        parts = path.split("/")
        above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        ignored = False
        for keeps_out, pattern in self._rules:
            if ignored != keeps_out and any(fits(pattern, one) for one in above):
                ignored = keeps_out
        return ignored


def ignored(dockerfile: Path, context: Path) -> Ignored:
    """Return what is kept out of a build of *dockerfile* in the folder *context*."""
    for path in (dockerfile.with_name(f"{dockerfile.name}.dockerignore"), context / ".dockerignore"):
        try:
            with path.open("rb") as file:
                return Ignored(file.read(_MOST_BYTES).decode("utf-8", "replace"))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise CannotMeasure(f"{path} cannot be read: {error.strerror}") from None
    return Ignored("")


def plain(path: str) -> str:
    """Return *path* relative to the context, without ``./`` and the like; the context itself is empty."""
    clean = posixpath.normpath(f"/{path}").lstrip("/")
    return "" if clean == "." else clean


def copied(stages: Sequence[Stage], only: Sequence[Instruction] | None = None) -> list[tuple[str, tuple[str, ...]]]:
    """Return what the *stages* copy from the context: a pattern each, and the patterns it leaves out."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for stage in stages:
        for made in stage.instructions if only is None else only:
            if made.name in {"COPY", "ADD"} and made.flag("from") is None and not made.triggered:
                left_out = tuple(plain(value) for name, value in made.flags if name == "exclude")
                sources = [expand(word, stage.variables) for word in made.words[:-1] if "<<" not in word]
                found += (
                    (plain(source), left_out)
                    for source, unknown in sources
                    if not unknown and not _REMOTE.match(source)
                )
    return found


def absent(wanted: str, stages: Sequence[Stage], context: Path, keeps_out: Ignored, deadline: Deadline) -> str | None:
    """Return why *wanted*, a file or folder of the context, does not get into the image, None if it does."""
    path = plain(wanted)
    parts = path.split("/")
    above = ["", *("/".join(parts[: end + 1]) for end in range(len(parts)))]
    reason = "no COPY or ADD takes it"
    for source, left_out in copied(stages):
        if not any(fits(source, one) for one in above):
            continue
        there = context / path
        if any(fits(pattern, one) for pattern in left_out for one in above[1:]):
            reason = "--exclude leaves it out"
        elif not there.exists():
            if source == path and not keeps_out(path):  # named, so that the build fails where it is not there
                return None
            reason = "it is not in the build context"
        elif _any_left(there, path, keeps_out, deadline):
            return None
        else:
            reason = ".dockerignore keeps it out"
    return reason


def _any_left(there: Path, path: str, keeps_out: Ignored, deadline: Deadline) -> bool:
    """Whether the file *there*, or any file in that folder, is not kept out."""
    if not there.is_dir():
        return not keeps_out(path)
    return any(not keeps_out(f"{path}/{name}" if path else name) for name in _below(there, deadline))


def _below(folder: Path, deadline: Deadline) -> Iterator[str]:
    for here, _, names in os.walk(folder):
        if deadline.passed:
            raise CannotMeasure(f"the deadline came while looking for files in {folder}")
        relative = Path(here).relative_to(folder)
        yield from ((relative / name).as_posix() for name in names)


def fits(pattern: str, path: str) -> bool:
    """
    Whether *path* is what *pattern* means: ``*``, ``?`` and ``[a-z]`` within a name, ``**`` for any folders.

    Takes time that grows with the product of the two, whatever the pattern.
    """
    names = path.split("/") if path else []
    reached = {0}
    for step in pattern.split("/") if pattern else []:
        if step == "**":
            reached = set(range(min(reached, default=len(names) + 1), len(names) + 1))
        else:
            same = _step(step)
            reached = {at + 1 for at in reached if at < len(names) and same(names[at])}
    return len(names) in reached


@cache
def _step(step: str) -> Callable[[str], object]:
    return re.compile(fnmatch.translate(step.replace("[^", "[!"))).match
