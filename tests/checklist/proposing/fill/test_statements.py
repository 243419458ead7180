from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import for_code


@pytest.mark.parametrize(
    ("command", "shown", "options", "expect"),
    [
        ("SELECT count(*) FROM orders;", ("0 (empty table)",), {"query": "SELECT count(*) FROM orders"}, {"scalar": 0}),
        ("SELECT count(*) FROM orders;", (), {"query": "SELECT count(*) FROM orders"}, {"scalar": ">= 1"}),
        ("SELECT * FROM late_orders;", ("no rows",), {"query": "SELECT * FROM late_orders"}, {"rows": 0}),
        ("SELECT *\nFROM orders -- all\nLIMIT 5;", (), {"query": "SELECT * FROM orders LIMIT 5"}, {"rows": ">= 1"}),
        ("CREATE TABLE a (b int);", (), {"script": ["CREATE TABLE a (b int)"]}, {"refused": 0, "statements": ">= 1"}),
        ("SELECT purge_orders();", (), {"script": ["SELECT purge_orders()"]}, {"refused": 0, "statements": ">= 1"}),
        (r"\dt", ("- orders", "- customers"), {"tables": ["orders", "customers"]}, {"missing": 0, "objects": ">= 2"}),
        (r"\dv", (), {"views": ["TODO: which views"]}, {"missing": 0, "objects": ">= 1"}),
        (r"\i db/schema.sql", (), {"script_file": "db/schema.sql"}, {"refused": 0, "statements": ">= 1"}),
        ("psql -f db/schema.sql shop", (), {"script_file": "db/schema.sql"}, {"refused": 0, "statements": ">= 1"}),
        ("psql -U shop -d shop", (), {"query": "SELECT 1"}, {"connected": True, "scalar": 1}),
        ("psql shop -c 'SELECT * FROM orders'", (), {"query": "SELECT * FROM orders"}, {"rows": ">= 1"}),
    ],
)
def test_a_statement(command: str, shown: tuple[str, ...], options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = for_code(command, *shown, language="sql")
    assert proposal.probe == "sql"
    assert (proposal.options, proposal.expect) == ({"url": "${database_url}", **options}, expect)


def test_a_vacuum_was_done() -> None:
    proposal = for_code("VACUUM ANALYZE orders;", language="sql")
    assert "relname = 'orders'" in str(proposal.options["query"])
    assert proposal.expect == {"scalar": ">= 1"}
