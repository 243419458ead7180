"""Paths of files and folders: what is one, and what it says by its name."""

from __future__ import annotations

import re

from pytest_readiness.checklist.proposing.match.data import load, words

#: The ends of names that make a file of a name without a folder, and the feature that tells its kind.
SUFFIXES = {end: f"<{kind}>" for kind, ends in load("vocabulary.yaml")["suffixes"].items() for end in ends.split()}
#: Names that look like files and are none.
BRANDS = words("brands")
#: Folders that are told from a choice ("client/server") by their names alone.
_FOLDERS = r"src|tests|docs|k8s|scripts|migrations|alembic|\.github|terraform|helm|charts|grafana|e2e|infra|benchmarks"
_AT_LINE = re.compile(r"(?<=\w):\d+(?:[-:]\d+)?$")
_FILE = re.compile(r"(?:[\w@{}.*+\[\]-]+/)*[\w@{}.*+\[\]-]*\.([A-Za-z0-9]{1,8})")
_KNOWN_FILE = re.compile(
    r"(?:[\w.*-]+/)*(?:\.env[\w.-]*|\.git(?:ignore|attributes)|\.dockerignore|Dockerfile[\w.-]*|Makefile|LICENSE|CODEOWNERS|"
    r"Procfile|Jenkinsfile|Pipfile|Gemfile|requirements[\w-]*\.txt|\.(?:pylintrc|flake8|coveragerc|nvmrc|editorconfig)|Vagrantfile)"
)
_FOLDER = re.compile(rf"(?:\./)?(?:{_FOLDERS})/[\w./*{{}}\[\]-]*|(?:[\w.*-]+/)+")
#: What is a path only where it stands in backticks: elsewhere it is a choice.
_QUOTED = re.compile(r"(?:[\w.*-]+/){2,}[\w.*-]+")


def features_of(bare: str, *, quoted: bool = False) -> set[str]:
    """Return the features of the path of a file or folder, empty if *bare* is none."""
    bare = _AT_LINE.sub("", bare)
    lower = bare.lower()
    if bare.startswith("~/"):
        return {"<path>"}
    if lower in BRANDS or (bare.startswith("/") and "." not in bare.rsplit("/", 1)[-1]):
        return set()
    kind = {"<folder>"} if quoted and _QUOTED.fullmatch(bare) and "." not in bare else _kind(bare)
    return {"<path>", *kind, *_kind_of(lower, lower.rsplit("/", 1)[-1])} if kind is not None else set()


def _kind(bare: str) -> set[str] | None:
    """Return the feature of a path's ending, an empty set where its name tells, None if it is no path."""
    if _KNOWN_FILE.fullmatch(bare):
        return set()
    match = _FILE.fullmatch(bare)
    suffix = SUFFIXES.get(match[1].lower()) if match else None
    if suffix and not bare.startswith("."):
        return {suffix}
    if match and "/" in bare and bare.startswith("."):
        return {suffix} if suffix else set()
    if _FOLDER.fullmatch(bare) or bare.startswith((".github/", ".husky/", ".circleci/")):
        return {"<folder>"}
    return set() if "**" in bare and "/" in bare else None


def _kind_of(lower: str, name: str) -> set[str]:
    """Return what a path says by its own name."""
    return {feature for pattern, feature in _KINDS if pattern.search(lower if "/" in pattern.pattern else name)}


_KINDS = tuple(
    (re.compile(pattern), feature)
    for pattern, feature in (
        (r"^\.env|\.env$|env.*example|example.*env", "<dotenv>"),
        (r"^test_.*\.py$|_test\.py$|^conftest", "<testfile>"),
        (r"(?:^|/)tests?/", "<testfile>"),
        (r"\.(?:spec|test)\.[jt]sx?$", "<jstest>"),
        (r"^dockerfile", "<dockerfile>"),
        (r"compose.*\.ya?ml$", "<compose>"),
        (r"\.github/workflows/|gitlab-ci|jenkinsfile|circleci/", "<workflow>"),
        (r"(?:^|/)(?:k8s|kubernetes|helm|charts)/", "<k8s>"),
        (
            r"^requirements.*\.txt$|^pyproject\.toml$|^pipfile|^poetry\.lock$|^setup\.(?:py|cfg)$|^uv\.lock$",
            "<requirements>",
        ),
        (r"^package(?:-lock)?\.json$", "<packagejson>"),
        (r"^readme|^changelog|^contributing|^security\.md|^license|^runbook", "<doc>"),
        (r"(?:^|/)docs?/", "<doc>"),
        (r"^\.gitignore$|^codeowners$|^\.gitattributes$", "<gitfile>"),
        (r"^__init__\.py$", "<init>"),
        (r"^alembic\.ini$|(?:^|/)migrations/|(?:^|/)alembic/", "<migration>"),
        (r"openapi|swagger", "<openapi>"),
        (r"[*?]", "<glob>"),
        (r"\.log$|(?:^|/)logs/", "<logfile>"),
    )
)
