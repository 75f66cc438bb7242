from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from elearn.actions import attempt
from elearn.actions.shelf import Shelf
from elearn.errors import Invalid, NotFound, Refused
from elearn.store import attempts
from elearn.store import progress as progress_store
from elearn.store.base import hour
from elearn.store.engine import Database
from elearn.store.tenancy import everyone
from tests.actions import trial
from tests.actions.trial import NEW_QUESTION, Desk
from tests.conftest import StandingClock
from tests.factories import make_organisation, make_person


def kinds(desk: Desk) -> list[str]:
    return [row.kind for row in progress_store.list_facts(desk.session, desk.who.person_id, "trial")]


def given(desk: Desk, attempt_id: str) -> list[tuple[str, object, str]]:
    steps = attempts.list_steps(desk.session, attempt_id)
    return [(step.question_id, (step.response or {}).get("value"), step.language) for step in steps if step.kind == "answer"]


def test_beginning_again_goes_on_with_the_open_attempt(desk: Desk) -> None:
    first = desk.start()
    assert desk.start(seed=99).row.id == first.row.id
    assert attempts.count_attempts(desk.session, desk.who.person_id, "trial", "final") == 1


def test_an_attempt_stands_on_another_device_as_it_was_left(desk: Desk, clock: StandingClock) -> None:
    sitting = desk.answer(desk.start(), "must", choice="bad", language="ru")
    there = Desk(desk.session, Shelf(), desk.who, clock.now).start()
    assert there.drawn == sitting.drawn
    assert there.state == sitting.state
    assert there.state.languages == {"must": "ru"}


def test_a_seed_gives_the_same_questions_and_orders_again(desk: Desk, organisation_id: str) -> None:
    other = Desk(desk.session, desk.shelf, trial.learner(desk.session, organisation_id), desk.now)
    assert desk.start(seed=5).drawn == other.start(seed=5).drawn
    assert desk.start().row.seed == 5


def test_a_later_try_draws_the_other_questions_of_a_pool(desk: Desk) -> None:
    first = {one.question_id for one in desk.take(seed=3, right=False).drawn}
    second = {one.question_id for one in desk.start(seed=3).drawn}
    assert first & second == {"must"}
    assert first | second == {"t1", "t2", "t3", "t4", "must"}


def test_tries_are_counted(desk: Desk) -> None:
    for _ in range(3):
        desk.take(right=False)
    with pytest.raises(Refused, match="no-attempts-left"):
        desk.start()


def test_a_baseline_is_taken_once_and_is_done_whatever_the_answers(desk: Desk) -> None:
    desk.submit(desk.answer(desk.start("before"), "known", choice="that"))
    with pytest.raises(Refused, match="no-attempts-left"):
        desk.start("before")
    row = progress_store.find_summary_row(desk.session, desk.who.person_id, "trial")
    assert row is not None
    assert row.done == ["before"]


def test_an_answer_is_kept_raw_with_its_language_and_only_the_hour(desk: Desk) -> None:
    sitting = desk.answer(desk.start(), "must", choice="bad", language="kk")
    (step,) = attempts.list_steps(desk.session, sitting.row.id)
    assert (step.response, step.language, step.at) == ({"kind": "single", "value": "bad"}, "kk", hour(desk.now))


def test_the_same_form_twice_counts_once(desk: Desk) -> None:
    sitting = desk.start()
    for _ in range(3):
        sitting = desk.answer(sitting, "must", choice="bad", key="form-1")
    assert given(desk, sitting.row.id) == [("must", "bad", "en")]


def test_in_two_tabs_the_last_answer_wins_and_none_is_lost(desk: Desk) -> None:
    sitting = desk.start()
    desk.answer(sitting, "must", choice="bad", key="tab-1")
    desk.answer(sitting, "must", choice="good", key="tab-2")
    sitting = desk.answer(sitting, "must", choice="worse", key="tab-1")  # back in the first tab, its page as it was
    assert [value for _, value, _ in given(desk, sitting.row.id)] == ["bad", "good", "worse"]
    assert desk.answer(sitting, "must", choice="bad", key="tab-1").state.responses["must"].text() == "bad"


def test_a_key_of_one_question_does_not_swallow_the_answer_to_another(desk: Desk) -> None:
    sitting = desk.start("hello")
    desk.answer(sitting, "hinted", choice="child", key="same")
    sitting = desk.answer(sitting, "typed", text="Covenant", key="same")
    assert set(sitting.state.responses) == {"hinted", "typed"}


def test_an_answer_can_be_taken_back_in_a_test(desk: Desk) -> None:
    sitting = desk.answer(desk.answer(desk.start(), "must", choice="good"), "must")
    assert "must" not in sitting.state.responses
    assert [value for _, value, _ in given(desk, sitting.row.id)] == ["good", None]


