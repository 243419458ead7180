"""Which tests a run was narrowed to, and what the project's own configuration selects and filters."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from pytest_readiness import session as facts

# Options of other plugins that run a part of the tests, by the name of their value.
_OTHERS = {"splits": "--splits", "num_shards": "--num-shards", "testmon": "--testmon", "picked": "--picked"}
# Settings that decide which tests there are; given with -o they narrow like an option.
_SETTINGS = ("addopts", "norecursedirs", "python_classes", "python_files", "python_functions", "testpaths")


def selections(config: pytest.Config) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the selection made on the command line, and the one made by the project's configuration."""
    overridden = [text for text in config.getoption("override_ini") or () if text.partition("=")[0] in _SETTINGS]
    own = [] if overridden else list(facts.options(config.getini("addopts")))
    asked = list(facts.options([*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *config.invocation_params.args]))
    narrowed: list[str] = [f"-o {shlex.quote(text)}" for text in overridden]
    configured: list[str] = []
    for option, value in _in_force(config):
        ours = (option, value) in own and (option, value) not in asked
        (configured if ours else narrowed).append(facts.item(option, value))
    paths = [] if overridden else [value for option, value in own if not option]
    narrowed += _paths(config, paths)
    return tuple(sorted(set(narrowed))), tuple(sorted(set(configured)))


def filters(config: pytest.Config) -> tuple[str, ...]:
    """Return the filters for warnings, of the configuration and then of the command line: the last that fits wins."""
    return (*config.getini("filterwarnings"), *(config.getoption("pythonwarnings", None) or ()))


def _in_force(config: pytest.Config) -> Iterator[tuple[str, str]]:
    """Yield the selecting options in force, wherever they were given."""
    get = config.getoption
    for option, name in (("-k", "keyword"), ("-m", "markexpr")):
        if value := get(name, ""):
            yield option, value
    for option in ("--deselect", "--ignore", "--ignore-glob"):
        yield from ((option, value) for value in get(option.strip("-").replace("-", "_"), None) or ())
    for option, name in (("--lf", "lf"), ("--sw", "stepwise"), *((flag, name) for name, flag in _OTHERS.items())):
        if get(name, None):
            yield option, ""


def _paths(config: pytest.Config, own: Collection[str]) -> Iterator[str]:
    """Yield the paths and node ids that pytest was given, unless they hold all configured test paths."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        return
    base, root = config.invocation_params.dir, config.rootpath
    given = [(_resolved(base, arg), arg) for arg in config.args if arg not in own]
    if own and not given:
        return
    plain = {path for path, _ in given}
    # A path given beside a folder that holds it can keep pytest 8 from looking at the rest of that folder.
    nested = any("::" in arg for _, arg in given) or any(plain.intersection(path.parents) for path in plain)
    whole = [path for pattern in config.getini("testpaths") for path in root.glob(pattern)] or [root]
    if not nested and all(any(path.is_relative_to(start) for start in plain) for path in whole):
        return
    for path, arg in given:
        shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        yield facts.item("", shown + "".join(arg.partition("::")[1:]))


def _resolved(base: Path, arg: str) -> Path:
    return Path(os.path.normpath(base / arg.partition("::")[0]))
