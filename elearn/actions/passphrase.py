"""Passphrases: what is accepted, how they are hashed. The only module that hashes one; never inside a transaction, for it takes long."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from elearn.actions import handle as handles
from elearn.actions.weak import is_weak
from elearn.errors import Invalid, Problem, Refused, Where

#: Length in characters; the longer minimum holds as long as there is no second factor.
SHORTEST: Final = 12
SHORTEST_ALONE: Final = 15
LONGEST: Final = 128

#: How many hashes a process makes at once, about 65 ms of one core each, so that reading and saving go on beside it.
AT_ONCE: Final = 2
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16)
_SLOTS: Final = BoundedSemaphore(AT_ONCE)
_PATIENCE: Final = 10.0
#: How a server lets other requests go on while a hash is made; by default there is nobody to wait.
ASIDE: Final[ContextVar[Callable[[], AbstractContextManager[None]]]] = ContextVar("aside", default=nullcontext)
#: Belongs to nobody; unknown names are tried against it, so that they take as long as known ones.
_NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$xiOqOFrNIlrLjd4w13RsYA$vFdCGhruYULGdbA3XvgChgb87DuJ9onpT/BHBb3JeD0"


def check(passphrase: str, *, handle: str, second_factor: bool = False) -> None:
    """Raise Invalid with one problem for the field `passphrase` when it is too short, too long, known to be weak, or holds the handle."""
    shortest = SHORTEST if second_factor else SHORTEST_ALONE
    plain = normal(passphrase)
    if len(plain) < shortest:
        raise _invalid("passphrase-short", minimum=shortest)
    if len(plain) > LONGEST:
        raise _invalid("passphrase-long", maximum=LONGEST)
    if is_weak(plain):
        raise _invalid("passphrase-weak")
    folded = re.sub(r"[\W_]", "", handles.fold(plain))
    own = re.sub(r"[\W_]", "", handles.fold(handle))
    if own and len(folded.replace(own, "")) < SHORTEST - 2:
        raise _invalid("passphrase-like-handle")


def make_hash(passphrase: str) -> str:
    """The argon2id hash to store; Refused("busy") when too many are being made."""
    with _slot():
        return _HASHER.hash(normal(passphrase))


def verify(stored: str | None, passphrase: str) -> bool:
    """Whether this is the passphrase behind a stored hash; without one the same work is done for nothing."""
    with _slot():
        try:
            _HASHER.verify(stored or _NOBODY, normal(passphrase))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether a stored hash is cheaper than today's."""
    return _HASHER.check_needs_rehash(stored)


def normal(passphrase: str) -> str:
    """One form of what different keyboards make of the same keys (NFKC)."""
    return unicodedata.normalize("NFKC", passphrase)


@contextmanager
def _slot() -> Iterator[None]:
    with ASIDE.get()():
        if not _SLOTS.acquire(timeout=_PATIENCE):
            raise Refused("busy")
        try:
            yield
        finally:
            _SLOTS.release()


def _invalid(code: str, **params: int) -> Invalid:
    return Invalid(code, (Problem(code, Where("passphrase"), params),), **params)
