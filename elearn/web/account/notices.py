"""Putting away what a person was told about her own account."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.actions import notices as deeds
from elearn.web.account.blueprint import blueprint
from elearn.web.auth import requires, runtime, signed_in
from elearn.web.links import href
from elearn.web.parts.own_path import own_path


@blueprint.post("/account/notices")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def notices_submit() -> ResponseReturnValue:
    """Put away the notices that were shown, and go back to the page where they stood."""
    who = signed_in()
    with runtime().database.transaction(who.organisation_id) as session:
        deeds.dismiss(session, who, request.form.getlist("notice"))
    return redirect(own_path(request.form.get("next")) or href("account.profile"), 303)
