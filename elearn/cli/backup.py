"""`elearn backup`: a checked, encrypted copy of the whole database. Says nothing about people, paths or hosts."""

from pathlib import Path

import click

from elearn import config
from elearn.actions.backup import BackupPlan, back_up
from elearn.cli.spoken import spoken
from elearn.config import Settings
from elearn.errors import Refused
from elearn.runtime import utc_now
from elearn.store.engine import Database

_WORK = "backup-work"


@click.command()
@click.option("--to", "folder", default=None, type=click.Path(path_type=Path), help="Folder for the backup, instead of the setting.")
def backup(folder: Path | None) -> None:
    """Write an encrypted backup that each of the recipients of the settings can open."""
    with spoken():
        settings = config.load()
        plan = plan_of(settings, folder)
        database = Database(settings.database)
        try:
            made = back_up(database, plan, now=utc_now())
        finally:
            database.dispose()
    rows = sum(made.contents.counts.values())
    click.echo(f"Backup of {made.hour} UTC: {rows} rows in {len(made.contents.counts)} tables, checked and sealed.")


def plan_of(settings: Settings, folder: Path | None = None) -> BackupPlan:
    """Give what the settings say of backups; Refused without a folder."""
    chosen = folder or (Path(settings.backup_folder) if settings.backup_folder else None)
    if chosen is None:
        raise Refused("backup-folder")
    return BackupPlan(folder=chosen, recipients=settings.backup_recipients, keep_days=settings.backup_keep_days, work=settings.data / _WORK)
