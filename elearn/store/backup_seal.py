"""What a backup is wrapped in: a packed archive, encrypted with age to several recipients. The only importer of pyrage.

Knows nothing of databases: files in, one file out, and back. Nothing unproven is ever left under a final name.
"""

import contextlib
import hashlib
import io
import os
import secrets
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pyrage

from elearn.errors import Invalid, Refused

#: A backup that only one person can open is lost with that person.
FEWEST_RECIPIENTS: Final = 2
_CHUNK: Final = 1 << 18
_BLOCK: Final = tarfile.BLOCKSIZE
_GZIP: Final = 31
#: What is said of a wrong key, a cut or altered file, and something that is no backup at all. One answer for all.
_UNOPENED: Final = (pyrage.DecryptError, tarfile.TarError, zlib.error, EOFError, ValueError)


def check_recipients(recipients: Sequence[str]) -> None:
    """Refused or Invalid unless at least two different public keys of age are named; a private key among them is never accepted."""
    _parse(recipients)


def _parse(recipients: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    if any("SECRET" in one.upper() for one in recipients):
        raise Invalid("backup-recipient-secret")
    try:
        found = {str(key): key for key in (pyrage.x25519.Recipient.from_str(one.strip()) for one in recipients)}
    except pyrage.RecipientError as error:
        raise Invalid("backup-recipient-form") from error
    if len(found) < FEWEST_RECIPIENTS:
        raise Refused("backup-recipients", fewest=FEWEST_RECIPIENTS)
    return list(found.values())


def _identities(text: str) -> list[pyrage.x25519.Identity]:
    lines = (line.strip() for line in text.splitlines())
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as error:
        raise Refused("identity-unusable") from error
    if not found:
        raise Refused("identity-unusable")
    return found


def seal(members: Mapping[str, bytes | Path], target: Path, recipients: Sequence[str]) -> None:
    """Write members, in their order, as one encrypted file: whole under its name, or not at all. OSError when the disk refuses."""
    keys = _parse(recipients)
    with whole_file(target) as part, part.open("wb") as written:
        try:
            pyrage.encrypt_io(_Pulled(_packed(members)), written, keys)
        except pyrage.EncryptError as error:
            raise Refused("backup-unwritten") from error
        written.flush()
        os.fsync(written.fileno())


def unseal(source: Path, identity: str, folder: Path, names: Sequence[str]) -> None:
    """Write the members of a sealed file, which must be these in this order, into a folder; Refused when it is not as it was sealed."""
    keys = _identities(identity)
    plain = folder / f"plain-{secrets.token_hex(4)}"
    try:
        with source.open("rb") as sealed, private_file(plain) as opened:
            pyrage.decrypt_io(sealed, opened, keys)
        _unpack(plain, folder, names)
    except _UNOPENED as error:
        raise Refused("backup-unopened") from error
    except OSError as error:
        if error.errno is not None:  # the disk speaks; pyrage and gzip raise theirs without a number
            raise
        raise Refused("backup-unopened") from error
    finally:
        plain.unlink(missing_ok=True)


def _unpack(plain: Path, folder: Path, names: Sequence[str]) -> None:
    """Take out the members by number: a name inside an archive never becomes a path of ours."""
    with tarfile.open(plain, "r:gz") as archive:
        found = archive.getmembers()
        if [one.name for one in found] != list(names) or not all(one.isreg() for one in found):
            raise Refused("backup-unopened")
        for member, name in zip(found, names, strict=True):
            with private_file(folder / name) as written, archive.extractfile(member) or io.BytesIO() as stored:
                while chunk := stored.read(_CHUNK):
                    written.write(chunk)


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a private name to write to; at the end of the block it takes the final one, after an exception nothing is left."""
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        private_file(part).close()
        yield part
        part.replace(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def private_file(path: Path) -> io.BufferedWriter:
    """Make a file that nobody else may read, and must not be there yet, and open it for writing."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def sync_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, in hex."""
    taken = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            taken.update(chunk)
    return taken.hexdigest()


class _Pulled(io.RawIOBase):
    """A stream that takes its bytes from an iterator, so that nothing unencrypted is written on the way."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        """Bytes can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, nothing at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        taken, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return taken


def _packed(members: Mapping[str, bytes | Path]) -> Iterator[bytes]:
    """A gzipped tar of the members, piece by piece: `age -d | tar xz` opens it without us."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    for chunk in _archived(members):
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def _archived(members: Mapping[str, bytes | Path]) -> Iterator[bytes]:
    for name, content in members.items():
        info = tarfile.TarInfo(name)
        info.size, info.mode = (len(content) if isinstance(content, bytes) else content.stat().st_size), 0o600
        yield info.tobuf(tarfile.PAX_FORMAT)
        if isinstance(content, bytes):
            yield content
        else:
            with content.open("rb") as stored:
                while chunk := stored.read(_CHUNK):
                    yield chunk
        yield bytes(-info.size % _BLOCK)
    yield bytes(2 * _BLOCK)
