"""The search over published pages: one analyser in Python, two thin back ends (FTS5 and tsvector 'simple')."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, UniqueConstraint, column, delete, func, literal_column, select, table
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store import analyser
from elearn.store.base import Base, BigKey
from elearn.store.releases import ReleasePageRow


class SearchPageRow(Base):
    """One page of a current release in one language, with its words as compared."""

    __tablename__ = "search_page"
    __table_args__ = (UniqueConstraint("release_id", "page_id", "language"), Index(None, "course_id"))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    page_id: Mapped[str]
    language: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    title_words: Mapped[str]
    text_words: Mapped[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A page that was found; `excerpt` is a piece of its text in parts, each with whether it is a word that was asked for."""

    course_id: str
    page_id: str
    language: str
    title: str
    excerpt: tuple[tuple[str, bool], ...]


#: Characters of a question that are read.
MOST_CHARACTERS: Final = 200
#: Words of it that count, characters of an excerpt before and after the first hit.
_MOST_WORDS: Final = 8
_BEFORE: Final = 60
_AFTER: Final = 140
#: When nothing has all the words, any page counts that has one beginning like this.
_ROUGH: Final = 4
#: A word in the title weighs this much more.
_TITLE: Final = 4.0

_FTS: Final = table("search_words", column("rowid"))
_VECTOR: Final[ColumnElement[str]] = literal_column(
    "(setweight(to_tsvector('simple', search_page.title_words), 'A') || setweight(to_tsvector('simple', search_page.text_words), 'D'))"
)


def index_release(session: Session, *, course_id: str, release_id: int, pages: Iterable[ReleasePageRow]) -> None:
    """Make these pages what is found of a course, in place of those of earlier releases."""
    session.execute(delete(SearchPageRow).where(SearchPageRow.course_id == course_id))
    for page in pages:
        row = SearchPageRow(
            course_id=course_id,
            release_id=release_id,
            page_id=page.page_id,
            language=page.language,
            title=page.title,
            text=page.text,
            title_words=analyser.analyse(page.title, page.language),
            text_words=analyser.analyse(page.text, page.language),
        )
        session.add(row)
    session.flush()


def search(session: Session, language: str, question: str, *, limit: int = 20) -> list[Found]:
    """Pages in a language that hold all words of a question, the best first; if none does, those that hold the like of one."""
    stems = list(dict.fromkeys(word for word, _start, _end in analyser.words(question[:MOST_CHARACTERS], language)))[:_MOST_WORDS]
    if not stems:
        return []
    rows = _matching(session, language, stems, all_of_them=True, limit=limit)
    if not rows:
        stems = [word[:_ROUGH] for word in stems if len(word) >= _ROUGH]
        rows = _matching(session, language, stems, all_of_them=False, limit=limit) if stems else []
    return [Found(row.course_id, row.page_id, row.language, row.title, _excerpt(row, stems)) for row in rows]


def _matching(session: Session, language: str, stems: list[str], *, all_of_them: bool, limit: int) -> list[SearchPageRow]:
    wanted = select(SearchPageRow).where(SearchPageRow.language == language)
    wanted = (_on_sqlite if session.get_bind().dialect.name == "sqlite" else _on_postgres)(wanted, stems, all_of_them)
    return list(session.scalars(wanted.limit(limit)))


def _on_sqlite(wanted: Select[SearchPageRow], stems: list[str], all_of_them: bool) -> Select[SearchPageRow]:  # noqa: FBT001 - two back ends, one shape
    whole: ColumnElement[str] = literal_column("search_words")
    query = (" AND " if all_of_them else " OR ").join(f'"{word}"*' for word in stems)
    joined = wanted.join(_FTS, _FTS.c.rowid == SearchPageRow.id).where(whole.op("MATCH")(query))
    return joined.order_by(func.bm25(whole, _TITLE, 1.0), SearchPageRow.id)


def _on_postgres(wanted: Select[SearchPageRow], stems: list[str], all_of_them: bool) -> Select[SearchPageRow]:  # noqa: FBT001 - as above
    query = func.to_tsquery(literal_column("'simple'"), (" & " if all_of_them else " | ").join(f"'{word}':*" for word in stems))
    return wanted.where(_VECTOR.op("@@")(query)).order_by(func.ts_rank(_VECTOR, query).desc(), SearchPageRow.id)


def _excerpt(row: SearchPageRow, stems: list[str]) -> tuple[tuple[str, bool], ...]:
    asked = tuple(stems)
    hits = [(start, end) for word, start, end in analyser.words(row.text, row.language) if word.startswith(asked)]
    first = hits[0][0] if hits else 0
    start = 0 if first <= _BEFORE else row.text.find(" ", first - _BEFORE) + 1
    stop = min(len(row.text), first + _AFTER)
    parts: list[tuple[str, bool]] = [("… ", False)] if start else []
    at = start
    for begin, end in hits:
        if begin >= start and end <= stop:
            parts += [(row.text[at:begin], False), (row.text[begin:end], True)]
            at = end
    tail = row.text[at:stop] + (" …" if stop < len(row.text) else "")
    return tuple((text, hit) for text, hit in [*parts, (tail, False)] if text)
