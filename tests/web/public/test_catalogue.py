"""Home, catalogue and course page, for visitors, learners and those who are done."""

import pytest

from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from elearn.store.releases import get_release
from tests.factories import make_enrolment, make_summary
from tests.visitor import Seen, Visitor, filled, text_of
from tests.web.conftest import Publish
from tests.web.teaching import COURSE, certificate, complete, publish_changed

CATALOGUE = "/en/courses/"


_RUSSIAN = 'msgid "Boxes"\nmsgstr "Рамки"\n'


@pytest.fixture
def both(publish_course: Publish, runtime: Runtime) -> tuple[int, int]:
    """A short public course and one for members that is in Russian too."""
    title = '\nmsgid "Everything \\"once\\""\nmsgstr "Всё один раз"\n'
    return publish_course("minimal"), publish_changed(runtime, "every_kind", (_RUSSIAN, _RUSSIAN + title))


def _codes(page: Seen) -> list[str]:
    return [text_of(card.findall(".//li")[0]) for card in page.all("article")]


def test_an_empty_installation_says_so(visitor: Visitor) -> None:
    assert "No course has been published here yet." in visitor.get("/en/").text
    assert "0 of 0 courses" in visitor.get(CATALOGUE).text


def test_the_home_page_shows_courses_and_the_way_in(visitor: Visitor, member: Visitor, both: tuple[int, int]) -> None:
    page = visitor.get("/en/")
    assert _codes(page) == ["T00", "T01"]
    main = page.one("main")
    assert [link.get("href") for link in main.iter("a") if text_of(link) == "Join"] == ["/en/account/join"]
    assert "Join" not in text_of(member.get("/en/").one("main"))


def test_what_is_promised_can_be_read_before_joining(visitor: Visitor) -> None:
    assert "What we cannot promise" in visitor.get("/en/safety").text


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("", ["T00", "T01"]),
        ("language=en", ["T00", "T01"]),
        ("language=ru", ["T01"]),
        ("language=xx", []),
        ("country=KZ", ["T00", "T01"]),
        ("country=DE", []),
        ("topic=safety", ["T01"]),
        ("topic=foundations", ["T00", "T01"]),
        ("topic=justice", []),
        ("length=short", ["T00", "T01"]),
        ("length=long", []),
        ("language=ru&topic=safety&country=TJ&length=short", ["T01"]),
        ("language=ru&topic=justice", []),
        ("language=&country=&topic=&length=", ["T00", "T01"]),
        ("unknown=1&language=en&language=ru", ["T00", "T01"]),
    ],
)
def test_filters_narrow_the_catalogue(visitor: Visitor, both: tuple[int, int], asked: str, codes: list[str]) -> None:
    page = visitor.get(f"{CATALOGUE}?{asked}")
    assert _codes(page) == codes
    assert f"{len(codes)} of 2 courses" in page.text
    if not codes:
        assert "No course fits all of this." in page.text


@pytest.mark.parametrize(("minutes", "length"), [(90, "short"), (91, "middle"), (160, "middle"), (161, "long")])
def test_lengths_have_clear_ends(visitor: Visitor, runtime: Runtime, minutes: int, length: str) -> None:
    publish_changed(runtime, "minimal", ("minutes = 5\n", f"minutes = {minutes}\n"))
    for asked in ("short", "middle", "long"):
        assert _codes(visitor.get(f"{CATALOGUE}?length={asked}")) == (["T00"] if asked == length else [])


def test_what_was_filtered_by_stays_chosen(visitor: Visitor, both: tuple[int, int]) -> None:
    page = visitor.get(f"{CATALOGUE}?language=ru&country=TM&topic=safety&length=short")
    form = next(form for form in page.all("form", method="get") if form.get("action") == CATALOGUE)
    assert filled(form) == {"language": ["ru"], "country": ["TM"], "topic": ["safety"], "length": ["short"]}
    links = {link.get("hreflang"): link.get("href", "") for link in page.all("a") if link.get("hreflang")}
    assert links["kk"] == "/kk/courses/?language=ru&country=TM&topic=safety&length=short"


