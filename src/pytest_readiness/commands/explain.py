"""List every host, file, command, variable and query that the gates would reach for, and touch nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TextIO, cast

from pytest_readiness.commands import _project
from pytest_readiness.commands._output import Output
from pytest_readiness.reports import terminal


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    _project.options(parser)


def run(args: argparse.Namespace, output: Output) -> int:
    """Write the list."""
    plan, _ = _project.load(args)
    screen = terminal.screen(cast("TextIO", output))
    screen.line(terminal.header(plan, Path.cwd()), bold=True)
    terminal.explain(plan, screen)
    return 0
