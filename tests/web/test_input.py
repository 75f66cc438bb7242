"""Whatever is sent to any address: refused or taken as text, never a crash, never markup, never a header, never a command."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse
from wtforms import Field

from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from elearn.web.forms import Form
from tests.factories import make_person
from tests.visitor import Visitor, filled
from tests.web.conftest import SignInAs
from tests.web.teaching import publish_open

CANARY = "c4n4ry"
#: What has a meaning somewhere: HTML, templates, SQL, shells, headers, paths, numbers, writing.
HOSTILE = {
    "markup": f'"><script>{CANARY}</script><img src=x onerror={CANARY}>',
    "a template": "{{ 7 * 191 }}${7*191}#{7*191}<%= 7*191 %>",
    "a format": "%s%n%(passphrase)s{0.__class__}{passphrase}",
    "sql": "' OR 1=1; DROP TABLE person; --",
    "a shell": f"$(touch {CANARY}); `touch {CANARY}` | touch {CANARY}",
    "a header": f"x\r\nX-Injected: {CANARY}\r\n\r\n{CANARY}",
    "a path": "../../../../etc/passwd",
    "an address": "//elsewhere.example/\\elsewhere.example",
    "a number beyond all": "9" * 400,
    "a number below all": "-" + "9" * 20,
    "no number": "NaN",
    "an endless number": "1e999",
    "a turned text": "\u202egnp.exe\u2066\ufeff",
    "marks on marks": "e" + "\u0301" * 3_000,
    "a long text": "ж" * 20_000,
    "emptiness": " \u00a0\u3000\t",
    "json": '{"__proto__": {"admin": true}, "a": [[[[]]]]}',
}
#: These sign out; the pattern page reads nothing that is sent.
UNASKED = ("account.leave", "account.sign_out_submit", "admin.patterns")
PARTS = ("course_id", "module_id", "page_id", "attempt_id", "serial", "path", "name")
ASKED = ("q", "to", "next", "page", "all", "fresh", "country", "language", "length", "key", "person", "code", "before")


@pytest.fixture
def course(runtime: Runtime) -> int:
    """A course with every kind of page."""
    return publish_open(runtime)


@pytest.fixture
def people(runtime: Runtime, organisation_id: str, learner: PersonRow, sign_in_as: SignInAs) -> list[Visitor]:
    """A learner and an admin of the same organisation."""
    with runtime.database.transaction() as session:
        admin = make_person(session, organisation_id, "sarano-pelim-12", role="admin")
    return [sign_in_as(learner), sign_in_as(admin)]


def _fields() -> list[str]:
    """List the names of all fields of all forms."""
    names = {"question", "save", "others", "session", "person", "keep-x", "keep-to", "speak"}
    kinds = [Form]
    while kinds:
        kind = kinds.pop()
        kinds.extend(kind.__subclasses__())
        names.update(
            name for name in dir(kind) if isinstance(getattr(kind, name, None), Field) or hasattr(getattr(kind, name, None), "field_class")
        )
    return sorted(names - {"csrf_token"})


def _addresses(app: Flask, method: str, parts: dict[str, str]) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint not in UNASKED:
            some = "0" * 32 if "length=32" in rule.rule else "every-kind"
            given = {name: {"lang": "en", "release_id": "1", **parts}.get(name, some)[:1_500] for name in rule.arguments}
            built = rule.build(given)
            if built:
                yield built[1]


def test_all_fields_of_our_forms_are_known() -> None:
    assert {"handle", "passphrase", "pseudonym", "name", "label", "key"} <= set(_fields())


@pytest.mark.usefixtures("course")
def test_rubbish_in_every_field_of_every_form_breaks_nothing(app: Flask, people: list[Visitor]) -> None:
    for visitor in people:
        token = filled(visitor.get("/en/account/country").form("/account/country"))["csrf_token"]
        for turn in range(0, len(HOSTILE), 3):
            data = {**_dealt(_fields(), turn), "csrf_token": token}
            for address in list(_addresses(app, "POST", dict.fromkeys(PARTS, "every-kind"))):
                _judge(address, visitor.client.post(address, data=data))


@pytest.mark.usefixtures("course")
def test_rubbish_in_every_part_of_every_address_breaks_nothing(app: Flask, people: list[Visitor]) -> None:
    for turn in range(0, len(HOSTILE), 3):
        query = "&".join(f"{name}={quote(value)}" for name, value in _dealt(list(ASKED), turn).items())
        for visitor in people:
            for address in _addresses(app, "GET", _dealt(list(PARTS), turn)):
                _judge(address, visitor.client.get(f"{address}?{query}"))


def _dealt(names: list[str], turn: int) -> dict[str, str]:
    """Give each name one of the hostile texts, other ones in each turn."""
    texts = list(HOSTILE.values())
    return {name: texts[(place + turn) % len(texts)][:20_000] for place, name in enumerate(names)}


def _judge(address: str, answer: TestResponse) -> None:
    assert answer.status_code < 500, address
    body = answer.get_data()
    assert [mark for mark in (f"<script>{CANARY}", f"onerror={CANARY}>", "1337", "root:x:") if mark.encode() in body] == [], address
    assert "X-Injected" not in answer.headers, address
    leads = re.match(r"(?:https?:)?//([^/\\]+)", answer.headers.get("Location", ""))
    assert leads is None or leads.group(1) in ("localhost", "www.wikipedia.org"), address


@pytest.mark.parametrize("sent", [b"q=%ED%A0%80", b"q=%FF%FE", b"q=%C0%AF", b"q=%F5%80%80%80", b"%FF=%FF", b"q=" + b"%C3" * 500])
def test_bytes_that_are_no_text_break_nothing(app: Flask, people: list[Visitor], sent: bytes) -> None:
    assert app.test_client().get(f"/en/search?{sent.decode()}").status_code == 200
    token = filled(people[0].get("/en/account/").form("/account/"))["csrf_token"][0]
    body = f"csrf_token={token}&language=en&pseudonym={sent.decode().partition('=')[2]}".encode()
    answer = people[0].client.post("/en/account/", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (303, 422)


@pytest.mark.parametrize(
    "kind", ["application/json", "text/xml", "application/x-yaml", "multipart/form-data", "multipart/form-data; boundary=x", ""]
)
def test_a_body_of_another_kind_is_no_form(people: list[Visitor], kind: str) -> None:
    body = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    answer = people[0].client.post("/en/account/", data=body, content_type=kind)
    assert answer.status_code == 400
    assert b"root:" not in answer.get_data()


def test_what_is_encoded_twice_is_decoded_once(visitor: Visitor) -> None:
    page = visitor.get("/en/search?q=%253Cb%253E%2526amp%253B")
    assert {field.get("value") for field in page.all("input", name="q")} == {"%3Cb%3E%26amp%3B"}
    assert visitor.get("/en/leave?to=https%253A%252F%252Fwww.ohchr.org%252F", status=404).heading == "There is no page here"


def test_what_is_shown_again_is_the_text_that_was_typed(visitor: Visitor) -> None:
    typed = HOSTILE["markup"]
    page = visitor.get(f"/en/search?q={quote(typed)}")
    assert {field.get("value") for field in page.all("input", name="q")} == {typed}
    assert page.all("script", src="") == []
