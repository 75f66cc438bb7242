"""The codes of everything a check of a whole course may find, with their English sentences. No rules."""

from typing import Final

#: What is wrong with the course as a whole and with its pages.
OUTLINE_CODES: Final[dict[str, str]] = {
    "course-empty": "The course has no pages.",
    "objective-unknown": "There is no objective “%(id)s” in course.toml.",
    "objective-untested": "No test asks about the objective “%(id)s”.",
    "quiz-unknown": "The course is complete when “%(id)s” is passed, but there is no quiz of that name.",
    "quiz-cannot-be-passed": "The quiz “%(id)s” must be passed, but its pass mark is 0.",
    "quiz-without-marks": "No question of this test earns a mark.",
    "prerequisite-itself": "The course asks for itself as a prerequisite.",
    "question-id-elsewhere": "The question id “%(id)s” is already used on the page “%(page)s”.",
    "page-too-heavy": "The page has %(size)s bytes of text, but readers with slow connections need it below %(limit)s.",
    "figure-missing": "The picture %(name)s is not in the folder media.",
    "figure-without-alt": "The picture has no words for people who cannot see it.",
    "media-unused": "The file is not used on any page.",
}

#: What is wrong with a text.
TEXT_CODES: Final[dict[str, str]] = {
    "fact-unknown": "There is no row “%(target)s” in the fact tables.",
    "term-unknown": "There is no word “%(target)s” in the glossary.",
    "page-unknown": "There is no page “%(target)s” in this course.",
    "link-not-https": "A link must start with https: or with fact:, term: or page:, but this one is “%(target)s”.",
    "link-without-words": "The link to “%(target)s” has no words.",
    "picture-in-text": "A picture is written as a block, not inside a text: %(target)s",
    "raw-html": "HTML is not allowed and would be shown as it is written: %(tag)s",
    "footnote-unknown": "The footnote “%(label)s” is not written in the same piece of text.",
    "heading-too-high": "Headings start with two number signs: the title of the page is the first level.",
    "heading-skipped": "A heading of level %(level)s follows one of level %(before)s: a level is left out.",
    "text-too-long": "The text has %(size)s characters, but %(limit)s are the most.",
    "text-too-full": "The text holds too many parts or nests them too deep. Divide it.",
}

#: What is wrong with a question or with the facts that it rests on.
QUESTION_CODES: Final[dict[str, str]] = {
    "choice-twice": "Two choices have the same text: %(text)s",
    "no-wrong-choice": "Every choice is right, so the question asks nothing.",
    "proof-missing-row": "The answer rests on “%(target)s”, which is not in the fact tables.",
    "proof-missing-column": "The answer rests on the column “%(column)s”, which the table of “%(target)s” does not have.",
    "proof-mismatch": "The answer rests on “%(target)s”, but there “%(column)s” is “%(found)s”.",
    "fact-not-scorable": "The row “%(target)s” is not confirmed, so no question of a test may rest on it.",
    "table-unknown": "There is no fact table “%(table)s”.",
    "table-column-unknown": "The fact table “%(table)s” has no column “%(column)s”.",
    "table-without-rows": "No row of the fact table “%(table)s” meets the conditions.",
}

#: What is wrong with a translation.
TRANSLATION_CODES: Final[dict[str, str]] = {
    "po-language-source": "The file is named after the language in which the course is written.",
    "po-syntax": "The translation file cannot be read from here on.",
    "po-twice": "The text is translated twice: %(text)s",
    "po-marks-differ": "The links, codes, footnotes and gaps of the translation are not those of the source: %(text)s",
    "po-raw-html": "HTML is not allowed and would be shown as it is written: %(tag)s",
    "po-script": "The translation does not look as if it were written in this language: %(text)s",
    "po-unknown-texts": "%(count)s translated texts are not in the course any more.",
}

#: Every code of `check` with its English sentence: the source of the messages in all languages.
CODES: Final[dict[str, str]] = {**OUTLINE_CODES, **TEXT_CODES, **QUESTION_CODES, **TRANSLATION_CODES}
