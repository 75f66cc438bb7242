"""`elearn demo`: the whole product on one's own machine, with accounts to try every role."""

from pathlib import Path

import click

from elearn import paths
from elearn.actions import demo as seeds
from elearn.actions.publish import publish
from elearn.cli.serve import require_free, run
from elearn.cli.spoken import spoken
from elearn.config import Settings
from elearn.course.source import Source
from elearn.runtime import Runtime, make_keys, utc_now
from elearn.store import migrate
from elearn.store.engine import Database

_MARK = "this-is-a-demo"


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port to listen on (this machine only).")
@click.option(
    "--data", "folder", default="demo-data", show_default=True, type=click.Path(path_type=Path), help="Folder for the demo's data."
)
def demo(port: int, folder: Path) -> None:
    """Make a demo with accounts for every role, publish the shipped courses, and serve it."""
    require_free("127.0.0.1", port)
    _refuse_real_data(folder)
    url = f"http://127.0.0.1:{port}"
    settings = Settings(data=folder / "data", keys=folder / "keys", public_url=url, demo=True)
    with spoken():
        keys = make_keys(settings.keys, data=settings.data)
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        runtime = Runtime(settings=settings, database=Database(settings.database), clock=utc_now, keys=keys)
        migrate.upgrade(runtime.database)
        publish_shipped(runtime)
        with runtime.database.transaction() as session:
            accounts = seeds.seed(session, chance=runtime.chance, now=runtime.clock())
        runtime.database.dispose()
    for account in accounts:
        click.echo(f"Demo {account.role}: handle={account.handle} passphrase={account.passphrase}")
    run(settings, host="127.0.0.1", port=port, ready=lambda: click.echo(f"Ready: {url}/"))


def _refuse_real_data(folder: Path) -> None:
    """A demo resets accounts: it works in an empty folder or in one that a demo made."""
    mark = folder / _MARK
    if folder.exists() and not mark.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} holds data that no demo made. Choose another folder with --data."
        raise click.ClickException(message)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()


def publish_shipped(runtime: Runtime) -> None:
    """Publish every course that travels with the product; what is published already stays."""
    for folder in sorted(path for path in paths.data("courses").iterdir() if (path / "course.toml").exists()):
        with runtime.database.transaction() as session:
            publish(session, Source.from_folder(folder), now=runtime.clock(), accept_changed_keys=True)
