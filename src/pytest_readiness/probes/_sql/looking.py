"""What a gate finds in a database, piece by piece."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as clock
from decimal import Decimal

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Evidence, Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Measurements, option
from pytest_readiness.probes._sql.connection import MOST_ROWS, Connection, Refused, Rows
from pytest_readiness.probes._sql.values import flat, plain

_CLOCK_SKEW = 60.0
_LISTED = 50
_SHOWN = 200
#: Numbers above this are milliseconds since 1970, below it seconds (until the year 5138).
_MILLISECONDS = 1e11


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """A column of times; one without a zone is in UTC, a number counts from 1970."""

    table: str = option("The table or view, with its schema if need be.", example="orders")
    column: str = option("The column of times.", example="created_at")


@dataclass
class Look:
    """Gathers values, evidence and what could not be known; ``seen`` is how much each piece looked at."""

    database: Evidence
    values: dict[str, Value] = field(default_factory=lambda: {"connected": True})
    evidence: list[Evidence] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)

    def measurements(self) -> Measurements:
        """Return what was found; a piece that looked at nothing counts for all."""
        looked_at = sum(self.seen or [1]) if all(self.seen) else 0
        return Measurements(self.values, looked_at, [self.database, *self.evidence], self.unknown)

    def run(self, connection: Connection, script: Sequence[str], *, keep: bool) -> None:
        """Run *script* until a statement is refused."""
        if not script:
            return
        done = 0
        refusal = ""
        try:
            for statement in script:
                connection.run(statement)
                done += 1
            if not keep:
                connection.check()
        except Refused as error:
            where = _one_line(script[done]) if done < len(script) else "at the end, as COMMIT would"
            refusal = f"\nrefused: {where}\n{error}"
        self.values |= {"statements": done, "refused": int(bool(refusal))}
        self.seen.append(len(script))
        self.evidence.append(Evidence("script", f"{done} of {len(script)} statements accepted{refusal}"))

    def ask(
        self,
        connection: Connection,
        query: str | None,
        parameters: Mapping[str, object],
        extract: Mapping[str, Query],
    ) -> None:
        """Run the *query*, or the simplest there is, and take apart what it returns."""
        if self.values.get("refused"):
            self.unknown |= dict.fromkeys(("latency", "rows", "scalar", "age", *extract), "the script was refused")
            return
        begun = time.perf_counter()
        try:
            found = connection.run(query or "SELECT 1", parameters)
        except Refused as error:
            raise CannotMeasure(f"the query was refused: {error}") from None
        self.values["latency"] = 1000.0 * (time.perf_counter() - begun)
        if query is None:
            return
        self.seen.append(len(found.rows))
        self.evidence.append(Evidence("query", f"{_one_line(query)}\n{_summary(found)}"))
        if found.more:
            why = f"there are more than {MOST_ROWS} rows, or very long ones: count or select them in the query"
            self.unknown |= dict.fromkeys(("rows", "scalar", *extract), why)
            return
        self.values["rows"] = len(found.rows)
        self._scalar(found)
        self._extract(found, extract)

    def _scalar(self, found: Rows) -> None:
        if len(found.rows) != 1 or len(found.columns) != 1:
            self.unknown["scalar"] = f"the query returned {_summary(found)}"
            return
        try:
            self.values["scalar"] = flat(plain(found.rows[0][0]))
        except ValueError as error:
            self.unknown["scalar"] = f"it {error} by extract"

    def _extract(self, found: Rows, extract: Mapping[str, Query]) -> None:
        if not extract:
            return
        twice = sorted({name for name in found.columns if found.columns.count(name) > 1})
        if twice:
            why = f"several columns are called {twice[0]}: name them with AS"
            self.unknown |= dict.fromkeys(extract, why)
            return
        rows = [dict(zip(found.columns, map(plain, row), strict=True)) for row in found.rows]
        for name, query in extract.items():
            self._take(name, query, rows)

    def _take(self, name: str, query: Query, rows: list[dict[str, object]]) -> None:
        from jmespath.exceptions import JMESPathError

        try:
            value = flat(query.search(rows))
        except JMESPathError as error:
            self.unknown[name] = str(error)
        except ValueError as error:
            self.unknown[name] = f"what {query.text} finds {error}"
        else:
            if value is None:
                self.unknown[name] = f"{query.text} finds nothing in the rows"
            else:
                self.values[name] = value

    def names(self, connection: Connection, wanted: Mapping[str, Sequence[str]]) -> None:
        """Look for everything that is *wanted*, by kind."""
        if not wanted:
            return
        if self.values.get("refused"):
            self.unknown |= dict.fromkeys(("objects", "missing"), "the script was refused")
            return
        asked = missing = 0
        for kind, names in wanted.items():
            there = connection.names(kind, {name.rpartition(".")[0] for name in names if "." in name})
            absent = [name for name in names if connection.same(name) not in there]
            asked += len(names)
            missing += len(absent)
            if absent:
                lines = [f"{name}{_near(connection.same(name), there)}" for name in absent[:_LISTED]]
                more = [f"and {len(absent) - _LISTED} more"] if len(absent) > _LISTED else []
                self.evidence.append(Evidence(f"missing {kind}", "\n".join([*lines, *more])))
        self.values |= {"objects": asked - missing, "missing": missing}
        self.seen.append(asked)

    def freshness(self, connection: Connection, wanted: Freshness | None, now: datetime) -> None:
        """Measure how long ago the newest value of a column is."""
        if wanted is None or self.values.get("refused"):
            return
        table, column = connection.quote(wanted.table), connection.quote(wanted.column)
        place = f"{wanted.table}.{wanted.column}"
        try:
            found = connection.run(f"SELECT max({column}) FROM {table}")  # noqa: S608 - quoted by the dialect
        except Refused as error:
            raise CannotMeasure(f"freshness of {place}: {error}") from None
        newest = found.rows[0][0]
        self.seen.append(1)
        if newest is None:
            self.unknown["age"] = f"{place} has no value in any row"
            return
        try:
            moment = _moment(newest)
        except (ValueError, OverflowError, OSError):
            raise CannotMeasure(f"freshness of {place}: {str(newest)[:40]!r} is not a time") from None
        age = max(time.time(), now.timestamp()) - moment.timestamp()
        self.evidence.append(Evidence("freshness", f"the newest {place} is {moment.isoformat()}"))
        if age > -_CLOCK_SKEW:
            self.values["age"] = max(0.0, age)
        else:
            self.unknown["age"] = f"the newest {place} is in the future: {moment.isoformat()}"


def _moment(value: object) -> datetime:
    """Return the moment that a cell means; raises ``ValueError`` if it is none."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value.strip())
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, clock(), UTC)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = float(value)
        return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, UTC)
    raise ValueError


def _near(name: str, there: Iterable[str]) -> str:
    """Return ", did you mean x?" for something of that name in another schema, or of a similar name."""
    bare = name.rpartition(".")[2]
    elsewhere = sorted(known for known in there if known.rpartition(".")[2] == bare)
    close = elsewhere[:1] or difflib.get_close_matches(name, sorted(there), 1)
    return f" (did you mean {close[0]}?)" if close else ""


def _summary(found: Rows) -> str:
    if not found.rows:
        return "no row"
    rows = f"more than {len(found.rows)}" if found.more else str(len(found.rows))
    columns = ", ".join(found.columns[:_LISTED])
    return f"{rows} row{'s' * (rows != '1')} of {len(found.columns)} column{'s' * (len(found.columns) != 1)}: {columns}"


def _one_line(statement: str) -> str:
    text = " ".join(statement.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
