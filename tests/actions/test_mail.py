"""A mail is asked for where mail is on and she wants one, never otherwise; it is sent once a day, while there is something to read."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from elearn.actions import contact, mail, notices
from elearn.actions.contact import Contact, Seals
from elearn.actions.deliver import REST, Sender, Words, deliver
from elearn.actions.jobs import Job, Outcome, work_one
from elearn.actions.settings import change_organisation, choices_of
from elearn.errors import Refused
from elearn.store.account_notices import list_notices
from elearn.store.engine import Database
from elearn.store.jobs import JobRow, find_job
from elearn.store.organisations import get_organisation
from elearn.store.people import PersonRow, get_person
from elearn.store.sealed import Key
from elearn.store.tenancy import everyone
from elearn.web.mail import mail_words
from tests.actions import trial
from tests.conftest import StandingClock
from tests.factories import make_organisation, make_person, make_signed_in

SEALS = Seals((Key("seal1", b"s" * 32),), (Key("index1", b"i" * 32),))
AYNA = "ayna@example.org"


@dataclass
class Post:
    """Keeps what it is handed."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, address: str, words: Words, *, now: datetime) -> None:
        """Take one mail."""
        assert now.tzinfo
        self.sent.append((address, words.subject))


@pytest.fixture
def on(database: Database) -> None:
    with database.transaction() as session, everyone(session):
        mail.switch_on(session)


@pytest.fixture
def person(database: Database, organisation_id: str, clock: StandingClock) -> PersonRow:
    """Somebody who wants mails."""
    with database.transaction() as session:
        get_organisation(session, organisation_id).settings = {"keep_emails": True}
        made = make_person(session, organisation_id, language="tg")
    keep(database, made, clock, mails=True)
    return made


def keep(database: Database, person: PersonRow, clock: StandingClock, *, mails: bool | None, email: str = AYNA) -> None:
    with database.transaction(person.organisation_id) as session:
        typed = Contact("", email)
        contact.keep(session, make_signed_in(person), typed, agreed=True, seals=SEALS, now=clock.now, mails=mails)


def tell(database: Database, person: PersonRow, clock: StandingClock, code: str = "role-changed") -> None:
    with database.transaction(person.organisation_id) as session:
        notices.tell(session, person.id, code, clock.now)


def waiting(database: Database, person: PersonRow) -> datetime | None:
    with database.read(person.organisation_id) as session:
        row = find_job(session, mail.KIND, person.id)
        return row.due_at if row else None


def work(database: Database, post: Post, clock: StandingClock) -> Outcome | None:
    sender = Sender(SEALS, mail_words, post)

    def act(job: Job) -> datetime | None:
        return deliver(database, job, sender, now=clock.now)

    return work_one(database, {mail.KIND: act}, now=clock.now)


def test_with_mail_off_nothing_is_ever_asked_for(database: Database, person: PersonRow, clock: StandingClock) -> None:
    tell(database, person, clock)
    assert waiting(database, person) is None
    assert work(database, Post(), clock) is None


