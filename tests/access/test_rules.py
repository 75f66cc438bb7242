from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.access.identity import VISITOR, Identity, Role, Thing, own
from elearn.access.permission import Permission
from elearn.access.rules import FACTOR, FRESH, RULES, asks_factor, lacks_factor, lacks_passphrase, needs_fresh, permits

PUBLIC, PRIVATE = Thing(public=True), Thing()
HERE, THERE = Thing("p2", "o1"), Thing("p3", "o2")
#: What each role is allowed beyond what every signed-in person is: on things of nobody in particular, and on people's of its organisation.
BEYOND = {
    Role.LEARNER: ("", ""),
    Role.TRAINER: ("edit-course publish-course see-patterns", "see-progress mark-answer see-statistics"),
    Role.TRANSLATOR: ("translate see-patterns", ""),
    Role.REVIEWER: ("translate review-translation see-patterns", ""),
    Role.ADMIN: (
        "see-coalition see-patterns",
        (
            "see-people see-invites invite-people take-back-invite see-cohorts manage-cohort see-cohort "
            "change-role reset-access suspend-person end-sessions see-contact export-people "
            "see-requests decide-request see-progress mark-answer see-due-certificates issue-certificate "
            "withdraw-certificate replace-certificate see-statistics see-audit see-retention change-organisation"
        ),
    ),
    Role.OPERATOR: ("publish-course see-audit see-coalition see-organisations found-organisation change-server see-patterns", ""),
}
#: And on what is one's own in the way of the role: a cohort is its trainer's.
OF_ROLE = {Role.TRAINER: {"see-cohort"}}
OWN = "take-quiz enrol see-own-learning see-own-certificate manage-own-account set-passphrase export-own-data erase-own-account"


def make_person(*roles: Role) -> Identity:
    return Identity("p1", "o1", frozenset(roles))


def allowed(identity: Identity, thing: Thing) -> set[str]:
    return {str(permission) for permission in Permission if permits(identity, permission, thing)}


def test_every_permission_has_its_row() -> None:
    assert list(RULES) == list(Permission)


def test_a_visitor_reads_what_is_public_and_verifies_and_nothing_else() -> None:
    assert allowed(VISITOR, PRIVATE) == {"view-public", "verify-certificate"}
    assert allowed(VISITOR, PUBLIC) == {"view-public", "verify-certificate", "read-lesson", "practise"}
    assert allowed(VISITOR, Thing("", "")) == allowed(VISITOR, HERE) == allowed(VISITOR, PRIVATE)


@pytest.mark.parametrize("role", BEYOND)
def test_each_role_may_what_its_column_says_and_no_more(role: Role) -> None:
    everybody = {"view-public", "verify-certificate", "read-lesson", "practise"}
    anywhere, here = (set(names.split()) for names in BEYOND[role])
    person = make_person(role)
    assert allowed(person, THERE) == everybody | anywhere
    assert allowed(person, PRIVATE) == everybody | anywhere
    assert allowed(person, HERE) == everybody | anywhere | here
    assert allowed(person, own(person)) == everybody | anywhere | here | set(OWN.split()) | OF_ROLE.get(role, set())


@given(
    st.sets(st.sampled_from(Role)),
    st.sets(st.sampled_from(Role)),
    st.sampled_from(Permission),
    st.sampled_from((PUBLIC, PRIVATE, HERE, THERE)),
)
def test_one_more_role_never_takes_a_right_away(roles: set[Role], more: set[Role], permission: Permission, thing: Thing) -> None:
    assert permits(make_person(*roles, *more), permission, thing) >= permits(make_person(*roles), permission, thing)


@given(st.sets(st.sampled_from(Role)), st.sampled_from(Permission))
def test_no_role_reaches_people_of_another_organisation(roles: set[Role], permission: Permission) -> None:
    person = make_person(*roles)
    assert permits(person, permission, THERE) is permits(person, permission, PRIVATE)


def test_without_a_thing_only_what_needs_none_is_allowed() -> None:
    assert permits(make_person(Role.TRAINER), Permission.EDIT_COURSE)
    assert not permits(make_person(Role.ADMIN), Permission.SEE_PEOPLE)


def test_a_person_without_an_organisation_is_in_nobodys() -> None:
    assert not permits(Identity("p1", "", frozenset({Role.ADMIN})), Permission.SEE_PEOPLE, PRIVATE)


def test_deeds_that_cannot_be_undone_ask_for_a_fresh_sign_in() -> None:
    assert needs_fresh(Permission.ISSUE_CERTIFICATE)
    assert not needs_fresh(Permission.READ_LESSON)
    assert {Permission.INVITE_PEOPLE, Permission.FOUND_ORGANISATION} <= FRESH  # a code may make a trainer, or an admin
    assert {Permission.EXPORT_OWN_DATA, Permission.CHANGE_ROLE, Permission.ERASE_OWN_ACCOUNT} <= FRESH


@pytest.mark.parametrize("role", sorted(FACTOR))
def test_a_role_of_the_office_without_a_second_factor_may_what_a_learner_may(role: Role) -> None:
    person, learner = replace(make_person(role), proven=False), make_person(Role.LEARNER)
    for thing in (PUBLIC, PRIVATE, HERE, THERE, own(learner)):
        assert allowed(person, thing) == allowed(learner, thing)
    assert asks_factor(person)
    assert lacks_factor(person, Permission.SEE_PATTERNS)
    assert not lacks_factor(person, Permission.ENROL, own(person))


@pytest.mark.parametrize("role", sorted(set(Role) - FACTOR))
def test_the_other_roles_need_none(role: Role) -> None:
    person = make_person(role)
    assert not asks_factor(replace(person, proven=False))
    for thing in (PUBLIC, PRIVATE, HERE, THERE, own(person)):
        assert allowed(replace(person, proven=False), thing) == allowed(person, thing)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.VISITOR])
def test_whoever_has_a_passphrase_that_another_knows_may_only_choose_her_own(role: Role) -> None:
    person = replace(make_person(role), choosing=True)
    for thing in (PUBLIC, PRIVATE, HERE, THERE):
        assert allowed(person, thing) == allowed(VISITOR, thing)
    assert allowed(person, own(person)) == allowed(VISITOR, PRIVATE) | {"set-passphrase"}
    assert lacks_passphrase(person, Permission.SEE_PEOPLE, HERE)
    assert not lacks_passphrase(person, Permission.SET_PASSPHRASE, own(person))
    assert not lacks_passphrase(replace(person, choosing=False), Permission.SEE_ORGANISATIONS, THERE)


@given(st.sets(st.sampled_from(Role)), st.sampled_from(Permission), st.sampled_from((PUBLIC, PRIVATE, HERE, THERE)))
def test_only_what_the_second_factor_would_open_asks_for_it(roles: set[Role], permission: Permission, thing: Thing) -> None:
    proven = make_person(*roles)
    person = replace(proven, proven=False)
    assert permits(proven, permission, thing) >= permits(person, permission, thing)
    assert lacks_factor(person, permission, thing) == (permits(proven, permission, thing) and not permits(person, permission, thing))
    assert not lacks_factor(proven, permission, thing)
    assert not asks_factor(proven)
