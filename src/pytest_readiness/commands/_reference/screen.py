"""The reference in a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_readiness.commands._reference.entries import Entry
from pytest_readiness.commands._reference.page import Page
from pytest_readiness.reports.terminal import Screen


def show(page: Page, screen: Screen) -> None:
    """Write *page* on *screen*."""
    screen.line(page.name, bold=True)
    for paragraph in page.paragraphs:
        screen.wrapped(paragraph, indent=0)
        screen.line()
    for title, entries in {
        "options, under with": page.options,
        "measurements, under expect": page.measurements,
        "expected, unless told otherwise": [Entry(line.replace("`", "")) for line in page.expected],
    }.items():
        if entries:
            screen.line(title, bold=True)
            _show(entries, screen, 2)
            screen.line()
    screen.line("example", bold=True)
    for line in page.example.splitlines():
        screen.line(f"  {line}")
    for colour, sentence in page.outlook:
        screen.wrapped(f"{colour}: {sentence}", indent=2, **{colour: True})


def _show(entries: Iterable[Entry], screen: Screen, indent: int) -> None:
    for entry in entries:
        screen.wrapped(entry.name + (f": {entry.words}" if entry.words else ":") + _default(entry), indent=indent)
        screen.wrapped(entry.doc + (f" Such as: {entry.example}" if entry.example else ""), indent=indent + 4)
        _show(entry.inside, screen, indent + 4)


def _default(entry: Entry) -> str:
    if entry.required:
        return " (required)"
    return f" (default: {entry.default})" if entry.default else ""
