"""The signer of certificates of this installation, and the words of a certificate in our languages."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from elearn.actions.certify import Signing, Wording
from elearn.credential.keys import PublicKey
from elearn.credential.status import State
from elearn.credential.texts import ENGLISH
from elearn.lang import LANGUAGES
from elearn.web.auth import runtime
from elearn.web.i18n import catalogue, format_day, format_percent


def public_keys() -> tuple[PublicKey, ...]:
    """Give every key that ever signed here, to be published for ever."""
    return runtime().keys.published


def signer() -> Signing:
    """Give the signer of this installation."""
    return runtime().signer


def signed_status(states: Mapping[str, State], day: date) -> bytes:
    """Give the signed list of certificates that are no longer good; the last one is kept, for it changes seldom and anybody may ask."""
    same = (day, frozenset(states.items()), public_keys())
    kept = _lists.get("last")
    if kept is None or kept[0] != same:
        kept = _lists["last"] = (same, signer().status(states, day=day))
    return kept[1]


_lists: Final[dict[str, tuple[object, bytes]]] = {}


def wording() -> Wording:
    """Give the sentences of a certificate in every language."""
    texts = {tongue: {key: catalogue(tongue).gettext(text) for key, text in ENGLISH.items()} for tongue in LANGUAGES}
    return Wording(texts, format_day, format_percent)
