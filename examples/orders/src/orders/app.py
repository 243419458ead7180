"""The HTTP side."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException

from orders.models import Basket, Order, State
from orders.store import Store

app = FastAPI(title="orders-api")
store = Store()


@app.get("/health")
def health() -> dict[str, object]:
    """Say how the service and what it stands on are doing."""
    return {"status": "ok", "checks": {"store": "ok"}, "orders": len(store), "currencies": ["EUR", "USD"]}


@app.post("/orders", status_code=201)
def place(basket: Basket) -> Order:
    """Take an order."""
    return store.place(basket)


@app.post("/orders/{number}/pay")
def pay(number: int) -> Order:
    """Mark an order as paid."""
    return _move(number, State.PAID)


@app.post("/orders/{number}/refund")
def refund(number: int) -> Order:
    """Mark an order as refunded."""
    return _move(number, State.REFUNDED)


def _move(number: int, state: State) -> Order:
    try:
        return store.move(number, state)
    except KeyError:
        raise HTTPException(404, f"there is no order {number}") from None
