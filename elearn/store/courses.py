"""Courses as the catalogue knows them: a slug and the release being read. Shared by all organisations. Rows and queries only."""

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.errors import NotFound
from elearn.store.base import Base


class CourseRow(Base):
    """One course; `release_id` is the release people read now."""

    __tablename__ = "course"

    id: Mapped[str] = mapped_column(primary_key=True)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id", use_alter=True))


def get_course(session: Session, course_id: str) -> CourseRow:
    """The course with this slug; NotFound."""
    found = session.get(CourseRow, course_id)
    if found is None:
        raise NotFound("no-course")
    return found


def find_course(session: Session, course_id: str) -> CourseRow | None:
    """The course with this slug, or None."""
    return session.get(CourseRow, course_id)


def list_courses(session: Session, *, limit: int = 500) -> list[CourseRow]:
    """Courses that have been published, by slug."""
    wanted = select(CourseRow).where(CourseRow.release_id.is_not(None)).order_by(CourseRow.id)
    return list(session.scalars(wanted.limit(limit)))
