"""Two organisations side by side, each in a browser of its own: what one does for its people, the other never sees."""

import re
from urllib.parse import quote

import pytest

from tests.journeys.conftest import OpenTab, Site, Tab, press
from tests.journeys.test_learner_earns_certificate import sign_in

pytestmark = pytest.mark.browser

COHORT = "Dawn walkers"


def enter(tab: Tab, site: Site, role: str) -> None:
    """Sign in as one of the demo's accounts."""
    account = site.accounts[role]
    sign_in(tab, account.handle, account.passphrase)


def send(tab: Tab, path: str) -> None:
    """Press the button of the form that goes to an address ending in `path`."""
    press(tab.page.locator(f"form[action$='{path}'] button").last)


def make_cohort(tab: Tab, site: Site, name: str) -> str:
    """As an admin: make a cohort with the demo's trainer; gives its address."""
    tab.go("admin/cohorts/new")
    tab.page.fill("input[name=name]", name)
    tab.page.select_option("select[name=trainer]", label="demo-trainer")
    tab.page.locator("input[name=languages][value=ru]").check()
    tab.page.locator("input[name=courses]").first.check()
    send(tab, "admin/cohorts/new")
    return tab.page.url.removeprefix(f"{site.url}/{tab.lang}/")


def make_slips(tab: Tab, cohort: str) -> list[str]:
    """As an admin: print two slips that lead into the cohort; gives their codes."""
    tab.go(f"admin/invites/new?cohort={cohort.rstrip('/').rpartition('/')[2]}")
    tab.page.fill("input[name=people]", "2")
    send(tab, "admin/invites/new")
    return tab.page.locator(".slip__code").all_inner_texts()


def join_with(tab: Tab, code: str) -> str:
    """Come in by a slip, as its QR code does; gives the name that others see from then on."""
    tab.page.goto(f"{tab.site.url}/?invite={code}")
    assert tab.page.locator("input[name=invite]").input_value().replace("-", "") == code.replace("-", "")
    handle = tab.page.locator("input[name=handle]").input_value()
    press(tab.page.locator("main form[method=post] button").last)
    assert tab.page.locator(".codes li").count() == 10
    tab.go("account/")
    pseudonym = tab.page.locator("input[name=pseudonym]").input_value()
    assert handle not in pseudonym
    return pseudonym


def is_missing(tab: Tab, path: str) -> bool:
    """Whether there is no such page for this visitor."""
    answer = tab.page.goto(f"{tab.site.url}/{tab.lang}/{path}")
    return answer is not None and answer.status == 404


def refuse_used_code(tab: Tab, code: str) -> None:
    """Nobody comes in by a code that was used."""
    tab.page.goto(f"{tab.site.url}/?invite={code}")
    press(tab.page.locator("main form[method=post] button").last)
    assert not tab.page.locator(".codes li").count()


@pytest.mark.parametrize(("lang", "script"), [("en", True), ("ru", False), ("tk", False)])
def test_what_one_organisation_does_the_other_never_sees(open_tab: OpenTab, site: Site, lang: str, script: bool) -> None:
    ours, theirs = open_tab(lang, script=script, width=1280), open_tab(lang, script=script, width=1280)
    name = f"{COHORT} {lang}"
    enter(ours, site, "admin")
    enter(theirs, site, "other-admin")

    cohort = make_cohort(ours, site, name)
    code, spare = make_slips(ours, cohort)
    learner = open_tab(lang, script=script)
    pseudonym = join_with(learner, code)

    ours.go(f"admin/people/?q={quote(pseudonym)}")
    link = ours.page.locator("main table a", has_text=pseudonym).first
    person = re.sub(rf"^.*/{lang}/", "", link.get_attribute("href") or "")
    ours.go(cohort)
    assert pseudonym in ours.page.locator("main").inner_text()

    theirs.go(f"admin/people/?q={quote(pseudonym)}")
    assert not theirs.page.locator("main table").count()
    for path in ("admin/cohorts/", "admin/invites/", "admin/people/", "admin/record/"):
        theirs.go(path)
        assert not {pseudonym, name} & set(theirs.page.locator("main").inner_text().split("\n"))
    for path in (cohort, person):
        assert is_missing(theirs, path)

    trainer, other_trainer = open_tab(lang, script=script), open_tab(lang, script=script)
    enter(trainer, site, "trainer")
    enter(other_trainer, site, "other-trainer")
    trainer.go("teach/")
    press(trainer.page.locator("main a", has_text=name).first)
    assert pseudonym in trainer.page.locator("main").inner_text()
    taught = trainer.page.url.partition(f"/{lang}/")[2]
    assert is_missing(other_trainer, taught)

    stranger = open_tab(lang, script=script)
    refuse_used_code(stranger, code)
    join_with(stranger, spare)
    for tab in (ours, theirs, learner, trainer, other_trainer, stranger):
        assert tab.strangers() == []
