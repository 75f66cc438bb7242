"""Addresses without a language: `/` leads to the reader's language, `/healthz` says that the server lives, `/media` gives course media."""

import mimetypes
from typing import Final

from flask import Blueprint, Response, g, redirect, request
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.errors import NotFound
from elearn.web import i18n
from elearn.web.auth import identity, requires, runtime
from elearn.web.headers import MEDIA_POLICY
from elearn.web.links import href

blueprint: Final = Blueprint("entry", __name__)

_SHOWN: Final = frozenset({"image/webp", "image/png", "image/jpeg", "audio/mpeg", "audio/ogg", "video/mp4", "video/webm", "text/vtt"})


@blueprint.get("/")
@requires(Permission.VIEW_PUBLIC)
def index() -> ResponseReturnValue:
    """Lead to the home page in the reader's language; whoever scanned an invite, to the form that takes it."""
    invite = request.args.get("invite")
    tongue = i18n.preferred()
    return redirect(href("account.join", lang=tongue, invite=invite) if invite else href("public.home", lang=tongue), 302)


@blueprint.get("/healthz")
@requires(Permission.VIEW_PUBLIC)
def healthz() -> ResponseReturnValue:
    """Say that the server and its database answer."""
    with runtime().database.read() as session:
        runtime().shelf.current(session, now=runtime().clock())
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get(f"/media/<int(max={2**31 - 1}):release_id>/<path:path>")
@requires(Permission.VIEW_PUBLIC)
def media(release_id: int, path: str) -> ResponseReturnValue:
    """Give a picture or sound of a release, to whom its course is open; anything that could act in a browser only as a download."""
    with runtime().database.read() as session:
        published = runtime().shelf.release(session, release_id)
    content = published.source.files.get(f"media/{path}")
    if content is None or (identity().anonymous and not published.course.public):
        raise NotFound("no-page")
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    response = Response(content, content_type=_typed(kind) if kind in _SHOWN else "application/octet-stream")
    response.headers["Content-Security-Policy"] = MEDIA_POLICY
    response.headers["Content-Disposition"] = "inline" if kind in _SHOWN else "attachment"
    if published.course.public:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        g.private = False
    return response


def _typed(kind: str) -> str:
    """Give a type as it is sent: text says its letters."""
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
