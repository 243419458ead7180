"""A small order service: prices a basket, keeps orders, refunds them."""
