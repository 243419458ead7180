"""Statements of SQL as documents show them, and what they have to find."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pytest_readiness.checklist.proposing.fill import Filling, Found, place, todo
from pytest_readiness.checklist.proposing.fill.lines import expected_of

_VACUUMED = "SELECT count(*) FROM pg_stat_user_tables WHERE coalesce(last_vacuum, last_autovacuum) IS NOT NULL"
_NUMBER = re.compile(r"\b(\d[\d,]*(?:\.\d+)?)\b")


def sql(found: Found) -> Filling:
    """A query and what it has to find."""
    code = found.item.code
    text = (found.item.text if code is None else code.command).strip()
    where = {"url": "${database_url}"}
    expected = list(expected_of(found))
    kind = {"\\dt": "tables", "\\dv": "views", "\\df": "functions", "\\di": "indexes", "\\dx": "extensions"}.get(
        text.split()[0].rstrip("+") if text else ""
    )
    if kind:
        names = [name for line in expected if (name := line.strip(" -*|`")) and re.fullmatch(r"\w+", name)]
        return Filling(
            {**where, kind: names or [todo(f"which {kind}")]},
            {"missing": 0, "objects": f">= {max(1, len(names))}"},
            place("database_url"),
        )
    script = re.match(r"\\i\s+(\S+)|psql\b.*?-f\s+(\S+)|.*<\s*(\S+\.sql)", text)
    if script:
        return Filling(
            {**where, "script_file": next(one for one in script.groups() if one)},
            {"refused": 0, "statements": ">= 1"},
            place("database_url"),
        )
    quoted = re.match(r"(?:psql|mysql|sqlite3)\b.*?-(?:c|e)\s+([\"'])(.+?)\1", text, re.DOTALL)
    query = quoted[2] if quoted else text
    if re.match(r"(?:psql|mysql|mysqladmin|pg_isready|sqlite3|sqlcmd|mariadb|pgcli)\b", query):
        return Filling({**where, "query": "SELECT 1"}, {"connected": True, "scalar": 1}, place("database_url"))
    if query.startswith("\\"):
        return Filling({**where, "query": "SELECT 1"}, {"connected": True, "scalar": 1}, place("database_url"))
    return _query(query, expected, where)


def _query(query: str, expected: Sequence[str], where: dict[str, Any]) -> Filling:
    statement = re.sub(r"(?m)--.*$", "", query).strip()
    statements = [" ".join(one.split()) for one in statement.split(";") if one.strip()]
    first = (statements or [""])[0]
    reading = re.match(r"(?i)(?:select|with|show|explain|values|table)\b", first)
    told = " ".join(expected)
    escaped = first.replace("$", "$$").replace("{", "{")
    if not reading or re.match(r"(?i)select\s+\w+\(\)$", first) or re.match(r"(?i)vacuum", first):
        if re.match(r"(?i)vacuum", first):
            table = re.search(r"(?i)vacuum\s+(?:\w+\s+)?(\w+)$", first)
            query_text = _VACUUMED + (f" AND relname = '{table[1]}'" if table else "")
            return Filling({**where, "query": query_text}, {"scalar": ">= 1"}, place("database_url"))
        return Filling(
            {**where, "script": [one.replace("$", "$$") for one in statements]},
            {"refused": 0, "statements": f">= {max(1, len(statements))}"},
            place("database_url"),
        )
    options = {**where, "query": escaped}
    number = _NUMBER.search(told)
    if re.match(r"(?i)select\s+count\(", first) and first.lower().count(",") == 0 and "group by" not in first.lower():
        return Filling(
            options, {"scalar": int(number[1].replace(",", "")) if number else ">= 1"}, place("database_url")
        )
    if re.search(r"(?i)\b(?:empty|no rows|0 rows)\b", told):
        return Filling(options, {"rows": 0}, place("database_url"))
    return Filling(options, {"rows": ">= 1"}, place("database_url"))
