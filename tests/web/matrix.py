"""Who gets what: one row for every endpoint. A test asks each address as each of the nine and holds the answers against these rows.

A new endpoint needs one row: who may (`may`), what the others get if not "not found", what stands in its address if `NAMES` has not the
right thing, and for a form the fields that make it work. Things are those of organisation a; "{serial}" is the one of that name in `Side`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from werkzeug.test import TestResponse

from tests.web.matrix_world import NINE, OPERATOR, VISITOR

#: What an answer is, by its status and where it leads.
OK: Final = "ok"
SIGN_IN: Final = "sign-in"
NOT_FOUND: Final = "not-found"
REFUSED: Final = "refused"
NOT_SPOKEN: Final = "not-spoken"

EVERYBODY: Final = frozenset(NINE)
PEOPLE: Final = EVERYBODY - {VISITOR}
OWNER: Final = frozenset({"learner-a"})
ADMIN: Final = frozenset({"admin-a"})
ADMINS: Final = frozenset({"admin-a", "admin-b"})
TRAINERS: Final = frozenset({"trainer-a", "admin-a", "trainer-b", "admin-b"})
OFFICE: Final = frozenset({"trainer-a", "translator-a", "admin-a", "trainer-b", "admin-b", OPERATOR})

#: What stands in an address where a row says nothing else.
NAMES: Final[Mapping[str, str]] = {
    "lang": "en",
    "course_id": "every-kind",
    "module_id": "quizzes",
    "page_id": "final",
    "name": "none.css",
    "release_id": "1",
    "path": "map.png",
}
#: Names in addresses that lead to a thing of an organisation: `Side.things` holds one of each.
THINGS: Final = ("attempt_id", "serial", "person_id", "cohort_id", "sheet_id", "approval_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the nine get: `answer` for those who `may`, `visitor` and `strangers` for the rest, `others` for exceptions."""

    may: frozenset[str]
    answer: str = OK
    visitor: str = SIGN_IN
    strangers: str = NOT_FOUND
    names: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)

    def expected(self, who: str) -> str:
        """Give what one of the nine gets."""
        if who in self.others:
            return self.others[who]
        if who in self.may:
            return self.answer
        return self.visitor if who == VISITOR else self.strangers


def outcome(response: TestResponse) -> str:
    """Give what an answer is."""
    status, location = response.status_code, response.headers.get("Location", "")
    if status == 404:
        return NOT_FOUND
    if status == 405:
        return NOT_SPOKEN
    if status == 401 or "/account/sign-in" in location:
        return SIGN_IN
    return REFUSED if status in (400, 403, 409, 422, 429) else OK if status < 400 else f"status {status}"


#: A one-time key of whoever sends the form.
KEY: Final = "{key}"
_COHORT: Final = {"name": "Autumn", "starts_on": "2026-09-01", "languages": "en", "courses": "every-kind", "key": KEY}
_LESSON: Final = {"module_id": "lessons", "page_id": "practice"}
_NEW: Final = {"handle": "tulip-morning-93", "passphrase": "kettle tulip morning 93 river", "language": "en", "country": "KZ"}

