"""Print the JSON Schema of readiness.yaml, for editors, or that of the JSON report or audit."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from pytest_readiness.commands import _project
from pytest_readiness.commands._output import Output


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--report", action="store_true", help="the schema of the JSON report instead")
    other.add_argument("--audit", action="store_true", help="the schema of what readiness audit --json writes instead")


def run(args: argparse.Namespace, output: Output) -> int:
    """Write the schema, with the probes of installed packages and of the conftest.py here."""
    if args.report:
        from pytest_readiness.reports.json import schema

        made = schema()
    elif args.audit:
        from pytest_readiness.reports._audit_json import SCHEMA

        made = SCHEMA
    else:
        from pytest_readiness import spec

        made = spec.schema(_project.registry(Path()))
    output.write(json.dumps(made, indent=1) + "\n")
    return 0
