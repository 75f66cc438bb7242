"""Publishing: check, compare, render in every language, store as an immutable numbered release."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from html import unescape
from typing import Any, Final

from sqlalchemy.orm import Session

from elearn.actions.shelf import OUTLINE
from elearn.course.catalog import Catalog
from elearn.course.diff import Diff, diff
from elearn.course.examine import examine
from elearn.course.model import Course
from elearn.course.read import read_published
from elearn.course.render import render_outline, render_page
from elearn.course.source import Source
from elearn.course.translate import Translator
from elearn.errors import Invalid, Problem, Refused
from elearn.lang import LANGUAGES, Language
from elearn.richtext.sanitize import remembering
from elearn.store import attempts, releases, search
from elearn.store.courses import CourseRow
from elearn.store.releases import ReleasePageRow, ReleaseRow

_TAG: Final = re.compile(r"<[^>]*>")
#: These stand within a word or before a full stop; all others part words.
_INLINE: Final = re.compile(r"</?(?:a|abbr|b|cite|code|em|i|mark|q|s|small|span|strong)(?:\s[^>]*)?>")
#: A heading ends like a sentence, so that an excerpt does not run on into the text.
_HEADING: Final = re.compile(r"(?<![.?!:…])\s*</h[1-6]>")


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing this source would do: the course, its warnings, the difference to the current release."""

    course: Course
    problems: tuple[Problem, ...]
    diff: Diff | None
    digest: str
    already: int


def plan(session: Session, source: Source) -> Plan:
    """Say what publishing would do, without doing it. Raises Invalid with every problem if there is an error among them."""
    course, problems = examine(source)
    if course is None or any(problem.severity == "error" for problem in problems):
        raise Invalid("course-broken", problems=problems)
    latest = releases.find_latest_release(session, course.id)
    if latest is None:
        return Plan(course, problems, None, source.digest(), 0)
    old = read_published(Source.from_zip(releases.get_release(session, latest.id, source=True).source))
    already = latest.id if latest.digest == source.digest() else 0
    return Plan(course, problems, diff(old, course) if old else None, source.digest(), already)


def publish(session: Session, source: Source, *, now: datetime, accept_changed_keys: bool = False) -> int:
    """Publish a source and give the id of its release; the same content again gives the release that is there.

    Raises Invalid for a broken course and Refused `keys-changed` when the key of a question changed and that was not accepted:
    attempts that are open keep the release they began with, later ones are marked by the new key.
    """
    made = plan(session, source)
    if made.already:
        return made.already
    changed = made.diff.of("key") if made.diff else ()
    if changed and not accept_changed_keys:
        raise Refused("keys-changed", questions=", ".join(f"{one.id}: {one.old} → {one.new}" for one in changed))
    course = made.course
    latest = releases.find_latest_release(session, course.id)
    row = session.get(CourseRow, course.id)
    if row is None:
        row = CourseRow(id=course.id, release_id=None)
        session.add(row)
        session.flush()
    release = ReleaseRow(
        course_id=course.id,
        number=latest.number + 1 if latest else 1,
        digest=made.digest,
        created_at=now,
        source=source.to_zip(),
        diff=asdict(made.diff) if made.diff else {},
        languages=list(LANGUAGES),
    )
    session.add(release)
    session.flush()
    with remembering():
        pages = _render(course, source, release)
    session.add_all(pages)
    session.flush()
    row.release_id = release.id
    search.index_release(session, course_id=course.id, release_id=release.id, pages=[page for page in pages if page.page_id != OUTLINE])
    return release.id


def affected_attempts(session: Session, course_id: str) -> int:
    """How many attempts of the organisation are open and would go on under the release they began with."""
    return len(attempts.list_attempts_in_state(session, "open", course_id=course_id))


def catalogs_of(source: Source) -> dict[Language, Catalog]:
    """Give the translations that travel with a source, by language."""
    found = {tongue: source.files.get(f"po/{tongue}.po") for tongue in LANGUAGES}
    return {tongue: Catalog.from_po(content, tongue) for tongue, content in found.items() if content is not None}


def _render(course: Course, source: Source, release: ReleaseRow) -> list[ReleasePageRow]:
    """Every page in every language; a language without catalogue shows the source text, marked as such."""
    catalogs = catalogs_of(source)
    rows = []

    def media(path: str) -> str:
        return f"/media/{release.id}/{path}"

    for tongue in LANGUAGES:
        translator = Translator(course, tongue, catalogs)
        outline = render_outline(course, translator)
        rows.append(_row(release, OUTLINE, tongue, outline, outline["title"]["text"], outline["summary"]["text"]))
        for module, page in course.pages():
            body = render_page(course, translator, module, page, media=media)
            rows.append(_row(release, page.id, tongue, body, body["title"]["text"], words_of(body["pieces"])))
    return rows


def _row(release: ReleaseRow, page_id: str, language: Language, body: dict[str, Any], title: str, text: str) -> ReleasePageRow:
    return ReleasePageRow(release_id=release.id, page_id=page_id, language=language, title=title, body=body, text=text)


def words_of(pieces: list[dict[str, Any]]) -> str:
    """The words of a page for the search, questions left out: they must not give away what a test asks."""
    words = []
    for piece in pieces:
        title = piece.get("title", "")
        html = f"{piece.get('html', '')} <h2>{title}</h2>" if title else piece.get("html", "")
        words.append(unescape(_TAG.sub(" ", _INLINE.sub("", _HEADING.sub(". ", html)))))
        words.append(words_of(piece.get("pieces", [])))
    return " ".join(" ".join(words).split())
