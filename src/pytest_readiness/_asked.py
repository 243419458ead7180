"""What was asked for: the options and ini settings, settled and checked before anything is run."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness import assess, reports
from pytest_readiness.errors import UsageError
from pytest_readiness.plan import Plan
from pytest_readiness.registry import Registry

SPEC = "readiness.yaml"


@dataclass(frozen=True)
class Asked:
    """The command line, and the ini file where that is silent."""

    spec: Path
    profile: str | None
    select: str | None
    targets: tuple[reports.Target, ...]
    cached: bool

    @classmethod
    def of(cls, config: pytest.Config) -> Asked:
        """Read the options; raises ``UsageError`` for what cannot be had."""
        option = config.option
        if option.readiness_as_of:
            message = "--readiness-as-of is not available yet"
            raise UsageError(message)
        if option.readiness_jobs is not None and option.readiness_jobs < 1:
            message = f"--readiness-jobs {option.readiness_jobs}: at least one gate must run at a time"
            raise UsageError(message)
        targets = tuple(reports.parse(text, base=base) for text, base in _told(config, option))
        spec = spec_path(config, option)
        reports.check(targets, spec)
        profile = option.readiness_profile or config.getini("readiness_profile") or None
        return cls(spec, profile, option.readiness_select, targets, _wants_cache(config))


def _told(config: pytest.Config, option: Any) -> list[tuple[str, Path]]:
    """Return the reports asked for, each with the folder that it is relative to."""
    told = [(text, config.invocation_params.dir) for text in option.readiness_report or ()]
    return told or [(text, _ini_folder(config)) for text in config.getini("readiness_report")]


def discard_reports(config: pytest.Config, option: Any) -> None:
    """
    Remove the reports of an earlier run, which must not be taken for those of this one, however it ends.

    What is wrong with *option* (the command line, perhaps not all of it read yet) is found out later.
    """
    spec = spec_path(config, option).resolve()
    for text, base in _told(config, option):
        with suppress(UsageError, OSError):
            target = reports.parse(text, base=base)
            if target.path.resolve() != spec:
                reports.discard(target)


def spec_path(config: pytest.Config, option: Any) -> Path:
    """Return where the spec is, by *option* (the command line, perhaps not all of it read yet) or the ini file."""
    if option.readiness_spec:
        return config.invocation_params.dir / str(option.readiness_spec)
    if configured := config.getini("readiness_spec"):
        return _ini_folder(config) / str(configured)
    return config.rootpath / SPEC


def load(config: pytest.Config, asked: Asked) -> tuple[Plan, Registry]:
    """Return the plan, and the registry it was made with; raises ``UsageError``."""
    try:
        answers = config.hook.pytest_readiness_probes()
    except Exception as error:
        message = f"a pytest_readiness_probes hook failed: {type(error).__name__}: {error}"
        raise UsageError(message) from error
    registry = assess.registry(answers)
    plan = assess.load(asked.spec, profile=asked.profile, select=asked.select, env=os.environ, registry=registry)
    return plan, registry


def wants_coverage(path: Path, seen: frozenset[Path] = frozenset()) -> bool:
    """
    Look whether the spec at *path*, or a file that it may include, has a coverage gate.

    The spec cannot be read properly yet, since the probes of a conftest.py are not there. Measuring once too
    often does no harm.
    """
    if path in seen or not path.is_file():
        return False
    text = path.read_text(encoding="utf-8", errors="replace")
    if re.search(r"""\bprobe["']?\s*:\s*["']?coverage\b""", text):
        return True
    names = re.findall(r"""[^\s"'\[\],]+\.ya?ml\b""", text)
    return any(wants_coverage(path.parent / name, seen | {path}) for name in dict.fromkeys(names))


def _wants_cache(config: pytest.Config) -> bool:
    """Return whether analyses are kept between runs: not in CI, where others may write to what is kept."""
    wanted = config.getini("readiness_cache") or ("off" if "CI" in os.environ else "on")
    if wanted not in {"on", "off"}:
        message = f"readiness_cache is {wanted!r}: expected on or off"
        raise UsageError(message)
    return bool(wanted == "on")


def _ini_folder(config: pytest.Config) -> Path:
    return config.inipath.parent if config.inipath else config.rootpath
