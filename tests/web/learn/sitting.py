"""An attempt as tests walk through it: begin, answer right, save as a script does; and what of it is stored."""

import json
from typing import Any

from elearn.store.attempts import AttemptRow, AttemptStepRow, list_attempts, list_steps
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from tests.visitor import Seen, Visitor, filled
from tests.web.teaching import FINAL, Fields

#: One drawn question after the other: its fields, answered right.
ANSWERS: dict[str, Fields] = {
    "f-holder": {"choice": "state"},
    "f-one": {"choice": "yes"},
    "f-two": {"choice": "no"},
    "f-three": {"text": "ICCPR"},
    "f-case": {"text": "Ask who owes the duty."},
}


def begin(who: Visitor, quiz: str = FINAL) -> Seen:
    return who.submit(who.get(quiz), "/start")


def question(page: Seen) -> str:
    return page.one("input", name="question").get("value", "")


def right(page: Seen) -> Fields:
    name = question(page)
    return {f"{name}:{field}": value for field, value in ANSWERS[name].items()}


def rows(database: Database, person: PersonRow) -> list[AttemptRow]:
    with database.read(person.organisation_id) as session:
        return list_attempts(session, person.id, "every-kind")


def steps(database: Database, person: PersonRow) -> list[AttemptStepRow]:
    row = rows(database, person)[0]
    with database.read(person.organisation_id) as session:
        return list_steps(session, row.id)


def by_script(who: Visitor, page: Seen, fields: Fields, **more: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401 - JSON
    form = page.form("/answer")
    data = {**filled(form), **fields, "save": "1", **more}
    answer = who.client.post(form.get("action", ""), data=data, headers={"Accept": "application/json"})
    return answer.status_code, json.loads(answer.get_data())
