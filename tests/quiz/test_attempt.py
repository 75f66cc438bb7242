from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.errors import ElearnError, Invalid, NotFound, Refused
from elearn.quiz.attempt import (
    GRACE,
    AttemptState,
    State,
    Step,
    answer,
    apply,
    awaiting,
    check_start,
    ends_at,
    expire,
    grade_attempt,
    last_try,
    mark,
    regrade,
    replay,
    submit,
)
from elearn.quiz.draw import draw
from elearn.quiz.kind import Response
from elearn.quiz.model import Accepted, Choice, Form, Number, Quiz, SingleChoice
from elearn.quiz.response import parse
from tests.quiz.questions import BRANCHING, EXAMPLES, MATCHING, NUMBER, OPEN, SHORT_TEXT, SINGLE, choices, make_quiz, posts_for, said

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HINTED = replace(SINGLE, hints=("one",), penalty=0.25)


class Sitting:
    """A quiz being taken: makes steps, applies them and keeps them."""

    def __init__(self, quiz: Quiz) -> None:
        self.quiz, self.drawn = quiz, draw(quiz, 1)
        self.ends = ends_at(quiz, NOON)
        self.state, self.steps, self.now = AttemptState(), list[Step](), NOON

    def add(self, step: Step) -> AttemptState:
        self.steps.append(step)
        self.state = apply(self.quiz, self.drawn, self.state, step)
        return self.state

    def answer(self, question_id: str, response: Response | None) -> AttemptState:
        return self.add(answer(self.quiz, self.drawn, self.state, question_id, response, now=self.now, language="en", ends=self.ends))

    def submit(self) -> AttemptState:
        return self.add(submit(self.state, now=self.now, language="en", ends=self.ends))

    def expire(self) -> AttemptState:
        return self.add(expire(self.state, now=self.now, ends=self.ends))

    def mark(self, question_id: str, fraction_e4: int) -> AttemptState:
        return self.add(mark(self.quiz, self.drawn, self.state, question_id, fraction_e4, now=self.now, language="ru"))

    def make(self, move: str) -> AttemptState:
        """A move by name."""
        if move == "mark":
            return self.mark("open", 2500)
        return self.submit() if move == "submit" else self.expire()

    def fraction_e4(self) -> int:
        return grade_attempt(self.quiz, self.drawn, self.state).fraction_e4


def refusal(error: type[ElearnError], code: str) -> pytest.RaisesExc[ElearnError]:
    return pytest.RaisesExc(error, match=f"^{code}$")


def test_an_attempt_may_start_while_none_is_open_and_some_are_left() -> None:
    check_start(make_quiz(SINGLE), ["submitted"] * 50)
    check_start(make_quiz(SINGLE, tries=2), ["expired"])
    with refusal(Refused, "no-attempts-left"):
        check_start(make_quiz(SINGLE, tries=2), ["expired", "marked"])
    with refusal(Refused, "attempt-open"):
        check_start(make_quiz(SINGLE), ["submitted", "open"])


def test_the_last_try_is_known() -> None:
    assert [last_try(make_quiz(SINGLE, tries=2), n) for n in (1, 2)] == [False, True]
    assert not last_try(make_quiz(SINGLE), 100)


def test_in_a_test_an_answer_may_be_changed_and_taken_back_until_it_is_handed_in() -> None:
    sitting = Sitting(make_quiz(SINGLE, NUMBER))
    sitting.answer("single", said(SINGLE, "b"))
    sitting.answer("single", said(SINGLE, "a"))
    sitting.answer("number", said(NUMBER, "9.5"))
    assert sitting.fraction_e4() == 10_000
    sitting.answer("number", None)
    assert sitting.state.responses == {"single": said(SINGLE, "a")}
    assert sitting.state.tries == {}
    assert sitting.submit().state == "submitted"
    assert sitting.state.ended_at == NOON
    assert [step.number for step in sitting.steps] == [1, 2, 3, 4, 5]


def test_a_closed_attempt_takes_nothing_more() -> None:
    sitting = Sitting(make_quiz(SINGLE))
    sitting.submit()
    with refusal(Refused, "attempt-closed"):
        sitting.answer("single", said(SINGLE, "a"))
    with refusal(Refused, "attempt-closed"):
        sitting.submit()
    with refusal(Refused, "attempt-closed"):
        sitting.expire()


def test_a_question_that_was_not_drawn_does_not_exist() -> None:
    sitting = Sitting(make_quiz(SINGLE))
    with refusal(NotFound, "question"):
        sitting.answer("number", said(NUMBER, "1"))
    with refusal(NotFound, "question"):
        sitting.mark("open", 1)


def test_answers_are_taken_until_the_grace_is_over() -> None:
    sitting = Sitting(make_quiz(SINGLE, minutes_limit=30))
    assert sitting.ends == NOON + timedelta(minutes=30)
    sitting.now = NOON + timedelta(minutes=30) + GRACE
    sitting.answer("single", said(SINGLE, "a"))
    with refusal(Refused, "time-left"):
        sitting.expire()
    sitting.now += timedelta(seconds=1)
    with refusal(Refused, "time-over"):
        sitting.answer("single", said(SINGLE, "b"))
    assert sitting.expire().state == "expired"
    assert sitting.fraction_e4() == 10_000


