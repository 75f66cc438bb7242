import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential.award import Award, canonical
from elearn.errors import Invalid
from tests.credential.factories import SERIAL, make_award


def test_facts_read_back_as_the_same_award() -> None:
    award = make_award(pseudonym="Dove")
    assert Award.from_facts(json.loads(json.dumps(award.facts()))) == award


def test_an_award_without_anything_optional_reads_back_too() -> None:
    award = make_award(grade_e4=None, expires_on=None, name_commitment=None, objectives={})
    assert Award.from_facts(award.facts()) == award


def test_the_hash_of_the_facts_is_frozen() -> None:
    assert make_award().facts_hash == make_award().facts_hash
    assert make_award(hours=4).facts_hash != make_award().facts_hash


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"serial": SERIAL.lower()}, "award-serial"),
        ({"serial": "x"}, "award-serial"),
        ({"serial": 5}, "award-serial"),
        ({"organisations": ()}, "award-organisations"),
        ({"organisations": ("",)}, "award-organisations"),
        ({"course": ""}, "award-course"),
        ({"code": "C 01"}, "award-code"),
        ({"code": 7}, "award-code"),
        ({"titles": {"en": "x"}}, "award-titles"),
        ({"titles": {"en": "x", "ru": {"@id": "x"}}}, "award-titles"),
        ({"objectives": {"en": ("x" * 2001,)}}, "award-objectives"),
        ({"objectives": {"en": ("x",) * 61}}, "award-objectives"),
        ({"languages": ()}, "award-languages"),
        ({"languages": ("en", "en")}, "award-languages"),
        ({"titles": {"en": "x", "ru": "x", "de": "x"}}, "award-languages"),
        ({"release": 0}, "award-release"),
        ({"release": True}, "award-release"),
        ({"digest": "AB" * 32}, "award-digest"),
        ({"hours": -1}, "award-hours"),
        ({"rule": ""}, "award-rule"),
        ({"result": "failed"}, "award-result"),
        ({"grade_e4": 10_001}, "award-grade"),
        ({"issued_on": date(2019, 12, 31)}, "award-days"),
        ({"expires_on": date(2026, 3, 4)}, "award-days"),
        ({"expires_on": date(2200, 1, 1)}, "award-last-day"),
        ({"template": 0}, "award-template"),
        ({"pseudonym": ""}, "award-pseudonym"),
        ({"name_commitment": "Aýna"}, "award-name"),
    ],
)
def test_impossible_facts_are_refused_by_the_name_of_the_field(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        make_award(**changes)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"extra": 1},
        {"titles": None},
        {"organisations": 5},
        {"issued_on": "5 March"},
        {"issued_on": "20260305"},
        {"hours": 3.0},
    ],
)
def test_facts_of_another_shape_are_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        Award.from_facts({**make_award().facts(), **change})
    assert caught.value.code in {"facts-unreadable", "award-hours"}


def test_what_is_no_object_holds_no_facts() -> None:
    with pytest.raises(Invalid) as caught:
        Award.from_facts([])
    assert caught.value.code == "facts-unreadable"


def test_canonical_json_is_sorted_and_has_no_spaces() -> None:
    assert canonical({"b": [1, None, True], "a": "ӣ\n\u007f"}) == '{"a":"ӣ\\n\u007f","b":[1,null,true]}'.encode()


@pytest.mark.parametrize("value", [1.0, {"ӣ": 1}, {1: 1}, {"a": [{"b": 2**53}]}, b"x"])
def test_what_canonical_json_has_no_one_form_for_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


PLAIN_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**52), 2**52) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
    max_leaves=12,
)


@given(PLAIN_JSON)
def test_canonical_json_means_what_was_given_and_is_stable(value: object) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text
