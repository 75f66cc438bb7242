"""The list of addresses: signed where the keys are, once a day or when it changed, and never shown after an address was taken off it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from elearn.actions.mirrors import SignedMirrors, find_signed_mirrors, sign_mirrors
from elearn.actions.record import Notary, find_origin
from elearn.actions.settings import Site
from elearn.credential import mirrors as lists
from elearn.credential.keys import signing_key
from elearn.credential.note import read_key
from elearn.errors import Invalid
from elearn.store import audit
from elearn.store.engine import Database
from elearn.store.settings import find_setting, put_setting
from tests.conftest import StandingClock
from tests.factories import NOW

MAIN = "https://learn.example"
MIRRORS = ("https://mirror.example", "http://abc.onion")
SITE = Site(
    name="Qadam", neutral_titles=False, factor_issuer="Account", factor_label="me", exit_url="https://example.org/", mirrors=MIRRORS
)
NOTARY = Notary((signing_key(bytes(range(32))), signing_key(bytes(range(1, 33)))), Path("nowhere"))


@pytest.fixture
def recorded(database: Database) -> Database:
    """A database whose record has begun."""
    with database.transaction() as session:
        audit.record(session, "verb", organisation_id="", actor="operator", about="thing", now=NOW)
    return database


def sign(
    database: Database, clock: StandingClock, *, address: str = MAIN, site: Site = SITE, notary: Notary = NOTARY
) -> SignedMirrors | None:
    return sign_mirrors(database, lambda: notary, address=address, defaults=site, now=clock.now)


def shown(database: Database, mirrors: tuple[str, ...] = MIRRORS) -> SignedMirrors | None:
    with database.read() as session:
        return find_signed_mirrors(session, mirrors)


def test_the_list_is_signed_with_the_key_that_partners_hold(recorded: Database, clock: StandingClock) -> None:
    made = sign(recorded, clock)
    assert made is not None
    name, key = read_key(made.key)
    with recorded.read() as session:
        assert name == find_origin(session)
    assert lists.read(made.note, [key]) == lists.MirrorList(name, date(2026, 3, 2), (MAIN, *MIRRORS))
    assert lists.read(made.note, [NOTARY.public[0]]).addresses == made.addresses
    assert shown(recorded) == made


def test_a_list_is_signed_anew_each_day_and_not_twice_a_day(recorded: Database, clock: StandingClock) -> None:
    first = sign(recorded, clock)
    clock.move(hours=5)
    assert sign(recorded, clock) == first
    clock.move(days=1)
    second = sign(recorded, clock)
    assert second is not None
    assert first is not None
    assert (second.day - first.day).days == 1
    assert shown(recorded) == second


def test_a_new_key_or_a_new_main_address_is_signed_at_once(recorded: Database, clock: StandingClock) -> None:
    first, turned = sign(recorded, clock), sign(recorded, clock, notary=replace(NOTARY, keys=NOTARY.keys[::-1]))
    assert first is not None
    assert turned is not None
    assert first.key != turned.key
    moved = sign(recorded, clock, address="https://moved.example")
    assert moved is not None
    assert moved.addresses[0] == "https://moved.example"


def test_an_address_that_was_taken_off_is_not_shown_again(recorded: Database, clock: StandingClock) -> None:
    """Somebody else may hold it by now: rather no list than that one, until the next is signed."""
    sign(recorded, clock)
    assert shown(recorded, MIRRORS[:1]) is None
    assert shown(recorded, (*MIRRORS, "https://new.example")) is None
    with recorded.transaction() as session:
        put_setting(session, "site", {"mirrors": ["https://new.example"]})
    made = sign(recorded, clock)
    assert made is not None
    assert made.addresses == (MAIN, "https://new.example"), "what the operator chose while the site ran counts"


def test_without_mirrors_there_is_no_list_and_the_last_one_goes(recorded: Database, clock: StandingClock) -> None:
    sign(recorded, clock)
    assert sign(recorded, clock, site=replace(SITE, mirrors=())) is None
    with recorded.read() as session:
        assert find_setting(session, "mirrors") is None
    assert shown(recorded, ()) is None


def test_before_its_first_entry_a_record_has_no_name_to_sign_under(database: Database, clock: StandingClock) -> None:
    assert sign(database, clock) is None
    assert shown(database) is None


def test_the_process_of_the_onion_address_leaves_the_list_to_the_main_one(recorded: Database, clock: StandingClock) -> None:
    assert sign(recorded, clock, address="http://abc.onion") is None
    made = sign(recorded, clock)
    clock.move(days=1)
    assert sign(recorded, clock, address="http://abc.onion") is None
    assert shown(recorded) == made
    alone = sign(recorded, clock, address="http://alone.onion")
    assert alone is not None
    assert alone.addresses[0] == "http://alone.onion"


def test_an_address_stands_in_the_list_once(recorded: Database, clock: StandingClock) -> None:
    made = sign(recorded, clock, site=replace(SITE, mirrors=(MAIN, *MIRRORS)))
    assert made is not None
    assert made.addresses == (MAIN, *MIRRORS)


def test_what_is_no_address_is_not_signed(recorded: Database, clock: StandingClock) -> None:
    with pytest.raises(Invalid, match="mirrors-form"):
        sign(recorded, clock, site=replace(SITE, mirrors=("mirror.example",)))
    assert shown(recorded, ("mirror.example",)) is None
