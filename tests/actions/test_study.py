from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import study
from elearn.actions.publish import publish
from elearn.actions.shelf import Published
from elearn.errors import NotFound
from elearn.progress.rule import progress
from elearn.store import enrolments
from elearn.store import progress as store
from elearn.store.base import hour
from elearn.store.progress import ProgressSummaryRow
from tests.actions import trial
from tests.actions.trial import NEW_QUESTION, Desk

EXTRA = ('"final"]\n\n[completion]', '"final", "extra"]\n\n[completion]')


def current(desk: Desk) -> Published:
    return desk.shelf.course(desk.session, "trial", now=desk.now)


def summary(desk: Desk) -> ProgressSummaryRow:
    row = store.find_summary_row(desk.session, desk.who.person_id, "trial")
    assert row is not None
    return row


def facts(desk: Desk) -> list[tuple[str, str, str]]:
    return [(row.kind, row.page_id, row.ref) for row in store.list_facts(desk.session, desk.who.person_id, "trial")]


def enrolment_state(desk: Desk) -> str:
    row = enrolments.find_enrolment(desk.session, desk.who.person_id, "trial")
    return row.state if row else ""


def test_enrolling_twice_is_enrolling_once(desk: Desk) -> None:
    study.enrol(desk.session, desk.who, current(desk), now=desk.now)
    study.enrol(desk.session, desk.who, current(desk), now=desk.now)
    assert (enrolment_state(desk), summary(desk).percent, summary(desk).last_page) == ("active", 0, "")
    assert len(enrolments.list_enrolments(desk.session, desk.who.person_id)) == 1


def test_an_enrolment_that_another_click_made_meanwhile_is_no_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    study.enrol(desk.session, desk.who, current(desk), now=desk.now)
    with monkeypatch.context() as patch:
        patch.setattr(enrolments, "find_enrolment", lambda *_: None)
        study.enrol(desk.session, desk.who, current(desk), now=desk.now)
    assert enrolment_state(desk) == "active"


def test_leaving_loses_nothing_and_coming_back_is_enough(desk: Desk) -> None:
    study.read(desk.session, desk.who, current(desk), "hello", now=desk.now)
    study.leave(desk.session, desk.who, "trial")
    assert enrolment_state(desk) == "left"
    study.opened(desk.session, desk.who, current(desk), "final", now=desk.now)
    assert (enrolment_state(desk), summary(desk).done) == ("active", ["hello"])


