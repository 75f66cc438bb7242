"""Pages that many readers get alike: rendered once, compressed once; only the form token is put in for each request.

Knows neither readers nor courses: who asks for a page names in its key all that the page shows.
"""

import gzip
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from flask import Response, g, request

from elearn.web.form_session import form_token

#: Stands for the form token while a page is made to be kept.
_PLACE: Final = "\ue000form-token\ue000"
#: As many pages as a busy worker needs at once; each is some 50 kB.
_MOST: Final = 400
_WINDOW: Final = 32_768
_GZIP_HEAD: Final = gzip.compress(b"", mtime=0)[:10]
#: Pairs of bytes that no UTF-8 text holds: nothing in a page looks like a piece of this but the same piece of it.
_UNLIKE: Final = b"".join(bytes((first, second)) for first in range(1, 9) for second in (*range(0xF5, 0x100), 0xC0, 0xC1))

_pages: OrderedDict[Hashable, "KeptPage"] = OrderedDict()
_lock: Final = Lock()


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page cut where its form tokens stand; `head` and `tail` are its deflate stream before and after the first token, or empty."""

    pieces: tuple[bytes, ...]
    head: bytes
    tail: bytes

    def plain(self, token: bytes) -> bytes:
        """The page with a token."""
        return token.join(self.pieces)

    def packed(self, token: bytes) -> bytes:
        """The same as a gzip file: the token stands uncompressed between the two packed parts."""
        stored = b"\x00" + len(token).to_bytes(2, "little") + (len(token) ^ 0xFFFF).to_bytes(2, "little") + token
        plain = self.plain(token)
        end = zlib.crc32(plain).to_bytes(4, "little") + len(plain).to_bytes(4, "little")
        return _GZIP_HEAD + self.head + stored + self.tail + end


def pack(pieces: tuple[bytes, ...], token: bytes) -> KeptPage:
    """Compress a page around its tokens, all as long as this one.

    The packer sees bytes unlike any text in place of the first token, so every later token becomes a copy of the first, whatever that will
    be. That this worked is checked by unpacking with a real token; where it did not, the page is kept without a packed form.
    """
    unlike = _UNLIKE[: len(token)]
    before, after = pieces[0], unlike.join((b"", *pieces[1:]))[len(unlike) :]
    first = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    head = first.compress(before) + first.flush(zlib.Z_SYNC_FLUSH)
    second = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=(before + unlike)[-_WINDOW:])
    kept = KeptPage(pieces, head, second.compress(after) + second.flush())
    try:
        good = len(unlike) == len(token) and gzip.decompress(kept.packed(token)) == kept.plain(token)
    except (OSError, EOFError, zlib.error):
        good = False
    return kept if good else KeptPage(pieces, b"", b"")


def token_in_page() -> str:
    """The form token of this request, for templates; while a page is made to be kept, what stands for it."""
    return _PLACE if g.get("keeping") else form_token()


def kept_page(key: Hashable, make: Callable[[], str]) -> Response:
    """The page of this key, made if it is not there, with the form token of this request."""
    token = form_token().encode()
    whole = (key, len(token))
    with _lock:
        found = _pages.get(whole)
        if found is not None:
            _pages.move_to_end(whole)
    if found is None:
        found = _make(make, token)
        with _lock:
            _pages[whole] = found
            if len(_pages) > _MOST:
                _pages.popitem(last=False)
    if found.head and request.accept_encodings.quality("gzip"):
        response = Response(found.packed(token), content_type="text/html; charset=utf-8")
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding, Cookie"
        return response
    return Response(found.plain(token), content_type="text/html; charset=utf-8")


def _make(make: Callable[[], str], token: bytes) -> KeptPage:
    g.keeping = True
    try:
        pieces = tuple(piece.encode() for piece in make().split(_PLACE))
    finally:
        g.keeping = False
    if len(pieces) == 1 or any(token in piece for piece in pieces):
        message = "a page to be kept must hold form tokens, and none but those put in later"
        raise RuntimeError(message)
    return pack(pieces, token)
