"""Nonces of sealed values: random, in front of each value, never twice."""

from elearn.store.sealed import Cell, Key, seal

CELL = Cell("contact", "name", "1", "2")
KEY = Key("k1", bytes(range(32)))
MANY = 20_000


def test_no_nonce_comes_twice() -> None:
    """The same text in the same cell under the same key looks different each time, and no bit of the nonces stands still."""
    sealed = [seal(b"the same", CELL, [KEY]) for _ in range(MANY)]
    nonces = [value.partition(b"\0")[2][:12] for value in sealed]
    assert len(set(nonces)) == len(set(sealed)) == MANY
    for bit in range(96):
        ones = sum(nonce[bit // 8] >> bit % 8 & 1 for nonce in nonces)
        assert abs(ones - MANY / 2) < 6 * (MANY / 4) ** 0.5
