from __future__ import annotations

import pytest

from pytest_readiness.checklist.proposing.fill.addresses import addresses, of, placed
from pytest_readiness.checklist.proposing.match.facts import Facts


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("http://localhost:8000/x?a=1", "${base_url}/x?a=1"),
        ("http://127.0.0.1/x", "${base_url}/x"),
        ("/x", "${base_url}/x"),
        ("https://example.org/$x", "TODO: a real address for https://example.org/x"),
        ("/x/{id}", "TODO: a real address for /x/{id}"),
        ("/x/<id>", "TODO: a real address for /x/<id>"),
        ("https:///health", "TODO: a real address for https:///health"),
    ],
)
def test_an_address_is_written_as_specs_do(url: str, written: str) -> None:
    assert of(url).url == written


def test_an_address_that_is_not_whole_is_open() -> None:
    assert of("/x/{id}").open
    assert not placed("/health").open


def test_addresses_come_with_their_methods_whole_ones_first() -> None:
    found = addresses(Facts("DELETE /a, see http://localhost:1/b"))
    assert [(one.method, one.url) for one in found] == [("", "${base_url}/b"), ("DELETE", "${base_url}/a")]
