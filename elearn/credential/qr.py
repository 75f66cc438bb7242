"""A text as a QR code: the small PNG of a certificate, or a drawing for a page. The one door to segno; keeps and logs nothing."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import segno
from segno import consts

#: Signatures look random, so any mask is as good as the best; judging all eight takes four times as long as the code itself.
_MASK: Final = 2
_DARK_IS_0: Final = bytes.maketrans(b"\0\1", b"10")
#: White modules that readers need around a code.
_MARGIN: Final = 4


@dataclass(frozen=True, slots=True)
class QrDrawing:
    """A code as a page draws it (component `qr`): `side` modules each way with the white margin, `path` the dark ones in SVG's words."""

    side: int
    path: str


def qr_drawing(content: str) -> QrDrawing:
    """The code of a text, medium error correction; the path holds letters, digits and spaces only, so it needs no trust to be shown."""
    rows = segno.make(content, error="m", micro=False).matrix
    return QrDrawing(len(rows) + 2 * _MARGIN, "".join(_runs(rows)))


def qr_png(content: str) -> bytes:
    """The QR code as a small PNG without margin; address as bytes, compact text in the denser alphabet, medium error correction."""
    address, mark, text = content.partition("#")
    # A list of parts works but is missing from segno's types.
    parts: Any = [(address + mark, consts.MODE_BYTE), (text, consts.MODE_ALPHANUMERIC)] if mark else content
    return _png(segno.make(parts, error="m", micro=False, mask=_MASK, boost_error=False).matrix)


def _runs(rows: Sequence[bytearray]) -> Iterator[str]:
    """Every row of dark modules as one rectangle."""
    for y, row in enumerate(rows, start=_MARGIN):
        x = _MARGIN
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width


def _png(rows: Sequence[bytearray]) -> bytes:
    """One bit a module, dark ones 0; segno's own writer takes a fifth of the time of a whole certificate."""
    side = len(rows)
    width = -(-side // 8)
    lines = (int(bytes(row).translate(_DARK_IS_0), 2) << width * 8 - side for row in rows)
    pixels = zlib.compress(b"".join(b"\0" + line.to_bytes(width, "big") for line in lines))
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
