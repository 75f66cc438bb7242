"""What a worker keeps in its memory for the next reader holds nothing of the one before."""

from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.web import kept
from elearn.web.parts import lesson_body
from tests.factories import make_person
from tests.web.conftest import SignInAs
from tests.web.teaching import BLOCKS, COURSE, PRACTICE, form_of, named, publish_open


def test_kept_pages_hold_no_word_of_a_reader(runtime: Runtime, database: Database, organisation_id: str, sign_in_as: SignInAs) -> None:
    publish_open(runtime)
    with database.transaction() as session:
        person = make_person(session, organisation_id, "kanarek-lodet-47")
    reader = sign_in_as(person)
    for _ in range(2):
        for address in (COURSE, BLOCKS, PRACTICE, "/en/learn/", "/en/account/", "/en/courses/", "/en/"):
            reader.get(address)
    page = reader.get(PRACTICE)
    reader.client.post(f"{PRACTICE}practise", data=form_of(page, "plan") | named("plan", {"text": "Kanarek in her own words"}))
    assert "Kanarek in her own words" in reader.get(PRACTICE).text
    everything = repr((kept._pages, lesson_body._chunks, lesson_body._ends)).lower()
    assert len(kept._pages) > 0
    assert "kanarek" not in everything
    assert person.id not in everything
