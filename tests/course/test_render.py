import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from elearn.course.catalog import Catalog, Entry, State
from elearn.course.model import Course, Figure, Lesson, Module, Page, Prose, page_questions
from elearn.course.read import read
from elearn.course.render import render_outline, render_page
from elearn.course.segments import segments
from elearn.course.source import Source
from elearn.course.translate import Translator
from elearn.lang import LANGUAGES, Language
from elearn.quiz.model import MultipleChoice, SingleChoice
from tests.course.sample import COURSE, FACTS, LESSON, QUIZ
from tests.courses import EVERY_KIND, all_courses

Json = dict[str, Any]
#: All that a rendered question may consist of: no key, no rank, no fraction.
SHAPE = {
    "id",
    "kind",
    "prompt",
    "feedback",
    "hints",
    "choices",
    "stems",
    "steps",
    "segments",
    "gaps",
    "scenes",
    "answers",
    "words",
    "rubric",
}


def translated(course: Course, language: Language = "ru", *, state: State = "approved") -> Catalog:
    """A catalogue that has every text of a course, each with a sign in front."""
    entries = tuple(Entry(source=one.text, text=f"Ж {one.text}", context=one.context, state=state) for one in segments(course))
    return Catalog(language, entries)


def body(course: Course, page_id: str, language: Language = "en", catalog: Catalog | None = None) -> Json:
    module, page = next((module, page) for module, page in course.pages() if page.id == page_id)
    translator = Translator(course, language, {"ru": catalog} if catalog else {})
    return render_page(course, translator, module, page, media=lambda path: f"/media/9/{path}")


def with_text(text: str) -> Course:
    return replace(COURSE, modules=(Module("m", "M", (Lesson(id="p", title="P", minutes=1, blocks=(Prose(text),)), QUIZ, LESSON)),))


def html_of(text: str, language: Language = "en") -> str:
    return str(body(with_text(text), "p", language)["pieces"][0]["html"]).strip()


def loaded(folder: Path) -> Course:
    course, _ = read(Source.from_folder(folder))
    assert course is not None
    return course


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def choices(question: Json) -> Iterator[Json]:
    yield from question.get("choices", {}).values()
    for gap in question.get("gaps", {}).values():
        yield from gap.values()
    for scene in question.get("scenes", {}).values():
        yield from scene["choices"].values()


def every_page(course: Course) -> Iterator[Page]:
    return (page for _, page in course.pages())


@pytest.mark.parametrize("folder", all_courses(), ids=lambda folder: folder.name)
def test_what_is_translated_is_shown_so_everywhere(folder: Path) -> None:
    course = loaded(folder)
    catalog = translated(course)
    for page in every_page(course):
        made = body(course, page.id, "ru", catalog)
        assert (made["missing"], made["draft"]) == (False, False), page.id
        assert 'lang="en"' not in json.dumps({"pieces": made["pieces"], "questions": made["questions"]}, ensure_ascii=False), page.id
        assert {term["definition"]["lang"] for term in made["terms"]} <= {""}


