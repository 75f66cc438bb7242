"""A lesson: countries, languages, the read button, the notes about where a reader is, reading when nothing can be written."""

import pytest
from sqlalchemy.exc import OperationalError

from elearn.access.identity import Identity
from elearn.actions import study
from elearn.lang import COUNTRIES
from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.people import PersonRow, get_person
from elearn.store.progress import find_summary
from tests.visitor import Seen, Visitor, filled, text_of
from tests.web.learn.conftest import Counted
from tests.web.teaching import BLOCKS, COURSE, FINAL, PRACTICE, publish_changed


def _open_countries(page: Seen) -> list[str]:
    """Give the countries whose own parts are unfolded; tables that are there for everybody do not count."""
    shown: dict[str, bool] = {}
    for part in page.all("details", class_="country"):
        shown.setdefault(text_of(next(part.iter("summary"))), part.get("open") is not None)
    return sorted(name for name, is_open in shown.items() if is_open and ":" not in name)


def test_whoever_names_no_country_finds_the_parts_of_all_folded(visitor: Visitor, every_kind: int) -> None:
    page = visitor.get(BLOCKS)
    assert _open_countries(page) == []
    assert len(page.all("details", class_="country")) >= len(COUNTRIES)
    assert "All three" in page.text


def test_a_visitor_chooses_a_country_and_sees_its_parts_first(visitor: Visitor, every_kind: int) -> None:
    page = visitor.get(BLOCKS)
    page = visitor.submit(page, "/account/country", {"country": "TJ"})
    assert page.address == BLOCKS
    assert _open_countries(page) == ["Tajikistan"]
    assert "A paragraph for Turkmenistan." in page.text


def test_the_country_of_the_account_counts_before_the_cookie(
    member: Visitor, learner: PersonRow, every_kind: int, database: Database
) -> None:
    member.client.set_cookie("country", "TM")
    assert _open_countries(member.get(BLOCKS)) == ["Kazakhstan"]
    with database.transaction(learner.organisation_id) as session:
        get_person(session, learner.id).country = ""
    assert _open_countries(member.get(BLOCKS)) == []


@pytest.mark.parametrize("cookie", ["XX", "tj", "<b>", ""])
def test_an_unknown_country_is_none(visitor: Visitor, every_kind: int, cookie: str) -> None:
    visitor.client.set_cookie("country", cookie)
    assert _open_countries(visitor.get(BLOCKS)) == []


def test_every_kind_of_piece_is_shown(visitor: Visitor, every_kind: int) -> None:
    page = visitor.get(BLOCKS)
    for words in ("duty-bearer", "A note without a title.", "Never type a real name here.", "What happened, in own words.", "Accessions"):
        assert words in page.text
    assert page.one("img", alt="A map").get("src") == f"/media/{every_kind}/map.png"
    assert "Words on this page" in page.text
    assert "Sources" in page.text


def test_a_visitor_is_told_that_nothing_is_saved(visitor: Visitor, every_kind: int) -> None:
    page = visitor.get(PRACTICE)
    assert "You read without an account: nothing is saved." in page.text
    assert not [form for form in page.all("form") if (form.get("action") or "").endswith("/read")]


def test_reading_is_marked_by_a_button_that_goes_on(member: Visitor, learner: PersonRow, minimal_course: int, runtime: Runtime) -> None:
    page = member.get("/en/courses/minimal/first/hello/")
    assert "I have read this: go on" in page.text
    page = member.submit(page, "/read", {"go": "on"})
    assert page.address == "/en/courses/minimal/first/hello/"
    assert "✓ Done" in page.text
    member.submit(page, "/read", {"go": "on"})
    with runtime.database.read(learner.organisation_id) as session:
        summary = find_summary(session, learner.id, "minimal", organisation_id=learner.organisation_id)
    assert summary is not None
    assert summary.percent == 100


def test_the_read_button_leads_to_the_next_page(member: Visitor, every_kind: int) -> None:
    page = member.get(BLOCKS)
    assert member.submit(page, "/read", {"go": "on"}).address == PRACTICE
    assert member.submit(page, "/read").address == BLOCKS


