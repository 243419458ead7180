"""Values that source code says in so many words; nothing is run to know them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping

from pytest_readiness.model import Scalar, Value
from pytest_readiness.probes._symbol.facts import Facts, dotted

_SECONDS: Mapping[str, float] = {
    "weeks": 604800,
    "days": 86400,
    "hours": 3600,
    "minutes": 60,
    "seconds": 1,
    "milliseconds": 1e-3,
    "microseconds": 1e-6,
}
_OPERATIONS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
_FIELDS = frozenset(
    {"pydantic.Field", "pydantic.fields.Field", "sqlmodel.Field", "dataclasses.field", "attrs.field", "attr.ib"}
)
_LARGEST = 2.0**63
_DEEPEST = 20


class Unclear(ValueError):
    """A value cannot be told from the source; the message says why, without quoting it."""


def value(node: ast.AST | None, facts: Facts, depth: int = 0) -> Value:
    """
    Return what *node* is worth.

    Knows literals, sums of numbers, constants of the same file, ``timedelta`` (in seconds), and the defaults of
    fields (pydantic's ``Field`` and its like).
    Raises ``Unclear`` for all else.
    """
    if depth > _DEEPEST:
        raise Unclear("it leads round in a circle")
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float | str):
        return node.value
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return tuple(_scalar(item, facts, depth) for item in node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        number = _number(node.operand, facts, depth)
        return -number if isinstance(node.op, ast.USub) else number
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _reckoned(node, facts, depth)
    if isinstance(node, ast.Call):
        return _made(node, facts, depth)
    if isinstance(node, ast.Name):
        assigned = facts.constants(node.id)
        if len(assigned) == 1:
            return value(assigned[0].node, facts, depth + 1)
    raise Unclear("it is not a literal")


def _made(node: ast.Call, facts: Facts, depth: int) -> Value:
    """Return what a call makes, of the few that are known."""
    name = dotted(node.func, facts.aliases)
    if name in {"datetime.timedelta", "timedelta"}:
        return _seconds(node, facts, depth)
    if name in _FIELDS:
        return value(_default(node), facts, depth + 1)
    raise Unclear("it is not a literal")


def _default(node: ast.Call) -> ast.AST:
    """Return the default of a field."""
    named = next((keyword.value for keyword in node.keywords if keyword.arg == "default"), None)
    given = named or next(iter(node.args), None)
    if given is None or (isinstance(given, ast.Constant) and given.value is ...):
        raise Unclear("the field has no default that is written there")
    return given


def _scalar(node: ast.AST, facts: Facts, depth: int) -> Scalar:
    found = value(node, facts, depth + 1)
    if isinstance(found, tuple):
        raise Unclear("it is a list of lists")
    return found


def _number(node: ast.AST, facts: Facts, depth: int) -> int | float:
    found = value(node, facts, depth + 1)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise Unclear("it reckons with something that is no number")
    return found


def _reckoned(node: ast.BinOp, facts: Facts, depth: int) -> int | float:
    left, right = _number(node.left, facts, depth), _number(node.right, facts, depth)
    if max(abs(left), abs(right)) > _LARGEST:
        raise Unclear("it reckons with too large a number")
    try:
        return _OPERATIONS[type(node.op)](left, right)
    except ZeroDivisionError:
        raise Unclear("it divides by zero") from None


def _seconds(node: ast.Call, facts: Facts, depth: int) -> float:
    names = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
    given = [*zip(names, node.args, strict=False), *((keyword.arg, keyword.value) for keyword in node.keywords)]
    if any(name not in _SECONDS for name, _ in given):
        raise Unclear("it is not a literal")
    return sum(_SECONDS[name or ""] * _number(part, facts, depth) for name, part in given)
