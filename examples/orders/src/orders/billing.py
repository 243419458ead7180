"""What an order costs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from orders.models import Item

CENT = Decimal("0.01")
FREE_SHIPPING_FROM = Decimal(50)
SHIPPING = Decimal("4.90")


def total(items: Sequence[Item]) -> Decimal:
    """Return what *items* cost with shipping, in whole cents."""
    if not items:
        raise ValueError("an order needs at least one item")
    goods = sum((item.price * item.quantity for item in items), Decimal(0))
    shipping = Decimal(0) if goods >= FREE_SHIPPING_FROM else SHIPPING
    return (goods + shipping).quantize(CENT, ROUND_HALF_UP)


def refund(paid: Decimal, share: Decimal) -> Decimal:
    """Return the refund for a *share* (0 to 1) of what was *paid*."""
    if not 0 < share <= 1:
        raise ValueError("a refund is a share between 0 and 1")
    return (paid * share).quantize(CENT, ROUND_HALF_UP)
