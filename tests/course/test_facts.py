from dataclasses import replace

import pytest

from elearn.course import facts
from elearn.course.model import Row
from elearn.lang import Language
from elearn.quiz.model import Proof
from tests.course.sample import COURSE, RATIFICATIONS, TABLE


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("ratification", True), ("yes (OP1)", True), ("n/a", True), ("да", True), ("whole text", True),
        ("", False), ("2009", False), ("2009-01-01", False), ("ICCPR", False),
        ("A/HRC/14/10", False), ("A/CONF.144/28/Rev.1", False), ("—", False),
    ],
)  # fmt: skip
def test_words_are_told_from_symbols_and_numbers(value: str, words: bool) -> None:
    assert facts.is_words(value) is words


def test_rows_are_chosen_by_the_values_of_columns() -> None:
    assert [row["country"] for row in facts.chosen(RATIFICATIONS, TABLE.where)] == ["KAZ"]
    assert len(list(facts.chosen(RATIFICATIONS, ()))) == 2


def test_a_target_names_a_row_or_nothing() -> None:
    found = facts.find(COURSE, "ratifications/KAZ/ICCPR")
    assert found is not None
    assert found[1]["action"] == "ratification"
    assert facts.find(COURSE, "ratifications/KAZ/X") is None
    assert facts.find(COURSE, "nowhere/KAZ") is None


@pytest.mark.parametrize(
    ("row", "day"),
    [
        ({"as_of": "2025-09", "adopted": "1966"}, "2025-09"),
        ({"outcome_date": "", "dialogue_date": "2010-02"}, "2010-02"),
        ({"adopted": "2014-10-21"}, "2014-10-21"),
        ({}, ""),
    ],
)
def test_a_row_says_how_old_it_is(row: Row, day: str) -> None:
    assert facts.as_of(row) == day


@pytest.mark.parametrize(
    ("table", "row", "answer"),
    [
        ("ratifications", {"fact_status": "verified", "confidence": "high"}, True),
        ("ratifications", {"fact_status": "partially_verified", "confidence": "medium"}, True),
        ("ratifications", {"fact_status": "verified", "confidence": "low"}, False),
        ("ratifications", {"fact_status": "general_knowledge", "confidence": "high"}, False),
        ("standards", {"fact_status": "general_knowledge", "confidence": "high"}, True),
        ("standards", {"fact_status": "general_knowledge", "confidence": "medium"}, False),
        ("treaties", {"dates_status": "general_knowledge"}, True),
        ("cases", {"finding_status": "to_check"}, False),
        ("cases", {"finding_status": "verified"}, True),
        ("mechanisms", {"fact_status": "not_found", "confidence": "high"}, False),
        ("glossary", {"en": "duty"}, False),
    ],
)
def test_a_scored_question_rests_on_confirmed_rows_alone(table: str, row: Row, answer: bool) -> None:
    assert facts.scorable(table, row) is answer


@pytest.mark.parametrize(
    ("proof", "answer"),
    [
        (Proof("x", "a", "=", "yes (OP1)"), True),
        (Proof("x", "a", "=", "yes"), False),
        (Proof("x", "a", "^=", "yes"), True),
        (Proof("x", "a", "^=", "no"), False),
        (Proof("x", "b", "=", "yes"), False),
        (Proof("x"), True),
    ],
)
def test_a_proof_holds_or_not(proof: Proof, answer: bool) -> None:
    assert facts.holds({"a": "yes (OP1)"}, proof) is answer


@pytest.mark.parametrize(
    ("table", "key", "language", "name"),
    [
        ("treaties", "ICCPR", "ru", ("Международный пакт о гражданских и политических правах", "ru")),
        ("treaties", "ICCPR", "en", ("International Covenant on Civil and Political Rights", "en")),
        ("treaties", "ICCPR", "tk", ("International Covenant on Civil and Political Rights", "en")),
        ("treaties", "X", "tk", ("X", "tk")),
        ("nowhere", "X", "tk", ("X", "tk")),
        ("glossary", "G006", "ru", ("носитель обязанностей", "ru")),
        ("glossary", "G007", "ru", ("rights-holder", "en")),
        ("ratifications", "KAZ/ICCPR", "ru", ("KAZ/ICCPR", "ru")),
    ],
)
def test_a_row_is_named_in_the_language_of_the_reader(table: str, key: str, language: Language, name: tuple[str, str]) -> None:
    assert facts.name_of(COURSE, table, key, language) == name


@pytest.mark.parametrize(
    ("table", "row", "label"),
    [
        ("standards", {"instrument": "ICCPR", "provision": "art. 2"}, ("ICCPR, art. 2", "en")),
        ("standards", {"instrument": "UDHR", "provision": "whole text"}, ("UDHR", "en")),
        ("ratifications", {"country": "KAZ", "treaty_id": "ICCPR"}, ("KAZ: ICCPR", "ru")),
        ("cases", {"body": "CCPR", "communication_no": "2137/2012"}, ("CCPR 2137/2012", "en")),
        ("reviews", {"country": "KAZ", "body": "UPR", "cycle_or_report": ""}, ("KAZ, UPR", "en")),
        ("mechanisms", {"id": "x", "name": "A committee"}, ("A committee", "en")),
        ("other", {"id": "x"}, ("x", "en")),
        ("other", {}, ("", "en")),
    ],
)
def test_a_row_has_a_label_for_the_list_of_sources(table: str, row: Row, label: tuple[str, str]) -> None:
    assert facts.label(COURSE, table, row, "ru") == label


def test_a_name_without_a_language_is_in_the_language_of_the_course() -> None:
    assert facts.label(replace(COURSE, language="ru"), "mechanisms", {"name": "Комитет"}, "tk") == ("Комитет", "ru")