def test_several_things_make_one_mail_at_the_next_full_hour(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    for code in ("role-changed", "name-viewed", "factor-removed"):
        tell(database, person, clock, code)
        clock.move(minutes=4)
    assert waiting(database, person) == datetime(2026, 3, 2, 10, tzinfo=clock.now.tzinfo)
    post = Post()
    assert work(database, post, clock) is None
    clock.move(hours=1)
    assert (work(database, post, clock), work(database, post, clock)) == (Outcome(), None)
    assert post.sent == [(AYNA, mail_words("tg").subject)]


def test_nobody_gets_two_within_a_day(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    post, sent = Post(), []
    for hour in range(72):
        tell(database, person, clock, notices.CODES[hour % len(notices.CODES)])
        clock.move(hours=1)
        while work(database, post, clock) is not None:
            sent.append(clock.now)
    assert len(post.sent) == len(sent) == 3
    assert all(later - earlier >= REST - timedelta(hours=1) for earlier, later in pairwise(sent))


def test_what_she_has_read_meanwhile_needs_no_mail(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    tell(database, person, clock)
    with database.transaction(person.organisation_id) as session:
        notices.dismiss(session, make_signed_in(person), [row.id for row in list_notices(session, person.id)])
    clock.move(hours=1)
    post = Post()
    assert work(database, post, clock) == Outcome()
    tell(database, person, clock)
    clock.move(hours=1)
    assert work(database, post, clock) == Outcome()
    assert len(post.sent) == 1


@pytest.mark.parametrize("mails", [False, None])
def test_who_leaves_an_address_without_asking_for_mails_gets_none(
    database: Database, on: None, organisation_id: str, clock: StandingClock, mails: bool | None
) -> None:
    with database.transaction() as session:
        get_organisation(session, organisation_id).settings = {"keep_emails": True}
        other = make_person(session, organisation_id)
    tell(database, other, clock)
    keep(database, other, clock, mails=mails)
    tell(database, other, clock, "name-viewed")
    assert waiting(database, other) is None


def test_whoever_wants_none_any_more_gets_not_even_the_one_that_waits(
    database: Database, on: None, person: PersonRow, clock: StandingClock
) -> None:
    for mails, email in ((False, AYNA), (None, "")):
        keep(database, person, clock, mails=True)
        tell(database, person, clock)
        assert waiting(database, person) is not None
        keep(database, person, clock, mails=mails, email=email)
        assert waiting(database, person) is None
        clock.move(days=1)


def test_a_change_of_the_address_keeps_the_choice(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    keep(database, person, clock, mails=None, email="other@example.org")
    tell(database, person, clock)
    clock.move(hours=1)
    post = Post()
    work(database, post, clock)
    assert [address for address, _ in post.sent] == ["other@example.org"]


def test_nothing_is_sent_where_addresses_are_kept_no_more(
    database: Database, on: None, person: PersonRow, organisation_id: str, clock: StandingClock
) -> None:
    tell(database, person, clock)
    with database.transaction(organisation_id) as session:
        admin = make_person(session, organisation_id, role="admin")
        chosen = choices_of(get_organisation(session, organisation_id))
        change_organisation(session, trial.identity(admin), replace(chosen, keep_emails=False), now=clock.now)
    clock.move(hours=1)
    post = Post()
    assert work(database, post, clock) == Outcome()
    assert post.sent == []


@pytest.mark.parametrize("state", ["suspended", "leaving"])
def test_whoever_cannot_come_in_or_is_leaving_gets_none(
    database: Database, on: None, person: PersonRow, clock: StandingClock, state: str
) -> None:
    tell(database, person, clock)
    with database.transaction(person.organisation_id) as session:
        get_person(session, person.id).state = state
    clock.move(hours=1)
    post = Post()
    assert work(database, post, clock) == Outcome()
    assert post.sent == []


def test_an_address_that_nobody_can_open_is_given_up(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    tell(database, person, clock)
    clock.move(hours=1)
    sender = Sender(Seals((Key("seal9", b"x" * 32),), SEALS.index), mail_words, Post())
    job = Job(mail.KIND, person.id, person.organisation_id, clock.now, 1)
    assert deliver(database, job, sender, now=clock.now) is None
    assert sender.post == Post()


def test_switching_off_drops_what_waits(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    tell(database, person, clock)
    with database.transaction() as session, everyone(session):
        mail.switch_off(session)
    assert waiting(database, person) is None
    with database.read() as session:
        assert not mail.is_on(session)


def test_a_restore_tells_everybody_without_a_mail(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    with database.transaction() as session, everyone(session):
        notices.tell_everyone(session, "restored", clock.now)
    assert waiting(database, person) is None


def test_a_deed_that_fails_leaves_no_mail_behind(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    def broken() -> None:
        with database.transaction(person.organisation_id) as session:
            notices.tell(session, person.id, "role-changed", clock.now)
            assert find_job(session, mail.KIND, person.id) is not None
            raise Refused("no")

    with pytest.raises(Refused):
        broken()
    assert waiting(database, person) is None


def test_a_job_holds_nothing_but_a_random_id_and_hours(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    tell(database, person, clock)
    clock.move(hours=1)
    work(database, Post(), clock)
    with database.read(person.organisation_id) as session:
        row = find_job(session, mail.KIND, person.id)
        assert row is not None
        assert {column.name for column in JobRow.__table__.columns} == {
            *("person_id", "organisation_id", "kind", "due_at", "tries", "leased_until", "rests_until"),
        }
        assert row.rests_until is not None
        assert (row.rests_until.minute, row.rests_until.second) == (0, 0)


def test_another_organisation_sees_no_job(database: Database, on: None, person: PersonRow, clock: StandingClock) -> None:
    tell(database, person, clock)
    with database.transaction() as session:
        elsewhere = make_organisation(session).id
    with database.read(elsewhere) as session:
        assert find_job(session, mail.KIND, person.id) is None
