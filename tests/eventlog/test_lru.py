"""The entry that was not used for longest makes room."""

from services.eventlog.lru import Lru


def test_what_was_used_last_stays() -> None:
    kept = Lru[str, int](2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.use("a") == 1
    kept.put("c", 3)
    assert [*kept.items()] == [("a", 1), ("c", 3)]


def test_an_entry_that_is_put_in_again_counts_as_used() -> None:
    kept = Lru[str, int](2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        kept.put(key, value)
    assert [*kept.items()] == [("a", 3), ("c", 4)]


def test_what_is_not_there_is_none() -> None:
    assert Lru[str, int](2).use("a") is None
