"""What a restored database must not open again: all that lets somebody in and may have been used up, ended or refused since.

Nor what was to be done then: it has been done since, or is asked for anew.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, true
from sqlalchemy.orm import Session

from elearn.store.approvals import ApprovalRow
from elearn.store.base import Base
from elearn.store.factors import SignInStepRow
from elearn.store.invites import InviteRow
from elearn.store.jobs import JobRow
from elearn.store.people import RecoveryCodeRow
from elearn.store.sessions import TrustedDeviceRow, WebSessionRow
from elearn.store.settings import SettingRow

#: One-time keys of forms stay: they open nothing, they only keep a deed from being done twice. Counters of failed tries stay too.
_DOORS: Final[Mapping[str, tuple[type[Base], ColumnElement[bool]]]] = {
    "sessions": (WebSessionRow, true()),
    "devices": (TrustedDeviceRow, true()),
    "steps": (SignInStepRow, true()),
    "invites": (InviteRow, true()),
    "resets": (RecoveryCodeRow, RecoveryCodeRow.purpose == "reset"),
    "setup": (SettingRow, SettingRow.key.startswith("setup")),
    "approvals": (ApprovalRow, ApprovalRow.state == "waiting"),
    "jobs": (JobRow, true()),
}


def shut_doors(session: Session) -> dict[str, int]:
    """End sessions, devices, half-done sign-ins, invites, codes, waiting approvals and jobs of all organisations; how many of each."""
    shut = {}
    for name, (row, which) in _DOORS.items():
        shut[name] = session.scalar(select(func.count()).select_from(row).where(which)) or 0
        session.execute(delete(row).where(which))
    return shut
