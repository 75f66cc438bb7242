"""Dates of facts, roles and states in words, and rendered pages whose cleaned HTML is marked as such."""

import pytest
from flask import Flask

from elearn.web.parts.blocks import country_name, partial_day, trusted
from elearn.web.parts.courses import minutes_text
from elearn.web.parts.roles import role_name
from elearn.web.parts.status import reason_text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2025", "2025"),
        ("2025-09", "09.2025"),
        ("2025-09-30", "30 September 2025"),
        ("2025-02-31", "2025-02-31"),
        ("2025-13-01", "2025-13-01"),
        ("20²5", "20²5"),
        ("", ""),
        ("unknown", "unknown"),
        ("1-2-3", "1-2-3"),
        ("about 1997-98", "about 1997-98"),
    ],
)
def test_part_of_a_date_is_written_as_far_as_it_is_known(app: Flask, text: str, written: str) -> None:
    with app.test_request_context("/en/"):
        assert partial_day(text) == written


def _is_trusted(text: str) -> bool:
    return hasattr(text, "__html__")


def test_only_members_that_were_cleaned_at_publish_are_trusted() -> None:
    page = {
        "kind": "box",
        "title": "<b>a</b>",
        "html": "<p>b</p>",
        "pieces": [{"kind": "x", "title": "<i>c</i>", "hints": ["<u>d</u>"]}],
        "words": 3,
    }
    made = trusted(page)
    assert _is_trusted(made["title"])
    assert _is_trusted(made["html"])
    assert _is_trusted(made["pieces"][0]["hints"][0])
    assert not _is_trusted(made["pieces"][0]["title"])
    assert made["words"] == 3


def test_what_has_no_name_keeps_its_own_or_none(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert role_name("learner") == "Learner"
        assert role_name("gardener") == "gardener"
        assert country_name("DE") == ""
        assert reason_text("") == ""
        assert reason_text("because") == ""


@pytest.mark.parametrize(("minutes", "text"), [(1, "1 minute"), (59, "59 minutes"), (60, "1 h"), (150, "2 h 30 min")])
def test_a_length_of_time_is_written_in_hours_and_minutes(app: Flask, minutes: int, text: str) -> None:
    with app.test_request_context("/en/"):
        assert minutes_text(minutes) == text