def test_a_quiz_cannot_be_marked_as_read(member: Visitor, every_kind: int, stored: Counted) -> None:
    token = filled(member.get(BLOCKS).form("/read"))["csrf_token"]
    before = stored()
    assert member.client.post(f"{FINAL}read", data={"csrf_token": token}).status_code == 404
    assert stored() == before


def test_a_visitor_who_marks_a_page_as_read_is_asked_to_sign_in(visitor: Visitor, every_kind: int) -> None:
    token = filled(visitor.get(BLOCKS).form("/account/country"))["csrf_token"]
    assert visitor.client.post(f"{BLOCKS}read", data={"csrf_token": token}).status_code == 401


def test_the_page_last_open_is_where_the_dashboard_leads(member: Visitor, every_kind: int) -> None:
    empty = member.get("/en/learn/")
    assert "You have not begun a course yet." in empty.text
    member.get(BLOCKS)
    member.get(PRACTICE)
    page = member.get("/en/learn/")
    lead = next(link for link in page.all("a", class_="button") if link.get("href") == PRACTICE)
    assert "".join(lead.itertext()) == "Go on where I was"
    assert "0% done" in page.text


def test_the_dashboard_offers_the_languages_that_a_course_has(member: Visitor, minimal_course: int) -> None:
    member.get("/en/courses/minimal/first/hello/")
    card = member.get("/en/learn/").all("article")[0]
    assert "English" in "".join(card.itertext())
    assert "Türkmençe" not in "".join(card.itertext())


def test_a_course_that_was_left_is_not_on_the_dashboard(member: Visitor, learner: PersonRow, every_kind: int, runtime: Runtime) -> None:
    member.get(BLOCKS)
    with runtime.database.transaction(learner.organisation_id) as session:
        study.leave(session, Identity(person_id=learner.id, organisation_id=learner.organisation_id), "every-kind")
    assert "You have not begun a course yet." in member.get("/en/learn/").text


def test_whoever_was_on_a_page_that_is_gone_goes_on_with_what_is_left(member: Visitor, minimal_course: int, runtime: Runtime) -> None:
    member.get("/en/courses/minimal/first/hello/")
    publish_changed(runtime, "minimal", ("hello", "other"))
    page = member.get("/en/learn/")
    assert page.one("a", class_="button").get("href") == "/en/courses/minimal/first/other/"
    assert "/en/courses/minimal/first/hello/" not in page.links()


def test_reading_goes_on_when_nothing_can_be_written(member: Visitor, every_kind: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_parts: object, **_more: object) -> None:
        raise OperationalError("insert", {}, Exception("disk is full"))

    monkeypatch.setattr(study, "opened", fail)
    assert "Every kind of question" in member.get(PRACTICE).text


@pytest.mark.parametrize(
    "address",
    ["quizzes/blocks/", "lessons/nothing/", "lessons/", "nothing/blocks/", "lessons/blocks/attempt/x/"],
)
def test_an_address_that_names_no_page_is_not_found(member: Visitor, every_kind: int, address: str) -> None:
    assert member.client.get(COURSE + address).status_code == 404


def test_a_course_for_members_asks_a_visitor_to_sign_in_and_leads_back(visitor: Visitor, publish_course: object, runtime: Runtime) -> None:
    publish_changed(runtime, "every_kind")
    page = visitor.get(BLOCKS)
    assert page.address == "/en/account/sign-in"
    assert filled(page.form("/account/sign-in"))["next"] == [BLOCKS]
    assert "You need an account for this course." in visitor.get(COURSE).text


def test_a_translation_that_is_a_draft_says_so_and_links_to_the_source(visitor: Visitor, every_kind: int) -> None:
    page = visitor.get(BLOCKS.replace("/en/", "/ru/"))
    assert page.tree.get("lang") == "ru"
    page = visitor.get(BLOCKS.replace("/en/", "/tk/"))
    assert any(link.endswith(BLOCKS) for link in page.links())
