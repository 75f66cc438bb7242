"""What stands under which key: sealing everything anew after a rotation, and dropping an older key that nothing needs any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from elearn.credential import checkpoint as checkpoints
from elearn.credential.keys import PublicKey, signing_key
from elearn.errors import Invalid, Refused
from elearn.store import audit
from elearn.store.engine import Database
from elearn.store.sealed import Key
from elearn.store.sealed_columns import SEALED, SealedColumn, count_by_key, count_indexed_otherwise, reseal_some
from elearn.store.tenancy import everyone


@dataclass(frozen=True, slots=True)
class Resealed:
    """What sealing anew did: values changed, and values that none of the keys opens."""

    changed: int
    lost: int


def reseal(database: Database, *, seals: Sequence[Key], index: Key) -> Resealed:
    """Seal every value with the first key, some in each transaction; stopped half-way, it goes on where it was when run again."""
    parts = [_reseal_column(database, column, seals=seals, index=index) for column in SEALED]
    return Resealed(sum(part.changed for part in parts), sum(part.lost for part in parts))


def _reseal_column(database: Database, column: SealedColumn, *, seals: Sequence[Key], index: Key) -> Resealed:
    after, changed, lost = "", 0, 0
    while True:
        with database.transaction() as session, everyone(session):
            batch = reseal_some(session, column, after, seals=seals, index=index)
        changed, lost, after = changed + batch.changed, lost + batch.lost, batch.last
        if not after:
            database.scrub()
            return Resealed(changed, lost)


def sealed_values(database: Database) -> Mapping[str, int]:
    """How many sealed values name each key."""
    found: dict[str, int] = {}
    with database.read() as session, everyone(session):
        for column in SEALED:
            for name, number in count_by_key(session, column).items():
                found[name] = found.get(name, 0) + number
    return found


def require_unneeded(database: Database, purpose: str, key: Key, *, seals: Sequence[Key], index: Key) -> None:
    """Refused("key-needed", uses=…) while something can only be opened, found or checked with this key."""
    uses = _USES[purpose](database, key, seals, index)
    if uses:
        raise Refused("key-needed", name=key.id, uses=uses)


def _sealed(database: Database, key: Key, _seals: Sequence[Key], _index: Key) -> int:
    return sealed_values(database).get(key.id, 0)


def _indexed(database: Database, _key: Key, seals: Sequence[Key], index: Key) -> int:
    """Values not yet found under the current index key: they may stand under the one that is to go."""
    with database.read() as session, everyone(session):
        return sum(count_indexed_otherwise(session, column, seals=seals, index=index) for column in SEALED if column.index)


def _checkpoints(database: Database, key: Key, _seals: Sequence[Key], _index: Key) -> int:
    public = signing_key(key.secret).public
    with database.read() as session:
        return sum(_is_signed(row.note, public) for row in audit.list_checkpoints(session))


def _is_signed(note: str, public: PublicKey) -> bool:
    try:
        checkpoints.read(note, [public])
    except Invalid:
        return False
    return True


def _nothing(_database: Database, _key: Key, _seals: Sequence[Key], _index: Key) -> int:
    """Older session keys check the tokens of open forms, which are loaded again; of a certificate key the public half stays listed."""
    return 0


_USES = {"session": _nothing, "seal": _sealed, "index": _indexed, "audit": _checkpoints, "certificate": _nothing}
