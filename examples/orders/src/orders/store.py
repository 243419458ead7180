"""Orders, kept in memory."""

from __future__ import annotations

from orders.billing import total
from orders.models import Basket, Order, State


class Store:
    """All orders by number."""

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}

    def place(self, basket: Basket) -> Order:
        """Price *basket* and keep it as a new order."""
        order = Order(id=len(self._orders) + 1, items=basket.items, total=total(basket.items))
        self._orders[order.id] = order
        return order

    def move(self, number: int, state: State) -> Order:
        """Bring the order called *number* to *state*; raises KeyError if there is none."""
        order = self._orders[number].model_copy(update={"state": state})
        self._orders[number] = order
        return order

    def __len__(self) -> int:
        return len(self._orders)
