"""How a condition is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import NoneType
from typing import NoReturn

from pytest_readiness import patterns
from pytest_readiness.condition._forms import Among, Condition, Contains, Fact, Matches, Within, fact_of, plain
from pytest_readiness.errors import ConditionError
from pytest_readiness.model import Value
from pytest_readiness.units import convert, fits, parse_quantity, show, write

_LONGEST = 4000
_SCALARS = (str, int, float, NoneType)
_OPERATOR = re.compile(r"\s*(>=|<=|==|!=|!~|[<>=~≥≤≠]|(?:in|contains)(?=\s|$))\s*(.*)", re.DOTALL)
_SAME = {"==": "=", "≥": ">=", "≤": "<=", "≠": "!="}
_SLIP = re.compile(r"\s*(=~|~=|=>|=<|===|<>|!==)")
_MEANT = {"=~": "~", "~=": "~", "=>": ">=", "=<": "<=", "===": "=", "<>": "!=", "!==": "!="}
_RANGE = re.compile(r"(.+?)\.\.(.+)", re.DOTALL)
_TOLERANCE = re.compile(r"(.+?)(?:±|\+/?-)(.+)", re.DOTALL)
_ABOUT = re.compile(r"(?:approx(?:imately|\.)?|about|around|circa|ca\.?|roughly)\s*(.+)", re.IGNORECASE)
_BASELINE = re.compile(r"\s*baseline\s*(?:[+-]\s*[\d.].*)?")
_ITEM = r'(?:\s*"(?:\\.|[^"\\])*"\s*|[^",]+)'
_ITEMS = re.compile(f"{_ITEM}(?:,{_ITEM})*")
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_NOUNS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", object: "any value"}


def parse(condition: Value, type: type, unit: str = "") -> Condition:  # noqa: A002 - the word of ``Measure``
    """
    Return the condition on a measurement of *type* (bool, int, float, str, or object for any JSON value) in *unit*.

    What was read once is remembered. Raises ``ConditionError`` saying what is wrong and what to write instead.
    """
    items = tuple(condition) if isinstance(condition, list | tuple) else (condition,)
    if not all(isinstance(item, _SCALARS) for item in items):
        message = "a condition is one value, or a flat list of values"
        raise ConditionError(message)
    return _read(condition if items == (condition,) else items, tuple(map(_class, items)), type, unit)


def _class(value: object) -> type:
    return value.__class__


@lru_cache(8192)
def _read(condition: Value, _kinds: tuple[type, ...], of: type, unit: str) -> Condition:
    """Return the condition; *_kinds* are the types of a list's items, which keep ``[1]`` apart from ``[True]``."""
    reader = _Reader(condition, of, unit)
    if isinstance(condition, str):
        return reader.text(condition)
    return reader.bare(condition)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one condition on a measurement of type ``of`` in ``unit``."""

    said: Value
    of: type
    unit: str

    def bare(self, value: Value) -> Condition:
        """Read a YAML value that is not a text: it means equality."""
        if value is None:
            self._refuse("nothing is said: leave the measurement out, or write '= null' to expect null")
        fact = fact_of(value)
        wanted = {bool: {"truth"}, int: {"number"}, float: {"number"}, str: set[str]()}.get(self.of, {fact[0]})
        if fact[0] == "list" and self.of is not object:
            choices = ", ".join(map(show, value)) if isinstance(value, tuple) else ""
            self._refuse(f"a list never equals {_NOUNS[self.of]}: write 'in {choices}'")
        if self.of is str:
            self._refuse(f"the measurement is a text: write '\"{show(value)}\"', in quotes")
        if fact[0] not in wanted:
            self._refuse(f"the measurement is {_NOUNS[self.of]}")
        if isinstance(fact[1], Fraction):
            return self._number("=", self._scaled(fact[1], "", show(fact[1])))
        return self._among((fact,), show(plain(fact), width=200))

    def text(self, text: str) -> Condition:
        """Read a text: an operator and its operand, a range, a tolerance, or the text to be equal to."""
        if len(text) > _LONGEST:
            self._refuse(f"a condition of {len(text)} characters is too long: the limit is {_LONGEST}")
        slip = _SLIP.match(text)
        if slip:
            self._refuse(f"{slip[1]!r} is no operator: write {_MEANT[slip[1]]!r} (or '= ' before a text)")
        match = _OPERATOR.fullmatch(text)
        if match is None:
            return self._without_operator(text)
        operator, operand = _SAME.get(match[1], match[1]), match[2].rstrip()
        if not operand:
            hint = ": write '= \"\"' to expect an empty text" if operator == "=" else ""
            self._refuse(f"nothing follows {operator!r}{hint}")
        readers: dict[str, Callable[[str, str], Condition]] = {
            "~": self._matches,
            "!~": self._matches,
            "in": self._in,
            "contains": self._contains,
            "=": self._equal,
            "!=": self._equal,
        }
        return readers.get(operator, self._ordered)(operator, operand)

    def _without_operator(self, text: str) -> Condition:
        span = self._span(text)
        if span is not None:
            return span
        self._no_baseline(text)
        if self.of in {str, object}:
            return self._among((("text", text),), _worded(text))
        return self._equal("=", text.strip())

    # --- numbers ---

    def _span(self, text: str) -> Condition | None:
        """Read ``10..50`` or ``8800 ± 5%``; None if *text* is neither."""
        for pattern, reader in ((_RANGE, self._range), (_TOLERANCE, self._tolerance)):
            match = pattern.fullmatch(text)
            if match is None:
                continue
            if self.of in {str, object} and not all(map(_is_quantity, match.groups())):
                continue
            if self.of not in {int, float, object}:
                self._refuse(f"the measurement is {_NOUNS[self.of]}, not a number: write '= {text}' to mean the text")
            return reader(match[1].strip(), match[2].strip())
        return None

    def _range(self, first: str, last: str) -> Condition:
        self._no_baseline(first)
        self._no_baseline(last)
        (low, low_unit), (high, high_unit) = self._quantity(first), self._quantity(last)
        one_unit = low_unit in {"", high_unit}
        low_text = write(low, "" if one_unit else low_unit)
        start, end = self._scaled(low, low_unit or high_unit, first), self._scaled(high, high_unit, last)
        if start.value > end.value:
            self._refuse(f"no number lies in it: write '{last}..{first}'")
        return Within(
            text=f"{low_text}..{write(high, high_unit)}",
            type=self.of,
            unit=self.unit,
            like=high_unit,
            low=start.value,
            high=end.value,
            says_zero=start.value == 0,
        )

    def _tolerance(self, middle: str, spread: str) -> Condition:
        self._no_baseline(middle)
        self._no_baseline(spread)
        (centre, centre_unit), (width, width_unit) = self._quantity(middle), self._quantity(spread)
        if width < 0:
            self._refuse("a tolerance is not negative")
        about = self._scaled(centre, centre_unit, middle)
        if width_unit == "%":
            if self.unit == "%":
                self._refuse("5 % of the value or 5 points of it? Write a range such as '75 %..85 %'")
            reach = abs(about.value) * width / 100
        else:
            reach = self._scaled(width, width_unit or centre_unit, spread).value
        return Within(
            text=f"{about.text} ± {write(width, width_unit or centre_unit)}",
            type=self.of,
            unit=self.unit,
            like=centre_unit,
            low=about.value - reach,
            high=about.value + reach,
        )

    def _ordered(self, operator: str, operand: str) -> Condition:
        self._no_baseline(operand)
        if self.of not in {int, float, object}:
            noun = _NOUNS[self.of]
            self._refuse(f"the measurement is {noun}, which {operator!r} cannot be put to")
        return self._number(operator, self._scaled(*self._quantity(operand), operand))

    def _number(self, operator: str, number: _Scaled) -> Condition:
        """Return the condition ``operator number``."""
        zero = number.value == 0 and operator in {"=", "<="}
        if operator in {"=", "!="}:
            text = number.text if operator == "=" else f"!= {number.text}"
            facts: tuple[Fact, ...] = (("number", number.value),)
            return self._among(facts, text, negated=operator == "!=", says_zero=zero, like=number.unit)
        up = operator.startswith(">")
        return Within(
            text=f"{operator} {number.text}",
            type=self.of,
            unit=self.unit,
            like=number.unit,
            low=number.value if up else None,
            high=None if up else number.value,
            low_open=operator == ">",
            high_open=operator == "<",
            says_zero=zero,
        )

    def _quantity(self, text: str) -> tuple[Fraction, str]:
        try:
            return parse_quantity(text)
        except ValueError as error:
            about = _ABOUT.fullmatch(text)
            if about is not None and _is_quantity(about[1]):
                spread = "a range, such as 75 %..85 %" if self.unit == "%" else f"'{about[1]} ± 10%'"
                self._refuse(f"say how near it must be: write {spread}")
            self._refuse(str(error))

    def _scaled(self, number: Fraction, unit: str, text: str) -> _Scaled:
        """Return *number* of *unit* in the measurement's unit; refuse it if the units do not fit."""
        if not unit and self.unit and number:
            share = self.unit == "%" and 0 < abs(number) <= 1
            other = f" or {write(number * 100, '%')!r}" if share else ""
            hint = f"write {write(number, self.unit)!r}{other}"
            self._refuse(f"{text} has no unit, and the measurement is in {self.unit}: {hint}")
        if unit and not fits(unit, self.unit):
            wanted = f"is in {self.unit}" if self.unit else "is a plain number"
            if self.of is object:
                self._refuse(f"the measurement may be any value, and has no unit: write '\"{text}\"' to mean the text")
            self._refuse(f"{text} does not fit: the measurement {wanted}")
        return _Scaled(convert(number, unit, self.unit) if unit else number, write(number, unit), unit)

    # --- any kind of value ---

    def _equal(self, operator: str, operand: str) -> Condition:
        self._no_baseline(operand)
        if self.of in {int, float}:
            return self._number(operator, self._scaled(*self._quantity(operand), operand))
        facts = self._literal(operand, strict=operator == "!=")
        worded = _worded(str(facts[0][1])) if self.of is str else operand
        says_zero = operator == "=" and ("number", Fraction(0)) in facts
        text = worded if operator == "=" else f"!= {operand}"
        return self._among(facts, text, negated=operator == "!=", says_zero=says_zero)

    def _in(self, operator: str, operand: str) -> Condition:
        items = [item.strip() for item in re.findall(_ITEM, operand)]
        if not _ITEMS.fullmatch(operand) or not all(items):
            self._refuse("each choice is a value, with one comma between two of them")
        if len(items) == 1 and self.of in {str, object}:
            self._refuse(f"there is only one choice: write '= {items[0]}', or '= in {items[0]}' to mean that text")
        facts: list[Fact] = []
        for item in items:
            facts += self._literal(item, strict=False)
        return self._among(tuple(facts), f"{operator} {', '.join(items)}", says_zero=("number", Fraction(0)) in facts)

    def _literal(self, text: str, *, strict: bool) -> tuple[Fact, ...]:
        """
        Return what *text* stands for; for a measurement of any type that may be a number and a text.

        *strict* leaves only the first: ``!= 0`` must not hold because the value is a text.
        """
        if self.of in {int, float}:
            return (("number", self._scaled(*self._quantity(text), text).value),)
        if self.of is bool:
            if text not in {"true", "false"}:
                self._refuse(f"{text!r} is not true or false")
            return (("truth", _LITERALS[text]),)
        quoted = _unquoted(text)
        if quoted is not None or self.of is str:
            return (("text", text if quoted is None else quoted),)
        facts: list[Fact] = []
        if text in _LITERALS:
            facts.append(fact_of(_LITERALS[text]))
        elif _is_quantity(text):
            facts.append(("number", self._scaled(*self._quantity(text), text).value))
        facts.append(("text", text))
        return tuple(facts[:1]) if strict else tuple(facts)

    def _matches(self, operator: str, operand: str) -> Condition:
        self._need_text(operator)
        try:
            pattern = patterns.compiled(operand)
        except ValueError as error:
            self._refuse(str(error))
        text = f"{operator} {operand}"
        return Matches(text=text, type=self.of, unit=self.unit, pattern=pattern, negated=operator == "!~")

    def _contains(self, operator: str, operand: str) -> Condition:
        self._need_text(operator)
        quoted = _unquoted(operand)
        facts = self._literal(operand, strict=False)
        return Contains(
            text=f"{operator} {operand}",
            type=self.of,
            unit=self.unit,
            part=operand if quoted is None else quoted,
            facts=facts,
        )

    def _among(
        self, facts: tuple[Fact, ...], text: str, *, negated: bool = False, says_zero: bool = False, like: str = ""
    ) -> Condition:
        return Among(
            text=text, type=self.of, unit=self.unit, like=like, says_zero=says_zero, facts=facts, negated=negated
        )

    def _need_text(self, operator: str) -> None:
        if self.of not in {str, object}:
            self._refuse(f"the measurement is {_NOUNS[self.of]}, which {operator!r} cannot be put to")

    def _no_baseline(self, operand: str) -> None:
        if _BASELINE.fullmatch(operand):
            self._refuse("baseline is not available yet")

    def _refuse(self, why: str) -> NoReturn:
        said = self.said if isinstance(self.said, str) else show(self.said)
        said = said if len(said) <= 80 else f"{said[:80]}..."  # noqa: PLR2004 - one line of a terminal
        message = f"condition {said!r}: {why}"
        raise ConditionError(message)


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A number in the measurement's unit, and how it was written: ``text``, in ``unit``."""

    value: Fraction
    text: str
    unit: str


def _is_quantity(text: str) -> bool:
    try:
        parse_quantity(text)
    except ValueError:
        return False
    return True


def _unquoted(text: str) -> str | None:
    """Return the text inside double quotes, None if *text* is not quoted as a whole."""
    if not text.startswith('"'):
        return None
    try:
        inside = json.loads(text)
    except ValueError:
        return None
    return inside if isinstance(inside, str) else None


def _worded(text: str) -> str:
    """Return the condition that expects *text*: itself, or quoted where it would be read as something else."""
    odd = _OPERATOR.match(text) or _SLIP.match(text) or _BASELINE.fullmatch(text) or text.startswith('"')
    spans = (_RANGE.fullmatch(text), _TOLERANCE.fullmatch(text))
    numeric = any(all(map(_is_quantity, span.groups())) for span in spans if span)
    if odd or numeric or text != text.strip() or not text.isprintable() or not text:
        return f"= {json.dumps(text, ensure_ascii=False)}"
    return text
