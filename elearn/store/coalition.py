"""How many people each organisation has, learns with and certified: counts of people by one statement each, over all organisations."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from elearn.store.credentials import CredentialRow
from elearn.store.people import PersonRow
from elearn.store.progress import ProgressFactRow, ProgressSummaryRow

#: By organisation and by what is counted. A person counts once in a cell, whatever she did how often.
Counts = dict[tuple[str, str], int]


def count_people_by_role(session: Session) -> Counts:
    """Active accounts by organisation and role. The session must see everyone."""
    counted = select(PersonRow.organisation_id, PersonRow.role, func.count(PersonRow.id)).where(PersonRow.state == "active")
    rows = session.execute(counted.group_by(PersonRow.organisation_id, PersonRow.role))
    return {(organisation_id, role): count for organisation_id, role, count in rows}


def count_active(session: Session, since: datetime) -> Counts:
    """People who did something in a course in the hours from `since`. The session must see everyone."""
    counted = select(ProgressFactRow.organisation_id, func.count(ProgressFactRow.person_id.distinct())).where(ProgressFactRow.hour >= since)
    return _by_organisation(session, counted.group_by(ProgressFactRow.organisation_id), "active")


def count_completed(session: Session) -> Counts:
    """People who have completed a course, or several. The session must see everyone."""
    counted = select(ProgressSummaryRow.organisation_id, func.count(ProgressSummaryRow.person_id.distinct()))
    going = counted.where(ProgressSummaryRow.complete_at.is_not(None)).group_by(ProgressSummaryRow.organisation_id)
    return _by_organisation(session, going, "completed")


def count_certified(session: Session) -> Counts:
    """People who hold a valid certificate, or several. The session must see everyone."""
    counted = select(CredentialRow.organisation_id, func.count(CredentialRow.person_id.distinct()))
    valid = counted.where(CredentialRow.status == "valid").group_by(CredentialRow.organisation_id)
    return _by_organisation(session, valid, "certified")


def _by_organisation(session: Session, counted: Select[str, int], column: str) -> Counts:
    return {(organisation_id, column): count for organisation_id, count in session.execute(counted)}