@pytest.mark.parametrize("choice", ["elsewhere", "", "GOOD"])
def test_an_answer_that_cannot_be_used_is_told_and_not_kept(desk: Desk, choice: str) -> None:
    sitting = desk.start()
    if choice:
        with pytest.raises(Invalid, match="answer-unusable") as caught:
            desk.answer(sitting, "must", choice=choice)
        assert [problem.code for problem in caught.value.problems] == ["unknown-choice"]
    else:
        desk.answer(sitting, "must", choice=choice)
    assert attempts.list_steps(desk.session, sitting.row.id) == []


def test_a_question_that_was_not_drawn_is_not_there(desk: Desk) -> None:
    sitting = desk.start()
    hidden = {"t1", "t2", "t3", "t4"} - {one.question_id for one in sitting.drawn}
    for question in (*hidden, "nothing"):
        with pytest.raises(NotFound):
            desk.answer(sitting, question, choice="yes")


def test_time_has_grace_and_then_takes_nothing_more(desk: Desk) -> None:
    sitting = desk.answer(desk.start(), "must", choice="good")
    began = desk.now
    desk.now = began + timedelta(minutes=30, seconds=50)
    sitting = desk.answer(sitting, sitting.drawn[0].question_id, choice="yes")
    desk.now = began + timedelta(minutes=31, seconds=5)
    with pytest.raises(Refused, match="time-over"):
        desk.answer(sitting, "must", choice="bad")
    ended = desk.submit(sitting)
    assert (ended.row.state, len(ended.state.responses), ended.row.fraction_e4, ended.row.passed) == ("expired", 2, 6667, True)


def test_beginning_after_the_time_hands_in_what_was_saved_and_begins_anew(desk: Desk) -> None:
    first = desk.answer(desk.start(), "must", choice="good").row
    desk.now += timedelta(hours=2)
    second = desk.start().row
    assert (first.state, first.fraction_e4, second.state, second.number) == ("expired", 3333, "open", first.number + 1)


def test_the_last_try_is_handed_in_though_no_other_may_begin(desk: Desk) -> None:
    for _ in range(2):
        desk.take(right=False)
    last = desk.answer(desk.start(), "must", choice="good")
    desk.now += timedelta(hours=2)
    ended = desk.start()
    assert (ended.row.id, ended.row.state, ended.row.fraction_e4) == (last.row.id, "expired", 3333)


def test_handing_in_twice_changes_nothing(desk: Desk) -> None:
    sitting = desk.take()
    before = kinds(desk)
    desk.now += timedelta(hours=5)
    again = desk.submit(sitting)
    assert again.state.responses == sitting.state.responses
    assert again.grade() == sitting.grade()
    assert kinds(desk) == before == ["attempted", "passed", "critical"]
    with pytest.raises(Refused, match="attempt-closed"):
        desk.answer(sitting, "must", choice="bad")


def test_times_are_kept_to_the_hour_once_it_is_over(desk: Desk) -> None:
    row = desk.take().row
    assert (row.started_at, row.submitted_at, row.ends_at) == (hour(desk.now), hour(desk.now), None)


def test_somebody_elses_attempt_is_not_there(desk: Desk, organisation_id: str) -> None:
    sitting = desk.start()
    stranger = Desk(desk.session, desk.shelf, trial.learner(desk.session, organisation_id), desk.now)
    with pytest.raises(NotFound, match="no-attempt"):
        stranger.answer(sitting, "must", choice="bad")
    with pytest.raises(NotFound, match="no-attempt"):
        stranger.submit(sitting)


def test_an_attempt_of_another_organisation_is_not_there(database: Database, desk: Desk) -> None:
    sitting = desk.start()
    desk.session.commit()
    with database.transaction() as session, everyone(session):
        other = make_organisation(session)
        who = trial.identity(make_person(session, other.id))
    with database.read(other.id) as session, pytest.raises(NotFound, match="no-attempt"):
        attempt.load(session, desk.shelf, who, sitting.row.id)


def test_practice_gives_one_try_more_than_hints_and_costs_for_wrong_ones(desk: Desk) -> None:
    sitting = desk.answer(desk.start("hello"), "hinted", choice="child")
    sitting = desk.answer(sitting, "hinted", choice="state")
    mark = next(one for one in sitting.grade().by_question if one.question_id == "hinted")
    assert (sitting.state.tries["hinted"], mark.fraction_e4) == (2, 6667)
    with pytest.raises(Refused, match="no-tries-left"):
        desk.answer(sitting, "hinted", choice="nobody")
    with pytest.raises(Refused, match="nothing-answered"):
        desk.answer(sitting, "typed", text=" ")


def test_the_same_practice_form_twice_is_one_try(desk: Desk) -> None:
    sitting = desk.start("hello")
    desk.answer(sitting, "hinted", choice="child", key="one")
    desk.answer(sitting, "hinted", choice="child", key="one")
    assert desk.answer(sitting, "hinted", choice="state", key="one").state.tries["hinted"] == 2


def test_a_typed_answer_may_be_in_any_language(desk: Desk) -> None:
    sitting = desk.answer(desk.start("hello"), "typed", text="пакт", language="kk")
    assert sitting.state.right == {"typed"}


