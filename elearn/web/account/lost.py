"""Forms that came without a living session or token: what was typed travels on, so that no answer is lost."""

from typing import Final

from flask import Flask, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from elearn.store.read_only import ReadOnlyError
from elearn.web.account.join import joined_before
from elearn.web.account.session import keep_page, old_form_page
from elearn.web.auth import FactorNeeded, FreshSignInNeeded, PassphraseNeeded, SignInNeeded, person
from elearn.web.csrf import CrossSiteError
from elearn.web.errors import ErrorPage, answer, wants_json
from elearn.web.i18n import gettext
from elearn.web.links import href
from elearn.web.render import carry_form, render

#: Never carried from a lost form to the next: tokens, secrets.
_NOT_KEPT: Final = frozenset({"csrf_token", "passphrase", "new_passphrase", "code", "keep-to", "speak"})


def kept_fields() -> tuple[tuple[str, str], ...]:
    """Give what was typed in the form of this request, without tokens and secrets, so that no answer is lost."""
    return tuple((name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT)


def _on_sign_in_needed(error: SignInNeeded) -> ResponseReturnValue:
    """Send a reader to the sign-in page and back; a form travels along, so that a lost session loses no answer."""
    if wants_json():
        return jsonify(error=gettext("Please sign in again: your answer is still on this page.")), 401
    fresh = isinstance(error, FreshSignInNeeded)
    target = request.full_path.rstrip("?")
    if request.method == "GET":
        return redirect(href("account.sign_in", next=target, fresh="1") if fresh else href("account.sign_in", next=target), 303)
    return keep_page(target, kept_fields())


def _on_passphrase_needed(_error: PassphraseNeeded) -> ResponseReturnValue:
    """Lead somebody whose passphrase another knows too to the page where she chooses her own, which says why."""
    if wants_json():
        return jsonify(error=gettext("Please choose a passphrase of your own first.")), 403
    return redirect(href("account.passphrase"), 303)


def _on_factor_needed(_error: FactorNeeded) -> ResponseReturnValue:
    """Lead somebody whose role needs a second factor to the page that sets it up, which says why, and afterwards back."""
    if wants_json():
        return jsonify(error=gettext("Please set up codes from an app first: your account says how.")), 403
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(href("account.factor", next=target), 303)


def _answer_without_session() -> bool:
    """Whether an answer came without any session from a page that is ours, as the browser itself says: all there is to do is to sign in."""
    return request.endpoint == "learn.answer_submit" and request.headers.get("Sec-Fetch-Site") == "same-origin" and person().is_anonymous


def _on_csrf(error: CSRFError) -> ResponseReturnValue:
    """Offer an answer for sending again; never a form that another site sent, nor one that changes an account."""
    own = None if isinstance(error, CrossSiteError) else old_form_page() or joined_before()
    if own is not None:
        return own
    if _answer_without_session():
        return _on_sign_in_needed(SignInNeeded("sign-in-needed"))
    text = gettext("The form had grown old, so nothing was changed. What you typed is still here: press the button to send it again.")
    if wants_json():
        return jsonify(error=text), 403
    if isinstance(error, CrossSiteError) or not (request.endpoint or "").startswith("learn."):
        return answer(
            400,
            gettext("Please send this again"),
            gettext("The form had grown old, so nothing was changed. Go back, load the page again and repeat."),
        )
    carry_form("kept", request.full_path.rstrip("?"))
    page = ErrorPage(title=gettext("Please send this again"), text=text, kept=kept_fields(), send_to=request.full_path.rstrip("?"))
    return make_response(render(page), 400)


def _on_read_only(_error: ReadOnlyError) -> ResponseReturnValue:
    """Say that nothing can be saved now; what a learner typed stays on the page to be sent again later."""
    title = gettext("Nothing can be saved at the moment")
    text = gettext(
        "The people who run this site have to look after its database first. You can go on reading. Please send this again tomorrow."
    )
    if wants_json() or request.method == "GET" or not (request.endpoint or "").startswith("learn."):
        return answer(503, title, text)
    carry_form("kept", request.full_path.rstrip("?"))
    return make_response(render(ErrorPage(title=title, text=text, kept=kept_fields(), send_to=request.full_path.rstrip("?"))), 503)


def register(app: Flask) -> None:
    """Answer requests that lost their session or their token."""
    app.register_error_handler(SignInNeeded, _on_sign_in_needed)
    app.register_error_handler(PassphraseNeeded, _on_passphrase_needed)
    app.register_error_handler(FactorNeeded, _on_factor_needed)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(ReadOnlyError, _on_read_only)
