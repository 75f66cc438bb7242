"""Languages: which one a request speaks, links to the same page in the others, dates, numbers and plurals in each."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g

from elearn.lang import LANGUAGES, Language
from elearn.web import i18n
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import Publish
from tests.web.teaching import PRACTICE, form_of

_PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Join"
msgstr "Вступить"

msgctxt "menu"
msgid "Join"
msgstr "Вход"
"""


def _links(page: Seen) -> dict[str, str]:
    return {link.get("hreflang", ""): link.get("href", "") for link in page.all("a") if link.get("hreflang")}


def _here(rest: str) -> dict[str, str]:
    return {tag: f"/{tag}{rest}" for tag in LANGUAGES}


@pytest.mark.parametrize(
    ("cookie", "accepted", "target"),
    [
        ("", "", "/en/"),
        ("", "ru", "/ru/"),
        ("", "tg-TJ,ru;q=0.8", "/tg/"),
        ("", "de,fr", "/en/"),
        ("", "de,tk;q=0.3,en;q=0.2", "/tk/"),
        ("", "kk-KZ", "/kk/"),
        ("", "*", "/en/"),
        ("", "rubbish;;q=x", "/en/"),
        ("kk", "ru", "/kk/"),
        ("de", "ru", "/ru/"),
        ("../evil", "", "/en/"),
    ],
)
def test_the_bare_address_leads_to_the_language_of_the_reader(app: Flask, cookie: str, accepted: str, target: str) -> None:
    client = app.test_client()
    if cookie:
        client.set_cookie("lang", cookie)
    answer = client.get("/", headers={"Accept-Language": accepted} if accepted else {})
    assert (answer.status_code, answer.location) == (302, target)


def test_the_language_last_read_is_remembered(visitor: Visitor) -> None:
    visitor.get("/tg/safety")
    assert visitor.client.get("/").location == "/tg/"
    cookie = visitor.client.get_cookie("lang")
    assert cookie is not None
    assert cookie.http_only


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_its_language_and_links_to_the_others(visitor: Visitor, language: Language, minimal_course: int) -> None:
    for rest in ("/", "/courses/", "/courses/minimal/", "/courses/minimal/first/hello/", "/search", "/account/sign-in", "/verify/"):
        page = visitor.get(f"/{language}{rest}")
        assert page.tree.get("lang") == language
        assert _links(page) == _here(rest)
        assert [link.get("hreflang") for link in page.all("a", aria_current="true")] in ([], [language])


def test_what_was_asked_for_stays_in_the_links(visitor: Visitor) -> None:
    assert _links(visitor.get("/en/search?q=a%26b&x=1")) == _here("/search?q=a%26b&x=1")


@pytest.mark.parametrize("odd", ["a%3Fb", "a%20b", "%D1%8F", "a%23b", "%22%3E"])
def test_signs_that_mean_something_in_addresses_stay_what_they_are(visitor: Visitor, odd: str) -> None:
    assert _links(visitor.get(f"/en/verify/{odd}", status=404)) == _here(f"/verify/{odd}")


def test_after_a_form_that_failed_the_links_lead_to_the_page_with_the_form(
    visitor: Visitor, member: Visitor, publish_course: Publish
) -> None:
    publish_course("minimal")
    publish_course("every_kind")
    page = visitor.submit(visitor.get("/en/account/sign-in"), "/account/sign-in", status=422)
    assert _links(page) == _here("/account/sign-in")
    data = {**form_of(member.get(PRACTICE), "core-treaties"), "core-treaties:text": "x"}
    page = member._seen(member.client.post(f"{PRACTICE}practise", data=data), 422)
    assert {link.partition("?")[0] for link in _links(page).values()} == set(_here(PRACTICE.removeprefix("/en")).values())
    start = member.submit(member.get("/en/courses/every-kind/quizzes/drill/"), "/start")
    page = member.submit(start, "/answer", {"columns:text": "x"}, status=422)
    buttons = page.all("button", class_="languages__button")
    assert [one.get("formaction") for one in buttons] == [start.address.replace("/en/", f"/{tag}/") + "answer?q=1" for tag in LANGUAGES]
    form = filled(member.get("/en/account/").form("/account/"))
    page = member.submit(member.get("/en/account/"), "/account/", {**form, "pseudonym": ""}, status=422)
    assert _links(page) == _here("/account/")


