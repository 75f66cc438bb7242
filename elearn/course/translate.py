"""A course seen in one language: every text from its catalogue, else from the language it is translated from, down to the source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from elearn.course import facts
from elearn.course.catalog import Catalog, Coverage, State
from elearn.course.model import Course, Page, page_questions
from elearn.course.segments import page_segments, segments
from elearn.lang import Language
from elearn.quiz.model import Accepted, ShortText
from elearn.richtext.markdown import is_translatable


@dataclass(frozen=True, slots=True)
class Unit:
    """A text to show, the language it is in and its review state; `source` is the text of the author."""

    text: str
    language: Language
    state: State | Literal["source"]


def chain(course: Course, language: Language) -> tuple[Language, ...]:
    """The languages to try one after another: the reader's, then what it is translated from, last the source."""
    tried = [language]
    while tried[-1] != course.language:
        following = course.translation.get(tried[-1], course.language)
        tried.append(course.language if following in tried else following)
    return tuple(tried)


class Translator:
    """Gives the texts of one course in one language; `catalogs` by language, a missing one counts as empty."""

    def __init__(self, course: Course, language: Language, catalogs: Mapping[Language, Catalog]) -> None:
        self.course = course
        self.language = language
        self._catalogs = catalogs
        self._chain = [(tag, catalogs[tag]) for tag in chain(course, language)[:-1] if tag in catalogs]

    def unit(self, text: str, context: str = "") -> Unit:
        """The text in the best language there is; what has nothing to translate is in every language."""
        for language, catalog in self._chain:
            entry = catalog.lookup(text, context)
            if entry is not None:
                return Unit(entry.text, language, entry.state)
        if not is_translatable(text) or (context.startswith("fact/") and not facts.is_words(text)):
            return Unit(text, self.language, "source")
        return Unit(text, self.course.language, "source")

    def text(self, text: str, context: str = "") -> str:
        """The text alone, for places that cannot say their language."""
        return self.unit(text, context).text

    def accepted(self, question: ShortText) -> tuple[Accepted, ...]:
        """Accepted answers in every language, the source first: a learner may answer in any."""
        page_id = self._page_of[question.id]
        answers = {answer.text: answer for answer in question.accepted}
        for catalog in self._catalogs.values():
            for answer in question.accepted:
                entry = catalog.lookup(answer.text, f"{page_id}/{question.id}/{answer.id}")
                if entry is not None:
                    answers.setdefault(entry.text, replace(answer, text=entry.text))
        return tuple(answers.values())

    @cached_property
    def coverage(self) -> Coverage:
        """How much of the course is translated into this language itself; the source language is complete."""
        every = segments(self.course)
        if self.language == self.course.language:
            return Coverage(len(every), len(every), {})
        return self._catalogs.get(self.language, Catalog(self.language)).coverage(every)

    def has_machine(self, page: Page) -> bool:
        """Whether any text that this page shows is a machine draft that nobody has reviewed."""
        return any(self.unit(one.text, one.context).state == "machine" for one in page_segments(self.course, page))

    @cached_property
    def _page_of(self) -> dict[str, str]:
        return {question.id: page.id for _, page in self.course.pages() for question in page_questions(page)}
