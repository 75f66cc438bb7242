"""Checkpoints as signed notes: what we write has the form, and whatever is not exactly one is refused."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential.checkpoint import Checkpoint, read, write
from elearn.credential.keys import PublicKey, signing_key
from elearn.credential.note import key_hash, read_key, write_key
from elearn.errors import Invalid

KEY = signing_key(bytes(range(32)))
OTHER = signing_key(bytes(range(1, 33)))
CHECKPOINT = Checkpoint("record/0123456789abcdef", 42, bytes(range(32)))
NOTE = write(CHECKPOINT, KEY)


def test_a_note_has_the_form_of_the_specification() -> None:
    origin, size, root, blank, signature, rest = NOTE.split("\n")
    assert (origin, size, blank, rest) == ("record/0123456789abcdef", "42", "", "")
    assert base64.b64decode(root) == bytes(range(32))
    dash, name, encoded = signature.split(" ")
    assert (dash, name) == ("—", origin)
    data = base64.b64decode(encoded)
    assert data[:4] == key_hash(origin, KEY.public)
    assert KEY.public.verifies(data[4:], NOTE.partition("\n\n")[0].encode() + b"\n")


def test_a_note_is_read_with_its_key_among_others() -> None:
    assert read(NOTE, [OTHER.public, KEY.public]) == CHECKPOINT
    assert CHECKPOINT.short == "42 0001020304050607"


def test_a_note_of_no_known_key_is_refused() -> None:
    for keys in ([], [OTHER.public]):
        with pytest.raises(Invalid, match="checkpoint-unsigned"):
            read(NOTE, keys)


def test_lines_of_witnesses_are_left_alone_and_extension_lines_are_signed_too() -> None:
    witness = "— witness.example/w " + base64.b64encode(b"abcd" + bytes(72)).decode() + "\n"
    assert read(NOTE + witness, [KEY.public]) == CHECKPOINT
    text = CHECKPOINT.text + "extension\n"
    data = key_hash(CHECKPOINT.origin, KEY.public) + KEY.sign(text.encode())
    note = f"{text}\n— {CHECKPOINT.origin} {base64.b64encode(data).decode()}\n"
    assert read(note, [KEY.public]) == CHECKPOINT


def test_a_wrong_signature_of_a_known_key_condemns_the_note() -> None:
    lying = "— " + CHECKPOINT.origin + " " + base64.b64encode(key_hash(CHECKPOINT.origin, KEY.public) + bytes(64)).decode()
    with pytest.raises(Invalid, match="checkpoint-unsigned"):
        read(NOTE + lying + "\n", [KEY.public])


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "line\nbreak", "x" * 201])
def test_an_origin_that_the_form_cannot_hold_is_refused(origin: str) -> None:
    with pytest.raises(Invalid, match="note-name"):
        write(Checkpoint(origin, 1, bytes(32)), KEY)
    with pytest.raises(Invalid, match="note-name"):
        write_key(origin, KEY.public)


ROOT = base64.b64encode(bytes(32)).decode()
SIGNED = "\n— a " + base64.b64encode(bytes(68)).decode() + "\n"


@pytest.mark.parametrize(
    "note",
    [
        "",
        "a\n1\n" + ROOT + "\n",
        "a\n01\n" + ROOT + "\n" + SIGNED,
        "a\n-1\n" + ROOT + "\n" + SIGNED,
        "a\n1\nnot base64\n" + SIGNED,
        "a\n1\nAAAA\n" + SIGNED,
        "a\n1\n" + SIGNED,
        "a\n\n1\n" + ROOT + "\n" + SIGNED,
        "a b\n1\n" + ROOT + "\n" + SIGNED,
        "a\n1\n" + ROOT + "\n" + SIGNED.removesuffix("\n"),
        "a\n1\n" + ROOT + "\n" + SIGNED.replace("—", "-"),
        "a\n1\n" + ROOT + "\n\n— a AAAA\n",
        "a\n1\n" + ROOT + "\n\n— a AB==\n",
        "a\n1\n" + ROOT + "\n" + SIGNED + "— a AAAAAAAA\n" * 100,
        "a\n1\n" + ROOT + "\n" + "x\n" * 60_000 + SIGNED,
    ],
)
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(Invalid, match="checkpoint-unreadable"):
        read(note, [KEY.public])


def test_no_changed_note_says_something_else() -> None:
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
        assert found == CHECKPOINT


@given(st.integers(0, 10**17), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read(size: int, root: bytes, seed: bytes) -> None:
    key = signing_key(seed)
    made = Checkpoint("record/x", size, root)
    assert read(write(made, key), [key.public]) == made
    name, public = read_key(write_key(made.origin, key.public))
    assert (name, public) == (made.origin, PublicKey(key.public.raw))
