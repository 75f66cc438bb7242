"""The addresses of an installation as a signed list: made beside the daily work, where the keys are; pages show it and need none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from elearn.actions.record import Notary, find_origin
from elearn.actions.settings import Site, read_site
from elearn.credential import mirrors as lists
from elearn.credential import note as notes
from elearn.credential.mirrors import MirrorList
from elearn.store.engine import Database
from elearn.store.settings import delete_setting, find_setting, put_setting

_SIGNED: Final = "mirrors"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMirrors:
    """What was signed last: the note, its day and addresses, and the line of the key that checks it."""

    note: str
    day: date
    addresses: tuple[str, ...]
    key: str


def sign_mirrors(database: Database, notary: Callable[[], Notary], *, address: str, defaults: Site, now: datetime) -> SignedMirrors | None:
    """Sign where the installation is, unless that was done today; None when there is nothing to list, or another process lists it.

    Without mirrors the last list is dropped. Before its first entry a record has no name, and nothing can be signed in it.
    """
    with database.read() as session:
        mirrors = read_site(session, defaults).mirrors
        origin = find_origin(session)
        known = find_signed_mirrors(session, mirrors)
    if not mirrors:
        with database.transaction() as session:
            delete_setting(session, _SIGNED)
        return None
    if origin is None or _is_second(address, mirrors):
        return None
    signer = notary()
    made = MirrorList(origin, now.date(), tuple(dict.fromkeys((address, *mirrors))))
    if known and (known.day, known.addresses, known.key) == (made.day, made.addresses, notes.write_key(origin, signer.public[0])):
        return known
    with database.transaction() as session:
        return _keep(session, made, signer, mirrors)


def find_signed_mirrors(session: Session, mirrors: tuple[str, ...]) -> SignedMirrors | None:
    """The signed list, or None when there is none of exactly these mirrors: an address that was taken off the list is not shown again."""
    found: Any = find_setting(session, _SIGNED)
    if found is None or found["mirrors"] != [*mirrors]:
        return None
    return SignedMirrors(
        note=found["note"], day=date.fromisoformat(found["day"]), addresses=tuple(found["addresses"]), key=found["key"]
    )  # fmt: skip


def _keep(session: Session, made: MirrorList, notary: Notary, mirrors: tuple[str, ...]) -> SignedMirrors:
    note, key = lists.write(made, notary.keys[0]), notes.write_key(made.origin, notary.public[0])
    value: dict[str, object] = {
        "note": note,
        "day": made.day.isoformat(),
        "addresses": [*made.addresses],
        "key": key,
        "mirrors": [*mirrors],
    }
    put_setting(session, _SIGNED, value)
    return SignedMirrors(note=note, day=made.day, addresses=made.addresses, key=key)


def _is_second(address: str, mirrors: tuple[str, ...]) -> bool:
    """Whether this process only serves the onion address of a site that has another: it does not know the main one."""
    return (urlsplit(address).hostname or "").endswith(".onion") and address in {mirror.rstrip("/") for mirror in mirrors}
