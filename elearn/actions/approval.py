"""Deeds that two admins do together: one asks, another agrees or refuses within three days, and both are in the record.

Agreeing carries the deed out in the same transaction. What a request holds names nobody but the person it is about.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.access.identity import Identity, Role
from elearn.actions import certify, factor, notices
from elearn.actions.shelf import Shelf
from elearn.errors import Conflict, NotFound, Refused
from elearn.store import approvals, audit, factors
from elearn.store.approvals import ApprovalRow
from elearn.store.base import JsonObject, hour, new_id
from elearn.store.people import PersonRow, claim_admins, get_person

#: More certificates than this are issued, or withdrawn, by two admins: at once, and one after the other within a day.
BULK: Final = 10
A_DAY: Final = 30
DAY: Final = timedelta(days=1)
#: How long a request waits for another admin, and how long the file may be taken that one agreed to.
PATIENCE: Final = timedelta(days=3)
TAKING: Final = timedelta(days=1)
KEPT: Final = timedelta(days=90)
REMOVE_FACTOR: Final = "remove-factor"
ISSUE: Final = "issue-certificates"
WITHDRAW: Final = "withdraw-certificates"
EXPORT: Final = "export-people"
#: What counts as one more. A certificate that is replaced ends as well as one that is withdrawn.
_COUNTED: Final = {ISSUE: ("certificate-issued",), WITHDRAW: ("certificate-withdrawn", "certificate-replaced")}
#: As many people as may be due at once when a request is carried out.
_MOST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Means:
    """What carrying out a deed needs: releases to read, and certificates that are signed already: nobody waits for a signer."""

    shelf: Shelf
    ready: certify.ReadyOnes = field(default_factory=dict)


def ask_to_remove_factor(session: Session, who: Identity, person_id: str, *, now: datetime) -> str:
    """Ask that somebody's second factor be removed, once at a time.

    Refused("no-factor"), ("not-oneself"), ("operator-untouched"), ("second-admin-needed").
    """
    if person_id == who.person_id:
        raise Refused("not-oneself")
    _admins(session, who)  # locked before anybody else, as wherever admins change somebody: in one order nobody waits for ever
    person = _without_operators(get_person(session, person_id, for_update=True))
    if not factors.has_factor(session, person.id):
        raise Refused("no-factor")
    waiting = approvals.find_waiting(session, REMOVE_FACTOR, person.id, now)
    return waiting.id if waiting else _ask(session, who, REMOVE_FACTOR, {}, person_id=person.id, now=now)


def takes_two(session: Session, who: Identity, deed: str, number: int, *, now: datetime) -> bool:
    """Whether so many certificates, with those that she issued or ended in the last 24 hours, are more than one admin may.

    The record tells, to the hour; what another admin agreed to counts as well. To decide by it, lock the admins first.
    """
    actor = audit.find_mark(session, who.person_id)
    if number > BULK or not number or actor is None:
        return number > BULK
    done = audit.count_acts(session, who.organisation_id, verbs=_COUNTED[deed], actor=actor, since=hour(now - DAY))
    return done + number > A_DAY


def issue_or_ask(session: Session, who: Identity, chosen: Sequence[tuple[str, str]], *, means: Means, now: datetime) -> JsonObject:
    """Issue certificates, of which those still due are ready, and give the `serials`; where that takes two, ask, and give the `request`."""
    _admins(session, who)  # of two forms at once the second counts what the first did
    number = len(set(chosen)) if len(set(chosen)) > BULK else len(means.ready)
    if takes_two(session, who, ISSUE, number, now=now):
        return {"request": ask_to_issue(session, who, list(means.ready) or chosen, now=now)}
    return {"serials": list[object](certify.issue_each(session, means.shelf, who, means.ready, chosen, now=now))}


def withdraw_or_ask(session: Session, who: Identity, serials: Sequence[str], reason: str, *, now: datetime) -> JsonObject:
    """Withdraw certificates that are valid and give their `count`; where that takes two, ask: the id of the `request`."""
    _admins(session, who)
    if takes_two(session, who, WITHDRAW, len(set(serials)), now=now):
        return {"request": ask_to_withdraw(session, who, serials, reason, now=now)}
    return {"count": sum(certify.withdraw_if_valid(session, who, serial, reason, now=now) for serial in serials)}


def replace_certificate(
    session: Session, who: Identity, serial_text: str, reason: str, *, shelf: Shelf, ready: certify.Ready, now: datetime
) -> str:
    """Replace a certificate as `certify` does; Refused("ended-enough") when she has ended as many as one admin may in a day."""
    _admins(session, who)
    if takes_two(session, who, WITHDRAW, 1, now=now):
        raise Refused("ended-enough", most=A_DAY)
    return certify.replace_certificate(session, shelf, who, serial_text, reason, ready=ready, now=now)


def ask_to_issue(session: Session, who: Identity, chosen: Sequence[tuple[str, str]], *, now: datetime) -> str:
    """Ask that certificates be issued to people in courses; Refused("not-complete") unless all are due, ("second-admin-needed")."""
    due = {(one.person_id, one.course_id) for one in certify.list_due(session, limit=_MOST)}
    if not due.issuperset(chosen):
        raise Refused("not-complete")
    request_id = new_id()
    marks: list[object] = [_mark(request_id, *one) for one in dict.fromkeys(chosen)]
    return _ask(session, who, ISSUE, {"marks": marks}, request_id=request_id, now=now)


def ask_to_withdraw(session: Session, who: Identity, serials: Sequence[str], reason: str, *, now: datetime) -> str:
    """Ask that certificates be withdrawn for a reason; NotFound, Conflict and Invalid as for withdrawing one."""
    for serial in serials:
        certify.check_withdrawal(session, serial, reason)
    return _ask(session, who, WITHDRAW, {"serials": list(dict.fromkeys(serials)), "reason": reason}, now=now)


def ask_to_export(session: Session, who: Identity, *, names: bool, now: datetime) -> str:
    """Ask for the people of the organisation as a file, with the names they let it keep or without; Refused("second-admin-needed")."""
    return _ask(session, who, EXPORT, {"names": names}, now=now)


def propose(
    session: Session, request_id: str, *, shelf: Shelf, random: certify.Random, now: datetime
) -> dict[tuple[str, str], certify.Unsigned]:
    """What has to be signed before a request can be carried out: certificates still due, of one to issue that waits; else nothing."""
    row = approvals.get_approval(session, request_id)
    if row.deed != ISSUE or state_of(row, now=now) != "waiting":
        return {}
    chosen = [(one.person_id, one.course_id) for one in chosen_of(session, row)]
    return certify.propose(session, shelf, chosen, random=random, now=now)


def agree(session: Session, who: Identity, request_id: str, *, means: Means, now: datetime) -> None:
    """Agree to another admin's request and carry it out; NotFound, Conflict("request-decided"), ("request-over").

    Refused("own-request"), ("request-about-you") and, when whoever asked is no working admin any more, ("asker-gone").
    Conflict("certificate-facts-changed") when something is due that was not signed before.
    """
    admins = _admins(session, who)
    row = _waiting(session, request_id, now)
    if row.asked_by == who.person_id:
        raise Refused("own-request")
    if row.person_id == who.person_id:
        raise Refused("request-about-you")
    if row.asked_by is None or row.asked_by not in admins:
        raise Refused("asker-gone")
    row.state, row.decided_by = "agreed", who.person_id
    _DEEDS[row.deed](session, row, Identity(row.asked_by, who.organisation_id), means, now)
    _record(session, who, "request.agreed", row, now=now)


def refuse(session: Session, who: Identity, request_id: str, *, now: datetime) -> None:
    """Refuse a request, or take back one's own; NotFound, Conflict("request-decided"), ("request-over")."""
    _admins(session, who)
    row = _waiting(session, request_id, now)
    row.state, row.decided_by = "refused", who.person_id
    _record(session, who, "request.refused", row, now=now)


