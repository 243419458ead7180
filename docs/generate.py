"""
Writes what is derived from the probes' classes: the table in the README, docs/probes.md, the JSON Schemas.

Usage: python docs/generate.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from pytest_readiness import spec
from pytest_readiness.commands._reference import markdown
from pytest_readiness.commands._reference.page import page, question
from pytest_readiness.registry import Registry
from pytest_readiness.reports import _audit_json
from pytest_readiness.reports import json as json_report

ROOT = Path(__file__).parents[1]
TABLE = re.compile(r"(?<=<!-- probes -->\n).*?(?=<!-- /probes -->)", re.DOTALL)


def documents() -> dict[Path, str]:
    """Return the text that each derived document should have."""
    readme = ROOT / "README.md"
    return {
        readme: TABLE.sub(lambda _: table(), readme.read_text(encoding="utf-8")),
        ROOT / "docs" / "probes.md": pages(),
        ROOT / "docs" / "readiness.schema.json": pretty(spec.schema(Registry())),
        ROOT / "docs" / "report.schema.json": pretty(json_report.schema()),
        ROOT / "docs" / "audit.schema.json": pretty(_audit_json.SCHEMA),
    }


def table() -> str:
    """Return the probes and their questions as a Markdown table."""
    registry = Registry()
    rows = [f"| [`{name}`](docs/probes.md#{name}) | {question(probe)} |" for name, probe in known(registry)]
    return "\n".join(["| probe | asks |", "|---|---|", *rows]) + "\n"


def pages() -> str:
    """Return the reference: all probes in a table, then each by itself as ``readiness probes NAME`` explains it."""
    registry = Registry()
    opening = "# Probes\n\nDerived from the probes' classes; `readiness probes NAME` says the same in a terminal.\n\n"
    sections = [markdown.section(page(name, probe)) for name, probe in known(registry)]
    return opening + "\n".join([markdown.table(registry), *sections])


def known(registry: Registry) -> list[tuple[str, type]]:
    """Return all probes by name."""
    return [(name, probe) for name in registry.names() if (probe := registry.get(name))]


def pretty(schema: object) -> str:
    """Return *schema* as text."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
