"""The signer's door: whole awards and lists go through, whatever else is said to it comes back as a code and never as a signature."""

import json
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from elearn.credential import compact, document, status
from elearn.credential.award import Award
from elearn.credential.keys import signing_key
from elearn.credential.sign import is_signed_by, split
from elearn.credential.signer import LONGEST, Office, answer, ask_award, ask_status, read_award, read_status, sign_award
from elearn.errors import Invalid
from tests.credential.factories import KEY, NOON, OTHER_KEY, SERIAL, make_award

OFFICE = Office(KEY, "Qadam", "https://learn.example")
CREATED = NOON.replace(microsecond=0)
NOW = CREATED + timedelta(hours=1)
AWARD = make_award()
REQUEST = ask_award(AWARD, created=CREATED)


def test_an_award_is_signed_as_in_the_process_itself() -> None:
    signed = read_award(answer(REQUEST, OFFICE, now=NOW), AWARD, (OTHER_KEY.public, KEY.public))
    assert signed == sign_award(AWARD, OFFICE, created=CREATED)
    plain, proof = split(signed.document)
    assert is_signed_by(KEY.public, plain, proof)
    assert signed.document["issuer"]["name"] == "Qadam"
    assert signed.key_id == KEY.public.id


def test_a_list_is_signed_as_in_the_process_itself() -> None:
    states: dict[str, status.State] = {SERIAL: "withdrawn"}
    line = answer(ask_status(states, day=NOW.date()), OFFICE, now=NOW)
    assert read_status(line, (KEY.public,)) == status.write(states, KEY, day=NOW.date())
    with pytest.raises(Invalid, match="status-altered"):
        read_status(line, (OTHER_KEY.public,))


def code_of(request: bytes) -> str:
    return str(json.loads(answer(request, OFFICE, now=NOW)).get("error", ""))


def changed(request: bytes, **values: object) -> bytes:
    return json.dumps({**json.loads(request), **values}).encode()


STATUS = ask_status({SERIAL: "withdrawn"}, day=NOW.date())


@pytest.mark.parametrize(
    ("request_line", "code"),
    [
        (b"", "request-unreadable"),
        (b"null", "request-unreadable"),
        (b"[" * 100_000, "request-unreadable"),
        (b"9" * 5_000, "request-unreadable"),
        (b"\xff", "request-unreadable"),
        (b" " * (LONGEST + 1), "request-long"),
        (changed(REQUEST, kind="other"), "request-unreadable"),
        (changed(REQUEST, more=1), "request-unreadable"),
        (changed(REQUEST, facts={}), "facts-unreadable"),
        (changed(REQUEST, facts={**AWARD.facts(), "more": 1}), "facts-unreadable"),
        (changed(REQUEST, facts={**AWARD.facts(), "release": 0}), "award-release"),
        (changed(REQUEST, facts={**AWARD.facts(), "titles": {"en": "\ud800"}, "languages": ["en"]}), "facts-unreadable"),
        (changed(REQUEST, created="2026"), "request-unreadable"),
        (changed(REQUEST, created="2026-03-02T09:00:00"), "request-unreadable"),
        (changed(REQUEST, created=(NOW + timedelta(days=2)).isoformat()), "request-time"),
        (changed(REQUEST, facts={**AWARD.facts(), "issued_on": "2199-01-01", "expires_on": None}), "request-time"),
        (changed(STATUS, day="2026-13-01"), "request-unreadable"),
        (changed(STATUS, day="1999-01-01"), "request-time"),
        (changed(STATUS, states={"x": "withdrawn"}), "serial-unreadable"),
        (changed(STATUS, states={SERIAL: "valid"}), "request-unreadable"),
        (changed(STATUS, states=[SERIAL]), "request-unreadable"),
    ],
)
def test_what_is_not_whole_is_answered_with_a_code(request_line: bytes, code: str) -> None:
    assert code_of(request_line) == code


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{}",
        b"x" * (LONGEST + 1),
        b'{"document": {}, "compact": 1}',
        json.dumps({"document": {"facts": AWARD.facts()}, "compact": compact.write(make_award(release=9), KEY)}).encode(),
        json.dumps({"document": {"facts": {}}, "compact": compact.write(AWARD, KEY)}).encode(),
        json.dumps({"document": {"facts": AWARD.facts()}, "compact": compact.write(AWARD, OTHER_KEY)}).encode(),
    ],
)
def test_an_answer_that_does_not_fit_is_not_believed(line: bytes) -> None:
    with pytest.raises(Invalid, match="answer-unfit"):
        read_award(line, AWARD, (KEY.public,))
    with pytest.raises(Invalid, match="answer-unfit"):
        read_status(line, (KEY.public,))


def test_the_code_of_a_refusal_reaches_who_asked() -> None:
    with pytest.raises(Invalid, match="request-long"):
        read_award(b'{"error": "request-long"}', AWARD, (KEY.public,))


ODD: tuple[object, ...] = (
    *(None, True, 0, -1, 2**40, 1.5, "", "x", "\x00", "ё" * 3000, [], {}, [[]], "2026-99-99", "did:key:other", "https://evil.example"),
    *({"@id": "x"}, {"@context": "https://evil.example"}, ["en", "en"], {"en": 1}, "en", float("nan"), "9" * 400),
)


def twist(value: object, chance: random.Random) -> object:
    """Change one thing somewhere inside: another value, a lost or an added member."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(sorted(value))
        roll = chance.random()
        if roll < 0.1:
            return {key: part for key, part in value.items() if key != name}
        if roll < 0.2:
            return {**value, chance.choice(["@context", "id", "issuer", "proof", "type", "more"]): chance.choice(ODD)}
        return {**value, name: twist(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.5:
        at = chance.randrange(len(value))
        return [*value[:at], twist(value[at], chance), *value[at + 1 :]]
    return chance.choice(ODD)


def garble(request: bytes, chance: random.Random) -> bytes:
    """Change some bytes."""
    line = bytearray(request)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(line))
        line[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    return bytes(line)


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    garble,
    lambda request, chance: json.dumps(twist(json.loads(request), chance)).encode(),
    lambda request, chance: request[: chance.randrange(len(request))],
    lambda request, chance: json.dumps(twist(twist(json.loads(request), chance), chance)).encode(),
)


def hostile(count: int) -> int:
    """Send mutated requests; whatever is signed is a whole award of ours, or a list. How many were."""
    chance, signed = random.Random(23), 0
    for turn in range(count):
        request = WAYS[turn % len(WAYS)](chance.choice([REQUEST, REQUEST, STATUS]), chance)
        found = json.loads(answer(request, OFFICE, now=NOW))
        if set(found) == {"error"}:
            continue
        signed += 1
        if set(found) == {"list"}:
            read_status(json.dumps(found).encode(), (KEY.public,))
            continue
        plain, proof = split(found["document"])
        award, issuer, place = document.read(plain)
        assert (issuer, place) == (OFFICE.issuer, None)
        assert Award.from_facts(json.loads(request)["facts"]) == award
        assert is_signed_by(KEY.public, plain, proof)
        assert compact.read(found["compact"]).compact == compact.Compact.of(award)
    return signed


def test_10_000_mutated_requests_yield_whole_awards_or_codes() -> None:
    assert 0 < hostile(10_000) < 5_000


def test_keys_do_not_show_themselves() -> None:
    seed = bytes(range(32))
    assert seed.hex() not in repr(Office(signing_key(seed), "x", ""))
