"""The courses of the product are right: their texts, their keys, their translations and what the curriculum asks of them."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]

from elearn.course import facts
from elearn.course.catalog import Catalog
from elearn.course.check import check
from elearn.course.check_texts import passages
from elearn.course.check_translations import in_script
from elearn.course.model import Box, Case, CountryBlock, Course, FactsTable, Lesson, Page, Prose, QuizPage, page_questions
from elearn.course.read import read
from elearn.course.segments import Segment, segments
from elearn.course.source import Source
from elearn.course.write import write
from elearn.lang import COUNTRIES, LANGUAGES, Language
from elearn.quiz.model import Matching, Ordering, Pool, Question
from elearn.richtext import links
from elearn.richtext.survey import survey
from tests.courses import SHIPPED

FOLDERS: Final = sorted(path.parent for path in SHIPPED.glob("*/course.toml"))
C01: Final = SHIPPED / "rights-and-obligations"
CURRICULUM: Final = SHIPPED.parent.parent / "shared" / "facts" / "curriculum.yaml"
TRANSLATED: Final[tuple[Language, ...]] = tuple(tag for tag in LANGUAGES if tag != "en")
#: Nobody who can judge them has read these yet.
DRAFTS: Final[tuple[Language, ...]] = ("kk", "tg", "tk")
#: Letters that only this language has among ours.
OWN_LETTERS: Final[dict[Language, str]] = {"ru": "ыэщ", "kk": "әғқңөұүһі", "tg": "ғӣқӯҳҷ", "tk": "äçňöşüýž"}
FOREIGN_LETTERS: Final[dict[Language, str]] = {"ru": "әғқңөұүһіӣӯҳҷ", "kk": "ӣӯҳҷ", "tg": "әңөұүһіщыь", "tk": "əğı"}

every_course = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
every_translation = pytest.mark.parametrize("language", TRANSLATED)


@cache
def source_of(folder: Path) -> Source:
    return Source.from_folder(folder)


@cache
def course_of(folder: Path) -> Course:
    course, problems = read(source_of(folder))
    assert course is not None, problems
    return course


@cache
def catalog_of(folder: Path, language: Language) -> Catalog:
    return Catalog.from_po(source_of(folder).files[f"po/{language}.po"], language)


@cache
def texts_of(folder: Path) -> tuple[Segment, ...]:
    return segments(course_of(folder))


def lessons(course: Course) -> list[Lesson]:
    return [page for _, page in course.pages() if isinstance(page, Lesson)]


def quiz(course: Course, form: str) -> QuizPage:
    return next(page for _, page in course.pages() if isinstance(page, QuizPage) and page.quiz.form == form)


def walk(blocks: tuple[Any, ...]) -> Iterator[Any]:
    for block in blocks:
        yield block
        if isinstance(block, Box | CountryBlock | Case):
            yield from walk(block.blocks)


def cited(page: Page) -> Iterator[str]:
    """Targets of every link to a fact row."""
    for passage in passages(page):
        for thing in survey(passage.text).things:
            if thing.kind == "link" and links.split(thing.target).scheme == "fact":
                yield links.split(thing.target).target


@cache
def blueprint() -> dict[str, Any]:
    if not CURRICULUM.exists():
        pytest.skip("the curriculum lies beside the checkout, and here it does not")
    whole: dict[str, Any] = yaml.safe_load(CURRICULUM.read_text(encoding="utf-8"))
    return next(course for course in whole["courses"] if course["id"] == "C01")


@every_course
def test_reading_and_checking_find_nothing_at_all(folder: Path) -> None:
    course, problems = read(source_of(folder))
    assert course is not None
    assert (*problems, *check(course, source_of(folder))) == ()


@every_course
def test_what_is_written_reads_back_the_same(folder: Path) -> None:
    again, problems = read(write(course_of(folder), source_of(folder)))
    assert problems == ()
    assert again == course_of(folder)


@every_course
def test_minutes_add_up(folder: Path) -> None:
    course = course_of(folder)
    assert sum(page.minutes for _, page in course.pages()) == course.minutes


@every_course
def test_every_citation_names_a_row_that_says_how_fresh_it_is(folder: Path) -> None:
    course = course_of(folder)
    targets = [target for _, page in course.pages() for target in cited(page)]
    assert targets
    for target in targets:
        found = facts.find(course, target)
        assert found is not None, target
        assert facts.as_of(found[1]), target


@every_course
def test_every_key_agrees_with_rows_that_may_carry_it(folder: Path) -> None:
    course = course_of(folder)
    proofs = [(question.id, proof) for _, page in course.pages() for question in page_questions(page) for proof in question.proofs]
    assert proofs
    for question_id, proof in proofs:
        found = facts.find(course, proof.row)
        assert found is not None, (question_id, proof)
        table, row = found
        assert facts.holds(row, proof), (question_id, proof, row)
        assert facts.scorable(table.name, row), (question_id, proof)
        assert not proof.column or proof.column in table.columns


@every_course
def test_scored_questions_rest_on_proofs_and_explain_themselves(folder: Path) -> None:
    course = course_of(folder)
    for _, page in course.pages():
        if isinstance(page, QuizPage):
            assert page.quiz.form != "test" or [question.id for question in page_questions(page) if not stands(question)] == []
            assert [question.id for question in page_questions(page) if not question.feedback] == []


def stands(question: Question) -> bool:
    """Whether a question has its proof; an order of steps and a match of words stand on the lesson."""
    return bool(question.proofs) or isinstance(question, Ordering | Matching)


@every_course
def test_every_objective_is_tested_in_the_quizzes(folder: Path) -> None:
    course = course_of(folder)
    asked = {question.objective for question in page_questions(quiz(course, "test"))}
    assert asked == {objective.id for objective in course.objectives}


#: The activity of the fourth lesson has a page of its own, so that each page stays light; its minutes are the lesson's.
ACTIVITY_OF = {"what-our-states-promised": "look-it-up"}


def test_c01_is_built_as_its_blueprint_says() -> None:
    plan, course = blueprint(), course_of(C01)
    apart = {lesson.id: lesson for lesson in lessons(course) if lesson.id in ACTIVITY_OF.values()}
    made = [lesson for lesson in lessons(course) if lesson.id not in apart]
    assert course.title == plan["title_en"]
    minutes = [lesson.minutes + (apart[ACTIVITY_OF[lesson.id]].minutes if lesson.id in ACTIVITY_OF else 0) for lesson in made]
    assert minutes == [one["minutes"] for one in plan["lessons"]]
    assert len(course.objectives) == len(plan["objectives"])
    assert course.minutes == plan["minutes"]["total"] == 155
    for lesson, one in zip(made, plan["lessons"], strict=True):
        # The plan names our States by their codes; people read them in words.
        assert one["title"].replace("KZ, TJ and TM", "our three States").startswith(lesson.title)
        texts = [block.text for block in lesson.blocks if isinstance(block, Prose)]
        headings = [found for text in texts for found in re.findall(r"(?m)^## (.*?)(?: \{#.*\})?$", text)]
        assert headings == one["sections"], lesson.id


def test_c01_has_its_titles_in_every_language() -> None:
    for language, title in blueprint()["titles"].items():
        entry = catalog_of(C01, language).lookup(course_of(C01).title, "")
        assert entry is not None
        assert entry.text == title, language


def test_the_fourth_lesson_of_c01_has_its_six_look_ups_beside_the_tables() -> None:
    page = next(lesson for lesson in lessons(course_of(C01)) if lesson.id == "look-it-up")
    assert len(page_questions(page)) == 6
    assert len([block for block in page.blocks if isinstance(block, FactsTable)]) == 3


def test_c01_lessons_are_whole() -> None:
    for lesson in (lesson for lesson in lessons(course_of(C01)) if lesson.id not in ACTIVITY_OF.values()):
        blocks = list(walk(lesson.blocks))
        boxes = Counter(block.kind for block in blocks if isinstance(block, Box))
        assert len(page_questions(lesson)) >= 3, lesson.id
        assert (boxes["takeaways"], boxes["activity"] >= 1) == (1, True), lesson.id
        assert {block.only for block in blocks if isinstance(block, CountryBlock)} == set(COUNTRIES), lesson.id
        assert all(question.feedback for question in page_questions(lesson)), lesson.id
        assert list(cited(lesson)), lesson.id


def test_c01_begins_with_one_question_for_each_objective() -> None:
    course = course_of(C01)
    page = quiz(course, "baseline")
    assert [question.objective for question in page_questions(page)] == [objective.id for objective in course.objectives]
    assert (len(page_questions(page)), page.quiz.tries, page.quiz.pass_mark) == (6, 1, 0)


def test_c01_ends_with_a_bank_of_24_that_draws_12() -> None:
    plan, course = blueprint()["assessment"], course_of(C01)
    final = quiz(course, "test").quiz
    assert len(list(final.questions())) == plan["item_bank_size"] == 24
    pools = [slot for slot in final.slots if isinstance(slot, Pool)]
    assert len(pools) == len(final.slots)
    assert sum(pool.draw for pool in pools) == plan["final_test_items"] == 12
    assert final.pass_mark == plan["pass_mark_percent"] == 70
    drawn: Counter[str] = Counter()
    for pool in pools:
        (objective,) = {question.objective for question in pool.questions}
        drawn[objective] += pool.draw
        assert len(pool.questions) >= 2 * pool.draw, pool.id
    asked: Counter[str] = Counter()
    for part in plan["blueprint"]:
        first, _, last = part["items"].removeprefix("Q").partition("-")
        asked[part["objectives"].lower()] += int(last or first) - int(first) + 1
    assert drawn == asked
    assert course.completion.quizzes == ("final",)
    assert course.completion.critical == plan["critical_items_must_be_right"]


@every_course
@every_translation
def test_every_text_is_translated(folder: Path, language: Language) -> None:
    coverage = catalog_of(folder, language).coverage(texts_of(folder))
    assert coverage.translated == coverage.total


@every_course
@every_translation
def test_a_draft_says_that_it_is_one(folder: Path, language: Language) -> None:
    states = {entry.state for entry in catalog_of(folder, language).entries}
    assert states == {"machine"} if language in DRAFTS else "machine" not in states


@every_course
@every_translation
def test_a_translation_is_in_its_own_language_and_script(folder: Path, language: Language) -> None:
    entries = [entry for entry in catalog_of(folder, language).entries if entry.shown]
    assert [entry.source for entry in entries if not in_script(entry.text, language)] == []
    whole = "".join(entry.text for entry in entries).casefold()
    letters = sum(letter.isalpha() for letter in whole)
    assert sum(letter in OWN_LETTERS[language] for letter in whole) / letters > 0.01
    assert Counter(letter for letter in whole if letter in FOREIGN_LETTERS[language]).total() <= 5


@every_course
@every_translation
def test_a_translation_is_not_the_english_text(folder: Path, language: Language) -> None:
    same = [entry.source for entry in catalog_of(folder, language).entries if entry.shown and entry.text == entry.source]
    assert [text for text in same if len(re.findall(r"[a-z]{3,}", text)) > 2] == []


LINKED: Final = re.compile(r"\[([^\]]+)\]\(term:(G\d{3})\)")
#: Share of linked words that begin like the term of the glossary: cases and plurals change the end of a word, not its beginning.
OBEYED: Final = 0.85


@every_course
@every_translation
def test_linked_words_are_those_of_the_glossary(folder: Path, language: Language) -> None:
    glossary = course_of(folder).facts["glossary"].rows
    missed, total = [], 0
    for entry in catalog_of(folder, language).entries:
        wanted = Counter(term for _, term in LINKED.findall(entry.source))
        found = LINKED.findall(entry.text)
        assert Counter(term for _, term in found) == wanted, entry.source
        for words, term in found:
            total += 1
            if not obeys(words, glossary[term][language]):
                missed.append((term, words, glossary[term][language]))
    assert total > 10
    assert 1 - len(missed) / total >= OBEYED, missed


def obeys(words: str, term: str) -> bool:
    """Whether linked words are a form of one of the variants of a term."""
    said = words.casefold()
    return any(all(stem in said for stem in stems(variant)) for variant in re.split(r"[;/,()]", term.casefold()) if variant.strip())


def stems(variant: str) -> list[str]:
    """The beginning of each word of a term: four letters, or three of a short word."""
    return [word[: max(3, min(len(word) - 2, 5))] for word in variant.split() if len(word) > 2]


def sentences(folder: Path) -> list[str]:
    """English sentences of the prose that learners read, without marks."""
    found = []
    for one in texts_of(folder):
        if one.note in ("text", "caption", "scene") and not one.text.startswith("|"):
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", one.text).replace("*", "").replace("No. ", "No ")
            found += [said for said in re.split(r'(?<=[.!?])["”)]?\s+(?=["“(A-Z0-9])', plain) if re.search(r"[.!?]", said)]
    return found


def words(sentence: str) -> int:
    return len(re.findall(r"[\w'’-]+", sentence))


@every_course
def test_english_sentences_are_short(folder: Path) -> None:
    counted = [words(sentence) for sentence in sentences(folder)]
    assert len(counted) > 200
    assert sum(counted) / len(counted) <= 17
    assert [sentence for sentence in sentences(folder) if words(sentence) > 30] == []


def test_nobody_is_named_in_a_case() -> None:
    course = course_of(C01)
    cases = [target for _, page in course.pages() for target in cited(page) if target.startswith("cases/")]
    assert {f"cases/{name}" for name in blueprint()["cases"]} <= set(cases)
