"""What gates and groups are read against: variables, profile, services and probes of one load."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_readiness.condition import Condition, parse
from pytest_readiness.errors import ConditionError, OptionError
from pytest_readiness.model import Scalar, Service, Value
from pytest_readiness.options import FromVariable, Path, Unusual
from pytest_readiness.spec._places import Map, Refused
from pytest_readiness.spec._probes import Probes
from pytest_readiness.spec._problems import Node, Problems
from pytest_readiness.spec._variables import SpoiledError, Variables

#: Under this name the reason that stands beside ``profiles`` is handed down with them.
PROFILES_REASON = "reason of profiles"


@dataclass(frozen=True, slots=True)
class Scene:
    """
    All that a gate may refer to.

    ``service_names`` has those too that have problems of their own.
    """

    variables: Variables
    profile: str | None
    profiles: tuple[str, ...]
    services: Mapping[str, Service]
    service_names: tuple[str, ...]
    probes: Probes
    problems: Problems

    def check(self, made: Mapping[str, Any], node: Node) -> None:
        """Report what is wrong with the values that gates and groups have in common."""
        for index, name in enumerate(made.get("uses", ())):
            if name not in self.service_names:
                node.report(
                    ("uses", index), f"there is no service {name!r}{self.problems.near(name, self.service_names)}"
                )
        for index, name in enumerate(made.get("profiles", ())):
            if name not in self.profiles:
                node.report(
                    ("profiles", index), f"there is no profile {name!r}{self.problems.near(name, self.profiles)}"
                )
        for key in ("weight", "timeout"):
            if made.get(key, 1) <= 0:
                node.report((key,), "expected more than 0")
        retry = made.get("retry")
        for key in ("within", "every"):
            if retry is not None and getattr(retry, key) <= 0:
                node.report(("retry", key), "expected more than 0")

    def elsewhere(self, values: Mapping[str, Any]) -> str | None:
        """Return why a gate with *values* does not apply to the profile; None if it does."""
        profiles = values.get("profiles")
        if profiles is None or self.profile in profiles:
            return None
        only = f"only for profile {', '.join(profiles)}"
        reason = values.get(PROFILES_REASON)
        return f"{reason} ({only})" if reason else only

    def outside(self, made: Mapping[str, Any], node: Node) -> str | None:
        """Return why what *made* says under ``when`` is not met; None if it is."""
        reason = made.get("reason")
        if "when" in made and "reason" not in node.data:
            node.report((), "'reason' is missing: say beside 'when' why the gate does not apply otherwise")
        if reason is not None and "when" not in made and "profiles" not in made:
            node.report(("reason",), "a reason belongs to 'when' or 'profiles'; there is neither")
        unmet = self._unmet(made["when"], node) if "when" in made else None
        return f"{reason} ({unmet})" if reason and unmet else unmet

    def _unmet(self, when: Mapping[str, object], node: Node) -> str | None:
        """Return the first condition under ``when`` that is not met, in words."""
        unmet = None
        for name, condition in when.items():
            path: Path = ("when", name)
            try:
                value = self.variables.look_up(name)
                met, said = holds(condition, value)
            except SpoiledError:
                continue
            except (OptionError, ConditionError) as error:
                node.report(path, str(error))
                continue
            if not met and unmet is None:
                unmet = f"only when {name} is {said}"
        return unmet


def typed(value: Scalar, of: type) -> Scalar:
    """Return a condition out of a variable as the number or truth that a measurement of type *of* wants."""
    if isinstance(value, Unusual):
        return int(value)
    if not isinstance(value, FromVariable):
        return value
    text = str(value)
    if of is bool and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if of in {int, float, object} and re.fullmatch(r"-?(?:0|[1-9][0-9]{0,17})", text):
        return int(text)
    if of in {float, object} and re.fullmatch(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}", text):
        return float(text)
    return text


def condition_of(value: object, of: type) -> Value:
    """Return what stands under ``expect`` as a condition; raises ``ConditionError`` where it cannot be one."""
    if value is None:
        raise ConditionError("is empty: write a condition, or '= null' where that is meant")
    if isinstance(value, Map):
        raise ConditionError("expected one condition, found a mapping")
    if isinstance(value, list):
        return tuple([typed(item, of) for item in value])
    return typed(value, of)  # type: ignore[arg-type]


def holds(raw: object, value: str) -> tuple[bool, str]:
    """Tell whether *raw*, a condition, holds on the text *value* of a variable, and how it reads."""
    if isinstance(raw, Refused):
        return True, ""
    if isinstance(raw, bool | int | float):
        kind: type = bool if isinstance(raw, bool) else float
    else:
        kind = str
    condition, fact = _fitting(condition_of(raw, kind), kind, value)
    return (fact is not None and condition.holds(fact)), condition.text


def _fitting(raw: Value, kind: type, value: str) -> tuple[Condition, Value]:
    """Return the condition and the value in the type that it is about: a text, else a number."""
    try:
        condition = parse(raw, kind)
    except ConditionError:
        if kind is not str:
            raise
        kind = float
        condition = parse(raw, float)
    fact = typed(FromVariable(value), kind)
    return condition, fact if kind is str or not isinstance(fact, str) else None
