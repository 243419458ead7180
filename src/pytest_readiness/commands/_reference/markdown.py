"""The reference as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_readiness.commands._reference.entries import Entry
from pytest_readiness.commands._reference.page import Page, in_short, question
from pytest_readiness.registry import Registry

#: What would be a sign of Markdown's own outside of code.
_SIGNS = re.compile(r"([\\*<]|(?<!\w)_|_(?!\w))")


def table(registry: Registry) -> str:
    """Return the probes of *registry* as a table: name, question, measurements, default expectations."""
    lines = ["| probe | asks | measures | expects, unless told otherwise |", "|---|---|---|---|"]
    for name in registry.names():
        probe = registry.get(name)
        assert probe is not None
        measured = ", ".join(f"`{key}`{' ' * bool(it.unit)}{it.unit}" for key, it in probe.measures.items())
        lines.append(f"| `{name}` | {question(probe)} | {measured} | {in_short(probe)} |")
    return "\n".join(lines) + "\n"


def section(page: Page) -> str:
    """Return *page* as a section of a document."""
    blocks = [f"## {page.name}", *map(_text, page.paragraphs)]
    for title, lines in {
        "Options, under `with`": list(_listed(page.options)),
        "Measurements, under `expect`": list(_listed(page.measurements)),
        "Expected, unless the gate says otherwise": [f"- {line}" for line in page.expected],
    }.items():
        if lines:
            blocks += [f"**{title}:**", "\n".join(lines)]
    blocks.append(f"```yaml\n{page.example.rstrip()}\n```")
    blocks += ["\n".join(f"- {colour}: {_text(sentence)}" for colour, sentence in page.outlook)] if page.outlook else []
    return "\n\n".join(blocks) + "\n"


def _listed(entries: Iterable[Entry], indent: str = "") -> Iterator[str]:
    for entry in entries:
        if not entry.words:
            yield f"{indent}- {entry.name}:"
        else:
            default = ", required" if entry.required else f", default {_code(entry.default)}" if entry.default else ""
            example = f" Such as {_code(entry.example)}." if entry.example else ""
            yield f"{indent}- `{entry.name}`, {entry.words}{default}: {_text(entry.doc)}{example}"
        yield from _listed(entry.inside, f"{indent}  ")


def _code(text: str) -> str:
    """Return *text* as code: between more backticks than it has in a row."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"`{text}`"


def _text(text: str) -> str:
    """Return *text* with nothing in it that Markdown would take for a sign, but code."""
    parts = text.split("`")
    return "`".join(part if number % 2 else _SIGNS.sub(r"\\\1", part) for number, part in enumerate(parts))
