"""`elearn course`: check, publish, export. Checking needs neither database nor web."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from elearn.cli.problems import problem_line
from elearn.cli.spoken import spoken
from elearn.course.examine import examine
from elearn.course.source import MOST_BYTES, Source
from elearn.errors import Invalid, Problem
from elearn.lang import LANGUAGES

if TYPE_CHECKING:
    from elearn.actions.publish import Plan  # loads the database

_FOLDER = click.Path(exists=True, file_okay=True, path_type=Path)


@click.group()
def course() -> None:
    """Check, publish and export courses."""


def load(path: Path, language: str = "en") -> Source:
    """Give the source of a folder or of a zip file; where it is refused as a whole, say why and end."""
    try:
        if not path.is_file():
            return Source.from_folder(path)
        with path.open("rb") as file:
            return Source.from_zip(file.read(MOST_BYTES + 1))  # one byte too many is enough to be refused
    except Invalid as error:
        _tell(error.problems, language)
        raise SystemExit(1) from error
    except OSError as error:
        raise click.FileError(str(error.filename or path), error.strerror) from error


@course.command()
@click.argument("folder", type=_FOLDER)
@click.option("--language", default="en", type=click.Choice(LANGUAGES), help="Language of the sentences.")
def check(folder: Path, language: str) -> None:
    """List every problem of a course with its file and line; exit status 1 when there is an error."""
    _, problems = examine(load(folder, language))
    _tell(problems, language)
    if any(problem.severity == "error" for problem in problems):
        raise SystemExit(1)
    click.echo("No errors.")


@course.command()
@click.argument("folder", type=_FOLDER)
@click.option("--accept-changed-keys", is_flag=True, help="Publish although the right answer of a question changed.")
@click.option("--dry-run", is_flag=True, help="Say what would change and publish nothing.")
def publish(folder: Path, *, accept_changed_keys: bool, dry_run: bool) -> None:
    """Publish a course as a new release, unless its content is the current one."""
    from elearn.actions.publish import plan, publish  # noqa: PLC0415 - checking must not load the database
    from elearn.cli.installation import installation  # noqa: PLC0415 - as above
    from elearn.store.releases import get_release  # noqa: PLC0415 - as above

    source = load(folder)
    with spoken(), installation() as runtime:
        try:
            with runtime.database.transaction() as session:
                made = plan(session, source)
                click.echo(_changes(made))
                if dry_run:
                    return
                release_id = publish(session, source, now=runtime.clock(), accept_changed_keys=accept_changed_keys)
                number = get_release(session, release_id).number
        except Invalid as error:
            _tell(error.problems, "en")
            message = "The course was not published."
            raise click.ClickException(message) from error
    click.echo(f"Published as release {number}." if not made.already else f"This content is already release {number}.")


@course.command()
@click.argument("course_id")
@click.argument("target", type=click.Path(path_type=Path))
def export(course_id: str, target: Path) -> None:
    """Write the current release of a course to a folder or to a .zip file that does not exist yet."""
    from elearn.cli.installation import installation  # noqa: PLC0415 - checking must not load the database

    if target.exists():
        message = f"{target} is there already. Nothing was written."
        raise click.ClickException(message)
    with spoken(), installation() as runtime, runtime.database.read() as session:
        source = runtime.shelf.course(session, course_id, now=runtime.clock()).source
    if target.suffix == ".zip":
        target.write_bytes(source.to_zip())
    else:
        source.to_folder(target)
    click.echo(f"Written to {target}.")


def _changes(made: "Plan") -> str:
    """What a new release would change, a line each."""
    if made.diff is None:
        return "This would be the first release."
    lines = [f"{one.kind}: {one.what} {one.id}" + (f" {one.old} -> {one.new}" if one.old or one.new else "") for one in made.diff.changes]
    return "\n".join(lines) or "Nothing that a reader would notice changed."


def _tell(problems: tuple[Problem, ...], language: str) -> None:
    for problem in problems:
        click.echo(problem_line(problem, language))
