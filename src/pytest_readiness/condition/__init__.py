"""
The condition language: read once, put to measured values, explained in words, compared in strictness.

Nothing is guessed and nothing is evaluated as code. A condition that does not fit its measurement
cannot be read; a value that does not fit its condition cannot be decided. Both raise ``ConditionError``.
"""

from __future__ import annotations

from pytest_readiness.condition._forms import Condition
from pytest_readiness.condition._grammar import parse
from pytest_readiness.condition._strictness import Strictness, compare

__all__ = ["Condition", "Strictness", "compare", "parse"]
