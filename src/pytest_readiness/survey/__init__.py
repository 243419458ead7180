"""
What a repository without a checklist is made of, and the spec that this comes to.

A look is one module in ``looks``: it knows one kind of thing (Dockerfiles, settings classes, ...), reads
files, and yields gates for what it finds. Nothing that is found is imported or run. Then the gates are
measured, as far as reading is enough, and each is written down with a threshold that holds today, or
marked as what to fix first.
"""

from __future__ import annotations

from pytest_readiness.survey.model import Found, Remark, Section, State
from pytest_readiness.survey.survey import Survey, survey

__all__ = ["Found", "Remark", "Section", "State", "Survey", "survey"]
