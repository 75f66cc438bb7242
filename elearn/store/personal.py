"""Where a person is in the database: purpose, retention, export and erasure of each table. A test walks the schema."""

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from elearn.store.rows import METADATA
from elearn.store.tenancy import BOUND

Erase = Literal["delete", "unlink"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """One table that holds or points to a person. `shown` columns are exported, `kept_back` ones are secrets or mean nothing to her.

    `sealed` ones of the shown columns are opened for her alone.
    `link` is the column that points to her; with `through`, it points to a row of that table, which does.
    `also_links` point to her as somebody who acted: they are always unlinked, never a reason to delete.
    """

    table: str
    purpose: str
    retention: str
    shown: tuple[str, ...]
    kept_back: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    link: str = "person_id"
    through: str = ""
    also_links: tuple[str, ...] = ()
    erase: Erase = "delete"


#: In the order of erasure: what points to a row stands before it.
PERSONAL: Final = (
    Personal(
        table="attempt_step",
        purpose="each answer as it was given: grading, feedback and later correction of marks",
        retention="until the account is erased",
        shown=("attempt_id", "number", "kind", "question_id", "response", "language", "at"),
        kept_back=("organisation_id", "one_time_key"),
        link="attempt_id",
        through="attempt",
    ),
    Personal(
        table="attempt",
        purpose="one try at a quiz and its result",
        retention="until the account is erased",
        shown=(
            "id",
            "course_id",
            "page_id",
            "number",
            "form",
            "language",
            "state",
            "started_at",
            "ends_at",
            "submitted_at",
            "fraction_e4",
            "passed",
        ),
        kept_back=("organisation_id", "person_id", "release_id", "seed", "drawn"),
    ),
    Personal(
        table="progress_fact",
        purpose="what was read, practised and passed, to the hour: from it progress is worked out",
        retention="until the account is erased",
        shown=("course_id", "kind", "page_id", "ref", "fraction_e4", "hour"),
        kept_back=("id", "organisation_id", "person_id", "release_id"),
    ),
    Personal(
        table="progress_summary",
        purpose="where she stands in a course, for fast pages",
        retention="until the account is erased",
        shown=("course_id", "done", "percent", "last_page", "complete_at"),
        kept_back=("organisation_id", "person_id", "release_id", "rule"),
    ),
    Personal(
        table="enrolment",
        purpose="which courses she takes",
        retention="until the account is erased",
        shown=("course_id", "state", "created_on"),
        kept_back=("id", "organisation_id", "person_id"),
    ),
    Personal(
        table="credential",
        purpose="certificates, so that they can be checked; they hold no name",
        retention="the certificate for ever, its link to the person until the account is erased",
        shown=("id", "course_id", "facts", "languages", "issued_at", "ends_at", "status", "reason", "document", "compact"),
        kept_back=("organisation_id", "person_id", "release_id", "facts_hash", "replaced_by", "key_id"),
        erase="unlink",
    ),
    Personal(
        table="web_session",
        purpose="browsers that are signed in",
        retention="12 hours",
        shown=("created_at", "seen_at", "ends_at", "label", "trusted", "missed_tries"),
        kept_back=("token_hash", "organisation_id", "person_id", "fresh_at", "factored"),
    ),
    Personal(
        table="trusted_device",
        purpose="browsers she lets in while somebody else guesses her passphrase",
        retention="180 days after the last sign-in",
        shown=("ends_at",),
        kept_back=("token_hash", "organisation_id", "person_id"),
    ),
    Personal(
        table="recovery_code",
        purpose="the way in when the passphrase is lost",
        retention="until the sheet is replaced or the account is erased",
        shown=("used_on", "ends_on"),
        kept_back=("id", "organisation_id", "person_id", "purpose", "salt", "code_hash"),
    ),
    Personal(
        table="cohort_member",
        purpose="which cohorts she learns in: her trainer sees how she gets on",
        retention="until she leaves the cohort or the account is erased",
        shown=("cohort_id", "joined_on"),
        kept_back=("organisation_id", "person_id"),
    ),
    Personal(
        table="cohort",
        purpose="which cohorts she trains",
        retention="the cohort until its organisation deletes it, her part in it until the account is erased",
        shown=("id", "name", "starts_on", "ends_on", "languages", "courses", "closed"),
        kept_back=("organisation_id", "trainer_id", "created_on"),
        link="trainer_id",
        erase="unlink",
    ),
    Personal(
        table="second_factor",
        purpose="the second proof at sign-in: the sealed seed of her time codes",
        retention="until she removes it or the account is erased",
        shown=("confirmed_on",),
        kept_back=("person_id", "organisation_id", "seed", "last_step"),
    ),
    Personal(
        table="passkey",
        purpose="passkeys she added as another second proof",
        retention="until she removes it or the account is erased",
        shown=("label", "created_on", "used_on"),
        kept_back=("id", "person_id", "organisation_id", "public_key", "sign_count"),
    ),
    Personal(
        table="sign_in_step",
        purpose="a sign-in that waits for its second proof",
        retention="ten minutes",
        shown=(),
        kept_back=("token_hash", "person_id", "organisation_id", "purpose", "challenge", "facts", "ends_at"),
    ),
    Personal(
        table="contact",
        purpose="name and e-mail, only where her organisation keeps them and she agreed: sealed",
        retention="until she or her organisation deletes them or the account is erased",
        shown=("name", "email", "consent_on", "mails"),
        sealed=("name", "email"),
        kept_back=("person_id", "organisation_id", "email_index"),
    ),
    Personal(
        table="approval",
        purpose="deeds that need a second admin: who asked, who agreed, about whom",
        retention="90 days; her part in it until the account is erased",
        shown=("deed", "state", "asked_at"),
        kept_back=("id", "organisation_id", "facts", "person_id", "asked_by", "decided_by", "ends_at"),
        also_links=("asked_by", "decided_by"),
        erase="unlink",
    ),
    Personal(
        table="account_notice",
        purpose="what she must be told about her own account",
        retention="until she has seen it, at most 90 days",
        shown=("code", "on"),
        kept_back=("id", "organisation_id", "person_id"),
    ),
    Personal(
        table="job",
        purpose="a mail that waits, without text and address; and the hour before which there is no other, so that it is one a day",
        retention="a day after it was sent",
        shown=("due_at",),
        kept_back=("kind", "organisation_id", "person_id", "tries", "leased_until", "rests_until"),
    ),
    Personal(
        table="one_time_key",
        purpose="a form sent twice counts once",
        retention="one day",
        shown=(),
        kept_back=("key", "person_id", "deed", "result", "at"),
    ),
    Personal(
        table="audit_key",
        purpose="links her to the record of acts; without it the record names nobody",
        retention="until the account is erased",
        shown=(),
        kept_back=("person_id", "organisation_id", "secret"),
    ),
    Personal(
        table="person",
        purpose="the account: how she signs in, what she is called, her languages and country",
        retention="until she asks for erasure, and 7 days more",
        shown=("handle", "pseudonym", "role", "language", "other_languages", "country", "state", "created_on", "erase_on", "missed_tries"),
        kept_back=("id", "organisation_id", "handle_key", "passphrase_hash", "passphrase_ends_on"),
        link="id",
    ),
)
#: Tables that name people without pointing to one, and why that is right.
OPAQUE: Final = {
    "invite": "codes that name nobody; at most the cohort they lead into",
    "credential_print": "salted hashes of printed names; the salt stands on the paper only",
    "audit_entry": "marks under a key that is erased with the account",
    "tombstone": "the random id of an erased account, which leads nowhere; kept to clean restored backups",
    "sign_in_counter": "coarse hashes of typed names and random ids; swept after a day",
}
_MOST_ROWS: Final = 50_000


def rows_of(session: Session, part: Personal, person_id: str, *, organisation_id: str) -> list[dict[str, object]]:
    """What one table holds of a person: the shown columns of at most 50,000 rows."""
    table = METADATA.tables[part.table]
    wanted = select(*(table.c[name] for name in part.shown)).where(_hers(part, person_id), table.c.organisation_id == organisation_id)
    bounded = wanted.order_by(*table.primary_key).limit(_MOST_ROWS).execution_options(**BOUND)
    return [dict(row) for row in session.execute(bounded).mappings()]


def forget(session: Session, part: Personal, person_id: str) -> None:
    """Erase what one table holds of a person, or unlink it from her."""
    table = METADATA.tables[part.table]
    deed = delete(table) if part.erase == "delete" else update(table).values({part.link: None})
    session.execute(deed.where(_hers(part, person_id)).execution_options(**BOUND))
    for name in part.also_links:
        session.execute(update(table).values({name: None}).where(table.c[name] == person_id).execution_options(**BOUND))


def _hers(part: Personal, person_id: str) -> ColumnElement[bool]:
    column = METADATA.tables[part.table].c[part.link]
    if not part.through:
        return column == person_id
    owner = METADATA.tables[part.through]
    return column.in_(select(owner.c.id).where(owner.c.person_id == person_id))
