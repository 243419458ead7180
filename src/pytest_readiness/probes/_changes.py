"""
When files were changed, by git's history where there is one.

The time stamp of a file says when it was checked out: on a build machine every document would
be of today. So a committed file is as old as its last commit, and only what is not committed as old as its time stamp.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes import _glob

_GIT = (
    "git",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "--no-optional-locks",
    "--literal-pathspecs",
)


def newest(paths: Sequence[Path], context: Context) -> float:
    """
    Return when the newest of *paths*, files or folders, was changed, in seconds since the epoch.

    Raises ``CannotMeasure`` where that cannot be told: in a shallow clone, or where git or a file is missing.
    """
    gone = next((path for path in paths if not path.exists()), None)
    if gone is not None:
        raise CannotMeasure(f"{gone} is not there")
    if not any((folder / ".git").exists() for folder in (context.root, *context.root.parents)):
        return max(_stamps(path, context) for path in paths)
    key = ("shallow", str(context.root))
    if context.fact(key, lambda _deadline: _git(context, "rev-parse", "--is-shallow-repository")) == "true":
        raise CannotMeasure("the clone is shallow, so git does not know when files were changed: fetch its history")
    names = [str(path) for path in paths]
    said = _git(context, "log", "-1", "--no-show-signature", "--format=%ct", "--", *names)
    changed = [float(said)] if said else []
    status = _git(context, "status", "--porcelain", "-z", "--untracked-files=all", "--", *names)
    top = Path(_git(context, "rev-parse", "--show-toplevel")) if status else context.root
    changed += [_stamps(path, context) for path in _named(status, top) if path.exists()]
    return max(changed) if changed else max(_stamps(path, context) for path in paths)  # files that git ignores


def behind(newest_of: float, other: str, context: Context) -> float:
    """Return how many seconds before the newest change of *other*, a file or folder, the moment *newest_of* is."""
    return max(0.0, newest([context.path(other)], context) - newest_of)


def _named(status: str, top: Path) -> list[Path]:
    """Return the paths in *status*, the output of ``git status --porcelain -z``; see git-status(1)."""
    found: list[Path] = []
    entries = iter(status.split("\0"))
    for entry in entries:
        if entry:
            found.append(top / entry[3:])
        if entry[:1] in {"R", "C"}:
            next(entries, None)  # where it was renamed from
    return found


def _stamps(path: Path, context: Context) -> float:
    """Return the newest time stamp of a file, or of the files in a folder."""
    try:
        if not path.is_dir():
            return path.stat().st_mtime
        stamps = [each.stat().st_mtime for each in _glob.find(path, "**/*", context.deadline)]
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be looked at: {error.strerror}") from None
    if not stamps:
        raise CannotMeasure(f"{path} has no files")
    return max(stamps)


def _git(context: Context, *args: str) -> str:
    done = context.run([*_GIT, *args])
    if done.returncode != 0 or done.truncated:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:200]
        raise CannotMeasure(f"git cannot tell when files were changed: {last}")
    return done.stdout.strip("\n")
