import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential import attachment

CONTENT = b'{"a": "hello hello hello"}'


def make_pdf(content: bytes, entries: bytes = b"/Filter /FlateDecode", *, packed: bool = True) -> bytes:
    body = zlib.compress(content) if packed else content
    head = b"%%PDF-1.7\n7 0 obj\n<< /Type /EmbeddedFile %s /Length %d >>\nstream\n" % (entries, len(body))
    return head + body + b"\nendstream\nendobj\n%%EOF"


def test_a_packed_file_is_found() -> None:
    assert attachment.embedded_files(make_pdf(CONTENT)) == (CONTENT,)


def test_a_plain_file_is_found_by_its_length() -> None:
    assert attachment.embedded_files(make_pdf(CONTENT, b"", packed=False)) == (CONTENT,)


def test_files_come_in_file_order() -> None:
    assert attachment.embedded_files(make_pdf(b"one") + make_pdf(b"two")) == (b"one", b"two")


@pytest.mark.parametrize(
    "pdf",
    [
        b"",
        b"%PDF-1.7",
        b"%PDF-1.7 1 0 obj << /Names /EmbeddedFiles >> stream\n",
        make_pdf(CONTENT)[:90],
        make_pdf(CONTENT).replace(b"stream\nx", b"stream\ny"),
        make_pdf(CONTENT).replace(b" obj", b" job"),
        make_pdf(CONTENT).replace(b"stream\n", b"strim\n"),
        make_pdf(CONTENT, b"/Filter /ASCIIHexDecode"),
        make_pdf(CONTENT, b"", packed=False).replace(b"/Length", b"/Lenght"),
        make_pdf(b"x" * 2**21),
    ],
)
def test_what_cannot_be_read_is_left_out(pdf: bytes) -> None:
    assert attachment.embedded_files(pdf) == ()


def test_a_length_that_lies_or_points_elsewhere_gives_no_more_than_there_is() -> None:
    lying = make_pdf(CONTENT, b"", packed=False).replace(b"/Length 26", b"/Length 999999999")
    assert attachment.embedded_files(lying)[0].startswith(CONTENT)
    assert attachment.embedded_files(make_pdf(CONTENT, b"", packed=False).replace(b"/Length 26", b"/Length 26 0 R")) == ()


@given(st.binary(max_size=300), st.integers(0, 200))
def test_mangled_files_never_raise(noise: bytes, place: int) -> None:
    pdf = make_pdf(CONTENT)
    attachment.embedded_files(pdf[:place] + noise + pdf[place:])
    attachment.embedded_files(noise)


@pytest.mark.parametrize(
    "piece",
    [
        b"/EmbeddedFile",
        b"stream\n",
        b" obj /EmbeddedFile stream\n",
        b" obj /EmbeddedFile /FlateDecode stream\n" + zlib.compress(b"a" * 2**22),
    ],
)
def test_hostile_files_are_read_in_short_time(piece: bytes) -> None:
    hostile = b"%PDF-" + piece * (attachment.LARGEST_PDF // len(piece))
    started = time.process_time()
    assert all(len(content) <= 2**20 for content in attachment.embedded_files(hostile))
    assert time.process_time() - started < 2


def test_a_pdf_may_have_a_little_in_front() -> None:
    assert attachment.is_pdf(b"\n\n%PDF-1.7")
    assert not attachment.is_pdf(b" " * 2000 + b"%PDF-1.7")
