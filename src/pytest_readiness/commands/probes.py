"""List the probes, or explain one: its options, what it measures, what it expects, and an example."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TextIO, cast

from pytest_readiness.commands import _project
from pytest_readiness.commands._output import Output
from pytest_readiness.commands._reference import markdown, screen
from pytest_readiness.commands._reference.page import page, question
from pytest_readiness.errors import UsageError
from pytest_readiness.registry import Registry
from pytest_readiness.reports import terminal


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="explain this probe")
    parser.add_argument("--markdown", action="store_true", help="the table of the built-in probes, for documents")


def run(args: argparse.Namespace, output: Output) -> int:
    """Write the list, the table or the explanation."""
    if args.markdown:
        output.write(markdown.table(Registry()))
        return 0
    registry = _project.registry(Path())
    place = terminal.screen(cast("TextIO", output))
    if args.name is None:
        _list(registry, place)
        return 0
    probe = registry.get(args.name)
    if probe is None:
        near = registry.near(args.name)
        meant = f"did you mean {near}?" if near else f"there is {', '.join(registry.names())}"
        raise UsageError(f"there is no probe {args.name!r}: {meant}")
    screen.show(page(args.name, probe), place)
    return 0


def _list(registry: Registry, place: terminal.Screen) -> None:
    width = max(map(len, registry.names()))
    for name in registry.names():
        probe = registry.get(name)
        place.put(f"{name:<{width}}  ", bold=True)
        place.wrapped(question(probe) if probe else "", indent=width + 2, hanging=True)
    for name, why in registry.broken.items():
        place.wrapped(f"! the probes of {name} could not be loaded: {why}", indent=0, yellow=True)
