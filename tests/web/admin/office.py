"""What tests of the office share: two admins of one organisation, an admin of another, and forms sent as they stand."""

from dataclasses import dataclass

from elearn.store.people import PersonRow
from tests.visitor import Seen, Visitor, filled


@dataclass(frozen=True)
class Office:
    """An organisation with two admins, each with a browser, and an admin of another organisation."""

    admin: Visitor
    second: Visitor
    outside: Visitor
    rows: tuple[PersonRow, PersonRow, PersonRow]


def token(who: Visitor) -> dict[str, str]:
    """Give what every form of this browser carries."""
    return {"csrf_token": filled(who.get("/en/admin/").form("/account/exit"))["csrf_token"][0]}


def post(who: Visitor, address: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
    """Send a form that was made by hand; the status and the body of the answer, the token apart."""
    answer = who.client.post(address, data={**token(who), **(fields or {})})
    return answer.status_code, answer.get_data(as_text=True)


def buttons(page: Seen) -> list[str]:
    """List the addresses to which the page's own forms lead."""
    return [form.get("action", "") for form in page.one("main").iter("form") if form.get("method") == "post"]
