"""Tables as files: whatever stands in a cell, no spreadsheet works it out, and all of it comes back."""

import csv
import io
import re

from hypothesis import example, given
from hypothesis import strategies as st

from elearn.web.parts.table_file import attached, cell, csv_text

#: Everything that a text column of the databases holds: no surrogates, no zero byte.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@given(TEXTS)
@example("=HYPERLINK(1)")
@example("\t=1")
@example("'=1")
@example("\uff1d1")
def test_no_cell_begins_like_a_formula(text: str) -> None:
    pieces = re.split("[;|\t\r\n]", cell(text))
    assert not any(piece.startswith(FORMULA) for piece in pieces)
    assert cell(text).replace("'", "") == text.replace("'", "")


@given(TEXTS.filter(lambda text: not set(text) & set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")))
def test_a_text_that_nothing_works_out_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_a_table_comes_back_as_it_was_written(rows: list[list[str]]) -> None:
    text = csv_text(rows[0], rows[1:])
    assert text.startswith("\ufeff")
    back = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert back == [[cell(one) for one in row] for row in rows]
    assert not any(one.startswith(FORMULA) for row in back for one in row)


@given(st.lists(TEXTS, min_size=2, max_size=4))
@example(["Mirava;=1+1", "Lodet\t=1"])
@example(["Mirava", 'Lodet;"=1+1;'])
def test_a_spreadsheet_that_divides_elsewhere_finds_no_cell_within_a_cell(row: list[str]) -> None:
    for sign in (";", "\t"):
        read = csv.reader(io.StringIO(csv_text(row, []).removeprefix("\ufeff"), newline=""), delimiter=sign)
        assert not any(one.startswith(("=", "+", "-", "@")) for line in read for one in line)


@given(TEXTS)
@example('people".csv')
@example("люди\r\nSet-Cookie: a=b")
def test_the_name_of_a_download_is_ascii_and_stays_in_its_header(name: str) -> None:
    header = attached("x", "text/csv", name).headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9._-]*\"; filename\*=UTF-8''[A-Za-z0-9._-]*", header)
