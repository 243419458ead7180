from __future__ import annotations

from pathlib import Path

import pytest

from .running import copied, run

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    return copied("orders", tmp_path)


DISCOUNT = """

def discount(amount: Decimal) -> Decimal:
    if amount > 100:
        return amount / 10
    return Decimal(0)
"""


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_healthy_service_is_ready(orders: Path) -> None:
    ran = run(orders)
    assert ran.report["verdict"] == "READY", ran.output
    assert (ran.exit_code, ran.turned) == (0, {"dashboards": "error"})


def test_the_order_of_tests_does_not_matter(orders: Path) -> None:
    ran = run(orders, "-n", "2")
    assert (ran.exit_code, ran.report["verdict"]) == (0, "READY"), ran.output


def test_an_untested_function_lowers_the_coverage(orders: Path) -> None:
    with (orders / "src/orders/billing.py").open("a", encoding="utf-8") as code:
        code.write(DISCOUNT)
    ran = run(orders)
    assert (ran.exit_code, ran.report["verdict"]) == (1, "NOT READY")
    assert set(ran.turned) == {"billing-coverage", "dashboards"}
    assert "expected >= 95 %" in ran.reason("billing-coverage")


def test_a_service_that_cannot_start_is_an_error_with_its_log(orders: Path) -> None:
    edit(orders / "readiness.yaml", "orders.app:app", "orders.app:nothing")
    ran = run(orders)
    assert ran.turned == {"health": "error", "unknown-order": "blocked", "dashboards": "error"}
    assert "nothing" in ran.output


def test_a_sick_store_fails_the_health_gate(orders: Path) -> None:
    edit(orders / "src/orders/app.py", '"checks": {"store": "ok"}', '"checks": {"store": "full"}')
    ran = run(orders)
    assert ran.turned == {"health": "failed", "unknown-order": "blocked", "dashboards": "error"}
    assert "store is full, expected ok" in ran.reason("health")


def test_a_setting_out_of_range_is_named_without_its_value(orders: Path) -> None:
    edit(orders / ".env", "ORDERS_MAX_ITEMS=50", "ORDERS_MAX_ITEMS=987654")
    ran = run(orders)
    assert set(ran.turned) == {"settings", "dashboards"}
    assert "ORDERS_MAX_ITEMS" in ran.output
    assert "987654" not in ran.output


def test_its_release_checklist_is_held_against_its_gates(orders: Path) -> None:
    ran = run(orders, "--readiness-audit", "RELEASE.md", "--readiness-audit-fail-on", "contradicted,unproven,stated")
    assert ran.exit_code == 1
    assert "6 claims: 3 confirmed, 1 understated, 2 unproven" in ran.output
    assert "83.33 % by its boxes (5/6)" in ran.output


def test_its_release_checklist_contradicts_what_is_broken(orders: Path) -> None:
    with (orders / "src/orders/billing.py").open("a", encoding="utf-8") as code:
        code.write(DISCOUNT)
    ran = run(orders, "--readiness-audit", "RELEASE.md")
    assert "contradicted" in ran.output
    assert "line 8" in ran.output
