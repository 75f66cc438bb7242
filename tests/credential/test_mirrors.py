"""The signed list of addresses: read with its key alone, and refused when anything in it is not as it was signed."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential import checkpoint as checkpoints
from elearn.credential import note as notes
from elearn.credential.checkpoint import Checkpoint
from elearn.credential.keys import PublicKey, signing_key
from elearn.credential.mirrors import FRESH, MOST, MirrorList, read, write
from elearn.errors import Invalid

KEY = signing_key(bytes(range(32)))
OTHER = signing_key(bytes(range(1, 33)))
DAY = date(2026, 3, 2)
ADDRESSES = ("https://learn.example", "https://mirror.example:8443", f"http://{'a' * 56}.onion")
LIST = MirrorList("record/0123456789abcdef", DAY, ADDRESSES)
NOTE = write(LIST, KEY)


def signed(text: str) -> str:
    """A note of any text under our key."""
    return notes.write(text, LIST.origin, KEY)


def test_a_list_is_plain_to_read() -> None:
    assert NOTE.splitlines()[:5] == ["addresses of record/0123456789abcdef", "2026-03-02", *ADDRESSES]
    assert NOTE.splitlines()[5] == ""
    assert NOTE.splitlines()[6].startswith("— record/0123456789abcdef ")


def test_a_list_is_read_with_its_key_among_others() -> None:
    assert read(NOTE, [OTHER.public, KEY.public]) == LIST


@pytest.mark.parametrize("keys", [[], [OTHER.public]])
def test_a_list_of_another_key_is_refused(keys: list[PublicKey]) -> None:
    with pytest.raises(Invalid, match="mirrors-unsigned"):
        read(NOTE, keys)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("learn.example", "1earn.example"),
        ("https://learn.example\n", ""),
        ("https://learn.example\n", "https://learn.example\nhttps://false.example\n"),
        ("2026-03-02", "2026-03-03"),
        ("of record/0123", "of record/1123"),
    ],
)
def test_a_list_that_was_changed_is_refused(old: str, new: str) -> None:
    assert old in NOTE
    with pytest.raises(Invalid, match="mirrors-unsigned"):
        read(NOTE.replace(old, new, 1), [KEY.public])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "addresses of a\n",
        "addresses of a\n2026-03-02\n",
        "addresses of a\n2026-03-02\n\n",
        "addresses of a\n20260302\nhttps://a.example\n",
        "addresses of a\nyesterday\nhttps://a.example\n",
        "addresses of a b\n2026-03-02\nhttps://a.example\n",
        "a\n2026-03-02\nhttps://a.example\n",
        "addresses of a\n2026-03-02\nftp://a.example\n",
        "addresses of a\n2026-03-02\nhttps://a.example \n",
        "addresses of a\n2026-03-02\nhttps://\u0430.example\n",
        "addresses of a\n2026-03-02\n" + "https://a.example\n" * (MOST + 1),
    ],
)
def test_what_is_no_list_is_refused_though_it_is_signed(text: str) -> None:
    with pytest.raises(Invalid, match="mirrors-unreadable"):
        read(signed(text), [KEY.public])


def test_a_list_without_any_signature_is_none() -> None:
    with pytest.raises(Invalid, match="mirrors-unreadable"):
        read(LIST.text, [KEY.public])


def test_no_changed_list_says_something_else() -> None:
    chance = random.Random(5)
    for _ in range(2_000):
        changed = list(NOTE)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(changed))
            changed[at : at + chance.randint(0, 2)] = chance.choice(["", "0", "A", "\n", "—", " ", chance.choice(NOTE)])
        try:
            found = read("".join(changed), [KEY.public])
        except Invalid:
            continue
        assert found == LIST


@pytest.mark.parametrize(
    "addresses", [(), ("learn.example",), ("https://a b.example",), ("https://a.example\n",), ("https://a.example",) * 51]
)
def test_what_would_not_be_read_is_not_written(addresses: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match="mirrors-form"):
        write(replace(LIST, addresses=addresses), KEY)


def test_a_checkpoint_is_no_list_and_a_list_no_checkpoint() -> None:
    """One key signs both: what one of them says must never be taken for the other."""
    with pytest.raises(Invalid, match="mirrors-unreadable"):
        read(checkpoints.write(Checkpoint(LIST.origin, 42, bytes(32)), KEY), [KEY.public])
    with pytest.raises(Invalid, match="checkpoint-unreadable"):
        checkpoints.read(NOTE, [KEY.public])


@pytest.mark.parametrize(
    ("days", "age"), [(-2, "early"), (-1, "fresh"), (0, "fresh"), (FRESH.days, "fresh"), (FRESH.days + 1, "old"), (4_000, "old")]
)
def test_an_old_list_is_told_from_a_fresh_one(days: int, age: str) -> None:
    assert LIST.age(DAY + timedelta(days=days)) == age


@given(
    st.dates(),
    st.lists(st.from_regex(r"https?://[a-z0-9.-]{1,60}(:[0-9]{1,5})?", fullmatch=True), min_size=1, max_size=MOST),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_written_is_read(day: date, addresses: list[str], seed: bytes) -> None:
    key = signing_key(seed)
    made = MirrorList("record/x", day, tuple(addresses))
    assert read(write(made, key), [key.public]) == made