def state_of(row: ApprovalRow, *, now: datetime) -> str:
    """Waiting, agreed, refused, or over when nobody decided in time."""
    return "over" if row.state == "waiting" and now >= row.ends_at else row.state


def chosen_of(session: Session, row: ApprovalRow) -> list[certify.Due]:
    """Whose certificates a request to issue is about, as far as they are still due."""
    wanted = frozenset(_listed(row, "marks"))
    return [one for one in certify.list_due(session, limit=_MOST) if _mark(row.id, one.person_id, one.course_id) in wanted]


def serials_of(row: ApprovalRow) -> list[str]:
    """The numbers of the certificates that a request to withdraw is about."""
    return _listed(row, "serials")


def count_chosen(row: ApprovalRow) -> int:
    """How many certificates a request to issue is about."""
    return len(_listed(row, "marks"))


def _listed(row: ApprovalRow, name: str) -> list[str]:
    found = row.facts[name]
    return [str(one) for one in found] if isinstance(found, list) else []


def get_open_export(session: Session, who: Identity, request_id: str, *, now: datetime) -> ApprovalRow:
    """One's own request for a file that was agreed to and may still be taken; NotFound."""
    row = approvals.get_approval(session, request_id)
    if row.deed != EXPORT or row.asked_by != who.person_id or row.state != "agreed" or now >= row.ends_at:
        raise NotFound("no-request")
    return row


