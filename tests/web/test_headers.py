"""Headers of every answer, hosts that are ours, robots and alternates on public pages only."""

from dataclasses import replace

import pytest
from flask import Flask

from elearn.runtime import Runtime
from elearn.web.app import create_app
from elearn.web.headers import POLICY, policy
from tests.visitor import HEADERS, Visitor

PUBLIC = ["/en/", "/en/safety", "/en/courses/", "/en/courses/minimal/", "/en/courses/minimal/first/hello/", "/en/search", "/en/verify/"]
PRIVATE = ["/en/learn/", "/en/learn/mistakes/", "/en/learn/certificates/", "/en/account/", "/en/verify/00000", "/en/nothing"]


@pytest.fixture(autouse=True)
def course(minimal_course: int) -> None:
    """One course that anybody may read."""


@pytest.mark.parametrize("address", ["/", "/healthz", "/static/nothing", "/certificates/keys.json", "/en/nothing", "/media/1/x"])
def test_every_answer_has_the_headers(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Server"] == "web"


def test_nothing_personal_is_kept_by_anybody_on_the_way(member: Visitor) -> None:
    for address in [*PUBLIC, *PRIVATE]:
        assert member.client.get(address).headers["Cache-Control"] == "no-store"


def test_tls_is_asked_for_where_it_is_spoken(app: Flask) -> None:
    assert "max-age=31536000" in app.test_client().get("/en/", base_url="https://localhost").headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in app.test_client().get("/en/").headers


@pytest.mark.parametrize("exit_url", ["", "/somewhere", "not an address"])
def test_an_exit_on_this_site_needs_no_other_policy(exit_url: str) -> None:
    assert policy(exit_url) == POLICY


def test_the_exit_is_the_only_other_place_a_form_may_lead_to() -> None:
    assert "form-action 'self' https://www.wikipedia.org;" in policy("https://www.wikipedia.org/wiki/Main_Page?x=1")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_may_be_found_in_every_language(visitor: Visitor, address: str) -> None:
    page = visitor.get(address)
    assert page.one("meta", name="robots").get("content") == "all"
    alternates = {link.get("hreflang", ""): link.get("href", "") for link in page.all("link", rel="alternate")}
    assert alternates == {tag: address.replace("/en/", f"/{tag}/", 1) for tag in ("en", "ru", "kk", "tg", "tk")}


@pytest.mark.parametrize("address", PRIVATE)
def test_private_pages_ask_not_to_be_found(member: Visitor, address: str) -> None:
    page = member.get(address, status=404 if address.endswith(("00000", "nothing")) else 200)
    assert page.one("meta", name="robots").get("content") == "noindex"
    assert page.all("link", rel="alternate") == []


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost.elsewhere.example", "169.254.169.254"])
def test_hosts_that_are_not_ours_are_refused(app: Flask, host: str) -> None:
    answer = app.test_client().get("/en/", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.get_data(as_text=True)


def test_the_installation_answers_to_its_own_names(runtime: Runtime) -> None:
    settings = replace(
        runtime.settings, public_url="https://qadam.example", mirrors=("https://mirror.example:8443", ""), trusted_hosts=("extra.example",)
    )
    client = create_app(replace(runtime, settings=settings)).test_client()
    for host in ("qadam.example", "mirror.example", "extra.example", "localhost", "127.0.0.1:8000"):
        assert client.get("/en/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["[::1]", "[::1]:8000"])
def test_this_machine_is_reached_by_its_newer_address_too(app: Flask, host: str) -> None:
    client = app.test_client()
    assert client.get("/en/", headers={"Host": host}).status_code == 200
    assert client.get("/", headers={"Host": host}).location == "/en/"


@pytest.mark.parametrize("host", ["[::2]", "[::1]:x", "[::1].elsewhere.example", "::1", "[::1]@elsewhere.example", "[::1]\\", ""])
def test_what_only_looks_like_this_machine_is_refused(app: Flask, host: str) -> None:
    for _ in range(2):
        assert app.test_client().get("/en/", headers={"Host": host}, environ_base={"SERVER_NAME": "elsewhere.example"}).status_code == 400


def test_behind_a_proxy_its_word_on_host_and_protocol_counts(runtime: Runtime) -> None:
    settings = replace(runtime.settings, public_url="https://qadam.example", proxy_hops=1)
    client = create_app(replace(runtime, settings=settings)).test_client()
    headers = {"X-Forwarded-Host": "qadam.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    assert "Strict-Transport-Security" in client.get("/en/", headers=headers).headers


def test_an_old_lure_with_a_foreign_forwarded_host_changes_nothing_without_a_proxy(app: Flask) -> None:
    answer = app.test_client().get("/", headers={"X-Forwarded-Host": "elsewhere.example"})
    assert answer.location == "/en/"


def test_a_neutral_installation_names_no_page_in_its_titles(runtime: Runtime) -> None:
    settings = replace(runtime.settings, neutral_titles=True, site_name="Notes")
    visitor = Visitor(create_app(replace(runtime, settings=settings)).test_client(), neutral_title="Notes")
    visitor.get("/en/courses/")