def test_practice_follows_the_lesson_into_a_new_release(desk: Desk) -> None:
    old = desk.answer(desk.start("hello"), "hinted", choice="child")
    second = trial.release(desk.session, desk.shelf, desk.now, hello=("::: short-text", NEW_QUESTION + "\n::: short-text"))
    sitting = desk.answer(desk.start("hello"), "fresh", choice="yes")
    assert (sitting.row.id, sitting.row.release_id) == (old.row.id, second)
    assert set(sitting.state.responses) == {"hinted", "fresh"}
    row = progress_store.find_summary_row(desk.session, desk.who.person_id, "trial")
    assert row is not None
    assert row.release_id == second


def test_a_drill_of_its_own_stays_with_its_release(desk: Desk) -> None:
    old = desk.start("drill")
    trial.release(desk.session, desk.shelf, desk.now, drill=("How many?", "How many now?"))
    assert desk.start("drill").row.release_id == old.row.release_id
    assert desk.submit(desk.answer(old, "count", text="3")).row.state == "submitted"


def test_mistakes_show_what_may_be_shown_and_drop_what_was_right_later(desk: Desk) -> None:
    def mistakes() -> list[str]:
        return [question for _, question in attempt.list_mistakes(desk.session, desk.shelf, desk.who, "trial")]

    practice = desk.answer(desk.start("hello"), "hinted", choice="child")
    desk.answer(practice, "typed", text="Charter")
    desk.submit(desk.answer(desk.start("before"), "known", choice="that"))
    assert mistakes() == ["typed"]  # a hint is left for the other; the baseline tells nothing
    desk.answer(practice, "hinted", choice="nobody")
    assert sorted(mistakes()) == ["hinted", "typed"]
    desk.answer(practice, "typed", text="Covenant")
    assert mistakes() == ["hinted"]
    desk.take(right=False, must="bad")
    desk.take(right=False, must="bad")
    last = desk.answer(desk.start(), "must", choice="bad")
    assert mistakes() == ["hinted"]  # the test is not passed, and a try is under way
    desk.submit(last)
    assert set(mistakes()) > {"hinted", "must"}


def test_a_passed_test_explains_its_mistakes(desk: Desk) -> None:
    desk.take(must="bad")
    found = attempt.list_mistakes(desk.session, desk.shelf, desk.who, "trial")
    assert [question for _, question in found] == ["must"]
    desk.take()
    assert attempt.list_mistakes(desk.session, desk.shelf, desk.who, "trial") == []


def test_the_answers_of_a_failed_test_wait_for_a_pass_or_the_last_try(desk: Desk) -> None:
    def withheld() -> list[str]:
        return [sitting.row.id for sitting in attempt.list_withheld(desk.session, desk.shelf, desk.who, "trial")]

    desk.submit(desk.answer(desk.start("before"), "known", choice="that"))
    assert withheld() == []  # a baseline is never explained
    desk.take(right=False, must="bad")
    latest = desk.take(right=False, must="bad")
    desk.start()
    assert withheld() == [latest.row.id]
    desk.take()
    assert withheld() == []


def test_critical_questions_decide_the_course_though_the_mark_is_reached(desk: Desk) -> None:
    sitting = desk.take(must="bad")
    assert (sitting.grade().passed, sitting.grade().critical_right) == (True, False)
    row = progress_store.find_summary_row(desk.session, desk.who.person_id, "trial")
    assert row is not None
    assert row.done == []
    desk.take()
    assert row.done == ["final"]


def test_an_open_answer_waits_and_a_pass_is_never_taken_back(desk: Desk) -> None:
    waiting = "\n::: open {#case weight=0.1}\nWhat first?\n\nrubric: names a duty\n:::\n"
    trial.release(desk.session, desk.shelf, desk.now, final=("::: pool {#bank", waiting + "\n::: pool {#bank"))
    sitting = desk.start()
    desk.answer(sitting, "case", text="I would write it down.")
    for drawn in sitting.drawn[1:]:
        desk.answer(sitting, drawn.question_id, choice="good" if drawn.question_id == "must" else "yes")
    ended = desk.submit(sitting)
    assert (ended.grade().needs_marking, ended.row.passed, "passed" in kinds(desk)) == (True, True, True)


def test_a_page_that_is_no_more_can_still_be_finished_but_not_begun(desk: Desk) -> None:
    sitting = desk.start("drill")
    trial.release(desk.session, desk.shelf, desk.now, toml=('"drill", ', ""), drill=(trial.DRILL, ""))
    assert desk.start("drill").row.id == sitting.row.id
    assert desk.submit(desk.answer(sitting, "count", text="3")).row.state == "submitted"
    with pytest.raises(NotFound, match="no-page"):
        desk.start("drill")


def test_two_clicks_at_once_begin_one_attempt(database: Database, desk: Desk) -> None:
    desk.session.commit()

    def click(seed: int) -> str:
        with database.transaction(desk.who.organisation_id) as session:
            return Desk(session, desk.shelf, desk.who, desk.now).start(seed=seed).row.id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(8)))) == 1
