"""Plain functions that put one row each into a session, with sensible values where none are given."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Final

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from elearn.actions import handle as handles
from elearn.actions.session import Opened, Waiting
from elearn.store.account_notices import AccountNoticeRow
from elearn.store.approvals import ApprovalRow
from elearn.store.attempts import AttemptRow, AttemptStepRow
from elearn.store.base import JsonObject, hour
from elearn.store.cohorts import CohortMemberRow, CohortRow
from elearn.store.contacts import ContactRow
from elearn.store.courses import CourseRow
from elearn.store.credentials import CredentialRow
from elearn.store.enrolments import EnrolmentRow
from elearn.store.factors import PasskeyRow, SecondFactorRow, SignInStepRow
from elearn.store.jobs import JobRow
from elearn.store.organisations import OrganisationRow
from elearn.store.people import PersonRow
from elearn.store.progress import ProgressFactRow, ProgressSummaryRow
from elearn.store.releases import ReleasePageRow, ReleaseRow
from elearn.store.sealed import Cell, Key, seal
from elearn.store.sessions import SignedIn
from elearn.store.tenancy import everyone

NOW: Final = datetime(2026, 3, 2, 9, 17, 30, tzinfo=UTC)
PASSPHRASE: Final = "tulip kettle morning 47"
#: A real hash, but a cheap one: signing in takes a millisecond (and is followed by a rehash at full cost).
CHEAP_HASH: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSPHRASE)
#: Of the time codes that `make_factor` gives.
SEED: Final = b"12345678901234567890"
_numbers = count(1)


def make_organisation(session: Session, slug: str = "", *, open_join: bool = True, settings: JsonObject | None = None) -> OrganisationRow:
    name = slug or f"org-{next(_numbers)}"
    row = OrganisationRow(slug=name, name=name.title(), open_join=open_join, settings=settings or {})
    session.add(row)
    session.flush()
    return row


def make_person(
    session: Session,
    organisation_id: str,
    handle: str = "",
    *,
    role: str = "learner",
    state: str = "active",
    erase_on: date | None = None,
    language: str = "en",
) -> PersonRow:
    name = handle or f"mirava-{next(_numbers)}-x"
    row = PersonRow(
        organisation_id=organisation_id,
        handle=name,
        handle_key=handles.fold(name),
        pseudonym=name.title(),
        passphrase_hash=CHEAP_HASH,
        role=role,
        language=language,
        other_languages=[],
        country="KZ",
        state=state,
        created_on=NOW.date(),
        erase_on=erase_on,
    )
    with everyone(session):
        session.add(row)
        session.flush()
    return row


def came_in(outcome: Opened | Waiting) -> Opened:
    """Give the session of a sign-in that needed no second factor."""
    assert isinstance(outcome, Opened)
    return outcome


def make_signed_in(person: PersonRow, *, now: datetime = NOW, token_hash: str = "-") -> SignedIn:
    return SignedIn(
        token_hash=token_hash,
        created_at=now,
        seen_at=now,
        ends_at=now.replace(year=now.year + 1),
        fresh_at=now,
        label="",
        trusted=False,
        factored=True,
        missed_tries=0,
        person_id=person.id,
        handle=person.handle,
        pseudonym=person.pseudonym,
        role=person.role,
        language=person.language,
        other_languages=person.other_languages,
        country=person.country,
        state=person.state,
        passphrase_ends_on=person.passphrase_ends_on,
        organisation_id=person.organisation_id,
        organisation_name="Org",
        settings={},
    )


def make_factor(session: Session, person: PersonRow, keys: Sequence[Key]) -> None:
    """Time codes from `SEED`, confirmed long ago."""
    cell = Cell("second_factor", "seed", person.id, person.organisation_id)
    hers = {"person_id": person.id, "organisation_id": person.organisation_id}
    with everyone(session):
        session.add(SecondFactorRow(**hers, seed=seal(SEED, cell, keys), last_step=0, confirmed_on=NOW.date()))
        session.flush()


def make_release(session: Session, course_id: str = "rights", *, number: int = 1, current: bool = True) -> ReleaseRow:
    course = session.get(CourseRow, course_id)
    if course is None:
        course = CourseRow(id=course_id, release_id=None)
        session.add(course)
        session.flush()
    row = ReleaseRow(
        course_id=course_id, number=number, digest=f"digest-{number}", created_at=NOW, source=b"zip", diff={}, languages=["en", "ru"]
    )
    session.add(row)
    session.flush()
    if current:
        course.release_id = row.id
        session.flush()
    return row


def make_page(
    session: Session, release: ReleaseRow, page_id: str = "intro", *, language: str = "en", title: str = "", text: str = ""
) -> ReleasePageRow:
    row = ReleasePageRow(release_id=release.id, page_id=page_id, language=language, title=title or page_id, body={"html": text}, text=text)
    session.add(row)
    session.flush()
    return row


def make_enrolment(session: Session, person: PersonRow, course_id: str = "rights", *, state: str = "active") -> EnrolmentRow:
    row = EnrolmentRow(organisation_id=person.organisation_id, person_id=person.id, course_id=course_id, state=state, created_on=NOW.date())
    session.add(row)
    session.flush()
    return row


def make_fact(session: Session, person: PersonRow, release: ReleaseRow, *, kind: str = "opened", page_id: str = "intro") -> ProgressFactRow:
    row = ProgressFactRow(
        organisation_id=person.organisation_id,
        person_id=person.id,
        course_id=release.course_id,
        release_id=release.id,
        kind=kind,
        page_id=page_id,
        ref="",
        fraction_e4=None,
        hour=hour(NOW),
    )
    session.add(row)
    session.flush()
    return row


def make_summary(
    session: Session, person: PersonRow, release: ReleaseRow, *, percent: int = 50, complete_at: datetime | None = None
) -> ProgressSummaryRow:
    row = ProgressSummaryRow(
        person_id=person.id,
        course_id=release.course_id,
        organisation_id=person.organisation_id,
        release_id=release.id,
        done=["intro"],
        percent=percent,
        last_page="intro",
        complete_at=complete_at,
        rule={},
    )
    session.add(row)
    session.flush()
    return row


def make_attempt(session: Session, person: PersonRow, release: ReleaseRow, *, page_id: str = "quiz", state: str = "open") -> AttemptRow:
    row = AttemptRow(
        organisation_id=person.organisation_id,
        person_id=person.id,
        course_id=release.course_id,
        release_id=release.id,
        page_id=page_id,
        number=next(_numbers),
        form="test",
        seed=2**62,
        language="en",
        drawn={"questions": []},
        state=state,
        started_at=NOW,
        ends_at=None,
        submitted_at=None,
        fraction_e4=None,
        passed=None,
    )
    session.add(row)
    session.flush()
    return row


def make_step(session: Session, attempt: AttemptRow, *, number: int = 1, one_time_key: str | None = None) -> AttemptStepRow:
    row = AttemptStepRow(
        organisation_id=attempt.organisation_id,
        attempt_id=attempt.id,
        number=number,
        kind="answer",
        question_id="q1",
        response={"kind": "single", "value": "a"},
        language="en",
        at=NOW,
        one_time_key=one_time_key,
    )
    session.add(row)
    session.flush()
    return row


def make_credential(session: Session, person: PersonRow, release: ReleaseRow, *, serial: str = "", status: str = "valid") -> CredentialRow:
    row = CredentialRow(
        id=serial or f"serial-{next(_numbers)}",
        organisation_id=person.organisation_id,
        person_id=person.id,
        course_id=release.course_id,
        release_id=release.id,
        facts={"course": release.course_id},
        facts_hash="hash",
        languages=["en"],
        issued_at=NOW,
        ends_at=None,
        status=status,
        reason="",
        replaced_by=None,
        document={},
        compact="",
        key_id="key",
    )
    session.add(row)
    session.flush()
    return row


def make_cohort(
    session: Session, organisation_id: str, *members: PersonRow, trainer: PersonRow | None = None, name: str = "Spring"
) -> CohortRow:
    with everyone(session):
        row = CohortRow(
            organisation_id=organisation_id,
            name=name,
            trainer_id=trainer.id if trainer else None,
            starts_on=NOW.date(),
            ends_on=None,
            languages=["ru"],
            courses=["rights-and-obligations"],
            closed=False,
            created_on=NOW.date(),
        )
        session.add(row)
        session.flush()
        session.add_all(
            CohortMemberRow(organisation_id=organisation_id, cohort_id=row.id, person_id=member.id, joined_on=NOW.date())
            for member in members
        )
        session.flush()
    return row


def make_traces(session: Session, person: PersonRow) -> None:
    """A row in every table that concerns the safety of an account."""
    hers = {"person_id": person.id, "organisation_id": person.organisation_id}
    today = NOW.date()
    with everyone(session):
        make_cohort(session, person.organisation_id, person, trainer=person)
        session.add_all(
            [
                SecondFactorRow(**hers, seed=b"sealed", last_step=1, confirmed_on=None),
                PasskeyRow(**hers, id=f"key-{person.id}", public_key=b"key", sign_count=0, label="phone", created_on=today, used_on=None),
                SignInStepRow(**hers, token_hash=f"step-{person.id}", purpose="factor", challenge=None, facts={}, ends_at=NOW),
                ContactRow(**hers, name=b"sealed", email=None, email_index=None, consent_on=today),
                AccountNoticeRow(**hers, code="reset-started", on=today),
                JobRow(**hers, kind="mail", due_at=NOW, tries=0),
                ApprovalRow(
                    **hers,
                    deed="remove-factor",
                    facts={},
                    asked_by=person.id,
                    decided_by=person.id,
                    state="waiting",
                    asked_at=NOW,
                    ends_at=NOW,
                ),
            ]
        )
        session.flush()
