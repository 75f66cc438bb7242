"""Course cards for visitors: every published course with the languages it is translated into."""

from datetime import datetime

from sqlalchemy.orm import Session

from elearn.actions.shelf import Shelf
from elearn.lang import Language
from elearn.web.parts.courses import CourseCard, course_card, translated_into


def course_cards(session: Session, shelf: Shelf, language: Language, *, now: datetime) -> tuple[CourseCard, ...]:
    """Give a card for each published course, ordered by its code."""
    cards = []
    for course_id in shelf.current(session, now=now):
        published = shelf.course(session, course_id, now=now)
        outline = shelf.outline(session, published.release_id, language)
        translated = translated_into(session, shelf, published)
        cards.append(course_card(published, outline, translated=translated, percent=None))
    return tuple(sorted(cards, key=lambda card: card.code))
