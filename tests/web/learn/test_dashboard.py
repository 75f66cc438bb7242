"""My learning: what is under way, and the one place to go on from."""

from tests.visitor import Visitor
from tests.web.teaching import BEFORE, BLOCKS, COURSE, FINAL


def _go_on(member: Visitor) -> str:
    return member.get("/en/learn/").one("a", class_="button").get("href", "")


def test_somebody_who_has_not_begun_is_led_to_the_courses(member: Visitor) -> None:
    assert _go_on(member) == "/en/courses/"


def test_the_page_read_last_is_the_place_to_go_on(member: Visitor, every_kind: int) -> None:
    assert every_kind
    member.get(BLOCKS)
    assert _go_on(member) == BLOCKS


def test_a_check_that_was_handed_in_is_not_the_place_to_go_on(member: Visitor, every_kind: int) -> None:
    assert every_kind
    page = member.submit(member.get(BEFORE), "/start")
    member.submit(member.submit(page, "/answer", {"all-people:choice": "no"}), "/hand-in")
    assert _go_on(member) == BLOCKS
    assert BLOCKS in [link.get("href") for link in member.get(COURSE).all("a", class_="button")]


def test_a_test_that_was_not_passed_stays_the_place_to_go_on(member: Visitor, every_kind: int) -> None:
    assert every_kind
    page = member.submit(member.get(FINAL), "/start")
    member.submit(member.get(f"{page.address.partition('?')[0]}?q=end"), "/hand-in")
    assert _go_on(member) == FINAL


def test_a_test_that_waits_to_be_handed_in_comes_first(member: Visitor, every_kind: int) -> None:
    assert every_kind
    member.get(BLOCKS)
    page = member.submit(member.get(FINAL), "/start")
    member.get(BLOCKS)
    assert _go_on(member).startswith(page.address.partition("?")[0])
