"""A repository, and the way to ask git about it without running anything that the repository brings along."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.process import Completed

_LIMIT = 64 * 1024 * 1024
_SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "--no-pager")
#: No locks, no questions, no network, no translated messages, no patterns in the names of files.
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}
#: A hook of git that runs the tests says by these which repository is meant, which is not ours.
_ELSEWHERE = frozenset(
    {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_GLOB_PATHSPECS",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_ICASE_PATHSPECS",
    }
)
_SHORT = 200


@dataclass(frozen=True)
class Repository:
    """
    A working tree, by its topmost folder ``top``; ``git_dir`` is where git keeps its own files.

    Its questions raise ``CannotMeasure`` where git cannot answer.
    """

    context: Context
    top: Path
    git_dir: Path
    shallow: bool

    @classmethod
    def at(cls, folder: Path, context: Context) -> Repository:
        """Return the repository that *folder* is in."""
        if not folder.is_dir():
            raise CannotMeasure(f"there is no folder {folder}")
        env = {name: value for name, value in context.env.items() if name not in _ELSEWHERE}
        calm = dataclasses.replace(context, env=env)
        asked = ("--show-toplevel", "--absolute-git-dir", "--is-shallow-repository")
        done = _git(calm, folder, ("rev-parse", *asked))
        if done.returncode:
            raise _why_not(done, folder)
        lines = done.stdout.splitlines()
        if len(lines) != len(asked):
            raise CannotMeasure(f"git says something strange of {folder}: {done.stdout[:_SHORT]!r}")
        return cls(calm, Path(lines[0]), Path(lines[1]), lines[2] == "true")

    def ask(self, *args: str, env: Mapping[str, str] | None = None) -> str:
        """Return what git prints; raises ``CannotMeasure`` where it fails."""
        done = self.run(*args, env=env)
        if done.returncode:
            raise CannotMeasure(f"git {args[0]} failed: {_last(done.stderr)}")
        return done.stdout

    def run(self, *args: str, env: Mapping[str, str] | None = None) -> Completed:
        """Return how a command of git ended; raises ``CannotMeasure`` where it printed more than is read."""
        done = _git(self.context, self.top, args, env)
        if done.truncated:
            raise CannotMeasure(f"git {args[0]} prints more than {_LIMIT // 1024 // 1024} MiB, the most that is read")
        return done

    def names(self, *args: str) -> Iterator[str]:
        """Yield what git prints between zero bytes."""
        return filter(None, self.ask(*args).split("\0"))

    def commit(self, name: str) -> str | None:
        """Return the number of the commit that *name* leads to, None if there is no such."""
        done = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return done.stdout.strip() if done.returncode == 0 else None

    def inside(self, name: str) -> str:
        """Return the path *name*, which starts at the spec's folder, as git names it."""
        whole = (self.context.root / name).absolute()
        try:
            # The folder is resolved, not the file: a link is a file of its own to git.
            return (whole.parent.resolve() / whole.name).relative_to(self.top.resolve()).as_posix()
        except ValueError:
            raise CannotMeasure(f"{name} is not inside the repository {self.top}") from None


def _git(context: Context, folder: Path, args: tuple[str, ...], env: Mapping[str, str] | None = None) -> Completed:
    return context.run(("git", *_SAFE, *args), cwd=folder, env={**_ENVIRONMENT, **(env or {})}, limit=_LIMIT)


def _why_not(done: Completed, folder: Path) -> CannotMeasure:
    """Return why *folder* is not to be looked at, and what to do about it."""
    if "dubious ownership" in done.stderr:
        return CannotMeasure(
            f"git does not trust {folder}, as it belongs to somebody else: "
            f"git config --global --add safe.directory {folder}"
        )
    if "not a git repository" in done.stderr:
        return CannotMeasure(f"{folder} is not in a git repository")
    if "must be run in a work tree" in done.stderr:
        return CannotMeasure(f"{folder} is a repository without files (bare, or inside .git)")
    return CannotMeasure(f"git cannot look at {folder}: {_last(done.stderr)}")


def _last(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return (lines[-1] if lines else "it does not say why")[:_SHORT]
