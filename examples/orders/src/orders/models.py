"""The words of the domain."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, Field


class State(StrEnum):
    """Where an order is on its way."""

    PLACED = "placed"
    PAID = "paid"
    REFUNDED = "refunded"


class Item(BaseModel):
    """One line of a basket."""

    sku: str = Field(min_length=1)
    price: Decimal = Field(gt=0)
    quantity: int = Field(gt=0, le=50)


class Basket(BaseModel):
    """What a customer sends."""

    items: list[Item] = Field(min_length=1)


class Order(BaseModel):
    """What the service keeps."""

    id: int
    items: list[Item]
    total: Decimal
    state: State = State.PLACED
