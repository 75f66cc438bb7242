"""Passkeys beside time codes: bound to the address, verified, one challenge for one answer, counts that grow."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elearn.actions import account, factor, passkey
from elearn.actions import session as deeds
from elearn.actions.passkey import Place, place_of
from elearn.actions.session import Opened, Waiting
from elearn.errors import Conflict, Refused
from elearn.store import audit, factors, sessions
from elearn.store.engine import Database
from elearn.store.people import PersonRow, get_person
from elearn.store.sealed import Key
from elearn.store.sessions import SignedIn, token_hash
from tests.authenticator import PRESENT, Authenticator
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, make_factor, make_person, make_signed_in

KEYS = (Key("k1", bytes(range(32))),)
PLACE = Place("learn.example", "https://learn.example", "Account", "personal")
HANDLE = "mirava-lodet-47"


@pytest.fixture
def person(database: Database, organisation_id: str) -> PersonRow:
    """Somebody with time codes."""
    with database.transaction() as session:
        row = make_person(session, organisation_id, HANDLE)
        make_factor(session, row, KEYS)
    return row


def open_session(database: Database, person: PersonRow, clock: StandingClock) -> SignedIn:
    with database.transaction(person.organisation_id) as session:
        token = deeds.open_session(session, get_person(session, person.id), now=clock.now, factored=True).token
    return look(database, token, clock)


def look(database: Database, token: str, clock: StandingClock) -> SignedIn:
    with database.read() as session:
        found = deeds.current(session, token, now=clock.now)
    assert found is not None
    return found


def begin(database: Database, who: SignedIn, clock: StandingClock) -> passkey.Begun:
    with database.transaction(who.organisation_id) as session:
        return passkey.begin(session, who, PLACE, now=clock.now)


def add(database: Database, person: PersonRow, clock: StandingClock, device: Authenticator) -> Opened:
    who = open_session(database, person, clock)
    begun = begin(database, who, clock)
    return passkey.add(database, who, begun.token, device.create(begun.question), label="the phone", place=PLACE, now=clock.now)


def wait(database: Database, clock: StandingClock) -> tuple[str, str]:
    """Sign in as far as the second step: the token, and what the device is asked."""
    outcome = deeds.sign_in(database, HANDLE, PASSPHRASE, now=clock.now)
    assert isinstance(outcome, Waiting)
    return outcome.token, question(database, outcome.token, clock)


def question(database: Database, token: str, clock: StandingClock) -> str:
    with database.read() as session:
        return passkey.question(session, token, PLACE, now=clock.now)


def prove(database: Database, token: str, answer: str, clock: StandingClock) -> Opened:
    return passkey.prove(database, token, answer, place=PLACE, now=clock.now)


def refusal(deed: Callable[[], object]) -> str:
    try:
        deed()
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_is_added_and_lets_in(database: Database, person: PersonRow, clock: StandingClock, counts: bool) -> None:
    device = Authenticator(PLACE.origin, counts=counts)
    elsewhere = open_session(database, person, clock)
    opened = add(database, person, clock, device)
    assert look(database, opened.token, clock).factored
    for _ in range(2):
        token, asked = wait(database, clock)
        assert look(database, prove(database, token, device.get(asked), clock).token, clock).factored
    with database.read(person.organisation_id) as session:
        (row,) = factors.list_passkeys(session, person.id)
        assert (row.label, row.sign_count, row.used_on) == ("the phone", 2 if counts else 0, clock.now.date())
        assert elsewhere.token_hash not in [one.token_hash for one in sessions.list_sessions(session, person.id)]
        assert audit.list_entries(session, person.organisation_id)[0].verb == "passkey.added"


def test_what_the_device_lists_names_neither_site_nor_person(database: Database, person: PersonRow, clock: StandingClock) -> None:
    asked = json.loads(begin(database, open_session(database, person, clock), clock).question)
    assert (asked["rp"]["name"], asked["user"]["name"], asked["user"]["displayName"]) == ("Account", "personal", "personal")
    assert person.id not in json.dumps(asked)
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "discouraged"
    assert asked["attestation"] == "none"


def test_passkeys_need_time_codes_first(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction() as session:
        other = make_person(session, organisation_id)
    with pytest.raises(Refused, match="no-factor"):
        begin(database, make_signed_in(other), clock)


def test_passkeys_go_with_the_time_codes(database: Database, person: PersonRow, clock: StandingClock) -> None:
    opened = add(database, person, clock, Authenticator(PLACE.origin))
    with database.transaction(person.organisation_id) as session:
        factor.switch_off(session, look(database, opened.token, clock), now=clock.now)
        assert factors.list_passkeys(session, person.id) == []


def test_time_codes_that_went_in_between_leave_no_passkey(database: Database, person: PersonRow, clock: StandingClock) -> None:
    who = open_session(database, person, clock)
    begun = begin(database, who, clock)
    with database.transaction(person.organisation_id) as session:
        factors.delete_factor(session, person.id)
    answer = Authenticator(PLACE.origin).create(begun.question)
    with pytest.raises(Refused, match="no-factor"):
        passkey.add(database, who, begun.token, answer, label="", place=PLACE, now=clock.now)


@pytest.mark.parametrize(
    "device",
    [Authenticator("https://elsewhere.example"), Authenticator("http://learn.example"), Authenticator(PLACE.origin, flags=PRESENT)],
    ids=["another-origin", "without-tls", "nobody-verified"],
)
def test_a_passkey_is_refused_from_elsewhere_or_without_its_owner(
    database: Database, person: PersonRow, clock: StandingClock, device: Authenticator
) -> None:
    assert refusal(lambda: add(database, person, clock, device)) == "passkey-unusable"
    good = replace(device, origin=PLACE.origin, flags=PRESENT | 4)
    add(database, person, clock, good)
    token, asked = wait(database, clock)
    bad = replace(good, origin=device.origin, flags=device.flags)
    assert refusal(lambda: prove(database, token, bad.get(asked), clock)) == "passkey-unusable"


def test_a_passkey_of_another_host_does_not_serve(database: Database, person: PersonRow, clock: StandingClock) -> None:
    who = open_session(database, person, clock)
    begun = begin(database, who, clock)
    asked = json.loads(begun.question)
    asked["rp"]["id"] = "elsewhere.example"
    answer = Authenticator(PLACE.origin).create(json.dumps(asked))
    assert refusal(lambda: passkey.add(database, who, begun.token, answer, label="", place=PLACE, now=clock.now)) == "passkey-unusable"


def test_a_challenge_serves_one_answer(database: Database, person: PersonRow, clock: StandingClock) -> None:
    device = Authenticator(PLACE.origin)
    who = open_session(database, person, clock)
    begun = begin(database, who, clock)
    assert refusal(lambda: passkey.add(database, who, begun.token, "{}", label="", place=PLACE, now=clock.now)) == "passkey-unusable"
    answer = device.create(begun.question)
    assert refusal(lambda: passkey.add(database, who, begun.token, answer, label="", place=PLACE, now=clock.now)) == "passkey-unusable"
    add(database, person, clock, device)
    token, asked = wait(database, clock)
    wrong = replace(device, origin="https://elsewhere.example").get(asked)
    assert refusal(lambda: prove(database, token, wrong, clock)) == "passkey-unusable"
    assert refusal(lambda: prove(database, token, device.get(asked), clock)) == "passkey-unusable"
    assert prove(database, token, device.get(question(database, token, clock)), clock).token


def test_only_the_session_that_began_adds(database: Database, person: PersonRow, clock: StandingClock) -> None:
    begun = begin(database, open_session(database, person, clock), clock)
    other = open_session(database, person, clock)
    answer = Authenticator(PLACE.origin).create(begun.question)
    assert refusal(lambda: passkey.add(database, other, begun.token, answer, label="", place=PLACE, now=clock.now)) == "passkey-unusable"


def test_an_answer_counts_for_ten_minutes(database: Database, person: PersonRow, clock: StandingClock) -> None:
    device = Authenticator(PLACE.origin)
    add(database, person, clock, device)
    token, asked = wait(database, clock)
    clock.move(minutes=10)
    assert refusal(lambda: prove(database, token, device.get(asked), clock)) == "sign-in-over"
    assert question(database, token, clock) == ""


def test_a_copied_passkey_is_found_out_by_its_count(database: Database, person: PersonRow, clock: StandingClock) -> None:
    device = Authenticator(PLACE.origin)
    add(database, person, clock, device)
    copy = replace(device)
    for _ in range(2):
        token, asked = wait(database, clock)
        prove(database, token, device.get(asked), clock)
    token, asked = wait(database, clock)
    assert refusal(lambda: prove(database, token, copy.get(asked), clock)) == "passkey-unusable"


def test_one_answer_sent_fifty_times_at_once_lets_in_once(database: Database, person: PersonRow, clock: StandingClock) -> None:
    device = Authenticator(PLACE.origin)
    add(database, person, clock, device)
    token, asked = wait(database, clock)
    answer = device.get(asked)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _number: refusal(lambda: prove(database, token, answer, clock)), range(50)))
    assert answers.count("") == 1


def test_the_count_is_kept_by_one_statement(database: Database, person: PersonRow, clock: StandingClock) -> None:
    add(database, person, clock, device := Authenticator(PLACE.origin))
    with database.read(person.organisation_id) as session:
        (row,) = factors.list_passkeys(session, person.id)

    def use(_number: int) -> bool:
        with database.transaction(person.organisation_id) as session:
            return factors.use_passkey(session, row.id, person.id, count=device.count + 1, today=clock.now.date())

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(20))) == 1


def test_the_passkey_of_another_person_does_not_serve(
    database: Database, person: PersonRow, organisation_id: str, clock: StandingClock
) -> None:
    with database.transaction() as session:
        other = make_person(session, organisation_id, "other-one-12")
        make_factor(session, other, KEYS)
    mine, hers = Authenticator(PLACE.origin), Authenticator(PLACE.origin)
    add(database, person, clock, mine)
    add(database, other, clock, hers)
    token, asked = wait(database, clock)
    asked = json.dumps({**json.loads(asked), "allowCredentials": [{"id": text_of(hers)}]})
    assert refusal(lambda: prove(database, token, hers.get(asked), clock)) == "passkey-unusable"
    with pytest.raises(Conflict, match="passkey-known"):
        add(database, other, clock, mine)


def text_of(device: Authenticator) -> str:
    answer: str = json.loads(replace(device).create(json.dumps({"challenge": "", "rp": {"id": ""}})))["id"]
    return answer


def test_ten_passkeys_are_enough(database: Database, person: PersonRow, clock: StandingClock) -> None:
    for _ in range(passkey.MOST):
        add(database, person, clock, Authenticator(PLACE.origin))
    assert refusal(lambda: add(database, person, clock, Authenticator(PLACE.origin))) == "passkeys-full"


def test_removing_a_passkey_ends_every_other_session(
    database: Database, person: PersonRow, organisation_id: str, clock: StandingClock
) -> None:
    opened = add(database, person, clock, Authenticator(PLACE.origin))
    who = look(database, opened.token, clock)
    elsewhere = open_session(database, person, clock)
    with database.transaction(organisation_id) as session:
        (row,) = factors.list_passkeys(session, person.id)
        other = make_signed_in(make_person(session, organisation_id))
        assert refusal(lambda: passkey.remove(session, other, row.id, now=clock.now)) == "passkey-unknown"
        left = passkey.remove(session, who, row.id, now=clock.now)
    assert look(database, left.token, clock).factored
    with database.read(organisation_id) as session:
        assert [one.token_hash for one in sessions.list_sessions(session, person.id)] == [token_hash(left.token)]
    assert elsewhere.factored
    assert wait(database, clock)[1] == ""


def test_guessing_is_counted_with_the_time_codes(database: Database, person: PersonRow, clock: StandingClock) -> None:
    add(database, person, clock, device := Authenticator(PLACE.origin))
    stranger = replace(device, key=Authenticator("").key)
    token, asked = wait(database, clock)
    for _ in range(3):
        assert refusal(lambda: prove(database, token, stranger.get(question(database, token, clock)), clock)) == "passkey-unusable"
    assert refusal(lambda: prove(database, token, device.get(asked), clock)) == "too-many-tries"


def test_a_new_passphrase_does_not_go_round_a_passkey(database: Database, person: PersonRow, clock: StandingClock) -> None:
    add(database, person, clock, Authenticator(PLACE.origin))
    sheet = account.new_recovery_sheet(database, make_signed_in(person), now=clock.now)
    assert isinstance(account.recover(database, HANDLE, sheet[0], "lantern river copper 9 oak", now=clock.now), Waiting)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "authenticatorData", "signature")


@given(st.sampled_from(FIELDS), JSON)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_answer_breaks_the_reading(database: Database, name: str, value: object) -> None:
    device = Authenticator(PLACE.origin)
    asked = json.dumps({"challenge": "AAAA", "rp": {"id": PLACE.host}, "rpId": PLACE.host, "allowCredentials": [{"id": text_of(device)}]})
    who = make_signed_in(PersonRow(id="p", organisation_id="o", handle="", pseudonym="", role="", language="", country="", state=""))
    row = factors.PasskeyRow(id="x", public_key=b"\xa0", sign_count=0)
    for answer in (json.loads(device.create(asked)), json.loads(device.get(asked))):
        (answer["response"] if name in answer["response"] else answer)[name] = value
        assert refusal(lambda given=answer: passkey._made(who, given, bytes(3), PLACE)) in ("passkey-unusable", "")  # type: ignore[misc]
        assert refusal(lambda given=answer: passkey._new_count(row, given, bytes(3), PLACE)) == "passkey-unusable"  # type: ignore[misc]


@pytest.mark.parametrize("answer", ["", "null", "[]", "7", "{" * 10_000, '{"id": 1}', "{}", '"' + "a" * 30_000 + '"', "\ud800"])
def test_what_is_no_answer_is_refused(database: Database, person: PersonRow, clock: StandingClock, answer: str) -> None:
    add(database, person, clock, Authenticator(PLACE.origin))
    token, _ = wait(database, clock)
    assert refusal(lambda: prove(database, token, answer, clock)) == "passkey-unusable"


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("https://learn.example", "learn.example", "https://learn.example"),
        ("https://learn.example:8443", "learn.example", "https://learn.example:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_passkeys_are_bound_to_the_public_address(url: str, host: str, origin: str) -> None:
    assert place_of(url, issuer="Account", label="personal") == Place(host, origin, "Account", "personal")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "https://192.0.2.7", "https://[2001:db8::1]", "http://learn.example", "", "http://abc.onion"]
)
def test_there_are_none_where_browsers_allow_none(url: str) -> None:
    assert place_of(url, issuer="Account", label="personal") is None