def drop_old(session: Session, *, now: datetime) -> None:
    """Drop requests after 90 days, in all organisations the session sees."""
    approvals.delete_old_approvals(session, now - KEPT)


def _ask(
    session: Session, who: Identity, deed: str, facts: JsonObject, *, now: datetime, person_id: str | None = None, request_id: str = ""
) -> str:
    if not _admins(session, who) - {who.person_id, person_id or ""}:
        raise Refused("second-admin-needed")
    row = ApprovalRow(
        id=request_id or new_id(),
        organisation_id=who.organisation_id,
        deed=deed,
        facts=facts,
        person_id=person_id,
        asked_by=who.person_id,
        decided_by=None,
        state="waiting",
        asked_at=now,
        ends_at=now + PATIENCE,
    )
    session.add(row)
    _record(session, who, "request.asked", row, now=now)
    return row.id


def _admins(session: Session, who: Identity) -> frozenset[str]:
    """The organisation's admins, whoever asks among them: she may have been demoted a moment ago."""
    admins = claim_admins(session)
    if who.person_id not in admins:
        raise NotFound("no-page")
    return admins


def _waiting(session: Session, request_id: str, now: datetime) -> ApprovalRow:
    row = approvals.get_approval(session, request_id, for_update=True)
    if row.state != "waiting":
        raise Conflict("request-decided")
    if now >= row.ends_at:
        raise Conflict("request-over")
    return row


def _mark(request_id: str, person_id: str, course_id: str) -> str:
    """What stands for a person in a request: it leads to her while she is there, and nowhere once she is erased."""
    return hashlib.sha256(f"{request_id} {person_id}:{course_id}".encode()).hexdigest()[:32]


def _without_operators(person: PersonRow) -> PersonRow:
    """Somebody whom an organisation may change; Refused("operator-untouched") for whoever runs the server."""
    if person.role == Role.OPERATOR:
        raise Refused("operator-untouched")
    return person


def _remove_factor(session: Session, row: ApprovalRow, asker: Identity, _means: Means, now: datetime) -> None:
    person = _without_operators(get_person(session, row.person_id or ""))
    factor.drop(session, person.id)
    notices.tell(session, person.id, "factor-removed", now)
    about = audit.mark(session, person.id, organisation_id=person.organisation_id)
    audit.record_act(session, "factor.removed", person_id=asker.person_id, organisation_id=asker.organisation_id, about=about, now=now)


def _issue(session: Session, row: ApprovalRow, asker: Identity, means: Means, now: datetime) -> None:
    chosen = [(one.person_id, one.course_id) for one in chosen_of(session, row)]
    certify.issue_each(session, means.shelf, asker, means.ready, chosen, now=now)


def _withdraw(session: Session, row: ApprovalRow, asker: Identity, _means: Means, now: datetime) -> None:
    for serial in serials_of(row):
        certify.withdraw_if_valid(session, asker, serial, str(row.facts["reason"]), now=now)


def _let_take(_session: Session, row: ApprovalRow, _asker: Identity, _means: Means, now: datetime) -> None:
    row.ends_at = now + TAKING


_DEEDS: Final[Mapping[str, Callable[[Session, ApprovalRow, Identity, Means, datetime], None]]] = {
    REMOVE_FACTOR: _remove_factor,
    ISSUE: _issue,
    WITHDRAW: _withdraw,
    EXPORT: _let_take,
}
DEEDS: Final = tuple(_DEEDS)


def _record(session: Session, who: Identity, verb: str, row: ApprovalRow, *, now: datetime) -> None:
    audit.record_act(session, verb, person_id=who.person_id, organisation_id=who.organisation_id, about=row.id, now=now)
