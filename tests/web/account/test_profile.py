import pytest

from elearn.store.engine import Database
from elearn.store.people import PersonRow, get_person
from tests.visitor import Visitor, filled

PROFILE = "/en/account/"


def test_the_profile_says_who_one_is(member: Visitor, learner: PersonRow) -> None:
    page = member.get(PROFILE)
    assert learner.handle in page.text
    assert "Learner" in page.text
    assert "0 recovery codes are left." in page.text


def test_name_languages_and_country_are_saved(member: Visitor, learner: PersonRow, database: Database) -> None:
    fields: dict[str, str | list[str]] = {"pseudonym": " River  stone ", "language": "kk", "other_languages": ["ru", "en"], "country": "TM"}
    page = member.submit(member.get(PROFILE), "/account/", fields)
    assert "Saved." in page.text
    with database.read(learner.organisation_id) as session:
        person = get_person(session, learner.id)
    assert (person.pseudonym, person.language, person.other_languages, person.country) == ("River stone", "kk", ["ru", "en"], "TM")
    assert filled(page.form("/account/"))["other_languages"] == ["en", "ru"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"pseudonym": ""}, "Write a name."),
        ({"pseudonym": "x" * 41}, "1 to 40 letters"),
        ({"pseudonym": "Ri\u202ever"}, "a sign that cannot be seen (U+202E)"),
        ({"pseudonym": "Admin"}, "somebody who runs the site"),
        ({"language": "xx"}, "one of the five languages"),
        ({"other_languages": "xx"}, "one of the five languages"),
        ({"country": "XX"}, "one of the countries"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    member: Visitor, learner: PersonRow, database: Database, fields: dict[str, str], told: str
) -> None:
    page = member.submit(member.get(PROFILE), "/account/", {"pseudonym": "River", **fields}, status=422)
    assert told in page.text
    with database.read(learner.organisation_id) as session:
        assert get_person(session, learner.id).pseudonym == learner.pseudonym


def test_a_visitor_keeps_a_country_in_a_cookie_and_goes_back(visitor: Visitor) -> None:
    page = visitor.submit(visitor.get("/en/account/country?next=/en/account/sign-in"), "/account/country", {"country": "TJ"})
    assert page.address == "/en/account/sign-in"
    assert filled(visitor.get("/en/account/country").form("/account/country"))["country"] == ["TJ"]
    visitor.submit(visitor.get("/en/account/country?next=/en/account/sign-in"), "/account/country", {"country": "none"})
    assert visitor.client.get_cookie("country") is None


def test_a_person_keeps_it_in_the_account(member: Visitor, learner: PersonRow, database: Database) -> None:
    page = member.submit(
        member.get("/en/account/country?next=//elsewhere.example"), "/account/country", {"country": "TM", "next": "/en/account/"}
    )
    assert page.address == PROFILE
    assert member.client.get_cookie("country") is None
    with database.read(learner.organisation_id) as session:
        assert get_person(session, learner.id).country == "TM"
