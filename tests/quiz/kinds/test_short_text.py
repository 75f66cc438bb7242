from dataclasses import replace

import pytest
from hypothesis import given

from elearn.quiz.kind import Spoken
from elearn.quiz.kinds.short_text import grade, parse, right_response
from elearn.quiz.model import Accepted, ShortText
from tests.quiz.questions import ENGLISH, SHORT_TEXT, said, short_texts


@pytest.mark.parametrize(
    ("text", "fraction"),
    [("Human Rights Committee", 1), ("  human  RIGHTS committee\n", 1), ("HRC", 0.5), ("hrc of the UN", 0.5), ("the HRC", 0), ("ICCPR", 0)],
)
def test_case_and_spaces_do_not_matter_and_a_star_stands_for_anything(text: str, fraction: float) -> None:
    response, _ = parse(SHORT_TEXT, {"text": [text]})
    assert response == said(SHORT_TEXT, text)
    assert response is not None
    assert grade(SHORT_TEXT, response, ENGLISH) == fraction


def test_the_best_of_the_accepted_answers_that_fit_counts() -> None:
    question = ShortText(id="q", prompt="?", accepted=(Accepted("any", "*", fraction=0.25), Accepted("full", "yes")))
    assert grade(question, said(question, "yes"), ENGLISH) == 1
    assert grade(question, said(question, "no"), ENGLISH) == 0.25


def test_an_exact_question_counts_case_inner_spaces_and_every_letter() -> None:
    question = ShortText(id="q", prompt="?", accepted=(Accepted("x", "Ёлка  ICCPR"),), exact=True)
    typed = ["Ёлка  ICCPR ", "Ёлка  iccpr", "Елка  ICCPR", "Ёлка ICCPR"]
    assert [grade(question, said(question, text), Spoken("ru")) for text in typed] == [1, 0, 0, 0]


def test_an_answer_in_any_language_counts_in_the_alphabet_of_that_language() -> None:
    wordings = {"kk": (Accepted("kk", "Адам құқықтары комитеті"),), "ru": (Accepted("ru", "Комитет по правам человека"),)}
    typed = ["Human Rights Committee", "адам кукыктары комитети", "комитет по правам человека", "комитет"]
    spoken = Spoken("ru", wordings)  # type: ignore[arg-type]  # the keys are languages, a literal loses that
    assert [grade(SHORT_TEXT, said(SHORT_TEXT, text), spoken) for text in typed] == [1, 1, 1, 0]


@given(short_texts)
def test_the_key_earns_the_most_that_is_to_be_had(question: ShortText) -> None:
    key = right_response(question)
    if key is not None:
        best = max(a.fraction for a in question.accepted if a.text.replace("*", "").strip())
        assert grade(question, key, ENGLISH) >= best


def test_a_key_that_is_all_wildcard_is_not_shown() -> None:
    assert right_response(ShortText(id="q", prompt="?", accepted=(Accepted("any", " * "),))) is None
    assert right_response(replace(SHORT_TEXT, accepted=SHORT_TEXT.accepted[1:])) == said(SHORT_TEXT, "HRC…")
    plain = ShortText(id="q", prompt="?", accepted=(Accepted("any", "a*"), Accepted("plain", "ab")))
    assert right_response(plain) == said(plain, "ab")


def test_more_than_a_phrase_is_not_taken_since_it_takes_long_to_compare() -> None:
    heap = "\u0300\u0316" * 10_000
    assert [problem.code for problem in parse(SHORT_TEXT, {"text": [heap]})[1]] == ["too-long"]
    assert parse(SHORT_TEXT, {"text": [heap[:1_000]]})[1] == ()
