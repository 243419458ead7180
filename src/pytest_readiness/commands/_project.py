"""The project that a command is about: its spec, and the probes that its conftest.py brings."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pluggy

from pytest_readiness import assess, hooks
from pytest_readiness.commands._files import SPEC
from pytest_readiness.errors import SpecError, UsageError
from pytest_readiness.plan import Plan
from pytest_readiness.probe import Probe
from pytest_readiness.registry import Registry

_HOOK = "pytest_readiness_probes"


def options(parser: argparse.ArgumentParser, *, every: bool = False) -> None:
    """Add the options that say which spec, and which of its gates; *every* is whether * stands for all profiles."""
    parser.add_argument("--spec", metavar="PATH", type=Path, default=Path(SPEC), help=f"the spec ({SPEC})")
    parser.add_argument("--profile", metavar="NAME", help=f"a profile of the spec{', or * for each in turn' * every}")
    parser.add_argument("--select", metavar="EXPR", help="only some gates: ids, globs, tag:T, group:G, severity:S")


def load(args: argparse.Namespace) -> tuple[Plan, Registry]:
    """
    Return the plan that *args* ask for, and the probes it was made with.

    The conftest.py beside the spec is imported only if the spec names a probe that is not known without it.
    """
    known = assess.registry()
    try:
        return _plan(args, known), known
    except SpecError as error:
        conftest = args.spec.parent / "conftest.py"
        if not any("unknown probe" in problem.message for problem in error.problems) or not brings_probes(conftest):
            raise
    known = registry(args.spec.parent)
    return _plan(args, known), known


def registry(folder: Path) -> Registry:
    """Return all probes that a spec in *folder* may name; raises ``UsageError`` if its conftest.py is broken."""
    conftest = folder / "conftest.py"
    return assess.registry([_probes_of(conftest)] if brings_probes(conftest) else ())


def brings_probes(conftest: Path) -> bool:
    """Tell, without running it, whether *conftest* seems to bring probes."""
    try:
        return _HOOK.encode() in conftest.read_bytes()
    except OSError:
        return False


def _plan(args: argparse.Namespace, known: Registry) -> Plan:
    return assess.load(args.spec, registry=known, profile=args.profile, select=args.select, env=os.environ)


def _probes_of(conftest: Path) -> Mapping[str, type[Probe]]:
    manager = _Manager("pytest")
    manager.add_hookspecs(hooks)
    try:
        manager.register(_imported(conftest))
        return Registry.of(manager.hook.pytest_readiness_probes()).others
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # pytest.skip() and exit() are none of ``Exception``
        raise UsageError(f"the probes of {conftest} cannot be loaded: {type(error).__name__}: {error}") from error


def _imported(path: Path) -> object:
    """Import *path* as pytest does: as ``conftest``, its folder first on ``sys.path``."""
    spec = importlib.util.spec_from_file_location("conftest", path)
    assert spec is not None
    assert spec.loader is not None
    sys.path.insert(0, str(path.parent.absolute()))
    module = sys.modules["conftest"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Manager(pluggy.PluginManager):
    """Takes a function for the hook by its name alone, as pytest does."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        marked = super().parse_hookimpl_opts(plugin, name)
        return {} if marked is None and name == _HOOK else marked
