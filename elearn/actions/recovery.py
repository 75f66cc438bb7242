"""Recovery sheets: ten codes that each stand in once for a lost passphrase, or for a lost second factor. Hashing only, no sessions."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from sqlalchemy.orm import Session

from elearn.actions import typed_code
from elearn.errors import Refused
from elearn.store.people import PersonRow, RecoveryCodeRow, delete_recovery_codes, list_recovery_codes, use_recovery_code

CODES: Final = 10
#: What codes are kept as that stand in for a passphrase: those of the sheet, and the one that an admin gave for a reset.
SHEET: Final = "passphrase"
RESET: Final = "reset"
_BYTES: Final = 10  # 80 bits
#: Digits and letters nobody mixes up on paper (Crockford): no i, l, o, u.
_DIGITS: Final = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A new sheet: the codes to be shown once, and what is kept of them."""

    codes: tuple[str, ...]
    salt: bytes
    hashes: tuple[bytes, ...]


def new_sheet(count: int = CODES) -> Sheet:
    """Codes of 80 random bits as `xxxx-xxxx-xxxx-xxxx`; ten take some 60 ms, so call it outside a transaction."""
    salt = secrets.token_bytes(16)
    codes = tuple(_spell(secrets.randbits(_BYTES * 8)) for _ in range(count))
    return Sheet(codes, salt, tuple(hash_code(code, salt) for code in codes))


def keep(session: Session, person: PersonRow, sheet: Sheet, *, purpose: str = SHEET, ends_on: date | None = None) -> None:
    """Replace the person's sheet of this purpose by this one, which works up to a last day if one is given."""
    delete_recovery_codes(session, person.id, purpose=purpose)
    for hashed in sheet.hashes:
        row = RecoveryCodeRow(
            person_id=person.id,
            organisation_id=person.organisation_id,
            purpose=purpose,
            salt=sheet.salt,
            code_hash=hashed,
            used_on=None,
            ends_on=ends_on,
        )
        session.add(row)


def burn(session: Session, person_id: str, hashed: bytes, *, today: date, purpose: str = SHEET) -> bool:
    """Use up the code with this hash; False when the sheet of this purpose has none such left, or a rival was faster."""
    for row in list_recovery_codes(session, person_id, purpose=purpose):
        over = row.ends_on is not None and row.ends_on < today
        if hmac.compare_digest(row.code_hash, hashed) and not over:
            return use_recovery_code(session, row.id, today)
    return False


def salts(session: Session, person_id: str) -> dict[str, bytes]:
    """The salts of what may stand in for her passphrase, by purpose: zeros where there is nothing, so that hashing takes as long."""
    found = {purpose: list_recovery_codes(session, person_id, purpose=purpose, limit=1) for purpose in (SHEET, RESET)}
    return {purpose: rows[0].salt if rows else bytes(16) for purpose, rows in found.items()}


def burn_either(session: Session, person_id: str, tried: Mapping[str, bytes], *, today: date) -> str:
    """Use up a code of the sheet or of a reset, and give which it was; Refused("wrong-recovery") when it is neither.

    Whoever needed a reset has lost her sheet: it works no more, whoever has it now.
    """
    way = next((purpose for purpose in (SHEET, RESET) if burn(session, person_id, tried[purpose], today=today, purpose=purpose)), None)
    if way is None:
        raise Refused("wrong-recovery")
    if way == RESET:
        delete_recovery_codes(session, person_id, purpose=SHEET)
    return way


def hash_code(code: str, salt: bytes) -> bytes:
    """The hash of a code as typed. Cheap for argon2id, because 80 random bits cannot be tried through; one salt for each sheet."""
    plain = typed_code.plain(code).translate(_READ)
    return hash_secret_raw(plain.encode(), salt, time_cost=1, memory_cost=4096, parallelism=1, hash_len=32, type=Type.ID)


_READ: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})


def _spell(number: int) -> str:
    digits = "".join(_DIGITS[(number >> shift) & 31] for shift in range(0, _BYTES * 8, 5))
    return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))
