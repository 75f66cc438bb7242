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
    "key-too-many": "The key file %(file)s holds too many keys (at most %(most)s). Drop what is not needed with `elearn keys retire`.",
    "keys-folder-open": "The folder of the keys (%(folder)s) is open to others. Run `chmod 700` on it.",
    "key-list-unreadable": "The list of public keys (%(file)s) cannot be read. Restore it: certificates are checked with it.",
    "key-list-missing": "The list of public keys (%(file)s) is missing. The signer prints it with `elearn signer --public`.",
    "key-current": "The key %(name)s is the current one. Draw a new one first with `elearn keys rotate`.",
    "key-needed": (
        "The key %(name)s is still needed by %(uses)s values. Nothing was dropped. For seal and index run `elearn keys reseal --restarted`."
    ),
    "restart-first": "Restart the service first, so that nothing works with the older key any more; then say so with --restarted.",
    "no-key": "There is no key %(name)s of %(purpose)s.",
    "sealed-elsewhere": "A sealed value cannot be opened with the keys there are.",
    "keys-inside-data": "The folder of the keys (%(folder)s) lies in the data folder. A stolen copy of the data would hold the keys.",
    "keys-changed": "The right answer changed: %(questions)s. If that is meant, add --accept-changed-keys; open attempts keep the old one.",
    "no-course": "No course with this id is published.",
    "no-organisation": "There is no organisation with this short name.",
    "slug-form": "A short name has 2 to 40 small letters, digits and single hyphens.",
    "slug-taken": "There is an organisation with this short name already.",
    "name-form": "A name has up to %(maximum)s characters.",
    "has-admin": "This organisation has an admin already: new admins are made by them, or by `elearn person create`.",
    "bad-uses": "An invite lets in 1 to %(maximum)s people.",
    "no-checkpoint": "The record is empty or has no checkpoint yet. `elearn audit checkpoint --new` makes one.",
    "note-key": "This is no public key of checkpoints. A line is what `elearn audit key` prints.",
    "note-name": "This is no name for a record.",
    "checkpoint-unreadable": "This is no checkpoint.",
    "checkpoint-unsigned": "No known key signed this checkpoint.",
    "mirrors-form": "An address is no whole one (https://…), or there are too many. Nothing was signed. Set mirrors anew.",
    "mirrors-unreadable": "REFUSED: this is no list of addresses, or it was changed. Do not trust the addresses in it.",
    "mirrors-unsigned": "REFUSED: the list was changed, or none of your keys signed it. Do not trust the addresses in it.",
    "no-mirrors": "There is nothing to sign: no mirrors are set, the record is empty, or the process of another address signs the list.",
    "backup-folder": "No folder for backups is set. Set backup_folder, or name one with --to.",
    "backup-keep-days": "Backups are kept for 1 to %(longest)s days. Set backup_keep_days so.",
    "backup-recipients": "A backup needs at least %(fewest)s different recipients, so that it is not lost with one. Set backup_recipients.",
    "backup-recipient-form": "The setting backup_recipients holds something that is no public age key (age1…).",
    "backup-recipient-secret": "The setting backup_recipients holds a PRIVATE key. Take it off this machine and make a new pair.",
    "backup-running": "Another backup is being made at this moment. Nothing was done.",
    "backup-unwritten": "The backup could not be written, and nothing of it is left. Perhaps the disk is full.",
    "backup-unopened": "The file cannot be opened with this key, or it is cut, altered or no backup of ours. Nothing was restored.",
    "backup-newer": "The backup was made by a newer version. Install that version first. Nothing was restored.",
    "backup-kind": "The backup is one of %(kind)s. PostgreSQL needs --database-url with an empty database, SQLite does not take it.",
    "commit-unsure": "The standby did not confirm what was written. It stands on this server alone. Look why the standby is away.",
    "database-damaged": "The database is damaged. Nothing was written. See the operator's guide, part Damage.",
    "schema-other": "The database is not at the schema of this version. Run `elearn db upgrade`; for a new installation, `elearn init`.",
    "database-half-restored": "A restore into this database did not come to its end. Restore again into it, or make a new database.",
    "database-not-empty": "The database that is restored into must be empty. Nothing was restored.",
    "database-url": "The URL of the database cannot be used by the tools of PostgreSQL.",
    "folder-not-empty": "The folder that is restored into must be empty, or not there yet. Nothing was restored.",
    "identity-unusable": "The file of the identity holds no private age key (AGE-SECRET-KEY-1…).",
    "no-tombstones": "No list of the erased lies beside the backup. Name one with --tombstones, or say --no-tombstones.",
    "tool-missing": "The program %(tool)s is missing. Install the client tools of PostgreSQL, no older than the server.",
    "tool-failed": "The program %(tool)s failed (status %(status)s). It must be as new as the server, and its role must see everything.",
    "restore-running": "Another restore, or a server, is at work in this database. Nothing was restored.",
    "mail-tls": "The setting mail_tls is starttls, tls or none.",
    "mail-unencrypted": "A mail server on another machine is spoken to over TLS. Set mail_tls to starttls or tls.",
    "mail-port": "The setting mail_port is no number of a port.",
    "mail-sender": "The setting mail_sender is no plain e-mail address. Set it to the one that mails come from.",
    "mail-words": "The settings mail_name and mail_subject are one line of at most 100 characters each.",
    "mail-password-missing": "The file with the password of the mail server (%(file)s) cannot be read.",
    "mail-password-readable": "The file with the password of the mail server (%(file)s) can be read by others. Run `chmod 600` on it.",
    "set-up": "This installation is set up already.",
}


@contextmanager
def spoken() -> Iterator[None]:
    """Turn an error of ours inside the block into one sentence and exit status 1."""
    try:
        yield
    except ElearnError as error:
        raise click.ClickException(SENTENCES.get(error.code, error.code) % error.params) from error
    except OSError as error:  # a full disk, a folder that is closed: said without naming the folder
        message = f"This machine refuses: {error.strerror or type(error).__name__}."
        raise click.ClickException(message) from error