@pytest.mark.parametrize("path", ["/nothing", "/de/courses/"])
def test_links_on_a_page_that_names_no_language_lead_home(visitor: Visitor, path: str) -> None:
    assert _links(visitor.get(path, status=404)) == _here("/")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "2 March 2026"),
        ("ru", "2 марта 2026 года"),
        ("kk", "2026 ж. 2 наурыз"),
        ("tg", "2 марти 2026"),
        ("tk", "2 mart 2026"),
    ],
)
def test_dates_are_written_as_readers_expect_them(language: Language, text: str) -> None:
    for day in (date(2026, 3, 2), datetime(2026, 3, 2, 23, 59, tzinfo=UTC)):
        assert i18n.format_day(day, language).replace("\u202f", " ") == text


def test_tajik_months_carry_the_ending_a_date_needs() -> None:
    written = [i18n.format_day(date(2026, month, 1), "tg") for month in range(1, 13)]
    assert written[0] == "1 январи 2026"
    assert written[4] == "1 майи 2026"
    assert len(set(written)) == 12
    assert all(text.split()[1].endswith("и") for text in written)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_written_in_every_language(language: Language) -> None:
    assert i18n.format_number(1234.5, language).replace("\u00a0", "").replace("\u202f", "").replace(",", "").replace(".", "") == "12345"
    assert i18n.own_name(language)


@pytest.mark.parametrize(("language", "written"), [("en", "70%"), ("ru", "70\u00a0%"), ("kk", "70%"), ("tg", "70%"), ("tk", "70\u00a0%")])
def test_percent_is_written_as_the_language_does_and_no_line_breaks_before_the_sign(language: Language, written: str) -> None:
    assert i18n.format_percent(70, language) == written


def test_every_whole_percent_is_written_as_it_is() -> None:
    assert [i18n.format_percent(whole, "en") for whole in range(101)] == [f"{whole}%" for whole in range(101)]


def test_outside_a_request_english_is_spoken() -> None:
    assert i18n.language() == "en"
    assert i18n.format_day(date(2026, 3, 2)) == "2 March 2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_plural_rule_that_can_be_used(app: Flask, language: Language) -> None:
    assert "nplurals=" in i18n.PLURAL_FORMS[language]
    with app.test_request_context(f"/{language}/"):
        g.lang = language
        forms = {i18n.ngettext("%(num)s question", "%(num)s questions", number) for number in (0, 1, 2, 5, 11, 21, 101)}
    assert len(forms) == 7
    assert all(text.split()[0].isdigit() for text in forms)


def test_tajik_has_two_forms_and_russian_three() -> None:
    assert i18n.PLURAL_FORMS["tg"].startswith("nplurals=2")
    assert i18n.PLURAL_FORMS["ru"].startswith("nplurals=3")


def test_a_catalogue_is_read_compiled_or_as_it_is_written(tmp_path: Path) -> None:
    place = tmp_path / "ru" / "LC_MESSAGES"
    place.mkdir(parents=True)
    assert i18n.load(tmp_path, "ru").gettext("Join") == "Join"
    (place / "messages.po").write_text(_PO, encoding="utf-8")
    assert i18n.load(tmp_path, "ru").gettext("Join") == "Вступить"
    assert i18n.load(tmp_path, "ru").pgettext("menu", "Join") == "Вход"
    (place / "messages.mo").write_bytes(_compiled(place / "messages.po"))
    (place / "messages.po").unlink()
    assert i18n.load(tmp_path, "ru").gettext("Join") == "Вступить"


def _compiled(source: Path) -> bytes:
    buffer = io.BytesIO()
    with source.open("rb") as text:
        write_mo(buffer, read_po(text, locale="ru"))
    return buffer.getvalue()


def test_a_message_with_a_context_is_filled_like_others(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert i18n.pgettext("menu", "Hello, %(name)s.", name="Mira") == "Hello, Mira."
        assert i18n.pgettext("menu", "100 %") == "100 %"
