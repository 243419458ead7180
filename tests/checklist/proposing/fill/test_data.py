from __future__ import annotations

import pytest

from pytest_readiness.checklist.model import Kind, Status
from tests.checklist.proposed import box, proposals, proposed


def test_a_database_answers() -> None:
    proposal = proposed("Database connection works")
    assert proposal.options == {"url": "${database_url}", "query": "SELECT 1"}
    assert proposal.expect == {"connected": True, "scalar": 1}
    assert set(proposal.variables) == {"database_url"}


def test_tables_are_taken_from_the_item_or_from_what_is_in_it() -> None:
    assert proposed("Tables `customers` and `order_lines` exist").options["tables"] == ["customers", "order_lines"]
    parent, _ = proposals(
        box("Database tables exist"), box("`order_lines`", kind=Kind.BULLET, status=Status.UNSAID, parent=0)
    )
    assert parent.options["tables"] == ["order_lines"]


def test_tables_that_are_only_counted_are_counted() -> None:
    proposal = proposed("6 tables created in the database")
    assert "information_schema" in str(proposal.options["query"])
    assert proposal.expect == {"scalar": ">= 6"}


def test_a_question_to_the_data_is_for_the_reader_to_write() -> None:
    proposal = proposed("No orphaned records")
    assert str(proposal.options["query"]).startswith("TODO: ")


def test_migrations_are_at_their_head() -> None:
    assert proposed("Migrations applied").expect == {"heads": 1, "current_at_head": True, "unapplied": 0}


@pytest.mark.parametrize(
    ("text", "restored", "age"),
    [
        ("Nightly backups", None, "<= 25 h"),
        ("Backup restore tested", True, "<= 25 h"),
        ("Backups every 6 hours", None, "<= 6 h"),
    ],
)
def test_a_backup_is_fresh(text: str, restored: bool | None, age: str) -> None:
    expect = proposed(text).expect
    assert (expect.get("restored"), expect["age"]) == (restored, age)


def test_redis_keeps_what_it_is_given() -> None:
    assert proposed("Redis works").expect == {"connected": True, "ping": True, "round_trip": True}
    assert proposed("Redis persistence").expect["persistence"] == "!= none"
    assert proposed("Redis answers in 5 ms").expect["latency"] == "<= 5 ms"


def test_a_bucket_is_named_by_its_address() -> None:
    assert proposed("S3 bucket s3://shop-files/ is there").options["bucket"] == "shop-files"


def test_a_schedule_ran_lately() -> None:
    assert proposed("Cron job runs nightly").expect == {"age": "<= 25 h"}


def test_a_job_ends_in_time() -> None:
    proposal = proposed("Training job done in 5-10 minutes")
    assert proposal.expect == {"state": "COMPLETED", "duration": "5..10 min"}


def test_models_are_registered() -> None:
    assert proposed("17+ models registered in MLflow").expect == {"connected": True, "models": ">= 17"}
    assert proposed("Experiment tracking").expect == {"connected": True, "runs": ">= 1"}


@pytest.mark.parametrize(
    ("text", "option", "value"),
    [
        ("TimescaleDB database connection", "extensions", ["timescaledb"]),
        ("2 database functions created", "functions", ["TODO: which functions"]),
        ("Migrations of `backend/alembic.ini` applied", "config", "backend/alembic.ini"),
        ("S3 dataset storage filled", "prefixes", ["TODO: what the keys begin with"]),
    ],
)
def test_what_a_store_holds(text: str, option: str, value: object) -> None:
    assert proposed(text).options[option] == value


@pytest.mark.no_false_green
def test_a_schedule_without_a_time_has_none_made_up() -> None:
    assert str(proposed("Scheduled job runs").expect["age"]).startswith("TODO: ")
