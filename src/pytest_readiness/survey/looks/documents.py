"""What users read first, and links in documents that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_readiness.model import Severity
from pytest_readiness.survey.looks._words import listed
from pytest_readiness.survey.model import Found, Remark, Section
from pytest_readiness.survey.repository import Repository

WHAT = "README, licence or other document"

_FIRST = (
    r"readme(?:\.(?:md|rst|txt))?",
    r"licen[cs]e(?:\.(?:md|rst|txt))?",
    r"changelog(?:\.(?:md|rst|txt))?|changes(?:\.(?:md|rst|txt))?",
    r"contributing(?:\.(?:md|rst|txt))?",
    r"security(?:\.(?:md|rst|txt))?",
)
#: A link to another file or heading, and not into the web.
_LINK = re.compile(r"\]\((?!\w+:|//)[^)\s]+\)")
#: Markdown that sites are built of: their links are resolved by the builder.
_BUILT = (
    "mkdocs.yml",
    "mkdocs.yaml",
    "docs/conf.py",
    "docs/source/conf.py",
    "doc/conf.py",
    "docusaurus.config.js",
    "website",
)
#: How many documents are named one by one.
_MOST = 30


def look(repository: Repository) -> Iterator[Found | Remark]:
    """Yield a gate on the first documents, and one on the links of those in Markdown."""
    first = [name for regex in _FIRST for name in repository.matching(regex)]
    if first:
        yield Found(
            id="first-documents",
            section=Section.DOCUMENTATION,
            title="What people look for first is there",
            why=f"the top folder has {listed(first)}",
            probe="file",
            options={"paths": first},
            musts={"missing": 0},
            severity=Severity.LOW,
        )
    built = any(name in repository for name in _BUILT)
    texts = repository.matching(r"[^/]+\.md", *(() if built else (r"docs?/.+\.md",)))
    linked = [name for name in texts if _LINK.search(repository.text(name))]
    if linked:
        many = len(linked) > _MOST
        yield Found(
            id="links",
            section=Section.DOCUMENTATION,
            title="Links between documents lead somewhere",
            why=f"{listed(linked)} {'have' if len(linked) > 1 else 'has'} links to files or headings",
            probe="docs",
            options={**({"glob": "{*,docs/**/*}.md"} if many else {"paths": linked}), "links": True},
            musts={"broken_links": 0},
        )
