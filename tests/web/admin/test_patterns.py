"""The pattern page shows every component in every state, to those who work on the site."""

from collections.abc import Callable

import pytest

from elearn.course.check import check
from elearn.course.read import read
from elearn.course.source import Source
from elearn.quiz.kinds import KINDS
from elearn.store.engine import Database
from elearn.web.admin import patterns
from tests.factories import make_person
from tests.visitor import Seen, Visitor
from tests.web.conftest import SignInAs

ADDRESS = "/en/admin/patterns"


@pytest.fixture
def visitor_as(database: Database, organisation_id: str, sign_in_as: SignInAs) -> Callable[[str], Visitor]:
    def sign_in(role: str) -> Visitor:
        with database.transaction(organisation_id) as session:
            person = make_person(session, organisation_id, role=role)
        return sign_in_as(person)

    return sign_in


@pytest.fixture
def page(visitor_as: Callable[[str], Visitor]) -> Seen:
    return visitor_as("admin").get(ADDRESS)


@pytest.mark.parametrize("role", ["trainer", "translator", "reviewer", "admin"])
def test_whoever_works_on_the_site_sees_it(visitor_as: Callable[[str], Visitor], role: str) -> None:
    assert visitor_as(role).get(ADDRESS).heading == "Patterns"


def test_a_learner_does_not(member: Visitor) -> None:
    member.get(ADDRESS, status=404)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values()])
def test_every_kind_of_question_stands_there_open_and_answered(page: Seen, kind: str) -> None:
    ids = {box.get("id", "") for box in page.tree.iter("fieldset")}
    assert {f"q-{kind}-open", f"q-{kind}-answered", f"q-{kind}-right"} <= ids


@pytest.mark.parametrize("said", ["Right", "Partly right", "Not right", "A trainer will mark it.", "no right or wrong", "Hint:"])
def test_every_verdict_stands_there(page: Seen, said: str) -> None:
    assert said in page.text


def test_wrong_answers_come_out_as_wrong_and_half_right_ones_as_half_right(page: Seen) -> None:
    boxes = {box.get("id", ""): "".join(box.itertext()) for box in page.tree.iter("fieldset")}
    assert [name for name, text in boxes.items() if name.endswith("-wrong") and "✗" not in text] == []
    assert [name for name, text in boxes.items() if name.endswith("-partly") and "◐" not in text] == []
    assert [name for name, text in boxes.items() if name.endswith("-right") and not {"✓", "Saved.", "Thank"} & set(text.split())] == []


def test_components_stand_there_in_the_other_direction_too(page: Seen) -> None:
    mirrored = page.one("div", dir="rtl")
    assert len(list(mirrored.iter("fieldset"))) == 3
    assert len(list(mirrored.iter("progress"))) == 2


@pytest.mark.parametrize("lang", ["ru", "kk", "tg", "tk"])
def test_it_is_there_in_every_language(visitor_as: Callable[[str], Visitor], lang: str) -> None:
    visitor_as("admin").get(f"/{lang}/admin/patterns")


def test_the_samples_are_a_course_without_a_fault() -> None:
    source = Source.from_folder(patterns._SAMPLES)
    course, problems = read(source)
    assert course is not None
    assert [*problems, *check(course, source)] == []
