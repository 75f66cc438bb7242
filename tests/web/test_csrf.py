"""Forms from elsewhere are refused, whatever a browser says or leaves out; there is no route without protection."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.people import PersonRow, get_person
from elearn.web.app import create_app
from tests.visitor import Visitor, filled


def _change(member: Visitor, **headers: str) -> int:
    form = member.get("/en/account/").form("/account/")
    data = {**filled(form), "pseudonym": "Changed"}
    return member.client.post(
        "/en/account/", data=data, headers={name.replace("_", "-"): value for name, value in headers.items()}
    ).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "rubbish"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://localhost.elsewhere.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://["},
        {"Origin": "localhost"},
        {"Origin": ""},
        {"Origin": "https://elsewhere.example", "Sec_Fetch_Site": "same-origin"},
    ],
)
def test_a_form_from_another_site_changes_nothing(member: Visitor, learner: PersonRow, database: Database, headers: dict[str, str]) -> None:
    assert _change(member, **headers) == 400
    with database.read(learner.organisation_id) as session:
        assert get_person(session, learner.id).pseudonym == learner.pseudonym


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec_Fetch_Site": "same-origin"}, {"Sec_Fetch_Site": "none"}, {"Origin": "http://localhost"}, {"Origin": "null"}],
)
def test_a_form_of_ours_is_taken(member: Visitor, learner: PersonRow, database: Database, headers: dict[str, str]) -> None:
    assert _change(member, **headers) == 303
    with database.read(learner.organisation_id) as session:
        assert get_person(session, learner.id).pseudonym == "Changed"


def test_where_cookies_travel_over_tls_a_form_of_a_page_without_tls_is_refused(runtime: Runtime) -> None:
    app = create_app(replace(runtime, settings=replace(runtime.settings, public_url="https://localhost")))
    client = app.test_client()
    page = client.get("/en/account/country", base_url="https://localhost").get_data(as_text=True)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    for origin, status in (("https://localhost", 303), ("http://localhost", 400)):
        data, headers = {"csrf_token": token, "country": "TJ"}, {"Origin": origin}
        answer = client.post("/en/account/country", data=data, headers=headers, base_url="https://localhost")
        assert answer.status_code == status, origin


def test_a_link_from_another_site_is_followed(visitor: Visitor) -> None:
    assert visitor.client.get("/en/", headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}).status_code == 200


def test_a_form_from_another_site_is_never_offered_again(member: Visitor) -> None:
    answer = member.client.post(
        "/en/courses/a/b/c/practise", data={"text": "what they want me to say"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 400
    assert "what they want me to say" not in answer.get_data(as_text=True)


def test_every_route_that_changes_something_wants_a_token(app: Flask, visitor: Visitor) -> None:
    routes = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(routes) > 20
    for rule in routes:
        values = {name: "en" if name == "lang" else "1" * (32 if "length=32" in rule.rule else 1) for name in rule.arguments}
        built = rule.build(values)
        address = built[1] if built else ""
        answer = visitor.client.post(address, data={"x": "y"})
        left = rule.endpoint == "account.leave"  # the quick exit leads away even so
        assert answer.status_code == (303 if left else 400), rule.endpoint