ROWS: Final[Mapping[str, Row]] = {
    "static": Row(may=EVERYBODY, answer=NOT_FOUND),
    "entry.index": Row(may=EVERYBODY),
    "entry.healthz": Row(may=EVERYBODY),
    "entry.keys": Row(may=EVERYBODY),
    "entry.status_list": Row(may=EVERYBODY),
    "entry.mirror_list": Row(may=EVERYBODY, answer=NOT_FOUND),
    "entry.media": Row(may=EVERYBODY, answer=NOT_FOUND),
    "public.home": Row(may=EVERYBODY),
    "public.catalogue": Row(may=EVERYBODY),
    "public.course": Row(may=EVERYBODY),
    "public.safety": Row(may=EVERYBODY),
    "public.mirrors": Row(may=EVERYBODY, answer=NOT_FOUND),
    "public.search": Row(may=EVERYBODY),
    "public.leave_site": Row(may=EVERYBODY, answer=NOT_FOUND),
    "public.verify": Row(may=EVERYBODY),
    "public.verdict": Row(may=EVERYBODY),
    "public.verdict_submit": Row(may=EVERYBODY, form={"name": "Anna", "code": "XXXX"}),
    "account.country": Row(may=EVERYBODY),
    "account.country_submit": Row(may=EVERYBODY, form={"country": "TJ"}),
    "account.join": Row(may=EVERYBODY),
    "account.join_submit": Row(may=EVERYBODY, answer=REFUSED, form=_NEW),
    "account.sign_in": Row(may=EVERYBODY),
    "account.sign_in_submit": Row(may=EVERYBODY, answer=REFUSED, form={"handle": "nobody-nowhere-1", "passphrase": "wrong wrong wrong"}),
    "account.recover": Row(may=EVERYBODY),
    "account.recover_submit": Row(may=EVERYBODY, answer=REFUSED, form={"handle": "nobody-nowhere-1", "code": "x" * 16}),
    "account.setup": Row(may=EVERYBODY, answer=NOT_FOUND),
    "account.setup_submit": Row(may=EVERYBODY, answer=NOT_FOUND),
    "account.sign_out_submit": Row(may=EVERYBODY),
    "account.leave": Row(may=EVERYBODY),
    "account.codes": Row(may=PEOPLE),
    "account.codes_submit": Row(may=PEOPLE),
    "account.erase": Row(may=PEOPLE),
    "account.erase_submit": Row(may=PEOPLE, form={"sure": "y"}),
    "account.export": Row(may=PEOPLE),
    "account.export_file": Row(may=PEOPLE),
    "account.label_submit": Row(may=PEOPLE, form={"label": "my desk"}),
    "account.notices_submit": Row(may=PEOPLE),
    "account.passphrase": Row(may=PEOPLE),
    "account.passphrase_submit": Row(may=PEOPLE, answer=REFUSED),
    "account.profile": Row(may=PEOPLE),
    "account.profile_submit": Row(may=PEOPLE, form={"pseudonym": "Rivers", "language": "en", "country": "KZ"}),
    "account.sessions": Row(may=PEOPLE),
    "account.sessions_submit": Row(may=PEOPLE),
    "account.contact": Row(may=PEOPLE, others={OPERATOR: NOT_FOUND}),
    "account.contact_submit": Row(may=PEOPLE, others={OPERATOR: NOT_FOUND}, form={"name": "Anna", "agreed": "y"}),
    "account.contact_delete_submit": Row(may=PEOPLE),
    "account.factor": Row(may=PEOPLE),
    "account.factor_begin_submit": Row(may=PEOPLE),
    "account.factor_submit": Row(may=PEOPLE, answer=REFUSED),
    "account.factor_codes_submit": Row(may=PEOPLE, answer=REFUSED),
    "account.factor_remove_submit": Row(may=PEOPLE, answer=REFUSED),
    "account.proof": Row(may=EVERYBODY, answer=SIGN_IN),
    "account.proof_submit": Row(may=EVERYBODY, answer=REFUSED),
    "learn.page": Row(may=PEOPLE),
    "learn.practise_submit": Row(may=PEOPLE, names=_LESSON, form={"question": "plan", "plan:text": "To protect.", "key": KEY}),
    "learn.read_submit": Row(may=PEOPLE, names=_LESSON),
    "learn.start_submit": Row(may=PEOPLE, names={"page_id": "drill"}),
    "learn.attempt": Row(may=OWNER),
    "learn.answer_submit": Row(may=OWNER, form={"question": "f-case", "f-case:text": "To protect.", "key": KEY}),
    "learn.hand_in_submit": Row(may=OWNER),
    "learn.result": Row(may=OWNER, names={"page_id": "before", "attempt_id": "{closed_attempt_id}"}),
    "learn.certificate": Row(may=OWNER),
    "learn.print_submit": Row(may=OWNER, form={"first": "en"}),
    "learn.certificates": Row(may=PEOPLE),
    "learn.dashboard": Row(may=PEOPLE),
    "learn.mistakes": Row(may=PEOPLE),
    "teach.taught": Row(may=TRAINERS),
    "teach.progress": Row(may=frozenset({"trainer-a", "admin-a"})),
    "account.passkeys": Row(may=PEOPLE),
    "account.passkey_begin_submit": Row(may=PEOPLE),
    "account.passkey_add_submit": Row(may=PEOPLE),
    "account.passkey_remove_submit": Row(may=PEOPLE, form={"passkey": "{passkey_id}"}),
    "admin.record": Row(may=ADMINS | {OPERATOR}),
    "admin.retention": Row(may=ADMINS),
    "admin.due": Row(may=ADMINS),
    "admin.preview": Row(may=ADMINS),
    "admin.issue_submit": Row(may=ADMIN, others={"admin-b": REFUSED}, form={"due": "{quiet_id}:every-kind", "key": KEY}),
    "admin.issued": Row(may=ADMIN),
    "admin.end": Row(may=ADMIN, names={"query": "how=withdraw"}),
    "admin.end_submit": Row(may=ADMIN, form={"how": "withdraw", "reason": "mistake", "key": KEY}),
    "admin.withdrawals": Row(may=ADMINS),
    "admin.withdrawals_submit": Row(may=ADMIN, form={"serial": "{serial}", "reason": "mistake", "key": KEY}),
    "admin.patterns": Row(may=OFFICE),
    "admin.people": Row(may=ADMINS),
    "admin.by_email_submit": Row(may=ADMINS, form={"email": "somebody@example.org"}),
    "admin.people_export": Row(may=ADMINS),
    "admin.people_export_submit": Row(may=ADMINS, form={"key": KEY}),
    "admin.person": Row(may=ADMIN),
    "admin.role_submit": Row(may=ADMIN, form={"role": "trainer"}),
    "admin.suspend_submit": Row(may=ADMIN),
    "admin.reinstate_submit": Row(may=ADMIN),
    "admin.end_sessions_submit": Row(may=ADMIN),
    "admin.reset_submit": Row(may=ADMIN),
    "admin.factor_submit": Row(may=ADMIN, names={"person_id": "{quiet_id}"}, form={"key": KEY}),
    "admin.contact_submit": Row(may=ADMIN),
    "admin.requests": Row(may=ADMINS),
    "admin.asked": Row(may=ADMIN),
    "admin.agree_submit": Row(may=ADMIN, form={"key": KEY}),
    "admin.refuse_submit": Row(may=ADMIN, form={"key": KEY}),
    "admin.file_submit": Row(may=ADMIN, names={"approval_id": "{export_id}"}),
    "admin.cohorts": Row(may=ADMINS),
    "admin.cohort": Row(may=ADMIN),
    "admin.cohort_form": Row(may=ADMINS),
    "admin.cohort_form cohort_id": Row(may=ADMIN),
    "admin.cohort_form_submit": Row(may=ADMINS, form=_COHORT),
    "admin.cohort_form_submit cohort_id": Row(may=ADMIN, form=_COHORT),
    "admin.cohort_people": Row(may=ADMIN),
    "admin.cohort_people_submit": Row(may=ADMIN, form={"person": "{quiet_id}"}),
    "admin.remove_member_submit": Row(may=ADMIN, form={"person": "{person_id}"}),
    "admin.close_cohort_submit": Row(may=ADMIN),
    "admin.invites": Row(may=ADMINS),
    "admin.invite_sheet": Row(may=ADMIN),
    "admin.new_invites": Row(may=ADMINS),
    "admin.new_invites_submit": Row(may=ADMINS, form={"people": "2", "how": "each", "role": "learner", "key": KEY}),
    "admin.take_back_submit": Row(may=ADMIN),
    "admin.settings": Row(may=ADMINS),
    "admin.settings_submit": Row(may=ADMINS, answer=REFUSED),
    "admin.coalition": Row(may=ADMINS | {OPERATOR}),
    "admin.organisations": Row(may=frozenset({OPERATOR})),
    "admin.found": Row(may=frozenset({OPERATOR})),
    "admin.found_submit": Row(may=frozenset({OPERATOR}), form={"name": "New Partner", "slug": "new-partner", "key": KEY}),
    "admin.setup_code_submit": Row(may=frozenset({OPERATOR}), names={"slug": "{slug}"}, form={"key": KEY}),
    "admin.site": Row(may=frozenset({OPERATOR})),
    "admin.site_submit": Row(may=frozenset({OPERATOR}), answer=REFUSED),
}
