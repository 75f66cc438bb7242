"""Every address × every method × nine who ask: what each gets, and that nobody reads a word of another organisation."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from elearn.store.rows import METADATA
from tests.web.matrix import NAMES, NOT_SPOKEN, OK, ROWS, THINGS, outcome
from tests.web.matrix_world import CANARY, NINE, OPERATOR, VISITOR, Side, World, missing, world_at

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
#: Whose words must not be in an answer, by who asks.
FOREIGN: Final = {who: [CANARY[side] for side in "ab" if not who.endswith(f"-{side}")] for who in NINE}
_TOKEN: Final = re.compile(rb'(name="csrf_token"[^>]* value=")[^"]*')


@pytest.fixture(scope="module")
def world(migrated_url: str, emptied: Callable[[], None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_at(migrated_url, tmp_path_factory.mktemp("world")) as made:
        yield made
    emptied()


def rules(world: World) -> dict[str, Rule]:
    """Give every address by the key of its row: its endpoint, and what it names where an endpoint has several."""
    every = list(world.app.url_map.iter_rules())
    several = {name for name, count in Counter(rule.endpoint for rule in every).items() if count > 1}
    return {" ".join([rule.endpoint, *(names_in(rule)[1:] if rule.endpoint in several else ())]): rule for rule in every}


def names_in(rule: Rule) -> list[str]:
    """Give the names in an address, its language first."""
    return sorted(re.findall(r"<(?:[^:>]*:)?(\w+)>", rule.rule), key=lambda name: name != "lang")


def address(world: World, endpoint: str, side: Side, *, absent: bool = False) -> str:
    """Give the address of a row filled with things of a side, or with ids of nothing."""
    row, rule = ROWS[endpoint], rules(world)[endpoint]
    values: dict[str, str] = {}
    for name in names_in(rule):
        value = row.names.get(name) or NAMES.get(name) or f"{{{name}}}"
        assert value in NAMES.values() or "{" not in value or value.strip("{}") in side.things, f"{endpoint}: what stands for <{name}>?"
        values[name] = missing(name, random.Random(3)) if absent and name in THINGS else value.format_map(side.things)
    with world.app.test_request_context():
        built = rule.build(values)
    assert built is not None, endpoint
    return built[1] + (f"?{row.names['query']}" if "query" in row.names else "")


def form(endpoint: str, side: Side, who: str, *, absent: bool = False) -> dict[str, str]:
    """Give the fields of a form, with a one-time key of whoever sends it."""
    things = {name: missing(name, random.Random(3)) for name in side.things} if absent else side.things
    return {name: value.format_map(things | {"key": f"one-time-key-of-{who:_<16}"}) for name, value in ROWS[endpoint].form.items()}


def method_of(rule: Rule) -> str:
    return "POST" if "POST" in (rule.methods or ()) else "GET"


def words_of(response: TestResponse) -> bytes:
    """Give all bytes of an answer, its headers included."""
    return bytes(response.data) + "\n".join(f"{name}: {value}" for name, value in response.headers).encode()


def assert_silent(who: str, response: TestResponse, *asked: object) -> None:
    found = [word for word in FOREIGN[who] if word.encode() in words_of(response).lower()]
    assert found == [], f"{who} reads a word of another organisation at {asked}"


def test_every_endpoint_has_its_row(world: World) -> None:
    bare = sorted(rules(world).keys() - ROWS.keys())
    assert bare == [], f"say in tests/web/matrix.py who gets what of {bare}: add a Row to ROWS"
    assert sorted(ROWS.keys() - rules(world).keys()) == [], "these rows of tests/web/matrix.py belong to no address any more"


@pytest.mark.parametrize("endpoint", sorted(ROWS))
def test_each_of_nine_gets_what_the_row_says(world: World, endpoint: str) -> None:
    world.restore()
    method, target, row = method_of(rules(world)[endpoint]), address(world, endpoint, world.a), ROWS[endpoint]
    before = world.digest()
    refused = [who for who in NINE if who not in row.may]
    got: dict[str, str] = {}
    for who in refused:
        got[who] = _ask(world, who, method, target, form(endpoint, world.a, who))
    assert [name for name, digest in world.digest().items() if digest != before[name]] == [], "a refusal changed something"
    for who in NINE:
        if who in row.may:
            got[who] = _ask(world, who, method, target, form(endpoint, world.a, who))
    assert got == {who: row.expected(who) for who in NINE}


def _ask(world: World, who: str, method: str, target: str, fields: Mapping[str, str]) -> str:
    response = world.ask(who, method, target, dict(fields))
    assert_silent(who, response, method, target)
    return outcome(response)


@pytest.mark.parametrize("endpoint", sorted(ROWS))
def test_other_methods_do_nothing_for_anybody(world: World, endpoint: str) -> None:
    world.restore()
    rule, target = rules(world)[endpoint], address(world, endpoint, world.a)
    spoken = {method for other in rules(world).values() if other.rule == rule.rule for method in other.methods or ()}
    before = world.digest()
    for who in NINE:
        for method in METHODS:
            response = None if method in ("GET", "POST") and method in spoken else world.ask(who, method, target)
            if response is None:
                continue
            assert_silent(who, response, method, target)
            if method == "OPTIONS":
                assert (response.status_code, response.data) == (200, b"")
            elif method == "HEAD" and "HEAD" in spoken:
                assert response.data == b""
            elif method == "GET":
                assert response.status_code in (303, 308), "an address of a form leads back to the page of the form"
            else:
                assert response.status_code == 308 or outcome(response) == NOT_SPOKEN
    changed = [name for name, digest in world.digest().items() if digest != before[name]]
    assert changed in ([], ["progress_fact", "progress_summary"], ["progress_summary"]), "only a page of a course notes that it was opened"


@pytest.mark.parametrize("endpoint", [name for name in sorted(ROWS) if not {"static", "entry"} & {name.partition(".")[0]}])
def test_what_is_not_hers_answers_as_what_is_not_there(world: World, endpoint: str) -> None:
    rule, row = rules(world)[endpoint], ROWS[endpoint]
    if not any(name in THINGS for name in names_in(rule)) and "{" not in "".join(row.form.values()).replace("{key}", ""):
        pytest.skip("it names no thing of an organisation")
    world.restore()
    for who in NINE:
        if who not in row.may and who != VISITOR:
            foreign, absent = (_bare(world, who, endpoint, absent=absent) for absent in (False, True))
            assert foreign == absent, who


def _bare(world: World, who: str, endpoint: str, *, absent: bool) -> tuple[int, bytes, list[str]]:
    """Give an answer without what must differ: the form token, the ids asked for, cookies."""
    target = address(world, endpoint, world.a, absent=absent)
    response = world.ask(who, method_of(rules(world)[endpoint]), target, form(endpoint, world.a, who, absent=absent))
    text = _TOKEN.sub(rb"\1", response.data)
    for value in (*world.a.things.values(), *(missing(name, random.Random(3)) for name in THINGS)):
        text = text.replace(value.encode(), b"ID")
    headers = sorted(f"{name}: {value}" for name, value in response.headers if name not in ("Set-Cookie", "Content-Length"))
    return response.status_code, text, headers


def test_people_do_read_the_words_of_their_own_organisation(world: World) -> None:
    """Else the search for foreign words would find nothing wherever it looked."""
    world.restore()
    seen = dict.fromkeys(NINE, 0)
    for endpoint, row in ROWS.items():
        for who in sorted(row.may):
            if row.answer == OK and method_of(rules(world)[endpoint]) == "GET" and who not in (VISITOR, OPERATOR):
                response = world.ask(who, "GET", address(world, endpoint, world.a))
                seen[who] += CANARY[who[-1]].encode() in words_of(response).lower()
    assert {who: count >= 2 for who, count in seen.items() if who not in (VISITOR, OPERATOR)} == dict.fromkeys(NINE[1:-1], True)
    assert seen["learner-a"] >= 5
    assert seen["admin-a"] >= 5


#: Texts that are codes, hashes, ids or sealed, so that no word of anybody's stands in them.
CODED: Final[Mapping[str, tuple[str, ...]]] = {
    "account_notice": ("code", "id"),
    "approval": ("deed", "id", "state"),
    "attempt": ("course_id", "form", "id", "language", "page_id", "state"),
    "attempt_step": ("kind", "language", "question_id"),
    "cohort": ("id",),
    "contact": ("email_index",),
    "credential": ("compact", "course_id", "facts_hash", "id", "key_id", "reason", "replaced_by", "status"),
    "credential_print": ("id",),
    "enrolment": ("course_id", "id", "state"),
    "invite": ("code_hash", "id", "role", "sheet"),
    "job": ("kind",),
    "passkey": ("id",),
    "person": ("country", "handle_key", "id", "language", "passphrase_hash", "role", "state"),
    "progress_fact": ("course_id", "kind", "page_id"),
    "progress_summary": ("course_id",),
    "recovery_code": ("id", "purpose"),
    "sign_in_step": ("purpose", "token_hash"),
    "web_session": ("token_hash",),
}


@pytest.mark.parametrize("side", ["a", "b"])
def test_every_text_of_an_organisation_holds_its_word(world: World, side: str) -> None:
    world.restore()
    organisation_id = {"a": world.a, "b": world.b}[side].organisation_id
    silent = []
    with world.runtime.database.whole.connect() as connection:
        for table in METADATA.sorted_tables:
            for column in table.columns:
                if (
                    "organisation_id" not in table.c
                    or not isinstance(column.type, sa.Text)
                    or column.foreign_keys
                    or column.name in CODED.get(table.name, ())
                ):
                    continue
                wanted = sa.select(column).where(table.c.organisation_id == organisation_id)
                if not any(CANARY[side] in (value or "").lower() for value in connection.scalars(wanted)):
                    silent.append(f"{table.name}.{column.name}")
    assert silent == [], "plant the organisation's word there in tests/web/matrix_world.py, or say in CODED that it is a code"
