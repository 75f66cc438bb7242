"""The figures of all organisations: coarse, frozen by the month, for admins and the operator; no row of anybody."""

import pytest

from elearn.actions import coalition
from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import make_organisation, make_person
from tests.visitor import Seen, Visitor, text_of
from tests.web.conftest import SignInAs

PAGE = "/en/admin/coalition"


def publish(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        coalition.publish(session, now=runtime.clock())


def fill(runtime: Runtime, **people: int) -> None:
    """Make organisations with so many learners each."""
    with runtime.database.transaction() as session, everyone(session):
        for name, count in people.items():
            made = make_organisation(session, name).id
            for number in range(count):
                make_person(session, made, f"canary-{name}-{number}x")


def table(page: Seen) -> list[list[str]]:
    return [[text_of(cell) for cell in line] for line in page.tree.iter("tr")]


def test_before_the_first_figures_the_page_says_when_they_come(admin: Visitor) -> None:
    assert "No figures have been drawn yet." in admin.get(PAGE).text


def test_figures_are_whole_fives_and_sums_of_what_is_shown(admin: Visitor, runtime: Runtime) -> None:
    fill(runtime, alpha=13, beta=4, gamma=5)
    publish(runtime)
    page = admin.get(PAGE)
    head, *lines, sums = table(page)
    assert head[:3] == ["Organisation", "Learners", "Trainers"]
    shown = {line[0]: line[1] for line in lines}
    assert (shown["Alpha"], shown["Beta"], shown["Gamma"]) == ("10 or more", "fewer than 5", "5 or more")
    assert sums[:3] == ["Together, at least", "15 or more", "–"]
    text = page.response.get_data(as_text=True)
    assert not any(number in text for number in (">13<", ">4<", ">22<"))
    assert "canary" not in text.lower()


def test_earlier_months_stay_as_they_were(
    admin: Visitor, runtime: Runtime, clock: StandingClock, sign_in_as: SignInAs, row: PersonRow
) -> None:
    fill(runtime, alpha=6)
    publish(runtime)
    clock.move(days=30)
    fill(runtime, beta=11)
    publish(runtime)
    admin = sign_in_as(row)
    page = admin.get(PAGE)
    assert "Drawn on 1 April 2026." in page.text
    assert "10 or more" in page.text
    before = admin.get(next(link for link in page.links() if "month=2026-03" in link))
    assert "Drawn on 2 March 2026." in before.text
    assert "Beta" not in before.text
    for odd in ("2025-01", "x", "%"):
        assert "Drawn on 1 April 2026." in admin.get(f"{PAGE}?month={odd}").text


def test_the_operator_sees_the_figures_too(runtime: Runtime, sign_in_as: SignInAs, organisation_id: str) -> None:
    with runtime.database.transaction() as session:
        person = make_person(session, organisation_id, role="operator")
    publish(runtime)
    page = sign_in_as(person).get(PAGE)
    assert "Together, at least" in page.text
    assert any(link.endswith("/admin/coalition") for link in page.links())


@pytest.mark.parametrize("role", ["learner", "trainer", "translator", "reviewer"])
def test_nobody_else_sees_figures(runtime: Runtime, sign_in_as: SignInAs, organisation_id: str, role: str) -> None:
    with runtime.database.transaction() as session:
        person = make_person(session, organisation_id, role=role)
    sign_in_as(person).get(PAGE, status=404)
