"""`elearn check-deploy`: what of this installation is unsafe for real people, and what to do about each."""

from typing import Final

import click

from elearn import config
from elearn.cli.deployment import Finding, unsafe
from elearn.cli.spoken import SENTENCES as SPOKEN
from elearn.cli.spoken import spoken
from elearn.runtime import utc_now

#: Said, but no reason to stop: safe in some places, or without harm by itself.
WARNINGS: Final = frozenset(
    (
        *("proxy-hops-believed", "workers", "sqlite-old", "swap-on", "no-second-factor", "titles-tell", "name-tells", "mail-tells"),
        *("database-role-taken", "database-connections", "standby-none"),
    )
)
SENTENCES: Final = SPOKEN | {
    "http-address": "Pages of %(address)s travel unencrypted. Serve them over TLS, or as an onion address.",
    "proxy-hops-missing": "TLS needs a proxy in front, and proxy_hops is 0: set it to the number of proxies of yours, mostly 1.",
    "proxy-hops-believed": "Without https, proxy_hops is %(hops)s. Set it to 0, unless a proxy of yours writes X-Forwarded-For.",
    "hosts-wildcard": "The setting trusted_hosts lets in every name below another. Name each host by itself.",
    "demo": "The setting demo is on: everybody knows such accounts. Make a new installation without it.",
    "limits-off": "The setting limit_requests is off: one asker can take the whole server. Switch it on.",
    "workers": "The setting workers is %(workers)s. Choose one for each core, at most %(most)s here.",
    "debug-on": "Python or Flask runs in a mode for development. Take PYTHONDEVMODE and FLASK_DEBUG out of the environment.",
    "data-missing": "There is no data folder. Run `elearn init`, or set data to where it is.",
    "data-readable": "The data folder can be looked into by others. Run `chmod 700` on it.",
    "database-readable": "The file of the database, or its log beside it (-wal, -shm), can be read by others. Run `chmod 600` on them.",
    "clock": "Something was written later than this machine says it is now. Set its clock right: sign-ins, erasing and backups follow it.",
    "backup-inside-data": "The folder of the backups lies in the data folder. Choose another one, so that one mistake cannot take both.",
    "backup-none": "There is no backup yet. Run `elearn backup`, and switch its timer on.",
    "backup-old": "The latest backup is %(hours)s hours old. Look why its timer does not run.",
    "mail-tells": "The sender, its name or the subject of mails tell what the site is, or name it. Choose ones that say nothing.",
    "swap-on": "Memory may be written to a swap device that is not encrypted. Switch swap off, or encrypt it.",
    "sqlite-old": "This SQLite has no fix for its log, so a slower way of writing is used. Install the wheel of pysqlite3.",
    "database-unreachable": "The database does not answer, or holds no schema. Nothing in it was looked at. Run `elearn db upgrade`.",
    "database-unencrypted": "The database is on another machine and may be asked unencrypted. Add sslmode=verify-full to database_url.",
    "database-role": "This role of PostgreSQL owns tables, passes by row security or makes roles, or may. Sign in as the role of the app.",
    "database-role-taken": "The role of the app is taken after signing in as a stronger one, which a fault could take back. Sign in as it.",
    "record-writable": "This role may change or delete entries of the record. Run the statements of the rights again.",
    "database-limits": "No time limit holds for statements or locks, perhaps for a pooler in between. Set both for the role of the app.",
    "database-unsynced": "PostgreSQL does not wait for its disk. Switch fsync, full_page_writes and synchronous_commit on.",
    "database-connections": "PostgreSQL takes %(allowed)s connections, %(wanted)s may be needed. Raise max_connections or lower workers.",
    "standby-none": "There is no synchronous standby: with the machine of the database goes what was written since the last backup.",
    "standby-unasked": "There is a synchronous standby, and synchronous_commit does not wait for it. Set it to on.",
    "standby-away": "A synchronous standby is set up and none is connected: whatever is written waits for it and fails.",
    "mirror-form": "The mirror %(address)s is not an address alone: https:// or http://, a name, perhaps a port, and nothing after it.",
    "schema-old": "The database is not at the schema of this version. Run `elearn db upgrade`.",
    "setup-open": "A setup code is still waiting for its use. Use it, or let it end, before people are invited.",
    "no-second-factor": "Trainers, admins or operators without a second factor: %(number)s. They may only learn until they set one up.",
    "exit-url": "The quick exit leads nowhere, to this site, or to an unencrypted one. Set exit_url to a harmless https address.",
    "titles-tell": "Browser tabs and histories show titles of courses. Set neutral_titles, unless nobody could be harmed by them.",
    "name-tells": "The name of the site tells what it is about to whoever sees a browser tab. Choose a name that says nothing.",
}


@click.command()
def check_deploy() -> None:
    """List what is unsafe for real people; exit status 1 when there is anything but warnings.

    Looks at settings, files, machine and database as the account that runs it, so run it as the account that serves, with its settings.
    """
    with spoken():
        found = unsafe(config.load(), now=utc_now())
    for finding in found:
        click.echo(line(finding))
    errors = sum(code not in WARNINGS for code, _ in found)
    click.echo(f"Unsafe: {errors}. Warnings: {len(found) - errors}.")
    if errors:
        raise SystemExit(1)


def line(finding: Finding) -> str:
    """Give `error code: sentence`."""
    code, params = finding
    return f"{'warning' if code in WARNINGS else 'error'} {code}: {SENTENCES.get(code, code) % params}"
