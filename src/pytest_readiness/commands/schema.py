"""Print the JSON Schema of readiness.yaml, for editors, or that of the JSON report."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from pytest_readiness.commands import _project
from pytest_readiness.commands._output import Output


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--report", action="store_true", help="the schema of the JSON report instead")


def run(args: argparse.Namespace, output: Output) -> int:
    """Write the schema, with the probes of installed packages and of the conftest.py here."""
    if args.report:
        from pytest_readiness.reports.json import schema

        made = schema()
    else:
        from pytest_readiness import spec

        made = spec.schema(_project.registry(Path()))
    output.write(json.dumps(made, indent=1) + "\n")
    return 0
