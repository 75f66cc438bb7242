"""Files inside a PDF: a small reader that finds our attachments, also in mangled files. It never follows references.

It looks for streams that call themselves embedded files, in one pass, with limits on everything; it is no PDF parser.
"""

import itertools
import re
import zlib
from typing import Final

LARGEST_PDF: Final = 8 * 2**20
_LARGEST_FILE: Final = 2**20
_MOST_FILES: Final = 32
_LONGEST_DICTIONARY: Final = 2000
_MARK: Final = re.compile(rb"/EmbeddedFile(?![A-Za-z0-9])")
_STREAM: Final = re.compile(rb"stream\r?\n")
_LENGTH: Final = re.compile(rb"/Length[ \t\r\n]{1,9}([0-9]{1,9})(?![0-9]|[ \t\r\n]{1,9}[0-9]{1,9}[ \t\r\n]{1,9}R)")


def is_pdf(data: bytes) -> bool:
    """Whether the bytes open like a PDF (a little in front is allowed, as readers allow it)."""
    return b"%PDF-" in data[:1024]


def embedded_files(data: bytes) -> tuple[bytes, ...]:
    """The contents of the first 32 embedded files, at most 1 MB each, from at most 8 MB. What cannot be read is left out."""
    marks = itertools.islice(_MARK.finditer(data[:LARGEST_PDF]), _MOST_FILES)
    contents = [_file_around(data, mark.start()) for mark in marks]
    return tuple(content for content in contents if content is not None)


def _file_around(data: bytes, mark: int) -> bytes | None:
    """The stream whose dictionary holds the mark."""
    stream = _STREAM.search(data, mark, mark + _LONGEST_DICTIONARY)
    opening = data.rfind(b" obj", max(0, mark - _LONGEST_DICTIONARY), mark)
    if stream is None or opening < 0:
        return None
    return _content(data[opening : stream.start()], data, stream.end())


def _content(dictionary: bytes, data: bytes, start: int) -> bytes | None:
    if b"FlateDecode" in dictionary:
        # A deflate stream knows its own end, so a wrong /Length does no harm.
        inflater = zlib.decompressobj()
        try:
            content = inflater.decompress(data[start : start + _LARGEST_FILE], _LARGEST_FILE)
        except zlib.error:
            return None
        return content if inflater.eof else None
    length = _LENGTH.search(dictionary)
    if length is None or b"/Filter" in dictionary:
        return None
    return data[start : start + min(int(length[1]), _LARGEST_FILE)]
