"""Before a deed that cannot be undone a new sign-in is asked for, in words that fit the deed."""

import pytest

from elearn.access.permission import Permission
from elearn.access.rules import FRESH
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.web.account.fresh_words import DEEDS
from tests.conftest import StandingClock
from tests.factories import make_person
from tests.visitor import Visitor
from tests.web.conftest import SignInAs

ACCOUNT = "What comes next is about your whole account."
AGAIN = "So that nobody who finds your device open can do it, please show again that it is you."
OWN = {Permission.EXPORT_OWN_DATA, Permission.ERASE_OWN_ACCOUNT}


@pytest.fixture
def admin(database: Database, learner: PersonRow, sign_in_as: SignInAs, clock: StandingClock) -> Visitor:
    with database.transaction() as session:
        row = make_person(session, learner.organisation_id, role="admin")
    signed_in = sign_in_as(row)
    clock.move(minutes=6)
    return signed_in


def test_every_deed_that_asks_for_one_has_its_words() -> None:
    assert set(DEEDS) | OWN == FRESH


@pytest.mark.parametrize("page", ["passphrase", "export", "erase", "factor"])
def test_ones_own_account_is_named(member: Visitor, clock: StandingClock, page: str) -> None:
    clock.move(minutes=6)
    text = member.get(f"/en/account/{page}").text
    assert f"{ACCOUNT} {AGAIN}" in text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/en/admin/settings", "What comes next holds for your whole organisation."),
        ("/en/admin/invites/new", "What comes next lets other people into your organisation."),
    ],
)
def test_a_page_of_the_office_says_what_it_does(admin: Visitor, address: str, words: str) -> None:
    page = admin.get(address)
    assert (page.address, page.heading) == ("/en/account/sign-in", "Please sign in once more")
    assert f"{words} {AGAIN}" in page.text
    assert ACCOUNT not in page.text


def test_a_form_of_the_office_says_so_too(admin: Visitor) -> None:
    page = admin.submit(admin.get("/en/admin/people/export"), "/people/export", status=401)
    assert f"What comes next is a list of the people of your organisation. {AGAIN}" in page.text


def test_without_anything_behind_it_the_account_is_meant(admin: Visitor) -> None:
    assert ACCOUNT in admin.get("/en/account/sign-in?fresh=1").text
