"""Databases, caches, stores, backups, jobs and models."""

from __future__ import annotations

import re
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, Maker, place, todo

_COUNTED = (
    "SELECT count(*) FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
)
_KINDS = (
    ("view", "views"),
    ("function", "functions"),
    ("procedure", "functions"),
    ("index", "indexes"),
    ("extension", "extensions"),
    ("table", "tables"),
)


def sql_connect(found: Found) -> Filling:
    """A database that lets us in and answers."""
    options: dict[str, Any] = {"url": "${database_url}", "query": "SELECT 1"}
    if found.has("timescaledb"):
        options["extensions"] = ["timescaledb"]
        return Filling(options, {"connected": True, "scalar": 1, "missing": 0}, place("database_url"))
    return Filling(options, {"connected": True, "scalar": 1}, place("database_url"))


def names_in(found: Found) -> list[str]:
    """Return names of tables and the like: quoted ones, or those with underscores, of the item or its children."""
    texts = [found.item.text, *(child.text for child in found.children)]
    quoted = [name for text in texts for name in re.findall(r"`([a-z]\w*)`", text)]
    plain = [name for text in texts for name in re.findall(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b", text)]
    return list(dict.fromkeys(quoted or plain))


def sql_objects(found: Found) -> Filling:
    """Tables, views and the like that have to be there."""
    kind = next((kind for word, kind in _KINDS if found.has(word)), "tables")
    names = names_in(found)
    count = next((one for one in found.facts.quantities if not one.unit), None)
    options: dict[str, Any] = {"url": "${database_url}"}
    if names or count is None:
        options[kind] = names or [todo(f"which {kind}")]
        return Filling(options, {"missing": 0, "objects": f">= {max(1, len(names))}"}, place("database_url"))
    catalogue = {"tables": "table_type = 'BASE TABLE'", "views": "table_type = 'VIEW'"}
    if kind in catalogue:
        options["query"] = f"{_COUNTED} AND {catalogue[kind]}"
        return Filling(options, {"scalar": f">= {int(count.low)}"}, place("database_url"))
    options[kind] = [todo(f"which {kind}")]
    return Filling(options, {"missing": 0, "objects": f">= {int(count.low)}"}, place("database_url"))


def sql_query(found: Found) -> Filling:
    """A question to the database that the reader has to write."""
    count = next((one for one in found.facts.quantities if not one.unit), None)
    options = {"url": "${database_url}", "query": todo("a query that tells, with one value")}
    wanted = count.condition(">=") if count else todo("what its value has to be, such as >= 1")
    return Filling(options, {"scalar": wanted}, place("database_url"))


def migrations(found: Found) -> Filling:
    """Migrations in one line, and the database at their head."""
    ini = found.facts.ending("alembic.ini")
    options: dict[str, Any] = {"url": "${database_url}"}
    if ini:
        options["config"] = ini[0]
    if found.has("django"):
        return Filling({"url": "${database_url}"}, {"heads": 1, "current_at_head": True}, place("database_url"))
    return Filling(options, {"heads": 1, "current_at_head": True, "unapplied": 0}, place("database_url"))


def backup(found: Found) -> Filling:
    """A fresh backup, restored where the item speaks of that."""
    folders = [path for path in found.facts.paths if path.endswith("/")]
    age = found.facts.first("h", "d", "min")
    options: dict[str, Any] = {"location": folders[0] if folders else todo("where the backups are")}
    expect: dict[str, Any] = {
        "count": ">= 1",
        "age": f"<= {int(age.low)} {age.unit}" if age else "<= 25 h",
        "size": "> 0 B",
    }
    if found.has("restore", "recovery", "test", "recover", "rehears"):
        options["restore"] = [todo("a command that restores the newest backup")]
        expect["restored"] = True
    return Filling(options, expect)


def redis(found: Found) -> Filling:
    """Redis answers, and keeps what it is given."""
    options: dict[str, Any] = {"url": "${redis_url}"}
    expect: dict[str, Any] = {"connected": True, "ping": True}
    time = found.facts.first("ms")
    if time is not None:
        expect["latency"] = time.condition("<=")
    if found.has("persistence", "persistent", "aof", "rdb"):
        expect["persistence"] = "!= none"
    elif not found.has("ping"):
        options["round_trip"] = True
        expect["round_trip"] = True
    return Filling(options, expect, place("redis_url"))


def s3(found: Found) -> Filling:
    """A bucket that takes and gives objects."""
    bucket = next((url.split("://", 1)[1].split("/")[0] for url in found.facts.urls if url.startswith("s3://")), None)
    options: dict[str, Any] = {"bucket": bucket or todo("which bucket")}
    if found.has("dataset", "data", "artifact") and not found.has("operational"):
        return Filling({**options, "prefixes": [todo("what the keys begin with")]}, {"missing": 0, "fewest": ">= 1"})
    return Filling({**options, "round_trip": True}, {"bucket_exists": True, "round_trip": True})


def job(found: Found) -> Filling:
    """A job that ended as it should, and not too long ago."""
    time = found.facts.first("min", "h", "s", "d")
    options: dict[str, Any] = {
        "poll": todo("where to ask for its state: a URL, or a command as a list"),
        "until": ["COMPLETED"],
    }
    if found.has("schedule", "cron", "nightly", "daily", "automated", "automatically", "beat", "periodic", "scheduler"):
        options = {"poll": options["poll"], "last_success": todo("where the time of the last success is in the JSON")}
        daily = "<= 25 h" if found.has("daily", "nightly") else todo("how long ago it may be, such as <= 25 h")
        return Filling(options, {"age": f"<= {int(time.low)} {time.unit}" if time else daily})
    expect: dict[str, Any] = {"state": "COMPLETED"}
    if time is not None:
        expect["duration"] = time.condition("<=")
    return Filling(options, expect)


def mlflow(found: Found) -> Filling:
    """Models that are registered, and runs that were tracked."""
    count = found.facts.counted("model", "registered")
    if found.has("track", "experiment", "tracking"):
        return Filling({"url": "${mlflow_url}"}, {"connected": True, "runs": ">= 1"}, place("mlflow_url"))
    return Filling(
        {"url": "${mlflow_url}"},
        {"connected": True, "models": count.condition(">=") if count else ">= 1"},
        place("mlflow_url"),
    )


MAKERS: dict[str, Maker] = {
    "sql": sql_connect,
    "sql_connect": sql_connect,
    "sql_objects": sql_objects,
    "sql_query": sql_query,
    "migrations": migrations,
    "backup": backup,
    "redis": redis,
    "s3": s3,
    "job": job,
    "mlflow": mlflow,
}