def test_nobody_leaves_a_course_she_never_took(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no-enrolment"):
        study.leave(desk.session, desk.who, "trial")


def test_each_thing_is_noted_once_and_to_the_hour(desk: Desk) -> None:
    for _ in range(2):
        study.opened(desk.session, desk.who, current(desk), "hello", now=desk.now)
        study.read(desk.session, desk.who, current(desk), "hello", now=desk.now)
        study.practised(desk.session, desk.who, current(desk), "hello", "typed", done=False, now=desk.now)
    assert facts(desk) == [("opened", "hello", ""), ("read", "hello", ""), ("practised", "hello", "typed")]
    rows = store.list_facts(desk.session, desk.who.person_id, "trial")
    assert {row.hour for row in rows} == {hour(desk.now)} != {desk.now}


def test_the_last_page_is_where_one_goes_on(desk: Desk) -> None:
    study.opened(desk.session, desk.who, current(desk), "hello", now=desk.now)
    study.opened(desk.session, desk.who, current(desk), "final", now=desk.now)
    study.opened(desk.session, desk.who, current(desk), "hello", now=desk.now)
    assert summary(desk).last_page == "hello"


def test_a_page_that_is_not_there_cannot_be_read(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no-page"):
        study.read(desk.session, desk.who, current(desk), "nowhere", now=desk.now)
    assert enrolment_state(desk) == ""


def test_facts_are_only_ever_added(desk: Desk) -> None:
    before: list[tuple[str, str, str]] = []
    for right in (False, True, False):
        desk.take(right=right)
        after = facts(desk)
        assert after[: len(before)] == before
        assert len(after) > len(before)
        before = after


def test_the_day_of_completion_stays_when_a_release_adds_a_page(desk: Desk) -> None:
    study.read(desk.session, desk.who, current(desk), "hello", now=desk.now)
    desk.take()
    row = summary(desk)
    finished, first = hour(desk.now), current(desk).release_id
    assert (row.complete_at, row.percent, row.rule["release"]) == (finished, 100, first)
    desk.now += timedelta(days=3)
    second = add_page(desk)
    study.opened(desk.session, desk.who, current(desk), "hello", now=desk.now)
    study.read(desk.session, desk.who, current(desk), "hello", now=desk.now)
    assert (row.complete_at, row.percent, row.done, row.release_id) == (finished, 66, ["final", "hello"], second)
    assert study.completed_release(row) == first
    row.rule = {}
    assert study.completed_release(row) == second


def add_page(desk: Desk) -> int:
    """A release with one lesson more."""
    source = trial.source(toml=EXTRA)
    more = type(source)({**source.files, "one/extra.md": b"---\ntitle: Extra\nminutes: 5\n---\n\nMore.\n"})
    release_id = publish(desk.session, more, now=desk.now)
    desk.shelf.forget()
    return release_id


def test_what_an_older_release_asked_does_not_decide(desk: Desk) -> None:
    """Somebody who was nearly done when a page was added is not complete by the rule of the release she began with."""
    desk.answer(desk.start("hello"), "hinted", choice="state")
    sitting = desk.start()
    add_page(desk)
    for drawn in sitting.drawn:
        desk.answer(sitting, drawn.question_id, choice="good" if drawn.question_id == "must" else "yes")
    desk.submit(sitting)
    assert (summary(desk).done, summary(desk).percent, summary(desk).complete_at) == (["final", "hello"], 66, None)
    study.read(desk.session, desk.who, current(desk), "extra", now=desk.now)
    assert summary(desk).complete_at == hour(desk.now)


def test_practice_of_the_old_release_counts_for_the_course_as_it_is(desk: Desk) -> None:
    rule = ('lessons = "read"', 'lessons = "practised"')
    trial.release(desk.session, desk.shelf, desk.now, toml=rule)
    sitting = desk.answer(desk.start("hello"), "hinted", choice="state")
    trial.release(desk.session, desk.shelf, desk.now, toml=rule, hello=("::: short-text", NEW_QUESTION + "\n::: short-text"))
    desk.answer(sitting, "typed", text="Covenant")
    assert summary(desk).done == []
    desk.answer(desk.start("hello"), "fresh", choice="yes")
    assert summary(desk).done == ["hello"]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(events=st.lists(st.deferred(lambda: st.sampled_from(sorted(DEEDS))), max_size=8))
def test_the_summary_is_what_the_facts_say(desk: Desk, organisation_id: str, events: list[str]) -> None:
    desk.who = trial.learner(desk.session, organisation_id)
    complete_at: datetime | None = None
    for event in events:
        desk.now += timedelta(hours=1)
        DEEDS[event](desk)
        row = store.find_summary_row(desk.session, desk.who.person_id, "trial")
        if row is None or event in ("add", "back", "leave"):
            continue
        released = desk.shelf.release(desk.session, row.release_id)
        said = progress(released.course, study.facts_of(desk.session, desk.who.person_id, "trial"))
        assert (sorted(said.done), said.percent) == (row.done, row.percent)
        assert row.complete_at == complete_at or (complete_at is None and said.complete)
        complete_at = row.complete_at


def sit(desk: Desk, *, right: bool) -> None:
    rows = store.list_facts(desk.session, desk.who.person_id, "trial")
    if sum(row.kind == "attempted" and row.page_id == "final" for row in rows) < 3:
        desk.take(right=right)


def again(desk: Desk) -> None:
    if ("attempted", "before") not in [fact[:2] for fact in facts(desk)]:
        desk.submit(desk.answer(desk.start("before"), "known", choice="that"))


def left(session: Session, who: Identity) -> None:
    if enrolments.find_enrolment(session, who.person_id, "trial"):
        study.leave(session, who, "trial")


DEEDS: dict[str, Callable[[Desk], object]] = {
    "open": lambda desk: study.opened(desk.session, desk.who, current(desk), "hello", now=desk.now),
    "read": lambda desk: study.read(desk.session, desk.who, current(desk), "hello", now=desk.now),
    "practise": lambda desk: desk.answer(desk.start("hello"), "typed", text=f"Covenant {desk.now.hour}"),
    "pass": lambda desk: sit(desk, right=True),
    "fail": lambda desk: sit(desk, right=False),
    "baseline": again,
    "leave": lambda desk: left(desk.session, desk.who),
    "add": add_page,
    "back": lambda desk: trial.release(desk.session, desk.shelf, desk.now),
}
