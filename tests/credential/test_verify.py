import copy
import json
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential import base32, compact, keys, name, serial, status, verify
from elearn.credential.award import canonical
from elearn.credential.verify import Verdict
from tests.credential.factories import KEY, NAME, OTHER_KEY, SALT, SERIAL, make_award, make_signed
from tests.credential.test_attachment import make_pdf

TODAY = date(2026, 6, 1)
TEXT = compact.write(make_award(), KEY).encode()
JSON = canonical(make_signed())
HOLDER = canonical({"type": "qadam-holder-1", "name_code": name.name_code(SALT)})
PDF = make_pdf(JSON) + make_pdf(HOLDER)
#: Each way a person may hold the same certificate.
FORMS = pytest.mark.parametrize("data", [TEXT, JSON, PDF], ids=["text", "json", "pdf"])


def judge(data: bytes, **changes: Any) -> Verdict:  # noqa: ANN401 - arguments of verify
    return verify.verify(data, **{"keys": (OTHER_KEY.public, KEY.public), "day": TODAY, **changes})


def status_list(state: status.State) -> status.StatusList:
    return status.read(status.write({SERIAL: state}, KEY, day=TODAY), (KEY.public,))


@FORMS
def test_a_sound_certificate_is_valid_in_every_form(data: bytes) -> None:
    verdict = judge(data)
    assert (verdict.state, verdict.reasons, verdict.key_id) == ("valid", ("status-not-given",), KEY.public.id)
    assert verdict.compact == compact.Compact.of(make_award())
    assert verdict.award == (None if data == TEXT else make_award())


@FORMS
def test_the_last_good_day_is_still_good_and_the_next_is_not(data: bytes) -> None:
    assert judge(data, day=date(2029, 3, 5)).state == "valid"
    assert judge(data, day=date(2029, 3, 6)).state == "expired"


@FORMS
@pytest.mark.parametrize("state", ["withdrawn", "replaced"])
def test_the_status_list_outweighs_the_calendar(data: bytes, state: status.State) -> None:
    verdict = judge(data, status=status_list(state), day=date(2030, 1, 1))
    assert (verdict.state, verdict.reasons, verdict.status_day) == (state, ("past-last-day", f"listed-{state}"), TODAY)


@FORMS
def test_a_list_without_it_leaves_it_valid(data: bytes) -> None:
    assert judge(data, status=status.StatusList(TODAY, {})).reasons == ()


@FORMS
def test_an_unknown_key_is_called_so(data: bytes) -> None:
    assert judge(data, keys=(OTHER_KEY.public,)).state == "unknown-key"
    verdict = judge(data, keys=(keys.PublicKey(KEY.public.raw, date(2026, 4, 1)),))
    assert (verdict.state, verdict.reasons) == ("unknown-key", ("key-not-of-that-day",))


@FORMS
def test_a_certificate_from_the_future_is_noticed(data: bytes) -> None:
    assert "issued-later" in judge(data, day=date(2026, 1, 1)).reasons


@FORMS
def test_the_name_is_confirmed_with_its_code_only(data: bytes) -> None:
    code = name.name_code(SALT)
    assert judge(data).name == "not-asked"
    assert judge(data, name=NAME, name_code=code).name == "matches"
    assert judge(data, name="Somebody Else", name_code=code).name == "differs"


def test_the_pdf_brings_its_own_name_code_and_the_others_do_not() -> None:
    assert judge(PDF, name=NAME).name == "matches"
    assert judge(JSON, name=NAME).name == "no-code"


def test_a_certificate_without_a_name_can_confirm_none() -> None:
    assert judge(compact.write(make_award(name_commitment=None), KEY).encode(), name=NAME).name == "not-signed"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "compact-unreadable"),
        (b"\xff\xfe", "kind-unknown"),
        (b"{", "json-unreadable"),
        (b"{}", "proof-missing"),
        (b'{"a": 1, "a": 2}', "json-unreadable"),
        (b'{"a":' * 50_000, "json-unreadable"),
        (b'{"a": "' + b"x" * 2**18 + b'"}', "json-unreadable"),
        (make_pdf(b"hello"), "pdf-no-credential"),
        (make_pdf(b"[1]"), "pdf-no-credential"),
        (PDF + make_pdf(JSON), "pdf-many-credentials"),
        (b"%PDF-1.7", "pdf-no-credential"),
    ],
)
def test_what_holds_no_certificate_is_unreadable(data: bytes, reason: str) -> None:
    verdict = judge(data)
    assert (verdict.state, verdict.reasons, verdict.compact, verdict.award) == ("unreadable", (reason,), None, None)


