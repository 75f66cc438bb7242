"""Pages that many readers get alike: rendered once, compressed once; only the form token is put in for each request.

Knows neither readers nor courses: who asks for a page names in its key all that the page shows.
"""

import gzip
import secrets
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Final

import brotli
from flask import Response, g, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from elearn.web.form_session import form_token

#: Stands for the form token while a page is made to be kept.
_PLACE: Final = "\ue000form-token\ue000"
#: As many pages as a busy worker needs at once; each is some 50 kB.
_MOST: Final = 400
_WINDOW: Final = 32_768
_GZIP_HEAD: Final = gzip.compress(b"", mtime=0)[:10]
#: Pairs of bytes that no UTF-8 text holds: nothing in a page looks like a piece of this but the same piece of it.
_UNLIKE: Final = b"".join(bytes((first, second)) for first in range(1, 9) for second in (*range(0xF5, 0x100), 0xC0, 0xC1))

#: Bytes after a token that are packed with it, see _brotli.
_CONTEXT: Final = 2
#: The codings by preference, with what undoes them.
_UNPACK: Final[dict[str, Callable[[bytes], bytes]]] = {"br": brotli.decompress, "gzip": gzip.decompress}

#: Pages asked for once, of which the next asker may be the last: by a mark of their keys, so that nothing else is remembered.
_ONCE: Final = 2_000

_pages: OrderedDict[Hashable, "KeptPage"] = OrderedDict()
_asked: OrderedDict[int, None] = OrderedDict()
_lock: Final = Lock()


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page cut where its form tokens stand; `head` and `tail` are its packed stream before and after the first token, or empty."""

    pieces: tuple[bytes, ...]
    coding: str = ""
    head: bytes = b""
    tail: bytes = b""

    def plain(self, token: bytes) -> bytes:
        """The page with a token."""
        return token.join(self.pieces)

    def packed(self, token: bytes) -> bytes:
        """The same packed: the token stands uncompressed between the two packed parts."""
        if self.coding == "br":
            stored = token + self.pieces[1][:_CONTEXT]
            # RFC 7932 9.2: not the last block, a length less one of 16 bits, not compressed
            return self.head + ((len(stored) - 1) << 3 | 1 << 19).to_bytes(3, "little") + stored + self.tail
        stored = b"\x00" + len(token).to_bytes(2, "little") + (len(token) ^ 0xFFFF).to_bytes(2, "little") + token
        plain = self.plain(token)
        end = zlib.crc32(plain).to_bytes(4, "little") + len(plain).to_bytes(4, "little")
        return _GZIP_HEAD + self.head + stored + self.tail + end


def pack(pieces: tuple[bytes, ...], length: int, coding: str, quality: int) -> KeptPage:
    """Compress a page around its tokens of this length; "" as coding where that cannot be done.

    The packer sees bytes unlike any text in place of the first token, so every later token becomes a copy of the first, whatever that will
    be. That this worked is checked by unpacking with two other tokens.
    """
    unlike = _UNLIKE[:length]
    after = unlike.join((b"", *pieces[1:]))[length:]
    parts = _brotli(pieces[0], unlike, after, quality) if coding == "br" else _deflate(pieces[0], unlike, after)
    kept = KeptPage(pieces, coding, *parts)
    try:
        tokens = [secrets.token_hex(length)[:length].encode() for _ in range(2)]
        good = len(unlike) == length and all(_UNPACK[coding](kept.packed(token)) == kept.plain(token) for token in tokens)
    except (OSError, EOFError, zlib.error, brotli.error):
        good = False
    return kept if good else KeptPage(pieces)


def _deflate(before: bytes, unlike: bytes, after: bytes) -> tuple[bytes, bytes]:
    first = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    head = first.compress(before) + first.flush(zlib.Z_SYNC_FLUSH)
    second = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=(before + unlike)[-_WINDOW:])
    return head, second.compress(after) + second.flush()


def _brotli(before: bytes, unlike: bytes, after: bytes, quality: int) -> tuple[bytes, bytes]:
    """As _deflate. The two bytes before a letter decide how it is packed: two that are the same for all stay outside too."""
    packer = brotli.Compressor(mode=brotli.MODE_TEXT, quality=quality, lgwin=18)
    head = packer.process(before) + packer.flush()
    packer.process(unlike + after[:_CONTEXT])
    packer.flush()  # what comes out here is left out: the real token will stand there
    return head, packer.process(after[_CONTEXT:]) + packer.finish()


@lru_cache(200)
def coding_for(accepted: str) -> str:
    """The coding to answer with, for the text of Accept-Encoding: br, gzip or none."""
    wanted = parse_accept_header(accepted, Accept)
    return next((coding for coding in _UNPACK if wanted.quality(coding)), "")


def token_in_page() -> str:
    """The form token of this request, for templates; while a page is made to be kept, what stands for it."""
    return _PLACE if g.get("keeping") else form_token()


def asked_before(key: Hashable) -> bool:
    """Whether a page of this key was asked for lately: what is looked at once is not worth packing and keeping."""
    mark = hash(key)
    with _lock:
        known = mark in _asked
        _asked[mark] = None
        _asked.move_to_end(mark)
        if len(_asked) > _ONCE:
            _asked.popitem(last=False)
    return known


def kept_page(key: Hashable, make: Callable[[], str], *, quality: int) -> Response:
    """The page of this key, made if it is not there, with the form token of this request; `quality` 1..11 is Brotli's."""
    token = form_token().encode()
    whole = (key, len(token), coding_for(request.headers.get("Accept-Encoding", "")))
    with _lock:
        found = _pages.get(whole)
        if found is not None:
            _pages.move_to_end(whole)
    if found is None:
        found = _make(make, token, whole[-1], quality)
        with _lock:
            _pages[whole] = found
            if len(_pages) > _MOST:
                _pages.popitem(last=False)
    headers = {"Content-Type": "text/html; charset=utf-8", "Vary": "Accept-Encoding, Cookie"}
    if not found.coding:
        return Response(found.plain(token), headers=headers)
    return Response(found.packed(token), headers=headers | {"Content-Encoding": found.coding})


def _make(make: Callable[[], str], token: bytes, coding: str, quality: int) -> KeptPage:
    g.keeping = True
    try:
        pieces = tuple(piece.encode() for piece in make().split(_PLACE))
    finally:
        g.keeping = False
    if len(pieces) == 1 or any(token in piece for piece in pieces):
        message = "a page to be kept must hold form tokens, and none but those put in later"
        raise RuntimeError(message)
    return pack(pieces, len(token), coding, quality) if coding else KeptPage(pieces)
