"""Documents in Markdown: do they say what they should, and do their links lead anywhere?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._docs.code import PYTHON
from pytest_readiness.probes._docs.findings import Findings
from pytest_readiness.probes._docs.markdown import SUFFIXES
from pytest_readiness.probes._inputs import Asked, Input


@dataclass(frozen=True, kw_only=True)
class Every:
    """Names that have to be mentioned, each: what a query finds in a document, or files by pattern."""

    path: str | None = option("A YAML, JSON or TOML file, or a URL.", None, example="openapi.json")
    query: Query | None = option("What finds the names in it.", None, example="keys(paths)")
    glob: str | None = option("Files, or folders with a slash at the end, by pattern.", None, example="src/*/")

    def __post_init__(self) -> None:
        if (self.path is None) == (self.glob is None):
            raise OptionError("give either path and query, or glob")
        if (self.path is None) != (self.query is None):
            raise OptionError("goes with path and only with that", "query")


@dataclass(frozen=True, kw_only=True)
class Docs(Probe):
    """
    Do documents say what they should, and do their links lead anywhere?

    For Markdown. ``sections`` are regexes, each to be found in a heading, in any case, that has something
    below it. ``mentions`` are texts to be found as whole words; a list among them is a choice. Every file has
    to have all of them, unless ``together``. ``variables`` (of an .env file) and ``every`` have to be mentioned
    somewhere in the files. Comments say nothing. ``links`` looks for the local files and headings that links
    lead to; ``web`` asks those on the web, too. ``compiles`` reads blocks of Python, and runs none.

    Fails when a document is missing or empty, when it lacks or holds what it should not, when a link leads
    to nothing, or when the documents are older than ``newer_than``. Nothing to look at is an error: no file, no
    link, no block of code, no variable, no date where ``dated`` looks for one. Ages are those of the last commit,
    where the files are committed; ``stated_age`` is by the date that a document states, whoever touched it since.

    To fix: write what the evidence names as missing, and correct the links.
    """

    measures: ClassVar[dict[str, Measure]] = {
        "files": Measure(int, "documents found", better=Better.HIGHER),
        "absent": Measure(int, "documents named in paths that are not there", better=Better.LOWER),
        "words": Measure(int, "words of each document, code not counted", better=Better.HIGHER),
        "sections": Measure(int, "headings in all documents", better=Better.HIGHER),
        "missing_sections": Measure(int, "sections not there, or with nothing in them", better=Better.LOWER),
        "missing": Measure(int, "mentions not there", better=Better.LOWER),
        "forbidden": Measure(int, "texts of not_mentions that are there", better=Better.LOWER),
        "undocumented": Measure(int, "variables and names mentioned nowhere", better=Better.LOWER),
        "links": Measure(int, "links looked at", better=Better.HIGHER),
        "broken_links": Measure(int, "links that lead to nothing", better=Better.LOWER),
        "code_blocks": Measure(int, "blocks of code, in the language of code if that is given", better=Better.HIGHER),
        "broken_code": Measure(int, "blocks of Python that do not compile", better=Better.LOWER),
        "age": Measure(float, "time since the newest change of a document", unit="s", better=Better.LOWER),
        "stated_age": Measure(float, "time since the day that each document states", unit="s", better=Better.LOWER),
        "behind": Measure(float, "how much older than newer_than the newest is", unit="s", better=Better.LOWER),
    }
    expect: ClassVar[dict[str, Value]] = {"files": ">= 1", "words": ">= 1"}
    counter: ClassVar[str | None] = "files"
    extra: ClassVar[str | None] = "docs"

    path: str | None = option("One document, relative to the spec's folder.", None, example="docs/deployment.md")
    paths: tuple[str, ...] = option("Several documents, all of which must be there.", ())
    glob: str | None = option("A pattern for Markdown files: *, ?, [a-z], {a,b} and **.", None, example="docs/**")
    sections: tuple[re.Pattern[str], ...] = option(
        "A regex for each section that must be there.", (), example=["usage|example", "^Rollback"]
    )
    mentions: tuple[str | tuple[str, ...], ...] = option(
        "Texts that must be there; a list is a choice.", (), example=["Orchestrator", [".svg", "```mermaid"]]
    )
    not_mentions: tuple[str, ...] = option("Texts that must not be there, not even in a word.", ())
    together: bool = option("Look for sections and mentions in all files together, not in each.", default=False)
    links: bool = option("Whether links to files and headings have to lead somewhere.", default=False)
    web: bool = option("Whether links into the web are asked, too.", default=False)
    ignore: tuple[re.Pattern[str], ...] = option("Links that are not looked at, by regexes.", (), example="^/api/")
    code: str | None = option("The language of the blocks of code that must be there.", None, example="python")
    compiles: bool = option("Whether blocks of Python have to compile.", default=False)
    variables: str | None = option("An .env file whose variables must be mentioned.", None, example=".env.example")
    every: Every | None = option("Names that must be mentioned, each.", None, example={"glob": "src/*/"})
    dated: re.Pattern[str] | None = option(
        "A regex with one group, in which each document states its date.", None, example="Last updated: (.+)"
    )
    newer_than: str | None = option("A file or folder that the documents must not be older than.", None)

    def __post_init__(self) -> None:
        self._asked().check()
        for name in ("sections", "ignore"):
            if any(regex.search("") is not None for regex in getattr(self, name)):
                raise OptionError("matches the empty text, so it would match everywhere", name)
        if self.dated is not None and self.dated.groups != 1:
            raise OptionError(f"has {self.dated.groups} groups, needs one around the date: (...)", "dated")
        for name in ("mentions", "not_mentions"):
            choices: Iterable[Any] = getattr(self, name)
            if not all(each and all(text.strip() for text in as_choice(each)) for each in choices):
                raise OptionError("a text may not be empty", name)
        if self.web and not self.links:
            raise OptionError("goes with links: true", "web")
        if self.compiles and self.code is not None and self.code.lower() not in PYTHON:
            raise OptionError("only Python can be compiled: leave out code, or say python", "compiles")

    def _asked(self) -> Asked:
        return Asked(self.path, self.paths, self.glob)

    def _places(self) -> str:
        return ", ".join(self._asked().texts())

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: what the options ask for is so."""
        wanted: list[tuple[str, bool, Value]] = [
            ("absent", bool(self.paths), 0),
            ("missing_sections", bool(self.sections), 0),
            ("missing", bool(self.mentions), 0),
            ("forbidden", bool(self.not_mentions), 0),
            ("undocumented", self.variables is not None or self.every is not None, 0),
            ("broken_links", self.links, 0),
            ("code_blocks", self.code is not None, ">= 1"),
            ("broken_code", self.compiles, 0),
            ("behind", self.newer_than is not None, 0),
        ]
        return {**self.expect, **{name: condition for name, asked, condition in wanted if asked}}

    def touches(self) -> Iterable[Touch]:
        """Yield the documents, what they are compared with, git, and that links are followed."""
        yield from self._asked().touches()
        every = None if self.every is None else self.every.path or self.every.glob
        for name in (self.variables, every, self.newer_than):
            if name is not None:
                yield Touch("host", urlsplit(name).netloc.rpartition("@")[2]) if "://" in name else Touch("file", name)
        yield Touch("command", "git log")
        if self.web:
            yield Touch("host", "every host that the documents link to")

    def measure(self, context: Context) -> Measurements:
        """Read the documents, and look for all that is asked."""
        found, absent = self._find(context)
        findings = Findings(context, found)
        if self.paths:
            findings.count("absent", absent, "not there")
        if found:
            self._look(findings)
        return Measurements(
            {"files": len(found), **findings.values},
            looked_at=len(found),
            evidence=findings.evidence() or self._asked().nothing(),
            unknown={**findings.unknown, **({} if found else {"files": f"no document is at {self._places()}"})},
        )

    def _find(self, context: Context) -> tuple[list[Input], list[str]]:
        asked = self._asked()
        found, absent = asked.find(context) if self.paths else (asked.all(context), [])
        if self.glob is not None:
            found = [each for each in found if each.path.suffix.lower() in SUFFIXES]
        other = [each.name for each in found if each.path.suffix.lower() in {".rst", ".adoc", ".html", ".pdf"}]
        if other:
            raise CannotMeasure(
                f"{other[0]} is not Markdown, the only kind that can be read; whether it is new enough, file tells"
            )
        return found, absent

    def _look(self, findings: Findings) -> None:
        findings.read()
        findings.sections(self.sections, together=self.together)
        findings.mentions([as_choice(each) for each in self.mentions], together=self.together)
        findings.forbidden(self.not_mentions)
        if self.variables is not None:
            findings.variables(self.variables)
        if self.every is not None:
            findings.every(self.every.path, self.every.query, self.every.glob)
        findings.code(self.code, compiles=self.compiles)
        if self.links:
            findings.links(self.ignore, web=self.web)
        if self.dated is not None:
            findings.dated(self.dated)
        findings.ages(self.newer_than)


def as_choice(said: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts of which one must be there."""
    return (said,) if isinstance(said, str) else said
