"""Merkle tree heads of RFC 6962 over a list that only grows: leaf after leaf, the head at any size. Nothing is kept but the right edge."""

import hashlib
from collections.abc import Iterable
from typing import Final

HASH_BYTES: Final = 32
#: Told apart, so that no inner node can be passed off as a leaf (RFC 6962, 2.1).
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


class Tree:
    """A tree being built; `size` leaves so far.

    >>> tree = Tree()
    >>> tree.head().hex()[:16]
    'e3b0c44298fc1c14'
    >>> tree.add(b"")
    >>> tree.head().hex()[:16]
    '6e340b9cffb37a98'
    """

    def __init__(self) -> None:
        self.size = 0
        #: Heads of the whole subtrees from the largest to the smallest: one for each bit of the size.
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Put one more leaf at the end."""
        self._edge.append(hashlib.sha256(_LEAF + leaf).digest())
        filled = self.size
        while filled & 1:
            right, left = self._edge.pop(), self._edge.pop()
            self._edge.append(_node(left, right))
            filled >>= 1
        self.size += 1

    def head(self) -> bytes:
        """The root hash at this size; of no leaves it is the hash of nothing."""
        if not self._edge:
            return hashlib.sha256(b"").digest()
        found = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            found = _node(left, found)
        return found


def head_of(leaves: Iterable[bytes]) -> bytes:
    """The root hash over all these leaves."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.head()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
