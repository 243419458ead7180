"""Files by pattern: ``*``, ``?``, ``[a-z]``, ``{a,b}`` and ``**``, with no folder passed over in silence."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure

#: Folders that ``**`` does not enter; naming them in the pattern does.
PASSED_OVER = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__"})

_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_MOST_PATTERNS = 1000


def find(root: Path, pattern: str, deadline: Deadline, wanted: Callable[[Path], bool] | None = None) -> Iterator[Path]:
    """
    Yield the regular files below *root* that match *pattern*, each once, in no order; or what is *wanted*.

    ``**`` enters neither links, nor ``PASSED_OVER``, nor virtual environments. Raises
    ``CannotMeasure`` for a folder that cannot be read, and when the deadline comes.
    """
    known: set[Path] = set()
    for plain in expand(pattern):
        for path in _walk(root, _steps(plain), deadline, is_file if wanted is None else wanted):
            if path not in known:
                known.add(path)
                yield path


def expand(pattern: str) -> list[str]:
    """Return the patterns that *pattern* with its ``{a,b}`` stands for."""
    done: list[str] = []
    waiting = [pattern]
    while waiting:
        text = waiting.pop()
        braces = _BRACES.search(text)
        if braces is None:
            done.append(text)
        else:
            waiting += [text[: braces.start()] + choice + text[braces.end() :] for choice in braces[1].split(",")]
        if len(done) + len(waiting) > _MOST_PATTERNS:
            raise CannotMeasure(f"{pattern} stands for more than {_MOST_PATTERNS} patterns")
    return list(dict.fromkeys(done))


def above(root: Path, text: str) -> Iterator[tuple[str, Path]]:
    """
    Yield the folders, by name and place, that there must be for anything to be found at *text*, a path or pattern.

    That is what comes before the first part with a wildcard, or before the last one.
    """
    for plain in expand(text):
        steps = _steps(plain)
        fixed = next((index for index, step in enumerate(steps) if is_pattern(step)), len(steps) - 1)
        folder = Path(*steps[:fixed])
        yield str(folder), root / folder


def is_pattern(text: str) -> bool:
    """Whether *text* is more than the name of a file."""
    return any(character in text for character in "*?{[")


def is_there(path: Path) -> bool:
    """Tell whether anything at all is at *path*, even a link to nothing; where it cannot be told, ``CannotMeasure``."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be looked at: {error.strerror}") from None
    return True


def _steps(pattern: str) -> tuple[str, ...]:
    """Return the parts of *pattern* between slashes; a ``**`` at the end stands for all files below."""
    parts = Path(os.path.expanduser(pattern)).parts  # noqa: PTH111 - Path.expanduser raises for an unknown user
    steps = tuple(part for index, part in enumerate(parts) if part != "**" or parts[index - 1 : index] != ("**",))
    return (*steps, "*") if steps[-1:] == ("**",) else steps


def _walk(root: Path, steps: tuple[str, ...], deadline: Deadline, wanted: Callable[[Path], bool]) -> Iterator[Path]:
    waiting = [(root, 0)] if steps else []
    known: set[tuple[Path, int]] = set()
    while waiting:
        if deadline.passed:
            raise CannotMeasure(f"the deadline came while looking for {'/'.join(steps)}")
        here = waiting.pop()
        if here in known:
            continue
        known.add(here)
        folder, index = here
        if steps[index] == "**":
            waiting.append((folder, index + 1))
            waiting += [(entry, index) for entry in _folders_to_enter(folder)]
            continue
        for path in _matches(folder, steps[index]):
            if index + 1 < len(steps):
                waiting.append((path, index + 1))
            elif wanted(path):
                yield path


def _matches(folder: Path, step: str) -> Iterator[Path]:
    """Yield the entries of *folder* that one step of a pattern matches, hidden ones too."""
    if not any(character in step for character in "*?["):
        yield folder / step
        return
    fits = re.compile(fnmatch.translate(step)).match
    yield from (folder / entry.name for entry in _entries(folder) if fits(entry.name))


def _folders_to_enter(folder: Path) -> Iterator[Path]:
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False) and entry.name not in PASSED_OVER:
            path = folder / entry.name
            if not (path / "pyvenv.cfg").is_file():
                yield path


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise CannotMeasure(f"folder {folder} cannot be read: {error.strerror}") from None


def is_file(path: Path) -> bool:
    """
    Tell whether *path* is a regular file, through links.

    Nothing there, or a link to nothing, is False; where it cannot be told, ``CannotMeasure``.
    """
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be looked at: {error.strerror}") from None
