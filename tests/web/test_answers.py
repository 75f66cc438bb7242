"""What holds for the answer of every address, whoever asks: cookies, types, methods, caches, and what an answer never carries."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import base64_decode
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from elearn.actions.handle import fold
from elearn.runtime import Runtime
from elearn.store.people import PersonRow, find_person_by_handle, get_person
from elearn.store.tenancy import everyone
from elearn.web.app import create_app
from elearn.web.public import home
from tests.factories import PASSPHRASE, make_person
from tests.house import tree
from tests.visitor import Visitor, filled
from tests.web.conftest import Publish, SignInAs
from tests.web.teaching import publish_open

HOST = "https://localhost"
VALUES = {"lang": "en", "course_id": "every-kind", "module_id": "lessons", "page_id": "practice", "path": "river.webp"}
ATTRIBUTES = {"HttpOnly", "Secure", "Path=/", "SameSite=Lax"}


@pytest.fixture
def release(runtime: Runtime) -> int:
    """A course with every kind of page."""
    return publish_open(runtime)


def _addresses(app: Flask, release: int, method: str = "GET") -> Iterator[str]:
    """Yield one address of every route."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            some = "0" * (32 if "length=32" in rule.rule else 1)
            values = {name: VALUES.get(name, some) for name in rule.arguments if name != "release_id"}
            values |= {"release_id": str(release)} if "release_id" in rule.arguments else {}
            built = rule.build(values)
            assert built is not None
            yield built[1]


def _answers(client: FlaskClient, app: Flask, release: int) -> Iterator[tuple[str, TestResponse]]:
    for address in _addresses(app, release):
        yield address, client.get(address)


def _both(app: Flask, release: int, member: Visitor) -> Iterator[tuple[str, TestResponse]]:
    """Yield every answer to somebody unknown, then to a learner."""
    yield from _answers(app.test_client(), app, release)
    yield from _answers(member.client, app, release)


def test_every_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts(runtime: Runtime, learner: PersonRow, release: int) -> None:
    app = create_app(replace(runtime, settings=replace(runtime.settings, public_url="https://qadam.example")))
    client = app.test_client()
    lines = [line for address in _addresses(app, release) for line in client.get(address, base_url=HOST).headers.getlist("Set-Cookie")]
    page = client.get("/ru/account/sign-in", base_url=HOST).get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    country = client.post("/ru/account/country", data={"country": "KZ", "csrf_token": token}, base_url=HOST)
    data = {"handle": learner.handle, "passphrase": PASSPHRASE, "trust": "1", "csrf_token": token}
    signed_in = client.post("/ru/account/sign-in", data=data, base_url=HOST)
    lines += [line for answer in (country, signed_in) for line in answer.headers.getlist("Set-Cookie")]
    assert {line.partition("=")[0] for line in lines} == {f"__Host-{name}" for name in ("form", "lang", "country", "session", "device")}
    for line in lines:
        assert {part.strip() for part in line.split(";")} >= ATTRIBUTES, line
        assert "Domain" not in line
        assert len(line) < 4096


def test_a_language_and_a_country_chosen_over_tls_are_remembered(runtime: Runtime) -> None:
    client = create_app(replace(runtime, settings=replace(runtime.settings, public_url="https://qadam.example"))).test_client()
    token = client.get("/tg/account/country", base_url=HOST).get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/tg/account/country", data={"country": "TJ", "csrf_token": token}, base_url=HOST)
    assert client.get("/", base_url=HOST).location == "/tg/"
    page = client.get("/tg/account/country", base_url=HOST).get_data(as_text=True)
    chosen = [tag for tag in re.findall(r"<(?:input|option)[^>]*>", page) if "checked" in tag or "selected" in tag]
    assert ['value="TJ"' in tag for tag in chosen] == [True]


def test_the_token_of_a_session_is_nowhere_but_in_its_cookie(app: Flask, release: int, member: Visitor) -> None:
    held = member.client.get_cookie("session")
    assert held is not None
    for address, answer in _answers(member.client, app, release):
        assert held.value not in answer.get_data(as_text=False).decode("utf-8", "replace"), address
        assert held.value not in str(answer.headers), address


def test_no_answer_may_be_read_by_another_site(app: Flask, release: int, member: Visitor) -> None:
    for client in (app.test_client(), member.client):
        for address in _addresses(app, release):
            answer = client.get(address, headers={"Origin": "https://elsewhere.example"})
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")], address
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", address


