"""Problems of courses as lines for the terminal, in any of the five languages. Must not load the web."""

import gettext
from functools import cache
from io import BytesIO

from elearn import paths
from elearn.course import check_codes, problems
from elearn.errors import Problem
from elearn.lang import unseen


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    folder = paths.data("translations") / language / "LC_MESSAGES"
    if (folder / "messages.mo").exists():
        return gettext.GNUTranslations(BytesIO((folder / "messages.mo").read_bytes()))
    if not (folder / "messages.po").exists():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only a checkout has no compiled catalogue
    from babel.messages.pofile import read_po  # noqa: PLC0415 - as above

    compiled = BytesIO()
    with (folder / "messages.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def problem_line(problem: Problem, language: str) -> str:
    """Give `file:line: severity code: sentence`; the file is the one a refused source is refused for, or a dot for all of it."""
    text = problems.CODES.get(problem.code) or check_codes.CODES.get(problem.code, problem.code)
    said = _catalogue(language).gettext(text) % dict(problem.params) if problem.params else _catalogue(language).gettext(text)
    file = problem.where.file or problem.params.get("name") or "."
    place = f"{file}:{problem.where.line}" if problem.where.line else file
    line = f"{place}: {problem.severity} {problem.code}: {said}"
    # Names of files and texts of strangers: nothing of them may end the line or speak to the terminal.
    return "".join("\N{REPLACEMENT CHARACTER}" if sign in "\n\t" or unseen(sign) else sign for sign in line)
