from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from elearn.actions.publish import affected_attempts, catalogs_of, plan, publish, words_of
from elearn.actions.shelf import OUTLINE, Shelf
from elearn.course.source import Source
from elearn.errors import Invalid, Refused
from elearn.lang import LANGUAGES
from elearn.store import courses, progress, releases, search
from tests.actions import trial
from tests.actions.trial import NEW_QUESTION, Desk
from tests.conftest import StandingClock
from tests.courses import EVERY_KIND

WORDING = ("Words about dignity.", "Words about the dignity of everybody.")


def test_a_broken_course_tells_every_problem_and_publishes_nothing(session: Session, clock: StandingClock) -> None:
    broken = trial.source(hello=("{#state}", "{#child}"), final=("{#good}", "{#bad}"))
    with pytest.raises(Invalid, match="course-broken") as caught:
        publish(session, broken, now=clock.now)
    places = [(problem.code, problem.where.file) for problem in caught.value.problems]
    assert places == [("duplicate-id", "one/hello.md"), ("duplicate-id", "one/final.md")]
    assert releases.list_releases(session, "trial") == []
    assert courses.find_course(session, "trial") is None


def test_problems_of_the_whole_course_are_told_together(session: Session, clock: StandingClock) -> None:
    broken = trial.source(hello=("dignity", "[dignity](page:nowhere) ![x](y)"), final=("First.", "<b>First</b>"))
    with pytest.raises(Invalid) as caught:
        publish(session, broken, now=clock.now)
    assert {problem.code for problem in caught.value.problems} == {"page-unknown", "picture-in-text", "raw-html", "po-unknown-texts"}


def test_warnings_are_told_and_do_not_stop(session: Session) -> None:
    made = plan(session, trial.source(ru=('msgid "A trial"', 'msgid "Another"')))
    assert [problem.code for problem in made.problems] == ["po-unknown-texts"]
    assert (made.diff, made.already, made.course.id) == (None, 0, "trial")


def test_the_same_content_again_is_the_same_release(session: Session, first_release: int, clock: StandingClock) -> None:
    assert publish(session, trial.source(), now=clock.move(days=1)) == first_release
    assert plan(session, trial.source()).already == first_release
    assert releases.count_releases(session, "trial") == 1


def test_releases_are_numbered_and_stay_as_they_are(session: Session, first_release: int, clock: StandingClock, shelf: Shelf) -> None:
    before = releases.get_release(session, first_release, source=True)
    kept = (before.number, before.digest, before.source, before.created_at)
    page = releases.find_release_page(session, first_release, "hello", "ru")
    assert page is not None
    body = dict(page.body)
    second = trial.release(session, shelf, clock.move(days=1), hello=WORDING)
    back = trial.release(session, shelf, clock.move(days=1))
    assert [row.number for row in releases.list_releases(session, "trial")] == [3, 2, 1]
    session.expire_all()
    again = releases.get_release(session, first_release, source=True)
    assert (again.number, again.digest, again.source, again.created_at) == kept
    assert page.body == body
    assert courses.get_course(session, "trial").release_id == back
    assert len({first_release, second, back}) == 3
    assert Source.from_zip(again.source) == trial.source()


def test_every_page_is_stored_once_in_each_language(session: Session, first_release: int) -> None:
    rows = releases.list_release_pages(session, first_release)
    pages = ("hello", "before", "drill", "final", OUTLINE)
    assert sorted((row.page_id, row.language) for row in rows) == sorted((page, tongue) for page in pages for tongue in LANGUAGES)
    russian = releases.find_release_page(session, first_release, OUTLINE, "ru")
    assert russian is not None
    assert (russian.title, russian.body["draft"]) == ("Проба", False)


def test_what_is_not_translated_says_its_own_language(session: Session, first_release: int, shelf: Shelf) -> None:
    russian = shelf.body(session, first_release, "hello", "ru")
    kazakh = shelf.body(session, first_release, "hello", "kk")
    assert russian["pieces"][0]["html"].strip() == "<p>Слова о достоинстве.</p>"
    assert kazakh["pieces"][0]["html"].strip() == '<p lang="ru">Слова о достоинстве.</p>'
    assert (russian["title"], russian["missing"], kazakh["missing"]) == ({"text": "Hello", "lang": "en"}, True, True)
    assert shelf.body(session, first_release, "hello", "en")["missing"] is False


def test_the_search_finds_the_current_release_only_and_no_question(
    session: Session, first_release: int, shelf: Shelf, clock: StandingClock
) -> None:
    assert first_release
    assert [found.page_id for found in search.search(session, "ru", "достоинство")] == ["hello"]
    assert search.search(session, "en", "covenant") == []  # it stands in a question
    trial.release(session, shelf, clock.now, hello=("Words about dignity.", "Words about water."))
    assert search.search(session, "en", "dignity") == []
    assert [found.title for found in search.search(session, "en", "water")] == ["Hello"]


