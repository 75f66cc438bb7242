import pytest

from elearn.actions import account
from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from tests.factories import PASSPHRASE, make_signed_in
from tests.visitor import Visitor, filled
from tests.web.conftest import SignInAs

RECOVER = "/en/account/recover"
NEW = "lanterns over quiet rivers"


@pytest.fixture
def codes(runtime: Runtime, learner: PersonRow) -> tuple[str, ...]:
    return account.new_recovery_sheet(runtime.database, make_signed_in(learner), now=runtime.clock())


def test_a_code_and_a_new_passphrase_let_a_person_in_again(visitor: Visitor, learner: PersonRow, codes: tuple[str, ...]) -> None:
    fields = {"handle": learner.handle, "code": codes[3].upper().replace("-", " "), "new_passphrase": NEW}
    page = visitor.submit(visitor.get(RECOVER), "/account/recover", fields)
    assert page.address == "/en/account/"
    assert "9 recovery codes are left." in page.text
    visitor.submit(page, "/account/sign-out")
    page = visitor.submit(visitor.get("/en/account/sign-in"), "/account/sign-in", {"handle": learner.handle, "passphrase": NEW})
    assert page.address == "/en/learn/"


def test_the_offered_passphrase_is_taken_when_none_is_typed(visitor: Visitor, learner: PersonRow, codes: tuple[str, ...]) -> None:
    page = visitor.get(RECOVER)
    offered = filled(page.form("/account/recover"))["offered"][0]
    page = visitor.submit(page, "/account/recover", {"handle": learner.handle, "code": codes[0]})
    visitor.submit(page, "/account/sign-out")
    page = visitor.submit(visitor.get("/en/account/sign-in"), "/account/sign-in", {"handle": learner.handle, "passphrase": offered})
    assert page.address == "/en/learn/"


def test_recovery_ends_every_other_session(visitor: Visitor, learner: PersonRow, codes: tuple[str, ...], sign_in_as: SignInAs) -> None:
    elsewhere = sign_in_as(learner)
    visitor.submit(visitor.get(RECOVER), "/account/recover", {"handle": learner.handle, "code": codes[0]})
    assert elsewhere.get("/en/account/").heading == "Sign in"


@pytest.mark.parametrize(("handle", "code"), [("mirava-lodet-47", "0000-0000-0000-0000"), ("nobody-here-20", "0000-0000-0000-0000")])
def test_the_answer_never_tells_whether_a_handle_exists(
    visitor: Visitor, learner: PersonRow, codes: tuple[str, ...], handle: str, code: str
) -> None:
    page = visitor.submit(visitor.get(RECOVER), "/account/recover", {"handle": handle, "code": code, "new_passphrase": NEW}, status=422)
    assert "Handle and code do not fit together" in page.text
    assert page.one("input", name="handle").get("value") == handle
    assert page.one("input", name="new_passphrase").get("value") == NEW


def test_a_bad_passphrase_is_said_beside_its_field_and_burns_no_code(visitor: Visitor, learner: PersonRow, codes: tuple[str, ...]) -> None:
    fields = {"handle": learner.handle, "code": codes[0], "new_passphrase": "short"}
    page = visitor.submit(visitor.get(RECOVER), "/account/recover", fields, status=422)
    assert "at least 15 characters" in page.text
    assert page.one("input", name="new_passphrase").get("aria-invalid") == "true"
    page = visitor.submit(page, "/account/recover", {"new_passphrase": NEW})
    assert page.address == "/en/account/"


def test_empty_fields_say_what_to_type(visitor: Visitor) -> None:
    page = visitor.submit(visitor.get(RECOVER), "/account/recover", status=422)
    assert "Type one code of your recovery sheet." in page.text


def test_the_old_passphrase_is_void_after_recovery(visitor: Visitor, learner: PersonRow, codes: tuple[str, ...]) -> None:
    page = visitor.submit(visitor.get(RECOVER), "/account/recover", {"handle": learner.handle, "code": codes[0], "new_passphrase": NEW})
    visitor.submit(page, "/account/sign-out")
    fields = {"handle": learner.handle, "passphrase": PASSPHRASE}
    visitor.submit(visitor.get("/en/account/sign-in"), "/account/sign-in", fields, status=422)
