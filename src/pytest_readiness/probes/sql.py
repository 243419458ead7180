"""Databases: do they answer, hold what they should, and take what they must?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._sql import statements
from pytest_readiness.probes._sql.connection import KINDS, NotConnected
from pytest_readiness.probes._sql.looking import Freshness, Look
from pytest_readiness.probes._sql.opening import pool, soon
from pytest_readiness.probes._sql.url import Url, parse

_Parameter = bool | int | float | str | None


@dataclass(frozen=True, kw_only=True)
class Sql(Probe):
    """
    Does a database answer, hold what it should, and take what it must?

    With nothing but `url`, the gate asks whether one can connect. `query` is one statement that reads:
    `scalar` is its one value, `rows` counts its rows, `extract` takes values out of them. `tables`, `views`
    and their like name what has to be there; a name without a schema is what the search path finds.
    `script` and `script_file` are run in a transaction that is rolled back, before the query and in the same
    transaction, so that the query can look at what they did.

    All gates on one database share five connections. PostgreSQL, MySQL, MariaDB and SQLite are
    told that the transaction may only read; on others it is rolled back. A role that may only read
    is the best protection all the same. PostgreSQL is spoken to through psycopg and MySQL through
    PyMySQL, whatever driver the URL names; SQLite needs nothing installed.

    Fails when the database surely lets nobody in with this URL, when something named is not there, when
    the script is refused, or when what was found is not as expected. A database that cannot be found or does not
    answer in time, and a query that is refused, are errors. So is a query without any row, unless the gate
    says `rows: 0`.

    To fix: run the statement by hand with the same URL; apply the migrations where something is missing.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "connected": Measure(bool, "whether the database lets us in"),
        "scalar": Measure(object, "the value of a query that returns one row of one column"),
        "rows": Measure(int, "rows the query returned"),
        "objects": Measure(int, "things named under tables, views and their like that are there", better=Better.HIGHER),
        "missing": Measure(int, "things named under tables, views and their like that are not", better=Better.LOWER),
        "age": Measure(float, "time since the newest value of the column under freshness", "s", Better.LOWER),
        "statements": Measure(int, "statements of the script that were accepted", better=Better.HIGHER),
        "refused": Measure(
            int, "statements of the script that were refused: the first one ends it", better=Better.LOWER
        ),
        "latency": Measure(
            float, "time from the query to its last row, without connecting", "ms", Better.LOWER, exclusive=True
        ),
    }
    expect: ClassVar[Mapping[str, Value]] = {"connected": True}
    counter: ClassVar[str | None] = "rows"
    extra: ClassVar[str | None] = "sql"

    url: str = option(
        "An SQLAlchemy URL; the path of a SQLite file is relative to the spec's folder.", example="${DATABASE_URL}"
    )
    query: str | None = option("One statement that reads.", None, example="select count(*) from orders")
    parameters: Mapping[str, _Parameter] = option(
        "Values for `:name` in the query.", factory=dict, example={"day": "2026-12-31"}
    )
    extract: Mapping[str, Query] = option(
        "Names for what JMESPath queries find in the rows, a list of mappings.",
        factory=dict,
        example={"failed": "[?state=='FAILED'].id"},
    )
    tables: tuple[str, ...] | None = option("Tables that have to be there.", None, example=["orders", "sales.refunds"])
    views: tuple[str, ...] | None = option("Views that have to be there, materialized ones included.", None)
    functions: tuple[str, ...] | None = option("Functions and procedures that have to be there.", None)
    indexes: tuple[str, ...] | None = option("Indexes that have to be there.", None)
    extensions: tuple[str, ...] | None = option(
        "Extensions that have to be installed (PostgreSQL).", None, example=["vector"]
    )
    freshness: Freshness | None = option(
        "The table and the column whose newest value says how fresh the data is.",
        None,
        example={"table": "orders", "column": "created_at"},
    )
    script: tuple[str, ...] | None = option("Statements to run in a transaction that is rolled back.", None)
    script_file: str | None = option("A file of such statements, relative to the spec's folder.", None)
    side_effects: bool = option("Keep what script and query change; the run has to allow it.", default=False)

    def __post_init__(self) -> None:
        self._check_script(self._parsed())
        self._check_query(self._parsed())
        for name in (*KINDS, "script"):
            if getattr(self, name) == ():
                raise OptionError("the list is empty: there is nothing to look at", name)
            if not all(item.strip() for item in getattr(self, name) or ()):
                raise OptionError("an item is empty", name)
        taken = sorted(set(self.extract) & set(self.measures))
        if taken:
            raise OptionError(f"{taken[0]} is a measurement of sql already; choose another name", "extract")

    def _parsed(self) -> Url:
        try:
            return parse(self.url)
        except ValueError as error:
            raise OptionError(str(error), "url") from None

    def _check_query(self, url: Url) -> None:
        if self.query is None:
            for name in ("parameters", "extract"):
                if getattr(self, name):
                    raise OptionError("means nothing without `query`", name)
            return
        try:
            statement = statements.one(self.query, url.dialect)
            if not self.side_effects:
                statements.check_reads(statement, url.dialect)
        except ValueError as error:
            raise OptionError(str(error), "query") from None

    def _check_script(self, url: Url) -> None:
        if self.script is not None and self.script_file is not None:
            raise OptionError("say either `script` or `script_file`")
        if self.side_effects and not self._scripted and self.query is None:
            raise OptionError("means nothing without `script` or `query`", "side_effects")
        if url.file == "" and not self._scripted:
            raise OptionError("a database in memory is empty: there is nothing to look at without a script", "url")
        try:
            for text in self.script or ():
                statements.check_script([statements.one(text, url.dialect)], url.dialect, keep=self.side_effects)
        except ValueError as error:
            raise OptionError(str(error), "script") from None

    @property
    def _scripted(self) -> bool:
        return self.script is not None or self.script_file is not None

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements, those of ``extract`` included."""
        return {**self.measures, **{name: Measure(object, f"what {name} finds") for name in self.extract}}

    def expected(self) -> Mapping[str, Value]:
        """Return what is expected unless a gate says otherwise, of the options that are given."""
        return {
            **self.expect,
            **({"rows": ">= 1"} if self.query is not None else {}),
            **({"missing": 0} if self._named() else {}),
            **({"age": ">= 0 s"} if self.freshness is not None else {}),
            **({"refused": 0} if self._scripted else {}),
        }

    def _named(self) -> dict[str, tuple[str, ...]]:
        """Return the names that were given, by kind."""
        return {kind: tuple(dict.fromkeys(names)) for kind in KINDS if (names := getattr(self, kind)) is not None}

    def touches(self) -> Iterator[Touch]:
        """Yield the host or the file, and everything that will be run."""
        url = self._parsed()
        if url.file is None:
            yield Touch("host", url.host)
        elif url.file:
            yield Touch("file", url.file)
        if self.script_file is not None:
            yield Touch("file", self.script_file)
        yield from (Touch("query", text) for text in (*(self.script or ()), self.query) if text is not None)

    def measure(self, context: Context) -> Measurements:
        """Look at the database in one transaction. Raises ``CannotMeasure`` where it cannot be asked."""
        if self.side_effects and not context.side_effects_allowed:
            raise CannotMeasure("it has side effects, which this run does not allow: --readiness-allow-side-effects")
        url = self._parsed()
        script = self._script(url, context)
        deadline = soon(context.deadline)
        look = Look(Evidence("database", str(url)))
        try:
            with pool(url, context).session(deadline, writes=bool(script) or self.side_effects) as connection:
                look.run(connection, script, keep=self.side_effects)
                look.ask(connection, self.query, self.parameters, self.extract)
                look.names(connection, self._named())
                look.freshness(connection, self.freshness, context.now)
                if self.side_effects and not look.values.get("refused"):
                    connection.end(keep=True)
        except NotConnected as error:
            unknown = {name: str(error) for name in self.declared() if name != "connected"}
            return Measurements({"connected": False}, 1, [Evidence("connection", f"{url}: {error}")], unknown)
        except CannotMeasure as error:
            raise CannotMeasure(f"{url}: {error}") from error
        return look.measurements()

    def _script(self, url: Url, context: Context) -> list[str]:
        """Return the statements to run, those of the file included."""
        if self.script_file is None:
            return list(self.script or ())
        return statements.read(context.path(self.script_file), self.script_file, url.dialect, keep=self.side_effects)
