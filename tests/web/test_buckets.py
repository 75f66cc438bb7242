"""Buckets that fill with time."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from elearn.web.buckets import Buckets
from tests.factories import NOW


def test_a_bucket_gives_what_it_holds_and_fills_with_time() -> None:
    buckets = Buckets(at_once=2, a_second=0.5)
    assert [buckets.take("a", NOW) for _ in range(3)] == [True, True, False]
    assert buckets.take("b", NOW)
    assert not buckets.take("a", NOW + timedelta(seconds=1))
    assert buckets.take("a", NOW + timedelta(seconds=2))


def test_a_clock_that_goes_back_fills_nothing() -> None:
    buckets = Buckets(at_once=1, a_second=1)
    assert buckets.take("", NOW)
    assert not buckets.take("", NOW - timedelta(hours=1))


def test_keys_that_rest_are_forgotten_when_there_are_too_many() -> None:
    buckets = Buckets(at_once=1, a_second=0.001, most=2)
    assert [buckets.take(key, NOW) for key in "abaca"] == [True, True, False, True, False]
    assert buckets.take("b", NOW)


@given(pauses=st.lists(st.floats(0, 3), max_size=60), at_once=st.integers(1, 5), a_second=st.floats(0.1, 4))
def test_nobody_gets_more_than_the_bucket_holds_and_time_fills(pauses: list[float], at_once: int, a_second: float) -> None:
    buckets, now, taken = Buckets(at_once=at_once, a_second=a_second), NOW, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        taken += buckets.take("", now)
    assert taken <= at_once + (now - NOW).total_seconds() * a_second + 0.01
