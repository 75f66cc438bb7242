"""The signer of certificates of this installation, and the words of a certificate in our languages."""

from datetime import date

from elearn.actions.certify import Signer, Wording
from elearn.credential.keys import PublicKey, SigningKey, signing_key
from elearn.credential.texts import ENGLISH
from elearn.lang import LANGUAGES, Language
from elearn.web.auth import runtime
from elearn.web.i18n import catalogue, format_day


def current_key() -> SigningKey:
    """Give the key that signs now."""
    return signing_key(runtime().keys.certificate[0].secret)


def public_keys() -> tuple[PublicKey, ...]:
    """Give every key that ever signed here, to be published for ever."""
    return runtime().keys.published


def signer() -> Signer:
    """Give the signer of this installation."""
    chance = runtime().chance
    settings = runtime().settings
    return Signer(current_key(), settings.site_name, settings.public_url, chance.randbytes)


def wording() -> Wording:
    """Give the sentences of a certificate in every language."""

    def day(value: date, language: Language) -> str:
        return format_day(value, language)

    texts = {tongue: {key: catalogue(tongue).gettext(text) for key, text in ENGLISH.items()} for tongue in LANGUAGES}
    return Wording(texts, day)
