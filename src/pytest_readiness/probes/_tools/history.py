"""Files as they were at a commit, read from git's objects: nothing is checked out, and no hook is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.probe import Context, Touch
from pytest_readiness.probes._tools.finding import below
from pytest_readiness.probes._tools.running import program
from pytest_readiness.probes._tools.sources import is_foreign

_LIMIT = 256 * 1024 * 1024
_HEADER = re.compile(r"^[0-9a-f]{40,64} blob \d+$", re.MULTILINE)
_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")


def check(since: str | None) -> None:
    """Raise ``OptionError`` where the option ``since`` could not be a commit."""
    if since is not None and (not since.strip() or since.startswith("-") or "\n" in since):
        raise OptionError("names no commit", "since")


def touches(since: str | None) -> Iterator[Touch]:
    """Yield what is run to read the files of commit *since*."""
    if since is not None:
        yield Touch("command", f"git cat-file --batch (the files of {since})")


def files(
    ref: str, paths: Sequence[str], exclude: Sequence[str], suffixes: frozenset[str], context: Context
) -> list[tuple[str, str]]:
    """Return name and text of the files with one of *suffixes* at commit *ref*, in the order of their names."""
    listed = _git(["ls-tree", "-r", "-z", "--name-only", ref, "--"], context).split("\0")
    wanted = [name for name in listed if _suffix(name) in suffixes and not (exclude and below(exclude, name))]
    wanted = [name for name in wanted if ("." in paths or below(paths, name)) and not _foreign(name, paths)]
    if not wanted:
        raise CannotMeasure(f"there is no file at {', '.join(paths)} in commit {ref}")
    text = _git(["cat-file", "--batch"], context, stdin="".join(f"{ref}:./{name}\n" for name in wanted))
    parts = _HEADER.split(text)[1:]
    if len(parts) != len(wanted):
        raise CannotMeasure(f"the files of commit {ref} cannot be told apart")
    return list(zip(wanted, (part[1:-1] for part in parts), strict=True))


def _foreign(name: str, paths: Sequence[str]) -> bool:
    """Whether a folder above *name* is not to be entered unless it is named."""
    return any(is_foreign(folder) and not any(folder in path for path in paths) for folder in name.split("/")[:-1])


def _suffix(name: str) -> str:
    return f".{name.rpartition('.')[2]}"


def _git(args: Sequence[str], context: Context, stdin: str | None = None) -> str:
    command = [*program("git", context, "it is needed for `since`"), *_QUIET, *args]
    done = context.run(command, stdin=stdin, limit=_LIMIT)
    if done.returncode or done.truncated:
        said = done.stderr.strip().splitlines()[-1:] or ["too much to read"]
        raise CannotMeasure(f"git {args[0]}: {said[0]}")
    return done.stdout
