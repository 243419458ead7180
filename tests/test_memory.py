from __future__ import annotations

import gc

import pytest

from pytest_readiness.memory import no_collections


def test_nothing_is_collected_meanwhile_and_again_afterwards() -> None:
    with no_collections():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_so_too_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), no_collections():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    try:
        with no_collections():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
