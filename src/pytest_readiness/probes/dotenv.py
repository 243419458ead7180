"""A ``.env`` file that every reader reads alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _dotenv

_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class DotenvFile(Probe):
    """
    Can the .env file be decoded and read, and does every reader read the same out of it?

    Problems are bytes that are not UTF-8, a byte order mark, NUL bytes, quotes without their partner,
    lines without =, names that are none, white space beside =, and names that are there twice. Comments,
    ``export``, and values of several lines in quotes are fine. Values are never shown.

    Fails when there is a problem, each of which is listed with its line and column, or when one of ``names`` is
    not there, be it without a value. A file that is not there, or without a single variable, is an error.

    To fix: correct the lines listed, add what is missing, and save the file as UTF-8.
    """

    measures = {
        "keys": Measure(int, "variables in the file", better=Better.HIGHER),
        "problems": Measure(int, "places where something is wrong, duplicates included", better=Better.LOWER),
        "duplicates": Measure(int, "variables that are there more than once", better=Better.LOWER),
        "missing": Measure(int, "names that the file does not have", better=Better.LOWER),
        "encoding_ok": Measure(bool, "whether the file is UTF-8", better=Better.HIGHER),
        "bom": Measure(bool, "whether the file begins with a byte order mark", better=Better.LOWER),
    }
    expect = {"problems": 0}
    counter = "keys"

    path: str = option("The file, relative to the spec's folder.", ".env", example=".env.production")
    names: tuple[str, ...] = option(
        "Variables that must be in the file, with a value or without.", (), example=["PORT"]
    )

    def __post_init__(self) -> None:
        if not all(name.strip() for name in self.names):
            raise OptionError("a name may not be empty", "names")
        if not self.path.strip() or "\0" in self.path:
            raise OptionError("may not be empty", "path")

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: no problem, and no name missing."""
        return {**self.expect, **({"missing": 0} if self.names else {})}

    def touches(self) -> Iterable[Touch]:
        """Yield the file."""
        yield Touch("file", self.path)

    def measure(self, context: Context) -> Measurements:
        """Read the file and count what is in it and what is wrong with it."""
        found = _dotenv.read(context.path(self.path), self.path)
        missing = [name for name in dict.fromkeys(self.names) if name not in found.values]
        lines = [f"{self.path}:{trouble}" for trouble in found.troubles]
        evidence = [Evidence("missing", "\n".join(missing[:_LISTED]))] if missing else []
        shown = [*lines[:_LISTED], *([f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else [])]
        return Measurements(
            {
                "keys": len(found.values),
                "problems": len(lines),
                "duplicates": len(found.duplicates),
                "encoding_ok": found.encoding_ok,
                "bom": found.bom,
                **({"missing": len(missing)} if self.names else {}),
            },
            looked_at=len(found.values),
            evidence=[*evidence, *([Evidence("problems", "\n".join(shown))] if lines else [])],
        )
