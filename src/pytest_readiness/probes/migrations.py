"""Database migrations: one line of them, all applied, none forgotten."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pytest_readiness.errors import CannotMeasure, MissingExtra, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._sql.url import Url, parse
from pytest_readiness.redact import logins, looks_secret

# -P keeps the current folder out of the way: what belongs on the path is for Alembic to say.
_CHILD = (sys.executable, "-P", "-m", "pytest_readiness.probes._migrations.child")
_LISTED = 50
_NOTES = 2_000
_OFFLINE = "no database was asked: give `url`, or `online: true`"


@dataclass(frozen=True, kw_only=True)
class Migrations(Probe):
    """
    Are Alembic's migrations in one line, is the database at its head, and have the models nothing new?

    Without a database, only the files are looked at: `revisions` and `heads`. With `url` or `online`, env.py
    is run as `alembic current` and `alembic check` do: `current_at_head`, `unapplied`, and `pending`, the
    differences between the models and a database at head. Nothing is written, and all of it happens in an
    interpreter of its own, in the folder of the configuration.

    For Django, use the `command` probe: `run: [python, manage.py, makemigrations, --check, --dry-run]`, and
    `run: [python, manage.py, migrate, --check]` for the database.

    Fails when there are several heads, when revisions are not applied, or when the models differ from the
    database. No revision at all, an env.py that breaks and a database that does not answer are errors.

    To fix: `alembic merge heads`, `alembic upgrade head`, `alembic revision --autogenerate`.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "revisions": Measure(int, "revisions in the project", better=Better.HIGHER),
        "heads": Measure(int, "revisions that no other follows", better=Better.LOWER),
        "current_at_head": Measure(bool, "whether the database has all revisions, and none that is not known"),
        "unapplied": Measure(int, "revisions that the database has not", better=Better.LOWER),
        "pending": Measure(int, "differences between models and database without a revision", better=Better.LOWER),
    }
    expect: ClassVar[Mapping[str, Value]] = {"heads": 1}
    counter: ClassVar[str | None] = "revisions"
    extra: ClassVar[str | None] = "migrations"

    config: str = option(
        "Alembic's configuration: an alembic.ini, or a pyproject.toml.", "alembic.ini", example="backend/alembic.ini"
    )
    section: str = option("The section of the configuration, as with `alembic --name`.", "alembic")
    url: str | None = option(
        "The database; takes the place of `sqlalchemy.url`, where env.py reads that.", None, example="${DATABASE_URL}"
    )
    online: bool = option("Ask the database that env.py connects to by itself.", default=False)
    env: Mapping[str, str] = option(
        "Variables for env.py.", factory=dict, example={"DATABASE_URL": "${TEST_DATABASE_URL}"}
    )

    def __post_init__(self) -> None:
        if not self.config.strip():
            raise OptionError("names no file", "config")
        try:
            self._address()
        except ValueError as error:
            raise OptionError(str(error), "url") from None

    def _address(self) -> Url | None:
        return None if self.url is None else parse(self.url)

    @property
    def _asks(self) -> bool:
        return self.online or self.url is not None

    def expected(self) -> Mapping[str, Value]:
        """Return what is expected unless a gate says otherwise; more where a database is asked."""
        return {**self.expect, **({"current_at_head": True, "pending": 0} if self._asks else {})}

    def touches(self) -> Iterator[Touch]:
        """Yield the configuration, what is run, and the database."""
        yield Touch("file", self.config)
        yield Touch("command", "python, with the project's env.py and revisions")
        url = self._address()
        if url is not None:
            yield Touch("host", url.host) if url.file is None else Touch("file", url.file)

    def measure(self, context: Context) -> Measurements:
        """Ask Alembic. Raises ``CannotMeasure`` where it cannot tell."""
        found = self._ask(context)
        heads: list[str] = found["heads"]
        values: dict[str, Value] = {"revisions": found["revisions"], "heads": len(heads)}
        evidence = [_listed("heads", heads)]
        unknown: dict[str, str] = {}
        if "unapplied" not in found:
            unknown = dict.fromkeys(("current_at_head", "unapplied", "pending"), _OFFLINE)
            return Measurements(values, found["revisions"], evidence, unknown)
        strangers = [f"{revision} (in the database, not in the project)" for revision in found["strangers"]]
        known = [revision for revision in found["current"] if revision not in found["strangers"]]
        evidence.append(_listed("current", [*known, *strangers] or ["none"]))
        values |= {"current_at_head": not strangers and not found["unapplied"], "unapplied": found["unapplied"]}
        if found["pending"] is None:
            unknown["pending"] = found["why_not"]
        else:
            values["pending"] = len(found["pending"])
            evidence += [_listed("pending", found["pending"])] if found["pending"] else []
        return Measurements(values, found["revisions"], evidence, unknown)

    def _ask(self, context: Context) -> Any:
        if importlib.util.find_spec("alembic") is None:
            raise MissingExtra("alembic", "migrations")
        config = context.path(self.config)
        if not config.is_file():
            raise CannotMeasure(f"there is no {self.config}")
        self._keep_secrets(context)
        asked = {"config": str(config), "name": self.section, "url": self._absolute(context), "online": self._asks}
        done = context.run(_CHILD, cwd=config.parent, env=self.env, stdin=json.dumps(asked))
        try:
            found = json.loads(done.stdout)
        except ValueError:
            found = {"error": f"Alembic's interpreter ended with exit code {done.returncode} and no answer"}
        if "error" in found:
            error = CannotMeasure(f"{self.config}: {found['error']}")
            if done.stderr.strip():
                error.add_note(done.stderr.strip()[-_NOTES:])
            raise error
        return found

    def _keep_secrets(self, context: Context) -> None:
        url = self._address()
        for secret in url.secrets() if url is not None else ():
            context.keep_secret(secret)
        for name, value in self.env.items():
            for secret in (value,) if looks_secret(name) else logins(value):
                context.keep_secret(secret)

    def _absolute(self, context: Context) -> str | None:
        """Return the URL, with the path of a SQLite file, which has to be there already, made absolute."""
        url = self._address()
        if url is None or not url.file:
            return self.url
        path = context.path(url.file)
        if not path.is_file():
            raise CannotMeasure(f"{url}: there is no file {path}")
        return url.text.replace(f"///{url.file}", f"///{path}", 1)


def _listed(title: str, lines: list[str]) -> Evidence:
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return Evidence(title, "\n".join([*lines[:_LISTED], *more]))
