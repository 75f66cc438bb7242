"""`elearn translation`: keeps the PO files of the interface in step with the code. Courses carry their own catalogues."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from elearn import paths
from elearn.cli import course_translation
from elearn.course import check_codes, problems
from elearn.credential import texts
from elearn.lang import LANGUAGES, OWN_NAMES, Language
from elearn.web.i18n import PLURAL_FORMS
from elearn.web.render import UNREVIEWED

#: English is the source and has no catalogue.
TRANSLATED: Final[tuple[Language, ...]] = tuple(tag for tag in LANGUAGES if tag != "en")
#: Stands on top of a catalogue until a person has read all of it.
DRAFT: Final = "# machine draft, not reviewed"

_WEB: Final = Path(__file__).parents[1] / "web"
_METHODS: Final = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS: Final = {"**/templates/**.html": {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}}
_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
#: Sentences that stand beside codes in the core, which never translates: {file: texts}.
_TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "elearn/course/problems.py": problems.CODES,
    "elearn/course/check_codes.py": check_codes.CODES,
    "elearn/credential/texts.py": texts.ENGLISH,
}


def extract() -> Catalog:
    """Give every text of the interface: those of the web with their files, and the tables of codes."""
    found = Catalog(charset="utf-8")
    for file, _line, message, comments, context in extract_from_dir(
        _WEB, _METHODS, _OPTIONS, keywords=_KEYWORDS, comment_tags=("translators:",), strip_comment_tags=True
    ):
        found.add(message, locations=[(f"elearn/web/{file}", 0)], auto_comments=comments, context=context)
    for file, table in _TABLES.items():
        for text in table.values():
            found.add(text, locations=[(file, 0)])
    return found


def read(folder: Path, language: Language) -> Catalog:
    """Read the catalogue of a language; a missing file is an empty catalogue."""
    file = _file(folder, language)
    if not file.exists():
        return Catalog(locale=language, charset="utf-8")
    with file.open("rb") as texts_in:
        return read_po(texts_in, locale=language)


def merged(folder: Path, language: Language, source: Catalog) -> str:
    """Give the text of a PO file that has exactly the messages of `source`, with the translations there are."""
    catalogue = read(folder, language)
    catalogue.update(source, no_fuzzy_matching=True, update_header_comment=False)
    body = io.BytesIO()
    write_po(body, catalogue, width=0, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return f"{_head(_file(folder, language), language)}\n{body.getvalue().decode().strip()}\n"


def _file(folder: Path, language: Language) -> Path:
    return folder / language / "LC_MESSAGES" / "messages.po"


def is_draft(folder: Path, language: Language) -> bool:
    """Whether the catalogue says of itself that no person has reviewed it."""
    file = _file(folder, language)
    if not file.exists():
        return language in UNREVIEWED
    return DRAFT in file.read_text(encoding="utf-8").partition("msgid")[0].splitlines()


def _head(file: Path, language: Language) -> str:
    """Give the comments and the header entry: no dates, so that a file changes only when a text does."""
    fresh = f"# Qadam, interface texts: {OWN_NAMES[language]}\n" + (f"{DRAFT}\n" if language in UNREVIEWED else "")
    comments = file.read_text(encoding="utf-8").partition("msgid")[0] if file.exists() else fresh
    fields = {
        "Project-Id-Version": "Qadam",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in fields.items())
    return f'{comments}msgid ""\nmsgstr ""\n{lines}'


def missing(catalogue: Catalog, source: Catalog) -> Iterator[str]:
    """Yield the messages of `source` that have no usable translation."""
    for message in source:
        if message.id:
            known = catalogue.get(message.id, message.context)
            forms = () if known is None or known.fuzzy else known.string if isinstance(known.string, tuple | list) else (known.string,)
            if not forms or not all(forms):
                yield str(message.id)


@click.group()
def translation() -> None:
    """Keep the texts of interface and courses in step with their sources."""


for _command in (course_translation.coverage, course_translation.export, course_translation.import_):
    translation.add_command(_command)


_folder = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: paths.data("translations"),
    help="Where the languages are.",
)


@translation.command()
@_folder
def messages(folder: Path) -> None:
    """Collect every text and bring the PO file of each language up to date; translations stay."""
    source = extract()
    for language in TRANSLATED:
        text = merged(folder, language, source)
        file = _file(folder, language)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            click.echo(f"{language}: written")
        else:
            click.echo(f"{language}: nothing new")


@translation.command()
@_folder
@click.option("--list", "listed", is_flag=True, help="Name each missing text.")
def status(folder: Path, *, listed: bool) -> None:
    """Say how much of the interface each language has."""
    source = extract()
    for language in TRANSLATED:
        gaps = list(missing(read(folder, language), source))
        note = ", machine draft" if is_draft(folder, language) else ""
        click.echo(f"{language}: {len(source) - len(gaps)} of {len(source)} texts{note}")
        for text in gaps if listed else ():
            click.echo(f"  {text}")
