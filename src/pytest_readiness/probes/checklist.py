"""A checklist in Markdown, its boxes counted anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pytest_readiness import patterns
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._checklist import Box, Claim, Line, boxes, claims, claims_by, different, prose, section

#: A checklist is read up to this many bytes.
LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Checklist(Probe):
    """
    Does a checklist claim what its boxes say?

    Counts the boxes, ``[x]``, ``[ ]`` and the like, of task lists and tables in a Markdown file, and takes the
    percentage that the document states: the first of a line with a word such as overall, complete, ready or
    done, outside of lists, tables and the headings of sections. ``claim`` is a regex that finds it instead;
    ``claim: false`` says that there is none. ``section`` judges one section, by the claim in its heading.

    Fails when the percentage claimed and that of the boxes are further apart than rounding makes
    them, or when the boxes are not as expected. A document that claims nothing, or different things,
    or has no box, is an error.

    To fix: tick what is done, and state the percentage that results.
    """

    measures = {
        "boxes": Measure(int, "boxes found", better=Better.HIGHER),
        "checked": Measure(int, "boxes checked", better=Better.HIGHER),
        "open": Measure(int, "boxes not checked", better=Better.LOWER),
        "percent": Measure(float, "boxes checked, of all", unit="%", better=Better.HIGHER),
        "claimed": Measure(float, "what the document says is done", unit="%"),
        "difference": Measure(float, "how far apart the two are", unit="%", better=Better.LOWER),
    }
    expect = {"difference": "<= 0.5 %"}
    counter = "boxes"

    path: str = option("The Markdown file, relative to the spec's folder.", example="CHECKLIST.md")
    section: re.Pattern[str] | None = option("Only what is below the heading that this regex is found in.", None)
    claim: bool | re.Pattern[str] = option(
        "Whether there is a claim, or a regex for it: one group for a percentage, or two for N of M.",
        default=True,
        example="Progress: ([0-9]+) of ([0-9]+)",
    )

    def __post_init__(self) -> None:
        if not self.path.strip() or "\0" in self.path:
            raise OptionError("a path may not be empty", "path")
        if isinstance(self.claim, re.Pattern) and not self.claim.groups:
            raise OptionError("has no group: put one around the percentage, or one each around N and M", "claim")

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: none where there is no claim."""
        return dict(self.expect) if self.claim else {}

    def touches(self) -> Iterable[Touch]:
        """Yield the file."""
        yield Touch("file", self.path)

    def measure(self, context: Context) -> Measurements:
        """Count the boxes, and find the claim."""
        found = _inputs.one(self.path, context)
        lines = prose(_inputs.text(_inputs.data(found, LIMIT)))
        if self.section is not None:
            lines = section(lines, self.section)
            if not lines:
                raise CannotMeasure(f"{found.name} has no heading in which {self.section.pattern} is found")
        counted = list(boxes(lines))
        values: dict[str, Value] = {"boxes": len(counted)}
        if counted:
            checked = sum(box.checked for box in counted)
            values |= {"checked": checked, "open": len(counted) - checked, "percent": 100.0 * checked / len(counted)}
        claim = self._claimed(lines, found.name, context)
        unknown = {} if claim else dict.fromkeys(("claimed", "difference"), self._claimless(found.name))
        if claim is not None:
            values["claimed"] = claim.percent
            if counted:
                values["difference"] = abs(claim.percent - 100.0 * checked / len(counted))
        return Measurements(values, len(counted), _evidence(counted, claim, found.name), unknown)

    def _claimless(self, name: str) -> str:
        if not isinstance(self.claim, re.Pattern):
            return f"{name} claims no percentage"
        as_written = "it is looked for in the Markdown as it is written, such as **93%**"
        return f"{name} claims no percentage: claim, {self.claim.pattern}, is found in no line ({as_written})"

    def _claimed(self, lines: Sequence[Line], name: str, context: Context) -> Claim | None:
        if not self.claim:
            return None
        if isinstance(self.claim, re.Pattern):
            found = _by_regex(self.claim, lines, context)
        else:
            found = claims(lines, whole=self.section is None)
        apart = different(found)
        if len(apart) > 1:
            said = ", ".join(f"{claim.percent:g} % (line {claim.line})" for claim in apart[:5])
            raise CannotMeasure(f"{name} claims different things: {said}: say which by claim")
        return next(iter(apart), None)


def _by_regex(regex: re.Pattern[str], lines: Sequence[Line], context: Context) -> list[Claim]:
    """Return the claims that *regex* finds, line by line."""
    try:
        found = patterns.find_all(regex, [line.text for line in lines], context.deadline.cap())
        hits = [(line, start) for line, starts in zip(lines, found, strict=True) for start, _ in starts]
        return claims_by(regex, hits)
    except (TimeoutError, ValueError) as error:
        raise CannotMeasure(str(error)) from None


def _evidence(counted: Sequence[Box], claim: Claim | None, name: str) -> list[Evidence]:
    unchecked = [f"{name}:{box.line}" for box in counted if not box.checked]
    said = [f"{sum(box.checked for box in counted)} of {len(counted)} boxes are checked"] if counted else []
    said += [f"{claim.percent:g} % are claimed in line {claim.line}"] if claim else []
    return _inputs.present({"count": said, "open": unchecked})
