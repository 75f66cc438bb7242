"""All row classes at once: for migrations and for checks over the whole schema."""

from elearn.store import (
    account_notices,
    approvals,
    attempts,
    audit,
    cohorts,
    contacts,
    counters,
    courses,
    credentials,
    enrolments,
    factors,
    invites,
    one_time,
    organisations,
    people,
    progress,
    releases,
    search,
    sessions,
    settings,
)
from elearn.store.base import Base

MODULES = (
    account_notices,
    approvals,
    attempts,
    audit,
    cohorts,
    contacts,
    counters,
    courses,
    credentials,
    enrolments,
    factors,
    invites,
    one_time,
    organisations,
    people,
    progress,
    releases,
    search,
    sessions,
    settings,
)
METADATA = Base.metadata
