"""One look at a repository: each part is asked for only where somebody wants to know."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Evidence, Value
from pytest_readiness.probes._git import revert
from pytest_readiness.probes._git.repository import Repository
from pytest_readiness.probes._git.secret_files import looks_secret
from pytest_readiness.probes._git.status import Status

_LISTED = 20
_SKEW = 60.0
_MARK = "\x01"
_KIB = 1024
_UNBORN = "there is no commit yet"
_SHALLOW = "the clone is shallow: its history is cut off (git fetch --unshallow)"


@dataclass
class Look:
    """A repository, its state, and what was found out about it."""

    repository: Repository
    status: Status
    values: dict[str, Value] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @cached_property
    def _listed(self) -> tuple[tuple[str, str], ...]:
        """Each file in git with the letter that git lists it with."""
        return tuple((line[:1], line[2:]) for line in self.repository.names("ls-files", "-v", "-z"))

    @cached_property
    def tracked(self) -> tuple[str, ...]:
        """The files that git keeps, those that were only added so far included."""
        return tuple(dict.fromkeys(name for _, name in self._listed))

    def _hidden(self) -> list[str]:
        """Return the files whose changes git was told not to see: assume-unchanged, or skip-worktree and yet there."""
        return [
            name
            for letter, name in self._listed
            if letter.islower() or (letter == "S" and os.path.lexists(self.repository.top / name))
        ]

    def state(self) -> None:
        """Add what git's status says."""
        status = self.status
        clean = not (status.changed or status.untracked)
        self.values.update(
            clean=clean,
            changed=len(status.changed),
            untracked=len(status.untracked),
            files=len(self.tracked),
            shallow=self.repository.shallow,
            locked=(self.repository.git_dir / "index.lock").exists(),
            duration=status.duration,
        )
        if hidden := self._hidden():
            why = f"git was told not to look for changes in {hidden[0]} (git ls-files -v shows which)"
            self.unknown["changed"] = why
            del self.values["changed"]
            if clean:
                self.unknown["clean"] = why
                del self.values["clean"]
        self._or_why("commit", status.commit, _UNBORN)
        self._or_why("branch", status.branch, "HEAD is on no branch")
        said = f"{status.branch or 'no branch'} at {(status.commit or 'no commit')[:12]}"
        shallow = "; a shallow clone" if self.repository.shallow else ""
        self.evidence.append(Evidence("repository", f"{self.repository.top}: {said}{shallow}"))
        self.list("changed", status.changed)
        self.list("untracked", status.untracked)

    def distance(self, upstream: str | None) -> None:
        """Add how far the branch is from what it follows, or from *upstream*."""
        ahead, behind = self.status.ahead, self.status.behind
        why = "the branch follows none: say `upstream`"
        if self.repository.shallow:
            ahead, behind, why = None, None, _SHALLOW
        elif upstream is not None:
            other = self.repository.commit(upstream)
            why = f"there is no {upstream}" if self.status.commit else _UNBORN
            ahead = behind = None
            if other is not None and self.status.commit is not None:
                counts = self.repository.ask("rev-list", "--left-right", "--count", f"HEAD...{other}").split()
                ahead, behind = int(counts[0]), int(counts[1])
        self._or_why("ahead", ahead, why)
        self._or_why("behind", behind, why)

    def age(self, now: datetime) -> None:
        """Add how long ago HEAD was committed."""
        if self.status.commit is None:
            self.unknown["age"] = _UNBORN
            return
        age = now.timestamp() - int(self.repository.ask("log", "-1", "--format=%ct", "HEAD"))
        if age > -_SKEW:
            self.values["age"] = max(0.0, age)
        else:
            self.unknown["age"] = "HEAD was committed in the future, says its time stamp"

    def tag(self, pattern: str) -> None:
        """Add the tag at HEAD, the highest version first; only those that match *pattern* count."""
        if self.status.commit is None:
            self.unknown.update(tag=_UNBORN, tagged=_UNBORN)
            return
        found = self.repository.ask("tag", "--points-at", "HEAD", "--sort=-version:refname").splitlines()
        names = [name for name in found if fnmatchcase(name, pattern)]
        self.values["tagged"] = bool(names)
        self._or_why("tag", names[0] if names else None, "there is no such tag at HEAD")

    def committed(self, names: Sequence[str]) -> None:
        """Look for files and folders in HEAD, as they are in the working tree."""
        if not names:
            return
        kept = (
            set() if self.status.commit is None else set(self.repository.names("ls-tree", "-rz", "--name-only", "HEAD"))
        )
        changed, hidden = {*self.status.changed, *self.status.untracked}, self._hidden()
        for name in names:
            inside = self.repository.inside(name)
            if not _holds(kept, inside):
                self.missing.append(f"{name}: not committed")
            elif _holds(changed, inside):
                self.missing.append(f"{name}: changed since it was committed")
            elif _holds(hidden, inside):
                self.missing.append(f"{name}: git was told not to look whether it is changed")

    def refs(self, names: Iterable[str]) -> None:
        """Look for branches, tags and commits."""
        self.missing += [f"{name}: no such branch, tag or commit" for name in names if not self.repository.commit(name)]

    def hooks(self, names: Iterable[str]) -> None:
        """Count the hooks that git would run, and look for those that are named."""
        folder = self._hooks()
        there = sorted(path.name for path in folder.iterdir() if _is_hook(path)) if folder.is_dir() else []
        self.values["hooks"] = len(there)
        self.missing += [f"{name}: no such hook in {folder}" for name in names if name not in there]
        self.list("hooks", there)

    def _hooks(self) -> Path:
        # The last value is our own, which keeps git from running any.
        said = self.repository.ask("config", "--type=path", "--get-all", "core.hooksPath").splitlines()[:-1]
        if said:
            return self.repository.top / said[-1]
        return self.repository.top / self.repository.ask("rev-parse", "--git-common-dir").strip() / "hooks"

    def unwanted(self, patterns: Sequence[str]) -> None:
        """Count the files that should not be in git, by the pattern of a name or of a whole path."""
        if not patterns:
            self.unknown["unwanted"] = "nothing is named under `not_committed`"
            return
        found = [name for name in self.tracked if any(_matches(name, pattern) for pattern in patterns)]
        self.values["unwanted"] = len(found)
        self.list("should not be in git", found)

    def secrets(self, allowed: Sequence[str]) -> None:
        """Count the files that look like secrets, in git or on their way into it."""
        others = set(self.repository.names("ls-files", "-z", "--others", "--exclude-standard"))
        found: list[str] = []
        for name in sorted({*self.tracked, *others}):
            if self.repository.context.deadline.passed:
                raise CannotMeasure("the deadline came before all files were looked at")
            if looks_secret(name, self.repository.top, allowed):
                found.append(f"{name} ({'not ignored' if name in others else 'in git'})")
        self.values["secrets"] = len(found)
        self.list("look like secrets", found)

    def size(self) -> None:
        """Add what git's own store takes."""
        told = dict(line.partition(": ")[::2] for line in self.repository.ask("count-objects", "-v").splitlines())
        self.values["size"] = _KIB * sum(int(told[name]) for name in ("size", "size-pack", "size-garbage"))

    def largest(self) -> None:
        """Add the size of the largest file in HEAD."""
        sizes: dict[str, int] = {}
        for line in () if self.status.commit is None else self.repository.names("ls-tree", "-rlz", "HEAD"):
            told, _, name = line.partition("\t")
            if (size := told.split()[-1]).isdigit():
                sizes[name] = int(size)
        if not sizes:
            self.unknown["largest"] = "there is no file in HEAD"
            return
        names = sorted(sizes, key=sizes.__getitem__, reverse=True)
        self.values["largest"] = sizes[names[0]]
        self.list("largest", [f"{name}: {sizes[name]} B" for name in names[:5]])

    def line_ends(self) -> None:
        """Count the files that git keeps with the line ends of Windows, or with both kinds."""
        found = [
            line.partition("\t")[2]
            for line in self.repository.names("ls-files", "--eol", "-z")
            if line.startswith(("i/crlf", "i/mixed"))
        ]
        self.values["crlf"] = len(found)
        self.list("with CRLF", found)

    def since(self, begin: str | date | None) -> None:
        """Add the commits since *begin*, a day or a ref, and the lines they added and removed."""
        names = ("commits", "added", "removed")
        if self.repository.shallow or self.status.commit is None:
            why = _SHALLOW if self.repository.shallow else _UNBORN
            self.unknown.update(dict.fromkeys(names, why))
            return
        which = ["HEAD"]
        if isinstance(begin, date):
            which = [f"--since={datetime.combine(begin, time.min, UTC).isoformat()}", "HEAD"]
        elif begin is not None:
            other = self.repository.commit(begin)
            if other is None:
                self.unknown.update(dict.fromkeys(names, f"there is no {begin}"))
                return
            which = [f"{other}..HEAD"]
        shape = ("--numstat", "--no-renames", "--no-ext-diff", "--no-textconv", f"--format=tformat:{_MARK}")
        lines = self.repository.ask("log", *shape, *which).splitlines()
        counts = [line.split("\t") for line in lines if line.count("\t") >= 2]  # noqa: PLR2004 - two counts, a name
        self.values["commits"] = lines.count(_MARK)
        self.values["added"] = sum(int(added) for added, *_ in counts if added.isdigit())
        self.values["removed"] = sum(int(removed) for _, removed, *_ in counts if removed.isdigit())

    def reverts(self, names: Sequence[str]) -> None:
        """Find out whether each commit of *names* could be reverted now."""
        clean = True
        if not names:
            self.unknown["revert_clean"] = "nothing is named under `reverts`"
            return
        for name in names:
            try:
                found = revert.conflicts(self.repository, name)
            except CannotMeasure as error:
                self.unknown["revert_clean"] = str(error)
                return
            self.list(f"a revert of {name} conflicts in", found)
            clean = clean and not found
        self.values["revert_clean"] = clean

    def list(self, title: str, lines: Sequence[str]) -> None:
        """Add *lines* as evidence, the first ones where they are many, if there are any."""
        if lines:
            more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
            self.evidence.append(Evidence(title, "\n".join([*lines[:_LISTED], *more])))

    def _or_why(self, name: str, value: Value, why: str) -> None:
        if value is None:
            self.unknown[name] = why
        else:
            self.values[name] = value


def _holds(names: Iterable[str], wanted: str) -> bool:
    """Tell whether *wanted*, or something below or around it, is among *names*."""
    if wanted == ".":
        return any(True for _ in names)
    return any(name == wanted or name.startswith(f"{wanted}/") for name in names) or any(
        name.endswith("/") and wanted.startswith(name) for name in names
    )


def _matches(name: str, pattern: str) -> bool:
    """Tell whether the whole path, or any one part of it, matches."""
    return fnmatchcase(name, pattern) or any(fnmatchcase(part, pattern.rstrip("/")) for part in name.split("/"))


def _is_hook(path: Path) -> bool:
    return path.suffix != ".sample" and path.is_file() and os.access(path, os.X_OK)
