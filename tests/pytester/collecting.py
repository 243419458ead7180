"""Run pytest with nothing but the collector of the run's facts, and read what it collected."""

from __future__ import annotations

import json
from typing import Any

import pytest

#: A plugin that collects as the real one does, and writes down what it has when the test loop ends.
PLUGIN = """
import io, json, pytest
from dataclasses import asdict
from pytest_readiness import _session
from pytest_readiness.errors import CannotMeasure

def pytest_addoption(parser):
    parser.addoption("--measure", "--measured-inside", action="store_true")

def pytest_load_initial_conftests(early_config):
    if early_config.known_args_namespace.measure:
        _session.start_coverage(early_config)

def pytest_configure(config):
    config.addinivalue_line("markers", "readiness(gate, ...): evidence")
    _session.install(config)

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session):
    try:
        return (yield)
    finally:
        if not hasattr(session.config, "workerinput"):
            write(session.config)

def write(config):
    session = _session.install(config).session()
    tests = {test.nodeid: {**asdict(test), "markers": sorted(test.markers), "keywords": sorted(test.keywords),
                           "gates": sorted(test.gates)} for test in session.tests}
    facts = {"tests": tests, "deselected": session.deselected, "warnings": session.warnings,
             "warned": [asdict(each) for each in session.warned], "filters": session.filters,
             "unknown": sorted(session.unknown),
             "narrowed": session.narrowed, "configured": session.configured, "broken": session.broken,
             "failed": session.failed, "coverage": covered(session)}
    (config.rootpath / "facts.json").write_text(json.dumps(facts))

def covered(session):
    if session.coverage is None:
        return None
    try:
        cov = session.coverage()
    except CannotMeasure as error:
        return str(error)
    text = io.StringIO()
    cov.report(file=text, precision=2, show_missing=True)
    return text.getvalue().replace("100.00%", "100%").splitlines()
"""


def facts(pytester: pytest.Pytester, *args: str, apart: bool = False) -> dict[str, Any]:
    """
    Return what the collector says of a run of pytest with *args*.

    *apart* is for a run that needs a process of its own, as all do that start workers or measure coverage.
    """
    pytester.makepyfile(collecting_plugin=PLUGIN)
    path = pytester.path / "facts.json"
    path.unlink(missing_ok=True)
    options = ("-p", "collecting_plugin", "-p", "no:readiness", "-p", "no:randomly", *args)
    if apart or {"-n", "--dist", "--measure"}.intersection(args):
        pytester.runpytest_subprocess(*options)
    else:
        pytester.runpytest_inprocess(*options, syspathinsert=True)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
