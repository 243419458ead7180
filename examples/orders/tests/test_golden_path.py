import pytest
from fastapi.testclient import TestClient
from orders.app import app

pytestmark = pytest.mark.golden_path

BASKET = {"items": [{"sku": "tea", "price": "12.50", "quantity": 2}]}


@pytest.fixture
def client() -> TestClient:
    return TestClient(app)


@pytest.fixture
def placed(client: TestClient) -> int:
    return client.post("/orders", json=BASKET).json()["id"]


def test_an_order_is_placed(client: TestClient) -> None:
    answer = client.post("/orders", json=BASKET)
    assert (answer.status_code, answer.json()["total"]) == (201, "29.90")


def test_an_order_is_paid(client: TestClient, placed: int) -> None:
    assert client.post(f"/orders/{placed}/pay").json()["state"] == "paid"


def test_an_order_is_refunded(client: TestClient, placed: int) -> None:
    assert client.post(f"/orders/{placed}/refund").json()["state"] == "refunded"


def test_an_unknown_order_is_not_found(client: TestClient) -> None:
    assert client.post("/orders/9999/pay").status_code == 404


@pytest.mark.readiness("bad-baskets")
@pytest.mark.parametrize(
    "items",
    [[], [{"sku": "tea", "price": "0", "quantity": 1}], [{"sku": "", "price": "1", "quantity": 1}]],
)
def test_a_bad_basket_is_refused(client: TestClient, items: list[dict[str, object]]) -> None:
    assert client.post("/orders", json={"items": items}).status_code == 422
