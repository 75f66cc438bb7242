"""`elearn certificate verify`: check a certificate without a network, a database or an account. Needs the public keys only."""

import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Final

import click

from elearn.credential import attachment, status
from elearn.credential.award import Award
from elearn.credential.keys import PublicKey, read_keys
from elearn.credential.verify import Verdict, verify
from elearn.errors import Invalid

#: Looked for beside the file when no other list is named.
KEYS_FILE: Final = "certificate-keys.json"
_INPUT: Final = click.File("rb")
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)

_STATES: Final = {
    "valid": "VALID: the credential inside is genuine, signed by a listed key and unaltered.",
    "expired": "EXPIRED: genuine, but its last day has passed.",
    "replaced": "REPLACED: genuine, but a newer certificate stands in its place.",
    "withdrawn": "WITHDRAWN: genuine, but the issuer has taken it back.",
    "altered": "ALTERED: this is not what was signed. Do not trust it.",
    "unknown-key": "UNKNOWN KEY: no key of the list signed this.",
    "unreadable": "UNREADABLE: there is no certificate of ours in this file.",
}
_REASONS: Final = {
    "status-not-given": "No status list was given, so it may have been withdrawn since.",
    "issued-later": "It says that it was issued after the day of this check.",
    "key-not-of-that-day": "The key is listed, but not for the day of issue.",
    "compact-other-serial": "The number in the address is not the number that was signed.",
    "pdf-no-credential": "The PDF holds no signed data. It may have been printed to a new file; scan its QR code instead.",
    "pdf-many-credentials": "The PDF holds more than one signed certificate.",
    "members-unexpected": "It has parts that do not belong to it or that contradict each other.",
    "signature-wrong": "The signature does not fit.",
}
_NAMES: Final = {
    "matches": "The name is the one that was signed.",
    "differs": "The name is NOT the one that was signed. Capitals and accents count: type it letter for letter as it is printed.",
    "no-code": "The name cannot be checked without the name code that stands on the certificate (--name-code).",
    "not-signed": "No name was signed with this certificate.",
    "not-asked": "The name was NOT checked. To check it, add --name with the name on the certificate.",
}
#: The look of a page proves nothing: only the credential in it is signed.
_COMPARE: Final = "Compare these lines with the page: only they are signed, not what is printed around them."


@click.group()
def certificate() -> None:
    """Check certificates."""


@certificate.command("verify")
@click.argument("file", type=_INPUT)
@click.option("--keys", "keys_file", type=_FILE, help=f"Public keys of the issuer (default: {KEYS_FILE} beside the file).")
@click.option("--status", "status_file", type=_FILE, help="Signed list of withdrawn and replaced certificates.")
@click.option("--name", help="The name to confirm.")
@click.option("--name-code", help="The name code printed on the certificate; a PDF brings its own.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Check as of this day (default: today, UTC).")
def verify_file(
    file: IO[bytes], *, keys_file: Path | None, status_file: Path | None, name: str | None, name_code: str | None, day: datetime | None
) -> None:
    """Check FILE: a certificate as PDF, its JSON, or the text of its QR code ("-" reads standard input).

    Exit status 0: valid, and the name fits if one was given. 1: anything else. 2: the command could not be understood.
    """
    keys = _read_keys(keys_file or Path(file.name).parent / KEYS_FILE)
    verdict = verify(
        file.read(attachment.LARGEST_PDF + 1),
        keys=keys,
        day=day.date() if day else _today(),
        status=_read_status(status_file, keys) if status_file else None,
        name=name,
        name_code=name_code,
    )
    click.echo("\n".join([_STATES[verdict.state], *_facts(verdict), *_remarks(verdict)]))
    if verdict.state != "valid" or verdict.name not in {"not-asked", "matches"}:
        raise SystemExit(1)


def _today() -> date:
    # The clock of the runtime would bring the database with it.
    return datetime.fromtimestamp(time.time(), UTC).date()


def _read_keys(path: Path) -> tuple[PublicKey, ...]:
    try:
        return read_keys(path.read_bytes())
    except OSError as reason:
        message = f"There is no list of public keys at {path}. Name one with --keys."
        raise click.UsageError(message) from reason
    except Invalid as reason:
        message = f"{path} is not a list of public keys."
        raise click.UsageError(message) from reason


def _read_status(path: Path, keys: tuple[PublicKey, ...]) -> status.StatusList:
    try:
        return status.read(path.read_bytes(), keys)
    except Invalid as reason:
        message = f"{path} is not a status list signed by a listed key."
        raise click.UsageError(message) from reason


def _facts(verdict: Verdict) -> list[str]:
    """What is proven, a line each."""
    short, award = verdict.compact, verdict.award
    if short is None:
        return []
    lines = [
        ("Number", short.serial),
        ("Course", f"{short.code}, edition {short.release}"),
        *(_told(award) if award else ()),
        ("Issued", short.issued_on.isoformat()),
        ("Valid until", short.expires_on.isoformat() if short.expires_on else "no end"),
        ("Key", verdict.key_id or ""),
        *((("Status list of", verdict.status_day.isoformat()),) if verdict.status_day else ()),
    ]
    return [f"  {label + ':':<16}{_plain(value)}" for label, value in lines]


def _told(award: Award) -> list[tuple[str, str]]:
    """What only the whole credential says, not the short text of the QR code."""
    titles = [(f"Title ({language})", award.titles[language]) for language in award.languages]
    return titles + [("Issued by", organisation) for organisation in award.organisations]


def _plain(text: str) -> str:
    """Without signs that steer a terminal: a signer is trusted with facts, not with the screen."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _remarks(verdict: Verdict) -> list[str]:
    spoken = [_REASONS[reason] for reason in verdict.reasons if reason in _REASONS]
    facts = verdict.award or verdict.compact
    if facts is None:
        return spoken
    unsigned = verdict.name == "not-asked" and facts.name_commitment is None
    return [_COMPARE, *spoken, _NAMES["not-signed" if unsigned else verdict.name]]
