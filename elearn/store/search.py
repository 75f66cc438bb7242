"""The search over published pages: one analyser in Python, two thin back ends (FTS5 and tsvector 'simple')."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Base, BigKey


class SearchPageRow(Base):
    """One page of a current release in one language, with its words as analysed."""

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
