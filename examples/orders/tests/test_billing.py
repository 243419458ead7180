from decimal import Decimal

import pytest
from orders.billing import refund, total
from orders.models import Item


def item(price: str, quantity: int = 1) -> Item:
    return Item(sku="a", price=Decimal(price), quantity=quantity)


def test_a_small_order_pays_for_shipping() -> None:
    assert total([item("10.00")]) == Decimal("14.90")


def test_a_large_order_is_shipped_for_free() -> None:
    assert total([item("25.00", 2)]) == Decimal("50.00")


def test_an_empty_order_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        total([])


def test_half_of_it_comes_back() -> None:
    assert refund(Decimal("14.90"), Decimal("0.5")) == Decimal("7.45")


@pytest.mark.parametrize("share", ["0", "-1", "1.1"])
def test_a_refund_is_never_more_than_what_was_paid(share: str) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        refund(Decimal(10), Decimal(share))
