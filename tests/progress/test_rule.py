from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.course.model import Box, Case, CompletionRule, CountryBlock, Prose
from elearn.progress.facts import Fact, FactKind
from elearn.progress.rule import Progress, asked_questions, next_page, progress
from elearn.quiz.model import Pool
from tests.progress.courses import make_course, make_fact, make_lesson, make_quiz_page
from tests.quiz.questions import MATCHING, NUMBER, OPEN, SINGLE, TRUE_FALSE

COURSE = make_course(make_lesson("one"), make_lesson("two"), make_quiz_page("final"), make_quiz_page("extra"))


def test_nothing_done_is_nothing_done() -> None:
    assert progress(COURSE, []) == Progress(frozenset(), ("one", "two", "final"), 0, complete=False)


def test_a_course_is_complete_when_lessons_are_read_and_its_quizzes_passed() -> None:
    facts = [make_fact("read", "one"), make_fact("practised", "two", "q"), make_fact("passed", "final", "a1")]
    assert progress(COURSE, facts) == Progress(frozenset({"one", "two", "final"}), (), 100, complete=True)


@pytest.mark.parametrize("kind", ["opened", "attempted", "critical", "marked"])
def test_opening_or_trying_is_not_doing(kind: FactKind) -> None:
    assert progress(COURSE, [make_fact(kind, page) for page in ("one", "two", "final")]).done == frozenset()


def test_the_percentage_is_rounded_down() -> None:
    assert progress(COURSE, [make_fact("read", "one")]).percent == 33
    assert progress(COURSE, [make_fact("read", "one"), make_fact("read", "two")]).percent == 66


def test_a_quiz_the_rule_does_not_ask_for_is_done_but_does_not_count() -> None:
    found = progress(COURSE, [make_fact("passed", "extra", "a1")])
    assert found.done == {"extra"}
    assert found.percent == 0


def test_pages_that_are_gone_do_not_count_and_new_ones_are_open() -> None:
    facts = [make_fact("read", "one"), make_fact("read", "gone"), make_fact("passed", "final", "a1", release=1)]
    renewed = make_course(make_lesson("one"), make_lesson("new"), make_quiz_page("final"))
    assert progress(renewed, facts) == Progress(frozenset({"one", "final"}), ("new",), 66, complete=False)


def test_a_quiz_in_the_rule_that_the_course_does_not_have_is_not_asked_for() -> None:
    course = make_course(make_lesson("one"), completion=CompletionRule(quizzes=("gone",)))
    assert progress(course, [make_fact("read", "one")]).complete


def test_a_baseline_is_done_when_it_was_attempted() -> None:
    course = make_course(make_quiz_page("before", "baseline"), completion=CompletionRule(quizzes=("before",)))
    assert progress(course, [make_fact("attempted", "before", "a1")]).complete


def test_critical_questions_must_be_right_in_the_passing_attempt_itself() -> None:
    course = make_course(
        make_quiz_page("final"), make_quiz_page("extra"), completion=CompletionRule("none", quizzes=("final",), critical=True)
    )
    apart = [make_fact("passed", "final", "a1"), make_fact("critical", "final", "a2")]
    assert not progress(course, apart).complete
    assert progress(course, [*apart, make_fact("critical", "final", "a1")]).complete
    assert progress(course, [make_fact("passed", "extra", "a3")]).done == {"extra"}


def test_a_rule_that_asks_for_nothing_is_never_complete() -> None:
    course = make_course(make_lesson("one"), make_lesson("two"), completion=CompletionRule("none"))
    assert progress(course, [make_fact("read", "one")]) == Progress(frozenset({"one"}), (), 50, complete=False)
    assert progress(make_course(), []) == Progress(frozenset(), (), 0, complete=False)


@pytest.mark.parametrize(
    ("done", "last", "found"),
    [
        ([], "extra", "extra"),  # it is not asked for, but somebody is at it
        (["extra"], "extra", "one"),
        (["one"], "one", "two"),
        (["two"], "gone", "one"),
        (["one", "two", "final"], "final", "extra"),
        (["one", "two", "final", "extra"], "final", ""),
    ],
)
def test_one_goes_on_where_one_was_and_then_with_what_is_left(done: list[str], last: str, found: str) -> None:
    assert next_page(COURSE, done, last) == found


def test_where_practice_is_asked_every_question_that_everybody_meets_must_be_answered() -> None:
    blocks = (
        Prose("…"),
        SINGLE,
        Box("activity", (NUMBER, Case("…", made_up=True, blocks=(OPEN,)))),
        CountryBlock("KZ", (TRUE_FALSE,)),
        Pool("pool", 1, (MATCHING,)),
    )
    lesson = replace(make_lesson("one"), blocks=blocks)
    assert [question.id for question in asked_questions(blocks)] == ["single", "number", "open", "matching"]
    course = make_course(lesson, make_lesson("two"), completion=CompletionRule("practised"))
    facts = [
        make_fact("read", "one"),
        make_fact("read", "two"),
        *(make_fact("practised", "one", ref) for ref in ("single", "number", "open")),
    ]
    assert progress(course, facts).missing == ("one",)
    assert progress(course, [*facts, make_fact("practised", "one", "matching")]).complete


pages = st.sampled_from(("one", "two", "final", "extra", "gone"))
kinds = st.sampled_from(("opened", "read", "practised", "attempted", "passed", "critical", "marked"))
logs = st.lists(st.builds(make_fact, kinds, pages, st.sampled_from(("", "a1")), st.integers(1, 3)), max_size=12)


@given(logs, logs)
def test_more_facts_never_take_anything_back(facts: list[Fact], more: list[Fact]) -> None:
    before, after = progress(COURSE, facts), progress(COURSE, facts + more)
    assert before.done <= after.done
    assert before.percent <= after.percent <= 100
    assert after.complete >= before.complete
    assert after.complete is (after.percent == 100)


@given(logs, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(facts: list[Fact], chance: Random) -> None:
    mixed = facts + facts[:3]
    chance.shuffle(mixed)
    assert progress(COURSE, mixed) == progress(COURSE, facts)
