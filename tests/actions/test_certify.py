import io
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from elearn.access.identity import Identity
from elearn.actions import certify, erase, study
from elearn.actions.certify import Signer, Wording
from elearn.credential import keys, verify
from elearn.credential.print import Printed
from elearn.errors import Conflict, Invalid, NotFound, Refused
from elearn.lang import Language
from elearn.store import audit, credentials, people
from elearn.store.base import hour
from elearn.store.credentials import CredentialPrintRow, CredentialRow
from elearn.store.engine import Database
from elearn.store.tenancy import everyone
from tests.actions import trial
from tests.actions.trial import Desk
from tests.credential.texts_sample import SAMPLE
from tests.factories import make_organisation, make_person

KEY = keys.signing_key(b"\x07" * 32)
NAME = "Aýna Öwezowa"
WORDING = Wording(SAMPLE, lambda day, language: f"{day:%d.%m.%Y} {language}", lambda percent, language: f"{percent} {language}")
BIDI, ZERO_WIDTH, BELL = "Ayna\u202egnaw", "Ay\u200bna", "Ay\u0007na"


@pytest.fixture
def signer() -> Signer:
    return Signer(KEY, "Qadam", "https://learn.example", random.Random(3).randbytes)


@pytest.fixture
def admin(desk: Desk, organisation_id: str) -> Identity:
    return trial.identity(make_person(desk.session, organisation_id, role="admin"))


@pytest.fixture
def done(desk: Desk) -> Desk:
    """A learner who has completed the course."""
    trial.complete(desk)
    return desk


@pytest.fixture
def serial(done: Desk, admin: Identity, signer: Signer) -> str:
    """Her certificate."""
    return issue(done, admin, signer)


def issue(desk: Desk, admin: Identity, signer: Signer) -> str:
    return trial.issue(desk.session, desk.shelf, admin, desk.who.person_id, "trial", signer=signer, now=desk.now)


def due(desk: Desk) -> list[str]:
    return [one.person_id for one in certify.list_due(desk.session)]


def row_of(desk: Desk, serial: str) -> CredentialRow:
    return credentials.get_credential(desk.session, serial)


def printed(
    desk: Desk, serial: str, signer: Signer, *, name: str = NAME, languages: tuple[Language, ...] = ("en",), who: Identity | None = None
) -> Printed:
    holder = who or desk.who
    draft = certify.draft_print(desk.session, holder, serial, languages, typed_name=name, wording=WORDING, signer=signer, now=desk.now)
    made = certify.make_print(draft)
    certify.keep_print(desk.session, holder, draft, now=desk.now)
    return made


def checked(pdf: bytes, *, name: str | None = NAME, day: date = date(2026, 3, 20)) -> verify.Verdict:
    return verify.verify(pdf, keys=(KEY.public,), day=day, name=name)


