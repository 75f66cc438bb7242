from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from elearn.actions.throttle import FACTOR, SIGN_IN, Limits, bucket, count_try, forgive
from elearn.errors import Refused
from elearn.store.base import new_id
from tests.factories import NOW


def wait(session: Session, *, at: timedelta = timedelta(0), limits: Limits = Limits()) -> int:  # noqa: B008 - frozen
    """0 when the try was let through, else the seconds to wait."""
    try:
        count_try(session, "key", now=NOW + at, limits=limits)
    except Refused as refused:
        return int(refused.params["seconds"])
    return 0


def test_the_first_three_tries_are_free_and_then_the_wait_doubles(session: Session) -> None:
    assert [wait(session) for _ in range(3)] == [0, 0, 0]
    seconds, waits = 0, []
    for _ in range(5):
        waits.append(wait(session, at=timedelta(seconds=seconds)) - 1)
        seconds += waits[-1]
        assert wait(session, at=timedelta(seconds=seconds)) == 0
    assert waits == [1, 2, 4, 8, 16]


def test_ten_tries_fill_five_minutes(session: Session) -> None:
    patient = Limits(patient=100)
    assert [wait(session, limits=patient) for _ in range(10)] == [0] * 10
    assert wait(session, limits=patient) == 301
    assert wait(session, at=timedelta(minutes=5), limits=patient) == 0


def test_fifty_tries_fill_a_day(session: Session) -> None:
    patient = Limits(patient=100)
    tried = [wait(session, at=timedelta(minutes=number), limits=patient) for number in range(60)]
    assert tried.count(0) == 50
    assert wait(session, at=timedelta(days=1), limits=patient) == 0


GAPS = st.sampled_from([0, 0.4, 1, 9.7, 61, 299.5, 1_000, 3_600, 8_000])


@given(st.lists(st.tuples(GAPS, st.integers(0, 9)), min_size=60, max_size=160), st.sampled_from([SIGN_IN, FACTOR]))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whenever_one_looks_back_there_are_never_more_tries_than_may_be(
    session: Session, steps: list[tuple[float, int]], limits: Limits
) -> None:
    key, now = new_id(), NOW
    failed: list[datetime] = []
    for gap, luck in steps:
        now += timedelta(seconds=gap)
        try:
            count_try(session, key, now=now, limits=limits)
        except Refused:
            continue
        if luck:
            failed.append(now)
        else:
            forgive(session, key, now=now)
    for window, most in limits.bounds:
        assert all(sum(at <= other < at + window for other in failed) <= most for at in failed)


def test_a_day_slides(session: Session) -> None:
    """Fifty tries at the end of one day leave none for the beginning of the next."""
    patient = Limits(patient=1_000)
    assert wait(session, limits=patient) == 0
    late = [wait(session, at=timedelta(hours=23, minutes=number), limits=patient) for number in range(55)]
    assert late.count(0) == 49
    early = [wait(session, at=timedelta(days=1, minutes=number), limits=patient) for number in range(55)]
    assert early.count(0) == 1  # the place of the very first


def test_a_success_takes_back_its_own_try_only(session: Session) -> None:
    assert [wait(session) for _ in range(3)] == [0, 0, 0]
    forgive(session, "key", now=NOW)
    assert wait(session) == 0
    assert wait(session) == 2


def test_forgiving_nothing_is_harmless(session: Session) -> None:
    forgive(session, "key", now=NOW)
    assert [wait(session) for _ in range(3)] == [0, 0, 0]


def test_a_bucket_says_little_about_the_name() -> None:
    assert len(bucket("a passphrase typed into the wrong field")) == 8
