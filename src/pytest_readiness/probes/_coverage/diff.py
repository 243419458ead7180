"""Which lines changed since a git ref: committed, staged, unstaged and untracked."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.parsing import insist
from pytest_readiness.probe import Context
from pytest_readiness.process import Completed

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_LIMIT = 64 * 1024 * 1024
# Nothing that a checkout configures is run, and nothing in it is written.
_SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
_PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/")


@dataclass(frozen=True, slots=True)
class Changes:
    """``lines`` by path relative to the root; ``since`` names the commit that they are counted from."""

    lines: Mapping[str, Collection[int]]
    since: str


def changes(context: Context, ref: str) -> Changes:
    """
    Return the lines of Python files below the root that changed since the common ancestor with *ref*.

    Raises ``CannotMeasure`` where there is no git checkout, no such ref, or no common ancestor.
    """
    if _git(context, "rev-parse", "--is-inside-work-tree", may_fail=True).stdout.strip() != "true":
        raise CannotMeasure(f"against: {context.root} is not in a git checkout")
    tip = _git(context, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", may_fail=True)
    if tip.returncode:
        raise CannotMeasure(f"against: git does not know {ref} here; fetch it, or correct the name")
    base = _git(context, "merge-base", tip.stdout.strip(), "HEAD", may_fail=True)
    if base.returncode:
        raise CannotMeasure(f"against: {ref} and HEAD have no common ancestor in this clone; fetch more history")
    since = base.stdout.strip()
    text = _git(
        context, "diff", "--unified=0", "--inter-hunk-context=0", "--relative", "-M", *_PLAIN, since, "--", "*.py"
    ).stdout
    lines: dict[str, Collection[int]] = dict(parse(text))
    for name in _git(context, "ls-files", "--others", "--exclude-standard", "-z", "--", "*.py").stdout.split("\0"):
        if name:
            lines[name] = range(1, 1 << 30)
    return Changes(lines, f"{ref} ({since[:12]})")


def _git(context: Context, *args: str, may_fail: bool = False) -> Completed:
    done = context.run(("git", *_SAFE, *args), env={"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}, limit=_LIMIT)
    if done.truncated:
        raise CannotMeasure(f"against: git {args[0]} printed more than {_LIMIT} bytes")
    if done.returncode and not may_fail:
        raise CannotMeasure(f"against: git {args[0]} failed: {done.stderr.strip()[:200]}")
    return done


def parse(text: str) -> Iterator[tuple[str, set[int]]]:
    """Yield the path and the added or changed lines of each file in *text*, a diff without context."""
    rows = iter(text.split("\n"))
    name, lines = "", set[int]()
    for row in rows:
        if row.startswith("diff --git "):
            if name and lines:
                yield name, lines
            name, lines = "", set()
        elif row.startswith("+++ "):
            name = _name(row[4:].rstrip("\t"))
        elif hunk := _HUNK.match(row):
            gone, start, added = int(hunk[1] or 1), int(hunk[2]), int(hunk[3] or 1)
            lines.update(range(start, start + added))
            for _ in range(gone + added):
                if next(rows, "").startswith("\\"):  # "\ No newline at end of file" is no line
                    next(rows, "")
    if name and lines:
        yield name, lines


def _name(text: str) -> str:
    """Return the path in a ``+++`` line, empty for a file that is gone."""
    if text.startswith('"'):
        text = text[1:-1].encode("latin-1", "backslashreplace").decode("unicode_escape")
    return text.removeprefix("b/") if text != "/dev/null" else ""


def touched(source: bytes, changed: Collection[int], statements: Collection[int]) -> set[int]:
    """
    Return the lines of the *statements* in which a line was *changed*.

    A statement over several lines counts once, under its first line, whichever of its lines changed.
    """
    found = {line for line in statements if line in changed}
    for first, last in _spans(insist(lambda: ast.parse(source)).body):
        if first in statements and any(line in changed for line in range(first, last + 1)):
            found.add(first)
    return found


def _spans(body: Sequence[ast.AST]) -> Iterator[tuple[int, int]]:
    """Yield first and last line of each statement; of one with a body, those of its head."""
    for top in body:
        for node in ast.walk(top):
            if isinstance(node, ast.stmt):
                last = node.end_lineno or node.lineno
                inner = [_first_line(part) for part in _inside(node)]
                yield node.lineno, max(node.lineno, min([last + 1, *inner]) - 1) if inner else last


def _inside(node: ast.stmt) -> Sequence[ast.stmt | ast.pattern]:
    if isinstance(node, ast.Match):
        return [case.pattern for case in node.cases]
    inside: Sequence[ast.stmt] = getattr(node, "body", ())
    return inside


def _first_line(node: ast.stmt | ast.pattern) -> int:
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
