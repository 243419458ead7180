"""
One name for each server that a document speaks of.

Each proposal calls the server that it asks ``base_url``. Where a document gives addresses of several servers, each
gets a name of its own by its port; where it gives one, that is what the others mean, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pytest_readiness.checklist.model import Proposal

_NAME = "base_url"
_GIVEN = re.compile(r"\$\{BASE_URL:-(https?://\S+)\}")
_PORT = re.compile(r":(\d+)$")


def named(proposals: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Return *proposals* with a variable for each server that they ask."""
    given = Counter(
        match[1] for one in proposals if _NAME in one.variables and (match := _GIVEN.fullmatch(one.variables[_NAME]))
    )
    if not given:
        return tuple(proposals)
    main = given.most_common(1)[0][0]
    return tuple(_named(one, main) if _NAME in one.variables else one for one in proposals)


def _named(proposal: Proposal, main: str) -> Proposal:
    match = _GIVEN.fullmatch(proposal.variables[_NAME])
    server = match[1] if match else main
    if server == main:
        return replace(proposal, variables={**proposal.variables, _NAME: f"${{BASE_URL:-{main}}}"})
    port = _PORT.search(server)
    suffix = port[1] if port else "80"
    others = {name: text for name, text in proposal.variables.items() if name != _NAME}
    variables = {**others, f"{_NAME}_{suffix}": f"${{BASE_URL_{suffix}:-{server}}}"}
    options = {key: _renamed(value, f"${{{_NAME}_{suffix}}}") for key, value in proposal.options.items()}
    return replace(proposal, options=options, variables=variables)


def _renamed(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return value.replace(f"${{{_NAME}}}", name)
    if isinstance(value, Mapping):
        return {key: _renamed(one, name) for key, one in value.items()}
    return [_renamed(one, name) for one in value] if isinstance(value, list | tuple) else value
