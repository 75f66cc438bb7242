"""`elearn translation export/import/coverage`: the PO files of a course folder go out to translators and come back."""

from pathlib import Path

import click

from elearn.cli.course import load
from elearn.course.catalog import STATES, Catalog, adopt, merge
from elearn.course.model import Course
from elearn.course.read import read
from elearn.course.segments import segments
from elearn.errors import Invalid
from elearn.lang import LANGUAGES, Language

_COURSE = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
_LANGUAGE = click.argument("language", type=click.Choice(LANGUAGES))


def _course(folder: Path) -> Course:
    found, problems = read(load(folder))
    if found is None:
        message = f"The course has {len(problems)} problems: run `elearn course check {folder}` first."
        raise click.ClickException(message)
    return found


def _mine(folder: Path, language: Language, course: Course) -> Catalog:
    """The catalogue of the course, brought up to date with its text."""
    file = folder / "po" / f"{language}.po"
    known = Catalog.from_po(file.read_bytes(), language) if file.exists() else Catalog(language)
    return merge(known, segments(course))


@click.command(name="export")
@_COURSE
@_LANGUAGE
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def export(folder: Path, language: Language, target: Path) -> None:
    """Write the PO file of a course for a translator: every text, with the translations there are."""
    target.write_bytes(_mine(folder, language, _course(folder)).to_po())
    click.echo(f"Written to {target}.")


@click.command(name="import")
@_COURSE
@_LANGUAGE
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(folder: Path, language: Language, file: Path) -> None:
    """Take a translator's PO file into the course; a text that was reviewed is never replaced by one that was not."""
    try:
        theirs = Catalog.from_po(file.read_bytes(), language)
    except Invalid as error:
        message = f"{file} is not a PO file that can be read."
        raise click.ClickException(message) from error
    course = _course(folder)
    mine = _mine(folder, language, course)
    taken = adopt(mine, theirs)
    (folder / "po").mkdir(exist_ok=True)
    (folder / "po" / f"{language}.po").write_bytes(taken.to_po())
    changed = sum(before != after for before, after in zip(mine.entries, taken.entries, strict=True))
    click.echo(f"{changed} texts taken. {_share(taken, course)}")


@click.command(name="coverage")
@_COURSE
def coverage(folder: Path) -> None:
    """Say how much of a course each language has, by review state."""
    course = _course(folder)
    for language in LANGUAGES:
        if language != course.language:
            click.echo(f"{language}: {_share(_mine(folder, language, course), course)}")


def _share(catalog: Catalog, course: Course) -> str:
    found = catalog.coverage(segments(course))
    states = ", ".join(f"{found.by_state[state]} {state}" for state in STATES if found.by_state.get(state))
    return f"{found.translated} of {found.total} texts" + (f" ({states})" if states else "")