def code_of(pdf: bytes) -> str:
    """The name code as a holder reads it on the paper."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        files = [bytes(attached.get_file().read_bytes()) for attached in opened.attachments.values()]
    holder = next(content for content in files if b"name_code" in content and verify.HOLDER_FILE.encode() in content)
    return holder.decode().partition('"name_code":"')[2].partition('"')[0]


def test_only_who_completed_the_course_is_due(done: Desk, organisation_id: str) -> None:
    beginner = Desk(done.session, done.shelf, trial.learner(done.session, organisation_id), done.now)
    beginner.take()
    (one,) = certify.list_due(done.session)
    assert (one.person_id, one.course_id, one.completed) == (done.who.person_id, "trial", hour(done.now))
    assert one.pseudonym == people.get_person(done.session, done.who.person_id).pseudonym
    assert certify.list_due(done.session, course_id="other") == []
    assert len(certify.list_due(done.session, course_id="trial")) == 1


def test_people_with_a_certificate_do_not_crowd_out_who_waits(done: Desk, admin: Identity, signer: Signer, organisation_id: str) -> None:
    for _ in range(2):
        later = Desk(done.session, done.shelf, trial.learner(done.session, organisation_id), done.now + timedelta(days=1))
        trial.complete(later)
        issue(later, admin, signer)
    assert [one.person_id for one in certify.list_due(done.session, limit=1)] == [done.who.person_id]


def test_issuing_again_gives_the_same_certificate(done: Desk, admin: Identity, signer: Signer) -> None:
    serial = issue(done, admin, signer)
    done.now += timedelta(days=1)
    assert issue(done, admin, signer) == serial
    assert (due(done), credentials.count_credentials(done.session)) == ([], 1)


def test_who_has_not_completed_gets_none(desk: Desk, admin: Identity, signer: Signer) -> None:
    with pytest.raises(Refused, match="not-complete"):
        issue(desk, admin, signer)
    desk.take()
    with pytest.raises(Refused, match="not-complete"):
        issue(desk, admin, signer)


def test_two_clicks_at_once_issue_one(database: Database, done: Desk, admin: Identity, signer: Signer) -> None:
    done.session.commit()

    def click(_number: int) -> str:
        with database.transaction(admin.organisation_id) as session:
            return issue(Desk(session, done.shelf, done.who, done.now), admin, signer)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(6)))) == 1


def test_every_deed_is_in_the_audit_log_without_names(done: Desk, admin: Identity, signer: Signer) -> None:
    first = issue(done, admin, signer)
    second = trial.replace(done.session, done.shelf, admin, first, "mistake", signer=signer, now=done.now)
    certify.withdraw(done.session, admin, second, "rules-broken", now=done.now)
    entries = [entry for entry in audit.list_entries(done.session, admin.organisation_id) if entry.verb.startswith("certificate")]
    said = [(entry.verb, entry.object) for entry in reversed(entries)]
    assert said == [
        ("certificate-issued", first),
        ("certificate-issued", second),
        ("certificate-replaced", first),
        ("certificate-withdrawn", second),
    ]
    assert {admin.person_id, done.who.person_id}.isdisjoint(entry.actor for entry in entries)
    assert audit.find_break(done.session) is None


def test_the_facts_are_of_the_release_that_was_completed_and_name_nobody(done: Desk, admin: Identity, signer: Signer) -> None:
    trial.release(done.session, done.shelf, done.now, toml=('title = "A trial"', 'title = "Renamed"'))
    published = done.shelf.course(done.session, "trial", now=done.now)
    study.read(done.session, done.who, published, "hello", now=done.now)
    row = row_of(done, issue(done, admin, signer))
    facts: dict[str, Any] = row.facts
    assert (facts["release"], facts["titles"]["en"], facts["hours"], facts["course"]) == (1, "A trial", 2, "trial")
    assert facts["pseudonym"] is None
    person = people.get_person(done.session, done.who.person_id)
    assert not any(word in f"{facts}{row.document}" for word in (person.pseudonym, person.handle, person.id))


def test_titles_are_only_in_languages_that_have_all_of_them(done: Desk, admin: Identity, signer: Signer) -> None:
    facts: dict[str, Any] = row_of(done, issue(done, admin, signer)).facts
    assert facts["titles"] == {"en": "A trial", "ru": "Проба"}
    assert facts["objectives"]["ru"] == ["Знать право"]


def test_a_title_without_its_objectives_is_no_certificate_language(desk: Desk, admin: Identity, signer: Signer) -> None:
    trial.release(desk.session, desk.shelf, desk.now, ru=('msgstr "Знать право"', 'msgstr ""'))
    trial.complete(desk)
    facts: dict[str, Any] = row_of(desk, issue(desk, admin, signer)).facts
    assert set(facts["titles"]) == {"en"}


def test_the_first_language_is_the_holders_where_it_can_be(desk: Desk, admin: Identity, signer: Signer, organisation_id: str) -> None:
    for language, spoken in (("ru", ["ru"]), ("tk", ["en"])):
        who = trial.identity(make_person(desk.session, organisation_id, language=language))
        holder = Desk(desk.session, desk.shelf, who, desk.now)
        trial.complete(holder)
        assert row_of(desk, issue(holder, admin, signer)).languages == spoken


@pytest.mark.parametrize(
    ("months", "today", "last"),
    [
        (1, datetime(2026, 1, 31, 23, 30, tzinfo=UTC), date(2026, 2, 28)),
        (1, datetime(2028, 1, 31, 10, tzinfo=UTC), date(2028, 2, 29)),
        (12, datetime(2028, 2, 29, 10, tzinfo=UTC), date(2029, 2, 28)),
        (11, datetime(2026, 1, 15, 10, tzinfo=UTC), date(2026, 12, 15)),
        (24, datetime(2026, 12, 31, 10, tzinfo=UTC), date(2028, 12, 31)),
        (0, datetime(2026, 1, 31, 10, tzinfo=UTC), None),
    ],
)
def test_it_ends_months_later_on_a_day_there_is(
    desk: Desk, admin: Identity, signer: Signer, months: int, today: datetime, last: date | None
) -> None:
    if months != 1:
        trial.release(desk.session, desk.shelf, desk.now, toml=("valid_months = 1", f"valid_months = {months}"))
    desk.now = today
    desk.shelf.forget()
    trial.complete(desk)
    row = row_of(desk, issue(desk, admin, signer))
    assert row.facts["expires_on"] == (last.isoformat() if last else None)
    assert row.ends_at == (datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=UTC) if last else None)
    assert row.issued_at == hour(today)


def test_a_print_holds_the_name_and_verifies_without_us(done: Desk, serial: str, signer: Signer) -> None:
    made = printed(done, serial, signer, languages=("ru", "en"))
    verdict = checked(made.pdf)
    assert (verdict.state, verdict.name, made.archival) == ("valid", "matches", True)
    assert verdict.award is not None
    assert (verdict.award.serial, verdict.award.languages, verdict.award.expires_on) == (serial, ("ru", "en"), date(2026, 4, 2))
    assert checked(made.pdf, name="Somebody").name == "differs"
    assert checked(made.pdf, day=date(2026, 4, 3)).state == "expired"


def test_without_a_name_there_is_none_to_confirm(done: Desk, serial: str, signer: Signer) -> None:
    made = printed(done, serial, signer, name=" \u00a0 ")
    assert checked(made.pdf).name == "not-signed"
    assert credentials.list_prints(done.session, serial) == []


def test_a_certificate_without_public_address_or_end_prints_too(desk: Desk, admin: Identity) -> None:
    trial.release(desk.session, desk.shelf, desk.now, toml=("valid_months = 1", "valid_months = 0"))
    trial.complete(desk)
    signer = Signer(KEY, "Qadam", "", random.Random(3).randbytes)
    serial = issue(desk, admin, signer)
    assert checked(printed(desk, serial, signer).pdf, day=date(2090, 1, 1)).state == "valid"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (BIDI, "name-direction"),
        (ZERO_WIDTH, "name-control"),
        (BELL, "name-control"),
        ("я" * 5000, "name-long"),
        ("\u200b", "name-control"),
        ("123 456", "name-letters"),
        ("Ayna 🌊 Ö", "name-signs"),
        ("王小明", "name-signs"),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused_and_nothing_kept(done: Desk, serial: str, signer: Signer, typed: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        printed(done, serial, signer, name=typed)
    assert credentials.list_prints(done.session, serial) == []


@pytest.mark.parametrize("languages", [(), ("kk",), ("en", "en"), ("en", "ru", "kk"), ("en", "kk")])
def test_a_print_is_in_one_or_two_languages_there_are(done: Desk, serial: str, signer: Signer, languages: tuple[Language, ...]) -> None:
    with pytest.raises(Invalid, match="languages-needed"):
        printed(done, serial, signer, languages=languages)


def test_a_name_is_confirmed_by_its_code_and_no_other(
    done: Desk, serial: str, admin: Identity, signer: Signer, organisation_id: str
) -> None:
    code = code_of(printed(done, serial, signer).pdf)
    other = Desk(done.session, done.shelf, trial.learner(done.session, organisation_id), done.now)
    trial.complete(other)
    strange = issue(other, admin, signer)
    confirms = certify.confirms_name
    assert confirms(done.session, serial, NAME, code)
    assert confirms(done.session, serial, "  aýna".replace("a", "A", 1) + "  Öwezowa ", code.lower())
    assert not confirms(done.session, serial, "Somebody Else", code)
    assert not confirms(done.session, serial, NAME, "0000-0000")
    assert not confirms(done.session, serial, NAME, "")
    assert not confirms(done.session, strange, NAME, code)


def test_each_print_has_a_code_of_its_own_and_all_stay_good(done: Desk, serial: str, signer: Signer) -> None:
    codes = [code_of(printed(done, serial, signer).pdf) for _ in range(2)]
    assert len(set(codes)) == 2
    assert all(certify.confirms_name(done.session, serial, NAME, code) for code in codes)
    commitments = [row.commitment for row in credentials.list_prints(done.session, serial)]
    assert len(set(commitments)) == 2


def test_the_first_print_is_good_after_any_number_of_others(done: Desk, serial: str, signer: Signer, organisation_id: str) -> None:
    code = code_of(printed(done, serial, signer).pdf)
    same = {"organisation_id": organisation_id, "credential_id": serial, "hour": hour(done.now) + timedelta(hours=1)}
    done.session.add_all(CredentialPrintRow(commitment=f"{number:064x}", **same) for number in range(250))
    done.session.flush()
    assert certify.confirms_name(done.session, serial, NAME, code)


def test_the_name_is_stored_nowhere(database: Database, done: Desk, serial: str, signer: Signer) -> None:
    pdf = printed(done, serial, signer, name="Zulfizarbegim Qodirovna").pdf
    code = code_of(pdf)
    done.session.commit()
    if not database.is_sqlite:
        assert not any("Zulfizarbegim" in str(row) for row in everything(database))
        return
    file = Path(str(database.engine.url.database))
    content = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert b"CREATE TABLE" in content
    assert serial.encode() in content
    for secret in (b"Zulfizarbegim", b"Qodirovna", code.encode(), code.replace("-", "").encode()):
        assert secret not in content


def everything(database: Database) -> Iterator[object]:
    with database.whole.connect() as connection:
        for table in CredentialRow.metadata.sorted_tables:
            yield from connection.execute(table.select())


def test_somebody_elses_certificate_is_not_there(done: Desk, serial: str, signer: Signer, organisation_id: str) -> None:
    with pytest.raises(NotFound, match="no-credential"):
        printed(done, serial, signer, who=trial.learner(done.session, organisation_id))


def test_a_certificate_of_another_organisation_is_not_there(database: Database, done: Desk, serial: str, signer: Signer) -> None:
    done.session.commit()
    with database.transaction() as session, everyone(session):
        other = make_organisation(session)
        who = trial.identity(make_person(session, other.id, role="admin"))
    with database.transaction(other.id) as session:
        foreign = Desk(session, done.shelf, who, done.now)
        assert due(foreign) == []
        with pytest.raises(NotFound):
            certify.withdraw(session, who, serial, "mistake", now=done.now)
        with pytest.raises(NotFound):
            trial.replace(session, done.shelf, who, serial, "lost", signer=signer, now=done.now)
        with pytest.raises(Refused, match="not-complete"):
            trial.issue(session, done.shelf, who, done.who.person_id, "trial", signer=signer, now=done.now)
        with pytest.raises(NotFound):
            printed(foreign, serial, signer)


@pytest.mark.parametrize("reason", ["", "because", "Mistake"])
def test_ending_a_certificate_takes_a_reason(done: Desk, serial: str, admin: Identity, signer: Signer, reason: str) -> None:
    with pytest.raises(Invalid, match="reason-needed"):
        certify.withdraw(done.session, admin, serial, reason, now=done.now)
    with pytest.raises(Invalid, match="reason-needed"):
        trial.replace(done.session, done.shelf, admin, serial, reason, signer=signer, now=done.now)
    assert row_of(done, serial).status == "valid"


def test_a_withdrawn_certificate_is_over(done: Desk, serial: str, admin: Identity, signer: Signer) -> None:
    certify.withdraw(done.session, admin, serial, "rules-broken", now=done.now)
    row = row_of(done, serial)
    assert (row.status, row.reason, row.replaced_by) == ("withdrawn", "rules-broken", None)
    with pytest.raises(Conflict, match="certificate-not-valid"):
        printed(done, serial, signer)
    with pytest.raises(Conflict, match="certificate-not-valid"):
        certify.withdraw(done.session, admin, serial, "lost", now=done.now)
    with pytest.raises(Conflict, match="certificate-not-valid"):
        trial.replace(done.session, done.shelf, admin, serial, "lost", signer=signer, now=done.now)


@pytest.mark.parametrize(("reason", "again"), [("mistake", True), ("lost", True), ("rules-broken", False), ("asked-by-holder", False)])
def test_who_lost_it_for_good_is_not_offered_another(done: Desk, serial: str, admin: Identity, reason: str, again: bool) -> None:
    certify.withdraw(done.session, admin, serial, reason, now=done.now)
    assert due(done) == ([done.who.person_id] if again else [])


def test_a_replaced_certificate_names_the_new_one(done: Desk, serial: str, admin: Identity, signer: Signer) -> None:
    done.now += timedelta(days=40)
    new = trial.replace(done.session, done.shelf, admin, serial, "lost", signer=signer, now=done.now)
    old = row_of(done, serial)
    assert (old.status, old.reason, old.replaced_by, new != serial) == ("replaced", "lost", new, True)
    fresh = row_of(done, new)
    assert (fresh.status, fresh.facts["issued_on"], fresh.facts["digest"]) == ("valid", "2026-04-11", old.facts["digest"])
    assert due(done) == []
    assert checked(printed(done, new, signer).pdf, day=date(2026, 4, 12)).state == "valid"


def test_a_certificate_outlives_its_holders_account(done: Desk, serial: str, admin: Identity, signer: Signer) -> None:
    printed(done, serial, signer)
    person = people.get_person(done.session, done.who.person_id)
    with everyone(done.session):
        erase.erase_person(done.session, person, now=done.now)
    done.session.flush()
    done.session.expire_all()
    row = row_of(done, serial)
    assert (row.status, row.person_id) == ("valid", None)
    with pytest.raises(Refused, match="holder-erased"):
        trial.replace(done.session, done.shelf, admin, serial, "lost", signer=signer, now=done.now)
    with pytest.raises(NotFound):
        printed(done, serial, signer)
    certify.withdraw(done.session, admin, serial, "mistake", now=done.now)
    assert due(done) == []
