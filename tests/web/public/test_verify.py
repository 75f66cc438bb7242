"""Checking a certificate by its number and its name; the keys and the list for checking without us."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import event

from elearn.access.identity import Identity
from elearn.actions import certify
from elearn.credential import serial as serials
from elearn.credential import status as statuses
from elearn.credential.keys import read_keys, signing_key
from elearn.credential.name import name_code
from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.web.app import create_app
from elearn.web.parts.signing import signer, wording
from tests.actions import trial
from tests.conftest import StandingClock
from tests.visitor import Visitor
from tests.web.teaching import certificate, publish_open

VERIFY = "/en/verify/"
NAME = "Анна Ғалымқызы"


@pytest.fixture
def serial(runtime: Runtime, learner: PersonRow) -> str:
    """The number of a certificate that is valid for two years."""
    return certificate(runtime, learner, publish_open(runtime))


def _who(person: PersonRow) -> Identity:
    return Identity(person_id=person.id, organisation_id=person.organisation_id)


def _end(runtime: Runtime, app: Flask, person: PersonRow, serial: str, reason: str, *, replace: bool = False) -> str:
    with app.test_request_context(), runtime.database.transaction(person.organisation_id) as session:
        if replace:
            return trial.replace(session, runtime.shelf, _who(person), serial, reason, signer=signer(), now=runtime.clock())
        certify.withdraw(session, _who(person), serial, reason, now=runtime.clock())
    return ""


def _printed(runtime: Runtime, app: Flask, person: PersonRow, serial: str) -> str:
    """Print with a name and give the name code, found by trying what was random."""
    salts: list[bytes] = []
    with app.test_request_context(), runtime.database.transaction(person.organisation_id) as session:
        made = signer()
        assert isinstance(made, certify.Signer)

        def noted(count: int) -> bytes:
            salts.append(made.random(count))
            return salts[-1]

        noting = certify.Signer(made.key, made.name, made.address, noted)
        draft = certify.draft_print(
            session, _who(person), serial, ("en",), typed_name=NAME, wording=wording(), signer=noting, now=runtime.clock()
        )
        certify.keep_print(session, _who(person), draft, now=runtime.clock())
    return name_code(salts[0])


@pytest.mark.parametrize("form", ["{0}", " {0} ", "lower", "no dashes", "spaces", "cyrillic", "letters for digits"])
def test_a_number_is_read_as_people_write_it(visitor: Visitor, serial: str, form: str) -> None:
    written = {
        "lower": serial.lower(),
        "no dashes": serial.replace("-", ""),
        "spaces": serial.replace("-", " – "),
        "cyrillic": serial.translate(str.maketrans("ABEKMHPCTX", "АВЕКМНРСТХ")),
        "letters for digits": serial.replace("0", "o").replace("1", "l"),
    }.get(form, form.format(serial))
    page = visitor.get(f"{VERIFY}?number={quote(written)}")
    assert page.address == f"{VERIFY}{serial}"
    assert "Valid" in page.text
    assert 'Everything "once"' in page.text
    assert "2 March 2028" in page.text


def test_a_number_in_another_form_is_understood_in_the_address_too(visitor: Visitor, serial: str) -> None:
    assert "Valid" in visitor.get(VERIFY + serial.lower().replace("-", "")).text


@pytest.mark.parametrize("number", ["", "12345", "x" * 5000, "\u202e", "😀", "' OR 1=1"])
def test_what_is_no_number_of_ours_is_told_what_to_do(visitor: Visitor, number: str) -> None:
    page = visitor.get(f"{VERIFY}?number={quote(number)}")
    assert page.address == VERIFY
    if number:
        assert "This is not a number of ours." in page.text or "Please keep it under 5000 characters." in page.text


def test_a_mistyped_sign_is_noticed_before_anything_is_looked_up(visitor: Visitor, serial: str) -> None:
    wrong = serial[:-1] + ("2" if serial[-1] != "2" else "3")
    assert "This is not a number of ours." in visitor.get(f"{VERIFY}?number={wrong}").text


@pytest.mark.parametrize("number", ["00000-00000-00000-00000-00000", "nothing", "x" * 500])
def test_an_unknown_number_is_said_to_be_unknown(visitor: Visitor, number: str) -> None:
    page = visitor.get(VERIFY + number, status=404)
    assert page.heading == "No certificate with this number"
    assert number[:40] in page.text
    assert page.one("meta", name="robots").get("content") == "noindex"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("mistake", "It was issued by mistake."),
        ("rules-broken", "The rules of the course were broken."),
        ("asked-by-holder", "Its holder asked for it."),
        ("lost", "It was lost."),
    ],
)
def test_a_withdrawn_certificate_says_so_with_its_reason(
    visitor: Visitor, app: Flask, runtime: Runtime, learner: PersonRow, serial: str, reason: str, words: str
) -> None:
    _end(runtime, app, learner, serial, reason)
    page = visitor.get(VERIFY + serial)
    assert "Withdrawn" in page.text
    assert words in page.text


def test_a_replaced_certificate_leads_to_the_new_one(
    visitor: Visitor, app: Flask, runtime: Runtime, learner: PersonRow, serial: str
) -> None:
    new = _end(runtime, app, learner, serial, "lost", replace=True)
    page = visitor.get(VERIFY + serial)
    assert "Replaced by a newer one" in page.text
    assert f"{VERIFY}{new}" in page.links()
    assert "Valid" in visitor.get(VERIFY + new).text


def test_a_certificate_past_its_time_has_expired(visitor: Visitor, clock: StandingClock, serial: str) -> None:
    clock.move(days=3 * 365)
    assert "Expired" in visitor.get(VERIFY + serial).text


def test_a_certificate_without_end_names_none(visitor: Visitor, runtime: Runtime, learner: PersonRow) -> None:
    number = certificate(runtime, learner, publish_open(runtime, ("valid_months = 24", "valid_months = 0")))
    assert "Valid until" not in visitor.get(VERIFY + number).text


def test_the_name_is_confirmed_by_name_and_code_only(
    visitor: Visitor, app: Flask, runtime: Runtime, learner: PersonRow, serial: str
) -> None:
    code = _printed(runtime, app, learner, serial)
    page = visitor.get(VERIFY + serial)
    assert NAME not in page.text
    for name, typed, answer in (
        (NAME, code, "Yes: this name belongs to this certificate."),
        (NAME, code.lower().replace("-", " "), "Yes: this name belongs to this certificate."),
        ("Другая Женщина", code, "No: this name and name code do not belong to this certificate."),
        (NAME, "AAAA-" * 6 + "AA", "No: this name and name code do not belong to this certificate."),
        ("\u202e", code, "No: this name and name code do not belong to this certificate."),
    ):
        assert answer in visitor.submit(page, serial, {"name": name, "code": typed}).text


def test_the_command_that_checks_without_a_network_stands_apart(visitor: Visitor) -> None:
    assert visitor.get("/en/verify/").one("code").text == "elearn certificate verify"


@pytest.mark.parametrize(
    ("fields", "words"), [({}, "Please fill this in."), ({"name": "x" * 301, "code": "y"}, "Please keep it under 300 characters.")]
)
def test_an_unfinished_name_form_says_what_is_missing(visitor: Visitor, serial: str, fields: dict[str, str], words: str) -> None:
    page = visitor.submit(visitor.get(VERIFY + serial), serial, dict(fields), status=422)
    assert words in page.text
    assert {link.get("href", "") for link in page.all("a") if link.get("hreflang")} == {
        f"/{tag}/verify/{serial}" for tag in ("en", "ru", "kk", "tg", "tk")
    }


def test_a_name_for_an_unknown_number_is_not_found(visitor: Visitor) -> None:
    token = visitor.get(VERIFY).form("/account/exit").find("input")
    assert token is not None
    data = {"csrf_token": token.get("value", ""), "name": NAME, "code": "x"}
    assert visitor.client.post(f"{VERIFY}00000", data=data).status_code == 404


def test_the_keys_are_published(app: Flask, runtime: Runtime) -> None:
    answer = app.test_client().get("/certificates/keys.json")
    assert answer.mimetype == "application/json"
    key = signing_key(runtime.keys.certificate[0].secret).public
    assert read_keys(answer.get_data()) == (key,)


def test_the_list_of_what_is_no_longer_good_is_signed(app: Flask, runtime: Runtime, learner: PersonRow, serial: str) -> None:
    new = _end(runtime, app, learner, serial, "lost", replace=True)
    client = app.test_client()
    listed = statuses.read(client.get("/certificates/status.json").get_data(), read_keys(client.get("/certificates/keys.json").get_data()))
    assert listed.day == runtime.clock().date()
    assert (listed.state_of(serial), listed.state_of(new)) == ("replaced", None)


@pytest.fixture
def crowd(runtime: Runtime) -> Visitor:
    """Strangers who share one address, as all do behind an onion service, where the coarse limits are on."""
    return Visitor(create_app(replace(runtime, settings=replace(runtime.settings, limit_requests=True))).test_client())


def unknown(count: int) -> list[str]:
    return [serials.make(number.to_bytes(15, "big")) for number in range(count)]


def ask(crowd: Visitor, numbers: list[str]) -> list[int]:
    return [crowd.client.get(VERIFY + number).status_code for number in numbers]


def test_whoever_asks_for_numbers_that_are_none_keeps_nobody_from_checking_one(crowd: Visitor, serial: str, clock: StandingClock) -> None:
    assert ask(crowd, unknown(40)) == [404] * 30 + [429] * 10
    assert ask(crowd, [serial] * 50) == [200] * 50
    clock.move(seconds=60)
    assert ask(crowd, unknown(40)) == [404] * 30 + [429] * 10


def test_what_cannot_be_a_number_costs_nothing_and_is_told_at_once(crowd: Visitor, serial: str, database: Database) -> None:
    assert ask(crowd, unknown(31))[-1] == 429
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _k, statement, *_a: asked.append(statement))
    mistyped = serial[:-1] + ("0" if serial[-1] != "0" else "1")
    assert ask(crowd, ["00000", mistyped, "x" * 200] * 20) == [404] * 60
    assert not [statement for statement in asked if "credential" in statement]


def test_names_are_counted_by_the_code_that_strangers_do_not_know(
    crowd: Visitor, app: Flask, runtime: Runtime, learner: PersonRow, serial: str
) -> None:
    code, page = _printed(runtime, app, learner, serial), crowd.get(VERIFY + serial)
    for _ in range(40):
        crowd.submit(page, serial, {"name": "Somebody", "code": "nonsense"})
    for _ in range(30):
        crowd.submit(page, serial, {"name": "Somebody", "code": name_code(bytes(16))})
    crowd.submit(page, serial, {"name": "Somebody", "code": name_code(bytes(16))}, status=429)
    assert "Yes: this name belongs" in crowd.submit(page, serial, {"name": NAME, "code": code}).text
    for _ in range(29):
        crowd.submit(page, serial, {"name": "Somebody", "code": code})
    crowd.submit(page, serial, {"name": "Somebody", "code": code}, status=429)