def test_handing_in_too_late_is_an_expiry_with_what_was_saved() -> None:
    sitting = Sitting(make_quiz(SINGLE, minutes_limit=1))
    sitting.now = NOON + timedelta(hours=1)
    assert sitting.submit().state == "expired"


def test_an_attempt_without_a_limit_never_expires() -> None:
    sitting = Sitting(make_quiz(SINGLE))
    sitting.now += timedelta(days=1000)
    with refusal(Refused, "time-left"):
        sitting.expire()


def test_practice_counts_tries_and_stops_when_they_are_used_up() -> None:
    sitting = Sitting(make_quiz(HINTED, form="practice"))
    sitting.answer("single", said(SINGLE, "b"))
    sitting.answer("single", said(SINGLE, "c"))
    assert (sitting.state.tries, sitting.state.wrong_tries) == ({"single": 2}, {"single": 2})
    with refusal(Refused, "no-tries-left"):
        sitting.answer("single", said(SINGLE, "a"))
    assert sitting.fraction_e4() == 0


def test_practice_takes_the_cost_of_wrong_tries_off_and_stops_at_the_right_answer() -> None:
    sitting = Sitting(make_quiz(HINTED, form="practice"))
    sitting.answer("single", said(SINGLE, "b"))
    sitting.answer("single", said(SINGLE, "a"))
    assert sitting.state.right == {"single"}
    assert sitting.fraction_e4() == 7500
    with refusal(Refused, "no-tries-left"):
        sitting.answer("single", said(SINGLE, "b"))


def test_a_partly_right_answer_costs_nothing_before_the_next_try() -> None:
    sitting = Sitting(make_quiz(MATCHING, form="practice"))
    sitting.answer("matching", said(MATCHING, {"s": "x", "t": "y", "u": "y"}))
    assert sitting.fraction_e4() == 6667


def test_the_same_answer_sent_twice_and_part_of_an_answer_are_no_tries() -> None:
    sitting = Sitting(make_quiz(MATCHING, form="practice"))
    sitting.answer("matching", said(MATCHING, {"s": "x"}))
    assert sitting.state.tries == {}
    wrong = said(MATCHING, {"s": "z", "t": "z", "u": "z"})
    sitting.answer("matching", wrong)
    sitting.answer("matching", wrong)
    assert sitting.state.tries == {"matching": 1}


def test_practice_wants_an_answer() -> None:
    with refusal(Refused, "nothing-answered"):
        Sitting(make_quiz(SINGLE, form="practice")).answer("single", None)


def test_practice_counts_what_only_a_person_can_mark_as_a_try_that_costs_nothing() -> None:
    sitting = Sitting(make_quiz(OPEN, form="practice"))
    sitting.answer("open", said(OPEN, "…"))
    assert (sitting.state.tries, sitting.state.wrong_tries) == ({"open": 1}, {})


def test_an_open_answer_is_marked_by_hand_after_the_attempt_and_may_be_marked_again() -> None:
    sitting = Sitting(make_quiz(OPEN, replace(OPEN, id="other"), SINGLE))
    sitting.answer("open", said(OPEN, "…"))
    sitting.answer("other", said(OPEN, "…"))
    with refusal(Refused, "attempt-open"):
        sitting.mark("open", 5000)
    sitting.submit()
    assert awaiting(sitting.quiz, sitting.drawn, sitting.state) == ("open", "other")
    assert sitting.mark("open", 5000).state == "submitted"
    assert sitting.mark("other", 10_000).state == "marked"
    assert sitting.mark("open", 10_000).marks == {"open": 10_000, "other": 10_000}
    assert sitting.fraction_e4() == 6667


def test_only_answered_open_questions_are_marked_and_within_bounds() -> None:
    sitting = Sitting(make_quiz(OPEN, SINGLE))
    sitting.answer("single", said(SINGLE, "a"))
    sitting.submit()
    for question_id in ("open", "single"):
        with refusal(Refused, "not-marked-by-hand"):
            sitting.mark(question_id, 1)
    answered = Sitting(make_quiz(OPEN))
    answered.answer("open", said(OPEN, "…"))
    answered.submit()
    for fraction_e4 in (-1, 10_001):
        with refusal(Invalid, "mark-out-of-range"):
            answered.mark("open", fraction_e4)


def test_a_mark_step_without_a_mark_counts_as_nothing() -> None:
    quiz = make_quiz(OPEN)
    state = apply(quiz, draw(quiz, 1), AttemptState(state="submitted"), Step(1, "mark", "open", None, NOON))
    assert state.marks == {"open": 0}


