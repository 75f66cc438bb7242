"""The whole story in every language, with script and without: join, read, practise, pass, be certified, print, and have it checked."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image

from elearn.cli import main
from elearn.lang import LANGUAGES
from tests.journeys.answering import answer_page, questions_by_id
from tests.journeys.conftest import OpenTab, Site, Tab, press
from tests.journeys.pdf import page_picture

COURSE = "rights-and-obligations"

pytestmark = pytest.mark.browser


def join(tab: Tab) -> str:
    """Join with the offered handle and passphrase; gives the handle."""
    tab.go("account/join")
    handle = tab.page.locator("input[name=handle]").input_value()
    press(tab.page.locator("main form[method=post] button").last)
    assert tab.page.locator(".codes li").count() == 10
    return handle


def read_every_lesson(tab: Tab, site: Site) -> None:
    """Open each lesson and press the button at its end."""
    with site.runtime.database.read() as session:
        course = site.runtime.shelf.course(session, COURSE, now=datetime.now(UTC)).course  # noqa: TID251 - a test's own clock
    for module, page in course.pages():
        if not hasattr(page, "quiz"):
            tab.go(f"courses/{COURSE}/{module.id}/{page.id}/")
            assert tab.page.locator("h1").count() == 1
            press(tab.page.locator("button[name=go]"))


def pass_final_test(tab: Tab, site: Site) -> None:
    """Answer all twelve questions as the key says and hand in."""
    with site.runtime.database.read() as session:
        course = site.runtime.shelf.course(session, COURSE, now=datetime.now(UTC)).course  # noqa: TID251 - a test's own clock
    known = questions_by_id(course)
    tab.go(f"courses/{COURSE}/finish/final/")
    press(tab.page.locator("main form[method=post] button"))
    for _ in range(40):
        if not tab.page.locator(".question").count():
            break
        answer_page(tab.page, known)
        press(tab.page.locator("form.stack button.button"))
    press(tab.page.locator("main form[method=post] button"))
    assert "/result/" in tab.page.url
    assert "100" in tab.page.locator(".card__title").inner_text()


def sign_in(tab: Tab, handle: str, passphrase: str) -> None:
    tab.go("account/sign-in")
    tab.page.fill("input[name=handle]", handle)
    tab.page.fill("input[name=passphrase]", passphrase)
    press(tab.page.locator("main form[method=post] button").first)


def issue_all(tab: Tab, site: Site) -> None:
    """As the admin: look at the preview and issue what is due."""
    admin = site.accounts["admin"]
    sign_in(tab, admin.handle, admin.passphrase)
    tab.go("admin/certificates/preview?all=1")
    press(tab.page.locator("main form[method=post] button"))
    assert tab.page.locator(".notice--good").count() == 1


def print_certificate(tab: Tab, name: str) -> Path:
    """Print the certificate with a name, in the reader's language and one more."""
    tab.go("learn/certificates/")
    press(tab.page.locator(".card a.button"))
    tab.page.fill("input[name=name]", name)
    tab.page.select_option("select[name=second]", "ru" if tab.lang != "ru" else "en")
    with tab.page.expect_download() as waiting:
        tab.page.locator("main form[method=post] button").click()
    target = tab.downloads / "certificate.pdf"
    waiting.value.save_as(target)
    return target


def checked_offline(pdf: Path, site: Site, tab: Tab, name: str) -> str:
    """Check the file with the command line and the public keys alone; gives what the command says."""
    keys = tab.downloads / "keys.json"
    keys.write_bytes(tab.page.request.get(f"{site.url}/certificates/keys.json").body())
    result = CliRunner().invoke(main, ["certificate", "verify", str(pdf), "--keys", str(keys), "--name", name])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_learner_earns_a_certificate_that_anyone_can_check(lang: str, script: bool, open_tab: OpenTab, site: Site) -> None:
    learner = open_tab(lang, script=script)
    join(learner)
    read_every_lesson(learner, site)
    pass_final_test(learner, site)
    issue_all(open_tab(lang, script=script), site)
    pdf = print_certificate(learner, "Анна Ғалымқызы")
    assert "valid" in checked_offline(pdf, site, learner, "Анна Ғалымқызы").lower()
    codes = zxingcpp.read_barcodes(Image.open(page_picture(pdf)))
    assert len(codes) == 1
    stranger = open_tab(lang, script=script)
    stranger.page.goto(codes[0].text)
    assert re.search(r"/verify/[0-9A-Z-]{29}", stranger.page.url)
    assert stranger.page.locator(".notice--good").count() == 1
    assert learner.strangers() == []
    assert stranger.strangers() == []
