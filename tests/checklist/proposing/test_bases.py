from __future__ import annotations

import pytest

from pytest_readiness.checklist.proposing.bases import named
from tests.checklist.proposed import box, proposals, shown


def test_the_server_whose_address_is_given_is_meant_where_none_is() -> None:
    many = proposals(shown("curl http://localhost:8000/a"), box("`/b` answers"))
    assert [one.variables for one in many] == [{"base_url": "${BASE_URL:-http://localhost:8000}"}] * 2


@pytest.mark.no_false_green
def test_no_server_is_made_up() -> None:
    (only,) = proposals(box("`/b` answers"))
    assert only.variables == {"base_url": "${BASE_URL:-TODO}"}


@pytest.mark.no_false_green
def test_each_server_has_a_name_of_its_own() -> None:
    many = proposals(
        shown("curl http://localhost:8000/a"),
        shown("curl http://localhost:8000/b"),
        shown("curl http://localhost:9090/c"),
    )
    assert many[2].options == {"url": "${base_url_9090}/c"}
    assert many[2].variables == {"base_url_9090": "${BASE_URL_9090:-http://localhost:9090}"}
    assert many[0].options == {"url": "${base_url}/a"}


def test_what_asks_no_server_stays_as_it_is() -> None:
    many = proposals(box("All tests pass"), shown("curl http://localhost:8000/a"))
    assert named(many) == many


def test_the_name_is_put_wherever_the_server_is_asked() -> None:
    many = proposals(
        shown("curl http://localhost:8000/a"),
        shown("curl http://localhost:8000/b"),
        box("http://localhost:9090/c requires authentication"),
    )
    assert many[2].options["cases"] == [
        {"name": "without credentials", "status": "in 401, 403", "url": "${base_url_9090}/c"}
    ]
