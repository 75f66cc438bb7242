"""My learning: what is under way, and the one place to go on from."""

from tests.visitor import Visitor
from tests.web.teaching import BLOCKS, FINAL


def _go_on(member: Visitor) -> str:
    return member.get("/en/learn/").one("a", class_="button").get("href", "")


def test_somebody_who_has_not_begun_is_led_to_the_courses(member: Visitor) -> None:
    assert _go_on(member) == "/en/courses/"


def test_the_page_read_last_is_the_place_to_go_on(member: Visitor, every_kind: int) -> None:
    assert every_kind
    member.get(BLOCKS)
    assert _go_on(member) == BLOCKS


def test_a_test_that_waits_to_be_handed_in_comes_first(member: Visitor, every_kind: int) -> None:
    assert every_kind
    member.get(BLOCKS)
    page = member.submit(member.get(FINAL), "/start")
    member.get(BLOCKS)
    assert _go_on(member).startswith(page.address.partition("?")[0])
