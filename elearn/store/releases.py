"""Releases: immutable published states of a course, with their pages as rendered. Rows and queries only; nothing updates a row."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column, undefer

from elearn.errors import NotFound
from elearn.store.base import Base, BigKey, JsonObject


class ReleaseRow(Base):
    """One release: `source` is the zip it was made from (loaded on request only), `digest` names its content."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]
    source: Mapped[bytes] = mapped_column(deferred=True)
    diff: Mapped[JsonObject]
    languages: Mapped[list[str]]


class ReleasePageRow(Base):
    """One page of a release in one language: `body` as rendered, `title` and `text` for the search."""

    __tablename__ = "release_page"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    page_id: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[JsonObject]
    text: Mapped[str]


def get_release(session: Session, release_id: int, *, source: bool = False) -> ReleaseRow:
    """The release with this id, with its zip if asked; NotFound."""
    option = undefer(ReleaseRow.source) if source else defer(ReleaseRow.source)
    found = session.scalar(select(ReleaseRow).where(ReleaseRow.id == release_id).options(option))
    if found is None:
        raise NotFound("no-release")
    return found


def find_latest_release(session: Session, course_id: str) -> ReleaseRow | None:
    """The release with the highest number, or None before the first."""
    return session.scalar(select(ReleaseRow).where(ReleaseRow.course_id == course_id).order_by(ReleaseRow.number.desc()).limit(1))


def find_release_by_digest(session: Session, course_id: str, digest: str) -> ReleaseRow | None:
    """The latest release of the course with this content, or None."""
    wanted = select(ReleaseRow).where(ReleaseRow.course_id == course_id, ReleaseRow.digest == digest)
    return session.scalar(wanted.order_by(ReleaseRow.number.desc()).limit(1))


def list_releases(session: Session, course_id: str, *, limit: int = 100) -> list[ReleaseRow]:
    """Releases of a course, the latest first."""
    wanted = select(ReleaseRow).where(ReleaseRow.course_id == course_id).order_by(ReleaseRow.number.desc())
    return list(session.scalars(wanted.limit(limit)))


def count_releases(session: Session, course_id: str) -> int:
    """How many releases a course has."""
    return session.scalar(select(func.count(ReleaseRow.id)).where(ReleaseRow.course_id == course_id)) or 0


def find_release_page(session: Session, release_id: int, page_id: str, language: str) -> ReleasePageRow | None:
    """One rendered page, or None."""
    return session.get(ReleasePageRow, (release_id, page_id, language))


def list_release_pages(session: Session, release_id: int, *, language: str = "", limit: int = 5_000) -> list[ReleasePageRow]:
    """The rendered pages of a release, in one language if given."""
    wanted = select(ReleasePageRow).where(ReleasePageRow.release_id == release_id)
    if language:
        wanted = wanted.where(ReleasePageRow.language == language)
    return list(session.scalars(wanted.order_by(ReleasePageRow.page_id, ReleasePageRow.language).limit(limit)))
