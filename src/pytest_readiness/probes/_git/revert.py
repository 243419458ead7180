"""Could a commit be reverted now? Tried in memory: neither the tree nor the repository is changed."""

from __future__ import annotations

import re
import tempfile

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._git.repository import Repository

_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "nobody"), ("EMAIL", "nobody@localhost"), ("DATE", "2000-01-01T00:00:00Z"))
}
_NEEDED = (2, 38)
_CONFLICT = 1
_LISTED = 10


def conflicts(repository: Repository, name: str) -> list[str]:
    """
    Return the files in which a revert of the commit *name* (of a merge: to its first parent) would conflict.

    A revert is a merge: the commit is the base, HEAD is ours, the commit's parent is theirs. Raises
    ``CannotMeasure`` where that cannot be tried or would change nothing.
    """
    _check_version(repository)
    commit = repository.commit(name)
    if commit is None:
        raise CannotMeasure(f"there is no commit {name}")
    if repository.run("merge-base", "--is-ancestor", commit, "HEAD").returncode:
        raise CannotMeasure(f"{name} is not in the history of HEAD, so that there is nothing to revert")
    parent = repository.commit(f"{commit}^1")
    if parent is None:
        raise CannotMeasure(f"{name} has no parent here to go back to{' (a shallow clone)' * repository.shallow}")
    objects = repository.ask("rev-parse", "--git-path", "objects").strip()
    with tempfile.TemporaryDirectory(prefix="readiness-git-") as scratch:
        # What is written goes into a folder of our own; what is there is read from where it is.
        place = {
            **_NOBODY,
            "GIT_OBJECT_DIRECTORY": scratch,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(repository.top / objects),
        }

        def commit_of(tree: str, *parents: str) -> str:
            flags = [word for one in parents for word in ("-p", one)]
            return repository.ask("commit-tree", f"{tree}^{{tree}}", *flags, "-m", "rehearsal", env=place).strip()

        base = commit_of(commit)
        ours, theirs = commit_of("HEAD", base), commit_of(parent, base)
        done = repository.run(
            "merge-tree", "--write-tree", "--name-only", "-z", "--no-messages", ours, theirs, env=place
        )
    tree, *files = done.stdout.split("\0")
    if done.returncode == _CONFLICT:
        return list(dict.fromkeys(filter(None, files)))[:_LISTED]
    if done.returncode:
        raise CannotMeasure(f"git merge-tree failed: {done.stderr.strip()[:200]}")
    if tree.strip() == repository.ask("rev-parse", "HEAD^{tree}").strip():
        raise CannotMeasure(f"a revert of {name} would change nothing: has it been reverted already?")
    return []


def _check_version(repository: Repository) -> None:
    said = re.search(r"(\d+)\.(\d+)", repository.ask("version"))
    if said is None or (int(said[1]), int(said[2])) < _NEEDED:
        raise CannotMeasure("to rehearse a revert, git 2.38 or newer is needed")
