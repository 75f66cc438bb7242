"""Which addresses trusted markup may hold, and how links of the course format are taken apart. No HTML here."""

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote

Scheme = Literal["fact", "term", "page", "media"]

#: schemes that a course resolves itself; the last one belongs to pictures
SCHEMES: Final = ("fact", "term", "page")

_URL_CHARACTERS: Final = r"[A-Za-z0-9\-._~!$&'()*+,;=:@%/?#]*+"
_HOST: Final = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62}\.?)*"
_HTTPS: Final = re.compile(rf"https://{_HOST}(?::[0-9]{{1,5}})?(?:[/?#]{_URL_CHARACTERS})?", re.ASCII)
_OWN: Final = re.compile(rf"/(?!/){_URL_CHARACTERS}", re.ASCII)
_ANCHOR: Final = re.compile(r"#c-[A-Za-z0-9\-_]{1,120}", re.ASCII)
_MAIL: Final = re.compile(r"mailto:[A-Za-z0-9._+\-]{1,64}@[A-Za-z0-9][A-Za-z0-9.\-]{0,250}", re.ASCII)
_MEDIA: Final = re.compile(r"/media/(?:[A-Za-z0-9_\-][A-Za-z0-9._\-]*/)*[A-Za-z0-9_\-][A-Za-z0-9._\-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the course format: `target` is unquoted, without its scheme."""

    scheme: str
    target: str


def split(href: str) -> Link:
    """Scheme (empty if none) and target of a link as written: `fact:standards/ICCPR-2` -> fact, standards/ICCPR-2."""
    scheme, colon, target = href.partition(":")
    if not colon or not scheme.isalnum():
        return Link("", unquote(href))
    return Link(scheme.lower(), unquote(target))


def is_external(href: str) -> bool:
    """Whether this is a whole https address, matched letter by letter (safety.md 15)."""
    return _HTTPS.fullmatch(href) is not None


def is_allowed(href: str) -> bool:
    """Whether a link may lead there: https, an own path, an anchor of the course, a mail address."""
    return any(pattern.fullmatch(href) for pattern in (_HTTPS, _OWN, _ANCHOR, _MAIL))


def is_media(src: str) -> bool:
    """Whether a picture or a sound may come from there: a plain path below /media/, no dots that climb."""
    return _MEDIA.fullmatch(src) is not None
