from elearn.course.model import CompletionRule
from elearn.progress.outline import OutlinePage, next_page, outline
from elearn.progress.rule import progress
from tests.progress.courses import make_course, make_fact, make_lesson, make_quiz_page

COURSE = make_course(make_quiz_page("before", "baseline"), make_lesson("one"), make_lesson("two"), make_quiz_page("final"))


def test_every_page_has_its_module_and_its_state() -> None:
    found = outline(COURSE, progress(COURSE, [make_fact("read", "one")]))
    assert found == (
        OutlinePage("m1", "before", "open"),
        OutlinePage("m2", "one", "done"),
        OutlinePage("m2", "two", "next"),
        OutlinePage("m2", "final", "open"),
    )


def test_what_the_rule_asks_for_comes_before_what_is_left() -> None:
    done = progress(COURSE, [make_fact("read", "one"), make_fact("read", "two"), make_fact("passed", "final", "a1")])
    assert done.complete
    assert next_page(COURSE, done) == "before"


def test_after_everything_nothing_is_next() -> None:
    course = make_course(make_lesson("one"), completion=CompletionRule())
    done = progress(course, [make_fact("read", "one")])
    assert next_page(course, done) is None
    assert [page.state for page in outline(course, done)] == ["done"]
