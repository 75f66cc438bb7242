"""All row classes at once: for migrations and for checks over the whole schema."""

from elearn.store import (
    attempts,
    audit,
    counters,
    courses,
    credentials,
    enrolments,
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
    attempts,
    audit,
    counters,
    courses,
    credentials,
    enrolments,
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
