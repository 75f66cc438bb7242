from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from elearn.actions import shelf as shelves
from elearn.actions.publish import publish
from elearn.actions.shelf import Shelf
from elearn.course.source import Source
from elearn.errors import NotFound
from elearn.quiz.model import ShortText
from elearn.store import courses, releases
from tests.actions import trial
from tests.conftest import StandingClock
from tests.factories import make_release

WORDING = ("Words about dignity.", "Words.")


def test_a_course_is_read_once(session: Session, shelf: Shelf, first_release: int, clock: StandingClock) -> None:
    published = shelf.course(session, "trial", now=clock.now)
    assert (published.release_id, published.number, published.course.id) == (first_release, 1, "trial")
    asked: list[str] = []
    event.listen(session, "do_orm_execute", lambda state: asked.append(str(state.statement)))
    assert shelf.course(session, "trial", now=clock.now) is published
    shelf.outline(session, first_release, "ru")
    said = len(asked)
    assert shelf.outline(session, first_release, "ru")["title"]["text"] == "Проба"
    assert len(asked) == said


def test_what_is_not_published_is_not_there(session: Session, shelf: Shelf, first_release: int, clock: StandingClock) -> None:
    with pytest.raises(NotFound, match="no-course"):
        shelf.course(session, "other", now=clock.now)
    with pytest.raises(NotFound, match="no-page"):
        shelf.body(session, first_release, "nowhere", "en")
    with pytest.raises(NotFound, match="no-release"):
        shelf.release(session, 999)


def test_a_new_release_is_seen_after_a_short_while(session: Session, shelf: Shelf, first_release: int, clock: StandingClock) -> None:
    assert shelf.course(session, "trial", now=clock.now).release_id == first_release
    second = publish(session, trial.source(hello=WORDING), now=clock.now)
    assert shelf.course(session, "trial", now=clock.now + shelves.STALE_AFTER).release_id == first_release
    assert shelf.course(session, "trial", now=clock.now + shelves.STALE_AFTER + timedelta(seconds=1)).release_id == second
    assert shelf.release(session, first_release).number == 1


def test_a_release_that_can_no_longer_be_read_is_not_there(session: Session, shelf: Shelf, clock: StandingClock) -> None:
    broken = make_release(session, "old")
    broken.source = Source({"course.toml": b"format = 0"}).to_zip()
    session.flush()
    with pytest.raises(NotFound, match="no-release"):
        shelf.course(session, "old", now=clock.now)


def test_a_release_stays_readable_when_rules_become_stricter(session: Session, shelf: Shelf, clock: StandingClock) -> None:
    old = make_release(session, "old")
    old.source = Source({**trial.source().files, "facts/old.csv": b"a\n"}).to_zip()
    session.flush()
    assert shelf.course(session, "old", now=clock.now).course.id == "trial"


def test_a_course_without_release_is_not_listed(session: Session, shelf: Shelf, clock: StandingClock) -> None:
    make_release(session, "draft", current=False)
    assert shelf.current(session, now=clock.now) == {}
    assert courses.find_course(session, "draft") is not None
    assert releases.count_releases(session, "draft") == 1


def test_pages_have_their_address_and_lessons_their_practice(session: Session, shelf: Shelf, first_release: int) -> None:
    published = shelf.release(session, first_release)
    assert published.find_page("one", "hello").title == "Hello"
    for module, page in (("two", "hello"), ("one", "nowhere")):
        with pytest.raises(NotFound, match="no-page"):
            published.find_page(module, page)
    with pytest.raises(NotFound, match="no-page"):
        published.quiz("nowhere")
    practice = published.quiz("hello")
    assert (practice.form, practice.paging, [question.id for question in practice.questions()]) == ("practice", "all", ["hinted", "typed"])
    assert published.quiz("final").form == "test"


def test_typed_answers_are_accepted_in_every_language_also_without_a_catalogue(session: Session, shelf: Shelf, first_release: int) -> None:
    published = shelf.release(session, first_release)
    typed = next(question for question in published.quiz("hello").questions() if isinstance(question, ShortText))
    assert {answer.text for answer in published.accepted(typed)["tk"]} == {"Covenant", "Пакт"}
    assert set(published.catalogs) == {"ru"}