@pytest.mark.parametrize("folder", all_courses(), ids=lambda folder: folder.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_holds_a_key_or_what_a_browser_would_run(folder: Path, language: Language) -> None:
    course = loaded(folder)
    for page in every_page(course):
        made = body(course, page.id, language)
        for question in made["questions"].values():
            assert set(question) <= SHAPE
            assert {name for choice in choices(question) for name in choice} <= {"html", "text", "lang", "feedback", "goto"}
        assert not re.search(r"<script|\son\w+=|javascript:|style=", " ".join(strings(made)))


def test_moving_the_key_changes_nothing_that_is_rendered() -> None:
    course = loaded(EVERY_KIND)
    for page in every_page(course):
        if isinstance(page, Lesson):
            turned = replace(page, blocks=tuple(turned_key(block) for block in page.blocks))
            before, after = body(course, page.id), body(with_page(course, turned), page.id)
            assert before == after
            assert [q.id for q in page_questions(page)] == list(before["questions"])


def turned_key(block: Any) -> Any:  # noqa: ANN401 - any block
    if isinstance(block, SingleChoice | MultipleChoice):
        return replace(block, choices=tuple(replace(choice, right=not choice.right) for choice in block.choices))
    return block


def with_page(course: Course, page: Page) -> Course:
    modules = tuple(replace(module, pages=tuple(page if one.id == page.id else one for one in module.pages)) for module in course.modules)
    return replace(course, modules=modules)


def test_a_text_without_translation_says_its_own_language() -> None:
    ru = Catalog("ru", (Entry(source="Good luck", text="Удачи", state="machine"),))
    assert body(COURSE, "final", "tk", ru)["pieces"][0]["html"].strip() == '<p lang="ru">Удачи</p>'
    made = body(COURSE, "final", "ru", ru)
    assert made["pieces"][0]["html"].strip() == "<p>Удачи</p>"
    assert (made["title"], made["missing"], made["draft"]) == ({"text": "Final", "lang": "en"}, True, True)
    assert 'lang="en"' in made["questions"]["binds"]["prompt"]


def test_a_draft_is_only_said_where_it_is_shown() -> None:
    machine = translated(COURSE, "ru", state="machine")
    assert body(COURSE, "final", "ru", machine)["draft"] is True
    assert body(COURSE, "final", "tk", machine)["draft"] is False  # a Russian text on a Turkmen page is no Turkmen draft
    assert render_outline(COURSE, Translator(COURSE, "ru", {"ru": machine}))["draft"] is True
    assert render_outline(COURSE, Translator(COURSE, "en", {}))["draft"] is False


def test_facts_words_pages_and_addresses_become_places() -> None:
    text = "[a](fact:treaties/ICCPR) [b](fact:ratifications/KAZ/ICCPR) [c](fact:treaties/ICCPR) [d](page:duties)"
    made = body(with_text(text), "p", "kk")
    html = made["pieces"][0]["html"]
    assert re.findall(r'href="([^"]*)"', html) == ["#c-source-1", "#c-source-2", "#c-source-1", "/kk/courses/sample/m/duties/"]
    assert [source["as_of"] for source in made["sources"]] == ["2026-11-22", "2025-09"]
    assert [source["status"] for source in made["sources"]] == ["general_knowledge", "verified"]
    outside = html_of("[out](https://a.example/x?y=1&z) and [gone](page:nowhere)", "ru")
    assert 'href="/ru/leave?to=https%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z"' in outside
    assert 'class="external"' in outside
    assert "nowhere" not in outside


def test_a_word_is_named_in_the_language_of_the_page_or_says_that_it_is_english() -> None:
    for language, expected in (
        ("ru", {"term": "носитель обязанностей", "lang": "", "english": "duty-bearer"}),
        ("tk", {"term": "duty-bearer", "lang": "en", "english": ""}),
        ("en", {"term": "duty-bearer", "lang": "", "english": ""}),
    ):
        made = body(with_text("[x](term:G006) [y](term:G006)"), "p", language)  # type: ignore[arg-type]
        (term,) = made["terms"]
        assert {name: term[name] for name in expected} == expected
        assert (term["id"], term["definition"]["text"]) == ("g006", "Who must act.")
    assert body(with_text("[x](term:G007)"), "p")["terms"][0]["definition"] == {"text": "", "lang": ""}


def test_a_word_list_without_meanings_names_its_words() -> None:
    words = replace(FACTS["glossary"], columns=("id", "ru"), rows={"G006": {"id": "G006", "ru": "носитель обязанностей"}})
    course = replace(with_text("[a](term:G006)"), facts={**FACTS, "glossary": words})
    assert [(t["term"], t["lang"], t["definition"]["text"]) for t in body(course, "p")["terms"]] == [("G006", "en", "")]
    assert [(t["term"], t["lang"]) for t in body(course, "p", "ru")["terms"]] == [("носитель обязанностей", "")]


def test_blocks_keep_their_frames() -> None:
    pieces = body(COURSE, "duties")["pieces"]
    assert [piece["kind"] for piece in pieces] == ["html", "box", "country", "case", "figure", "facts"]
    box, country, case, figure, table = pieces[1:]
    assert (box["box"], box["id"], box["title"]) == ("note", "b", "Note well")
    assert [inner["kind"] for inner in box["pieces"]] == ["html", "question"]
    assert (country["only"], country["pieces"][0]["html"].strip()) == ("KZ", "<p>In Kazakhstan</p>")
    assert (case["made_up"], case["title"]) == (True, "A case")
    assert (figure["src"], figure["alt"]["text"], figure["caption"].strip()) == ("/media/9/x.webp", "A river", "<p>The caption</p>")
    assert table["columns"] == ["State", "Treaty", "Step", "Since"]
    assert table["as_of"] == ["2025-09", "2025-09"]


def test_a_figure_without_caption_has_none() -> None:
    page = replace(LESSON, blocks=tuple(replace(b, caption="") if isinstance(b, Figure) else b for b in LESSON.blocks))
    assert next(piece for piece in body(with_page(COURSE, page), "duties")["pieces"] if piece["kind"] == "figure")["caption"] == ""


def test_cells_are_countries_days_names_and_words() -> None:
    (row,) = body(COURSE, "duties", "ru")["pieces"][-1]["rows"]
    name = {"text": "Международный пакт о гражданских и политических правах", "lang": ""}
    assert row["country"] == "KZ"
    assert row["cells"] == [{"country": "KZ"}, name, {"text": "ratification", "lang": "en"}, {"day": "2006-04-24"}]
    english = body(COURSE, "duties", "tk")["pieces"][-1]["rows"][0]["cells"][1]
    assert (english["lang"], english["text"][:13]) == ("en", "International")


def test_a_table_without_dates_has_no_date() -> None:
    table = replace(FACTS["ratifications"], rows={"KAZ/ICCPR": {**FACTS["ratifications"].rows["KAZ/ICCPR"], "as_of": ""}})
    assert body(replace(COURSE, facts={**FACTS, "ratifications": table}), "duties")["pieces"][-1]["as_of"] == []


def test_the_outline_has_every_page_with_its_kind() -> None:
    made = render_outline(COURSE, Translator(COURSE, "ru", {"ru": translated(COURSE)}))
    assert (made["title"], made["objectives"]) == ({"text": "Ж Sample", "lang": ""}, [{"text": "Ж Name the duties", "lang": ""}])
    pages = [(module["id"], page["id"], page["kind"], page["minutes"]) for module in made["modules"] for page in module["pages"]]
    assert pages == [("first", "duties", "lesson", 10), ("finish", "final", "test", 5)]
    assert render_outline(COURSE, Translator(COURSE, "ru", {}))["summary"] == {"text": "What it is.", "lang": "en"}


def test_hostile_text_is_cleaned() -> None:
    made = html_of("<script>x</script> <b onclick=x>y</b> [z](javascript:x) [w](data:text/html,x)")
    assert "<script" not in made
    assert "<b" not in made
    assert "href" not in made
