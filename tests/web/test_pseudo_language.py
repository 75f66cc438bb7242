"""A language that does not exist: every message comes wrapped, so a text that stands bare is one that no translator ever gets.

The course stays English and says so with `lang`; a catalogue that wraps tells interface from content.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
from babel.support import NullTranslations
from flask import Flask

from elearn.course.model import Course
from elearn.course.read import read
from elearn.course.source import Source
from elearn.lang import OWN_NAMES
from elearn.store.engine import Database
from elearn.web import i18n
from elearn.web.admin import patterns
from tests.courses import EVERY_KIND
from tests.factories import make_person
from tests.tour import TYPED, Station, Tour, tour
from tests.visitor import Seen, Visitor
from tests.web.conftest import Publish, SignInAs

SPOKEN = "tg"
ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-done", "data-hide", "data-saved", "data-offline")
APART = ("td", "th", "li", "dt", "dd", "p", "option")
_WRAPPED = re.compile(r"⟦[^⟦⟧]*⟧")
_WORD = re.compile(r"[^\W\d_]{2,}")
#: Numbers of certificates, passphrases of made-up words, names of persons and organisations made for this test.
_MADE_UP = re.compile(r"(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}|\b\w+(?:-\w+){3,}\b|\bOrg-\d+")
#: What stands bare on purpose: the product, languages by their own names, months of dates.
NAMES = ("Qadam", *OWN_NAMES.values(), *i18n._TAJIK_MONTHS)


class Pseudo(NullTranslations):
    """Every message as it is, between brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, num: int) -> str:
        return f"⟦{msgid1 if num == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧"


@pytest.fixture
def course() -> Course:
    course, _ = read(Source.from_folder(EVERY_KIND))
    assert course is not None
    return course


@pytest.fixture
def trip(app: Flask, database: Database, organisation_id: str, sign_in_as: SignInAs, publish_course: Publish, course: Course) -> Tour:
    publish_course("minimal")
    publish_course("every_kind")
    people = {"stranger": Visitor(app.test_client())}
    for who in ("newcomer", "beginner", "graduate", "finisher", "admin"):
        with database.transaction(organisation_id) as session:
            person = make_person(session, organisation_id, f"47-{len(people)}", role="admin" if who == "admin" else "learner")
        people[who] = sign_in_as(person)
    return tour(people, course)


@pytest.fixture
def wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    pseudo = Pseudo()
    monkeypatch.setattr(i18n, "catalogue", lambda language: pseudo)


def own_texts(element: Element) -> Iterator[str]:
    """Yield the texts of the page's own language, in reading order; what has a `lang` of its own is content."""
    yield element.text or ""
    for part in element:
        if part.get("lang") is None and part.tag != "code":
            yield from own_texts(part)
        yield " " if part.tag in APART else ""
        yield part.tail or ""


def bare(text: str) -> str:
    """Give what is left of a text without its wrapped parts, however deep they are wrapped."""
    shorter = _WRAPPED.sub(" ", text)
    return bare(shorter) if shorter != text else shorter


def bare_words(page: Seen, known: frozenset[str]) -> list[str]:
    """List what stands on a page bare: neither wrapped, nor marked as content, nor known."""
    seen = set(_WORD.findall(" ".join(page.one("body").itertext())))
    labels = " ".join(bare(part.get(name, "")) for part in own_elements(page.one("body")) for name in ATTRIBUTES)
    # A label may repeat what stands on the page as content: the name of a table.
    words = [word for word in _WORD.findall(labels) if word not in seen]
    left = _MADE_UP.sub(" ", " ".join([bare("".join(own_texts(page.one("body")))), *words]))
    for name in sorted(known, key=len, reverse=True):
        left = left.replace(name, " ")
    return _WORD.findall(left)


def own_elements(element: Element) -> Iterator[Element]:
    """Yield the elements of the page's own language."""
    yield element
    for part in element:
        if part.get("lang") is None:
            yield from own_elements(part)


def see(trip: Tour, station: Station) -> Seen:
    """Fetch a station in the pseudo-language."""
    visitor = trip.people[station.who]
    address = f"/{SPOKEN}/{station.path}"
    if not station.send:
        return visitor.get(address, status=station.status)
    return visitor.submit(visitor.get(address), station.send, station.fields, status=station.status)


def known_texts(course: Course) -> frozenset[str]:
    """What stands bare rightly: names, the course's title on certificates, what was typed, facts in the page's language, samples."""
    facts = {row[f"name_{SPOKEN}"] for row in course.facts["treaties"].rows.values() if row[f"name_{SPOKEN}"]}
    facts |= {cell for key in course.facts["ratifications"].rows for cell in key.split("/")}
    facts |= {row[SPOKEN] for row in course.facts["glossary"].rows.values()}
    return frozenset({*NAMES, course.title, TYPED, *facts, patterns._KAZAKH, patterns._SENTENCE})


def test_no_page_has_a_text_that_translators_do_not_get(trip: Tour, course: Course, wrapped: None) -> None:
    known = known_texts(course)
    # The export shows what is stored as it is stored: codes.
    found = {station.name: bare_words(see(trip, station), known) for station in trip.stations if station.name != "account export"}
    assert {name: words for name, words in found.items() if words} == {}
