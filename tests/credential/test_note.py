"""Signed notes: ours against the published example of the form; what has not the form is none."""

import base64

import pytest

from elearn.credential.keys import signing_key
from elearn.credential.note import key_hash, parse, read_key, write, write_key
from elearn.errors import Invalid

KEY = signing_key(bytes(range(32)))
OTHER = signing_key(bytes(range(1, 33)))
ROOT = base64.b64encode(bytes(32)).decode()
#: A note and its key as printed in the documentation of the form (golang.org/x/mod/sumdb/note).
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PUBLISHED_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


def test_a_published_key_and_signature_are_understood() -> None:
    name, key = read_key(PUBLISHED_KEY)
    assert name == "PeterNeumann"
    assert write_key(name, key) == PUBLISHED_KEY
    data = base64.b64decode(PUBLISHED_SIGNATURE)
    assert data[:4] == key_hash(name, key)
    assert key.verifies(data[4:], PUBLISHED_TEXT.encode())


@pytest.mark.parametrize(
    "line", ["", "a", "a+b", "a+00000000+AAAA", "a b+00000000+" + ROOT, "a+00000000+!", write_key("a", KEY.public)[:-4]]
)
def test_what_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(Invalid, match="note-key"):
        read_key(line)


def test_the_published_note_is_read() -> None:
    name, key = read_key(PUBLISHED_KEY)
    note = parse(f"{PUBLISHED_TEXT}\n— {name} {PUBLISHED_SIGNATURE}\n")
    assert note.text == PUBLISHED_TEXT
    assert note.is_signed(name, [KEY.public, key])
    assert not note.is_signed(name, [KEY.public])
    assert not note.is_signed("SomebodyElse", [key])


def test_a_text_may_hold_blank_lines_and_two_signers() -> None:
    text = "one\n\ntwo\n"
    note = write(text, "a", KEY) + write("", "b", OTHER).removeprefix("\n")
    assert parse(note).text == text
    assert parse(note).is_signed("a", [KEY.public, OTHER.public])
    assert not parse(note).is_signed("b", [OTHER.public]), "it signed another text"


def test_a_note_cannot_bear_a_name_that_would_break_its_line() -> None:
    for name in ("", "two words", "a+b", "line\nbreak", "x" * 201):
        with pytest.raises(Invalid, match="note-name"):
            write("text\n", name, KEY)
