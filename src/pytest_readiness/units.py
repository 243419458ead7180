"""
Numbers with units: read, converted and shown without ever losing a digit that matters.

All arithmetic is on fractions. A float counts as the decimal number it is written as, so that
a measured ``0.3`` equals the ``0.3`` of a spec.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

#: A number that can be compared exactly.
Number = int | float | Fraction


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``factor`` is how many of the base unit of its ``dimension`` it is."""

    symbol: str
    dimension: str
    factor: Fraction


def _units() -> dict[str, Unit]:
    sizes = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
    sizes |= {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
    times: dict[str, int | Fraction] = {
        "us": Fraction(1, 10**6),
        "ms": Fraction(1, 1000),
        "s": 1,
        "min": 60,
        "h": 3600,
        "d": 86400,
    }
    rates: dict[str, int | Fraction] = {"/s": 1, "/min": Fraction(1, 60), "/h": Fraction(1, 3600)}
    families: dict[str, Mapping[str, int | Fraction]] = {
        "size": sizes,
        "time": times,
        "rate": rates,
        "share": {"%": 1},
    }
    return {
        symbol: Unit(symbol, dimension, Fraction(factor))
        for dimension, family in families.items()
        for symbol, factor in family.items()
    }


#: All units by symbol.
UNITS = _units()
#: Other spellings that can mean nothing else.
ALIASES = {"µs": "us", "μs": "us", "m": "min"}

_QUANTITY = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(%|/?[^\W\d_]*)\s*", re.ASCII)
_MICRO = re.compile("[µμ]s")
_LONGEST = 400


def parse_quantity(text: str) -> tuple[Fraction, str]:
    """
    Return the number and the unit's symbol ("" for none) of a text such as ``200 ms``.

    Raises ``ValueError`` saying what is wrong: not a number, or not a unit.
    """
    match = _QUANTITY.fullmatch(_MICRO.sub("us", text)) if len(text) <= _LONGEST else None
    if match is None:
        message = f"{_clip(text)!r} is not a number with a unit, such as 80 % or 200 ms"
        raise ValueError(message)
    number, symbol = match.groups()
    return Fraction(number), known(symbol) if symbol else ""


def known(symbol: str) -> str:
    """Return the canonical spelling of a unit; raises ``ValueError`` with the near name if there is no such."""
    if symbol in UNITS:
        return symbol
    if symbol in ALIASES:
        return ALIASES[symbol]
    folded = {name.casefold(): name for name in UNITS}
    close = difflib.get_close_matches(symbol.casefold(), folded, 1, 0.5)
    hint = f"did you mean {folded[close[0]]}?" if close else f"the units are {', '.join(UNITS)}"
    message = f"unknown unit {_clip(symbol)!r}: {hint}"
    raise ValueError(message)


def fits(unit: str, other: str) -> bool:
    """Whether a number in *unit* can be converted to *other* ("" is no unit, and fits only itself)."""
    if unit == other:
        return True
    return unit in UNITS and other in UNITS and UNITS[unit].dimension == UNITS[other].dimension


def convert(number: Number, from_unit: str, to_unit: str) -> Fraction:
    """Return *number* of *from_unit* in *to_unit*, exactly; raises ``ValueError`` if the units do not fit."""
    if not fits(from_unit, to_unit):
        message = f"{from_unit or 'a plain number'} cannot be converted to {to_unit or 'a plain number'}"
        raise ValueError(message)
    value = exact(number)
    return value if from_unit == to_unit else value * UNITS[from_unit].factor / UNITS[to_unit].factor


def exact(number: Number) -> Fraction:
    """
    Return *number* as the fraction its decimal digits say.

    Raises ``ValueError`` for NaN and infinities, ``TypeError`` for truths and for what is no number.
    """
    if isinstance(number, Fraction):
        return number
    if isinstance(number, bool) or not isinstance(number, int | float):
        message = f"{type(number).__name__} is not a number"
        raise TypeError(message)
    if isinstance(number, int):
        return Fraction(number)
    if not math.isfinite(number):
        message = f"{number} is not a finite number"
        raise ValueError(message)
    return Fraction(repr(float(number)))


# --- showing ------------------------------------------------------------------------------------

#: In which units a value is shown, each from how many of it on (in base units).
_SCALES: dict[str, tuple[tuple[str, Fraction], ...]] = {
    "time": (
        ("d", Fraction(48 * 3600)),
        ("h", Fraction(120 * 60)),
        ("min", Fraction(120)),
        ("s", Fraction(1)),
        ("ms", Fraction(1, 1000)),
        ("us", Fraction(0)),
    ),
    "binary": tuple((name, UNITS[name].factor) for name in ("TiB", "GiB", "MiB", "KiB", "B")),
    "decimal": tuple((name, UNITS[name].factor) for name in ("TB", "GB", "MB", "kB", "B")),
}
_DECIMAL_SIZES = frozenset({"kB", "MB", "GB", "TB"})
_HUGE = 10**15
_TINY = Fraction(1, 10**6)
_EXTRA_DIGITS = 15


def show(
    value: object, unit: str = "", *, beside: Number | Iterable[Number] | None = None, like: str = "", width: int = 80
) -> str:
    """
    Return *value* (a scalar, or a list of them) for people to read.

    A number gets a humane unit (``0.0034 s`` is ``3.4 ms``) and as many digits as a sentence that
    compares it with the numbers *beside* it, which are in the same *unit*, needs to be true:
    74.996 % is never shown as 75 % beside 75. *like* is the unit that the other side of the
    sentence is written in. Texts are quoted where they need it, and cut at *width*.
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return _show_text(value, width)
    if isinstance(value, Sequence):
        return _show_list(value, unit, like, width)
    if not isinstance(value, int | float | Fraction):
        return _clip(f"a {type(value).__name__}", width)
    try:
        number = exact(value)
    except ValueError:
        return str(value)
    others = () if beside is None else (beside,) if isinstance(beside, int | float | Fraction) else tuple(beside)
    return _show_number(number, unit, tuple(map(exact, others)), like, whole=isinstance(value, int))


def write(number: Fraction, unit: str = "") -> str:
    """Return *number*, which must have a finite decimal notation, with all its digits."""
    digits = next(digits for digits in range(1200) if (number * 10**digits).denominator == 1)
    return _join(_fixed(number, digits), unit)


def _show_number(number: Fraction, unit: str, beside: tuple[Fraction, ...], like: str, *, whole: bool) -> str:
    symbol = _scale(number, unit, like)
    if symbol != unit:
        scaled = _digits(convert(number, unit, symbol), tuple(convert(other, unit, symbol) for other in beside), symbol)
        if scaled is not None:
            return _join(scaled, symbol)
    if (whole or number.denominator == 1) and abs(number) < _HUGE**2:
        return _join(str(number.numerator), unit)
    text = _digits(number, beside, unit)
    return _join(text if text is not None else _scientific(number, beside), unit)


def _scale(number: Fraction, unit: str, like: str) -> str:
    """Return the unit to show *number* of *unit* in."""
    dimension = UNITS[unit].dimension if unit in UNITS else ""
    if dimension == "size":
        dimension = "decimal" if {unit, like} & _DECIMAL_SIZES else "binary"
    if dimension not in _SCALES or not number:
        return unit
    size = abs(number) * UNITS[unit].factor
    return next((symbol for symbol, start in _SCALES[dimension] if size >= start), "B")


def _digits(number: Fraction, beside: Iterable[Fraction], symbol: str) -> str | None:
    """Return *number* with a usual number of digits, or as many more as make it true; None if too many."""
    others = (*beside, Fraction(0), *([Fraction(100)] if symbol == "%" else []))
    if number.denominator == 1:
        return str(number.numerator) if abs(number) < _HUGE**2 else None
    if not _TINY <= abs(number) < _HUGE:
        return None
    first = 2 if symbol == "%" else _usual(number, 3 if symbol in UNITS else 6)
    for digits in range(first, first + _EXTRA_DIGITS):
        text = _fixed(number, digits)
        if _true(Fraction(text), number, others):
            return text if symbol == "%" else _trim(text)
    return None


def _usual(number: Fraction, significant: int) -> int:
    return max(0, significant - 1 - math.floor(math.log10(abs(number))))


def _true(shown: Fraction, number: Fraction, others: Iterable[Fraction]) -> bool:
    """Whether *shown* lies on the same side of all *others* as *number* does."""
    return all((shown > other) == (number > other) and (shown < other) == (number < other) for other in others)


def _scientific(number: Fraction, beside: tuple[Fraction, ...]) -> str:
    value = Decimal(number.numerator) / Decimal(number.denominator)
    for digits in (3, 8, 16, 27):
        text = f"{value:.{digits}e}"
        if _true(Fraction(text), number, beside):
            return text
    return f"{value:.16e}" if number.denominator != 1 else str(number.numerator)


def _fixed(number: Fraction, digits: int) -> str:
    whole, part = divmod(abs(round(number * 10**digits)), 10**digits)
    sign = "-" if number < 0 and (whole or part) else ""
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _join(number: str, unit: str) -> str:
    return f"{number}{unit}" if unit.startswith("/") else f"{number} {unit}" if unit else number


_PLAIN_TEXT = re.compile(r"[^\W\d](?:[\w./:@+ -]*[\w./:@+-])?")
_LITERALS = frozenset({"true", "false", "null"})


def _show_text(text: str, width: int) -> str:
    if len(text) <= width and _PLAIN_TEXT.fullmatch(text) and text not in _LITERALS:
        return text
    return json.dumps(_clip(text, width), ensure_ascii=False)


def _show_list(values: Sequence[object], unit: str, like: str, width: int) -> str:
    shown: list[str] = []
    for value in values:
        shown.append(show(value, unit, like=like, width=width))
        if sum(map(len, shown)) > width:
            shown[-1] = f"... {len(values)} in all"
            break
    return f"[{', '.join(shown)}]"


def _clip(text: str, width: int = 60) -> str:
    return text if len(text) <= width else f"{text[:width]}..."