def test_a_name_code_of_another_type_is_no_code() -> None:
    assert judge(make_pdf(JSON) + make_pdf(canonical({"type": "qadam-holder-1", "name_code": 5})), name=NAME).name == "no-code"


def test_an_address_with_another_serial_is_altered() -> None:
    other = compact.address(TEXT.decode(), make_award(serial=serial.make(bytes(15))), public_address="https://learn.example")
    assert judge(other.encode()).state == "altered"


def altered(change: str) -> dict[str, Any]:
    signed = copy.deepcopy(make_signed())
    if change == "fact":
        signed["facts"]["hours"] = 300
        return signed
    if change == "fact told twice":
        signed["facts"]["code"] = "C99"
        return signed
    if change == "both":
        signed["facts"]["code"] = signed["credentialSubject"]["achievement"]["humanCode"] = "C99"
        return signed
    if change == "unknown member":
        return {**signed, "evil": True}
    if change == "issuer":
        return {**signed, "issuer": {**signed["issuer"], "id": "did:web:evil.example"}}
    return {**signed, "facts": [[[]]]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("fact", "signature-wrong"),
        ("fact told twice", "members-unexpected"),
        ("both", "signature-wrong"),
        ("unknown member", "members-unexpected"),
        ("issuer", "key-not-of-issuer"),
        ("shape", "facts-unreadable"),
    ],
)
def test_an_altered_credential_is_called_altered(change: str, reason: str) -> None:
    verdict = judge(canonical(altered(change)))
    assert (verdict.state, verdict.reasons) == ("altered", (reason,))


def test_a_credential_nested_beyond_measure_is_no_danger() -> None:
    deep: Any = 1
    for _ in range(700):
        deep = {"a": deep}
    assert (
        judge(json.dumps({**make_signed(), "facts": {**make_award().facts(), "titles": {"en": deep, "ru": "x"}}}).encode()).state
        == "altered"
    )
    assert judge(json.dumps({**make_signed(), "credentialStatus": deep}).encode()).state == "altered"


def test_a_compact_text_of_another_hand_is_altered() -> None:
    forged = compact.read(compact.write(make_award(), OTHER_KEY))
    body = forged.body[:-4] + bytes.fromhex(KEY.public.id)
    text = compact.PREFIX + base32.encode(body + forged.signature)
    assert judge(text.encode()).state == "altered"


def mutate(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    deed = chance.randrange(4)
    if deed == 0:
        return data[:place] + bytes([data[place] ^ chance.randrange(1, 256)]) + data[place + 1 :]
    if deed == 1:
        return data[:place] + data[place + chance.randrange(1, 9) :]
    if deed == 2:
        return data[:place] + data[chance.randrange(len(data)) :][: chance.randrange(1, 9)] + data[place:]
    return data[:place] + str(chance.randrange(10)).encode() + data[place + 1 :]


@pytest.mark.parametrize(("data", "seed"), [(TEXT, 1), (JSON, 2)], ids=["text", "json"])
def test_of_ten_thousand_altered_certificates_none_is_accepted(data: bytes, seed: int) -> None:
    chance = random.Random(seed)
    original = json.loads(JSON)
    for _ in range(10_000):
        mutant = mutate(data, chance)
        verdict = judge(mutant)
        if verdict.state == "valid":
            assert mutant.strip() == TEXT or json.loads(mutant) == original


@given(st.binary(max_size=400))
def test_no_bytes_raise(data: bytes) -> None:
    for opening in (b"", b"{", b"%PDF-", b"QADAM1."):
        assert judge(opening + data).state == "unreadable"
