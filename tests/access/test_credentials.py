"""Who asks, by headers alone."""

from uuid import UUID

import pytest

from contracts.problems import Unauthenticated
from services.access.credentials import caller


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "127.1.2.3"])
def test_in_dev_mode_a_request_to_this_machine_by_its_own_name_is_believed(host: str) -> None:
    assert caller({"host": host}, dev=True) is None
    acting = caller({"host": host, "x-northing-member": str(UUID(int=7))}, dev=True)
    assert acting is not None
    assert acting.member_id == UUID(int=7)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", ""])
def test_in_dev_mode_a_name_that_was_turned_to_this_machine_is_not_believed(host: str) -> None:
    """A web page can do that to its own name, and would then be the local owner."""
    with pytest.raises(Unauthenticated):
        caller({"host": host}, dev=True)


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:5173"])
def test_in_dev_mode_a_page_of_this_machine_may_ask(origin: str) -> None:
    assert caller({"host": "127.0.0.1:8000", "origin": origin}, dev=True) is None


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_in_dev_mode_a_page_from_elsewhere_may_not_ask(origin: str) -> None:
    """A browser sends a command without a body wherever a page tells it to."""
    with pytest.raises(Unauthenticated):
        caller({"host": "127.0.0.1:8000", "origin": origin}, dev=True)


def test_without_dev_mode_nobody_is_believed_without_a_token() -> None:
    with pytest.raises(Unauthenticated):
        caller({"host": "127.0.0.1"}, dev=False)