def test_a_card_names_the_languages_a_course_is_in(visitor: Visitor, both: tuple[int, int]) -> None:
    cards = {text_of(card.findall(".//li")[0]): text_of(card) for card in visitor.get(CATALOGUE).all("article")}
    assert "Русский" not in cards["T00"]
    assert "Русский" in cards["T01"]


def test_a_visitor_sees_what_a_course_is_about_and_where_it_begins(visitor: Visitor, both: tuple[int, int]) -> None:
    page = visitor.get(COURSE)
    assert page.heading == 'Everything "once"'
    for words in ("T01", "1 h", "Foundations, Safety", "Kazakhstan, Tajikistan, Turkmenistan", "Tell a right from a duty"):
        assert words in page.text
    assert "You complete the course by reading every lesson and passing the final test with at least 70%." in page.text
    assert "You need an account for this course." in page.text
    begin = next(link for link in page.all("a", class_="button") if text_of(link) == "Begin")
    assert begin.get("href") == f"{COURSE}lessons/blocks/"
    assert "pages done" not in page.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('quizzes = ["final"]', "quizzes = []"), "You complete the course by reading every lesson."),
        (('lessons = "practised"', 'lessons = "none"'), "You complete the course by passing the final test with at least 70%."),
    ],
)
def test_the_rule_of_completion_is_said_as_it_is(visitor: Visitor, runtime: Runtime, change: tuple[str, str], sentence: str) -> None:
    changes = [change, ("critical = true", "critical = false")] if "quizzes" in change[0] else [change]
    publish_changed(runtime, "every_kind", *changes)
    assert sentence in visitor.get(COURSE).text


def test_a_learner_sees_how_far_she_is_and_goes_on_where_she_was(
    member: Visitor, learner: PersonRow, both: tuple[int, int], runtime: Runtime
) -> None:
    with runtime.database.transaction(learner.organisation_id) as session:
        make_enrolment(session, learner, "every-kind")
        row = make_summary(session, learner, get_release(session, both[1]), percent=40)
        row.done, row.last_page = ["blocks"], "before"
    page = member.get(COURSE)
    assert "1 of 5 pages done" in page.text
    go_on = next(link for link in page.all("a", class_="button") if text_of(link) == "Go on where I was")
    assert go_on.get("href") == f"{COURSE}quizzes/before/"
    assert "Done:" in page.text


def test_whoever_did_the_page_last_open_goes_on_with_the_first_that_is_not_done(
    member: Visitor, learner: PersonRow, both: tuple[int, int], runtime: Runtime
) -> None:
    with runtime.database.transaction(learner.organisation_id) as session:
        make_enrolment(session, learner, "every-kind")
        row = make_summary(session, learner, get_release(session, both[1]), percent=40)
        row.done, row.last_page = ["blocks"], "blocks"
    go_on = next(link for link in member.get(COURSE).all("a", class_="button") if text_of(link) == "Go on where I was")
    assert go_on.get("href") == f"{COURSE}lessons/practice/"


def test_a_completed_course_says_so(member: Visitor, learner: PersonRow, both: tuple[int, int], runtime: Runtime) -> None:
    complete(runtime, learner, both[1])
    page = member.get(COURSE)
    assert "You have completed this course." in page.text
    assert "/en/learn/certificates/" in page.links()
    assert "Go on where I was" not in page.text


def test_whoever_holds_the_certificate_is_not_told_to_wait_for_it(
    member: Visitor, learner: PersonRow, both: tuple[int, int], runtime: Runtime
) -> None:
    certificate(runtime, learner, both[1])
    page = member.get(COURSE)
    assert "An admin of your organisation issues the certificate." not in page.text
    assert "✓ Completed My certificates" in page.text


def test_a_course_that_is_not_there_is_not_found(visitor: Visitor) -> None:
    assert visitor.get("/en/courses/nothing/", status=404).heading == "There is no page here"
