"""
pytest-readiness: a production-readiness checklist as gates that cannot be fooled.

The public names, loaded when first asked for, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_readiness.errors import CannotMeasure, MissingExtra, OptionError, ReadinessError, SpecError, UsageError
    from pytest_readiness.hooks import hookimpl
    from pytest_readiness.model import Better, Evidence, Outcome, Report, Result, Severity, Verdict
    from pytest_readiness.options import Duration, Query, Secret, Size
    from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option

_HOME = {
    "errors": ("CannotMeasure", "MissingExtra", "OptionError", "ReadinessError", "SpecError", "UsageError"),
    "hooks": ("hookimpl",),
    "model": ("Better", "Evidence", "Outcome", "Report", "Result", "Severity", "Verdict"),
    "options": ("Duration", "Query", "Secret", "Size"),
    "probe": ("Context", "Measure", "Measurements", "Probe", "Touch", "option"),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "Better",
    "CannotMeasure",
    "Context",
    "Duration",
    "Evidence",
    "Measure",
    "Measurements",
    "MissingExtra",
    "OptionError",
    "Outcome",
    "Probe",
    "Query",
    "ReadinessError",
    "Report",
    "Result",
    "Secret",
    "Severity",
    "Size",
    "SpecError",
    "Touch",
    "UsageError",
    "Verdict",
    "hookimpl",
    "option",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("pytest-readiness")
    if name in _MODULE:
        return getattr(importlib.import_module(f"pytest_readiness.{_MODULE[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
