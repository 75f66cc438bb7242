"""The tree head of RFC 6962: against its published example values, and against its definition written down another way."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential.tree import Tree, head_of

#: Leaves and heads at sizes 1 to 8, from the test vectors of Certificate Transparency.
LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
HEADS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def defined(leaves: list[bytes]) -> bytes:
    """The definition of section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + defined(leaves[:half]) + defined(leaves[half:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_heads_are_those_of_the_published_vectors(size: int) -> None:
    assert head_of(LEAVES[:size]).hex() == HEADS[size - 1]


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_head_is_the_defined_one_at_every_size(leaves: list[bytes]) -> None:
    tree = Tree()
    for size in range(len(leaves) + 1):
        assert tree.size == size
        assert tree.head() == defined(leaves[:size])
        if size < len(leaves):
            tree.add(leaves[size])