def test_every_answer_says_what_it_is_and_text_says_its_letters(app: Flask, release: int, member: Visitor) -> None:
    for address, answer in _both(app, release, member):
        kind = answer.headers["Content-Type"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        if re.match(r"text/|[^;]*[+/]xml\b", kind):
            assert kind.lower().endswith("; charset=utf-8"), (address, kind)
    icon = re.search(r'"(/static/icon\.[^"]+)"', app.test_client().get("/en/").get_data(as_text=True))
    assert icon is not None
    assert app.test_client().get(icon.group(1)).headers["Content-Type"] == "image/svg+xml; charset=utf-8"


def test_no_answer_may_be_framed_or_load_from_elsewhere(app: Flask, release: int, member: Visitor) -> None:
    wrong_host = app.test_client().get("/en/", headers={"Host": "elsewhere.example"})
    for address, answer in [*_both(app, release, member), ("another host", wrong_host)]:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert "object-src 'none'" in policy or "sandbox" in policy, address


def test_what_is_signed_in_is_kept_by_no_cache(app: Flask, release: int, member: Visitor) -> None:
    """Only files that are the same for everybody may be kept; they set no cookie."""
    kept = set()
    for address, answer in _answers(member.client, app, release):
        if answer.headers["Cache-Control"] != "no-store":
            kept.add(address)
            assert "Set-Cookie" not in answer.headers, address
    assert kept <= {f"/media/{release}/river.webp", "/certificates/keys.json", "/certificates/status.json"}


@pytest.mark.parametrize("end", ["x.css", ".js", "/x.png", "%2ejs", ";a.css", "?a.css"])
def test_a_page_of_ones_own_is_not_kept_under_the_name_of_a_file(member: Visitor, end: str) -> None:
    answer = member.client.get(f"/en/account/{end}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.status_code == 200) == end.startswith("?")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "QUERY"])
def test_methods_that_no_page_has_do_nothing(app: Flask, release: int, member: Visitor, method: str) -> None:
    for address in {*_addresses(app, release), *_addresses(app, release, "POST")}:
        answer = member.client.open(address, method=method, headers={"X-Canary": "canary"})
        assert answer.status_code in (400, 404, 405), (method, address)
        assert "canary" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
def test_a_method_cannot_be_smuggled_in_a_header_or_a_field(member: Visitor, release: int, name: str) -> None:
    assert member.client.get("/en/account/sign-out", headers={name: "POST"}, query_string={name: "POST"}).status_code in (303, 404, 405)
    assert member.get("/en/account/").address == "/en/account/"
    assert release


@pytest.mark.parametrize(
    "address", ["/.git/config", "/.env", "/pyproject.toml", "/elearn/config.py", "/static/", "/media/", "/keys/session.key", "/data/"]
)
def test_no_file_of_the_installation_is_served(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)
    assert answer.status_code == 404
    assert "<title>There is no page here" in answer.get_data(as_text=True)


def test_paths_that_climb_lead_nowhere(app: Flask, release: int) -> None:
    for path in ("../course.toml", "..%2fcourse.toml", "%2e%2e/course.toml", "..\\course.toml", "/etc/passwd", "x/../../course.toml"):
        assert app.test_client().get(f"/media/{release}/{path}", follow_redirects=True).status_code == 404, path
        assert app.test_client().get(f"/static/{path}", follow_redirects=True).status_code == 404, path


def test_answers_name_no_software(app: Flask, release: int, member: Visitor) -> None:
    shown = re.compile(r"python|flask|werkzeug|granian|jinja|sqlalchemy|sqlite|postgres", re.IGNORECASE)
    for address, answer in _both(app, release, member):
        assert not [value for _, value in answer.headers if shown.search(value)], address
        assert not re.search(rb"(?i)(flask|werkzeug|granian|sqlalchemy)[ /]?\d", answer.get_data()), address


def test_a_page_that_is_kept_for_many_holds_nothing_of_one(
    app: Flask, release: int, learner: PersonRow, organisation_id: str, runtime: Runtime, sign_in_as: SignInAs
) -> None:
    """Pages are made once for all who see the same; the form token alone is put in for each."""
    with runtime.database.transaction(organisation_id) as session:
        other = make_person(session, organisation_id, "sarano-pelim-12")
    first, second = sign_in_as(learner), sign_in_as(other)
    for address in list(_addresses(app, release)):
        held = [cookie.value for cookie in (first.client.get_cookie("session"), first.client.get_cookie("form")) if cookie]
        mine = first.client.get(address).get_data()
        theirs = second.client.get(address).get_data()
        tokens = re.findall(rb'name="csrf_token" value="([^"]+)"', mine)
        for private in (*tokens, *(value.encode() for value in (*held, learner.handle, learner.pseudonym, learner.id))):
            assert private not in theirs, address


def test_no_address_asks_for_a_secret(app: Flask) -> None:
    """Tokens, passphrases and codes travel in forms and cookies; an invite stands in the address of its printed code alone."""
    secret = re.compile(r"token|passphrase|password|secret|code|session|handle|name|email", re.IGNORECASE)
    parts = {name for rule in app.url_map.iter_rules() for name in rule.arguments} - {"name"}  # that of a style sheet
    assert [name for name in parts if secret.search(name)] == []
    asked = {
        ast.unparse(node.args[0]).strip("'")
        for file in tree.python_files("elearn/web")
        for node in ast.walk(tree.syntax(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "request.args.get"
    }
    assert {name for name in asked if secret.search(name)} <= set()
    assert "invite" in asked


def test_a_switch_for_development_shows_no_trace(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_parts: object, **_more: object) -> None:
        message = "words of the fault"
        raise RuntimeError(message)

    monkeypatch.setenv("FLASK_DEBUG", "1")
    monkeypatch.setattr(home, "course_cards", crash)
    answer = create_app(runtime).test_client().get("/en/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.get_data(as_text=True)
    for told in ("Traceback", "words of the fault", "RuntimeError", "home.py"):
        assert told not in answer.get_data(as_text=True)


def test_no_address_is_there_for_looking_inside(app: Flask) -> None:
    for address in (
        "/debug",
        "/console",
        "/metrics",
        "/status",
        "/docs",
        "/openapi.json",
        "/swagger",
        "/admin",
        "/server-status",
        "/.well-known/x",
    ):
        assert app.test_client().get(address).status_code == 404, address


def test_pictures_of_a_course_for_members_are_for_members(
    app: Flask, publish_course: Publish, learner: PersonRow, sign_in_as: SignInAs
) -> None:
    release = publish_course("every_kind")  # as its file says: for members only
    address = f"/media/{release}/river.webp"
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    answer = sign_in_as(learner).client.get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_a_name_sent_twice_means_what_its_first_value_means(visitor: Visitor) -> None:
    twice = visitor.get("/en/search?q=respect&q=%22%3E%3Cscript%3E")
    assert {field.get("value") for field in twice.all("input", name="q")} == {"respect"}


def test_a_token_in_the_address_is_none(member: Visitor, learner: PersonRow) -> None:
    """What belongs into a form is not taken from the address, where histories and proxies would keep it."""
    token = filled(member.get("/en/account/").form("/account/"))["csrf_token"][0]
    fields = {"pseudonym": "Changed", "language": "en"}
    assert member.client.post("/en/account/", query_string={**fields, "csrf_token": token}).status_code == 400
    assert member.client.post("/en/account/", data={"csrf_token": token}, query_string=fields).status_code == 422
    assert learner.pseudonym in member.get("/en/account/").one("input", name="pseudonym").get("value", "")


def test_fields_that_no_form_lists_set_nothing(member: Visitor, learner: PersonRow, runtime: Runtime) -> None:
    more = {"role": "admin", "roles": "admin", "state": "suspended", "handle": "other", "id": "1", "organisation_id": "1", "person_id": "1"}
    page = member.get("/en/account/")
    member.submit(page, "/account/", {"pseudonym": "Changed", **more})
    member.submit(member.get("/en/account/country"), "/account/country", more)
    guest = Visitor(member.client.application.test_client())
    guest.submit(guest.get("/en/account/join"), "/account/join", more | {"handle": "sarano-pelim-12"})
    with runtime.database.transaction() as session, everyone(session):
        hers, other = get_person(session, learner.id), find_person_by_handle(session, fold("sarano-pelim-12"))
    assert (hers.pseudonym, hers.role, hers.state, hers.handle) == ("Changed", "learner", "active", learner.handle)
    assert hers.organisation_id == learner.organisation_id
    assert other is not None
    assert (other.role, other.state, other.organisation_id) == ("learner", "active", learner.organisation_id)


def test_the_form_cookie_holds_nothing_about_the_person(member: Visitor, learner: PersonRow) -> None:
    line = member.client.get("/en/account/").headers.getlist("Set-Cookie")
    value = next(cookie for header in line for name, cookie in parse_cookie(header.partition(";")[0]).items() if name == "form")
    content = base64_decode(value.split(".")[0]).decode()
    assert "csrf_token" in content
    assert not {learner.id, learner.handle, learner.pseudonym} & set(re.findall(r'"([^"]*)"', content))
