"""
Runs the gates of a plan: concurrently, within their deadlines, exactly one result each.

One thread coordinates: the one that calls ``Engine.run``. It alone keeps the books, so there are
no locks; workers take a call from a queue and put its answer into another. A worker that does not
answer in time is written off, its gate is an error, and whatever it says later is not heard.
"""

from __future__ import annotations

from pytest_readiness.engine._engine import Engine
from pytest_readiness.engine._setup import Listener, Setup

__all__ = ["Engine", "Listener", "Setup"]
