"""
readiness.yaml: text to Spec, with all problems at once.

    from pytest_readiness import spec

    spec.load(Path("readiness.yaml"), registry=registry, profile="prod", env=os.environ)
    spec.schema(registry)
"""

from __future__ import annotations

from pytest_readiness.spec._load import label, load
from pytest_readiness.spec._schema import schema

__all__ = ["label", "load", "schema"]
