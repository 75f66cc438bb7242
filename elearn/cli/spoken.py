"""Codes as sentences for the terminal, in English: operators read these, learners never do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from elearn.errors import ElearnError

SENTENCES: Final = {
    "unknown-setting": "There is no setting called %(name)s.",
    "unreadable-settings": "The settings file %(name)s cannot be read.",
    "bad-setting": "The setting %(name)s has a value that cannot be used.",
    "key-missing": "The key file %(file)s is missing. Run `elearn init` for a new installation; otherwise restore it.",
    "key-readable": "The key file %(file)s can be read by others. Run `chmod 600` on it.",
    "key-malformed": "The key file %(file)s does not hold an id and 64 hexadecimal digits.",
    "key-example": "The key file %(file)s holds an example, not a random key.",
    "key-repeated": "Two key files in %(folder)s hold the same key.",
    "keys-inside-data": "The folder of the keys (%(folder)s) lies in the data folder. A stolen copy of the data would hold the keys.",
    "keys-changed": "The right answer changed: %(questions)s. If that is meant, add --accept-changed-keys; open attempts keep the old one.",
    "no-course": "No course with this id is published.",
    "no-organisation": "There is no organisation with this short name.",
    "bad-uses": "An invite lets in 1 to %(maximum)s people.",
    "set-up": "This installation is set up already.",
}


@contextmanager
def spoken() -> Iterator[None]:
    """Turn an error of ours inside the block into one sentence and exit status 1."""
    try:
        yield
    except ElearnError as error:
        raise click.ClickException(SENTENCES.get(error.code, error.code) % error.params) from error
