"""Values that the tests of credentials start from."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from elearn.credential import document, keys, name, serial, sign
from elearn.credential.award import Award
from elearn.credential.document import Document, Issuer, StatusEntry

KEY: Final = keys.signing_key(b"\x01" * 32)
OTHER_KEY: Final = keys.signing_key(b"\x02" * 32)
SALT: Final = bytes(range(16))
NAME: Final = "Aýna Öwezowa"
DAY: Final = date(2026, 3, 5)
NOON: Final = datetime(2026, 3, 5, 12, 30, 15, 999, tzinfo=UTC)
SERIAL: Final = serial.make(bytes(range(100, 115)))
ISSUER: Final = Issuer(KEY.public.did, "Qadam coalition", "https://learn.example/")
STATUS: Final = StatusEntry("https://learn.example/status", 77)
#: Published inputs of others, beside the checkout; tests that need them say so when they are not there.
REAL: Final = Path(__file__).parents[2].parent / "shared" / "real" / "ob3-vc"

_AWARD: Final = Award(
    serial=SERIAL,
    organisations=("Coalition for Rights", "Адилдик"),
    course="promises",
    code="C01",
    titles={"en": "Promises on paper", "ru": "Обещания на бумаге"},
    release=3,
    digest="ab" * 32,
    hours=3,
    issued_on=DAY,
    languages=("en", "ru"),
    rule="all lessons read, final test passed",
    objectives={"en": ("Name the nine core treaties",), "ru": ("Назвать девять основных договоров",)},
    grade_e4=8750,
    expires_on=date(2029, 3, 5),
    name_commitment=name.commit(NAME, SALT),
)


def make_award(**changes: Any) -> Award:  # noqa: ANN401 - any field of Award
    """An award of a course in English and Russian, with these fields changed."""
    return replace(_AWARD, **changes)


def make_signed(award: Award | None = None, **changes: Any) -> Document:  # noqa: ANN401 - arguments of document.build
    """A signed credential."""
    unsigned = document.build(award or make_award(), changes.pop("issuer", ISSUER), **changes)
    return sign.sign(unsigned, KEY, created=NOON)
