import json
from typing import get_args

import pytest

from elearn.actions import approval
from elearn.progress.facts import FactKind
from elearn.quiz.attempt import State
from elearn.quiz.model import Form
from elearn.store import approvals, people
from elearn.store.engine import Database
from elearn.store.people import PersonRow, get_person
from elearn.store.personal import PERSONAL
from elearn.store.sessions import list_sessions
from elearn.web.account.data_words import COLUMNS, HIDDEN, TABLES, WORDS, Titles, cell, column_name, table_words
from elearn.web.parts.roles import role_name
from tests.factories import make_fact, make_person, make_release
from tests.visitor import Visitor
from tests.web.conftest import SignInAs


def test_the_page_shows_all_that_is_kept_in_words(member: Visitor, learner: PersonRow, database: Database) -> None:
    with database.transaction() as session:
        release = make_release(session)
    with database.transaction(learner.organisation_id) as session:
        for number in range(102):
            make_fact(session, learner, release, page_id=f"page-{number}")
    page = member.get("/en/account/export")
    assert learner.handle in page.text
    assert "Steps of learning" in page.text
    assert "2 older rows stand in the file only." in page.text
    assert "page-101" in page.text
    assert "Nothing is kept here." in page.text


def test_the_file_holds_the_same_as_json(member: Visitor, learner: PersonRow) -> None:
    answer = member.client.get("/en/account/export.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data-2026-03-02.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.data)["tables"]["person"]["rows"][0]["handle"] == learner.handle
    assert b"argon2" not in answer.data


def test_every_table_and_column_of_an_export_has_words() -> None:
    shown = [part for part in PERSONAL if part.shown]
    assert {part.table for part in shown} == set(TABLES)
    assert {column for part in shown for column in part.shown} - HIDDEN == set(COLUMNS)


TITLES = Titles({"rights": "Human rights"}, {("rights", "first"): "The first page"})


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("done", [], "–"),
        ("label", "", "–"),
        ("used_on", None, "–"),
        ("passed", True, "yes"),
        ("trusted", False, "no"),
        ("fraction_e4", 7500, "75%"),
        ("fraction_e4", 6999, "69%"),
        ("percent", 40, "40%"),
        ("hour", "2026-03-02T09:00:00+00:00", "2 March 2026"),
        ("created_on", "2026-03-02", "2 March 2026"),
        ("done", ["first", "gone"], "The first page, gone"),
        ("course_id", "rights", "Human rights"),
        ("course_id", "gone", "gone"),
        ("number", 3, "3"),
        ("other_languages", ["ru", "tk"], "Русский, Türkmençe"),
        ("country", "TJ", "Tajikistan"),
        ("role", "learner", "Learner"),
        ("status", "withdrawn", "Withdrawn"),
        ("reason", "lost", "It was lost."),
        ("kind", "attempted", "tried"),
        ("state", "leaving", "to be erased"),
        ("label", "the old phone", "the old phone"),
        ("strange", {"a": "б"}, '{"a": "б"}'),
    ],
)
def test_a_value_is_written_for_a_reader(column: str, value: object, words: str) -> None:
    assert cell(column, value, TITLES, "rights") == words


def test_every_word_of_the_database_has_a_reader_s_word() -> None:
    assert set(get_args(FactKind)) == set(WORDS["kind"])
    assert set(get_args(Form)) == set(WORDS["form"])
    assert set(approval.DEEDS) == set(WORDS["deed"])
    assert {*people.STATES, *approvals.STATES, *get_args(State)} == set(WORDS["state"])


def test_what_is_new_keeps_its_own_name() -> None:
    assert table_words("new_table") == ("new_table", "", "")
    assert column_name("new_column") == "new_column"
    assert role_name("guest") == "guest"


def test_the_page_shows_no_marks_of_the_database(member: Visitor, learner: PersonRow) -> None:
    page = member.get("/en/account/export")
    assert learner.id not in page.text
    assert "active" in page.text
    assert "Learner" in page.text


def test_erasing_needs_the_tick(member: Visitor, learner: PersonRow, database: Database) -> None:
    page = member.submit(member.get("/en/account/erase"), "/account/erase", status=422)
    assert "Tick the box" in page.text
    with database.read(learner.organisation_id) as session:
        assert get_person(session, learner.id).state == "active"


def test_the_only_admin_is_told_to_make_somebody_else_one_first(
    learner: PersonRow, organisation_id: str, database: Database, sign_in_as: SignInAs
) -> None:
    with database.transaction() as session:
        only = make_person(session, organisation_id, role="admin")
    admin = sign_in_as(only)
    page = admin.submit(admin.get("/en/account/erase"), "/account/erase", {"sure": "y"}, status=422)
    assert "Make somebody else an admin first" in page.text
    with database.read(organisation_id) as session:
        assert get_person(session, only.id).state == "active"


def test_erasing_signs_out_everywhere_and_names_the_day(member: Visitor, learner: PersonRow, database: Database) -> None:
    page = member.get("/en/account/erase")
    assert "On 9 March 2026" in page.text
    page = member.submit(page, "/account/erase", {"sure": "y"})
    assert "Your account will be erased on 9 March 2026." in page.text
    assert member.client.get_cookie("session") is None
    with database.read(learner.organisation_id) as session:
        assert get_person(session, learner.id).state == "leaving"
        assert list_sessions(session, learner.id) == []
