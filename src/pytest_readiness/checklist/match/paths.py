"""Paths of files and folders: what is one, and what it says by its name."""

from __future__ import annotations

import re

from pytest_readiness.checklist.match.data import load, words

#: The ends of names that make a file of a name without a folder, and the feature that tells its kind.
SUFFIXES = {end: f"<{kind}>" for kind, ends in load("vocabulary.yaml")["suffixes"].items() for end in ends.split()}
#: Names that look like files and are none.
_BRANDS = words("brands")
#: Folders that are told from a choice ("client/server") by their names alone.
_FOLDERS = r"src|tests|docs|k8s|scripts|migrations|alembic|\.github|terraform|helm|charts|grafana|e2e|infra|benchmarks"
_AT_LINE = re.compile(r"(?<=\w):\d+(?:[-:]\d+)?$")
_FILE = re.compile(r"(?:[\w@{}.*+\[\]-]+/)*[\w@{}.*+\[\]-]*\.([A-Za-z0-9]{1,8})")
_KNOWN_FILE = re.compile(
    r"(?:[\w.*-]+/)*(?:\.env[\w.-]*|\.git(?:ignore|attributes)|\.dockerignore|Dockerfile[\w.-]*|Makefile|LICENSE|CODEOWNERS|"
    r"Procfile|Jenkinsfile|Pipfile|Gemfile|requirements[\w-]*\.txt|\.(?:pylintrc|flake8|coveragerc|nvmrc|editorconfig)|Vagrantfile)"
)
_FOLDER = re.compile(rf"(?:\./)?(?:{_FOLDERS})/[\w./*{{}}\[\]-]*|(?:[\w.*-]+/)+|(?:[\w.*-]+/){{2,}}[\w.*-]+")


def features_of(bare: str) -> set[str]:
    """Return the features of the path of a file or folder, empty if *bare* is none."""
    bare = _AT_LINE.sub("", bare)
    lower = bare.lower()
    if lower in _BRANDS or (bare.startswith("/") and "." not in bare.rsplit("/", 1)[-1]):
        return set()
    if bare.startswith("~/"):
        return {"<path>"}
    known = _KNOWN_FILE.fullmatch(bare)
    name = lower.rsplit("/", 1)[-1]
    if known:
        return {"<path>", *_kind_of(lower, name)}
    match = _FILE.fullmatch(bare)
    if match and match[1].lower() in SUFFIXES and not bare.startswith("."):
        return {"<path>", SUFFIXES[match[1].lower()], *_kind_of(lower, name)}
    if match and "/" in bare and bare.startswith("."):
        return {"<path>", SUFFIXES.get(match[1].lower(), "<path>"), *_kind_of(lower, name)}
    if _FOLDER.fullmatch(bare) or bare.startswith((".github/", ".husky/", ".circleci/")):
        return {"<path>", "<folder>", *_kind_of(lower, name)}
    return {"<path>", "<glob>"} if "**" in bare and "/" in bare else set()


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
