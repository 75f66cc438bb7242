"""Requests and answers as Flask has them, without finding out anew what is known already. Knows nothing of this site."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import IO, Any, Final

from flask import Request, Response, g, request
from flask.ctx import _AppCtxGlobals
from werkzeug.datastructures import FileStorage, Headers, ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

#: What browsers call a form without files: from a page, from a script.
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "application/x-www-form-urlencoded;charset=UTF-8"})
_PARSER: Final = FormDataParser(cls=ImmutableMultiDict)
#: A form as Werkzeug's parser gives it: what is left of the body, fields, files.
Read = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]
_ELSEWHERE: Final = frozenset({"location", "content-location"})


class Asked(Request):
    """A request of Flask's; cookies, and a form that lies in memory whole, are read from where they are."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """The cookies sent; Flask's own looks through all headers for them."""
        return read_cookies(self.environ)

    def _load_form_data(self) -> None:
        known = self.__dict__
        most = self.max_content_length
        read = read_form(self.environ, sys.maxsize if most is None else most) if "form" not in known else None
        if read is None:
            super()._load_form_data()
        else:
            known["stream"], known["form"], known["files"] = read


class Answer(Response):
    """An answer of Flask's; what it carries is sent as it is where nothing in it has to be put right."""

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """Give the headers to send; a copy only where one of them must be changed."""
        names = {name.lower() for name, _ in self.headers}
        if self.status_code != 200 or "content-length" not in names or names & _ELSEWHERE:  # noqa: PLR2004 - the number is the word
            return super().get_wsgi_headers(environ)
        return self.headers


def read_cookies(environ: Mapping[str, Any]) -> ImmutableMultiDict[str, str]:
    """Give the cookies that were sent, whatever their bytes."""
    return parse_cookie(environ.get("HTTP_COOKIE", ""), cls=ImmutableMultiDict)  # type: ignore[return-value] # of the class asked for


def read_form(environ: Mapping[str, Any], most: int) -> Read | None:
    """Give an ordinary form that lies in memory as long as it says, and not longer than `most`; None for anything else."""
    body = environ["wsgi.input"]
    if not isinstance(body, BytesIO) or environ.get("CONTENT_TYPE") not in _FORMS:
        return None
    size = body.getbuffer().nbytes
    if environ.get("CONTENT_LENGTH") != str(size) or size > most:
        return None
    return _PARSER.parse(body, "application/x-www-form-urlencoded", None)


def holds_nul(fields: Iterable[tuple[str, Sequence[str]]]) -> bool:
    """Whether a NUL is in a name or a value of these fields: nobody can type it, no page can show it, no database keeps it."""
    return "\0" in "".join([text for name, values in fields for text in (name, *values)])


def asked() -> Request:
    """Give the request itself, for whoever asks it several things: each by way of Flask's stand-in costs as much as the thing."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - how Werkzeug documents it
    return found


def memory() -> _AppCtxGlobals:
    """Give what is remembered until this request is answered: Flask's `g` itself, for the same reason."""
    found: _AppCtxGlobals = g._get_current_object()  # noqa: SLF001 - how Werkzeug documents it
    return found
