"""List every host, file, command, variable and query that the gates would reach for, and touch nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TextIO, cast

from pytest_readiness.commands import _project
from pytest_readiness.commands._output import Output
from pytest_readiness.plan import Plan
from pytest_readiness.reports import terminal

#: Stands for no profile, and then each of the spec's.
_EVERY = "*"


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    _project.options(parser, every=True)


def run(args: argparse.Namespace, output: Output) -> int:
    """Write the list."""
    everywhere = args.profile == _EVERY
    args.profile = None if everywhere else args.profile
    plan, _ = _project.load(args)
    screen = terminal.screen(cast("TextIO", output))
    _tell(plan, screen)
    for args.profile in plan.spec.profiles if everywhere else ():
        screen.line()
        _tell(_project.load(args)[0], screen)
    return 0


def _tell(plan: Plan, screen: terminal.Screen) -> None:
    screen.line(terminal.header(plan, Path.cwd()), bold=True)
    terminal.explain(plan, screen)
