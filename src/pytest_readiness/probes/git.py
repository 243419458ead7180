"""Git repositories: clean, committed, tagged, free of secrets, quick, and ready to be rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Better, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._git.look import Look
from pytest_readiness.probes._git.repository import Repository
from pytest_readiness.probes._git.status import Status

_NAMED = ("committed", "hooks", "refs")


@dataclass(frozen=True, kw_only=True)
class Git(Probe):
    """
    Is the repository in the state that a release needs?

    Of the whole repository that `path` is in: whether anything is changed or untracked, the branch, the tag
    at HEAD, how long git takes to say so. `committed`, `refs` and `hooks` name what has to be there.
    Secrets are known by the names of files (`.env`, `id_rsa`, ...) and by private keys in `.pem` and the like; those
    that git ignores are none of its business. `reverts` names commits that it must be possible to revert, which is
    tried in memory. No hook, monitor or lock of the repository is used, nothing is fetched, and nothing changed.

    Fails when something named is missing, or when the state is not as expected. A folder
    that is in no repository, or in one that git does not trust or that holds no file, is an error. So is, in a
    shallow clone, what takes the history: `ahead`, `behind`, `commits`, `added`, `removed`.

    To fix: `git status` says what to do; a secret that was committed has to be replaced, not just removed.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "clean": Measure(bool, "whether nothing is changed, added or untracked"),
        "changed": Measure(int, "files that differ from HEAD", better=Better.LOWER),
        "untracked": Measure(int, "files and folders that are neither in git nor ignored", better=Better.LOWER),
        "files": Measure(int, "files in git"),
        "branch": Measure(str, "the branch that HEAD is on"),
        "commit": Measure(str, "the full number of the commit at HEAD"),
        "tagged": Measure(bool, "whether a tag is at HEAD"),
        "tag": Measure(str, "the tag at HEAD, the highest version where there are several"),
        "age": Measure(float, "time since HEAD was committed", "s", Better.LOWER),
        "ahead": Measure(int, "commits that the upstream does not have", better=Better.LOWER),
        "behind": Measure(int, "commits of the upstream that HEAD does not have, as last fetched", better=Better.LOWER),
        "missing": Measure(int, "names under committed, refs and hooks that are not there", better=Better.LOWER),
        "unwanted": Measure(int, "files in git that match not_committed", better=Better.LOWER),
        "secrets": Measure(int, "files, in git or not ignored, that look like secrets", better=Better.LOWER),
        "hooks": Measure(int, "hooks that are installed", better=Better.HIGHER),
        "size": Measure(int, "what git's own store takes, working files not included", "B", Better.LOWER),
        "largest": Measure(int, "size of the largest file in HEAD", "B", Better.LOWER),
        "crlf": Measure(int, "text files kept with CRLF line ends, or with both kinds", better=Better.LOWER),
        "commits": Measure(int, "commits since `since`; all of them where nothing is said"),
        "added": Measure(int, "lines that these commits added"),
        "removed": Measure(int, "lines that these commits removed"),
        "revert_clean": Measure(bool, "whether each commit under reverts could be reverted without a conflict"),
        "locked": Measure(bool, "whether a lock keeps others from committing: git runs, or was killed"),
        "shallow": Measure(bool, "whether the history is cut off"),
        "duration": Measure(float, "how long git status takes", "s", Better.LOWER, exclusive=True),
    }
    counter: ClassVar[str | None] = "files"

    path: str = option("A folder inside the repository, relative to the spec's.", ".")
    committed: tuple[str, ...] = option(
        "Files and folders that HEAD must have as they are.", (), example=["src/app.py", "migrations"]
    )
    refs: tuple[str, ...] = option(
        "Branches, tags and commits that must be there.", (), example=["v1.0", "origin/main"]
    )
    hooks: tuple[str, ...] = option("Hooks that must be installed.", (), example=["pre-commit"])
    not_committed: tuple[str, ...] = option(
        "Patterns of names, or of whole paths, that must not be in git.", (), example=["*.pyc", "__pycache__"]
    )
    allow: tuple[str, ...] = option(
        "Patterns of files that look like secrets and are none.", (), example=["tests/certs/*.pem"]
    )
    tags: str = option("A pattern: only tags that match it count.", "*", example="v*")
    upstream: str | None = option("What to be `ahead` of and `behind`, where not what the branch follows.", None)
    since: date | str | None = option("From when to count `commits`: a day, or a ref.", None, example="v1.0")
    reverts: tuple[str, ...] = option("Commits, merges for instance, that it must be possible to revert.", ())

    def __post_init__(self) -> None:
        for name in (*_NAMED, "not_committed", "allow", "reverts"):
            if any(not text.strip() or "\0" in text for text in getattr(self, name)):
                raise OptionError("something in it is empty", name)
        for name in ("path", "tags", "upstream", "since"):
            if getattr(self, name) == "":
                raise OptionError("is empty", name)

    def expected(self) -> Mapping[str, Value]:
        """Return what is expected unless a gate says otherwise, of the options that are given."""
        return {
            **self.expect,
            **({"missing": 0} if self._named else {}),
            **({"unwanted": 0} if self.not_committed else {}),
            **({"revert_clean": True} if self.reverts else {}),
        }

    @property
    def _named(self) -> bool:
        return any(getattr(self, name) for name in _NAMED)

    def touches(self) -> Iterator[Touch]:
        """Yield the folder and the program."""
        yield Touch("file", self.path)
        yield Touch("command", "git")

    def measure(self, context: Context) -> Measurements:
        """Ask git. Raises ``CannotMeasure`` where it cannot say."""
        repository = Repository.at(context.path(self.path), context)
        look = Look(repository, Status.of(repository))
        look.state()
        self._more(look, context)
        look.committed(self.committed)
        look.refs(self.refs)
        if self._named:
            look.values["missing"] = len(look.missing)
            look.list("missing", look.missing)
        else:
            look.unknown["missing"] = "nothing is named that could be"
        if not look.tracked:
            look.unknown["files"] = f"there is no file in the repository {repository.top}"
        return Measurements(look.values, len(look.tracked), look.evidence, look.unknown)

    def _more(self, look: Look, context: Context) -> None:
        """Look at what somebody wants to know."""
        parts: tuple[tuple[set[str], bool, Callable[[], None]], ...] = (
            ({"ahead", "behind"}, False, lambda: look.distance(self.upstream)),
            ({"tag", "tagged"}, False, lambda: look.tag(self.tags)),
            ({"commits", "added", "removed"}, False, lambda: look.since(self.since)),
            ({"hooks"}, bool(self.hooks), lambda: look.hooks(self.hooks)),
            ({"unwanted"}, bool(self.not_committed), lambda: look.unwanted(self.not_committed)),
            ({"revert_clean"}, bool(self.reverts), lambda: look.reverts(self.reverts)),
            ({"age"}, False, lambda: look.age(context.now)),
            ({"secrets"}, False, lambda: look.secrets(self.allow)),
            ({"size"}, False, look.size),
            ({"largest"}, False, look.largest),
            ({"crlf"}, False, look.line_ends),
        )
        for names, said, ask in parts:
            if said or context.asked & names:
                ask()
