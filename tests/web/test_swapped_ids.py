"""Thousands of requests of one organisation's people with ids of the other's in addresses and forms: no foreign word, no foreign change."""

import random
from collections.abc import Callable, Iterator
from typing import Final

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule

from elearn.store.sessions import WebSessionRow
from tests.web.matrix import NAMES, ROWS
from tests.web.matrix_world import CANARY, A, World, world_at
from tests.web.test_matrix import method_of, names_in, rules, words_of

SEED: Final = 20260302
#: So often the rows of the other organisation are compared, and everything begins anew.
STRIDE: Final = 250
#: Fields that forms of ours have, and some that they do not have.
FIELDS: Final = (
    *sorted({name for row in ROWS.values() for name in row.form}),
    *("person_id", "cohort", "cohort_id", "session", "one", "trainer", "organisation_id", "attempt_id", "serial", "invite_id", "member"),
    *("next", "about", "q", "how", "id"),
)
#: Addresses that cost a hash of a passphrase each: their rights are tried elsewhere, a few times are enough here.
_COSTLY_SHARE: Final = 0.05
COSTLY: Final = {"account.join_submit", "account.sign_in_submit", "account.recover_submit", "account.codes_submit", "account.setup_submit"}


@pytest.fixture(scope="module")
def world(migrated_url: str, emptied: Callable[[], None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_at(migrated_url, tmp_path_factory.mktemp("world")) as made:
        yield made
    emptied()


def test_a_thousand_requests_with_swapped_ids_reach_nothing(world: World) -> None:
    swap(world, 1_000)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_ten_thousand_requests_with_swapped_ids_reach_nothing(world: World) -> None:
    swap(world, 10_000)


def swap(world: World, times: int) -> None:
    """Ask so many times; faults of ours are raised by the application and fail the test."""
    chance = random.Random(SEED)
    every = rules(world)
    keys = [key for key in sorted(every) if key in ROWS and not key.startswith(("static", "entry."))]
    cheap = [key for key in keys if key not in COSTLY]
    word = CANARY["b"].encode()
    before = world.digest(world.b.organisation_id)
    alive = -1
    answers: dict[str, int] = {}
    for number in range(times):
        if number % STRIDE == 0 or _alive(world) != alive:
            _assert_same(world, before)
            world.restore()
            alive = _alive(world)
        key = chance.choice(keys if chance.random() < _COSTLY_SHARE else cheap)
        who, method = chance.choice(A), method_of(every[key]) if chance.random() < 0.9 else "POST"
        target = _target(world, key, every[key], chance)
        response = world.ask(who, method, target, _fields(world, key, chance))
        assert response.status_code < 500, (number, who, method, target)
        assert word not in words_of(response).lower(), (number, who, method, target)
        answers[f"{response.status_code // 100}xx"] = answers.get(f"{response.status_code // 100}xx", 0) + 1
    _assert_same(world, before)
    print(answers)  # noqa: T201 - read with -s
    assert answers["2xx"] + answers["3xx"] > times / 20, "nearly all were refused: this tries nothing"


def _assert_same(world: World, before: dict[str, str]) -> None:
    after = world.digest(world.b.organisation_id)
    assert [name for name in before if before[name] != after[name]] == []


def _alive(world: World) -> int:
    """Count the sessions: when one has ended, its owner would be a stranger from here on."""
    with world.runtime.database.whole.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(WebSessionRow.__table__)) or 0


def _target(world: World, key: str, rule: Rule, chance: random.Random) -> str:
    """Fill an address: things of the other organisation mostly, of the right sort or of any; the rest as it should be."""
    values = {}
    for name in names_in(rule):
        wanted = ROWS[key].names.get(name) or NAMES.get(name, "")
        sort = wanted.strip("{}") if "{" in wanted else name
        values[name] = wanted if wanted and "{" not in wanted else _thing(world, sort, chance)
    with world.app.test_request_context():
        built = rule.build(values)
    assert built is not None, key
    query = {chance.choice(FIELDS): _thing(world, "", chance)} if chance.random() < 0.3 else {}
    return built[1] + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def _thing(world: World, sort: str, chance: random.Random) -> str:
    side = world.b if chance.random() < 0.85 else world.a
    return side.things[sort] if sort in side.things and chance.random() < 0.7 else chance.choice(side.ids)


def _fields(world: World, key: str, chance: random.Random) -> dict[str, str]:
    """Fill a form as its row says, but with things of the other organisation, and with a few fields more."""
    key_of_form = f"one-time-{chance.randbytes(8).hex()}"
    things = world.b.things | {"key": key_of_form}
    fields = {name: value.format_map(things) for name, value in ROWS[key].form.items()}
    for _ in range(chance.randrange(3)):
        fields[chance.choice(FIELDS)] = _thing(world, "", chance)
    return fields
