"""My certificates: due, held, printed in one or two languages with a name that is not kept, refused names, ended ones."""

import shutil
import subprocess

import pytest
from sqlalchemy import update

from elearn.access.identity import Identity
from elearn.actions import certify
from elearn.credential.print import Printed
from elearn.runtime import Runtime
from elearn.store.credentials import CredentialRow, list_prints
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.store.releases import ReleaseRow
from tests.factories import make_credential, make_person
from tests.visitor import Visitor, filled
from tests.web.conftest import SignInAs
from tests.web.teaching import certificate, complete, publish_changed, publish_open

LIST = "/en/learn/certificates/"
_BOXES = 'msgid "Boxes"\nmsgstr "Рамки"\n'
_RUSSIAN = """
msgid "Everything \\"once\\""
msgstr "Всё один раз"

msgid "Tell a right from a duty"
msgstr "Отличать право от обязанности"

msgid "Use every kind of question"
msgstr "Отвечать на вопросы всех видов"
"""
_TITLES = (_BOXES, _BOXES + _RUSSIAN)


@pytest.fixture
def serial(runtime: Runtime, learner: PersonRow) -> str:
    """The number of a certificate in English and Russian."""
    return certificate(runtime, learner, publish_open(runtime, _TITLES))


def _print(who: Visitor, serial: str, **fields: str) -> bytes:
    form = who.get(f"{LIST}{serial}/").form("/print")
    answer = who.client.post(f"{LIST}{serial}/print", data={**filled(form), **fields})
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="certificate-{serial[:5]}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.get_data()


