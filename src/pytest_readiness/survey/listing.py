"""Which files a repository has: a walk that is bounded in number and depth, and follows no link."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context, Facts
from pytest_readiness.probes._git.repository import Repository as Checkout

#: Files are listed up to this number, and folders entered up to this depth.
MOST, DEEPEST = 50_000, 16

#: Seconds that git may take to list its files.
GIT_SECONDS = 10.0

#: Folders that hold nothing of the project's own.
_FOREIGN = frozenset(
    {
        *("__pycache__", "node_modules", "bower_components", "site-packages", "venv", "virtualenv"),
        *("build", "dist", "target", "htmlcov", "_build"),
    }
)
#: Hidden folders with something that people write.
_SPOKEN = frozenset({".github", ".gitlab", ".circleci", ".docker", ".devcontainer"})
#: A name that every probe takes for itself, not for a pattern, a variable or a home.
_PLAIN = re.compile(r"[^~*?\[\]{}$\\][^*?\[\]{}$\\]*")


@dataclass(frozen=True, slots=True)
class Listing:
    """
    The regular files below ``root``, by names with slashes, sorted; ``troubles`` say what could not be seen.

    Where git keeps the folder, what it ignores is left out. ``top`` is the topmost folder of its checkout.
    """

    root: Path
    files: tuple[str, ...]
    top: Path | None = None
    troubles: tuple[str, ...] = ()


def listing(root: Path) -> Listing:
    """Return the files of the folder *root*."""
    troubles: list[str] = []
    files = sorted(_walk(root, troubles))
    top, kept = _kept(root, troubles)
    if kept:  # nothing is kept of a folder that git ignores as a whole: then that says nothing of its files
        files = [name for name in files if name in kept]
    return Listing(root, tuple(files), top, tuple(troubles))


def _walk(root: Path, troubles: list[str]) -> Iterator[str]:
    waiting = [("", 0)]
    left = MOST
    while waiting:
        folder, depth = waiting.pop()
        for entry in _entries(root, folder, troubles):
            name = f"{folder}{entry.name}"
            if not (_PLAIN.fullmatch(entry.name) and entry.name.isprintable()):
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST and _is_own(entry):
                    waiting.append((f"{name}/", depth + 1))
            elif entry.is_file(follow_symlinks=False):
                if not left:
                    troubles.append(f"only the first {MOST} files were looked at")
                    return
                left -= 1
                yield name


def _entries(root: Path, folder: str, troubles: list[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root / folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        troubles.append(f"{folder or '.'} cannot be looked into: {error.strerror}")
        return []


def _is_own(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    if name in _FOREIGN or name.endswith(".egg-info") or (name.startswith(".") and name not in _SPOKEN):
        return False
    return not Path(entry.path, "pyvenv.cfg").exists()


def _kept(root: Path, troubles: list[str]) -> tuple[Path | None, frozenset[str]]:
    """Return the top of the checkout that *root* is in, and the files in it that git does not ignore."""
    deadline = Deadline.after(GIT_SECONDS)
    env = dict(os.environ)
    context = Context(root=root, env=env, deadline=deadline, now=datetime.now(UTC), facts=Facts(deadline))
    try:
        checkout = Checkout.at(root, context)
        inside = root.resolve().relative_to(checkout.top.resolve()).as_posix()
        asked = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name", "--", inside)
        start = "" if inside == "." else f"{inside}/"
        return checkout.top, frozenset(name.removeprefix(start) for name in checkout.names(*asked))
    except CannotMeasure as error:
        if "is not in a git repository" not in str(error) and "git is not" not in str(error):
            troubles.append(str(error))
        return None, frozenset()
