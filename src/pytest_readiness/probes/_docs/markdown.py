"""One Markdown document taken apart: headings and what links call them, links, code, words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_readiness.errors import MissingExtra
from pytest_readiness.probe import Context
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._inputs import Input

#: A document is read up to this many bytes.
LIMIT = 4 * 1024 * 1024
SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx"})

_WORD = re.compile(r"\w+(?:['\u2019.-]\w+)*")
_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_ATTRIBUTE = re.compile(r"\b(href|src|id|name)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_CUSTOM = re.compile(r"\s*\{#([\w.:-]+)[^}]*\}$")
_BREAKS = frozenset({"softbreak", "hardbreak"})


@dataclass(slots=True)
class Heading:
    """A heading; ``filled`` if there is something below it, before the next one of its level or above."""

    level: int
    text: str
    line: int
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link or image leads, and the line it is in."""

    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: its language in lower case (empty if unsaid), its text, the line of the text's beginning."""

    language: str
    text: str
    line: int


@dataclass(slots=True)
class Document:
    """A document: ``text`` is its source without comments, ``anchors`` are what links may lead to in it."""

    name: str
    text: str
    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    words: int = 0


def read(found: Input, context: Context) -> Document:
    """Return the document in a file, taken apart once a run."""
    return context.fact(
        ("markdown", *found.key), lambda _deadline: parse(_inputs.text(_inputs.data(found, LIMIT)), found.name)
    )


def parse(source: str, name: str = "") -> Document:
    """Take *source* apart. Raises ``MissingExtra`` without markdown-it-py and its plugins."""
    try:
        from markdown_it import MarkdownIt
        from mdit_py_plugins.front_matter import front_matter_plugin
    except ImportError as error:
        lacking = "mdit-py-plugins" if (error.name or "").startswith("mdit") else "markdown-it-py"
        raise MissingExtra(lacking, "docs") from None
    tokens = MarkdownIt("commonmark").enable("table").use(front_matter_plugin).parse(source)
    made = Document(name, without_comments(source))
    _Reader(made).run(tokens)
    made.anchors |= set(_slugs([heading.text for heading in made.headings]))
    return made


def without_comments(source: str) -> str:
    """Return *source* without its HTML comments."""
    first, *parts = source.split("<!--")
    return first + "".join(part.partition("-->")[2] if "-->" in part else f"<!--{part}" for part in parts)


class _Reader:
    def __init__(self, made: Document) -> None:
        self.made = made
        self.open: list[Heading] = []

    def run(self, tokens: Sequence[Any]) -> None:
        heading: Heading | None = None
        for token in tokens:
            line = (token.map or [0])[0] + 1
            if token.type == "heading_open":
                heading = Heading(int(token.tag[1:]), "", line)
            elif token.type == "inline" and heading is not None:
                self._heading(heading, self._inline(token, line))
                heading = None
            elif token.type == "inline":
                self._fill(self._inline(token, line))
            elif token.type == "fence":
                language = token.info.strip().partition(" ")[0].strip("{}.").lower()
                self._block(Block(language, token.content, line + 1))
            elif token.type == "code_block":
                self._block(Block("", token.content, line))
            elif token.type == "html_block":
                self._fill(self._html(token.content, line))

    def _heading(self, heading: Heading, text: str) -> None:
        if custom := _CUSTOM.search(text):
            self.made.anchors.add(custom[1])
            text = text[: custom.start()]
        heading.text = text.strip()
        while self.open and self.open[-1].level >= heading.level:
            self.open.pop()
        self.open.append(heading)
        self.made.headings.append(heading)

    def _block(self, block: Block) -> None:
        self.made.blocks.append(block)
        self._fill(block.text)

    def _fill(self, text: str) -> None:
        if text.strip():
            for heading in self.open:
                heading.filled = True

    def _inline(self, token: Any, line: int) -> str:
        """Take in links and words; return what a reader sees: images count as what they show."""
        parts: list[str] = []
        for child in token.children or ():
            if child.type in _BREAKS:
                line += 1
                parts.append(" ")
            elif child.type == "link_open":
                self.made.links.append(Link(str(child.attrs.get("href", "")), line))
            elif child.type == "image":
                self.made.links.append(Link(str(child.attrs.get("src", "")), line))
                parts.append(child.content or "image")
            elif child.type == "html_inline":
                self._html(child.content, line)
            else:
                parts.append(child.content)
        text = "".join(parts)
        self.made.words += len(_WORD.findall(text))
        return text

    def _html(self, source: str, line: int) -> str:
        """Take in the links and anchors of *source*; return it without comments."""
        shown = without_comments(source)
        for tag in _TAG.finditer(shown):
            for attribute in _ATTRIBUTE.finditer(tag[0]):
                value = attribute[2] or attribute[3] or ""
                if attribute[1].lower() in {"href", "src"}:
                    self.made.links.append(Link(value, line + shown.count("\n", 0, tag.start())))
                else:
                    self.made.anchors.add(value)
        return shown


def _slugs(headings: Sequence[str]) -> Iterator[str]:
    """Yield what links call each heading: GitHub's way, and that of Python-Markdown (MkDocs, Sphinx)."""
    seen: Counter[str] = Counter()
    for text in headings:
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        yield f"{slug}-{seen[slug]}" if seen[slug] else slug
        seen[slug] += 1
        yield re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text.lower()).strip()).strip("-")