def _words(pdf: bytes) -> str:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("there is no pdftotext on this machine")
    read = subprocess.run([reader, "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(read.stdout.decode().split())


def test_whoever_has_none_is_told_how_to_get_one(member: Visitor) -> None:
    assert "No certificate yet." in member.get(LIST).text


def test_a_completed_course_waits_for_its_certificate(member: Visitor, learner: PersonRow, runtime: Runtime) -> None:
    complete(runtime, learner, publish_open(runtime))
    page = member.get(LIST)
    assert 'Completed: Everything "once". An admin of your organisation issues the certificate.' in page.text


def test_an_issued_certificate_is_listed_once(member: Visitor, serial: str) -> None:
    page = member.get(LIST)
    assert "Completed:" not in page.text
    assert serial in page.text
    assert "Valid" in page.text
    assert f"/en/verify/{serial}" in page.links()


def test_the_title_follows_the_language_of_the_page(member: Visitor, serial: str) -> None:
    assert "Всё один раз" in member.get(LIST.replace("/en/", "/ru/")).text
    assert 'Everything "once"' in member.get(LIST.replace("/en/", "/tk/")).text


@pytest.mark.parametrize("name", ["", "   "])
def test_a_certificate_prints_without_a_name(member: Visitor, serial: str, name: str, database: Database, learner: PersonRow) -> None:
    words = _words(_print(member, serial, name=name))
    assert serial.replace("-", "") in words.replace("-", "").replace(" ", "")
    assert "Everything" in words
    with database.read(learner.organisation_id) as session:
        assert list_prints(session, serial) == []


def test_a_name_goes_into_the_file_and_only_its_hash_stays(
    member: Visitor, serial: str, database: Database, learner: PersonRow, runtime: Runtime
) -> None:
    assert "Анна Ғалымқызы" in _words(_print(member, serial, name="Анна Ғалымқызы"))
    with database.read(learner.organisation_id) as session:
        assert len(list_prints(session, serial)) == 1
    assert "Анна" not in member.get(f"{LIST}{serial}/").text


@pytest.mark.parametrize(
    ("first", "second", "titles"),
    [
        ("en", "", ("Everything",)),
        ("ru", "", ("Всё один раз",)),
        ("en", "ru", ("Everything", "Всё один раз")),
        ("ru", "ru", ("Всё один раз",)),
        ("", "ru", ("Всё один раз",)),
    ],
)
def test_a_certificate_prints_in_the_languages_chosen(
    member: Visitor, serial: str, first: str, second: str, titles: tuple[str, ...]
) -> None:
    words = _words(_print(member, serial, first=first, second=second))
    assert [title for title in ("Everything", "Всё один раз") if title in words] == list(titles)


@pytest.mark.parametrize(("first", "second"), [("", ""), ("kk", ""), ("en", "tg"), ("xx", "yy"), ("\u202e", "")])
def test_a_language_the_course_has_not_is_refused(member: Visitor, serial: str, first: str, second: str) -> None:
    page = member.get(f"{LIST}{serial}/")
    page = member.submit(page, "/print", {"first": first, "second": second, "name": "Anna"}, status=422)
    assert "Choose one or two of the languages on the list." in page.text
    assert page.one("input", name="name").get("value") == "Anna"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Anna\u202eavon", "marks that turn the direction of writing"),
        ("Anna\u200bIvanova", "signs that cannot be seen"),
        ("A" * 121, "too long for a certificate. It may have up to 120 characters."),
        ("A" * 5000, "too long for a certificate. It may have up to 120 characters."),
        ("A" * 20_000, "too long for a certificate. It may have up to 120 characters."),
        ("12345", "A name holds at least one letter."),
        ("😀😀", "A name holds at least one letter."),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused_with_the_reason(member: Visitor, serial: str, name: str, words: str) -> None:
    page = member.submit(member.get(f"{LIST}{serial}/"), "/print", {"name": name}, status=422)
    assert words in page.text
    assert page.text.count("could not be done") == 0
    errors = [text for part in page.all("a", href="#name") for text in part.itertext()]
    assert len(errors) == 1


@pytest.mark.parametrize(("typed", "signs"), [("Anna 😀", "😀"), ("李小龙", "李 小 龙")])
def test_a_name_that_would_be_printed_as_boxes_is_refused_and_stays_in_its_field(
    member: Visitor, serial: str, typed: str, signs: str
) -> None:
    page = member.submit(member.get(f"{LIST}{serial}/"), "/print", {"name": typed}, status=422)
    assert f"These signs of the name cannot be printed: {signs}." in page.text
    assert page.one("input", name="name").get("value") == typed


def test_a_withdrawn_certificate_cannot_be_printed(member: Visitor, serial: str, learner: PersonRow, runtime: Runtime) -> None:
    page = member.get(f"{LIST}{serial}/")
    who = Identity(person_id=learner.id, organisation_id=learner.organisation_id)
    with runtime.database.transaction(learner.organisation_id) as session:
        certify.withdraw(session, who, serial, "mistake", now=runtime.clock())
    page = member.submit(page, "/print", status=409)
    assert "This certificate is not valid any more, so nothing was changed." in page.text
    page = member.get(f"{LIST}{serial}/")
    assert "Withdrawn" in page.text
    assert not [form for form in page.all("form") if (form.get("action") or "").endswith("/print")]
    assert "It was issued by mistake." in page.text
    assert "can issue a new certificate" in page.text
    assert "Completed: " in member.get(LIST).text


@pytest.mark.parametrize("reason", ["rules-broken", "asked-by-holder"])
def test_a_certificate_withdrawn_for_good_waits_for_no_other(
    member: Visitor, serial: str, learner: PersonRow, runtime: Runtime, reason: str
) -> None:
    who = Identity(person_id=learner.id, organisation_id=learner.organisation_id)
    with runtime.database.transaction(learner.organisation_id) as session:
        certify.withdraw(session, who, serial, reason, now=runtime.clock())
    assert "Completed: " not in member.get(LIST).text
    assert "no new certificate is issued by itself" in member.get(f"{LIST}{serial}/").text


def test_a_replaced_certificate_leads_to_the_new_one(
    member: Visitor, serial: str, sign_in_as: SignInAs, database: Database, organisation_id: str
) -> None:
    with database.transaction() as session:
        person = make_person(session, organisation_id, role="admin")
    admin = sign_in_as(person)
    admin.submit(admin.get(f"/en/admin/certificates/{serial}/end?how=replace"), "/end", {"reason": "lost"})
    page = member.get(f"{LIST}{serial}/")
    assert "It was lost." in page.text
    newer = page.one("a", **{"class": "button"}).get("href")
    assert newer is not None
    assert "Valid" in member.get(newer).text


def test_what_is_valid_stands_before_what_it_replaced(member: Visitor, learner: PersonRow, serial: str, database: Database) -> None:
    with database.transaction(learner.organisation_id) as session:
        held = session.get_one(CredentialRow, serial)
        release = session.get_one(ReleaseRow, held.release_id)
        older = make_credential(session, learner, release, serial="00000-00000-00000-00000-00000", status="replaced")
        older.facts, older.issued_at = held.facts, held.issued_at
    assert next(link for link in member.get(LIST).links() if "/verify/" in link).endswith(serial)


def test_a_certificate_of_somebody_else_is_not_there(sign_in_as: SignInAs, database: Database, organisation_id: str, serial: str) -> None:
    with database.transaction() as session:
        person = make_person(session, organisation_id)
    other = sign_in_as(person)
    other.get(f"{LIST}{serial}/", status=404)
    token = filled(other.get(LIST).form("/account/exit"))["csrf_token"]
    assert other.client.post(f"{LIST}{serial}/print", data={"csrf_token": token}).status_code == 404


def test_an_unknown_number_is_not_found(member: Visitor) -> None:
    member.get(f"{LIST}00000-00000/", status=404)


def test_a_completed_course_that_is_gone_waits_for_nothing(member: Visitor, learner: PersonRow, runtime: Runtime) -> None:
    release = publish_changed(runtime, "minimal", ("[[module]]", "[completion]\nquizzes = []\n\n[[module]]"))
    complete(runtime, learner, release)
    runtime.shelf._current = {}
    runtime.shelf._asked_at = runtime.clock()
    assert "No certificate yet." in member.get(LIST).text


def test_others_write_while_a_print_is_made(
    member: Visitor, serial: str, learner: PersonRow, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes half a second, and SQLite has one writer at a time."""
    make = certify.make_print
    written: list[int] = []

    def make_while_others_write(draft: certify.Draft) -> Printed:
        with database.transaction(learner.organisation_id) as session:
            written.append(1)
            session.execute(update(PersonRow).where(PersonRow.id == learner.id).values(country="KZ"))
        return make(draft)

    monkeypatch.setattr(certify, "make_print", make_while_others_write)
    _print(member, serial, name="Anna")
    assert written == [1]


def test_a_certificate_that_is_withdrawn_while_its_print_is_made_is_not_handed_out(
    member: Visitor, serial: str, learner: PersonRow, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = certify.make_print

    def make_too_late(draft: certify.Draft) -> Printed:
        with database.transaction(learner.organisation_id) as session:
            session.execute(update(CredentialRow).where(CredentialRow.id == serial).values(status="withdrawn"))
        return make(draft)

    monkeypatch.setattr(certify, "make_print", make_too_late)
    member.submit(member.get(f"{LIST}{serial}/"), "/print", {"name": "Anna"}, status=409)
    with database.read(learner.organisation_id) as session:
        assert list_prints(session, serial) == []
