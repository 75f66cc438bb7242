"""Pages of admins."""

from elearn.web.admin import (
    certificates,
    coalition,
    cohort_form,
    cohort_people,
    cohorts,
    invites,
    issued,
    new_invites,
    organisations,
    patterns,
    people,
    people_export,
    person,
    person_deeds,
    requests,
    settings,
    site,
)
from elearn.web.admin.blueprint import blueprint

__all__ = [
    "blueprint",
    "certificates",
    "coalition",
    "cohort_form",
    "cohort_people",
    "cohorts",
    "invites",
    "issued",
    "new_invites",
    "organisations",
    "patterns",
    "people",
    "people_export",
    "person",
    "person_deeds",
    "requests",
    "settings",
    "site",
]
