"""The state of a working tree, from ``git status --porcelain=v2 --branch -z``; see git-status(1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._git.repository import Repository

#: How many fields stand before the path, by the kind of entry.
_FIELDS = {"1": 8, "2": 9, "u": 10}


@dataclass(frozen=True, slots=True)
class Status:
    """
    What is changed and what is untracked.

    ``commit`` is None before the first one, ``branch`` where HEAD is on none, ``ahead`` and ``behind``
    where the branch follows none. ``duration`` is how long git took, in seconds.
    """

    commit: str | None
    branch: str | None
    ahead: int | None
    behind: int | None
    changed: tuple[str, ...]
    untracked: tuple[str, ...]
    duration: float

    @classmethod
    def of(cls, repository: Repository) -> Status:
        """Ask git."""
        done = repository.run("status", "--porcelain=v2", "--branch", "--untracked-files=normal", "-z")
        if done.returncode:
            raise CannotMeasure(f"git status failed: {done.stderr.strip()[:200]}")
        heads: dict[str, str] = {}
        changed: list[str] = []
        untracked: list[str] = []
        for kind, text in _entries(done.stdout):
            if kind == "#":
                name, _, value = text.partition(" ")
                heads[name] = value
            else:
                (untracked if kind == "?" else changed).append(text)
        commit, branch = heads.get("branch.oid"), heads.get("branch.head")
        if commit is None:
            raise CannotMeasure("git status does not say which commit it is about: git 2.13 or newer is needed")
        ahead, _, behind = heads.get("branch.ab", "").partition(" ")
        return cls(
            None if commit == "(initial)" else commit,
            None if branch == "(detached)" else branch,
            int(ahead) if ahead else None,
            -int(behind) if behind else None,
            tuple(changed),
            tuple(untracked),
            done.duration,
        )


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind of each entry, and its path, or the rest of it."""
    parts = iter(text.split("\0"))
    for part in parts:
        kind, _, rest = part.partition(" ")
        if kind in _FIELDS:
            yield kind, part.split(" ", _FIELDS[kind])[-1]
        elif kind in {"#", "?"}:
            yield kind, rest
        if kind == "2":
            yield kind, next(parts, "")  # where it was renamed from: it is no longer there
