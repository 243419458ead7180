"""
The pytest plugin that collects what a run knows, on the controller and on xdist's workers.

Loaded only under ``--readiness``. On a worker it sends along what the controller cannot see: the
marks of each test travel on its reports, counts and coverage in ``workeroutput``.
"""

from pytest_readiness._session.collector import SessionCollector, install
from pytest_readiness._session.coverage import ordered, start_coverage

__all__ = ["SessionCollector", "install", "ordered", "start_coverage"]