def test_a_fix_of_wording_loses_nobodys_progress(desk: Desk) -> None:
    desk.take()
    second = trial.release(desk.session, desk.shelf, desk.now, hello=WORDING, final=("First.", "The first."))
    row = progress.find_summary_row(desk.session, desk.who.person_id, "trial")
    assert row is not None
    assert row.done == ["final"]
    desk.start("before")
    assert (row.done, row.percent) == (["final"], 50)
    made = plan(desk.session, trial.source())
    assert made.diff is not None
    assert (made.diff.level, made.diff.safe, set(made.diff.kept)) == ("wording", True, {"hello", "before", "drill", "final"})
    assert second > 1


def test_open_attempts_go_on_under_the_release_they_began_with(desk: Desk) -> None:
    sitting = desk.start(language="ru")
    assert affected_attempts(desk.session, "trial") == 1
    desk.answer(sitting, "must", choice="good")
    reworded = ("Which one?\n\n- [x] Right one {#good}\n- [ ] Wrong", "Which?\n\n- [x] The right one {#good}\n- [ ] The wrong")
    second = trial.release(desk.session, desk.shelf, desk.now, final=reworded)
    again = desk.start()
    assert (again.row.release_id, again.row.language, again.drawn) == (sitting.row.release_id, "ru", sitting.drawn)
    assert again.row.release_id != second
    body = desk.shelf.body(desk.session, again.row.release_id, "final", "en")
    assert body["questions"]["must"]["choices"]["good"]["text"] == "Right one"
    for drawn in again.drawn[:2]:
        desk.answer(again, drawn.question_id, choice="yes")
    assert desk.submit(again).row.passed
    assert desk.start().row.release_id == second


def test_a_changed_key_is_refused_until_it_is_accepted_and_says_which(desk: Desk) -> None:
    sitting = desk.start()
    change = ("[x] Right one {#good}\n- [ ]", "[ ] Right one {#good}\n- [x]")
    with pytest.raises(Refused, match="keys-changed") as caught:
        trial.release(desk.session, desk.shelf, desk.now, final=change)
    assert caught.value.params["questions"] == "final/must: good → bad"
    assert releases.count_releases(desk.session, "trial") == 1
    trial.release(desk.session, desk.shelf, desk.now, accept=True, final=change)
    assert desk.submit(desk.answer(sitting, "must", choice="good")).grade().by_question[-1].verdict == "right"
    assert desk.submit(desk.answer(desk.start(), "must", choice="good")).grade().by_question[-1].verdict == "wrong"


def test_a_changed_key_is_found_also_where_the_old_release_would_be_refused_today(desk: Desk) -> None:
    old = releases.find_latest_release(desk.session, "trial")
    assert old is not None
    row = releases.get_release(desk.session, old.id, source=True)
    row.source = Source({**Source.from_zip(row.source).files, "facts/old.csv": b"a\n"}).to_zip()
    desk.session.flush()
    with pytest.raises(Refused, match="keys-changed"):
        trial.release(desk.session, desk.shelf, desk.now, final=("[x] Right one {#good}\n- [ ]", "[ ] Right one {#good}\n- [x]"))


def test_a_new_question_is_a_new_release_and_the_difference_is_kept(desk: Desk) -> None:
    second = trial.release(desk.session, desk.shelf, desk.now, hello=("::: short-text", NEW_QUESTION + "\n::: short-text"))
    kept = releases.get_release(desk.session, second).diff
    assert kept["level"] == "structure"
    changes: Any = kept["changes"]
    assert [(one["kind"], one["id"]) for one in changes] == [("added", "hello/fresh")]


def test_an_old_source_that_can_no_longer_be_read_does_not_block(session: Session, first_release: int, clock: StandingClock) -> None:
    releases.get_release(session, first_release, source=True).source = Source({"course.toml": b"format = 0"}).to_zip()
    session.flush()
    assert plan(session, trial.source(hello=WORDING)).diff is None
    assert publish(session, trial.source(hello=WORDING), now=clock.now) > first_release


def test_media_have_the_address_of_their_release(session: Session, clock: StandingClock, shelf: Shelf) -> None:
    release_id = publish(session, Source.from_folder(EVERY_KIND), now=clock.now + timedelta(days=1))
    text = str(shelf.body(session, release_id, "blocks", "en"))
    assert f"/media/{release_id}/river.webp" in text
    assert "media/media" not in text


def test_translations_travel_with_the_source() -> None:
    assert set(catalogs_of(trial.source())) == {"ru"}


def test_an_excerpt_neither_parts_a_word_from_its_stop_nor_glues_headings() -> None:
    html = (
        '<h2 id="c-a">Who may <em>join</em></h2>\n<p>The <a href="#x">Committee</a>, and others<sup><a href="#n">1</a></sup>.</p>'
        "<h3>And now?</h3><p>Go.</p>"
    )
    box = {"kind": "box", "title": "Think", "pieces": [{"kind": "html", "html": "<p>On.</p>"}]}
    assert words_of([{"kind": "html", "html": html}, box]) == "Who may join. The Committee, and others 1 . And now? Go. Think. On."