responses = st.sampled_from(EXAMPLES).flatmap(lambda q: st.tuples(st.just(q.id), posts_for(q)))
moves = st.lists(st.one_of(responses, st.sampled_from(("submit", "expire", "mark"))), max_size=25)


@given(st.sampled_from(("practice", "test", "baseline")), moves)
def test_a_replay_of_the_steps_is_what_happened_live(form: Form, plan: list[tuple[str, dict[str, list[str]]] | str]) -> None:
    hinted = tuple(replace(question, hints=("one",)) for question in EXAMPLES)
    sitting = Sitting(make_quiz(*hinted, form=form, minutes_limit=10))
    states: list[State] = ["open"]
    for move in plan:
        sitting.now += timedelta(seconds=40)
        try:
            if isinstance(move, tuple):
                question = sitting.quiz.question(move[0])
                assert question is not None
                sitting.answer(move[0], parse(question, move[1])[0])
            else:
                sitting.make(move)
        except Refused:
            continue
        states.append(sitting.state.state)
    assert replay(sitting.quiz, sitting.drawn, sitting.steps) == sitting.state
    assert regrade(sitting.quiz, sitting.quiz, sitting.drawn, sitting.steps) == sitting.state
    assert states == sorted(states, key=("open", "submitted", "expired", "marked").index)
    assert [step.number for step in sitting.steps] == list(range(1, len(sitting.steps) + 1))
    assert 0 <= sitting.fraction_e4() <= 10_000


def _submitted(quiz: Quiz, response: Response) -> Sitting:
    sitting = Sitting(quiz)
    sitting.answer(quiz.slots[0].id, response)
    sitting.submit()
    return sitting


def test_a_regrade_is_a_replay_with_the_new_key() -> None:
    sitting = _submitted(make_quiz(SINGLE), said(SINGLE, "b"))
    corrected = replace(SINGLE, choices=(Choice("c", "c"), Choice("b", "b", right=True), Choice("a", "a")))
    new = make_quiz(corrected)
    state = regrade(sitting.quiz, new, sitting.drawn, sitting.steps)
    assert sitting.fraction_e4() == 0
    assert grade_attempt(new, sitting.drawn, state).fraction_e4 == 10_000


@pytest.mark.parametrize(
    "new",
    [
        replace(SINGLE, choices=choices("a", "b")),
        replace(SINGLE, choices=choices("a", "bd")),
        Number(id="single", prompt="?", answer=1),
        replace(SINGLE, id="renamed"),
    ],
)
def test_a_regrade_to_a_question_with_other_options_is_refused(new: SingleChoice | Number) -> None:
    sitting = _submitted(make_quiz(SINGLE), said(SINGLE, "b"))
    with refusal(Refused, "options-changed"):
        regrade(sitting.quiz, make_quiz(new), sitting.drawn, sitting.steps)


def test_a_question_gone_from_the_old_version_refuses_a_regrade_too() -> None:
    sitting = _submitted(make_quiz(SINGLE), said(SINGLE, "b"))
    with refusal(Refused, "options-changed"):
        regrade(make_quiz(BRANCHING), sitting.quiz, sitting.drawn, sitting.steps)


def test_a_replay_leaves_out_answers_to_questions_that_are_gone() -> None:
    sitting = _submitted(make_quiz(SINGLE), said(SINGLE, "b"))
    state = replay(make_quiz(NUMBER), sitting.drawn, sitting.steps)
    assert (state.state, state.responses, state.last_number) == ("submitted", {}, 2)


def test_in_a_regrade_of_practice_what_came_after_the_right_answer_changes_nothing() -> None:
    sitting = Sitting(make_quiz(SINGLE, form="practice"))
    sitting.answer("single", said(SINGLE, "b"))
    sitting.answer("single", said(SINGLE, "a"))
    corrected = replace(SINGLE, choices=(Choice("a", "a"), Choice("b", "b", right=True), Choice("c", "c")))
    state = regrade(sitting.quiz, make_quiz(corrected, form="practice"), sitting.drawn, sitting.steps)
    assert state.responses == {"single": said(SINGLE, "b")}
    assert state.wrong_tries == {}


def test_practice_knows_the_wordings_of_other_languages() -> None:
    quiz = make_quiz(SHORT_TEXT, form="practice")
    step = Step(1, "answer", "short-text", said(SHORT_TEXT, "кукык"), NOON, "ru")
    accepted = {"short-text": {"kk": (Accepted("kk", "құқық"),)}}
    state = replay(quiz, draw(quiz, 1), [step], accepted=accepted)  # type: ignore[arg-type]  # a literal key is a str
    assert state.right == {"short-text"}


def test_steps_build_on_each_other_without_changing_earlier_states() -> None:
    quiz = make_quiz(SINGLE)
    drawn, first = draw(quiz, 1), AttemptState()
    steps = [Step(n, "answer", "single", said(SINGLE, c), NOON) for n, c in enumerate("abc", 1)]
    reduce(lambda state, step: apply(quiz, drawn, state, step), steps, first)
    assert first == AttemptState()
