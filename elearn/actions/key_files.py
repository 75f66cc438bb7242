"""Files of keys: one for each purpose, a line each key, the current one first. Who may read them, drawing, rotating, dropping.

A line is the id, 64 hexadecimal digits, and the day the key was drawn (older files lack it). Secrets are never told.
"""

import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from elearn.credential.keys import PublicKey, read_keys, signing_key, write_keys
from elearn.errors import Invalid, NotFound, Refused
from elearn.store.sealed import Key

#: One secret for one purpose each.
PURPOSES: Final = ("session", "seal", "index", "audit", "certificate")
#: The public keys of certificates, in the folder of the keys: what checking needs, kept for ever.
LIST: Final = "certificate-keys.json"
#: The service is started again within this time after a rotation; certificates of that time may still bear the older key.
_CHANGEOVER: Final = timedelta(days=1)
#: More in one file is no rotation but a mistake, or a way to make every check slow.
MOST: Final = 50
_OTHERS: Final = 0o077
_BYTES: Final = 32
#: A secret with fewer different bytes than this was typed, not drawn.
_VARIETY: Final = 12
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_PARTS: Final = (2, 3)


@dataclass(frozen=True, slots=True)
class Kept:
    """A key and the day it was drawn, where the file says so."""

    key: Key
    drawn: date | None

    @property
    def line(self) -> str:
        """The key as it stands in its file."""
        return " ".join((self.key.id, self.key.secret.hex(), *((self.drawn.isoformat(),) if self.drawn else ())))


def file_of(folder: Path, purpose: str) -> Path:
    """The file of one purpose."""
    return folder / f"{purpose}.key"


def draw_missing(folder: Path, *, data: Path, purposes: Iterable[str] = PURPOSES, today: date) -> None:
    """Draw the keys that are missing, each in a file of its own (mode 0600); Refused inside the data folder."""
    refuse_place(folder, data)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for purpose in purposes:
        if not file_of(folder, purpose).exists():
            _create(file_of(folder, purpose), _draw(today).line + "\n")


def load(folder: Path, *, data: Path, purposes: Iterable[str] = PURPOSES) -> dict[str, tuple[Kept, ...]]:
    """The keys of these purposes; Refused when a file or the folder is not as it must be, or a key is used twice."""
    refuse_place(folder, data)
    found = {purpose: _load(file_of(folder, purpose)) for purpose in purposes}
    everything = [one.key.secret for kept in found.values() for one in kept]
    if len(set(everything)) != len(everything):
        raise Refused("key-repeated", folder=str(folder))
    if folder.stat().st_mode & _OTHERS:
        raise Refused("keys-folder-open", folder=str(folder))
    return found


def rotate(folder: Path, purpose: str, *, data: Path, today: date) -> Key:
    """Put a new key before the others of a purpose, which from now on only open and verify; the new key. Refused as in `load`."""
    kept = load(folder, data=data, purposes=(purpose,))[purpose]
    if len(kept) >= MOST:
        raise Refused("key-too-many", file=str(file_of(folder, purpose)), most=MOST)
    new = _draw(today)
    _replace(file_of(folder, purpose), (new, *kept))
    return new.key


def drop(folder: Path, purpose: str, key_id: str, *, data: Path) -> None:
    """Take an older key out of its file for ever; NotFound, or Refused("key-current"). Whether it is still needed is asked before."""
    kept = load(folder, data=data, purposes=(purpose,))[purpose]
    if all(one.key.id != key_id for one in kept):
        raise NotFound("no-key", name=key_id, purpose=purpose)
    if kept[0].key.id == key_id:
        raise Refused("key-current", name=key_id)
    _replace(file_of(folder, purpose), tuple(one for one in kept if one.key.id != key_id))


def public_list(folder: Path, kept: Iterable[Kept]) -> tuple[PublicKey, ...]:
    """Every key that ever signed certificates here: the list in the folder, and whichever of these private keys it does not name.

    Refused("key-list-unreadable").
    """
    listed = _read_list(folder)
    known = {key.raw for key in listed}
    return (*(key for key in _public(kept) if key.raw not in known), *listed)


def publish_rotation(folder: Path, kept: tuple[Kept, ...], *, today: date) -> None:
    """Write the list after a rotation: the first key signs from today on, the others sign no more once the new one is in use."""
    current, listed = _public(kept)[0], public_list(folder, kept)
    new = replace(current, valid_from=today)
    older = [replace(key, valid_to=key.valid_to or today + _CHANGEOVER) for key in listed if key.raw != current.raw]
    write_list(folder, (new, *older))


def write_list(folder: Path, keys: tuple[PublicKey, ...]) -> None:
    """Put the list of public keys in its place; everybody may read it."""
    write_whole(folder / LIST, list_text(keys), mode=0o644)


def list_text(keys: tuple[PublicKey, ...]) -> str:
    """The list as it stands in its file."""
    return json.dumps(write_keys(keys), indent=1) + "\n"


def _read_list(folder: Path) -> tuple[PublicKey, ...]:
    try:
        return read_keys((folder / LIST).read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, Invalid) as error:
        raise Refused("key-list-unreadable", file=str(folder / LIST)) from error


def _public(kept: Iterable[Kept]) -> tuple[PublicKey, ...]:
    return tuple(signing_key(one.key.secret).public for one in kept)


def refuse_place(folder: Path, data: Path) -> None:
    """Refused when the keys lie where the data lies, by name or by link: a stolen copy of the data would hold them."""
    if folder.absolute().is_relative_to(data.absolute()) or folder.resolve().is_relative_to(data.resolve()):
        raise Refused("keys-inside-data", folder=str(folder))


def write_whole(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Put a text in the place of a file in one step: there is always the old one or the new one, never half of it."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _create(part, text, mode=mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _replace(path: Path, kept: tuple[Kept, ...]) -> None:
    write_whole(path, "".join(one.line + "\n" for one in kept))


def _create(path: Path, text: str, *, mode: int = 0o600) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _draw(today: date) -> Kept:
    return Kept(Key(id=secrets.token_hex(4), secret=secrets.token_bytes(_BYTES)), today)


def _load(path: Path) -> tuple[Kept, ...]:
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError) as error:
        raise Refused("key-missing", file=str(path)) from error
    if mode & _OTHERS:
        raise Refused("key-readable", file=str(path))
    kept = tuple(_parse(line, path) for line in lines if line.strip())
    if not kept or len({one.key.id for one in kept}) != len(kept):
        raise Refused("key-malformed", file=str(path))
    if len(kept) > MOST:
        raise Refused("key-too-many", file=str(path), most=MOST)
    return kept


def _parse(line: str, path: Path) -> Kept:
    parts = line.split()
    try:
        secret = bytes.fromhex(parts[1])
        drawn = date.fromisoformat(parts[2]) if len(parts) > _PARTS[0] else None
    except (ValueError, IndexError) as error:
        raise Refused("key-malformed", file=str(path)) from error
    if len(secret) != _BYTES or len(parts) not in _PARTS or not _ID.fullmatch(parts[0]):
        raise Refused("key-malformed", file=str(path))
    if len(set(secret)) < _VARIETY:
        raise Refused("key-example", file=str(path))
    return Kept(Key(id=parts[0], secret=secret), drawn)
