"""The coverage of the run: seeing to it that somebody measures, and copying what was measured."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._coverage import run as coverage_run

if TYPE_CHECKING:
    from coverage import Coverage

#: Tells xdist's workers, which inherit the environment, to measure coverage and with which settings.
_ENVIRONMENT = "PYTEST_READINESS_COVERAGE"

_recording = pytest.StashKey[coverage_run.Recording]()
_refused = pytest.StashKey[str]()
_measured = pytest.StashKey[bool]()


def ordered() -> bool:
    """Tell whether this is a worker of xdist whose controller wants coverage measured; known before configuration."""
    return _order() is not None


def _order() -> Mapping[str, Any] | None:
    """Return the settings that the controller, our parent process, left for us."""
    order = json.loads(os.environ.get(_ENVIRONMENT, "{}"))
    return order.get("settings") if order.get("controller") == os.getppid() else None


def start_coverage(early_config: pytest.Config) -> None:
    """
    See to it that coverage is measured: by pytest-cov or ``coverage run`` if they do, else by ourselves.

    To be called from ``pytest_load_initial_conftests``, before any code of the project is
    imported: where a gate needs coverage, and on workers where it was ``ordered()``.
    """
    early_config.stash[_measured] = True
    known = early_config.known_args_namespace
    if getattr(known, "no_cov", False):
        early_config.stash[_refused] = "coverage was switched off by --no-cov"
    elif not getattr(known, "cov_source", None):
        _start(early_config)


def _start(config: pytest.Config) -> None:
    import coverage

    order = _order()
    current = coverage.Coverage.current()
    if current is None:
        if sys.gettrace() is not None:
            config.stash[_refused] = "coverage could not be measured: another tracer (a debugger?) is active"
            return
        try:
            recording = config.stash[_recording] = coverage_run.Recording(config.rootpath, order)
        except CannotMeasure as error:
            config.stash[_refused] = str(error)
            return
        config.add_cleanup(recording.discard)
    if order is None:
        chosen = coverage_run.settings(current) if current is not None else config.stash[_recording].settings
        os.environ[_ENVIRONMENT] = json.dumps({"controller": os.getpid(), "settings": chosen})
        config.add_cleanup(_forget_order)


def _forget_order() -> None:
    os.environ.pop(_ENVIRONMENT, None)


@dataclass
class RunCoverage:
    """Who measured, and how to get at it; ``workers`` are the recordings that workers sent."""

    config: pytest.Config
    workers: list[bytes] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    known: list[Path] = field(default_factory=list)

    def look_around(self) -> None:
        """Remember which data files lie there before the run."""
        if (current := self._foreign()) is not None:
            self.known = coverage_run.beside(current)

    def reader(self) -> Callable[[], Any] | None:
        """
        Stop measuring and copy what was measured; return what gives the copy, or says why there is none.

        Copied at once: what gates do may well run tests and write coverage data themselves.
        """
        if not self.config.stash.get(_measured, False):
            return None
        try:
            parts, wanted = self._measured()
            config = coverage_run.config_file(self.config.rootpath, os.environ) if wanted.get("run:plugins") else None
            cov = coverage_run.copied(parts, wanted, config)
        except CannotMeasure as error:
            return _refuse(str(error))
        return lambda: cov

    def _measured(self) -> tuple[list[bytes | Path], Mapping[str, Any]]:
        """Return all that was measured, and with which settings."""
        config = self.config
        if _refused in config.stash:
            raise CannotMeasure(config.stash[_refused])
        if (plugin := config.pluginmanager.getplugin("_cov")) is not None:
            return of_pytest_cov(plugin)
        if self.lost:
            raise CannotMeasure(f"no coverage came back from {', '.join(self.lost)}")
        if (recording := config.stash.get(_recording, None)) is not None:
            recording.stop()
            return [*recording.files(), *self.workers], recording.settings
        if (current := self._foreign()) is not None:
            return [*coverage_run.snapshot(current, self.known), *self.workers], coverage_run.settings(current)
        raise CannotMeasure("no coverage was measured in this run")

    def sent(self) -> bytes | None:
        """Return, on a worker, what it has measured; None if that is not ours to tell."""
        if (recording := self.config.stash.get(_recording, None)) is not None:
            return recording.dumps()
        current = self._foreign()
        return None if current is None else coverage_run.dumps(current)

    def _foreign(self) -> Coverage | None:
        """Return the ``Coverage`` that somebody else started, if it is for us to read."""
        config = self.config
        if not config.stash.get(_measured, False) or _recording in config.stash or _refused in config.stash:
            return None
        if config.pluginmanager.hasplugin("_cov"):
            return None
        import coverage

        return coverage.Coverage.current()


def _refuse(reason: str) -> Callable[[], Any]:
    def read() -> Any:
        raise CannotMeasure(reason)

    return read


def of_pytest_cov(plugin: Any) -> tuple[list[bytes | Path], Mapping[str, Any]]:
    controller = plugin.cov_controller
    if controller is None:
        raise CannotMeasure("pytest-cov measured nothing in this run")
    if controller.failed_workers:
        lost = ", ".join(node.gateway.id for node in controller.failed_workers)
        raise CannotMeasure(f"no coverage came back from {lost}")
    if controller.started:
        raise CannotMeasure("pytest-cov had not finished measuring")
    return [Path(controller.cov.get_data().data_filename())], coverage_run.settings(controller.cov)
