"""With scripts, an answer is saved as it is given: at once, in order, when the page is left, and when the line comes back."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import OpenTab, Site, Tab, press, until
from tests.journeys.test_learner_earns_certificate import join

FINAL = "courses/rights-and-obligations/finish/final/"

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(open_tab: OpenTab) -> Tab:
    """A new learner in the middle of the final test."""
    made = open_tab("en")
    join(made)
    made.go(FINAL)
    press(made.page.locator("main form[method=post] button"))
    made.page.goto(f"{made.page.url}?q=1")
    return made


def choose(page: Page, number: int) -> None:
    page.locator(".question input[type=radio]").nth(number).check()


def chosen(page: Page) -> int:
    """The number of the choice that the server gives back; -1 for none."""
    page.reload()
    boxes = page.locator(".question input[type=radio]")
    return next((number for number in range(boxes.count()) if boxes.nth(number).is_checked()), -1)


def test_a_choice_is_saved_at_once_and_said(tab: Tab) -> None:
    choose(tab.page, 2)
    expect(tab.page.locator("[data-status]")).to_have_text("Saved.")
    assert chosen(tab.page) == 2


@pytest.mark.parametrize("way", [".question-map a >> nth=3", ".languages button >> nth=1", "main p.small a"])
def test_a_choice_survives_leaving_the_page_in_the_same_moment(tab: Tab, way: str) -> None:
    first = tab.page.url
    choose(tab.page, 1)
    press(tab.page.locator(way))
    tab.page.goto(first)
    until(tab.page, lambda: chosen(tab.page) == 1)  # it is on its way beside the next page, and either may be first


def test_an_answer_that_is_refused_while_the_page_is_hidden_is_not_called_saved(tab: Tab) -> None:
    tab.page.context.clear_cookies()
    tab.page.evaluate(
        """() => {
          document.querySelectorAll(".question input[type=radio]")[1].click();
          Object.defineProperty(document, "hidden", { value: true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    expect(tab.page.locator("[data-status]")).to_contain_text("press the button below and sign in")


def test_a_slow_older_save_never_wins_over_a_newer_one(tab: Tab) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    tab.page.route("**/answer*", hold_the_first)
    choose(tab.page, 0)
    until(tab.page, lambda: bool(held))
    choose(tab.page, 3)
    tab.page.wait_for_timeout(300)  # time for a newer save to overtake the older one
    held[0].continue_()
    expect(tab.page.locator("[data-status]")).to_have_text("Saved.")
    tab.page.unroute("**/answer*")
    assert chosen(tab.page) == 3


def test_without_a_connection_the_answer_waits_and_is_saved_when_it_is_back(tab: Tab) -> None:
    tab.page.context.set_offline(True)
    choose(tab.page, 2)
    expect(tab.page.locator("[data-status]")).to_contain_text("No connection")
    tab.page.locator("form.stack button.button").click()
    expect(tab.page.locator("[data-status]")).to_contain_text("No connection")
    tab.page.context.set_offline(False)
    expect(tab.page.locator("[data-status]")).to_have_text("Saved.")
    assert chosen(tab.page) == 2


def test_a_tab_that_was_not_touched_does_not_overwrite_another(tab: Tab, site: Site) -> None:
    assert site.url in tab.page.url
    choose(tab.page, 0)
    expect(tab.page.locator("[data-status]")).to_have_text("Saved.")
    first = tab.page.url
    tab.page.reload()
    other = tab.page.context.new_page()
    other.goto(first)
    choose(other, 3)
    expect(other.locator("[data-status]")).to_have_text("Saved.")
    press(tab.page.locator("form.stack button.button"))
    tab.page.goto(first)
    assert chosen(tab.page) == 3
